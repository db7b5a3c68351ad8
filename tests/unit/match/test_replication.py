"""What already runs elsewhere, and what is missing for us, on synthetic graphs and on the shipped one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from pyoxigraph import NamedNode, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.errors import UnknownThing
from ecograph.match.matcher import Matcher
from ecograph.match.model import Statement
from ecograph.match.together import replication
from ecograph.match.together.lacking import Gap
from ecograph.match.together.replication import Option, Replicable
from ecograph.messages import LANGUAGES
from ecograph.namespaces import CONCEPT, ID
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import MemorySnapshot

from .conftest import CLOUDBURST, GAUGE, matcher_of, quads_of

GLADSAXE = ID["municipality/dk-gladsaxe"]
MALMOE = ID["municipality/se-malmoe"]

# Synthetic: coordinates, standards and gates around the rain gauge of the region.
MORE = """
@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix org: <http://www.w3.org/ns/org#> .
m:se-lund geo:lat "55.70584"^^xsd:decimal ; geo:long "13.19321"^^xsd:decimal ; eco:inRegion id:region\\/skaane ;
  org:memberOf o:network ; eco:nuts "SE224" .
m:se-malmoe geo:lat "55.60587"^^xsd:decimal ; geo:long "13.00073"^^xsd:decimal ; eco:inRegion id:region\\/skaane ;
  org:memberOf o:network ; eco:nuts "SE224" .
id:region\\/skaane a eco:Region ; foaf:name "Region Skåne" ; eco:country country:se .
n:cloudburst eco:requiresStandard id:standard\\/ngsi, id:standard\\/sosi, id:standard\\/rain ;
  eco:requiresCapability capability:hydrology .
capability:hydrology skos:inScheme c:capability ; skos:prefLabel "Hydrologi"@da, "Hydrologi"@sv, "Hydrology"@en .
id:standard\\/ngsi a eco:Standard ; dct:title "NGSI"@en .
id:standard\\/sosi a eco:Standard ; dct:title "SOSI"@en .
id:standard\\/rain a eco:Standard ; dct:title "RAIN"@en .
id:conformance-claim\\/old a eco:ConformanceClaim ; eco:solution s:gauge ; dct:conformsTo id:standard\\/ngsi ;
  eco:conformance c:conformance\\/deviates ; eco:asOf "2023-01-01"^^xsd:date ; eco:reason "Opdigtet grund"@da .
id:conformance-claim\\/new a eco:ConformanceClaim ; eco:solution s:gauge ; dct:conformsTo id:standard\\/ngsi ;
  eco:conformance c:conformance\\/complies ; eco:asOf "2025-01-01"^^xsd:date .
id:conformance-claim\\/sosi a eco:ConformanceClaim ; eco:solution s:gauge ; dct:conformsTo id:standard\\/sosi ;
  eco:conformance c:conformance\\/deviates ; eco:asOf "2025-01-01"^^xsd:date ; eco:reason "Påhittat skäl"@sv .
id:process\\/steps a eco:Process ; dct:title "Steps"@en .
id:gate\\/one a eco:Gate ; dct:title "Gate one"@en ; eco:process id:process\\/steps ; eco:order 1 .
id:gate\\/two a eco:Gate ; dct:title "Gate two"@en ; eco:process id:process\\/steps ; eco:order 2 .
id:gate\\/three a eco:Gate ; dct:title "Gate three"@en ; eco:process id:process\\/steps ; eco:order 3 .
id:gate-result\\/one a eco:GateResult ; eco:solution s:gauge ; eco:gate id:gate\\/one ;
  eco:result c:traffic-light\\/green ; eco:asOf "2024-01-01"^^xsd:date .
id:gate-result\\/two a eco:GateResult ; eco:solution s:gauge ; eco:gate id:gate\\/two ;
  eco:result c:traffic-light\\/red ; eco:asOf "2024-06-01"^^xsd:date ; eco:reason "Too dear"@en .
stage:idea skos:inScheme c:scale-stage ; skos:prefLabel "Idé"@da, "Idé"@sv, "Idea"@en .
stage:ended skos:inScheme c:scale-stage ; skos:prefLabel "Afsluttet"@da, "Avslutat"@sv, "Ended"@en .
id:deployment\\/gauge-idea a eco:Deployment ; eco:solution s:gauge ; eco:stage stage:idea ; dct:spatial m:se-vara .
id:deployment\\/gauge-ended a eco:Deployment ; eco:solution s:gauge ; eco:stage stage:ended ;
  dct:spatial m:se-stockholm ; schema:endDate "2020"^^xsd:gYear .
id:deployment\\/gauge-nowhere a eco:Deployment ; eco:solution s:gauge ; eco:stage stage:in-use ; eco:site "Ukendt by" .
"""


class World:
    """A matcher with its snapshot."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        kept = list(quads)
        self.snapshot: Snapshot = MemorySnapshot(kept, revision=7)
        self.matcher: Matcher = matcher_of(kept)

    def asked(self, need: NamedNode | str, place: NamedNode | None = None) -> Replicable:
        profile = self.matcher.profile(need) if isinstance(need, NamedNode) else self.matcher.profile_text(need)
        return replication.replicable(self.matcher, self.snapshot, profile, place)


@pytest.fixture(scope="module")
def world(region: tuple[Quad, ...]) -> World:
    return World([*region, *quads_of(MORE, "more")])


def gauge(found: Replicable) -> Option:
    return next(each for each in found.options if each.match.candidate == GAUGE)


def gap(option: Option, kind: str, about: NamedNode | None = None) -> Gap:
    return next(each for each in option.gaps if each.kind == kind and (about is None or each.about == about))


def cited(found: Replicable) -> Iterator[Statement]:
    """Every statement that an answer cites beside those of the match."""
    for option in found.options:
        yield from (step for each in option.gaps for step in each.path)
        for deployment in option.deployments:
            yield from deployment.path
            if deployment.place.comparison:
                yield from (step for fact in deployment.place.comparison.facts for step in fact.path)


class TestReplicable:
    def test_what_runs_elsewhere_is_found_with_stage_and_time(self, world: World) -> None:
        """
        A fitting solution is told with where it runs, how far it has come and since when; a mere idea is not.
        """
        option = gauge(world.asked(CLOUDBURST))
        assert [each.iri.value.rpartition("/")[2] for each in option.deployments] == [
            "gauge-lund",
            "gauge-nowhere",
            "gauge-ended",
        ]
        first = option.deployments[0]
        assert (first.stage_labels["sv"], first.since, first.ended) == ("I drift", "2022", False)
        assert first.operators == (ID["municipality/se-lund"],)
        assert option.deployments[1].place.labels["da"] == "Ukendt by"
        assert option.deployments[2].ended

    def test_us_is_where_the_need_is_unless_chosen(self, world: World) -> None:
        """
        Without a place, those who raise the need are us; a municipality that is chosen goes before.
        """
        assert world.asked(CLOUDBURST).us == (ID["municipality/dk-albertslund"],)
        assert world.asked(CLOUDBURST, MALMOE).us == (MALMOE,)
        assert world.asked("Skyfall i Malmö").us == (MALMOE,)
        nowhere = world.asked("Skyfall")
        assert nowhere.us == ()
        assert "nowhere" in {note.code for note in nowhere.notes}

    def test_what_is_like_us_is_said_in_words(self, world: World) -> None:
        """
        Country, region and networks that both belong to are told; so is how far apart they are.
        """
        beside = gauge(world.asked(CLOUDBURST, MALMOE)).deployments[0].place.comparison
        assert beside is not None
        same = {fact.kind: fact.same for fact in beside.facts}
        assert same == dict.fromkeys(("kind", "country", "region", "statistical-area", "programme", "network"), True)
        assert beside.distance_km == pytest.approx(16.4, abs=0.5)
        across = gauge(world.asked(CLOUDBURST)).deployments[0].place.comparison
        assert across is not None
        facts = {fact.kind: fact for fact in across.facts}
        assert facts["country"].same is False
        assert "Sverige" in facts["country"].sentences["da"]
        assert "network" not in facts
        assert across.distance_km is None

    def test_standards_are_met_missing_or_unknown(self, world: World) -> None:
        """
        The newest claim of conformance counts, a deviation is told with its reason, and no claim is called unknown.
        """
        option = gauge(world.asked(CLOUDBURST))
        assert gap(option, "standard", ID["standard/ngsi"]).status == "met"
        deviates = gap(option, "standard", ID["standard/sosi"])
        assert deviates.status == "missing"
        assert "Påhittat skäl" in deviates.sentences["en"]
        assert gap(option, "standard", ID["standard/rain"]).status == "unknown"

    def test_capabilities_offered_are_told_and_others_unknown(self, world: World) -> None:
        """
        A capability that the solution offers is in place; one that nobody speaks of is unknown, not missing.
        """
        option = gauge(world.asked(CLOUDBURST))
        assert gap(option, "capability", CONCEPT["capability/sensor-data"]).status == "met"
        assert gap(option, "capability", CONCEPT["capability/hydrology"]).status == "unknown"

    def test_gates_are_told_in_their_order(self, world: World) -> None:
        """
        Each gate of the process that judged the solution has its result, and a gate without one is unknown.
        """
        gates = [each for each in gauge(world.asked(CLOUDBURST)).gaps if each.kind == "gate"]
        assert [each.status for each in gates] == ["met", "missing", "unknown"]
        assert "Too dear" in gates[1].sentences["da"]

    def test_our_country_and_provider_are_looked_at(self, world: World) -> None:
        """
        Across the border it is said that rules must be looked into and that the provider is not known to work here.
        """
        across, at_home = gauge(world.asked(CLOUDBURST)), gauge(world.asked(CLOUDBURST, MALMOE))
        assert gap(across, "country").status == "missing"
        assert gap(across, "provider").status == "unknown"
        assert gap(across, "experience").status == "unknown"
        assert gap(at_home, "country").status == "met"
        assert gap(at_home, "provider").status == "met"
        assert "Lund" in gap(at_home, "experience").sentences["sv"]
        assert "region" in gap(at_home, "experience").sentences["sv"]

    def test_what_runs_only_with_us_is_left_out_and_counted(self, region: tuple[Quad, ...]) -> None:
        """
        A solution that runs nowhere but with us is not elsewhere, and the answer says that there is one.
        """
        found = World(region).asked(CLOUDBURST, ID["municipality/se-lund"])
        assert GAUGE not in {each.match.candidate for each in found.options}
        assert "here" in {note.code for note in found.notes}

    def test_likeness_of_places_does_not_change_the_order(self, world: World) -> None:
        """
        Solutions stand in the order of the match from wherever one looks.
        """
        orders = [[each.match.score for each in world.asked("Regn", place).options] for place in (MALMOE, GLADSAXE)]
        assert orders[0] == orders[1] == sorted(orders[0], reverse=True)

    def test_nothing_is_said_in_words(self, world: World) -> None:
        """
        Where no fitting solution runs anywhere, or none fits, the answer says which.
        """
        assert world.asked("Affaldssortering i Malmö").notes[0].code == "none-running"
        assert world.asked("xyzzy").notes[0].code == "none-fitting"

    def test_a_place_that_is_none_is_refused(self, world: World) -> None:
        """
        Only a municipality or region can take something over.
        """
        for place in (ID["municipality/none"], ID["organisation/network"]):
            with pytest.raises(UnknownThing):
                world.asked(CLOUDBURST, place)

    def test_every_cited_statement_exists(self, world: World) -> None:
        """
        Every statement that is cited is in the graph, and every finding is told in three languages.
        """
        found = world.asked(CLOUDBURST, MALMOE)
        steps = list(cited(found))
        assert len(steps) > 20
        assert [s for s in steps if Quad(s.subject, s.predicate, s.object, s.graph) not in world.snapshot] == []
        for each in (one for option in found.options for one in option.gaps):
            assert all(each.sentences[lang] for lang in LANGUAGES)
            assert each.path or each.status == "unknown"


class TestShipped:
    def test_a_solution_of_the_other_side_is_proposed(self, loaded: EcoGraph) -> None:
        """
        Malmö is shown OS2iot, which Aarhus has run since 2021, for the need that it answers.
        """
        view = loaded.view()
        found = replication.replicable(view.matcher, view.snapshot, view.profile("n03"), MALMOE)
        best = found.options[0]
        assert best.match.candidate == ID["solution/os2iot"]
        assert best.deployments[0].since == "2021"
        assert gap(best, "country").status == "missing"

    def test_all_that_is_cited_exists(self, loaded: EcoGraph) -> None:
        """
        For every need of the graph everything cited is in it.
        """
        view = loaded.view()
        steps = [
            step
            for need in view.matcher.needs()
            for step in cited(replication.replicable(view.matcher, view.snapshot, view.matcher.profile(need)))
        ]
        assert len(steps) > 100
        missing = [s for s in steps if Quad(s.subject, s.predicate, s.object, s.graph) not in view.snapshot]
        assert missing == []

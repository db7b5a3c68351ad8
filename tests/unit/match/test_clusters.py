"""Who else has a need: groups of needs across the border, on synthetic graphs and on the shipped one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from pyoxigraph import NamedNode, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.match.matcher import Matcher
from ecograph.match.model import NeedProfile, Statement
from ecograph.match.together import alike, clusters
from ecograph.match.together.clusters import Cluster, Same
from ecograph.messages import LANGUAGES
from ecograph.namespaces import CONCEPT, ECO, ID
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import MemorySnapshot

from .conftest import CLOUDBURST, matcher_of, quads_of

# Synthetic: a Swedish need like the Danish one on cloudbursts, with what is framed differently; and a CPV code.
MORE = """
n:skyfall a eco:Need ; eco:topic t:cloudburst, t:iot ; eco:raisedBy m:se-malmoe ; dct:issued "2012"^^xsd:gYear ;
  dct:title "Skyfall i källare"@sv, "Skybrud i kældre"@da, "Cloudbursts in basements"@en ;
  eco:requiresCapability capability:sensor-data ; dct:spatial m:se-malmoe ; eco:requiresStandard id:standard\\/ngsi ;
  eco:budget "250000"^^xsd:decimal ; eco:currency <https://w3id.org/ecograph/concept/currency/sek> ;
  eco:deadline "2027-06-30"^^xsd:date ; eco:country country:se .
id:standard\\/ngsi a eco:Standard ; dct:title "NGSI"@en .
t:cloudburst skos:relatedMatch <http://data.europa.eu/cpv/cpv/38125000> ;
  skos:closeMatch <http://data.europa.eu/cpv/cpv/45232130> .
<http://data.europa.eu/cpv/cpv/45232130> skos:inScheme <http://data.europa.eu/cpv/cpv> ;
  skos:prefLabel "Storm-water piping"@en, "Regnvandsledninger"@da, "Dagvattenledningar"@sv .
"""
SKYFALL = ID["need/skyfall"]


class World:
    """A matcher with its snapshot and its needs compared."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        kept = list(quads)
        self.snapshot: Snapshot = MemorySnapshot(kept, revision=7)
        self.matcher: Matcher = matcher_of(kept)
        self.known = alike.compare(self.matcher)

    def same(self, need: NamedNode | str) -> Same:
        profile = self.profile(need)
        return clusters.same(self.matcher, self.snapshot, self.known, profile)

    def profile(self, need: NamedNode | str) -> NeedProfile:
        return self.matcher.profile(need) if isinstance(need, NamedNode) else self.matcher.profile_text(need)


@pytest.fixture(scope="module")
def world(region: tuple[Quad, ...]) -> World:
    kept = (quad for quad in region if quad.subject != ID["need/rain"])
    return World([*kept, *quads_of(MORE, "more")])


@pytest.fixture(scope="module")
def shipped(loaded: EcoGraph) -> list[Cluster]:
    view = loaded.view()
    return list(clusters.clusters(view.matcher, view.snapshot, view.compared))


def cited(cluster: Cluster) -> Iterator[Statement]:
    """Every statement that a group cites."""
    for edge in cluster.edges:
        yield from (step for reason in edge.reasons for step in reason.path)
    for row in cluster.rows:
        yield from (step for cell in row.cells if cell for step in cell.path)
    for member in cluster.members:
        yield from member.path
    yield from (code.statement for code in cluster.codes)
    yield from cluster.wider.path if cluster.wider else ()


def stands(snapshot: Snapshot, step: Statement) -> bool:
    return Quad(step.subject, step.predicate, step.object, step.graph) in snapshot


class TestSame:
    def test_a_need_across_the_border_is_found(self, world: World) -> None:
        """
        A Danish and a Swedish need on the same topic stand together, whoever asks.
        """
        for asked, other in ((CLOUDBURST, SKYFALL), (SKYFALL, CLOUDBURST)):
            cluster = world.same(asked).cluster
            assert cluster is not None
            assert [member.need for member in cluster.members] == [asked, other]
            assert cluster.countries == ("dk", "se")

    def test_a_need_in_words_finds_those_in_the_graph(self, world: World) -> None:
        """
        A need that is typed in stands first among the stored needs that ask for the same, with the words that tell so.
        """
        cluster = world.same("Varning vid skyfall med sensordata").cluster
        assert cluster is not None
        assert cluster.members[0].need is None
        assert {member.need for member in cluster.members[1:]} == {CLOUDBURST, SKYFALL}
        topic = next(row for row in cluster.rows if row.value == CONCEPT["topic/cloudburst"])
        assert topic.cells[0] is not None
        assert topic.cells[0].words == ("skyfall",)
        assert topic.cells[0].path == ()

    def test_shared_and_differing_requirements_stand_side_by_side(self, world: World) -> None:
        """
        What all ask for is told apart from what one alone adds, and what frames them is shown for each.
        """
        cluster = world.same(CLOUDBURST).cluster
        assert cluster is not None
        spread = {(row.predicate, row.value): row.spread for row in cluster.rows}
        assert spread[ECO.topic, CONCEPT["topic/cloudburst"]] == "all"
        assert spread[ECO.requiresCapability, CONCEPT["capability/sensor-data"]] == "all"
        assert spread[ECO.topic, CONCEPT["topic/iot"]] == "one"
        assert spread[ECO.requiresStandard, ID["standard/ngsi"]] == "one"
        assert spread[ECO.country, None] == "differs"
        budget = next(row for row in cluster.rows if row.predicate == ECO.budget)
        assert budget.cells[0] is None
        assert budget.cells[1] is not None
        assert budget.cells[1].texts["sv"] == "250\u202f000 SEK"
        assert "cloudburst" in cluster.common["en"]
        assert not cluster.adds[0]
        assert "NGSI" in cluster.adds[1]["da"]

    def test_codes_follow_from_what_is_shared(self, world: World) -> None:
        """
        CPV codes of the shared topics are suggested, the nearest first, each with the statement that maps them.
        """
        cluster = world.same(CLOUDBURST).cluster
        assert cluster is not None
        assert [(each.code, each.nearness) for each in cluster.codes] == [
            ("45232130", "closeMatch"),
            ("38125000", "relatedMatch"),
        ]
        assert cluster.codes[0].labels["da"] == "Regnvandsledninger"

    def test_nobody_else_is_said_in_words(self, world: World) -> None:
        """
        Where nobody else has stated a need, the answer says so, and says how many municipalities have worked on it.
        """
        found = world.same(ID["need/waste"])
        assert found.cluster is None
        assert found.notes[0].code == "alone-nobody"
        alone = World(quad for quad in _region(world) if quad.subject != SKYFALL)
        found = alone.same(CLOUDBURST)
        assert found.notes[0].code == "alone"
        assert found.worked_count == len(found.worked) == 2
        assert "2" in found.notes[0].sentences["da"]
        assert all(clusters.work_of(each) for each in found.worked)

    def test_those_who_raise_it_are_not_said_to_have_worked_on_it(self, world: World) -> None:
        """
        A municipality of the group is not listed again for its projects.
        """
        found = world.same(CLOUDBURST)
        assert ID["municipality/se-malmoe"] not in {each.candidate for each in found.worked}

    def test_an_old_need_is_called_old(self, world: World) -> None:
        """
        Needs from more than eight years ago are told with their year.
        """
        notes = {note.code: note.sentences["en"] for note in world.same(CLOUDBURST).notes}
        assert "2012" in notes["old"]

    @pytest.mark.parametrize("text", ["", "x", "og i at", "Погода и дождь", "<b>&amp;</b>", "skyfall " * 4000])
    def test_odd_needs_get_an_answer(self, world: World, text: str) -> None:
        """
        An empty, strange or very long text is answered.
        """
        assert world.same(text).revision == 7

    def test_a_graph_without_needs_is_answered(self, region: tuple[Quad, ...]) -> None:
        """
        Without any need in the graph nobody has the same, and there are no groups.
        """
        empty = World(quad for quad in region if not str(quad.subject).startswith(f"<{ID.iri}need/"))
        assert empty.same("Skyfall i Malmö").cluster is None
        assert clusters.clusters(empty.matcher, empty.snapshot, empty.known) == ()

    def test_copies_of_old_projects_change_nothing(self, region: tuple[Quad, ...], world: World) -> None:
        """
        Ten times as many of the same old projects leave every likeness as it is.
        """
        copies = [
            Quad(_renamed(quad.subject, place), quad.predicate, _renamed(quad.object, place), quad.graph_name)
            for quad in region
            if "/project/" in str(quad.subject) or "/participation/" in str(quad.subject)
            for place in range(9)
        ]
        before = alike.compare(matcher_of(region)).likeness
        after = alike.compare(matcher_of([*region, *copies])).likeness
        assert (before == after).all()


class TestShipped:
    def test_groups_cross_the_border(self, shipped: list[Cluster]) -> None:
        """
        The shipped graph has needs on both sides of the Øresund that one tender could serve; those are told first.
        """
        assert shipped
        across = [len(each.countries) > 1 for each in shipped]
        assert across[0]
        assert across == sorted(across, reverse=True)
        needs = [{member.need.value.rpartition("/")[2] for member in each.members if member.need} for each in shipped]
        assert {"n07", "n12"} in needs

    def test_contributions_sum_to_the_likeness(self, shipped: list[Cluster]) -> None:
        """
        What each reason brings adds up to the likeness of two needs.
        """
        for edge in (edge for each in shipped for edge in each.edges):
            total = math.fsum(reason.contribution for reason in edge.reasons)
            assert total == pytest.approx(edge.likeness, abs=1e-9)

    def test_every_cited_statement_exists(self, loaded: EcoGraph, shipped: list[Cluster]) -> None:
        """
        Every statement that a group cites is in the graph, in the graph of the publisher that is named.
        """
        snapshot = loaded.view().snapshot
        steps = [step for each in shipped for step in cited(each)]
        assert len(steps) > 50
        assert [step for step in steps if not stands(snapshot, step)] == []

    def test_every_reason_has_a_statement_and_three_languages(self, shipped: list[Cluster]) -> None:
        """
        No reason stands without a statement, and each is told in Danish, Swedish and English.
        """
        for reason in (reason for each in shipped for edge in each.edges for reason in edge.reasons):
            assert reason.path
            assert all(reason.sentences[lang] for lang in LANGUAGES)

    def test_likeness_is_the_same_both_ways(self, loaded: EcoGraph) -> None:
        """
        Each need is as like another as the other is like it, between nothing and all.
        """
        likeness = loaded.view().compared.likeness
        assert (likeness == likeness.T).all()
        assert likeness.min() >= 0.0
        assert likeness.max() <= 1.0 + 1e-9

    def test_groups_are_of_needs_that_are_alike(self, loaded: EcoGraph, shipped: list[Cluster]) -> None:
        """
        The mean likeness of a group is above the threshold, every need is in one group only, and asking twice gives
        the same.
        """
        assert all(each.likeness >= clusters.SAME for each in shipped)
        members = [member.need for each in shipped for member in each.members]
        assert len(members) == len(set(members))
        view = loaded.view()
        assert list(clusters.clusters(view.matcher, view.snapshot, alike.compare(view.matcher))) == shipped

    def test_near_needs_are_outside_the_group_and_in_order(self, loaded: EcoGraph) -> None:
        """
        Needs that touch on the one asked about are not in its group, and the most like come first.
        """
        view = loaded.view()
        for need in view.matcher.needs():
            found = clusters.same(view.matcher, view.snapshot, view.compared, view.matcher.profile(need))
            inside = {member.need for member in found.cluster.members} if found.cluster else {need}
            assert not inside & {each.member.need for each in found.near}
            assert all(one.edge.likeness >= other.edge.likeness for one, other in pairwise(found.near))


def _region(world: World) -> list[Quad]:
    return [quad for quad in world.snapshot.quads() if isinstance(quad.subject, NamedNode)]


def _renamed(term: object, place: int) -> NamedNode:
    if isinstance(term, NamedNode) and ("/project/" in term.value or "/participation/" in term.value):
        return NamedNode(f"{term.value}-{place}")
    return term  # type: ignore[return-value]

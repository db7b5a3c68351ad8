"""A graph that differs in a few statements gives the scores of a matcher that is built from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad

from ecograph.match.matcher import Matcher
from ecograph.match.ordering import ranking
from ecograph.match.ordering.ranking import Ranking
from ecograph.match.projection.evidence import Evidence
from ecograph.match.projection.overlay import CHANGEABLE, Overlay
from ecograph.namespaces import DCTERMS, ECO, ID
from ecograph.store.oxigraph import MemorySnapshot

from .conftest import TODAY, matcher_of, quads_of

NEEDS = [ID[f"need/{name}"] for name in ("cloudburst", "rain", "waste")]
ADDED = {
    "topic of a project": "id:claim-new eco:about p:old ; eco:topic t:iot ; eco:basis basis:person .",
    "topic of an actor": "id:claim-new eco:about o:sorting-company ; eco:topic t:sorting ; eco:basis basis:person .",
    "topic stated by the publisher": "s:bin eco:topic t:iot , t:waste .",
    "capability claim": """id:capability-claim\\/new a eco:CapabilityClaim ; eco:claimant o:sorting-company ;
        eco:topic t:sorting ; eco:capability capability:sensor-data ; eco:evidence p:old ; eco:basis basis:person ;
        eco:asOf "2026-05-01"^^xsd:date .""",
    "capability claim without evidence": """id:capability-claim\\/new a eco:CapabilityClaim ;
        eco:claimant o:old-school ; eco:topic t:cloudburst ; eco:asOf "2026-05-01"^^xsd:date .""",
    "deployment": """id:deployment\\/new a eco:Deployment ; eco:solution s:bin ; eco:stage stage:in-use ;
        eco:operator m:se-vara ; dct:spatial m:se-vara ; schema:startDate "2026"^^xsd:gYear .""",
    "need that is addressed": "s:bin eco:addressesNeed n:waste .",
    "participation": """id:participation\\/new a eco:Participation ; eco:project p:warning ;
        eco:participant o:sorting-company ; eco:role role:partner .""",
    "provider": "s:bin eco:provider o:sorting-company .",
    "later date": 'p:old schema:endDate "2026"^^xsd:gYear .',
    "evidence of a claim": "id:capability-claim\\/1 eco:evidence p:simulation .",
    "creator of a result": "id:result\\/model dct:creator o:old-school .",
}


def placed(evidence: Evidence, ranking: Ranking) -> dict[str, list[tuple[str, float]]]:
    """Every candidate with its score, by group in order."""
    return {
        group: [(evidence.things[ranking.thing(row)], scored.score) for row, scored in ranked]
        for group, ranked in ranking.allowed.items()
    }


def assert_same(evidence: Evidence, rebuilt: Matcher) -> None:
    for need in NEEDS:
        profile = rebuilt.profile(need)
        ours = placed(evidence, ranking.rank(evidence, profile, TODAY.year))
        theirs = placed(rebuilt.evidence, ranking.rank(rebuilt.evidence, profile, TODAY.year))
        assert {group: [iri for iri, _ in found] for group, found in ours.items()} == {
            group: [iri for iri, _ in found] for group, found in theirs.items()
        }
        for group, found in ours.items():
            assert dict(found) == pytest.approx(dict(theirs[group]), abs=1e-9)


@pytest.fixture(scope="module")
def overlay(matcher: Matcher, region: tuple[Quad, ...]) -> Iterator[Overlay]:
    with MemorySnapshot(region, revision=7) as snapshot:
        yield Overlay(matcher.evidence, snapshot, TODAY)


def removable(region: Iterable[Quad]) -> list[Quad]:
    """What may be taken away, the needs' own statements aside: those are what is asked."""
    return [quad for quad in region if quad.predicate in CHANGEABLE and not _is_need(quad)]


def _is_need(quad: Quad) -> bool:
    return isinstance(quad.subject, NamedNode) and quad.subject in NEEDS


class TestOverlay:
    @pytest.mark.parametrize("sort", ADDED)
    def test_what_is_added_counts_as_if_it_had_been_there(
        self, overlay: Overlay, region: tuple[Quad, ...], sort: str
    ) -> None:
        """
        A claim, a deployment, a date or a link that is only supposed gives the scores of a graph that holds it.
        """
        added = quads_of(ADDED[sort], "proposed")
        evidence = overlay.changed(added)
        assert_same(evidence, matcher_of([*region, *added]))
        assert placed(evidence, ranking.rank(evidence, matcher_of(region).profile(NEEDS[0]), TODAY.year))

    def test_each_statement_may_be_taken_away(self, overlay: Overlay, region: tuple[Quad, ...]) -> None:
        """
        Without any one of its statements of evidence the graph gives the scores that were foretold.
        """
        quads = removable(region)
        assert len(quads) > 40
        for quad in quads:
            assert_same(overlay.changed(removed=[quad]), matcher_of(each for each in region if each != quad))

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_several_changes_at_once(self, overlay: Overlay, region: tuple[Quad, ...], data: st.DataObject) -> None:
        """
        Whatever is added and taken away together, the scores are those of the graph it makes.
        """
        sorts = data.draw(st.lists(st.sampled_from([key for key in ADDED if "without" not in key]), unique=True))
        removed = data.draw(st.lists(st.sampled_from(removable(region)), max_size=4))
        added = [quad for sort in sorts for quad in quads_of(ADDED[sort], "proposed")]
        rebuilt = matcher_of([*(quad for quad in region if quad not in set(removed)), *added])
        assert_same(overlay.changed(added, removed), rebuilt)

    def test_texts_are_refused(self, overlay: Overlay) -> None:
        """
        A name or a description cannot be supposed: it would change the full text too.
        """
        quads = quads_of('s:bin dct:description "Skybrud"@da .')
        assert quads[0].predicate == DCTERMS.description
        with pytest.raises(ValueError, match="description"):
            overlay.changed(quads)

    def test_the_graph_itself_stays_as_it_is(self, overlay: Overlay, matcher: Matcher) -> None:
        """
        What is supposed leaves no trace in the matcher that others use.
        """
        before = placed(matcher.evidence, ranking.rank(matcher.evidence, matcher.profile(NEEDS[0]), TODAY.year))
        overlay.changed(quads_of(ADDED["capability claim"]))
        after = placed(matcher.evidence, ranking.rank(matcher.evidence, matcher.profile(NEEDS[0]), TODAY.year))
        assert before == after
        assert ECO.claimant in CHANGEABLE

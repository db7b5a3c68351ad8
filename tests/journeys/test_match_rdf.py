"""The answers to the needs of the shipped graph as RDF, held against our own shapes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from ecograph.bootstrap import EcoGraph
from ecograph.identifiers import thing_iri
from ecograph.match import rdf, weights
from ecograph.match.model import MatchResult
from ecograph.namespaces import DCTERMS, ECO, RDF
from ecograph.shacl.validation import results

pytestmark = pytest.mark.slow

NEEDS = [f"n{number:02}" for number in range(1, 20)]
TYPED = ["Varsling ved skybrud i Albertslund", "Varning vid skyfall i Malmö", "Cloudburst warning", "xyzzy"]


def answers(loaded: EcoGraph) -> Iterator[MatchResult]:
    """Every stored need and some typed ones, each by one of the profiles in turn."""
    matcher, profiles = loaded.view().matcher, list(weights.PROFILES)
    asked = [matcher.profile(thing_iri("need", need)) for need in NEEDS]
    asked += [matcher.profile_text(text) for text in TYPED]
    for place, profile in enumerate(asked):
        yield matcher.match(profile, weighting=profiles[place % len(profiles)])


class TestMatchRdf:
    def test_answers_keep_the_shapes_and_cite_the_graph(self, loaded: EcoGraph) -> None:
        """
        Each match and reason of each answer is as the shapes ask; each statement that is cited is in the graph.
        """
        view = loaded.view()
        triples: dict[Triple, None] = {}
        for result in answers(loaded):
            triples |= dict.fromkeys(rdf.triples(result))
        things = {each.object for each in triples if each.predicate == ECO.candidate}
        beside = [quad for thing in things for quad in view.snapshot.quads(thing, RDF.type)]  # type: ignore[arg-type]
        data = [*(Quad(*each) for each in triples), *beside, *view.ontology.quads]
        focused = {
            each.subject for each in triples if each.predicate == RDF.type and each.object in (ECO.Match, ECO.Reason)
        }
        assert len(focused) > 1000
        assert [each for each in results(data, view.rules.shapes) if each.focus in focused] == []

        said: dict[object, dict[NamedNode, object]] = defaultdict(dict)
        for each in triples:
            said[each.subject][each.predicate] = each.object
        cited = {each.object for each in triples if each.predicate == ECO.cites}
        assert cited
        for node in cited:
            about = said[node]
            parts = (about[RDF.subject], about[RDF.predicate], about[RDF.object], about[DCTERMS.source])
            assert next(iter(view.snapshot.quads(*parts)), None) is not None, parts  # type: ignore[arg-type]

    def test_contributions_sum_to_the_score(self, loaded: EcoGraph) -> None:
        """
        In every answer what the reasons bring and what stands beside them is the score.
        """
        checked = 0
        for result in answers(loaded):
            sums: dict[object, float] = defaultdict(float)
            of: dict[object, object] = {}
            numbers: dict[object, dict[NamedNode, float]] = defaultdict(dict)
            for each in rdf.triples(result):
                if each.predicate == ECO.matchReason:
                    of[each.object] = each.subject
                if isinstance(each.object, Literal) and each.predicate in (
                    ECO.contribution,
                    ECO.otherContribution,
                    ECO.score,
                ):
                    numbers[each.subject][each.predicate] = float(each.object.value)
            for node, found in numbers.items():
                if ECO.contribution in found:
                    sums[of[node]] += found[ECO.contribution]
                sums[node] += found.get(ECO.otherContribution, 0.0)
            for node, found in numbers.items():
                if ECO.score in found:
                    assert sums[node] == pytest.approx(found[ECO.score], abs=1e-9)
                    checked += 1
        assert checked > 300

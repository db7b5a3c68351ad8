"""An answer as RDF: statements that keep the shapes, and numbers that add up."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from ecograph.match import rdf, weights
from ecograph.match.matcher import Matcher
from ecograph.match.model import MatchResult
from ecograph.messages import LANGUAGES
from ecograph.namespaces import DCTERMS, ECO, RDF, RDFS
from ecograph.rdf.formats import GRAPH_FORMATS
from ecograph.rdf.serializing import write_graph
from ecograph.shacl.shapes import Shapes
from ecograph.shacl.validation import results
from ecograph.vocabulary.ontology import Ontology

from .conftest import CLOUDBURST

ROOT = Path(__file__).parents[3]
TEXT = "Varsling ved skybrud i Albertslund"

Said = dict[NamedNode, dict[NamedNode, list[object]]]


def said(triples: tuple[Triple, ...]) -> Said:
    found: Said = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        assert isinstance(triple.subject, NamedNode)
        found[triple.subject][triple.predicate].append(triple.object)
    return found


def of_class(found: Said, cls: NamedNode) -> list[NamedNode]:
    return [node for node, about in found.items() if cls in about[RDF.type]]


def number(value: object) -> Decimal:
    assert isinstance(value, Literal)
    return Decimal(value.value)


@pytest.fixture(scope="module", params=["stored", "typed", *weights.PROFILES])
def result(matcher: Matcher, request: pytest.FixtureRequest) -> MatchResult:
    if request.param == "typed":
        return matcher.match(matcher.profile_text(TEXT))
    weighting = request.param if request.param in weights.PROFILES else weights.DEFAULT
    return matcher.match(matcher.profile(CLOUDBURST), weighting=weighting)


class TestTriples:
    def test_an_answer_keeps_the_shapes(self, result: MatchResult, region: tuple[Quad, ...]) -> None:
        """
        Matches and reasons are as their shapes ask, beside the graph they are about.
        """
        triples = rdf.triples(result)
        beside = [*region, *Ontology.load(ROOT).quads]
        found = results([*(Quad(*triple) for triple in triples), *beside], Shapes.load(ROOT))
        ours = {node for node, about in said(triples).items() if {ECO.Match, ECO.Reason} & set(about[RDF.type])}
        assert len(ours) > len(result.matches)
        assert [each for each in found if each.focus in ours] == []

    def test_contributions_sum_to_the_score(self, result: MatchResult) -> None:
        """
        What the reasons bring and what stands beside them is the score, to the last digit written.
        """
        found = said(rdf.triples(result))
        matches = of_class(found, ECO.Match)
        assert len(matches) == len(result.matches)
        for node, match in zip(matches, result.matches, strict=True):
            about = found[node]
            reasons = [number(found[each][ECO.contribution][0]) for each in about[ECO.matchReason]]  # type: ignore[index]
            rest = [number(each) for each in about[ECO.otherContribution]]
            (score,) = map(number, about[ECO.score])
            assert float(sum(reasons) + sum(rest)) == pytest.approx(match.score, abs=1e-9)
            assert float(score) == pytest.approx(match.score, abs=1e-9)
            assert about[ECO.candidate] == [match.candidate]
            assert about[ECO.weightsVersion] == [Literal(weights.VERSION)]
            assert about[ECO.weighting] == [weights.PROFILES[result.weighting].iri]

    def test_every_reason_cites_its_statements_and_speaks_three_languages(
        self, result: MatchResult, region: tuple[Quad, ...]
    ) -> None:
        """
        A reason points at statements that are in the graph, each with the graph it stands in.
        """
        found, known = said(rdf.triples(result)), set(region)
        reasons = of_class(found, ECO.Reason)
        assert reasons
        for reason in reasons:
            sentences = found[reason][RDFS.comment]
            assert {each.language for each in sentences if isinstance(each, Literal)} == set(LANGUAGES)
            assert found[reason][ECO.cites]
            for cited in found[reason][ECO.cites]:
                about = found[cited]  # type: ignore[index]
                parts = (about[each][0] for each in (RDF.subject, RDF.predicate, RDF.object, DCTERMS.source))
                assert Quad(*parts) in known  # type: ignore[arg-type]

    def test_the_same_answer_has_the_same_names(self, result: MatchResult) -> None:
        """
        An answer that is worked out again says the same of the same nodes.
        """
        assert set(rdf.triples(result)) == set(rdf.triples(result))

    @pytest.mark.parametrize("target", GRAPH_FORMATS, ids=lambda target: target.name)
    def test_every_format_holds_it(self, result: MatchResult, target: object) -> None:
        """
        An answer can be written in each format that linked data is written in.
        """
        assert write_graph(rdf.triples(result), target)  # type: ignore[arg-type]


class TestTypedNeed:
    def test_a_typed_need_is_no_need_of_the_graph(self, matcher: Matcher) -> None:
        """
        A need in words is told with its text and topics, under a name that nothing in the graph has.
        """
        result = matcher.match(matcher.profile_text(TEXT))
        found = said(rdf.triples(result))
        (need,) = of_class(found, ECO.Need)
        assert "/id/node/" in need.value
        assert found[need][DCTERMS.description] == [Literal(TEXT, language="da")]
        assert found[need][ECO.topic] == [each.iri for each in result.need.concepts if each.basis == "recognised"]

    def test_a_stored_need_keeps_its_name(self, matcher: Matcher) -> None:
        """
        Of a need in the graph nothing is said that the graph says already.
        """
        found = said(rdf.triples(matcher.match(matcher.profile(CLOUDBURST))))
        assert of_class(found, ECO.Need) == [CLOUDBURST]
        assert found[CLOUDBURST].keys() == {RDF.type}

    @pytest.mark.parametrize("text", ["", "   ", "og i på", "日本語", "<b>skybrud</b> \u0000"])
    def test_odd_needs_are_written_too(self, matcher: Matcher, text: str) -> None:
        """
        An empty or odd need gives a document, with no match where there is none.
        """
        triples = rdf.triples(matcher.match(matcher.profile_text(text)))
        assert write_graph(triples, GRAPH_FORMATS[0])

"""Whether the reasons of an earlier match still stand."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.match import standing, weights
from ecograph.match.matcher import Matcher
from ecograph.match.model import Match, Reason, Statement
from ecograph.messages import LANGUAGES
from ecograph.namespaces import CONCEPT, GRAPH, ID, XSD
from ecograph.store.oxigraph import MemorySnapshot
from ecograph.text.vectors import Vectors

from .conftest import matcher_of, quads_of

SENSOR, TITLE, TOPIC, DATE = (
    ID["solution/sensor"],
    NamedNode("urn:title"),
    NamedNode("urn:topic"),
    NamedNode("urn:date"),
)
RAIN = Statement(SENSOR, TOPIC, NamedNode("urn:rain"), GRAPH.partner)
NAME = Statement(SENSOR, TITLE, Literal("Regnmåler", language="da"), GRAPH.partner)
DAY = Statement(SENSOR, DATE, Literal("2025-05-01", datatype=XSD.date), GRAPH.partner)


def match(*paths: Iterable[Statement]) -> Match:
    """A synthetic match whose reasons cite these statements."""
    sentences = dict.fromkeys(LANGUAGES, "Syntetisk")
    reasons = tuple(Reason("concept", "topic", 0.1, tuple(path), sentences) for path in paths)
    return Match(SENSOR, "solution", sentences, ("dk",), 0.3, {}, reasons, (), (), rank=2)


def snapshot(*statements: Statement, graph: NamedNode = GRAPH.partner) -> MemorySnapshot:
    return MemorySnapshot([Quad(each.subject, each.predicate, each.object, graph) for each in statements], 7)


class TestKeeping:
    def test_what_is_kept_is_read_again(self, matcher: Matcher) -> None:
        """
        A match that was written as JSON is read as it was: score, rank, revision, and every statement with its
        language or datatype.
        """
        found = match((RAIN, NAME), (DAY,))
        written = json.loads(json.dumps(standing.keep(found, matcher, ["rain"], "research-first")))
        kept = standing.kept(written)
        assert (kept.score, kept.rank, kept.weights) == (0.3, 2, weights.VERSION)
        assert (kept.topics, kept.weighting) == (("rain",), "research-first")
        assert (kept.revision, kept.day) == (matcher.revision, matcher.today.isoformat())
        assert [reason.path for reason in kept.reasons] == [(RAIN, NAME), (DAY,)]

    def test_candidate_without_a_match(self, matcher: Matcher) -> None:
        """
        One that was not measured is kept without a score and without reasons; so is one of whom nothing was kept.
        """
        assert standing.kept(standing.keep(None, matcher)).score is None
        assert standing.kept({}).reasons == ()


class TestGrounds:
    def test_reason_falls_with_any_statement(self, matcher: Matcher) -> None:
        """
        A reason stands as long as every statement it cites is stated; without a ledger it is not told when one went.
        """
        kept = standing.kept(standing.keep(match((RAIN, NAME), (DAY,)), matcher))
        first, second = standing.grounds(kept, snapshot(RAIN, DAY), None)
        assert (first.stands, second.stands) == (False, True)
        (gone,) = first.gone
        assert (gone.statement, gone.revision, gone.withdrawn) == (NAME, None, False)

    def test_what_another_publisher_states_stands(self, matcher: Matcher) -> None:
        """
        A statement that its first publisher withdrew and another makes as well still holds.
        """
        kept = standing.kept(standing.keep(match((RAIN,)), matcher))
        assert all(each.stands for each in standing.grounds(kept, snapshot(RAIN, graph=GRAPH.another), None))


class TestToday:
    @pytest.mark.parametrize("weighting", weights.PROFILES)
    def test_candidate_has_what_the_answer_gives(self, matcher: Matcher, weighting: str) -> None:
        """
        Measured alone a candidate has the score, rank and reasons that it has in the answer.
        """
        profile = matcher.profile(matcher.needs()[0])
        today = standing.Today(matcher, profile, weighting)
        found = matcher.match(profile, top=100, weighting=weighting).matches
        assert found
        for each in found:
            alone = today.match(each.candidate)
            assert alone is not None
            assert (alone.score, alone.rank, alone.reasons) == (each.score, each.rank, each.reasons)

    def test_what_is_no_candidate_has_none(self, matcher: Matcher) -> None:
        """
        A thing that is not in the graph, or is never proposed, has no match.
        """
        need = matcher.needs()[0]
        today = standing.Today(matcher, matcher.profile(need))
        assert today.match(ID["organisation/nobody"]) is None
        assert today.match(need) is None


class TestNeverAScore:
    def test_published_verdicts_change_nothing(
        self, region: tuple[Quad, ...], vectors: Vectors, reader: Matcher
    ) -> None:
        """
        With verdicts and shortlist entries of every sort in the graph, about every candidate, each need has the very
        same answer: order, scores, their parts, reasons and notes, also where a model has read what texts mean.
        """
        needs = reader.needs()
        plain = [reader.match(reader.profile(need), top=100) for need in needs]
        candidates = {each.candidate for result in plain for each in result.matches}
        status_of, comment = "http://www.w3.org/ns/adms#status", '"Varsling ved skybrud: passer godt"@da'
        said = "".join(
            f"<urn:synthetic:{kind}-{number}-{place}> a eco:{kind} ; eco:need <{need.value}> ;"
            f" eco:candidate <{iri.value}> ; <{status_of}> <{CONCEPT[status].value}> ; rdfs:comment {comment} ;"
            ' dct:created "2026-05-01"^^xsd:date ; dct:source <https://example.org/> .\n'
            for number, need in enumerate(needs)
            for place, iri in enumerate(sorted(candidates, key=str))
            for kind, status in (
                ("Feedback", "feedback-verdict/suits"),
                ("Feedback", "feedback-verdict/does-not-suit"),
                ("ShortlistEntry", "shortlist-status/agreed"),
            )
        )
        prefix = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        told = matcher_of((*region, *quads_of(prefix + said, "others")), vectors)
        assert candidates
        assert [told.match(told.profile(need), top=100) for need in needs] == plain

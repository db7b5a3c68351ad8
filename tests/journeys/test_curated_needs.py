"""The nineteen needs of the shipped graph, and needs as people type them, answered from it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pyoxigraph import Quad

from ecograph.bootstrap import EcoGraph
from ecograph.identifiers import thing_iri
from ecograph.match import weights
from ecograph.match.matcher import Matcher
from ecograph.match.model import MatchResult, Statement
from ecograph.messages import LANGUAGES
from ecograph.namespaces import RDF

pytestmark = pytest.mark.slow

NEEDS = [f"n{number:02}" for number in range(1, 20)]
TYPED = {
    "da": "Varsling ved skybrud i Albertslund",
    "sv": "Varning vid skyfall i Malmö",
    "en": "Cloudburst warning for a municipality",
}


@pytest.fixture(scope="module")
def matcher(loaded: EcoGraph) -> Matcher:
    return loaded.view().matcher


@pytest.fixture(scope="module")
def results(matcher: Matcher) -> dict[str, MatchResult]:
    found: dict[str, MatchResult] = {}
    for need in NEEDS:
        started = time.perf_counter()
        found[need] = matcher.match(matcher.profile(thing_iri("need", need)))
        print(f"{need}: {1000 * (time.perf_counter() - started):.0f} ms")
    return found


def cited(result: MatchResult) -> Iterator[Statement]:
    for match in result.matches:
        for reason in match.reasons:
            yield from reason.path
        for note in (*match.against, *match.unknown, *match.flags):
            yield from note.path


class TestCuratedNeeds:
    def test_all_of_them_are_in_the_graph(self, matcher: Matcher) -> None:
        """
        The shipped graph holds the nineteen needs that were gathered around the Øresund.
        """
        assert set(matcher.needs()) == {thing_iri("need", need) for need in NEEDS}

    @pytest.mark.parametrize("need", NEEDS)
    def test_both_sides_are_proposed(self, loaded: EcoGraph, results: dict[str, MatchResult], need: str) -> None:
        """
        Each need is answered from Denmark and from Sweden.
        """
        countries = {country for match in results[need].matches for country in match.countries}
        assert {"dk", "se"} <= countries

    @pytest.mark.parametrize("need", NEEDS)
    def test_every_reason_rests_on_the_graph(
        self, loaded: EcoGraph, results: dict[str, MatchResult], need: str
    ) -> None:
        """
        Every statement that a reason or a note cites is in the graph, in the graph of the publisher it names.
        """
        with loaded.snapshot() as snapshot:
            statements = set(cited(results[need]))
            assert statements
            for each in statements:
                assert Quad(each.subject, each.predicate, each.object, each.graph) in snapshot

    @pytest.mark.parametrize("need", NEEDS)
    def test_scores_are_what_is_shown(self, results: dict[str, MatchResult], need: str) -> None:
        """
        Contributions sum to the score, the order is that of the scores, and there are one to five reasons.
        """
        for match in results[need].matches:
            assert sum(match.contributions.values()) == pytest.approx(match.score, abs=1e-9)
            assert 1 <= len(match.reasons) <= weights.MAX_REASONS
            assert all(set(reason.sentences) == set(LANGUAGES) and reason.path for reason in match.reasons)
        for group in weights.GROUP_ORDER:
            scores = [match.score for match in results[need].in_group(group)]
            assert scores == sorted(scores, reverse=True)

    def test_the_known_answer_is_found(self, results: dict[str, MatchResult]) -> None:
        """
        Where a solution was made for a need, it comes first: OS2iot for uniform data, INSTALL for the IoT chain.
        """
        first = {need: results[need].in_group("solution")[0].candidate for need in ("n02", "n03", "n11")}
        assert first == {
            "n02": thing_iri("solution", "install"),
            "n03": thing_iri("solution", "os2iot"),
            "n11": thing_iri("solution", "rattrap"),
        }

    def test_national_candidates_are_flagged(self, loaded: EcoGraph, results: dict[str, MatchResult]) -> None:
        """
        KTH in Stockholm may be proposed, and is said to be national, not regional.
        """
        kth = thing_iri("organisation", "kth-royal-institute-of-technology")
        with loaded.snapshot() as snapshot:
            assert next(snapshot.quads(kth, RDF.type), None) is not None
        found = [match for result in results.values() for match in result.matches if match.candidate == kth]
        assert found
        assert all("outside-area" in [note.code for note in match.against] for match in found)


class TestTypedNeeds:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_a_typed_need_is_understood(self, matcher: Matcher, lang: str) -> None:
        """
        "Varsling ved skybrud i Albertslund" is about cloudbursts, and Albertslund is where.
        """
        profile = matcher.profile_text(TYPED[lang])
        assert profile.language == lang
        assert "Cloudburst" in [concept.labels["en"] for concept in profile.concepts]
        places = {"da": ["dk-albertslund"], "sv": ["se-malmoe"], "en": []}[lang]
        assert [place.iri for place in profile.places] == [thing_iri("municipality", place) for place in places]

    def test_three_languages_agree(self, matcher: Matcher) -> None:
        """
        The same need typed in Danish, Swedish or English finds the same five organisations, and the same first.
        """
        found = {
            lang: [match.candidate for match in matcher.match(matcher.profile_text(text)).in_group("research")][:5]
            for lang, text in TYPED.items()
        }
        assert set(found["da"]) == set(found["sv"]) == set(found["en"])
        assert found["da"][0] == found["sv"][0] == found["en"][0]

    def test_compounds_are_understood(self, matcher: Matcher) -> None:
        """
        Waste sorting and energy planning are understood from compounds.
        """
        for text, topic in {
            "Bedre affaldssortering i etageboliger": "waste",
            "Bättre avfallssortering i flerfamiljshus": "waste",
            "Varmeplanlægning i den østlige bydel": "energy planning",
        }.items():
            labels = " ".join(concept.labels["en"].lower() for concept in matcher.profile_text(text).concepts)
            assert topic in labels

"""What texts mean as a signal beside the others: exact, explained, and no substitute for saying what was found."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad

from ecograph.bootstrap import EcoGraph
from ecograph.match import weights
from ecograph.match.explaining.whynot import Explainer
from ecograph.match.matcher import Matcher
from ecograph.match.model import Match, MatchResult, NeedProfile
from ecograph.match.ordering import ranking
from ecograph.match.projection.overlay import CHANGEABLE
from ecograph.messages import LANGUAGES
from ecograph.namespaces import CONCEPT, ID
from ecograph.store.oxigraph import MemorySnapshot
from ecograph.text.vectors import Vectors

from .conftest import CLOUDBURST, OLD_SCHOOL, TODAY, matcher_of, quads_of
from .test_matcher import TENFOLD

NEEDS = [ID[f"need/{name}"] for name in ("cloudburst", "rain", "waste")]
TYPED = (
    "Når det vælter ned, løber kældrene fulde. Hvem kan sige til i tide?",
    "När himlen öppnar sig fylls källarna. Vem kan larma i tid?",
    "When the heavens open, basements fill up. Who can raise the alarm in time?",
    "Bedre affaldssortering i boligområder",
    "skybrud",
)
HOSTILE = (
    "",
    " ",
    "skybrud",
    "og i på det",
    "Погода и дождь в городе",
    "雨水管理",
    "<script>alert('skybrud')</script><p>&nbsp;</p>",
    "skybrud \ud800 \udfff varsling",
    "skybrud\x00varsling",
    "🌧️🌧️🌧️",
    "\u202eskybrud",
    "a" * 200_000,
    "skybrud " * 25_000,
    '" OR 1=1 -- eco:topic ?x . } DELETE WHERE { ?s ?p ?o',
    "\n\t\r" * 500,
)


@pytest.fixture(scope="module")
def results(reader: Matcher) -> list[MatchResult]:
    """Every need of the region and some typed ones, matched with meaning."""
    profiles = [*(reader.profile(need) for need in NEEDS), *(reader.profile_text(text) for text in TYPED)]
    return [reader.match(profile, top=50) for profile in profiles]


def scores(matcher: Matcher, profile: NeedProfile) -> dict[str, float]:
    ranked = ranking.rank(matcher.evidence, profile, TODAY.year)
    return {
        matcher.evidence.things[int(thing)]: ranking.score_of(ranked.measured, row).score
        for row, thing in enumerate(ranked.measured.candidates)
    }


def every(results: list[MatchResult]) -> Iterator[Match]:
    return (match for result in results for match in result.matches)


class TestScore:
    def test_the_parts_sum_to_the_score(self, results: list[MatchResult]) -> None:
        """
        With all six signals the contributions shown add up to the score, and the reasons never say more than it.
        """
        assert {signal for match in every(results) for signal, part in match.contributions.items() if part > 0.0} == {
            "text", "concept", "evidence", "meaning", "graph", "freshness"
        }  # fmt: skip
        for match in every(results):
            assert math.isclose(sum(match.contributions.values()), match.score, abs_tol=1e-9)
            told = dict.fromkeys(match.contributions, 0.0)
            for reason in match.reasons:
                assert math.isclose(sum(reason.parts.values()), reason.contribution, abs_tol=1e-9)
                for signal, part in reason.parts.items():
                    told[signal] += part
            assert all(told[signal] <= part + 1e-9 for signal, part in match.contributions.items())

    def test_ten_times_the_old_projects_change_nothing(
        self, reader: Matcher, region: tuple[Quad, ...], vectors: Vectors
    ) -> None:
        """
        Past volume is no merit in any of the signals, also where texts are compared by meaning and topics are guessed.
        """
        grown = matcher_of([*region, *quads_of(TENFOLD)], vectors)
        for before, after in (
            *((reader.profile(need), grown.profile(need)) for need in NEEDS),
            *((reader.profile_text(text), grown.profile_text(text)) for text in TYPED),
        ):
            assert scores(grown, after) == pytest.approx(scores(reader, before), abs=1e-6)
        assert OLD_SCHOOL.value in scores(grown, grown.profile(CLOUDBURST))

    def test_without_a_model_the_others_share_its_weight(self, matcher: Matcher) -> None:
        """
        Where no text can be compared by meaning a score keeps its scale, and the answer says why.
        """
        result = matcher.match(matcher.profile(CLOUDBURST))
        assert all(match.contributions["meaning"] == 0.0 for match in result.matches)
        ranked = ranking.rank(matcher.evidence, matcher.profile(CLOUDBURST), TODAY.year)
        assert sum(ranked.measured.weights.values()) == pytest.approx(1.0)
        assert "meaning-off" in {note.code for note in result.notes}

    def test_the_order_without_a_model_is_that_of_the_other_signals(self, matcher: Matcher, reader: Matcher) -> None:
        """
        A weight that all share out in proportion moves nobody past another.
        """
        profile = matcher.profile(CLOUDBURST)
        ranked = ranking.rank(matcher.evidence, profile, TODAY.year)
        silent = {**weights.SIGNALS, "meaning": 0.0}
        for group, found in ranked.allowed.items():
            rows = [row for row, _ in found]
            kept = sorted(
                rows,
                key=lambda row: (
                    -round(sum(silent[each] * float(ranked.measured.values[each][row]) for each in silent), 12),
                    matcher.evidence.things[ranked.thing(row)],
                ),
            )
            assert rows == kept, group
        assert reader.evidence.meaning.available

    def test_a_cited_statement_weighs_what_is_said(self, reader: Matcher, region: tuple[Quad, ...]) -> None:
        """
        Without a statement that a reason cites, the score falls by the amount beside it, with meaning and walk counted.
        """
        with MemorySnapshot(region, revision=7) as snapshot:
            explainer = Explainer(reader, snapshot)
            profile = reader.profile(CLOUDBURST)
            told = 0
            for match in reader.match(profile).matches:
                for removal in explainer.why(profile, match.candidate).removals:
                    said = removal.statement
                    quad = Quad(said.subject, said.predicate, said.object, said.graph)
                    assert quad in region
                    assert said.predicate in CHANGEABLE
                    rebuilt = matcher_of((each for each in region if each != quad), reader.evidence.meaning.vectors)
                    after = scores(rebuilt, profile)[match.candidate.value]
                    assert after == pytest.approx(removal.score, abs=1e-6)
                    assert match.score - after == pytest.approx(removal.loss, abs=1e-6)
                    told += 1
            assert told > 10


class TestReasons:
    def test_every_cited_statement_exists(self, results: list[MatchResult], region: tuple[Quad, ...]) -> None:
        """
        A reason by meaning or by the graph rests on statements of the graph like any other.
        """
        known = set(region)
        kinds = {reason.kind for match in every(results) for reason in match.reasons}
        assert "meaning" in kinds
        for match in every(results):
            for said in (*match.reasons, *match.against, *match.unknown, *match.flags):
                for statement in said.path:
                    assert Quad(statement.subject, statement.predicate, statement.object, statement.graph) in known
            assert all(reason.path for reason in match.reasons)

    def test_three_languages_carry_the_same_facts(self, results: list[MatchResult], reader: Matcher) -> None:
        """
        A sentence quotes the same title and the same years in each language, and is written in all three.
        """
        titles = {title.text for each in reader.evidence.titles for title in each}
        for match in every(results):
            for reason in match.reasons:
                assert set(reason.sentences) == set(LANGUAGES)
                years = {lang: re.findall(r"(?<!\d)\d{4}(?!\d)", said) for lang, said in reason.sentences.items()}
                assert years["da"] == years["sv"] == years["en"]
                quoted = {lang: re.findall(r"[»”“]([^«”“]+)[«”]", said) for lang, said in reason.sentences.items()}
                assert len({len(found) for found in quoted.values()}) == 1
                assert {title for found in quoted.values() for title in found} <= titles

    def test_what_a_machine_estimates_is_marked(self, results: list[MatchResult]) -> None:
        """
        A reason by meaning says that a machine has estimated it.
        """
        marked = {"da": "skønnet af en maskine", "sv": "maskinell bedömning", "en": "estimated by a machine"}
        found = [reason for match in every(results) for reason in match.reasons if reason.kind == "meaning"]
        assert found
        assert all(marked[lang] in reason.sentences[lang] for reason in found for lang in LANGUAGES)


class TestPossibleTopics:
    def test_they_are_no_topics_it_has_already(self, results: list[MatchResult]) -> None:
        """
        What is suggested is new: none is recognised, stated, or above one that is.
        """
        for result in results:
            known = {each.iri for each in (*result.need.concepts, *result.need.capabilities)}
            assert len(result.need.suggested) <= 3
            assert all(each.basis == "suggested" and each.iri not in known for each in result.need.suggested)

    def test_a_need_in_everyday_words_is_given_a_theme(self, loaded: EcoGraph) -> None:
        """
        Where nothing is recognised, a guess counts as far as it is sure, and the answer calls it a possible theme.
        """
        reader = loaded.view().matcher
        profile = reader.profile_text("Store mængder regn på kort tid fylder kældrene", "da")
        assert not profile.concepts
        assert CONCEPT["topic/cloudburst"] in {each.iri for each in profile.suggested}
        result = reader.match(profile)
        assert "possible-theme" in {note.code for note in result.notes}
        accepted = reader.match(reader.with_concept(profile, CONCEPT["topic/cloudburst"]))
        most = [max(match.contributions["concept"] for match in each.matches) for each in (result, accepted)]
        assert 0.0 < most[0] < most[1]

    def test_a_name_in_passing_is_doubted_until_somebody_confirms_it(self, reader: Matcher) -> None:
        """
        A topic whose name stands in a text about something else counts little; weighed by hand it counts fully.
        """
        profile = reader.profile_text(
            "Vi vil af med skraldet i gården. Det ligger og flyder som efter en oversvømmelse."
        )
        named = next(each for each in profile.concepts if each.iri == CONCEPT["topic/cloudburst"])
        assert named.trust < 1.0
        confirmed = profile.weighing(named.iri, 1.0)
        assert [each.trust for each in confirmed.concepts if each.iri == named.iri] == [1.0]

    def test_without_a_model_nothing_is_guessed(self, matcher: Matcher) -> None:
        """
        What is recognised is then believed, and nothing is suggested.
        """
        profile = matcher.profile_text(TYPED[0])
        assert profile.suggested == ()
        assert all(each.trust == 1.0 for each in profile.concepts)


class TestHostileNeeds:
    @pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
    def test_a_strange_need_gets_a_clear_answer(self, reader: Matcher, typed: str) -> None:
        """
        Whatever is typed is answered: with candidates, or with a note that says why there are none.
        """
        result = reader.match(reader.profile_text(typed))
        assert result.matches or {"no-words", "no-concepts", "no-concepts-meaning", "possible-theme"} & {
            note.code for note in result.notes
        }
        for match in result.matches:
            assert math.isclose(sum(match.contributions.values()), match.score, abs_tol=1e-9)
            for said in (*match.reasons, *result.notes):
                assert all(said.sentences.values())

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(typed=st.text(st.characters(), max_size=120))
    def test_any_text_is_answered(self, matcher: Matcher, reader: Matcher, typed: str) -> None:
        """
        No text of any letters stops the matching, with or without a model.
        """
        for each in (matcher, reader):
            for match in each.match(each.profile_text(typed)).matches:
                assert 0.0 <= match.score <= 1.0

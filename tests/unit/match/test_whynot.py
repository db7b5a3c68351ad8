"""Why somebody is in a list or not, and what would change it: verified on graphs built anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import pytest
from pyoxigraph import NamedNode, Quad

from ecograph.errors import UnknownThing
from ecograph.match import weights
from ecograph.match.explaining.counterfactual import MARGIN, Change
from ecograph.match.explaining.edits import KINDS, realistic
from ecograph.match.explaining.whynot import Answer, Explainer
from ecograph.match.matcher import Matcher
from ecograph.match.model import GROUPS, Texts
from ecograph.match.ordering import ranking
from ecograph.messages import LANGUAGES
from ecograph.namespaces import ID
from ecograph.store.oxigraph import MemorySnapshot

from .conftest import CLOUDBURST, GAUGE, RAIN_UNIVERSITY, TODAY, matcher_of

NEEDS = [ID[f"need/{name}"] for name in ("cloudburst", "rain", "waste")]
SORTING = ID["organisation/sorting-company"]


@pytest.fixture(scope="module")
def explainer(matcher: Matcher, region: tuple[Quad, ...]) -> Iterator[Explainer]:
    with MemorySnapshot(region, revision=7) as snapshot:
        yield Explainer(matcher, snapshot)


def candidates(matcher: Matcher) -> list[NamedNode]:
    return [NamedNode(matcher.evidence.things[thing]) for thing in matcher.evidence.candidates.tolist()]


@pytest.fixture(scope="module")
def answers(matcher: Matcher, explainer: Explainer) -> list[Answer]:
    """Every candidate asked about for every need, with the first place as the goal."""
    return [
        explainer.why(matcher.profile(need), candidate, goal=1) for need in NEEDS for candidate in candidates(matcher)
    ]


def numbers(sentence: str) -> list[str]:
    return sorted(found.replace(",", ".") for found in re.findall(r"\d+(?:[.,]\d+)?", sentence))


def verified(region: tuple[Quad, ...], answer: Answer, change: Change) -> None:
    """The change on a graph that is built anew, matched from the start."""
    rebuilt = matcher_of([*region, *change.statements])
    assert answer.need.iri is not None
    result = rebuilt.match(rebuilt.profile(answer.need.iri))
    found = [match for match in result.matches if match.candidate == answer.candidate]
    assert found[0].score >= weights.MIN_SCORE
    assert change.rank is not None
    assert found[0].rank <= change.rank <= answer.goal
    assert found[0].score == pytest.approx(change.score, abs=1e-9)


class TestCounterfactual:
    def test_every_change_holds_on_a_graph_that_states_it(
        self, region: tuple[Quad, ...], answers: list[Answer]
    ) -> None:
        """
        What is said to bring a candidate to a rank does: a matcher built from the changed graph gives it that score.
        """
        changes = [(answer, change) for answer in answers if answer.search for change in answer.search.changes]
        assert len(changes) > 20
        assert {edit.kind for _, change in changes for edit in change.edits} >= set(KINDS) - {"date", "deployment"}
        for answer, change in changes:
            verified(region, answer, change)

    def test_a_pair_is_proposed_only_where_no_single_row_is_enough(
        self, matcher: Matcher, explainer: Explainer, answers: list[Answer]
    ) -> None:
        """
        The change told first is the smallest: fewer rows, or fewer statements, do not reach the rank.
        """
        for answer in answers:
            if answer.search is None or answer.match is None:
                continue
            group = answer.match.group
            ranked = ranking.rank(matcher.evidence, answer.need, TODAY.year, groups=[group])
            thing = matcher.evidence.numbers[answer.candidate.value]
            row = int(ranked.measured.candidates.searchsorted(thing))
            told = answer.search.changes[0] if answer.search.changes else None
            for edit in realistic(matcher.evidence, answer.need, ranked, row, TODAY):
                if told is None or len(told.edits) == 2 or len(edit.statements) < len(told.statements):
                    again = ranking.rank(
                        explainer.overlay.changed(edit.statements), answer.need, TODAY.year, groups=[group]
                    )
                    place = again.place(group, thing)
                    if place is not None and place[1].score >= weights.MIN_SCORE + MARGIN:
                        equals = [scored.score >= place[1].score - MARGIN for _, scored in again.allowed[group]]
                        assert sum(equals) > answer.goal

    def test_where_nothing_is_enough_it_is_said(self, answers: list[Answer]) -> None:
        """
        Where no row and no two rows reach the rank, the answer says so and gives what brings most.
        """
        failed = [answer for answer in answers if answer.search and not answer.search.changes]
        for answer in failed:
            assert answer.outcome is not None
            assert answer.outcome.code in ("none", "nothing")
            assert answer.search is not None
            assert answer.search.nearest is None or not answer.search.nearest.reached

    def test_removing_a_cited_statement_costs_what_is_stated(
        self, region: tuple[Quad, ...], answers: list[Answer]
    ) -> None:
        """
        Without a statement that a reason cites, the score falls by the amount that stands beside the reason.
        """
        told = [(answer, removal) for answer in answers for removal in answer.removals]
        assert len(told) > 20
        for answer, removal in told:
            said = removal.statement
            quad = Quad(said.subject, said.predicate, said.object, said.graph)
            assert quad in region
            rebuilt = matcher_of(each for each in region if each != quad)
            assert answer.match is not None
            assert answer.need.iri is not None
            ranked = ranking.rank(rebuilt.evidence, rebuilt.profile(answer.need.iri), TODAY.year)
            row = ranked.measured.candidates.searchsorted(rebuilt.evidence.numbers[answer.candidate.value])
            score = ranking.score_of(ranked.measured, int(row)).score
            assert score == pytest.approx(removal.score, abs=1e-9)
            assert answer.match.score - score == pytest.approx(removal.loss, abs=1e-9)

    def test_the_same_question_has_the_same_answer(
        self, matcher: Matcher, explainer: Explainer, answers: list[Answer]
    ) -> None:
        """
        Asked twice, the same rows are proposed in the same order.
        """
        for answer in answers[::7]:
            again = explainer.why(answer.need, answer.candidate, goal=1)
            assert again.search == answer.search
            assert again.sentences == answer.sentences

    def test_rows_are_rows_of_templates(self, matcher: Matcher, answers: list[Answer]) -> None:
        """
        Each proposal is of the closed list, says at least one statement, and no two of a change are the same.
        """
        for answer in answers:
            for change in answer.search.changes if answer.search else ():
                assert len(change.edits) in (1, 2)
                assert all(edit.kind in KINDS and edit.statements and edit.cells for edit in change.edits)
                assert all(one.cells != other.cells for one, other in combinations(change.edits, 2))


class TestWhyNot:
    def test_the_rule_it_fails_is_told(self, matcher: Matcher, explainer: Explainer) -> None:
        """
        Who raised the need, lies in a country that was not chosen, or is no actor, is told so; nothing else is offered.
        """
        profile = matcher.profile(CLOUDBURST)
        asker = explainer.why(profile, ID["municipality/dk-albertslund"])
        foreign = explainer.why(profile, RAIN_UNIVERSITY, countries=["se"])
        excluded = explainer.why(profile, GAUGE, exclude=[GAUGE])
        project = explainer.why(profile, ID["project/old"])
        found = [asker, foreign, excluded, project]
        assert [answer.rule.code for answer in found if answer.rule] == ["asker", "country", "excluded", "kind"]
        assert [answer.verdict for answer in found] == ["rule", "rule", "rule", "kind"]
        assert all(answer.search is None for answer in found)

    def test_the_evidence_it_lacks_is_told(self, matcher: Matcher, explainer: Explainer) -> None:
        """
        A company without the topic is told its points by signal, and the one row that would put it in the list.
        """
        answer = explainer.why(matcher.profile(CLOUDBURST), SORTING)
        assert answer.verdict == "weak"
        assert answer.match is not None
        assert sum(gap.has for gap in answer.gaps) == pytest.approx(answer.match.score, abs=1e-9)
        assert answer.search is not None
        assert [edit.sentences for edit in answer.search.changes[0].edits] == [
            {
                "da": "Skriv, at Synthetic Sorting ApS arbejder med skybrud.",
                "sv": "Skriv att Synthetic Sorting ApS arbetar med skyfall.",
                "en": "State that Synthetic Sorting ApS works with cloudburst.",
            }
        ]

    def test_the_first_has_nothing_to_gain(self, matcher: Matcher, explainer: Explainer) -> None:
        """
        Who is first is told so, and what it would lose without its evidence.
        """
        answer = explainer.why(matcher.profile(CLOUDBURST), RAIN_UNIVERSITY)
        assert (answer.verdict, answer.goal, answer.search, answer.bar) == ("listed", 1, None, None)
        assert max(removal.loss for removal in answer.removals) > 0.05

    def test_three_languages_say_the_same(self, answers: list[Answer]) -> None:
        """
        The numbers of a sentence are the same in Danish, Swedish and English, and each names the candidate.
        """

        def same(sentences: Texts) -> None:
            assert set(sentences) == set(LANGUAGES)
            assert numbers(sentences["da"]) == numbers(sentences["sv"]) == numbers(sentences["en"])
            assert all("{" not in sentence and sentence.endswith(".") for sentence in sentences.values())

        for answer in answers:
            same(answer.sentences)
            assert all(answer.labels[lang] in answer.sentences[lang] for lang in LANGUAGES)
            for gap in answer.gaps:
                same(gap.sentences)
                assert answer.bar is None or all(answer.bar.labels[lang] in gap.sentences[lang] for lang in LANGUAGES)
            if answer.outcome:
                same(answer.outcome.sentences)
            for change in answer.search.changes if answer.search else ():
                for edit in change.edits:
                    same(edit.sentences)

    def test_a_text_that_is_not_stored_can_be_asked_about(self, matcher: Matcher, explainer: Explainer) -> None:
        """
        Why and why not work for a need that is only typed in; a solution is not asked to address what is not stored.
        """
        answer = explainer.why(matcher.profile_text("Sortering af affald"), GAUGE)
        assert answer.need.iri is None
        assert answer.search is not None
        kinds = [edit.kind for change in answer.search.changes for edit in change.edits]
        assert kinds
        assert "addresses" not in kinds

    def test_a_need_of_no_words_is_answered(self, matcher: Matcher, explainer: Explainer) -> None:
        """
        Where nothing was understood nothing is proposed, and that is said.
        """
        answer = explainer.why(matcher.profile_text(""), SORTING)
        assert answer.outcome is not None
        assert answer.outcome.code == "nothing"

    def test_names_find_whom_they_name(self, explainer: Explainer) -> None:
        """
        An IRI, kind and slug, and a name whatever its case lead to one thing; a part of a name to those who have it.
        """
        for who in (SORTING.value, "organisation/sorting-company", "synthetic sorting aps"):
            assert explainer.named(who) == (SORTING,)
        assert explainer.named("sorting") == ()
        assert SORTING in explainer.similar("sorting")
        assert explainer.similar("") == ()
        assert explainer.named("../<x>") == ()

    def test_an_unknown_thing_is_an_error(self, matcher: Matcher, explainer: Explainer) -> None:
        """
        Nothing is said of what the graph does not know.
        """
        with pytest.raises(UnknownThing):
            explainer.why(matcher.profile(CLOUDBURST), ID["organisation/nobody"])
        assert GROUPS

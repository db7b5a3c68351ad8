"""Who is proposed for a need, in which order, and why."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad

from ecograph.match import weights
from ecograph.match.matcher import Matcher
from ecograph.match.model import GROUPS, Match, MatchResult
from ecograph.match.ordering import signals
from ecograph.messages import LANGUAGES
from ecograph.namespaces import ECO, ID

from .conftest import CAPITAL_INSTITUTE, CLOUDBURST, GAUGE, OLD_SCHOOL, RAIN_UNIVERSITY, iris, matcher_of, quads_of

TYPED = {
    "da": "Varsling ved skybrud i Albertslund",
    "sv": "Varning vid skyfall i Malmö",
    "en": "Cloudburst warning for a municipality",
}
TENFOLD = "\n".join(
    f"""
p:copy-{number} a eco:Project ; dct:title "Gammalt projekt om torka"@sv ;
  schema:startDate "2008"^^xsd:gYear ; schema:endDate "2010"^^xsd:gYear .
id:claim-{number} a eco:TopicClaim ; eco:about p:copy-{number} ; eco:topic t:cloudburst ; eco:basis basis:rule .
id:taking-part-{number} a eco:Participation ; eco:project p:copy-{number} ; eco:participant o:old-school ;
  eco:role role:lead .
"""
    for number in range(9)
)


@pytest.fixture(scope="module")
def result(matcher: Matcher) -> MatchResult:
    return matcher.match(matcher.profile(CLOUDBURST))


def one(result: MatchResult, candidate: object) -> Match:
    return next(match for match in result.matches if match.candidate == candidate)


class TestRanking:
    def test_who_does_it_comes_first(self, result: MatchResult) -> None:
        """
        The leader of a recent project on the very topic goes before one who did something wider long ago.
        """
        assert iris(match.candidate for match in result.in_group("research")) == [
            "organisation/rain-university",
            "organisation/capital-institute",
            "organisation/old-school",
        ]

    def test_a_solution_for_this_need_is_the_best_solution(self, result: MatchResult) -> None:
        """
        Where someone states that a solution answers this very need, the list of solutions begins with it.
        """
        (first, *_) = result.in_group("solution")
        assert first.candidate == GAUGE
        most = signals.in_use(weights.SIGNALS, meaning=False)
        assert first.contributions["evidence"] == pytest.approx(most["evidence"])

    def test_others_with_the_need_are_among_the_municipalities(self, result: MatchResult) -> None:
        """
        A municipality that has raised a need on a related topic, or runs a solution, can be asked.
        """
        found = iris(match.candidate for match in result.in_group("municipality"))
        assert {"municipality/dk-gladsaxe", "municipality/se-lund", "municipality/se-malmoe"} <= set(found)

    def test_every_group_is_ranked_by_the_score_shown(self, result: MatchResult) -> None:
        """
        Order and score never disagree; equal scores are ordered by IRI.
        """
        for group in GROUPS:
            keys = [(-match.score, match.candidate.value) for match in result.in_group(group)]
            assert keys == sorted(keys)
            ranks = [match.rank for match in result.in_group(group)]
            assert ranks == sorted(ranks)

    def test_both_sides_are_shown(self, matcher: Matcher) -> None:
        """
        However short the list, the best of each side of the Øresund are in it, at their true rank.
        """
        result = matcher.match(matcher.profile(CLOUDBURST), top=1)
        assert set(result.by_country("research")) == {"dk", "se"}
        assert [match.rank for match in result.in_group("research")] == [1, 2]

    def test_the_same_need_in_three_languages_finds_the_same(self, matcher: Matcher) -> None:
        """
        Whoever types the need in Danish, Swedish or English gets the same research organisations in the same order.
        """
        found = {
            lang: iris(
                match.candidate for match in matcher.match(matcher.profile_text(text, lang)).in_group("research")
            )
            for lang, text in TYPED.items()
        }
        assert found["da"] == found["sv"] == found["en"] != []

    def test_words_alone_find_a_company(self, matcher: Matcher) -> None:
        """
        A company that only describes itself is found by its words, across a compound, and the answer says so.
        """
        result = matcher.match(matcher.profile(ID["need/waste"]))
        match = one(result, ID["organisation/sorting-company"])
        assert match.contributions["concept"] == 0.0
        assert "words-only" in [note.code for note in match.against]


class TestRules:
    def test_the_asker_is_no_candidate(self, result: MatchResult) -> None:
        """
        Who raised a need is not proposed for it, and the rule is told.
        """
        left_out = {each.candidate: each.rule for each in result.excluded}
        assert left_out[ID["municipality/dk-albertslund"]] == "asker"

    def test_the_place_of_the_need_is_no_candidate(self, matcher: Matcher) -> None:
        """
        A need in Malmö is not answered with Malmö.
        """
        result = matcher.match(matcher.profile_text(TYPED["sv"]))
        assert {each.candidate: each.rule for each in result.excluded}[ID["municipality/se-malmoe"]] == "own-place"

    def test_countries_can_be_chosen(self, matcher: Matcher) -> None:
        """
        With one country chosen, candidates of others are left out by rule, not by score.
        """
        result = matcher.match(matcher.profile(CLOUDBURST), countries=["se"])
        assert all("se" in match.countries for match in result.matches if match.countries)
        assert (RAIN_UNIVERSITY, "country") in [(each.candidate, each.rule) for each in result.excluded]

    def test_who_declines_is_not_proposed(self, region: tuple[Quad, ...]) -> None:
        """
        Who does not want to be proposed is left out, with the solutions that nobody else provides, and told so.
        """
        matcher = matcher_of((*region, *quads_of("o:sensor-company eco:openToMatching false .")))
        result = matcher.match(matcher.profile(CLOUDBURST))
        left_out = {each.candidate: each.rule for each in result.excluded}
        assert left_out[GAUGE] == left_out[ID["organisation/sensor-company"]] == "declined"
        assert GAUGE not in {match.candidate for match in result.matches}

    @pytest.mark.parametrize(("newest", "out"), [("deviates", True), ("complies", False), ("not-assessed", False)])
    def test_a_required_standard_is_a_rule(self, region: tuple[Quad, ...], newest: str, out: bool) -> None:
        """
        A solution that deviates from a required standard, by the newest claim, is left out; one not assessed stays.
        """
        claims = "\n".join(
            f"""id:claim\\/{number} eco:solution s:gauge ; dct:conformsTo id:standard\\/rain ;
            eco:asOf "{2024 + number}-01-01"^^xsd:date ; eco:conformance c:conformance\\/{verdict} ."""
            for number, verdict in enumerate(("deviates", newest))
        )
        required = "n:cloudburst eco:requiresStandard id:standard\\/rain ."
        matcher = matcher_of((*region, *quads_of(claims + required)))
        result = matcher.match(matcher.profile(CLOUDBURST))
        assert [(each.candidate, each.rule) for each in result.excluded if each.rule == "standard"] == (
            [(GAUGE, "standard")] if out else []
        )

    def test_every_rule_that_fails_is_told(self, matcher: Matcher) -> None:
        """
        Who fails two rules is told both.
        """
        result = matcher.match(matcher.profile(CLOUDBURST), countries=["se"], exclude=[RAIN_UNIVERSITY])
        (found,) = (each for each in result.excluded if each.candidate == RAIN_UNIVERSITY)
        assert found.sentences["en"] == "Has been left out by choice. Is in a country that was not chosen."

    def test_groups_and_exclusions_can_be_chosen(self, matcher: Matcher) -> None:
        """
        The coordinator asks for some groups only, and leaves out whom they do not want.
        """
        result = matcher.match(matcher.profile(CLOUDBURST), groups=["research"], exclude=[RAIN_UNIVERSITY])
        assert {match.group for match in result.matches} == {"research"}
        assert RAIN_UNIVERSITY not in [match.candidate for match in result.matches]


class TestScore:
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        text=st.lists(
            st.sampled_from(
                [
                    "skybrud",
                    "varsling",
                    "affald",
                    "sortering",
                    "sensor",
                    "regn",
                    "skyfall",
                    "IoT",
                    "torka",
                    "waste",
                    "city",
                ]
            ),
            min_size=1,
            max_size=6,
        ).map(" ".join),
        weight=st.floats(0.0, 1.0),
    )
    def test_contributions_sum_to_the_score(self, matcher: Matcher, text: str, weight: float) -> None:
        """
        Whatever is asked, the parts shown add up to the score, and a score is a share.
        """
        profile = matcher.profile_text(text)
        if profile.concepts:
            profile = profile.weighing(profile.concepts[0].iri, weight)
        for match in matcher.match(profile).matches:
            assert math.isclose(sum(match.contributions.values()), match.score, abs_tol=1e-9)
            assert 0.0 <= match.score <= 1.0
            assert sum(reason.contribution for reason in match.reasons) <= match.score + 1e-9

    def test_reasons_add_up_signal_by_signal(self, result: MatchResult) -> None:
        """
        Where no reason is left out, the reasons account for the whole score, signal by signal.
        """
        match = one(result, RAIN_UNIVERSITY)
        for signal in weights.SIGNALS:
            told = sum(reason.parts.get(signal, 0.0) for reason in match.reasons)
            assert told == pytest.approx(match.contributions[signal], abs=1e-6)

    def test_ten_times_the_old_projects_change_nothing(self, matcher: Matcher, region: tuple[Quad, ...]) -> None:
        """
        Past volume is no merit: with ten times the old projects a candidate stays where it was, as does every score.
        """
        before = matcher.match(matcher.profile(CLOUDBURST))
        grown = matcher_of([*region, *quads_of(TENFOLD)])
        after = grown.match(grown.profile(CLOUDBURST))
        assert one(after, OLD_SCHOOL).rank == one(before, OLD_SCHOOL).rank
        scores = {match.candidate: match.score for match in before.matches}
        assert {match.candidate: match.score for match in after.matches} == pytest.approx(scores, abs=1e-9)

    def test_without_the_cited_evidence_the_score_falls(self, matcher: Matcher, region: tuple[Quad, ...]) -> None:
        """
        A reason carries weight: without any one statement of the strongest reason the score is lower.
        """
        before = one(matcher.match(matcher.profile(CLOUDBURST)), CAPITAL_INSTITUTE)
        for statement in before.reasons[0].path:
            if statement.predicate in (ECO.participant, ECO.project, ECO.about):
                quad = Quad(statement.subject, statement.predicate, statement.object, statement.graph)
                without = matcher_of(each for each in region if each != quad)
                result = without.match(without.profile(CLOUDBURST))
                after = [match.score for match in result.matches if match.candidate == CAPITAL_INSTITUTE]
                assert not after or after[0] < before.score - 0.05

    def test_weights_are_shares_of_one(self) -> None:
        """
        The weights of the signals sum to one, so that a score is a share too.
        """
        assert math.isclose(sum(weights.SIGNALS.values()), 1.0)


class TestReasons:
    @pytest.mark.parametrize("need", ["cloudburst", "rain", "waste"])
    def test_every_cited_statement_exists(self, matcher: Matcher, region: tuple[Quad, ...], need: str) -> None:
        """
        A reason rests on statements of the graph, each with the graph of who published it.
        """
        known = set(region)
        for match in matcher.match(matcher.profile(ID[f"need/{need}"])).matches:
            assert 1 <= len(match.reasons) <= weights.MAX_REASONS
            paths = [reason.path for reason in match.reasons]
            paths += [note.path for note in (*match.against, *match.unknown, *match.flags)]
            for statement in (each for path in paths for each in path):
                quad = Quad(statement.subject, statement.predicate, statement.object, statement.graph)
                assert quad in known
            assert all(reason.path for reason in match.reasons)

    def test_a_path_leads_from_the_candidate_to_the_need(self, result: MatchResult) -> None:
        """
        The strongest reason names the candidate, its work, the topic, and the need that asks for it.
        """
        reason = one(result, RAIN_UNIVERSITY).reasons[0]
        predicates = [statement.predicate for statement in reason.path]
        assert predicates == [ECO.participant, ECO.project, ECO.about, ECO.topic, ECO.topic]
        assert reason.path[0].object == RAIN_UNIVERSITY
        assert reason.path[-1].subject == CLOUDBURST

    def test_sentences_come_in_three_languages(self, result: MatchResult) -> None:
        """
        Every reason and note is a sentence in Danish, Swedish and English.
        """
        for match in result.matches:
            for said in (*match.reasons, *match.against, *match.unknown, *match.flags):
                assert set(said.sentences) == set(LANGUAGES)
                assert all(sentence.endswith(".") for sentence in said.sentences.values())

    def test_the_sentence_says_what_the_graph_says(self, result: MatchResult) -> None:
        """
        Role, title, years and topic of the strongest reason stand in its sentence.
        """
        sentences = one(result, RAIN_UNIVERSITY).reasons[0].sentences
        assert sentences == {
            "da": "Ledede projektet »Varsling ved skybrud« (2023–2025), der handler om skybrud.",
            "sv": "Ledde projektet ”Varning vid skyfall” (2023–2025), som handlar om skyfall.",
            "en": "Led the project “Cloudburst warning” (2023–2025), which is about cloudburst.",
        }

    def test_what_speaks_against_is_told(self, result: MatchResult) -> None:
        """
        Old evidence, a wider topic, a rule's guess and a place outside the programme area are told.
        """
        old = {note.code for note in one(result, OLD_SCHOOL).against}
        capital = {note.code for note in one(result, CAPITAL_INSTITUTE).against}
        near = {note.code for note in one(result, ID["municipality/dk-gladsaxe"]).against}
        assert {"old", "by-rule"} <= old
        assert "near-topics" in near
        assert {"outside-area", "by-rule"} <= capital
        assert one(result, CAPITAL_INSTITUTE).regional is False
        assert one(result, RAIN_UNIVERSITY).regional is True

    def test_what_is_unknown_is_told(self, matcher: Matcher, result: MatchResult) -> None:
        """
        A solution without provider or use, and a capability without claim, are unknown and not held against anyone.
        """
        waste = matcher.match(matcher.profile(ID["need/waste"]))
        unknown = {note.code for note in one(waste, ID["solution/bin"]).unknown}
        assert {"provider", "deployment", "country", "date"} <= unknown
        assert "capability" in {note.code for note in one(result, RAIN_UNIVERSITY).unknown}

    def test_nearness_and_cooperation_are_flags(self, result: MatchResult) -> None:
        """
        Being near the asker, or having worked with them, is shown and does not count.
        """
        flags = {note.code for note in one(result, RAIN_UNIVERSITY).flags}
        assert "worked-together" in flags
        assert "same-region" in {note.code for note in one(result, ID["municipality/dk-gladsaxe"]).flags}

    def test_a_running_project_runs(self, result: MatchResult) -> None:
        """
        A project that ends next year is not called a thing of next year.
        """
        said = [reason.sentences["en"] for reason in one(result, CAPITAL_INSTITUTE).reasons]
        assert "“Simulering av regn i städer” runs until 2027." in said


class TestResult:
    def test_it_says_which_graph_and_weights(self, result: MatchResult) -> None:
        """
        An answer names the revision it was taken from and the version of the weights.
        """
        assert (result.revision, result.weights) == (7, weights.VERSION)

    def test_an_empty_group_is_told(self, matcher: Matcher) -> None:
        """
        A group nobody fits in, or that has candidates of one side only, is said to be so.
        """
        notes = [note.sentences["en"] for note in matcher.match(matcher.profile(CLOUDBURST)).notes]
        assert "In the group companies the graph has candidates from Sweden only." in notes
        empty = matcher.match(matcher.profile_text("Погода"))
        assert empty.matches == ()
        assert {note.code for note in empty.notes} >= {"no-concepts", "group-empty"}

    def test_an_empty_graph_answers(self) -> None:
        """
        Before anything is loaded, matching answers with nobody.
        """
        empty = matcher_of([])
        assert empty.needs() == ()
        assert empty.match(empty.profile_text(TYPED["da"])).matches == ()

    def test_search_finds_by_name(self, matcher: Matcher) -> None:
        """
        The same projection answers a search.
        """
        assert matcher.search("Rain University")[0].key == RAIN_UNIVERSITY.value
        assert {hit.kind for hit in matcher.search("skybrud", "da", kinds=["Need"])} == {"Need"}

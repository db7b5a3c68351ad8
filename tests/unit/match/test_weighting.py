"""What counts most: the same candidates and signals, weighed for another purpose."""

from __future__ import annotations

import pytest
from pyoxigraph import Quad

from ecograph.errors import BadParameter
from ecograph.match import weights
from ecograph.match.explaining.whynot import Explainer
from ecograph.match.matcher import Matcher
from ecograph.match.model import GROUPS, MatchResult
from ecograph.messages import LANGUAGES
from ecograph.namespaces import ID
from ecograph.store.oxigraph import MemorySnapshot

from .conftest import CLOUDBURST, OLD_SCHOOL, RAIN_UNIVERSITY, matcher_of, quads_of
from .test_matcher import TENFOLD

OTHERS = [slug for slug in weights.PROFILES if slug != weights.DEFAULT]


@pytest.fixture(scope="module")
def answers(matcher: Matcher) -> dict[str, MatchResult]:
    profile = matcher.profile(CLOUDBURST)
    return {slug: matcher.match(profile, weighting=slug) for slug in weights.PROFILES}


class TestWeighting:
    def test_balanced_is_what_nobody_has_to_choose(self, matcher: Matcher, answers: dict[str, MatchResult]) -> None:
        """
        Who chooses nothing gets the balanced profile, and the answer says so.
        """
        assert matcher.match(matcher.profile(CLOUDBURST)) == answers["balanced"]
        assert {slug: result.weighting for slug, result in answers.items()} == {slug: slug for slug in answers}

    @pytest.mark.parametrize("slug", OTHERS)
    def test_only_the_weights_differ(self, answers: dict[str, MatchResult], slug: str) -> None:
        """
        What is measured of a candidate is the same whatever counts most: its share of the score follows the weight.
        """
        signals, balanced = weights.PROFILES[slug].signals, weights.SIGNALS
        if answers[slug].matches[0].contributions["meaning"] == 0.0:  # without a language model its share is spread
            signals, balanced = (
                {signal: share / (1 - each["meaning"]) for signal, share in each.items()}
                for each in (signals, balanced)
            )
        before = {match.candidate: match for match in answers["balanced"].matches}
        shared = [(match, before[match.candidate]) for match in answers[slug].matches if match.candidate in before]
        assert len(shared) > 5
        for match, other in shared:
            for signal, share in match.contributions.items():
                measured = other.contributions[signal] / balanced[signal]
                assert share == pytest.approx(measured * signals[signal], abs=1e-9), (match.candidate, signal)

    @pytest.mark.parametrize("slug", weights.PROFILES)
    def test_the_score_is_the_sum_of_what_is_shown(self, answers: dict[str, MatchResult], slug: str) -> None:
        """
        In every profile the contributions of the signals sum to the score, and no reason claims more than its signals.
        """
        for match in answers[slug].matches:
            assert sum(match.contributions.values()) == pytest.approx(match.score, abs=1e-9)
            assert sum(reason.contribution for reason in match.reasons) <= match.score + 1e-9

    @pytest.mark.parametrize("slug", weights.PROFILES)
    def test_groups_stand_in_the_order_of_the_profile(self, answers: dict[str, MatchResult], slug: str) -> None:
        """
        Whoever puts research first sees research first; within a group the order is that of the score.
        """
        result = answers[slug]
        shown = list(dict.fromkeys(match.group for match in result.matches))
        assert shown == [group for group in weights.PROFILES[slug].group_order if group in shown]
        for group in GROUPS:
            ranked = sorted(result.in_group(group), key=lambda match: match.rank)
            assert [match.score for match in ranked] == sorted((match.score for match in ranked), reverse=True)

    def test_across_the_border_comes_first_and_gains_nothing(
        self, matcher: Matcher, answers: dict[str, MatchResult]
    ) -> None:
        """
        For a project across the border, candidates of the other side stand before the need's own side, at the rank and
        score that they have anyway.
        """
        result = answers["cross-border-project"]
        assert result.first == "se"
        for group in GROUPS:
            across = [result.first in match.countries for match in result.in_group(group)]
            assert across == sorted(across, reverse=True)
        assert any(match.rank > 1 for match in result.matches)
        assert [note.code for note in result.notes if note.code == "other-side-first"]
        nobody = matcher.match(matcher.profile_text("cloudburst warning"), weighting="cross-border-project")
        assert nobody.first is None
        assert "no-side" in {note.code for note in nobody.notes}

    def test_country_is_no_part_of_the_score(self, matcher: Matcher) -> None:
        """
        The same text scores a candidate alike whichever side the need is from.
        """
        profile = matcher.profile_text("cloudburst warning")
        found = {}
        for code in ("dk", "se"):
            asked = type(profile)(
                **{name: getattr(profile, name) for name in profile.__slots__} | {"countries": (code,)}
            )
            result = matcher.match(asked, weighting="cross-border-project")
            found[code] = {match.candidate: match.score for match in result.matches}
        both = found["dk"].keys() & found["se"].keys()
        assert len(both) > 3
        assert all(found["dk"][each] == found["se"][each] for each in both)

    @pytest.mark.parametrize("slug", weights.PROFILES)
    def test_volume_is_no_merit_in_any_profile(self, matcher: Matcher, region: tuple[Quad, ...], slug: str) -> None:
        """
        Ten times the old projects change no score, whatever counts most.
        """
        grown = matcher_of([*region, *quads_of(TENFOLD)])
        before = {
            each.candidate: each.score for each in matcher.match(matcher.profile(CLOUDBURST), weighting=slug).matches
        }
        after = {each.candidate: each.score for each in grown.match(grown.profile(CLOUDBURST), weighting=slug).matches}
        assert OLD_SCHOOL in before
        assert after == pytest.approx(before, abs=1e-9)

    @pytest.mark.parametrize("slug", weights.PROFILES)
    def test_why_not_answers_for_the_profile_that_was_chosen(
        self, matcher: Matcher, region: tuple[Quad, ...], answers: dict[str, MatchResult], slug: str
    ) -> None:
        """
        Who asks why gets the score of the list they look at.
        """
        with MemorySnapshot(region, revision=7) as snapshot:
            answer = Explainer(matcher, snapshot).why(matcher.profile(CLOUDBURST), RAIN_UNIVERSITY, weighting=slug)
        listed = next(match for match in answers[slug].matches if match.candidate == RAIN_UNIVERSITY)
        assert answer.match is not None
        assert (answer.match.score, answer.match.rank) == (listed.score, listed.rank)
        assert answer.weighting == slug
        for removal in answer.removals:
            assert removal.score <= listed.score + 1e-9

    def test_a_profile_that_does_not_exist_is_refused(self, matcher: Matcher) -> None:
        """
        A misspelt profile is told, and nothing is answered in its stead.
        """
        with pytest.raises(BadParameter):
            matcher.match(matcher.profile(ID["need/cloudburst"]), weighting="cheapest")

    def test_what_is_said_is_said_in_three_languages(self, answers: dict[str, MatchResult]) -> None:
        """
        The note on the order speaks every language.
        """
        (note,) = (each for each in answers["cross-border-project"].notes if each.code == "other-side-first")
        assert set(note.sentences) == set(LANGUAGES)
        assert "Sverige" in note.sentences["da"]

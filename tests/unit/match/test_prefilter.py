"""Only what has something to say to a need is looked at, and the answers are those of looking at everything."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from ecograph.match import weights
from ecograph.match.matcher import Matcher
from ecograph.match.model import NeedProfile
from ecograph.match.ordering import candidates, prefilter, signals

from .conftest import TODAY, matcher_of, quads_of

TYPED = ("Skybrud og affald", "Rain gauge", "Bättre avfallssortering i Lund", "zzz", "")


def profiles(matcher: Matcher) -> list[NeedProfile]:
    return [*map(matcher.profile, matcher.needs()), *map(matcher.profile_text, TYPED)]


class TestLinksThatSpeak:
    def test_looking_at_everything_measures_the_same(self, matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Work that has nothing to do with a need adds nothing to any signal, so leaving it out changes no number.
        """
        measured = [signals.measure(matcher.evidence, profile, TODAY.year) for profile in profiles(matcher)]
        everything = np.arange(len(matcher.evidence.links.candidate))
        monkeypatch.setattr(prefilter, "links_that_speak", lambda *_: everything)
        for profile, ours in zip(profiles(matcher), measured, strict=True):
            whole = signals.measure(matcher.evidence, profile, TODAY.year)
            for signal, values in whole.values.items():
                np.testing.assert_array_equal(ours.values[signal], values)
            for each in fields(signals.Measured):
                column = getattr(whole, each.name)
                if isinstance(column, np.ndarray):
                    np.testing.assert_array_equal(getattr(ours, each.name), column)

    def test_few_links_speak_to_a_need(self, matcher: Matcher) -> None:
        """
        Of a text that nothing in the graph has to do with, no link is looked at.
        """
        measured = signals.measure(matcher.evidence, matcher.profile_text("zzz"), TODAY.year)
        assert not measured.relevance.any()
        assert len(measured.candidates) == len(matcher.evidence.candidates)


class TestBestFirst:
    @pytest.mark.parametrize("pool", [1, 2, 5])
    def test_a_small_pool_has_the_same_best(self, monkeypatch: pytest.MonkeyPatch, pool: int) -> None:
        """
        However few candidates of a group are looked at closely, they are the best of it: by score, then by IRI.
        """
        companies = "".join(
            f'o:c{number} a eco:Company ; foaf:name "Synthetic {number}" ; dct:description "{text}"@da .\n'
            for number, text in enumerate(["Om skybrud", "Skybrud og regn", "Regn", "Om affald"] * 6)
        )
        matcher = matcher_of([*quads_of(CONCEPTS_OF_RAIN, "concepts"), *quads_of(companies)])
        profile = matcher.profile_text("Skybrud og regn i affald", "da")
        everyone = [match.candidate for match in matcher.match(profile, top=50).in_group("company")]
        monkeypatch.setattr(weights, "POOL", pool)
        assert [match.candidate for match in matcher.match(profile, top=50).in_group("company")] == everyone[:pool]

    def test_the_pool_is_of_those_who_may_be_proposed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Better ones whom a rule leaves out take nobody's place.
        """
        companies = "".join(
            f'o:c{number} a eco:Company ; foaf:name "Synthetic {number}" ; eco:country country:{code} ; '
            f'dct:description "{text}"@da .\n'
            for number, (code, text) in enumerate([("dk", "Skybrud og regn")] * 5 + [("se", "Regn ved skybrud")] * 2)
        )
        matcher = matcher_of([*quads_of(CONCEPTS_OF_RAIN, "concepts"), *quads_of(companies)])
        profile = matcher.profile_text("Skybrud og regn", "da")
        measured = signals.measure(matcher.evidence, profile, TODAY.year)
        monkeypatch.setattr(weights, "POOL", 2)
        found = candidates.find(matcher.evidence, profile, measured, countries=["se"])
        kinds = [int(measured.candidates[row]) in found.failing for row in found.rows["company"]]
        assert kinds == [True, True, False, False]


CONCEPTS_OF_RAIN = """
t:rain skos:inScheme c:topic ; skos:prefLabel "Regnvand"@da, "Regnvatten"@sv, "Rainwater"@en .
country:dk skos:inScheme c:country ; skos:prefLabel "Danmark"@da, "Danmark"@sv, "Denmark"@en .
country:se skos:inScheme c:country ; skos:prefLabel "Sverige"@da, "Sverige"@sv, "Sweden"@en .
"""

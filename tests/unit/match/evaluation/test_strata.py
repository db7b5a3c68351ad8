"""Where systems are good, worked out by hand for rankings made up."""

from __future__ import annotations

from itertools import product

import pytest

from ecograph.match.evaluation import strata
from ecograph.match.evaluation.baselines import Field
from ecograph.match.evaluation.gold import KINDS, Gold, GoldNeed, Query
from ecograph.match.evaluation.running import Run
from ecograph.match.evaluation.strata import Candidate
from ecograph.messages import LANGUAGES, Language

DANISH = Candidate(frozenset({"da"}), ("dk",), 1)
SWEDISH = Candidate(frozenset({"sv"}), ("se",), 4)
BOTH = Candidate(frozenset({"da", "sv"}), ("dk",), 9)
KNOWN = {"dk/good": DANISH, "dk/bad": DANISH, "se/good": SWEDISH, "se/bad": SWEDISH, "both": BOTH}
GRADES = {"dk/good": 3, "dk/bad": 0, "se/good": 3, "se/bad": 0, "both": 1}


def one_need(rankings: dict[Language, tuple[str, ...]]) -> tuple[Run, Gold]:
    """A need whose wordings in each language get the same ranking for both kinds."""
    queries = tuple(Query("n", kind, lang, "x") for kind, lang in product(KINDS, LANGUAGES))
    gold = Gold((GoldNeed("n", "open", "", "", queries, grades=GRADES),))
    return Run("ours", {query.key: rankings[query.lang] for query in queries}, 0.0), gold


class TestAcross:
    def test_only_candidates_of_one_language_count(self) -> None:
        """
        Danish finds the good Danish one first and the good Swedish one second of the Swedish: 1 and 1/log2(3).
        """
        run, gold = one_need(
            {
                "da": ("both", "dk/good", "dk/bad", "se/bad", "se/good"),
                "sv": ("se/good", "dk/good"),
                "en": ("se/good", "dk/bad", "dk/good"),
            }
        )
        found = strata.across(run, gold, KNOWN)
        values = {(each.query, each.evidence): each.value for each in found.directions}
        second = pytest.approx(0.6309, abs=1e-4)
        assert values["da", "da"] == 1.0
        assert values["da", "sv"] == second
        assert values["sv", "da"] == values["sv", "sv"] == values["en", "sv"] == 1.0
        assert values["en", "da"] == second
        assert values["en", "en"] is None
        assert found.same == 1.0
        assert found.ratio == pytest.approx((0.6309 + 1 + 1 + 0.6309) / 4, abs=1e-4)

    def test_evidence_is_documents_and_descriptions(self, field: Field) -> None:
        """
        What a candidate is called says nothing of the language of its evidence.
        """
        known = strata.candidates(field)
        assert known["organisation/old-school"].languages <= set(LANGUAGES)
        assert known["municipality/dk-albertslund"].countries == ("dk",)
        assert known["organisation/rain-university"].documents >= 1


class TestBySize:
    def test_like_is_compared_with_like(self) -> None:
        """
        A big one that is put before a small one takes nothing from how well the small ones are told apart.
        """
        run, gold = one_need(dict.fromkeys(LANGUAGES, ("se/bad", "both", "se/good", "dk/good", "dk/bad")))
        found = strata.by_size(run, gold, KNOWN)
        assert found["newcomers"] == 1.0
        assert found["some-documents"] == pytest.approx((0.6309 + 7 / 2) / (7 + 0.6309), abs=1e-4)
        assert found["many-documents"] is None


class TestShown:
    def test_exposure_of_a_made_up_ranking(self) -> None:
        """
        Asked in Danish and Swedish each finds its own and another; nobody is left out of those that fit.
        """
        run, gold = one_need({"da": ("dk/good", "both"), "sv": ("se/good", "dk/good"), "en": ("se/good",)})
        found = strata.exposure(run, gold, KNOWN)
        assert found.own_language == pytest.approx((1.0 + 0.5 + 0.0) / 3)
        assert found.border == pytest.approx((0.0 + 0.5) / 2)
        assert found.border_fitting == 0.5
        assert found.newcomers == pytest.approx((0.5 + 0.5 + 0.0) / 3)
        assert found.gini == 0.0

    def test_same_list_in_three_languages_is_stable(self) -> None:
        """
        RBO@10 is 1 where the language does not matter, and 0 where each language has a list of its own.
        """
        same = ("dk/good", "se/good")
        run, gold = one_need({"da": same, "sv": same, "en": same})
        assert strata.stability(run, gold) == pytest.approx(1.0)
        run, gold = one_need({"da": ("dk/good",), "sv": ("se/good",), "en": ("both",)})
        assert strata.stability(run, gold) == 0.0

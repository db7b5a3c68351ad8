"""Measures against values worked out by hand, and against a library that others use."""

from __future__ import annotations

import math

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecograph.match.evaluation import metrics
from ecograph.match.evaluation.metrics import gini, mean, ndcg, precision, rbo, recall, reciprocal_rank

GRADES = {"a": 3, "b": 2, "c": 1, "d": 0, "e": 2}

slugs = st.sampled_from([f"c{number}" for number in range(30)])
rankings = st.lists(slugs, max_size=30, unique=True)
judgements = st.dictionaries(slugs, st.integers(0, 3), max_size=30)


class TestByHand:
    def test_ndcg_discounts_by_rank_and_counts_grades_exponentially(self) -> None:
        """
        Of d, a, b, worth 0, 7 and 3, the gain is 7/log2(3) + 3/2, beside 7 + 3/log2(3) + 3/2 + 1/log2(5) at best.
        """
        ideal = 7 + 3 / math.log2(3) + 3 / 2 + 1 / math.log2(5)
        assert ndcg(["d", "a", "b"], GRADES) == pytest.approx((7 / math.log2(3) + 3 / 2) / ideal)

    def test_first_fitting_candidate_sets_the_reciprocal_rank(self) -> None:
        """
        A candidate that only touches the need does not count as found.
        """
        assert reciprocal_rank(["d", "c", "e"], GRADES) == pytest.approx(1 / 3)
        assert reciprocal_rank(["d", "c"], GRADES) == 0.0

    def test_short_list_is_no_better_than_a_long_one(self) -> None:
        """
        Of five places two are filled, one of them with somebody who fits: a fifth.
        """
        assert precision(["a", "d"], GRADES) == pytest.approx(1 / 5)

    def test_recall_counts_all_that_fit(self) -> None:
        """
        Three fit, one of them is among the first two.
        """
        assert recall(["a", "c", "b"], GRADES, depth=2) == pytest.approx(1 / 3)

    def test_need_that_nobody_fits_is_no_ones_fault(self) -> None:
        """
        Where nothing can be found, nothing is measured, and means leave it out.
        """
        assert [measure(["a"], {"a": 0}) for measure in (ndcg, reciprocal_rank, precision, recall)] == [None] * 4
        assert mean([None, 0.5, 1.0]) == 0.75
        assert mean([None]) is None

    def test_rbo_of_two_lists(self) -> None:
        """
        Of a, b, c and a, c, b the overlaps are 1, 1/2 and 1: .1/.9 x (.9 + .81/2 + .729) + .729.
        """
        assert rbo(["a", "b", "c"], ["a", "c", "b"]) == pytest.approx(0.1 / 0.9 * (0.9 + 0.405 + 0.729) + 0.729)

    def test_gini_of_four_shares(self) -> None:
        """
        Of 1, 2, 3 and 4 the mean difference of all pairs, by twice the mean, is a quarter.
        """
        assert gini([4, 1, 3, 2]) == pytest.approx(0.25)


class TestAgainstTheLibrary:
    @given(rankings, judgements)
    def test_measures_are_those_of_ir_measures(self, ranked: list[str], grades: dict[str, int]) -> None:
        """
        nDCG@10, MRR, P@5 and Recall@20 are what the library ir-measures (trec_eval) gives for the same ranking.
        """
        gains = {grade: metrics.gain(grade) for grade in range(4)}
        wanted = [
            (ndcg(ranked, grades), ir_measures.nDCG(gains=gains) @ 10),
            (reciprocal_rank(ranked, grades), ir_measures.RR(rel=2)),
            (precision(ranked, grades), ir_measures.P(rel=2) @ 5),
            (recall(ranked, grades), ir_measures.R(rel=2) @ 20),
        ]
        if not grades or not ranked:
            return
        qrels = {"q": grades}
        run = {"q": {slug: float(len(ranked) - place) for place, slug in enumerate(ranked)}}
        theirs = ir_measures.calc_aggregate([measure for _, measure in wanted], qrels, run)
        for ours, measure in wanted:
            assert (ours or 0.0) == pytest.approx(theirs[measure], abs=1e-6), measure


class TestProperties:
    @given(rankings, judgements)
    def test_measures_are_shares(self, ranked: list[str], grades: dict[str, int]) -> None:
        """
        No ranking is worth less than nothing or more than everything.
        """
        for measure in (ndcg, reciprocal_rank, precision, recall):
            value = measure(ranked, grades)
            assert value is None or 0.0 <= value <= 1.0 + 1e-12

    @given(judgements)
    def test_best_ranking_is_worth_one(self, grades: dict[str, int]) -> None:
        """
        Candidates in the order of their grades cannot be bettered.
        """
        best = sorted(grades, key=lambda slug: -grades[slug])
        value = ndcg(best, grades)
        assert value is None or value == pytest.approx(1.0)

    @given(rankings, rankings)
    def test_rbo_is_a_share_and_the_same_both_ways(self, one: list[str], other: list[str]) -> None:
        """
        Two lists overlap as much as the other way round, and a list overlaps with itself wholly.
        """
        assert 0.0 <= rbo(one, other) <= 1.0 + 1e-12
        assert rbo(one, other) == pytest.approx(rbo(other, one))
        assert rbo(one, one) == pytest.approx(1.0)

    @given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
    def test_gini_is_a_share(self, values: list[int]) -> None:
        """
        Inequality lies between none and all but one going without.
        """
        assert -1e-12 <= gini(values) <= 1.0 - 1.0 / len(values) + 1e-12

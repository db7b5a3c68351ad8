"""The randomisation test and the correction for several of them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecograph.match.evaluation.significance import FLIPS, holm, randomisation

values = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.floats(0.0, 1.0), min_size=1)


class TestRandomisation:
    def test_clear_difference_has_the_smallest_p(self) -> None:
        """
        Thirty needs that are all better by as much leave no doubt; p is never nought.
        """
        assert randomisation([0.2] * 30) == pytest.approx(1 / (FLIPS + 1))

    def test_p_is_that_of_all_signs(self) -> None:
        """
        Of few needs all combinations of signs can be counted: the p drawn is theirs.
        """
        differences = [0.3, 0.1, -0.05, 0.2, 0.15, -0.1, 0.02, 0.25]
        every = [
            abs(sum(s * d for s, d in zip(signs, differences, strict=True))) for signs in product((1, -1), repeat=8)
        ]
        exact = sum(each >= abs(sum(differences)) - 1e-12 for each in every) / len(every)
        assert randomisation(differences) == pytest.approx(exact, abs=0.02)

    @given(st.lists(st.floats(-1, 1), min_size=1, max_size=30))
    def test_p_is_the_same_in_both_directions(self, differences: list[float]) -> None:
        """
        Which of two systems is taken from the other does not matter, and p stays within its bounds.
        """
        p = randomisation(differences, flips=200)
        assert p == randomisation([-each for each in differences], flips=200)
        assert 1 / 201 <= p <= 1.0

    def test_p_is_uniform_where_there_is_no_difference(self) -> None:
        """
        Of systems that do not differ as many look different at any level as that level says.
        """
        drawn = np.random.default_rng(7).normal(size=(400, 20))
        found = np.asarray([randomisation(each.tolist(), flips=400, seed=turn) for turn, each in enumerate(drawn)])
        for level in (0.1, 0.25, 0.5, 0.75):
            assert float((found <= level).mean()) == pytest.approx(level, abs=0.08)


class TestHolm:
    def test_smallest_p_is_multiplied_most(self) -> None:
        """
        Of three, the smallest counts three times, the next twice, and none gets smaller than the one before.
        """
        found = holm({"a": 0.01, "b": 0.04, "c": 0.03})
        assert found == {"a": pytest.approx(0.03), "c": pytest.approx(0.06), "b": pytest.approx(0.06)}

    @given(values)
    def test_correction_only_raises(self, raw: dict[str, float]) -> None:
        """
        No p gets smaller, none exceeds 1, and the order stays.
        """
        found = holm(raw)
        assert set(found) == set(raw)
        assert all(raw[name] <= found[name] <= 1.0 for name in raw)
        ordered = sorted(raw, key=lambda name: (raw[name], name))
        assert [found[name] for name in ordered] == sorted(found[name] for name in ordered)

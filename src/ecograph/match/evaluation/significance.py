"""
Whether a difference between two systems is more than luck.

Source:
    docs/evaluation.md, "Is it luck?".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

FLIPS: Final = 10_000
"""The smallest p that can be told is 1/10,001."""
SEED: Final = 20_261_122
ROUNDING: Final = 1e-12
"""Sums that differ by less are equal: the order of adding must not decide."""


def randomisation(differences: Sequence[float], flips: int = FLIPS, seed: int = SEED) -> float:
    """
    Two-sided p of a paired randomisation test: were the two systems the same, each difference could as well have the
    other sign; how often is the mean then as far from zero as it is?

    Args:
        differences: Of the two systems, one per need: wordings of one need are not independent.
        flips: How many times all signs are drawn anew.
        seed: Of the draw.

    Returns:
        1/(flips + 1) to 1.

    Example:
        >>> randomisation([0.0, 0.0])
        1.0

    Source:
        Smucker, Allan and Carterette 2007; one is added to both counts as in Davison and Hinkley 1997.
    """
    values = np.asarray(differences, dtype=np.float64)
    signs = np.random.default_rng(seed).integers(0, 2, size=(flips, len(values))) * 2 - 1
    drawn = np.abs(signs @ values)
    return float(1 + np.count_nonzero(drawn >= abs(values.sum()) - ROUNDING)) / (flips + 1)


def holm(values: Mapping[str, float]) -> dict[str, float]:
    """
    p values corrected for how many there are.

    Example:
        >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
        {'a': 0.03, 'c': 0.06, 'b': 0.06}

    Source:
        Holm 1979.
    """
    found: dict[str, float] = {}
    largest = 0.0
    for place, (name, value) in enumerate(sorted(values.items(), key=lambda each: (each[1], each[0]))):
        largest = max(largest, min(1.0, value * (len(values) - place)))
        found[name] = largest
    return found

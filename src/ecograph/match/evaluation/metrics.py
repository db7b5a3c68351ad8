"""
Measures of a ranking against grades, each 0..1, and of two rankings against each other.

A candidate without a grade counts as one that does not fit. Where the grades say that nothing could be found, a measure
is None and is left out of means: no system could do better.

Source:
    docs/evaluation.md, "Measures". Held against the library ir-measures by tests.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ecograph.match.evaluation.gold import FITS

SHOWN: Final = 10
"""What a page shows, and nDCG and RBO look at."""
FIRST: Final = 5
"""What a person reads before anything else."""
LONG: Final = 20
"""How far recall looks."""
PERSISTENCE: Final = 0.9
"""Of RBO: the chance that a reader goes on to the next line; 86 % of the weight lies on the first ten."""


def gain(grade: int) -> int:
    """
    What a grade is worth: 2^grade - 1, so that one very good candidate outweighs two that touch the need.

    Example:
        >>> [gain(grade) for grade in range(4)]
        [0, 1, 3, 7]
    """
    return int(2**grade - 1)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = SHOWN) -> float | None:
    """
    Normalised discounted cumulative gain: the gain of the first candidates, discounted by log2(rank + 1), as a share of
    the best possible.

    Example:
        >>> ndcg(["good", "fair"], {"good": 3, "fair": 1}), ndcg(["none"], {"none": 0})
        (1.0, None)

    Source:
        Järvelin and Kekäläinen 2002; the gain of Burges et al. 2005.
    """
    ideal = _discounted(sorted(grades.values(), reverse=True)[:depth])
    if ideal == 0.0:
        return None
    return _discounted([grades.get(each, 0) for each in ranked[:depth]]) / ideal


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float | None:
    """
    One divided by the rank of the first candidate that fits; 0 where none is found.

    Example:
        >>> reciprocal_rank(["none", "good"], {"good": 3})
        0.5
    """
    if not _fitting(grades):
        return None
    first = (rank for rank, each in enumerate(ranked, start=1) if grades.get(each, 0) >= FITS)
    return 1.0 / next(first, math.inf)


def precision(ranked: Sequence[str], grades: Mapping[str, int], depth: int = FIRST) -> float | None:
    """
    Share of the first candidates that fit; a list that is shorter counts as if it were filled up with misses.

    Example:
        >>> precision(["good", "none"], {"good": 3})
        0.2
    """
    if not _fitting(grades):
        return None
    return sum(grades.get(each, 0) >= FITS for each in ranked[:depth]) / depth


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = LONG) -> float | None:
    """
    Share of all candidates that fit which are among the first.

    Example:
        >>> recall(["good", "none"], {"good": 3, "missed": 2})
        0.5
    """
    fitting = _fitting(grades)
    return len(fitting & set(ranked[:depth])) / len(fitting) if fitting else None


def rbo(one: Sequence[str], other: Sequence[str], depth: int = SHOWN) -> float:
    """
    Rank-biased overlap of two lists, extrapolated from their first `depth`: what they agree on there is taken to go on.
    1 for the same list, 0 for lists without anything in common.

    Example:
        >>> rbo(["a", "b"], ["a", "b"]), rbo(["a"], ["b"])
        (1.0, 0.0)

    Source:
        Webber, Moffat and Zobel 2010, equation 23 for lists of the same length.
    """
    depth = min(depth, max(len(one), len(other)))
    if depth == 0:
        return 1.0
    overlaps = [len(set(one[:place]) & set(other[:place])) / place for place in range(1, depth + 1)]
    weights = [PERSISTENCE**place for place in range(1, depth + 1)]
    seen = sum(weight * overlap for weight, overlap in zip(weights, overlaps, strict=True))
    return math.fsum((seen * (1.0 - PERSISTENCE) / PERSISTENCE, overlaps[-1] * weights[-1]))


def gini(values: Sequence[float]) -> float:
    """
    How unequally something is shared out: 0 where all have the same, towards 1 where one has all.

    Example:
        >>> gini([1, 1, 1]), gini([0, 0, 0, 1])
        (0.0, 0.75)
    """
    ordered = sorted(values)
    total = math.fsum(ordered)
    if total <= 0.0:
        return 0.0
    count = len(ordered)
    ranked = math.fsum(place * value for place, value in enumerate(ordered, start=1))
    return 2.0 * ranked / (count * total) - (count + 1) / count


def agreement(pairs: Sequence[tuple[int, int]]) -> float | None:
    """
    Cohen's kappa of two readers' grades with quadratic weights: 1 where they agree, 0 where no more than by chance; a
    difference of two grades weighs four times one of one. None where nothing can be told.

    Example:
        >>> agreement([(0, 0), (3, 3), (1, 1)]), agreement([(0, 3), (3, 0)])
        (1.0, -1.0)

    Source:
        Cohen 1968.
    """
    count = len(pairs)
    found = sum((one - other) ** 2 for one, other in pairs) * count
    chance = sum((one - other) ** 2 for one, _ in pairs for _, other in pairs)
    return 1.0 - found / chance if chance else None


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that are defined; None where none is."""
    kept = [value for value in values if value is not None]
    return math.fsum(kept) / len(kept) if kept else None


def _discounted(grades: Iterable[int]) -> float:
    return math.fsum(gain(grade) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def _fitting(grades: Mapping[str, int]) -> set[str]:
    return {candidate for candidate, grade in grades.items() if grade >= FITS}

"""From signals to a score: a sum of weighted signals, so that what is shown of it is exact."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ecograph.match.model import Signal


@dataclass(frozen=True, slots=True)
class Scored:
    """A score, 0..1, and each signal's share of it; the shares sum to the score."""

    score: float
    contributions: Mapping[Signal, float]


def score(signals: Mapping[Signal, float], weights: Mapping[Signal, float]) -> Scored:
    """
    The weighted sum of the signals.

    Args:
        signals: Each 0..1; one that is missing adds nothing.
        weights: Each 0..1; they sum to 1.

    Returns:
        The score, and per signal weight times value.

    Example:
        >>> score({"text": 0.5, "concept": 1.0}, {"text": 0.2, "concept": 0.8}).score
        0.9

    Source:
        docs/matching.md, "Score".
    """
    contributions = {signal: weight * signals.get(signal, 0.0) for signal, weight in weights.items()}
    return Scored(math.fsum(contributions.values()), contributions)


def order_key(score: float, iri: str) -> tuple[float, str]:
    """
    What candidates are sorted by: the score as shown, ties by IRI.

    Example:
        >>> sorted([(0.5, "urn:b"), (0.5, "urn:a"), (0.9, "urn:c")], key=lambda each: order_key(*each))
        [(0.9, 'urn:c'), (0.5, 'urn:a'), (0.5, 'urn:b')]
    """
    return (-score, iri)

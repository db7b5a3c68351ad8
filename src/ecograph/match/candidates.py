"""Who may be proposed at all, and who is looked at closely: hard rules, and the best of each group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import NamedNode

from ecograph.match import weights
from ecograph.match.evidence import Evidence
from ecograph.match.model import GROUPS, Group, NeedProfile, Signal
from ecograph.match.signals import Floats, Measured

Rule = Literal["asker", "own-place", "country", "excluded"]

_GATHERING: Final[tuple[Signal, ...]] = ("concept", "evidence", "text", "meaning")
"""Signals that make a candidate; who is only joined to the need by the graph, or only new, has nothing to say to it."""
_ROUNDING: Final = 1e-12
"""Scores that differ by less are equals, which stand in the order of their IRIs."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """
    The candidates to be scored, and those that a rule leaves out.

    Attributes:
        rows: Positions in `Measured.candidates`, by group.
        failing: Thing number of each candidate that a rule leaves out, with the rule.
    """

    rows: Mapping[Group, tuple[int, ...]]
    failing: Mapping[int, Rule]


def find(
    evidence: Evidence,
    profile: NeedProfile,
    measured: Measured,
    *,
    countries: Collection[str] | None = None,
    groups: Collection[Group] | None = None,
    exclude: Collection[NamedNode] = (),
) -> Gathered:
    """
    The candidates for a need.

    Args:
        evidence: The graph.
        profile: The need.
        measured: Its signals.
        countries: Only candidates of these, as `dk`, `se`, `no`; one whose country is not stated stays. None for all.
        groups: Only these groups; None for all.
        exclude: Candidates the coordinator does not want.

    Returns:
        Per group the best `weights.POOL` of those that may be proposed, and as many of those that may not.
    """
    speaking = np.any([measured.values[each] > 0.0 for each in _GATHERING], axis=0)
    scores = np.zeros(len(measured.candidates), dtype=np.float64)
    for signal, weight in measured.weights.items():
        scores += measured.values[signal] * weight
    group_of = evidence.group[measured.candidates]
    failing: dict[int, Rule] = {}
    found: dict[Group, tuple[int, ...]] = {}
    left_out = _left_out(evidence, profile, exclude)
    wanted = set(countries) if countries is not None else None
    for number, group in enumerate(GROUPS):
        if groups is not None and group not in groups:
            continue
        rows: list[int] = []
        counts = {True: 0, False: 0}
        for row in _best_first(evidence, measured, scores, np.flatnonzero(speaking & (group_of == number))):
            if scores[row] < weights.WEAK_SCORE - _ROUNDING or counts[True] == weights.POOL:
                break
            thing = int(measured.candidates[row])
            rule = left_out.get(thing) or _country_rule(evidence, thing, wanted)
            if counts[rule is None] < weights.POOL:
                rows.append(row)
                counts[rule is None] += 1
            if rule is not None:
                failing[thing] = rule
        found[group] = tuple(rows)
    return Gathered(found, failing)


def _best_first(evidence: Evidence, measured: Measured, scores: Floats, rows: NDArray[np.int64]) -> Iterator[int]:
    """Rows by score, ties by IRI; only as many are sorted as are asked for."""
    size = 2 * weights.POOL
    while len(rows):
        least = np.partition(scores[rows], -size)[-size] - _ROUNDING if len(rows) > size else -1.0
        chosen = scores[rows] >= least
        best = rows[chosen]
        keys = (evidence.order[measured.candidates[best]], -np.round(scores[best] / _ROUNDING) * _ROUNDING)
        yield from best[np.lexsort(keys)].tolist()
        rows = rows[~chosen]
        size *= 4


def rule_of(
    evidence: Evidence,
    profile: NeedProfile,
    thing: int,
    *,
    countries: Collection[str] | None = None,
    exclude: Collection[NamedNode] = (),
) -> Rule | None:
    """The hard rule that a candidate fails, also where nothing else speaks for it; None for none."""
    wanted = set(countries) if countries is not None else None
    return _left_out(evidence, profile, exclude).get(thing) or _country_rule(evidence, thing, wanted)


def _left_out(evidence: Evidence, profile: NeedProfile, exclude: Iterable[NamedNode]) -> dict[int, Rule]:
    found: dict[int, Rule] = {}
    for rule, iris in (
        ("excluded", exclude),
        ("own-place", (place.iri for place in profile.places)),
        ("asker", profile.askers),
    ):
        for iri in iris:
            thing = evidence.numbers.get(iri.value)
            if thing is not None:
                found[thing] = rule  # type: ignore[assignment]
    return found


def _country_rule(evidence: Evidence, thing: int, wanted: set[str] | None) -> Rule | None:
    if wanted is None:
        return None
    codes = {code for code, _ in evidence.countries.get(thing, ())}
    return "country" if codes and not codes & wanted else None

"""Who may be proposed at all, and who is looked at closely: hard rules, and the best of each group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import NamedNode

from ecograph.match import weights
from ecograph.match.model import GROUPS, Group, NeedProfile, Note, Signal
from ecograph.match.ordering.signals import Floats, Measured
from ecograph.match.projection.evidence import Evidence
from ecograph.messages import LANGUAGES, texts

Rule = Literal["declined", "asker", "own-place", "excluded", "standard", "country"]
"""Why a candidate is left out; of several that it fails, the first is told first."""

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
        failing: Thing number of each candidate that rules leave out, with every rule that it fails.
    """

    rows: Mapping[Group, tuple[int, ...]]
    failing: Mapping[int, tuple[Rule, ...]]


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
    failing: dict[int, tuple[Rule, ...]] = {}
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
            rules = tuple(_failed(evidence, profile, thing, left_out, wanted))
            if counts[not rules] < weights.POOL:
                rows.append(row)
                counts[not rules] += 1
            if rules:
                failing[thing] = rules
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


def rules_of(
    evidence: Evidence,
    profile: NeedProfile,
    thing: int,
    *,
    countries: Collection[str] | None = None,
    exclude: Collection[NamedNode] = (),
) -> tuple[Rule, ...]:
    """Every hard rule that a candidate fails, also where nothing else speaks for it."""
    wanted = set(countries) if countries is not None else None
    return tuple(_failed(evidence, profile, thing, _left_out(evidence, profile, exclude), wanted))


def said(rules: Sequence[Rule]) -> Note:
    """The rules that a candidate fails, in words."""
    each = [texts(f"match.rule.{rule}") for rule in rules]
    return Note(rules[0], {lang: " ".join(found[lang] for found in each) for lang in LANGUAGES})


def _failed(
    evidence: Evidence,
    profile: NeedProfile,
    thing: int,
    left_out: Mapping[int, frozenset[Rule]],
    wanted: set[str] | None,
) -> Iterator[Rule]:
    """The rules that a candidate fails, in the order in which they are told."""
    if evidence.declined[thing]:
        yield "declined"
    yield from (rule for rule in get_args(Rule) if rule in left_out.get(thing, ()))
    if any(standard.value in evidence.deviations.get(thing, ()) for standard in profile.standards):
        yield "standard"
    codes = {code for code, _ in evidence.countries.get(thing, ())}
    if wanted is not None and codes and not codes & wanted:
        yield "country"


def _left_out(evidence: Evidence, profile: NeedProfile, exclude: Iterable[NamedNode]) -> Mapping[int, frozenset[Rule]]:
    found: dict[int, set[Rule]] = defaultdict(set)
    named: tuple[tuple[Rule, Iterable[NamedNode]], ...] = (
        ("asker", profile.askers),
        ("own-place", (place.iri for place in profile.places)),
        ("excluded", exclude),
    )
    for rule, iris in named:
        for iri in iris:
            thing = evidence.numbers.get(iri.value)
            if thing is not None:
                found[thing].add(rule)
    return {thing: frozenset(rules) for thing, rules in found.items()}

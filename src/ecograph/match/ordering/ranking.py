"""Who fits a need, in order: signals, hard rules and scores put together, before anything is explained."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ecograph.match import weights
from ecograph.match.model import Group, NeedProfile, Signal
from ecograph.match.ordering import candidates, scoring, signals
from ecograph.match.projection.evidence import Evidence

Ranked = tuple[int, scoring.Scored]
"""A candidate's row in `Measured.candidates`, and its score."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """
    The candidates of one need in their final order.

    Attributes:
        measured: The signals of all candidates.
        gathered: Who was looked at, and who fails a hard rule.
        allowed: By group those that may be proposed, best first.
        failing: By group those that a rule leaves out, best first.
    """

    measured: signals.Measured
    gathered: candidates.Gathered
    allowed: Mapping[Group, tuple[Ranked, ...]]
    failing: Mapping[Group, tuple[Ranked, ...]]

    def thing(self, row: int) -> int:
        """The number of the candidate in a row."""
        return int(self.measured.candidates[row])

    def place(self, group: Group, thing: int) -> tuple[int, scoring.Scored] | None:
        """Rank, from 1, and score of a candidate; None where it is not ranked in its group."""
        for rank, (row, scored) in enumerate(self.allowed.get(group, ()), start=1):
            if self.thing(row) == thing:
                return rank, scored
        return None


def rank(
    evidence: Evidence,
    profile: NeedProfile,
    this_year: int,
    *,
    countries: Collection[str] | None = None,
    groups: Collection[Group] | None = None,
    exclude: Collection[NamedNode] = (),
    weighting: Mapping[Signal, float] = weights.SIGNALS,
) -> Ranking:
    """
    The candidates for a need in order.

    Args:
        evidence: The graph.
        profile: The need.
        this_year: Nothing counts as newer.
        countries: Only candidates of these; None for all.
        groups: Only these groups; None for all.
        exclude: Candidates not to propose.
        weighting: What each signal counts; they sum to 1.
    """
    measured = signals.measure(evidence, profile, this_year, weighting)
    gathered = candidates.find(evidence, profile, measured, countries=countries, groups=groups, exclude=exclude)
    allowed: dict[Group, tuple[Ranked, ...]] = {}
    failing: dict[Group, tuple[Ranked, ...]] = {}
    for group, rows in gathered.rows.items():
        ordered = _ordered(evidence, measured, rows)
        fails = [int(measured.candidates[row]) in gathered.failing for row, _ in ordered]
        allowed[group] = tuple(each for each, out in zip(ordered, fails, strict=True) if not out)
        failing[group] = tuple(each for each, out in zip(ordered, fails, strict=True) if out)
    return Ranking(measured, gathered, allowed, failing)


def score_of(measured: signals.Measured, row: int) -> scoring.Scored:
    """The score of the candidate in a row."""
    return scoring.score({signal: float(values[row]) for signal, values in measured.values.items()}, measured.weights)


def _ordered(evidence: Evidence, measured: signals.Measured, rows: Iterable[int]) -> list[Ranked]:
    """Row and score of the candidates worth looking at, in final order."""
    found = [(row, result) for row in rows if (result := score_of(measured, row)).score >= weights.WEAK_SCORE]
    found.sort(key=lambda each: scoring.order_key(each[1].score, evidence.things[int(measured.candidates[each[0]])]))
    return found

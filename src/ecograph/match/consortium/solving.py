"""
The best set of actors by proof, with OR-Tools CP-SAT; and which rules cannot hold together.

One worker and a fixed seed: the same question has the same answer, unless the deadline comes first, which the answer
then says.

Source:
    docs/consortium.md, "Proof".
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ortools.sat.python import cp_model

from ecograph.match.consortium.problem import Bound, Problem

_SEED: Final = 1
_WHOLE_RELAXATION: Final = 2
"""Bounds come from the linear relaxation of everything: who speaks best for each thing is nearly whole in it. Without
it a proof takes a hundred times as long."""
_SHORTEST_S: Final = 0.02
"""A search that is begun gets at least so long."""

Status = Literal["proven", "found", "impossible", "unknown"]
"""Best by proof; found, perhaps not the best; no set keeps the rules, by proof; the deadline came before anything."""


class Deadline:
    """
    The time that is left for several searches together.

    Args:
        seconds: From now on.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self._end - time.monotonic())


@dataclass(frozen=True, slots=True)
class Found:
    """What a search ended with: places of the chosen, in order, and their value; neither where nothing was found."""

    status: Status
    members: tuple[int, ...] = ()
    value: int = 0

    @property
    def any(self) -> bool:
        """Whether there is a set at all."""
        return self.status in ("proven", "found")


def best(
    problem: Problem,
    bounds: Iterable[Bound],
    deadline: Deadline,
    *,
    without: Collection[int] = (),
    apart: Iterable[tuple[Collection[int], int]] = (),
    hint: Collection[int] = (),
) -> Found:
    """
    The set of actors with the greatest value that keeps to the bounds.

    Args:
        problem: Candidates, and what they are worth.
        bounds: The rules to keep.
        deadline: When to stop.
        without: Places of actors that are not to be chosen.
        apart: Sets, each with how many of its members are not to be chosen.
        hint: A good set to begin with.
    """
    model = cp_model.CpModel()
    chosen = _chosen(model, problem, bounds, without)
    for members, count in apart:
        model.add(sum(chosen[member] for member in members) <= len(members) - count)
    variables, worths = list(chosen), [-effort for effort in problem.efforts]
    for points in problem.strengths:
        variables += _speakers(model, chosen, points)
        worths += points.values()
    model.maximize(cp_model.LinearExpr.weighted_sum(variables, worths))
    if hint:
        for place, variable in enumerate(chosen):
            model.add_hint(variable, place in hint)
    return _solve(problem, model, chosen, deadline)


def possible(problem: Problem, bounds: Iterable[Bound], deadline: Deadline) -> Status:
    """Whether any set keeps to the bounds: `proven` if so, `impossible`, or `unknown`."""
    model = cp_model.CpModel()
    chosen = _chosen(model, problem, bounds, ())
    return _solve(problem, model, chosen, deadline).status


def conflict(problem: Problem, bounds: Sequence[Bound], deadline: Deadline) -> tuple[tuple[Bound, ...], bool]:
    """
    Bounds that no set keeps together, none of them dispensable: without any one of them, a set keeps the others.

    Args:
        problem: The candidates.
        bounds: Bounds that no set keeps; those that should rather stay out of the conflict stand first.
        deadline: When to stop.

    Returns:
        The conflict, and whether it is proven that none of it can be left out.
    """
    kept = list(bounds)
    minimal = True
    for each in bounds:
        others = [bound for bound in kept if bound is not each]
        status = possible(problem, others, deadline)
        if status == "impossible":
            kept = others
        elif status == "unknown":
            minimal = False
    return tuple(kept), minimal


def _chosen(
    model: cp_model.CpModel, problem: Problem, bounds: Iterable[Bound], without: Collection[int]
) -> list[cp_model.IntVar]:
    chosen = [model.new_bool_var("") for _ in problem.actors]
    for bound in bounds:
        if bound.weights:
            variables = [chosen[place] for place in bound.weights]
            total = cp_model.LinearExpr.weighted_sum(variables, list(bound.weights.values()))
            if bound.least is not None:
                model.add(total >= bound.least)
            if bound.most is not None:
                model.add(total <= bound.most)
        elif not bound.holds(()):
            model.add_bool_or([])
    for place in without:
        model.add(chosen[place] == 0)
    return chosen


def _speakers(
    model: cp_model.CpModel, chosen: Sequence[cp_model.IntVar], points: Mapping[int, int]
) -> list[cp_model.IntVar]:
    """Who of the chosen speaks for all in one thing: at most one, so that its points are those of the best."""
    speakers = [model.new_bool_var("") for _ in points]
    for speaker, place in zip(speakers, points, strict=True):
        model.add_implication(speaker, chosen[place])
    model.add_at_most_one(speakers)
    return speakers


def _solve(problem: Problem, model: cp_model.CpModel, chosen: Sequence[cp_model.IntVar], deadline: Deadline) -> Found:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.linearization_level = _WHOLE_RELAXATION
    solver.parameters.max_time_in_seconds = max(deadline.left_s, _SHORTEST_S)
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        members = tuple(place for place, variable in enumerate(chosen) if solver.boolean_value(variable))
        return Found("proven" if status == cp_model.OPTIMAL else "found", members, problem.value(members))
    return Found("impossible" if status == cp_model.INFEASIBLE else "unknown")

"""The whole answer to rules and candidates: the best consortium, others that differ, what each partner adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ecograph.match.consortium import solving
from ecograph.match.consortium.problem import Bound, Problem
from ecograph.match.consortium.rules import Kind, Rule
from ecograph.match.consortium.solving import Deadline, Found

DEADLINE_S: Final = 20.0
"""For everything together; three hundred candidates and twelve capabilities take a quarter of it."""
_FIRST_SHARE: Final = 0.5
"""Of the time, for the best consortium; the rest is for the others and for what each partner adds."""

_TOLD_LAST: Final[tuple[Kind, ...]] = (
    "max-partners", "min-partners", "priced", "exclude", "include", "own", "grant", "budget", "programme",
    "country", "role", "cover",
)  # fmt: skip
"""Where rules conflict in several ways, those that are told rather than others stand first: what the coordinator would
sooner give up."""


@dataclass(frozen=True, slots=True)
class Added:
    """
    What one partner of the best consortium adds.

    Attributes:
        member: Its place among the actors.
        without: The best consortium that keeps the rules without it.
        loss: How much less that is worth; None where nothing keeps the rules without it.
        needed_for: Then the rules that cannot hold together without it.
    """

    member: int
    without: Found
    loss: int | None
    needed_for: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """
    The answer.

    Attributes:
        best: The best consortium.
        alternatives: Others, best first, each without some partners of every one before it.
        exhausted: Whether it is proven that there are no further ones.
        added: Per partner of the best what it adds; fewer where the deadline came first.
        conflict: Where nothing keeps the rules: rules that cannot hold together.
        minimal: Whether it is proven that without any one of those the others can.
    """

    best: Found
    alternatives: tuple[Found, ...] = ()
    exhausted: bool = False
    added: tuple[Added, ...] = ()
    conflict: tuple[Rule, ...] = ()
    minimal: bool = True


def plan(problem: Problem, deadline_s: float = DEADLINE_S) -> Plan:
    """
    The best consortium with what goes with it, or the rules that cannot hold together.

    Args:
        problem: Rules and candidates.
        deadline_s: Seconds for everything together.
    """
    deadline = Deadline(deadline_s)
    first = solving.best(problem, problem.bounds, Deadline(deadline_s * _FIRST_SHARE))
    if first.status == "impossible":
        found, minimal = _conflict(problem, problem.bounds, deadline)
        return Plan(first, conflict=found, minimal=minimal)
    if not first.any:
        return Plan(first)
    alternatives, exhausted = _alternatives(problem, first, deadline)
    added: list[Added] = []
    for member in first.members:
        if deadline.left_s > 0.0:
            added.append(_added(problem, first, member, deadline))
    return Plan(first, alternatives, exhausted, tuple(added))


def _alternatives(problem: Problem, first: Found, deadline: Deadline) -> tuple[tuple[Found, ...], bool]:
    found = [first]
    for _ in range(problem.rules.alternatives):
        if deadline.left_s <= 0.0:
            return tuple(found[1:]), False
        apart = [(each.members, min(problem.rules.differ, len(each.members))) for each in found]
        following = solving.best(problem, problem.bounds, deadline, apart=apart)
        if not following.any:
            return tuple(found[1:]), following.status == "impossible"
        found.append(following)
    return tuple(found[1:]), False


def _added(problem: Problem, first: Found, member: int, deadline: Deadline) -> Added:
    """A partner that was asked for is weighed as if it had not been."""
    asked = Rule("include", problem.actors[member].iri.value)
    bounds = [bound for bound in problem.bounds if bound.rule != asked]
    rest = [each for each in first.members if each != member]
    without = solving.best(problem, bounds, deadline, without=(member,), hint=rest)
    if without.status != "impossible":
        loss = first.value - without.value if without.any else None
        return Added(member, without, loss)
    absent = Bound(Rule("exclude", problem.actors[member].iri.value), {member: 1}, most=0)
    rules, _ = _conflict(problem, [*bounds, absent], deadline)
    return Added(member, without, None, tuple(rule for rule in rules if rule != absent.rule))


def _conflict(problem: Problem, bounds: Sequence[Bound], deadline: Deadline) -> tuple[tuple[Rule, ...], bool]:
    # What is tried first is dropped first: rules that nobody would give up leave the conflict before others.
    ordered = sorted(bounds, key=lambda bound: -_TOLD_LAST.index(bound.rule.kind))
    kept, minimal = solving.conflict(problem, ordered, deadline)
    rules = [bound.rule for bound in bounds if bound in kept]
    return tuple(rules), minimal

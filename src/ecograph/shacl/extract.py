"""What an engine must see to validate some nodes: the statements that the shapes read from them, and no other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Quad

from ecograph.shacl.reads import Plan, Reads, State
from ecograph.shacl.report import Term
from ecograph.shacl.universe import Statement, Universe, statement

_ONE_BY_ONE: Final = 3
"""Up to so many properties of a node are looked up one by one; beyond that it is read whole, which is faster."""


@dataclass(frozen=True)
class Extract:
    """
    A small part of a graph.

    Args:
        statements: The statements.
        reported: Nodes beside the focus nodes that an engine reports about: values of shapes that hold property shapes.
    """

    statements: frozenset[Statement]
    reported: frozenset[NamedNode]

    @property
    def quads(self) -> tuple[Quad, ...]:
        """The statements for an engine."""
        return tuple(Quad(*each) for each in self.statements)


def extract(nodes: Iterable[Term], universe: Universe, reads: Reads) -> Extract:
    """
    Every statement that validating some nodes reads.

    Args:
        nodes: The focus nodes.
        universe: Where the statements are.
        reads: What the shapes read.
    """
    found: set[Statement] = set()
    reported: set[NamedNode] = set()
    seen: set[tuple[Term, Plan]] = set()
    waiting: list[tuple[Term, Plan]] = []
    for node in nodes:
        states, witnesses = applying(node, universe, reads)
        found |= witnesses
        found.update(universe.hierarchy(node))
        if states:
            waiting.append((node, reads.plan(states)))
    while waiting:
        visit = waiting.pop()
        if visit in seen:
            continue
        seen.add(visit)
        node, plan = visit
        if plan.tests:
            found.update(universe.hierarchy(node))
        if isinstance(node, NamedNode) and not plan.states.isdisjoint(reads.reporting):
            reported.add(node)
        for quad, end, after in _read(node, plan, universe):
            found.add(statement(quad))
            if after is not None:
                waiting.append((end, after))
    return Extract(frozenset(found), frozenset(reported))


def applying(node: Term, universe: Universe, reads: Reads) -> tuple[set[State], set[Statement]]:
    """
    The shapes that a node is a target of, by their start states, and a statement for each target that needs one.

    Source:
        SHACL, section 2.1.3.
    """
    targets = reads.targets
    states = set(targets.by_node.get(node, ()))
    witnesses: set[Statement] = set()
    for above in universe.classes(node):
        states |= targets.by_class.get(above, set())
    for parts, look_up in ((targets.subjects_of, universe.out), (targets.objects_of, universe.into)):
        for predicate, found in parts.items():
            first = next(look_up(node, predicate), None)
            if first is not None:
                states |= found
                witnesses.add(statement(first))
    return states, witnesses


def _read(node: Term, plan: Plan, universe: Universe) -> Iterable[tuple[Quad, Term, Plan | None]]:
    """The statements that a plan reads from a node, where each leads, and what is read there."""
    forward = {predicate: after for predicate, inverse, after in plan.steps if not inverse}
    everything = None in forward
    if everything or len(forward) > _ONE_BY_ONE:
        for quad in universe.out(node):
            if everything or quad.predicate in forward:
                yield quad, quad.object, forward.get(quad.predicate)  # type: ignore[misc]
        forward = {}
    for predicate, after in forward.items():
        for quad in universe.out(node, predicate):
            yield quad, quad.object, after  # type: ignore[misc]
    for predicate, inverse, after in plan.steps:
        if inverse:
            for quad in universe.into(node, predicate):
                yield quad, quad.subject, after  # type: ignore[misc]

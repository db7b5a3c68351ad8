"""
What the shapes read, compiled once: from a focus node along which statements, and what they test where they arrive.

A shape becomes states joined by moves. A node is *in a state* when validation of some focus node arrives at it there:
in the start of a shape, half-way along a path, or as a value. Followed forwards the moves give the statements that
validating a node needs; followed backwards they give the nodes whose validation needs a statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pyoxigraph import NamedNode

from ecograph.namespaces import OWL, RDF, RDFS, SH
from ecograph.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence, path_of
from ecograph.shacl.report import Term
from ecograph.shacl.shapes import Node, Shapes

State = int

_COMPARED: Final = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
_ELSEWHERE: Final = (SH.sparql, SH.js, SH.rule, SH.target)
_DESCRIBING: Final = frozenset(
    (SH.path, SH.severity, SH.message, SH.name, SH.description, SH.group, SH.order, SH.defaultValue, SH.deactivated)
)
"""What may stand beside the constraints of a shape without constraining anything."""


@dataclass(frozen=True)
class Sensitivity:
    """
    What counts of a path's values.

    Args:
        presence: Nothing but whether there is a value at all.
        value: Nothing but whether this one is among them (`sh:hasValue`).
    """

    presence: bool = False
    value: Term | None = None


WHOLE: Final = Sensitivity()
"""All values count."""


@dataclass(frozen=True, eq=False)
class Move:
    """
    A step of a path: from a node in `source` along `predicate` to nodes in `target`.

    Args:
        source: The state it starts from.
        predicate: The property; None for every property (`sh:closed`).
        inverse: Whether it is followed from object to subject.
        target: The state it arrives in.
        sensitivity: Which of its values count.
    """

    source: State
    predicate: NamedNode | None
    inverse: bool
    target: State
    sensitivity: Sensitivity = WHOLE


@dataclass(eq=False)
class Plan:
    """What is read from a node in several states at once: each property once, whichever shapes ask for it."""

    states: frozenset[State]
    steps: tuple[tuple[NamedNode | None, bool, Plan | None], ...] = ()
    tests: bool = False
    """Whether the node's classes are read."""


@dataclass
class Targets:
    """Which shapes apply to which nodes, each shape by its start state."""

    by_class: dict[NamedNode, set[State]] = field(default_factory=lambda: defaultdict(set))
    by_node: dict[Term, set[State]] = field(default_factory=lambda: defaultdict(set))
    subjects_of: dict[NamedNode, set[State]] = field(default_factory=lambda: defaultdict(set))
    objects_of: dict[NamedNode, set[State]] = field(default_factory=lambda: defaultdict(set))

    @property
    def states(self) -> frozenset[State]:
        """The start states of all shapes with a target."""
        parts = (self.by_class, self.by_node, self.subjects_of, self.objects_of)
        return frozenset(state for part in parts for states in part.values() for state in states)


class Reads:
    """
    The compiled shapes.

    Raises:
        ValueError: A shape holds what may read anything (SPARQL, a script, a rule).

    Source:
        docs/validation.md, "What a change can touch"; SHACL, sections 2 and 4.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._starts: dict[Node, State] = {}
        self._count = 0
        self._epsilon: dict[State, set[State]] = defaultdict(set)
        self._moves: dict[State, list[Move]] = defaultdict(list)
        self._plans: dict[frozenset[State], Plan] = {}
        self.targets = Targets()
        self.tests: dict[NamedNode, set[State]] = defaultdict(set)
        """By class: the states in which `sh:class` asks for it."""
        self.reporting: set[State] = set()
        """States whose nodes have results of their own: values of a property shape that holds property shapes."""
        self._add_targets()
        self._index()

    def plan(self, states: Iterable[State]) -> Plan:
        """What is read from a node in these states."""
        closed = frozenset(after for state in states for after in self._closure[state])
        found = self._plans.get(closed)
        if found is None:
            found = self._plans[closed] = Plan(closed, tests=not self._testing.isdisjoint(closed))
            grouped: dict[tuple[NamedNode | None, bool], set[State]] = defaultdict(set)
            for state in closed:
                for move in self._moves.get(state, ()):
                    grouped[move.predicate, move.inverse].add(move.target)
            found.steps = tuple(
                (predicate, inverse, None if self._idle(to) else self.plan(to))
                for (predicate, inverse), to in grouped.items()
            )
        return found

    def moves(self, predicate: NamedNode) -> tuple[frozenset[Move], frozenset[Move]]:
        """
        Every move that a statement with this property may be part of.

        Returns:
            Those that paths lead to, and those that start where a shape starts.
        """
        found = self._moves_of.get(predicate)
        if found is None:
            some = frozenset((*self._by_predicate.get(predicate, ()), *self._by_predicate.get(None, ())))
            deep = frozenset(move for move in some if any(map(self._into.get, self._origins[move.source])))
            found = self._moves_of[predicate] = (deep, some - deep)
        return found

    def before(self, state: State) -> frozenset[State]:
        """The states in which a node is that is in `state`, without another step: the state itself among them."""
        return self._origins[state]

    def into(self, state: State) -> tuple[Move, ...]:
        """The moves that arrive in a state."""
        return tuple(self._into.get(state, ()))

    def _idle(self, states: Iterable[State]) -> bool:
        """Whether nothing more is read from a node in these states."""
        reached = {after for state in states for after in self._closure[state]}
        return reached.isdisjoint(self._moves) and reached.isdisjoint(self._testing)

    def _state(self) -> State:
        self._count += 1
        return self._count

    def _join(self, source: State, target: State) -> None:
        self._epsilon[source].add(target)

    def _step(
        self,
        source: State,
        predicate: NamedNode | None,
        target: State,
        inverse: bool = False,
        sensitivity: Sensitivity = WHOLE,
    ) -> None:
        self._moves[source].append(Move(source, predicate, inverse, target, sensitivity))

    def _add_targets(self) -> None:
        shapes, targets = self._shapes, self.targets
        parts = (
            (SH.targetClass, targets.by_class),
            (SH.targetSubjectsOf, targets.subjects_of),
            (SH.targetObjectsOf, targets.objects_of),
            (SH.targetNode, targets.by_node),
        )
        for prop, part in parts:
            for shape in shapes.subjects(prop):
                for value in shapes.values(shape, prop):
                    part[value].add(self._start(shape))  # type: ignore[index]
        for kind in (SH.NodeShape, SH.PropertyShape):
            for shape in shapes.subjects(RDF.type, kind):
                types = shapes.values(shape, RDF.type)
                if isinstance(shape, NamedNode) and (RDFS.Class in types or OWL.Class in types):
                    targets.by_class[shape].add(self._start(shape))

    def _start(self, shape: Node) -> State:
        """The state of a node that is held against a shape."""
        if shape in self._starts:
            return self._starts[shape]
        start = self._starts[shape] = self._state()
        shapes = self._shapes
        if shapes.flag(shape, SH.deactivated):
            return start
        for prop in _ELSEWHERE:
            if shapes.values(shape, prop):
                raise ValueError(
                    f"{shape}: what {prop} reads cannot be known, so its findings cannot be kept up to date"
                )
        paths = shapes.nodes(shape, SH.path)
        values = start
        if paths:
            values = self._state()
            self._add_path(path_of(shapes, paths[0]), start, values, sensitivity=self._sensitivity(shape))
        for prop in _COMPARED:
            for other in shapes.values(shape, prop):
                if isinstance(other, NamedNode):
                    self._step(start, other, self._state())
        for value in shapes.values(shape, SH["class"]):
            if isinstance(value, NamedNode):
                self.tests[value].add(values)
        if shapes.flag(shape, SH.closed):
            self._step(values, None, self._state())
        for inner in self._within(shape):
            self._join(values, self._start(inner))
        if paths and shapes.nodes(shape, SH.property):
            self.reporting.add(values)
        return start

    def _within(self, shape: Node) -> set[Node]:
        """The shapes that a shape's values are held against."""
        shapes = self._shapes
        found = {*shapes.inner(shape), *shapes.nodes(shape, SH.node), *shapes.nodes(shape, SH.qualifiedValueShape)}
        if shapes.flag(shape, SH.qualifiedValueShapesDisjoint):
            for parent in shapes.subjects(SH.property):
                siblings = shapes.nodes(parent, SH.property)
                if shape in siblings:
                    found |= {node for each in siblings for node in shapes.nodes(each, SH.qualifiedValueShape)}
        return found

    def _sensitivity(self, shape: Node) -> Sensitivity:
        """What alone counts of a path's values, where the shape asks for nothing else."""
        shapes = self._shapes
        asked = {prop for prop in shapes.properties(shape) if prop in SH} - _DESCRIBING
        if asked == {SH.hasValue} and len(shapes.values(shape, SH.hasValue)) == 1:
            return Sensitivity(value=shapes.values(shape, SH.hasValue)[0])
        counts = {shapes.text(shape, prop) for prop in asked}
        if (asked == {SH.minCount} and counts <= {"0", "1"}) or (asked == {SH.maxCount} and counts == {"0"}):
            return Sensitivity(presence=True)
        return WHOLE

    def _add_path(
        self, path: Path, source: State, target: State, inverse: bool = False, sensitivity: Sensitivity = WHOLE
    ) -> None:
        match path:
            case Predicate(iri):
                self._step(source, iri, target, inverse, sensitivity)
            case Inverse(inner):
                self._add_path(inner, source, target, not inverse, sensitivity)
            case Sequence(parts):
                states = [source, *(self._state() for _ in parts[1:]), target]
                for position, part in enumerate(reversed(parts) if inverse else parts):
                    self._add_path(part, states[position], states[position + 1], inverse)
            case Alternative(parts):
                for part in parts:
                    self._add_path(part, source, target, inverse, sensitivity)
            case Repeat(inner, "?"):
                self._join(source, target)
                self._add_path(inner, source, target, inverse)
            case Repeat(inner, mark):
                between = self._state()
                if mark == "*":
                    self._join(source, between)
                else:
                    self._add_path(inner, source, between, inverse)
                self._add_path(inner, between, between, inverse)
                self._join(between, target)

    def _index(self) -> None:
        states = range(1, self._count + 1)
        self._testing = frozenset(state for found in self.tests.values() for state in found)
        self._closure = {state: _closure(state, self._epsilon) for state in states}
        origins: dict[State, set[State]] = defaultdict(set)
        for state, reached in self._closure.items():
            for after in reached:
                origins[after].add(state)
        self._origins: Mapping[State, frozenset[State]] = {state: frozenset(origins[state]) for state in states}
        self._moves_of: dict[NamedNode, tuple[frozenset[Move], frozenset[Move]]] = {}
        self._by_predicate: dict[NamedNode | None, list[Move]] = defaultdict(list)
        self._into: dict[State, list[Move]] = defaultdict(list)
        for moves in self._moves.values():
            for move in moves:
                self._by_predicate[move.predicate].append(move)
                self._into[move.target].append(move)


# Few: one contract at a time, a second while it is replaced, and small ones in tests.
@lru_cache(maxsize=4)
def compiled(shapes: Shapes) -> Reads:
    """What the shapes read, compiled when first asked for."""
    return Reads(shapes)


def _closure(state: State, edges: Mapping[State, set[State]]) -> frozenset[State]:
    found, waiting = {state}, [state]
    while waiting:
        for after in edges.get(waiting.pop(), ()):
            if after not in found:
                found.add(after)
                waiting.append(after)
    return frozenset(found)

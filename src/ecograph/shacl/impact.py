"""
What a change does to the whole graph, found without reading the whole graph.

Checked are the new things, and those published things whose shapes reach a changed statement: each path is walked
backwards from what was added and removed. The engine gets an extract that holds all that the shapes read from these
nodes and nothing else, so the cost grows with the contribution and not with the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Quad

from ecograph.namespaces import RDF, RDFS
from ecograph.rdf.parsing import normalised
from ecograph.rdf.patch import Patch
from ecograph.shacl.consequences import affects_other, many_affected
from ecograph.shacl.extract import applying, extract
from ecograph.shacl.reads import Move, Reads, State, compiled
from ecograph.shacl.report import Report, Term
from ecograph.shacl.shapes import Shapes
from ecograph.shacl.universe import NOTHING, Known, Source, Statement, Universe, statement
from ecograph.shacl.validation import DEFAULT_BACKEND, Backend, findings, results

AFFECTED_CAP: Final = 2_000
"""Published things that one check looks at again: two or three seconds at worst, so nobody waits long for a hub."""


@dataclass(frozen=True)
class Impact:
    """
    What a check found.

    Args:
        report: The findings about the contribution's own things, and what the change causes in others.
        affected: How many published things were looked at again.
        queued: Published things over the cap that are still to be looked at, sorted.
    """

    report: Report
    affected: int
    queued: tuple[NamedNode, ...] = ()


def check(
    focus: Iterable[Quad],
    change: Patch,
    source: Source | None,
    background: Iterable[Quad],
    shapes: Shapes,
    *,
    backend: Backend = DEFAULT_BACKEND,
    cap: int = AFFECTED_CAP,
) -> Impact:
    """
    Check a change as if the whole graph were checked after it.

    Args:
        focus: The contribution: all findings about its subjects are reported.
        change: What publishing it adds and removes.
        source: What is published; None for nothing.
        background: What counts although it is not published: the class hierarchy, the schemes of our concepts.
        shapes: The shapes.
        backend: Which engine.
        cap: How many published things are looked at again at most.

    Returns:
        The findings about the contribution, and as `affects-other` those findings about published things that are not
        there without the change. They are those that a check of the whole graph, all graphs as one, would give.

    Source:
        docs/validation.md, "What a change can touch".
    """
    # Not `or`: whether a snapshot is true, it finds out by counting its statements.
    source = NOTHING if source is None else source
    background = normalised(background)
    own = {quad.subject for quad in focus if isinstance(quad.subject, NamedNode)}
    reads = compiled(shapes)
    walk = _Walk(reads, source, change, background)
    affected, queued = walk.affected(own, cap)
    if reads.reporting:
        affected |= extract(own | affected, walk.after, reads).reported - own
    found = results(walk.extract(own | affected, walk.after), shapes, backend)
    theirs = {result for result in found if result.focus in affected}
    if theirs:
        theirs -= set(results(walk.extract({result.focus for result in theirs}, walk.before), shapes, backend))
    said = [*findings((result for result in found if result.focus in own), shapes)]
    said += [affects_other(finding, walk.after, source) for finding in findings(theirs, shapes)]
    if queued:
        said.append(many_affected(len(affected), len(queued)))
    return Impact(Report.of(said), len(affected), queued)


def recheck(
    nodes: Iterable[NamedNode],
    source: Source,
    background: Iterable[Quad],
    shapes: Shapes,
    *,
    backend: Backend = DEFAULT_BACKEND,
) -> Report:
    """
    The findings about published things as they are now: for those that a check had to leave for later.

    Args:
        nodes: The things.
        source: What is published.
        background: What counts although it is not published.
        shapes: The shapes.
        backend: Which engine.
    """
    wanted = set(nodes)
    walk = _Walk(compiled(shapes), source, Patch(), normalised(background))
    found = results(walk.extract(wanted, walk.after), shapes, backend)
    return Report.of(findings((result for result in found if result.focus in wanted), shapes))


class _Walk:
    """
    From the changed statements back to the nodes whose validation reads them.

    The way back is walked after the change: a path that led through a statement that goes is cut there, and that
    statement is itself a change, reached by the part of the path that is left.
    """

    def __init__(self, reads: Reads, source: Source, change: Patch, background: Collection[Quad]) -> None:
        self._reads = reads
        known = Known(source)
        self.before = Universe(known, background)
        self.after = Universe(known, (*background, *change.additions), change.removals)
        self._change = change
        self._starts = reads.targets.states

    def affected(self, own: Collection[object], cap: int) -> tuple[set[NamedNode], tuple[NamedNode, ...]]:
        """The published things whose findings the change may alter: those to check now, and those over the cap."""
        reached: dict[Term, set[State]] = defaultdict(set)
        seen: set[tuple[Term, State]] = set()
        for changed in self._changed():
            for node, state in self._readers(changed, own):
                self._back(node, state, reached, seen)
        others = sorted((node for node in reached if isinstance(node, NamedNode) and node not in own), key=_iri)
        chosen: set[NamedNode] = set()
        for position, node in enumerate(others):
            if len(chosen) == cap:
                return chosen, tuple(others[position:])
            states = reached[node]
            if not states.isdisjoint(self._reads.reporting) or states & applying(node, self.after, self._reads)[0]:
                chosen.add(node)
        return chosen, ()

    def extract(self, nodes: Collection[Term], universe: Universe) -> tuple[Quad, ...]:
        """What an engine must see to find all there is to find about some nodes."""
        # A shape that holds property shapes of its values reports about the values: it is checked where it starts.
        reached: dict[Term, set[State]] = defaultdict(set)
        seen: set[tuple[Term, State]] = set()
        for node in nodes if self._reads.reporting else ():
            for state in self._reads.reporting:
                self._back(node, state, reached, seen)
        return extract({*nodes, *reached}, universe, self._reads).quads

    def _changed(self) -> Iterable[Statement]:
        """The statements that nobody made before, or nobody makes any more."""
        for quad in self._change.additions:
            if not self.before.has(*statement(quad)):
                yield statement(quad)
        for quad in self._change.removals:
            if not self.after.has(*statement(quad)):
                yield statement(quad)

    def _readers(self, changed: Statement, own: Collection[object]) -> Iterable[tuple[Term, State]]:
        """Nodes and states that a statement is read from; not those of our own where no path goes further back."""
        subject, predicate, value = changed
        deep, shallow = self._reads.moves(predicate)
        for move in (*deep, *shallow):
            node, end = (value, subject) if move.inverse else (subject, value)
            if not (node in own and move in shallow) and self._matters(move, node, end):
                yield node, move.source
        targets = self._reads.targets
        yield from ((subject, state) for state in targets.subjects_of.get(predicate, ()))
        yield from ((value, state) for state in targets.objects_of.get(predicate, ()))
        if predicate == RDF.type:
            yield from self._retyped(subject)
        elif predicate == RDFS.subClassOf and isinstance(subject, NamedNode):
            for below in self.after.below(subject):
                for quad in self.after.into(below, RDF.type):
                    yield from self._retyped(quad.subject)  # type: ignore[arg-type]

    def _retyped(self, node: Term) -> Iterable[tuple[Term, State]]:
        """What asks for a class that a node gained or lost: not what asks for the others it is in."""
        for changed in self.before.classes(node) ^ self.after.classes(node):
            yield from ((node, state) for state in self._reads.tests.get(changed, ()))
            yield from ((node, state) for state in self._reads.targets.by_class.get(changed, ()))

    def _matters(self, move: Move, node: Term, end: Term) -> bool:
        if move.sensitivity.value is not None:
            return move.sensitivity.value == end
        if move.sensitivity.presence:
            return _any(self.before, node, move) != _any(self.after, node, move)
        return True

    def _back(self, node: Term, state: State, reached: dict[Term, set[State]], seen: set[tuple[Term, State]]) -> None:
        waiting = [(node, state)]
        while waiting:
            node, state = waiting.pop()
            for each in self._reads.before(state):
                if (node, each) in seen:
                    continue
                seen.add((node, each))
                if each in self._starts or each in self._reads.reporting:
                    reached[node].add(each)
                for move in self._reads.into(each):
                    if move.inverse:
                        quads = self.after.out(node, move.predicate)
                        waiting += [(quad.object, move.source) for quad in quads]  # type: ignore[misc]
                    else:
                        quads = self.after.into(node, move.predicate)
                        waiting += [(quad.subject, move.source) for quad in quads]  # type: ignore[misc]


def _any(universe: Universe, node: Term, move: Move) -> bool:
    quads = universe.into(node, move.predicate) if move.inverse else universe.out(node, move.predicate)
    return any(True for _ in quads)


def _iri(node: NamedNode) -> str:
    return node.value

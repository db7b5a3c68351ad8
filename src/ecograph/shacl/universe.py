"""The graph before and after a change, looked up in the store and the change without copying either."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from ecograph.namespaces import RDF, RDFS
from ecograph.shacl.report import Term

Resource = NamedNode | BlankNode
Statement = tuple[Resource, NamedNode, Term]


class Source(Protocol):
    """Anything quads can be looked up in."""

    def quads(
        self,
        subject: NamedNode | BlankNode | None,
        predicate: NamedNode | None,
        object: NamedNode | BlankNode | Literal | None,
        graph: NamedNode | None,
    ) -> Iterator[Quad]:
        """The statements that match; None matches anything."""
        ...


class _Nothing:
    def quads(self, *_: object) -> Iterator[Quad]:
        return iter(())


NOTHING: Final[Source] = _Nothing()
"""A source without statements."""


class Known:
    """
    A source that remembers which nodes it says something about.

    Most of what a contribution names is new: one look-up says so, and saves one per property.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._described: dict[Term, bool] = {}
        self._pointed: dict[Term, bool] = {}

    def out(self, subject: Term, predicate: NamedNode | None, value: Term | None = None) -> Iterator[Quad]:
        """The statements about a subject."""
        if isinstance(subject, Literal):
            return iter(())
        found = self._described.get(subject)
        if found is None:
            found = self._described[subject] = any(True for _ in self._source.quads(subject, None, None, None))
        return self._source.quads(subject, predicate, value, None) if found else iter(())

    def into(self, value: Term, predicate: NamedNode | None) -> Iterator[Quad]:
        """The statements with a value."""
        found = self._pointed.get(value)
        if found is None:
            found = self._pointed[value] = any(True for _ in self._source.quads(None, None, value, None))
        return self._source.quads(None, predicate, value, None) if found else iter(())


class Universe:
    """
    What a source says without some statements and with some others, all graphs as one.

    Args:
        source: What is published.
        added: Statements that count although the source does not have them.
        removed: Statements of the source, each in its graph, that do not count.
    """

    def __init__(self, source: Known, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()) -> None:
        self._source = source
        self._removed = frozenset(removed)
        self._by_subject: dict[object, list[Quad]] = defaultdict(list)
        self._by_object: dict[object, list[Quad]] = defaultdict(list)
        for quad in added:
            self._by_subject[quad.subject].append(quad)
            self._by_object[quad.object].append(quad)
        self._classes: dict[Term, frozenset[NamedNode]] = {}
        self._supers: dict[NamedNode, frozenset[NamedNode]] = {}

    def out(self, subject: Term, predicate: NamedNode | None = None) -> Iterator[Quad]:
        """The statements about a subject; the same statement once per graph."""
        for quad in self._by_subject.get(subject, ()):
            if predicate is None or quad.predicate == predicate:
                yield quad
        yield from self._kept(self._source.out(subject, predicate))

    def into(self, value: Term, predicate: NamedNode | None = None) -> Iterator[Quad]:
        """The statements with a value, one at a time: there may be very many."""
        for quad in self._by_object.get(value, ()):
            if predicate is None or quad.predicate == predicate:
                yield quad
        yield from self._kept(self._source.into(value, predicate))

    def has(self, subject: Term, predicate: NamedNode, value: Term) -> bool:
        """Whether anybody says so."""
        if any(quad.predicate == predicate and quad.object == value for quad in self._by_subject.get(subject, ())):
            return True
        return any(True for _ in self._kept(self._source.out(subject, predicate, value)))

    def classes(self, node: Term) -> frozenset[NamedNode]:
        """The classes a node is an instance of, by SHACL's reading: `rdf:type/rdfs:subClassOf*`."""
        found = self._classes.get(node)
        if found is None:
            types = {quad.object for quad in self.out(node, RDF.type) if isinstance(quad.object, NamedNode)}
            found = frozenset(above for each in types for above in self.supers(each))
            self._classes[node] = found
        return found

    def supers(self, node: NamedNode) -> frozenset[NamedNode]:
        """A class and everything above it."""
        found = self._supers.get(node)
        if found is None:
            found = self._supers[node] = self._spread(
                node, lambda each: (q.object for q in self.out(each, RDFS.subClassOf))
            )
        return found

    def below(self, node: NamedNode) -> frozenset[NamedNode]:
        """A class and everything below it."""
        return self._spread(node, lambda each: (quad.subject for quad in self.into(each, RDFS.subClassOf)))

    def hierarchy(self, node: Term) -> Iterator[Statement]:
        """The statements that `classes` stands on."""
        for quad in self.out(node, RDF.type):
            yield statement(quad)
        for above in self.classes(node):
            for quad in self.out(above, RDFS.subClassOf):
                yield statement(quad)

    def _spread(self, node: NamedNode, next_to: Callable[[NamedNode], Iterable[object]]) -> frozenset[NamedNode]:
        found, waiting = {node}, [node]
        while waiting:
            for other in next_to(waiting.pop()):
                if isinstance(other, NamedNode) and other not in found:
                    found.add(other)
                    waiting.append(other)
        return frozenset(found)

    def _kept(self, quads: Iterator[Quad]) -> Iterator[Quad]:
        return (quad for quad in quads if quad not in self._removed) if self._removed else quads


def statement(quad: Quad) -> Statement:
    """A quad without its graph."""
    return (quad.subject, quad.predicate, quad.object)  # type: ignore[return-value]

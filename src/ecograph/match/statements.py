"""Statements kept as numbers: a million of them fit in a few dozen megabytes, and every reason cites real ones."""

from __future__ import annotations

from array import array

from pyoxigraph import NamedNode, Quad

from ecograph.match.model import Statement


class Statements:
    """
    A growing list of statements between IRIs; IRIs are numbered, a statement is four numbers.

    Example:
        >>> kept = Statements()
        >>> number = kept.add("urn:s", "urn:p", "urn:o", "urn:g")
        >>> kept[number].object
        <NamedNode value=urn:o>
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._rows = array("i")

    def __len__(self) -> int:
        return len(self._rows) // 4

    def __getitem__(self, number: int) -> Statement:
        subject, predicate, object_, graph = (
            NamedNode(self.names[each]) for each in self._rows[4 * number : 4 * number + 4]
        )
        return Statement(subject, predicate, object_, graph)

    def name(self, iri: str) -> int:
        """The number of an IRI, a new one where it has none yet."""
        number = self._numbers.setdefault(iri, len(self.names))
        if number == len(self.names):
            self.names.append(iri)
        return number

    def add(self, subject: str, predicate: str, object_: str, graph: str) -> int:
        """Keep a statement and return its number."""
        number = len(self)
        self._rows.extend((self.name(subject), self.name(predicate), self.name(object_), self.name(graph)))
        return number

    def add_quad(self, quad: Quad) -> int:
        """Keep a statement between IRIs and return its number."""
        return self.add(quad.subject.value, quad.predicate.value, quad.object.value, graph_of(quad))


def graph_of(quad: Quad) -> str:
    """The IRI of the named graph of a quad; empty for the default graph, where nothing of ours stands."""
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""

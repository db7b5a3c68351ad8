"""Statements kept as numbers: a million of them fit in a few dozen megabytes, and every reason cites real ones."""

from __future__ import annotations

from array import array
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from ecograph.match.model import Statement


class Row(NamedTuple):
    """A statement between two IRIs, as text."""

    subject: str
    predicate: str
    object: str
    graph: str


class ValueRow(NamedTuple):
    """A statement with a value."""

    subject: str
    predicate: str
    value: Literal
    graph: str


class Statements:
    """
    A growing list of statements between IRIs; IRIs are numbered, a statement is four numbers.

    Example:
        >>> kept = Statements()
        >>> number = kept.add(Row("urn:s", "urn:p", "urn:o", "urn:g"))
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

    def add(self, row: Row) -> int:
        """Keep a statement and return its number."""
        number = len(self)
        self._rows.extend([self.name(part) for part in row])
        return number

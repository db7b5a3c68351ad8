"""Statements kept as numbers: a million of them fit in a few dozen megabytes, and every reason cites real ones."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple, overload

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

    What has a number keeps it, so that revisions which follow each other share one list.

    Args:
        base: A list to go on from without changing it, as far as it reaches now.

    Example:
        >>> kept = Statements()
        >>> number = kept.add(Row("urn:s", "urn:p", "urn:o", "urn:g"))
        >>> kept[number].object
        <NamedNode value=urn:o>
        >>> supposed = Statements(kept)
        >>> supposed.add(Row("urn:s", "urn:p", "urn:other", "urn:g")), len(supposed), len(kept)
        (1, 2, 1)
    """

    def __init__(self, base: Statements | None = None) -> None:
        self._base = base
        self._base_size = len(base) if base else 0
        self._base_names = base.named if base else 0
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._rows = array("i")

    def __len__(self) -> int:
        return self._base_size + len(self._rows) // 4

    def __getitem__(self, number: int) -> Statement:
        subject, predicate, object_, graph = (NamedNode(part) for part in self.row(number))
        return Statement(subject, predicate, object_, graph)

    @property
    def names(self) -> Sequence[str]:
        """The IRIs by number."""
        return self._names if self._base is None else _Joined(self._base.names, self._base_names, self._names)

    @property
    def named(self) -> int:
        """How many IRIs have a number."""
        return self._base_names + len(self._names)

    def row(self, number: int) -> Row:
        """A statement as text."""
        if self._base is not None and number < self._base_size:
            return self._base.row(number)
        start = 4 * (number - self._base_size)
        return Row(*map(self.names.__getitem__, self._rows[start : start + 4]))

    def name(self, iri: str) -> int:
        """The number of an IRI, a new one where it has none yet."""
        own = self._numbers.get(iri)
        if own is not None:
            return own
        if self._base is not None:
            # What the base has numbered since is not known here.
            known = self._base.number(iri)
            if known is not None and known < self._base_names:
                return known
        self._numbers[iri] = number = self.named
        self._names.append(iri)
        return number

    def number(self, iri: str) -> int | None:
        """The number of an IRI; None where it has none."""
        known = self._base.number(iri) if self._base is not None else None
        return known if known is not None and known < self._base_names else self._numbers.get(iri)

    def add(self, row: Row) -> int:
        """Keep a statement and return its number."""
        number = len(self)
        self._rows.extend(map(self.name, row))
        return number


class _Joined(Sequence[str]):
    """The first names of one list, and after them those of another."""

    def __init__(self, base: Sequence[str], size: int, own: Sequence[str]) -> None:
        self._base = base
        self._size = size
        self._own = own

    def __len__(self) -> int:
        return self._size + len(self._own)

    @overload
    def __getitem__(self, number: int) -> str: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[str]: ...

    def __getitem__(self, number: int | slice) -> str | Sequence[str]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        return self._base[number] if number < self._size else self._own[number - self._size]

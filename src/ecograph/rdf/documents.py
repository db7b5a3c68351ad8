"""A Turtle or N-Triples document of somebody else's, whose statements know their line and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, NamedNode, Quad

from ecograph.errors import TooLarge
from ecograph.identifiers import COMMON, Space, kind_and_slug
from ecograph.rdf.parsing import BOM, statements
from ecograph.rdf.positions import LIST_LINKS, Places, Position, Stated, stated
from ecograph.rdf.skolemising import MAX_NAMELESS, SKOLEM_KIND, skolemised


@dataclass(frozen=True, eq=False)
class Document:
    """
    A document of somebody else's: its statements, and where each of them stands.

    Args:
        quads: Its statements in the order of the document, without blank nodes.
        text: The document.
    """

    quads: tuple[Quad, ...]
    text: str

    @cached_property
    def lines(self) -> Mapping[NamedNode, int]:
        """The line where each thing is first described; empty if that cannot be told."""
        found: dict[NamedNode, int] = {}
        for quad, item in zip(self.quads, self._stated, strict=False):
            if isinstance(quad.subject, NamedNode) and quad.subject not in found and item is not None:
                found[quad.subject] = self._places.of(item.subject_at).line
        return found

    def subject_at(self, index: int) -> Position | None:
        """Where the subject of a statement stands; None if that cannot be told."""
        item = self._item(index)
        return self._places.of(item.subject_at) if item else None

    def predicate_at(self, index: int) -> Position | None:
        """Where its property stands."""
        item = self._item(index)
        return self._places.of(item.predicate_at) if item else None

    def object_at(self, index: int) -> Position | None:
        """Where its value stands."""
        item = self._item(index)
        return self._places.of(item.object_at) if item else None

    def where(self, subject: object, predicate: object = None, value: object = None) -> Position | None:
        """
        Where something is said of a thing: that it has a value of a property, else the property, else anything.

        Args:
            subject: The thing.
            predicate: The property.
            value: The value.
        """
        found = self._index.get((subject, predicate, value)) if value is not None else None
        if found is not None:
            return self.object_at(found)
        found = self._index.get((subject, predicate, None)) if predicate is not None else None
        if found is not None:
            return self.predicate_at(found)
        found = self._index.get((subject, None, None))
        return self.subject_at(found) if found is not None else None

    @cached_property
    def _index(self) -> Mapping[tuple[object, object, object], int]:
        found: dict[tuple[object, object, object], int] = {}
        for at, quad in enumerate(self.quads):
            for key in (
                (quad.subject, None, None),
                (quad.subject, quad.predicate, None),
                (quad.subject, quad.predicate, quad.object),
            ):
                found.setdefault(key, at)
        return found

    @cached_property
    def _places(self) -> Places:
        return Places(self.text)

    @cached_property
    def _stated(self) -> tuple[Stated | None, ...]:
        """The place of each statement; empty unless every term that has a name is the parser's."""
        items = iter(stated(self.text))
        found: list[Stated | None] = []
        for quad in self.quads:
            if quad.predicate.value in LIST_LINKS:
                found.append(None)
                continue
            item = next(items, None)
            if item is None or not _same(item, quad):
                return ()
            found.append(item)
        return tuple(found) if next(items, None) is None else ()

    def _item(self, index: int) -> Stated | None:
        return self._stated[index] if index < len(self._stated) else None


def read(
    data: bytes, media_type: str, graph: NamedNode, *, file: str = "", space: Space = COMMON, most: int | None = None
) -> Document:
    """
    A document of somebody else's, with the place of each statement.

    Args:
        data: The document, UTF-8.
        media_type: `text/turtle` or `application/n-triples`.
        graph: The graph of every quad that comes out.
        file: Name of the document in messages.
        space: In which blank nodes are named.
        most: How many statements it may hold; None for any number.

    Raises:
        SyntaxFault: As `parse` does.
        RefusedFormat: As `parse` does.
        TooLarge: As `parse` does, for more than `most` statements, and for more than `MAX_NAMELESS` blank nodes.

    Example:
        >>> document = read(b"<urn:a> <urn:b> 1 ;\\n  <urn:c> 2 .", "text/turtle", NamedNode("urn:g"))
        >>> document.predicate_at(1)
        Position(line=2, column=3)
    """
    placed = statements(data, media_type, graph, file=file, most=most)
    nameless = len({term for quad in placed for term in (quad.subject, quad.object) if isinstance(term, BlankNode)})
    if nameless > MAX_NAMELESS:
        raise TooLarge(file=file, what="nameless", limit=MAX_NAMELESS, found=nameless)
    return Document(skolemised(placed, space), data.removeprefix(BOM).decode())


def _same(item: Stated, quad: Quad) -> bool:
    """Whether what was read at a place is what the parser says; names of blank nodes are ours."""
    return (
        item.predicate == quad.predicate.value
        and (quad.subject == NamedNode(item.subject) if item.subject else _is_skolem(quad.subject))
        and (quad.object == NamedNode(item.object) if item.object else not _is_named(quad.object))
    )


def _is_named(term: object) -> bool:
    return isinstance(term, NamedNode) and not _is_skolem(term)


def _is_skolem(term: object) -> bool:
    return isinstance(term, NamedNode) and (kind_and_slug(term) or ("", ""))[0] == SKOLEM_KIND

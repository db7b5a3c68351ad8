"""
Which thing a row describes: its IRI, in the publisher's own space unless it names another's thing.

The same row gets the same IRI whenever it is sent again: by its id, by a number of its own (CVR, code, DOI), by what it
joins, or by its title.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyoxigraph import NamedNode

from ecograph.contribute.identity.names import Block, Names, key, patterns
from ecograph.contribute.identity.ownership import CHANGES_KIND, CLAIM, FOREIGN_SPACE, judge
from ecograph.contribute.identity.resolving import Resolver
from ecograph.contribute.reading import cells
from ecograph.contribute.reading.faults import Fault
from ecograph.identifiers import NAME, SLUG, SPACE_MARK, Space, kind_and_slug, slug, thing_iri
from ecograph.messages import LANGUAGES, Language
from ecograph.namespaces import ID, RDF
from ecograph.shacl.contract import ID_COLUMN, Column, Template
from ecograph.shacl.report import Severity
from ecograph.spelling import fold_name

_SEPARATOR: Final = "--"

_LONGEST: Final = 250
"""Characters of a name: three joined slugs, and what a file system takes."""

CellOf = Callable[[Column], str]
"""The cell of a row under a column; empty where there is none."""


@dataclass(frozen=True)
class Named:
    """The IRI of a row, and what is to be said about it."""

    iri: NamedNode
    note: Fault | None = None


class Namer:
    """
    Gives the rows of one contribution their IRIs.

    Source:
        docs/identity.md, "What a row describes".
    """

    def __init__(self, resolver: Resolver, graph: NamedNode, space: Space) -> None:
        """
        Args:
            resolver: Finds the things that joined rows are named after.
            graph: The publisher's graph: what is in it keeps its IRI.
            space: In which new things are named.
        """
        self._resolver = resolver
        self._graph = graph
        self._space = space
        self._snapshot = resolver.snapshot

    def name(self, template: Template, given: str, cell: CellOf) -> Named | Fault:
        """
        The IRI of a row.

        Args:
            template: What the row is.
            given: Its id cell.
            cell: Its other cells.

        Returns:
            The IRI, or why the row has none: `bad-id`, `missing-id`, `foreign-space` or `changes-kind`.
        """
        if given:
            found = self._given(template, given)
        elif template.identified_by:
            found = self._joined(template, cell)
        else:
            found = self._numbered(template, cell) or self._titled(template, cell)
        return found if isinstance(found, Fault) else self._judged(found, template, given)

    def called(self, template: Template, iri: NamedNode, cell: CellOf) -> str:
        """What a row without an id is called in messages: by its own title, else by the short name it was given."""
        return next((title for title in map(cell, template.naming) if title), "") or self._short(iri)

    def _given(self, template: Template, given: str) -> NamedNode | Fault:
        kind, slash, name = given.removeprefix(ID.iri).rpartition("/")
        if len(name) > _LONGEST or not NAME.fullmatch(name) or (slash and not SLUG.fullmatch(kind)):
            usable = slug(given.rpartition("/")[2])
            return Fault("bad-id", (usable,) if usable else ())
        if slash or SPACE_MARK in name:
            return thing_iri(kind or template.iri_kind, name)
        return self._own(template, name)

    def _own(self, template: Template, name: str) -> NamedNode:
        """The thing of that short name: in the own space, unless it was published before there was one."""
        iri, before = self._space.iri(template.iri_kind, name), thing_iri(template.iri_kind, name)
        return before if iri != before and self._has(before, template) and not self._has(iri, template) else iri

    def _joined(self, template: Template, cell: CellOf) -> NamedNode | Fault:
        parts = [part for part in (self._part(template, key, cell) for key in template.identified_by) if part]
        return self._own(template, _SEPARATOR.join(parts)) if parts else _missing(template)

    def _part(self, template: Template, base_key: str, cell: CellOf) -> str:
        """The slug that a cell adds to the IRI of a row without an id of its own."""
        for column in template.of_base(base_key):
            written = cell(column)
            if not written:
                continue
            first = cells.split(written)[0] if column.many else written
            if column.kind == "concept":
                value = self._resolver.concept(first, column.scheme or "")
            elif column.kind == "reference":
                value = self._resolver.thing(first, column.classes)
            else:
                return slug(first)
            return self._short(value) if isinstance(value, NamedNode) else slug(first.rpartition("/")[2])
        return ""

    def _short(self, iri: NamedNode) -> str:
        """A name as a part of an own name: without the own space, and another's space made a plain word."""
        if iri in ID:
            name = self._space.short(iri) if self._space.holds(iri) else (kind_and_slug(iri) or ("", ""))[1]
            return name.replace(SPACE_MARK, "-")
        return iri.value.rpartition("/")[2]

    def _numbered(self, template: Template, cell: CellOf) -> NamedNode | None:
        """The own thing that was published with the same number, whatever it is called now."""
        for column in template.columns:
            if not column.identifying or column.path not in self._patterns:
                continue
            for number in cells.split(cell(column)):
                same = self._published.coded(column.path, key(number, column.pattern))
                known = [iri for iri in same if self._has(iri, template)]
                if len(known) == 1:
                    return known[0]
        return None

    def _titled(self, template: Template, cell: CellOf) -> NamedNode | Fault:
        titles = [title for title in (cell(column) for column in template.naming) if slug(title)]
        if not titles:
            return _missing(template)
        iri = self._own(template, slug(titles[0]))
        if not self._has(iri, template):
            same = [known for known in self._published.named(fold_name(titles[0])) if self._has(known, template)]
            if len(same) == 1:
                return same[0]
        return iri

    def _judged(self, iri: NamedNode, template: Template, given: str) -> Named | Fault:
        kind = (kind_and_slug(iri) or ("", ""))[0]
        found = judge(iri, (template.target_class,), self._space, self._graph, self._snapshot)
        if found == FOREIGN_SPACE:
            return Fault(FOREIGN_SPACE, (iri.value.rpartition("/")[2].rpartition(SPACE_MARK)[2],))
        if found == CHANGES_KIND or kind != template.iri_kind:
            known = self._resolver.kind_names(iri)
            if not all(known.values()):
                return Fault("bad-id", (slug(iri.value.rpartition("/")[2]),))
            wanted = self._resolver.class_names([template.target_class])
            return Fault(CHANGES_KIND, values={"found": known, "wanted": wanted})
        return Named(iri, Fault(CLAIM, severity=Severity.INFO) if found == CLAIM else None)

    def _has(self, iri: NamedNode, template: Template) -> bool:
        """Whether the publisher has published a thing as what the row is."""
        if self._snapshot is None:
            return False
        return any(self._snapshot.quads(iri, RDF.type, template.target_class, self._graph))

    @cached_property
    def _patterns(self) -> frozenset[NamedNode]:
        return frozenset(patterns(self._resolver.contract))

    @cached_property
    def _published(self) -> Block:
        return Names.of(self._snapshot, patterns(self._resolver.contract)).in_graph(self._graph)


def _missing(template: Template) -> Fault:
    """What to fill in, by the headings that the reader knows."""
    needs = {lang: ", ".join(_headings(template, lang)) or ID_COLUMN for lang in LANGUAGES}
    return Fault("missing-id", values={"needs": needs})


def _headings(template: Template, lang: Language) -> list[str]:
    if template.identified_by:
        columns = [column for key in template.identified_by for column in template.of_base(key)[:1]]
    else:
        columns = sorted(template.naming, key=lambda column: column.lang != lang)[:1]
    return [column.heading(lang) for column in columns]

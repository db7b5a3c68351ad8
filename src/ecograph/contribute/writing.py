"""RDF values as cells and cells as CSV: what `cells` and `table` read back to the same values."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.reading import cells
from ecograph.contribute.reading.cells import Value
from ecograph.identifiers import COMMON, Space
from ecograph.messages import LANGUAGES, Language, text
from ecograph.namespaces import ID, RDF
from ecograph.shacl.contract import ID_COLUMN, Column, Template
from ecograph.vocabulary.concepts import Concepts

Cells = tuple[str, ...]
"""A row: the id, then one text per column of the template."""

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_LIKE_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}\.\d{3}")
_NUMBERS: Final = frozenset({"decimal", "integer"})
_DECIMAL_COMMA: Final = frozenset({"da", "sv"})
_TRUTHS: Final = {"true": "template.yes", "false": "template.no"}


def _nameless(iri: NamedNode, classes: tuple[NamedNode, ...]) -> str | None:
    return None


@dataclass(frozen=True, eq=False)
class Writer:
    """
    How values are written.

    Args:
        concepts: Their labels.
        lang: Labels and names in that language; None writes slugs and addresses, the same for everybody.
        name_of: A name that means this thing and no other where these classes are asked for, if it has one.
        space: Whose things have short ids.
    """

    concepts: Concepts
    lang: Language | None = None
    name_of: Callable[[NamedNode, tuple[NamedNode, ...]], str | None] = _nameless
    space: Space = COMMON

    def rows(self, things: Mapping[NamedNode, Iterable[Quad]], template: Template) -> tuple[Cells, ...]:
        """One row per thing, in the order of their IRIs."""
        return tuple(self.row(iri, things[iri], template) for iri in sorted(things, key=lambda iri: iri.value))

    def row(self, iri: NamedNode, said: Iterable[Quad], template: Template) -> Cells:
        """A thing's row: what its statements say in the template's columns."""
        by_path: dict[NamedNode, list[Value]] = {}
        for quad in said:
            if isinstance(quad.object, NamedNode | Literal):
                by_path.setdefault(quad.predicate, []).append(quad.object)
        return (self.id(iri), *(self.cell(by_path.get(column.path, ()), column) for column in template.columns))

    def id(self, iri: NamedNode) -> str:
        """The id cell: short for the owner of the name, else with its kind, which everybody reads alike."""
        return self.space.short(iri) if self.lang and self.space.holds(iri) else address(iri)

    def cell(self, values: Iterable[Value], column: Column) -> str:
        """The cell of a column; empty for no value."""
        written = [self.value(value, column) for value in sorted(values, key=str) if _belongs(value, column)]
        return cells.join(written) if column.many else next(iter(written), "")

    def value(self, value: Value, column: Column) -> str:
        """One value, as it stands alone in a cell."""
        if isinstance(value, NamedNode):
            if column.kind == "concept":
                return self.concept(value, column.scheme or "")
            return self.reference(value, column.classes) if column.kind == "reference" else value.value
        if column.kind == "boolean" and self.lang and value.value in _TRUTHS:
            return text(_TRUTHS[value.value], self.lang)
        return value.value

    def concept(self, iri: NamedNode, scheme: str) -> str:
        """The label where it means this concept, else the slug, else the address."""
        slug = iri.value.rpartition("/")[2]
        choices = (self.concepts.label(iri, self.lang), slug) if self.lang else (slug,)
        return next((choice for choice in choices if self.concepts.find(choice, scheme) == iri), iri.value)

    def reference(self, iri: NamedNode, classes: tuple[NamedNode, ...]) -> str:
        """The name where it means this thing only, else kind and slug."""
        return (self.name_of(iri, classes) if self.lang else None) or address(iri)


def things_of(quads: Iterable[Quad], template: Template) -> Mapping[NamedNode, tuple[Quad, ...]]:
    """The statements about each thing of the template's class."""
    by_subject: dict[NamedNode, list[Quad]] = {}
    for quad in quads:
        if isinstance(quad.subject, NamedNode):
            by_subject.setdefault(quad.subject, []).append(quad)
    return {
        iri: tuple(said)
        for iri, said in by_subject.items()
        if any(quad.predicate == RDF.type and quad.object == template.target_class for quad in said)
    }


def address(iri: NamedNode) -> str:
    """A thing as kind and slug; anything else as its whole IRI."""
    return ID.local(iri) if iri in ID else iri.value


def headings(template: Template, lang: Language | None) -> Cells:
    """The header row without marks: in a language, or the machine headings."""
    return (ID_COLUMN, *(column.heading(lang) if lang else column.key for column in template.columns))


def write_csv(template: Template, rows: Iterable[Cells], lang: Language | None = None, *, plain: bool = False) -> bytes:
    """
    Rows as CSV.

    Args:
        template: Which columns.
        rows: Their canonical cells: ISO dates, decimal point.
        lang: For the spreadsheet of someone who works in that language: byte order mark, and in Danish and Swedish
            semicolons and decimal commas. None is RFC 4180 with machine headings.
        plain: For programs only: the cells as they are, even one that a spreadsheet would take for a formula.

    Source:
        docs/templates.md, "CSV".
    """
    comma = lang in _DECIMAL_COMMA
    numbers = {at for at, column in enumerate(template.columns, start=1) if column.kind in _NUMBERS}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if comma else ",")
    writer.writerow(headings(template, lang))
    for row in rows:
        if not plain:
            row = tuple(_number(cell, comma) if at in numbers else guard(cell) for at, cell in enumerate(row))
        writer.writerow(row)
    return out.getvalue().encode("utf-8-sig" if lang else "utf-8")


def _number(cell: str, comma: bool) -> str:
    """A number that cannot be taken for thousands: three decimals get a fourth."""
    written = f"{cell}0" if _LIKE_THOUSANDS.fullmatch(cell) else cell
    return written.replace(".", ",") if comma else written


def guard(cell: str) -> str:
    """
    A cell that no spreadsheet takes for a formula; a cell that looks guarded already is guarded once more.

    Example:
        >>> guard("=1+1"), guard("'=1+1"), guard("a=b")
        ("'=1+1", "''=1+1", 'a=b')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def example_languages(lang: Language | None) -> Sequence[Language]:
    """The languages that an example shows texts in: the reader's, or all."""
    return (lang,) if lang else LANGUAGES


def _belongs(value: Value, column: Column) -> bool:
    if column.kind == "text":
        return isinstance(value, Literal) and value.language == column.lang
    return True

"""
Rows to RDF by the contract: pure, and every statement remembers the cell it came from.

Two steps, because rows refer to each other: first every row gets its IRI, then the cells get their values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute import cells
from ecograph.contribute.cells import Fault, Value
from ecograph.contribute.headings import Headings, is_id
from ecograph.contribute.resolving import Known, Resolver
from ecograph.contribute.table import Row, Table
from ecograph.identifiers import COMMON, SLUG, Space, slug
from ecograph.messages import LANGUAGES, Language, text
from ecograph.namespaces import CONCEPT, ID, RDF, SH
from ecograph.shacl.contract import ID_COLUMN, Column, Template
from ecograph.shacl.report import Finding, Report, Severity, Term
from ecograph.shacl.shapes import Node, Shapes

_JOINED: Final = re.compile(rf"{SLUG.pattern}(?:--{SLUG.pattern})*")
_SEPARATOR: Final = "--"

Statement = tuple[NamedNode, NamedNode, Value]


@dataclass(frozen=True)
class Place:
    """Where something was written: file, row of the sheet, heading of the column."""

    file: str
    row: int
    column: str | None = None


@dataclass(frozen=True)
class Subject:
    """Where a thing was written, and under which heading each of its properties stands."""

    place: Place
    template: Template
    headings: Mapping[NamedNode, str]


@dataclass(frozen=True)
class Mapped:
    """
    What came out of tables.

    Args:
        quads: The statements, in the order of the rows.
        origins: The cell of each statement.
        subjects: The row of each thing.
        findings: What could not be mapped.
        faulty: Thing and property of each cell that has a finding already, so that nothing is said twice.
    """

    quads: tuple[Quad, ...] = ()
    origins: Mapping[Statement, Place] = field(default_factory=dict)
    subjects: Mapping[NamedNode, Subject] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    faulty: frozenset[tuple[NamedNode, NamedNode]] = frozenset()


@dataclass(frozen=True, eq=False)
class _Sheet:
    """A table with the column each of its headings means."""

    table: Table
    template: Template
    columns: tuple[Column | None, ...]
    id_at: int | None

    @cached_property
    def at(self) -> Mapping[str, int]:
        """Where each column stands, by machine heading."""
        return {column.key: at for at, column in enumerate(self.columns) if column is not None}

    def cell(self, row: Row, column: Column) -> str:
        at = self.at.get(column.key, len(row.cells))
        return row.cells[at] if at < len(row.cells) else ""

    def id_cell(self, row: Row) -> str:
        return row.cells[self.id_at] if self.id_at is not None and self.id_at < len(row.cells) else ""


@dataclass(frozen=True, eq=False)
class _Identified:
    sheet: _Sheet
    row: Row
    iri: NamedNode


def map_table(
    table: Table, template: Template, resolver: Resolver, graph: NamedNode, headings: Headings | None = None
) -> Mapped:
    """The statements of one table; see `map_tables`."""
    return map_tables([(table, template)], resolver, graph, headings)


def map_tables(
    tables: Sequence[tuple[Table, Template]],
    resolver: Resolver,
    graph: NamedNode,
    headings: Headings | None = None,
    space: Space = COMMON,
) -> Mapped:
    """
    The statements of the tables of one contribution, which may refer to each other's rows.

    Args:
        tables: Each with the template it follows.
        resolver: What cells may refer to beside the contribution's own rows.
        graph: The graph of the quads.
        headings: What headings mean, if that is at hand.
        space: In which rows are named.

    Returns:
        Quads, their cells, and a finding for each unknown column, cell without a value and row without an IRI.

    Source:
        docs/contributing-data.md, "From a row to statements".
    """
    headings = headings or Headings(resolver.contract)
    sheets = [_sheet(table, template, headings) for table, template in tables]
    findings = [finding for sheet in sheets for finding in _heading_findings(sheet, headings)]
    seen: dict[NamedNode, _Identified] = {}
    named = [sheet for sheet in sheets if not sheet.template.identified_by]
    joined = [sheet for sheet in sheets if sheet.template.identified_by]
    identified = list(_identify(named, resolver, space, seen, findings))
    resolver = resolver.including(_known(item) for item in identified)
    of_joined = list(_identify(joined, resolver, space, seen, findings))
    resolver = resolver.including(_known(item) for item in of_joined)
    order = {id(sheet): at for at, sheet in enumerate(sheets)}
    ordered = sorted(identified + of_joined, key=lambda item: (order[id(item.sheet)], item.row.number))
    return _map_rows(ordered, resolver, graph, findings)


def located(report: Report, mapped: Mapped, shapes: Shapes) -> Report:
    """
    The report with file, row and column on each finding, without what mapping has said already.

    Args:
        report: What validation found.
        mapped: Where everything was written.
        shapes: For findings without a path: the property their shape is about.
    """
    return Report.of(finding for finding in _located(report.findings, mapped, shapes))


def finding(
    code: str,
    place: Place,
    value: str | None = None,
    *,
    severity: Severity = Severity.VIOLATION,
    suggestions: tuple[str, ...] = (),
    focus: NamedNode | None = None,
    path: NamedNode | None = None,
    shape: NamedNode | None = None,
    values: Mapping[str, str | Mapping[Language, str]] | None = None,
) -> Finding:
    """A finding of mapping or staging, with the message `contribution.finding.{code}`."""
    messages = {
        lang: text(
            f"contribution.finding.{code}",
            lang,
            value=value or "",
            **{name: given[lang] if isinstance(given, Mapping) else given for name, given in (values or {}).items()},
        )
        for lang in LANGUAGES
    }
    return Finding(
        severity=severity,
        code=code,
        messages=messages,
        shape=shape,
        focus=focus,
        path=path,
        value=value,
        file=place.file,
        row=place.row or None,
        column=place.column,
        suggestions=suggestions,
    )


def _sheet(table: Table, template: Template, headings: Headings) -> _Sheet:
    columns = headings.columns(template, table.columns)
    once = tuple(column if column not in columns[:at] else None for at, column in enumerate(columns))
    id_at = next((at for at, heading in enumerate(table.columns) if is_id(heading)), None)
    return _Sheet(table, template, once, id_at)


def _heading_findings(sheet: _Sheet, headings: Headings) -> Iterator[Finding]:
    table, width = sheet.table, len(sheet.table.columns)
    means = headings.columns(sheet.template, table.columns)
    for at, heading in enumerate(table.columns):
        place = Place(table.file, table.header_row, heading)
        repeated = sheet.columns[at] is None and means[at] is not None
        if repeated or (is_id(heading) and at != sheet.id_at):
            yield finding("repeated-column", place, heading)
        elif heading and sheet.columns[at] is None and not is_id(heading):
            yield finding("unknown-column", place, heading, suggestions=headings.suggest(sheet.template, heading))
    unnamed = {at for at, heading in enumerate(table.columns) if not heading}
    for row in table.rows:
        extra = [cell for at, cell in enumerate(row.cells) if cell and (at >= width or at in unnamed)]
        if extra:
            yield finding("unnamed-column", Place(table.file, row.number), extra[0])


def _identify(
    sheets: Iterable[_Sheet],
    resolver: Resolver,
    space: Space,
    seen: dict[NamedNode, _Identified],
    findings: list[Finding],
) -> Iterator[_Identified]:
    for sheet in sheets:
        for row in sheet.table.rows:
            found = _row_iri(sheet, row, resolver, space)
            if isinstance(found, Finding):
                findings.append(found)
                continue
            first = seen.get(found)
            item = _Identified(sheet, row, found)
            if first is not None:
                place = Place(sheet.table.file, row.number, ID_COLUMN)
                there = {"first_row": str(first.row.number), "file": first.sheet.table.file}
                name = sheet.id_cell(row) or ID.local(found)
                findings.append(finding("duplicate-id", place, name, focus=found, values=there))
                continue
            seen[found] = item
            yield item


def _row_iri(sheet: _Sheet, row: Row, resolver: Resolver, space: Space) -> NamedNode | Finding:
    template, given = sheet.template, sheet.id_cell(row)
    place = Place(sheet.table.file, row.number, ID_COLUMN)
    if given:
        name = given.removeprefix(ID.iri).removeprefix(f"{template.iri_kind}/")
        if not _JOINED.fullmatch(name):
            usable = slug(given)
            return finding("bad-id", place, given, suggestions=(usable,) if usable else ())
        return space.iri(template.iri_kind, name)
    if template.identified_by:
        parts = [part for part in (_part(sheet, row, key, resolver) for key in template.identified_by) if part]
        if parts:
            return space.iri(template.iri_kind, _SEPARATOR.join(parts))
    else:
        for column in template.naming:
            name = slug(sheet.cell(row, column))
            if name:
                return space.iri(template.iri_kind, name)
    needs = template.identified_by or dict.fromkeys((ID_COLUMN, *(column.key for column in template.naming[:1])))
    return finding("missing-id", place, values={"needs": ", ".join(needs)})


def _part(sheet: _Sheet, row: Row, key: str, resolver: Resolver) -> str:
    """The slug that a cell adds to the IRI of a row without an id of its own."""
    for column in sheet.template.of_base(key):
        cell = sheet.cell(row, column)
        if not cell:
            continue
        first = cells.split(cell)[0] if column.many else cell
        if column.kind in ("reference", "concept"):
            value = _value(first, column, resolver, sheet.table.reading.decimal_comma)
            return value.value.rpartition("/")[2] if isinstance(value, NamedNode) else slug(first.rpartition("/")[2])
        return slug(first)
    return ""


def _known(item: _Identified) -> Known:
    template = item.sheet.template
    names = [
        name
        for column in template.columns
        if column.identifying or column in template.naming
        for name in (_values(item.sheet.cell(item.row, column), column))
    ]
    return Known(item.iri, frozenset({template.target_class}), tuple(dict.fromkeys(names)))


def _map_rows(items: Sequence[_Identified], resolver: Resolver, graph: NamedNode, findings: list[Finding]) -> Mapped:
    quads: list[Quad] = []
    origins: dict[Statement, Place] = {}
    subjects: dict[NamedNode, Subject] = {}
    faulty: set[tuple[NamedNode, NamedNode]] = set()
    headings: dict[int, Mapping[NamedNode, str]] = {}
    for item in items:
        sheet, row, iri = item.sheet, item.row, item.iri
        file, comma = sheet.table.file, sheet.table.reading.decimal_comma
        if id(sheet) not in headings:
            headings[id(sheet)] = {
                column.path: heading
                for column, heading in reversed(list(zip(sheet.columns, sheet.table.columns, strict=True)))
                if column is not None
            }
        subjects[iri] = Subject(Place(file, row.number), sheet.template, headings[id(sheet)])
        quads.append(Quad(iri, RDF.type, sheet.template.target_class, graph))
        for column, heading, cell in zip(sheet.columns, sheet.table.columns, row.cells, strict=False):
            if column is None or not cell:
                continue
            for part in _values(cell, column):
                value = _value(part, column, resolver, comma)
                place = Place(file, row.number, heading)
                if isinstance(value, Fault):
                    faulty.add((iri, column.path))
                    findings.append(_cell_finding(value, place, part, iri, column))
                    continue
                statement = (iri, column.path, value)
                if statement not in origins:
                    origins[statement] = place
                    quads.append(Quad(iri, column.path, value, graph))
    return Mapped(tuple(quads), origins, subjects, tuple(findings), frozenset(faulty))


def _values(cell: str, column: Column) -> tuple[str, ...]:
    if not cell:
        return ()
    return cells.split(cell) if column.many else (cell,)


def _value(cell: str, column: Column, resolver: Resolver, decimal_comma: bool | None) -> Value | Fault:
    match column.kind:
        case "text":
            return Literal(cell, language=column.lang)
        case "concept":
            return resolver.concept(cell, column.scheme or "")
        case "reference":
            return resolver.thing(cell, column.classes)
        case "decimal":
            return cells.read_decimal(cell, decimal_comma)
        case "integer":
            return cells.read_integer(cell, decimal_comma)
        case "date":
            return cells.read_date(cell)
        case "partial_date":
            return cells.read_partial_date(cell)
        case "year":
            return cells.read_year(cell)
        case "boolean":
            return cells.read_boolean(cell)
        case "iri":
            return cells.read_iri(cell)
        case _:
            return Literal(cell)


def _cell_finding(fault: Fault, place: Place, cell: str, focus: NamedNode, column: Column) -> Finding:
    return finding(
        fault.code,
        place,
        cell,
        suggestions=fault.suggestions,
        focus=focus,
        path=column.path,
        shape=column.shape,
        values=fault.values,
    )


def _located(findings: Iterable[Finding], mapped: Mapped, shapes: Shapes) -> Iterator[Finding]:
    for found in findings:
        subject = mapped.subjects.get(found.focus) if isinstance(found.focus, NamedNode) else None
        if subject is None or not isinstance(found.focus, NamedNode):
            yield found
            continue
        paths = (found.path,) if found.path is not None else tuple(_paths_of(shapes, found.shape, subject))
        about_a_value = found.path is not None and found.term is not None
        if not about_a_value and any((found.focus, path) in mapped.faulty for path in paths):
            continue
        place = subject.place
        if paths:
            columns = subject.template.by_path.get(paths[0])
            heading = subject.headings.get(paths[0]) or (columns[0].key if columns else None)
            place = Place(place.file, place.row, heading)
            if about_a_value and isinstance(found.term, NamedNode | Literal):
                place = mapped.origins.get((found.focus, paths[0], found.term), place)
        value = _written(found.term) if about_a_value else None
        yield replace(found, file=place.file, row=place.row, column=place.column, value=value)


def _written(term: Term | None) -> str | None:
    """A value as it is written in a cell."""
    if isinstance(term, NamedNode) and term in ID:
        return ID.local(term)
    if isinstance(term, NamedNode) and term in CONCEPT:
        return CONCEPT.local(term).partition("/")[2]
    return None if term is None else term.value


def _paths_of(shapes: Shapes, shape: Node | None, subject: Subject) -> Iterator[NamedNode]:
    """The properties that a shape without a path speaks of and the thing's template has."""
    pending = [shape] if shape is not None else []
    for node in pending:
        for path in shapes.nodes(node, SH.path):
            if isinstance(path, NamedNode) and path in subject.template.by_path:
                yield path
        pending += [inner for inner in shapes.inner(node) if inner not in pending]

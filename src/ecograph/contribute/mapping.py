"""
Rows to RDF by the contract: pure, and every statement remembers the cell it came from.

Two steps, because rows refer to each other: first every row gets its IRI, then the cells get their values. Which IRI,
and what a cell refers to, is decided in `identity` and `resolving`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.identity import checkdigits
from ecograph.contribute.identity.names import NAMING
from ecograph.contribute.identity.resolving import Known, Resolver
from ecograph.contribute.identity.rows import Namer
from ecograph.contribute.reading import cells
from ecograph.contribute.reading.cells import Prepared, Value
from ecograph.contribute.reading.faults import Fault
from ecograph.contribute.reading.headings import Headings, is_id, is_message
from ecograph.contribute.reading.table import Row, Table
from ecograph.identifiers import COMMON, Space
from ecograph.messages import LANGUAGES, Language, text
from ecograph.namespaces import ECO, RDF
from ecograph.rdf.terms import visible
from ecograph.shacl.contract import ID_COLUMN, Column, Template
from ecograph.shacl.report import Finding, Severity

_SHOWN: Final = 200  # characters of a value that a message repeats

Statement = tuple[NamedNode, NamedNode, Value]


@dataclass(frozen=True)
class Place:
    """Where something was written: file, row of the sheet, heading of the column, and in a workbook the sheet."""

    file: str
    row: int
    column: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Subject:
    """Where a thing was written, and under which heading each of its properties stands."""

    place: Place
    template: Template
    headings: Mapping[NamedNode, str]
    language: Language | None

    def heading(self, path: NamedNode) -> str | None:
        """The heading of a property as the person wrote it, or would write it; None if it has no column."""
        columns = self.template.by_path.get(path)
        return self.headings.get(path) or (columns[0].heading(self.language) if columns else None)


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

    @cached_property
    def headings(self) -> Mapping[NamedNode, str]:
        """The heading of each property, the first of those it has."""
        pairs = reversed(list(zip(self.columns, self.table.columns, strict=True)))
        return {column.path: heading for column, heading in pairs if column is not None}

    def cell(self, row: Row, column: Column) -> str:
        at = self.at.get(column.key, len(row.cells))
        return row.cells[at] if at < len(row.cells) else ""

    @property
    def id_heading(self) -> str:
        return self.table.columns[self.id_at] if self.id_at is not None else ID_COLUMN

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
    resolver = resolver.including((), space)
    # First what has a name of its own, then what is named after things, which may be among the first.
    for joined in (False, True):
        namer = Namer(resolver, graph, space)
        own = [sheet for sheet in sheets if bool(sheet.template.identified_by) == joined]
        resolver = resolver.including(_known(item, resolver) for item in _identify(own, namer, seen, findings))
    order = {id(sheet): at for at, sheet in enumerate(sheets)}
    ordered = sorted(seen.values(), key=lambda item: (order[id(item.sheet)], item.row.number))
    return _map_rows(ordered, resolver, graph, findings)


def table_place(table: Table, row: int, column: str | None = None) -> Place:
    """A place in a table."""
    return Place(table.file, row, column, table.sheet or None)


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
    shown = visible(value or "", _SHOWN)
    messages = {
        lang: text(
            f"contribution.finding.{code}",
            lang,
            value=shown,
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
        sheet=place.sheet,
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
        place = table_place(table, table.header_row, heading)
        repeated = sheet.columns[at] is None and means[at] is not None
        if repeated or (is_id(heading) and at != sheet.id_at):
            yield finding("repeated-column", place, heading)
        elif heading and sheet.columns[at] is None and not is_id(heading) and not is_message(heading):
            likely = headings.suggest(sheet.template, heading, table.reading.language)
            yield finding("unknown-column", place, heading, suggestions=likely)
    unnamed = {at for at, heading in enumerate(table.columns) if not heading}
    for row in table.rows:
        extra = [cell for at, cell in enumerate(row.cells) if cell and (at >= width or at in unnamed)]
        if extra:
            yield finding("unnamed-column", table_place(table, row.number), extra[0])


def _identify(
    sheets: Iterable[_Sheet], namer: Namer, seen: dict[NamedNode, _Identified], findings: list[Finding]
) -> list[_Identified]:
    identified: list[_Identified] = []
    for sheet in sheets:
        for row in sheet.table.rows:
            given, place = sheet.id_cell(row), table_place(sheet.table, row.number, sheet.id_heading)
            found = namer.name(sheet.template, given, partial(sheet.cell, row))
            if isinstance(found, Fault):
                findings.append(_fault_finding(found, place, given or None))
                continue
            item = _Identified(sheet, row, found.iri)
            name = given or namer.called(sheet.template, found.iri, partial(sheet.cell, row))
            first = seen.get(found.iri)
            if first is not None:
                there = {"first_row": str(first.row.number), "file": first.sheet.table.file}
                findings.append(finding("duplicate-id", place, name, focus=found.iri, values=there))
                continue
            if found.note:
                findings.append(_fault_finding(found.note, place, name, found.iri))
            seen[found.iri] = item
            identified.append(item)
    return identified


def _known(item: _Identified, resolver: Resolver) -> Known:
    """What a row says of the thing that others may refer to it by."""
    template = item.sheet.template
    values: list[tuple[NamedNode, Literal | NamedNode]] = []
    for column in template.columns:
        if column.identifying or column.path in NAMING:
            for value in _values(item.sheet.cell(item.row, column), column):
                prepared = cells.prepare(value, column)
                written = prepared.text if isinstance(prepared, Prepared) else value
                values.append((column.path, Literal(written, language=column.lang)))
    country = _country(item, resolver)
    return Known(item.iri, frozenset({template.target_class}), tuple(values), frozenset({country} if country else ()))


def _country(item: _Identified, resolver: Resolver) -> NamedNode | None:
    """The one country that a row names."""
    for column in item.sheet.template.by_path.get(ECO.country, ()):
        named = _values(item.sheet.cell(item.row, column), column)
        if len(named) == 1:
            found = resolver.concept(named[0], column.scheme or "")
            return found if isinstance(found, NamedNode) else None
    return None


def _map_rows(items: Sequence[_Identified], resolver: Resolver, graph: NamedNode, findings: list[Finding]) -> Mapped:
    quads: list[Quad] = []
    origins: dict[Statement, Place] = {}
    subjects: dict[NamedNode, Subject] = {}
    faulty: set[tuple[NamedNode, NamedNode]] = set()
    for item in items:
        sheet, row, iri = item.sheet, item.row, item.iri
        table, country = sheet.table, _country(item, resolver)
        subjects[iri] = Subject(table_place(table, row.number), sheet.template, sheet.headings, table.reading.language)
        quads.append(Quad(iri, RDF.type, sheet.template.target_class, graph))
        for at, (column, heading) in enumerate(zip(sheet.columns, table.columns, strict=True)):
            cell, lost = row.cells[at] if at < len(row.cells) else "", table.faults.get((row.number, at))
            if column is None or not (cell or lost):
                continue
            place, comma = table_place(table, row.number, heading), table.decimal_comma(row.number, at)
            if lost:
                findings.append(_fault_finding(lost, place, cell[:_SHOWN], iri, column))
                faulty.add((iri, column.path))
                continue
            parts = dict.fromkeys(_values(cell, column))
            if len(parts) > cells.MAX_CELL_VALUES:
                findings.append(_fault_finding(Fault("many-values"), place, cell[:_SHOWN], iri, column))
                faulty.add((iri, column.path))
                continue
            for part in parts:
                value, notes = _read(part, column, resolver, comma, country)
                for fault in notes:
                    findings.append(_fault_finding(fault, place, part, iri, column))
                if value is None:
                    faulty.add((iri, column.path))
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


def _read(
    cell: str, column: Column, resolver: Resolver, decimal_comma: bool | None, country: NamedNode | None
) -> tuple[Value | None, tuple[Fault, ...]]:
    """The value of a cell, and what is to be said about it; None where it has no value."""
    prepared = cells.prepare(cell, column)
    if isinstance(prepared, Fault):
        return None, (prepared,)
    value = _value(prepared.text, column, resolver, decimal_comma, country)
    if isinstance(value, Fault):
        return None, (*prepared.notes, value)
    if checkdigits.has(column.path) and re.search(column.pattern or "", value.value):
        if not checkdigits.fits(column.path, value.value):
            return None, (*prepared.notes, Fault("bad-check-digit", values={"name": column.names}))
    elif column.kind == "reference":
        note = resolver.note(prepared.text, column.classes, country)
        return value, (*prepared.notes, note) if note else prepared.notes
    return value, prepared.notes


def _value(
    cell: str, column: Column, resolver: Resolver, decimal_comma: bool | None, country: NamedNode | None
) -> Value | Fault:
    match column.kind:
        case "text":
            return Literal(cell, language=column.lang)
        case "concept":
            return resolver.concept(cell, column.scheme or "")
        case "reference":
            return resolver.thing(cell, column.classes, country)
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


def _fault_finding(
    fault: Fault, place: Place, cell: str | None, focus: NamedNode | None = None, column: Column | None = None
) -> Finding:
    found = finding(
        fault.code,
        place,
        cell,
        severity=fault.severity,
        suggestions=fault.suggestions,
        focus=focus,
        path=column.path if column else None,
        shape=column.shape if column else None,
        values=fault.values,
    )
    return replace(found, suggestions_by_language=fault.suggestions_by_language)

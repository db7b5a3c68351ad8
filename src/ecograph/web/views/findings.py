"""What a check found, as a partner reads it: what must be corrected first, equal findings once, with all their rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from ecograph.contribute.reading.how_read import ranges
from ecograph.contribute.reading.table import Table
from ecograph.contribute.staged import LeaveOut, Staged
from ecograph.contribute.staging import faulty_rows
from ecograph.messages import LANGUAGES, Language, text
from ecograph.namespaces import ID, RDF
from ecograph.shacl.report import Finding, Report, Severity
from ecograph.web.views.words import Reader

SHOWN: Final = 200
"""Lines of one severity on the page: more than anybody corrects before checking again. The marked file has them all."""

_UNKNOWN_COLUMN: Final = "unknown-column"
_LONGEST_VALUE: Final = 120
"""Letters of a value that are shown; the row says where all of it is."""


@dataclass(frozen=True, slots=True)
class FindingLine:
    """
    Findings that say the same.

    Args:
        rows: The rows of the sheet, such as `3–5, 9`; empty where it is about no row.
        count: How many findings these are.
        column: The heading, as it was written.
        value: What stands there.
        message: What is wrong and what to do.
        suggested: What could be written instead.
    """

    rows: str
    count: int
    column: str
    value: str
    message: str
    suggested: str


@dataclass(frozen=True, slots=True)
class FindingTable:
    """The findings in one sheet of one file."""

    place: str
    lines: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class FindingSection:
    """
    The findings of one severity.

    Args:
        severity: `violation`, `warning` or `info`.
        total: How many there are.
        tables: By file and sheet.
        hidden: Lines that are not shown.
    """

    severity: str
    total: int
    tables: tuple[FindingTable, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class ReadFile:
    """How one table was read: in a sentence in each language, and remarks."""

    sentences: dict[Language, str]
    remarks: dict[Language, tuple[str, ...]]

    @classmethod
    def of(cls, table: Table) -> ReadFile:
        """What is said of a table."""
        return cls(
            {lang: table.how_read(lang) for lang in LANGUAGES},
            {lang: tuple(remark.text(lang) for remark in table.remarks) for lang in LANGUAGES},
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """
    What a person is told of files that were checked, without what is in them.

    Args:
        report: Every finding.
        read: How each table was read.
        rows: How many rows there are.
        faulty: How many rows, or things of an RDF file, have a violation.
        separable: Whether the rows without a fault can go on alone.
        statements: How many statements the files make.
        headings: The headings as they were written.
    """

    report: Report
    read: tuple[ReadFile, ...]
    rows: int
    faulty: int
    separable: bool
    statements: int
    headings: frozenset[str]

    @classmethod
    def of(cls, staged: Staged) -> Checked:
        """What is told of staged files."""
        left_out = faulty_rows(staged)
        going = sum(map(len, left_out.values()))
        rows = sum(len(table.rows) for table in staged.tables)
        things = rows or sum(quad.predicate == RDF.type for quad in staged.quads)
        separable = 0 < going < things and _are_left_out(staged.report.violations, left_out)
        read = tuple(map(ReadFile.of, staged.tables))
        headings = frozenset(heading for table in staged.tables for heading in table.columns)
        return cls(staged.report, read, rows, going, separable, len(staged.quads), headings)

    def count(self, severity: Severity) -> int:
        """How many findings of a severity there are."""
        return self.report.count(severity)


def sections(checked: Checked, words: Reader) -> tuple[FindingSection, ...]:
    """What was found by severity, then by file and sheet, findings that say the same on one line."""
    found = []
    for severity in Severity:
        of_severity = [finding for finding in checked.report.findings if finding.severity is severity]
        if of_severity:
            found.append(_section(severity, of_severity, _Columns(checked, words)))
    return tuple(found)


class _Columns:
    """What columns are called: as they were written, else as the templates call them for this reader."""

    def __init__(self, checked: Checked, words: Reader) -> None:
        self.lang = words.lang
        self._written = checked.headings
        self._templates = words.view.contract.templates.values()

    def name(self, column: str) -> str:
        if not column or column in self._written:
            return column
        found = (template.by_key[column] for template in self._templates if column in template.by_key)
        return next((each.heading(self.lang) for each in found), column)


def _section(severity: Severity, findings: Iterable[Finding], columns: _Columns) -> FindingSection:
    places: dict[str, dict[tuple[str, ...], list[Finding]]] = {}
    total = 0
    for finding in findings:
        total += 1
        said = (finding.code, finding.column or "", finding.value or "", finding.message(columns.lang))
        places.setdefault(_place(finding, columns.lang), {}).setdefault(said, []).append(finding)
    tables, left, hidden = [], SHOWN, 0
    for place, lines in places.items():
        shown = list(lines.values())[:left]
        hidden += len(lines) - len(shown)
        left -= len(shown)
        if shown:
            tables.append(FindingTable(place, tuple(_line(alike, columns) for alike in shown)))
    return FindingSection(severity.value, total, tuple(tables), hidden)


def _line(alike: list[Finding], columns: _Columns) -> FindingLine:
    first = alike[0]
    value, suggested = first.value or "", first.suggested(columns.lang)
    if first.code == _UNKNOWN_COLUMN:  # what is proposed is a heading
        suggested = tuple(map(columns.name, suggested))
    return FindingLine(
        rows=ranges(finding.row for finding in alike if finding.row is not None),
        count=len(alike),
        column=columns.name(first.column or ""),
        value=value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…",
        message=first.messages[columns.lang],
        suggested=", ".join(suggested),
    )


def _place(finding: Finding, lang: Language) -> str:
    if not finding.file:
        return ""
    return text("page.report.sheet", lang, file=finding.file, sheet=finding.sheet) if finding.sheet else finding.file


def _are_left_out(violations: Iterable[Finding], left_out: LeaveOut) -> bool:
    """Whether violations go away with the rows or the things that they are about."""
    parts = {key: frozenset(those) for key, those in left_out.items()}

    def is_left_out(violation: Finding) -> bool:
        keys = (violation.file or "", f"{violation.file}#{violation.sheet}")
        thing = ID.local(violation.focus) if isinstance(violation.focus, NamedNode) else None
        return any(violation.row in parts.get(key, ()) or thing in parts.get(key, ()) for key in keys)

    return all(map(is_left_out, violations))

"""
A person's own file back: its cells marked and the messages beside them, or only the rows that must be corrected.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ecograph.contribute.packing import SourceFile, pack
from ecograph.contribute.reading.table import Row, Table, read_tables
from ecograph.contribute.rules import Rules
from ecograph.contribute.staged import Staged, faulty_rows, key_of
from ecograph.contribute.templates.workbook import put, saved
from ecograph.contribute.writing import guard
from ecograph.errors import ContributionError
from ecograph.messages import Language, text
from ecograph.rdf.parsing import media_type_of
from ecograph.shacl.report import Finding, Report, Severity

_FILLS: Final[Mapping[Severity, PatternFill]] = {
    Severity.VIOLATION: PatternFill("solid", fgColor="FFF8C9C4"),
    Severity.WARNING: PatternFill("solid", fgColor="FFFDE9B8"),
    Severity.INFO: PatternFill("solid", fgColor="FFD5E8F7"),
}
_RANK: Final = {Severity.VIOLATION: 0, Severity.WARNING: 1, Severity.INFO: 2}
_BOLD: Final = Font(bold=True)
_LINK: Final = Font(underline="single", color="FF0B5394")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_WIDTHS: Final = (16, 26, 24, 8, 26, 30, 90)
_LONGEST_COMMENT: Final = 2_000  # what a reader takes in; the summary has all of it
_EDITABLE: Final = frozenset({"xlsx"})
_CODECS: Final = {
    "UTF-8": "utf-8-sig",
    "UTF-16": "utf-16",
    "UTF-32": "utf-32",
    "Windows-1252": "cp1252",
    "Mac Roman": "mac_roman",
    "DOS (cp850)": "cp850",
    "ISO-8859-1": "iso-8859-1",
}
_MESSAGES_BETWEEN: Final = " / "


@dataclass(frozen=True)
class _Place:
    """A sheet of the workbook that goes back, and the table that it holds."""

    page: Worksheet
    table: Table

    def cell(self, finding: Finding) -> Cell | None:
        """The cell that a finding is about; the first of the row where it names no column."""
        if finding.row is None:
            return None
        columns = self.table.columns
        at = columns.index(finding.column) if finding.column in columns else 0
        found = self.page.cell(finding.row, at + 1)
        return found if isinstance(found, Cell) else None


def marked(files: Sequence[SourceFile], findings: Iterable[Finding], lang: Language, rules: Rules) -> bytes:
    """
    The files as one workbook, with a summary in front, cells filled by severity and messages as comments.

    Args:
        files: As they were sent. A workbook comes back as it was, a CSV as a sheet with the same rows; files that are
            no tables appear in the summary only.
        findings: Of all files.
        lang: Whose words.
        rules: Which headings there are.

    Returns:
        A workbook (XLSX).
    """
    report = Report.of(findings)
    book, places = _book(files, rules)
    cells: dict[tuple[str, str], tuple[Cell, list[Finding]]] = {}
    links: list[tuple[Finding, Cell | None]] = []
    for finding in report.findings:
        cell = next((p.cell(finding) for p in places if _is_in(finding, p.table)), None)
        links.append((finding, cell))
        if cell is not None:
            key = (cell.parent.title, cell.coordinate)
            cells.setdefault(key, (cell, []))[1].append(finding)
    for cell, found in cells.values():
        cell.fill = _FILLS[min((finding.severity for finding in found), key=_RANK.__getitem__)]
        said = [f"{_severity(finding, lang)}: {finding.message(lang)}" for finding in found]
        own = [cell.comment.text] if cell.comment else []
        cell.comment = Comment("\n\n".join((*said, *own))[:_LONGEST_COMMENT], "EcoGraph", height=160, width=360)
    _summary(book, report, links, lang)
    return saved(book)


def error_file(staged: Staged, lang: Language) -> SourceFile | None:
    """
    The rows that must be corrected, each with what is wrong, in the form they came.

    Args:
        staged: What was read and checked.
        lang: The language of the messages.

    Returns:
        A CSV with the same separator and encoding, or a workbook; a ZIP of several; None if no row has a violation.
        The added column is passed over when the file is sent again.
    """
    found: list[SourceFile] = []
    for file in dict.fromkeys(table.file for table in staged.tables):
        tables = [
            faulty for table in staged.tables if table.file == file and (faulty := _faulty(table, staged, lang)).rows
        ]
        if not tables:
            continue
        if tables[0].reading.kind == "csv":
            found.append(SourceFile(_renamed(file, "csv"), _as_csv(tables[0])))
        else:
            found.append(SourceFile(_renamed(file, "xlsx"), _as_workbook(tables)))
    if len(found) > 1:
        return SourceFile("errors.zip", pack(found))
    return found[0] if found else None


def _book(files: Sequence[SourceFile], rules: Rules) -> tuple[Workbook, list[_Place]]:
    """
    The workbook that goes back: the person's own where it is the only file that can be written again, else a new one
    with their rows.
    """
    tables: list[tuple[SourceFile, tuple[Table, ...]]] = []
    for file in files:
        if media_type_of(file.name):
            continue
        try:
            headings = rules.headings
            tables.append((file, read_tables(file.data, file.name, headings.known, headings.is_template)))
        except ContributionError:
            continue  # what is wrong with the file as a whole stands in the summary
    if len(tables) == 1 and tables[0][1][0].reading.kind in _EDITABLE:
        file, sheets = tables[0]
        own = _loaded(file.data)
        if own is not None:
            return own, [_Place(own[table.sheet], table) for table in sheets]
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    places = []
    for file, sheets in tables:
        for table in sheets:
            page = book.create_sheet(_title(table.sheet or file.name.rpartition(".")[0] or file.name))
            _write(page, table)
            places.append(_Place(page, table))
    return book, places


def _loaded(data: bytes) -> Workbook | None:
    """The person's workbook; None where the library cannot write it again, though its rows could be read."""
    try:
        return load_workbook(io.BytesIO(data))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, zipfile.BadZipFile):
        return None


def _write(page: Worksheet, table: Table) -> None:
    """The rows of a table where they stand in the person's own sheet."""
    for number, cells in ((table.header_row, table.columns), *((row.number, row.cells) for row in table.rows)):
        for at, content in enumerate(cells, start=1):
            if content:
                _put(page, number, at, content)
    for cell in page[table.header_row]:
        cell.font = _BOLD
    page.freeze_panes = page.cell(table.header_row + 1, 1).coordinate


def _summary(book: Workbook, report: Report, links: Iterable[tuple[Finding, Cell | None]], lang: Language) -> None:
    page = book.create_sheet(_free(book, text("template.sheet.findings", lang)), 0)
    _put(page, 1, 1, text("template.marked.verdict", lang)).font = _BOLD
    _put(page, 2, 1, report.verdict(lang))
    heads = ("severity", "place", "file", "row", "column", "value", "message")
    for at, head in enumerate(heads, start=1):
        _put(page, 4, at, text(f"template.marked.{head}", lang)).font = _BOLD
    for number, (finding, cell) in enumerate(links, start=5):
        place = f"{cell.parent.title}!{cell.coordinate}" if cell is not None else ""
        row = "" if finding.row is None else str(finding.row)
        said = (finding.file or "", row, finding.column or "", finding.value or "", finding.message(lang))
        for at, content in enumerate((_severity(finding, lang), place, *said), start=1):
            _put(page, number, at, content).alignment = _WRAPPED
        page.cell(number, 1).fill = _FILLS[finding.severity]
        if cell is not None:
            link = page.cell(number, 2)
            target = f"{quote_sheetname(cell.parent.title)}!{cell.coordinate}"
            link.hyperlink = Hyperlink(ref=link.coordinate, location=target)
            link.font = _LINK
    for letter, width in zip("ABCDEFG", _WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A5"
    book.active = 0


def _faulty(table: Table, staged: Staged, lang: Language) -> Table:
    """The rows of a table that have a violation, with a column of messages."""
    at_fault = faulty_rows(staged).get(key_of(table.file, table.sheet), ())
    said: dict[int, list[str]] = {number: [] for number in at_fault if isinstance(number, int)}
    for finding in staged.report.violations:
        if finding.row is not None and _is_in(finding, table):
            column = f"{finding.column}: " if finding.column else ""
            said.setdefault(finding.row, []).append(f"{column}{finding.message(lang)}")
    width, unlisted = len(table.columns), [text("template.errors.unlisted", lang)]
    rows = tuple(
        Row(
            row.number,
            (*_padded(row.cells, width), _MESSAGES_BETWEEN.join(dict.fromkeys(said[row.number] or unlisted))),
        )
        for row in table.rows
        if row.number in said
    )
    return replace(table, columns=(*table.columns, text("template.errors.heading", lang)), rows=rows)


def _as_csv(table: Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=table.reading.delimiter or ",")
    writer.writerow(table.columns)
    writer.writerows([guard(cell) for cell in row.cells] for row in table.rows)
    try:
        return out.getvalue().encode(_CODECS.get(table.reading.encoding, "utf-8-sig"))
    except UnicodeEncodeError:
        return out.getvalue().encode("utf-8-sig")


def _as_workbook(tables: Sequence[Table]) -> bytes:
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    for table in tables:
        moved = tuple(Row(number, row.cells) for number, row in enumerate(table.rows, start=2))
        _write(book.create_sheet(_title(table.sheet)), replace(table, rows=moved, header_row=1))
    return saved(book)


def _is_in(finding: Finding, table: Table) -> bool:
    return finding.file == table.file and finding.sheet in (None, "", table.sheet)


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*cells[:width], *("" for _ in range(width - len(cells))))


def _severity(finding: Finding, lang: Language) -> str:
    return text(f"contribution.severity.{finding.severity}", lang)


def _put(page: Worksheet, row: int, column: int, content: str) -> Cell:
    cell = page.cell(row, column)
    assert isinstance(cell, Cell)
    put(cell, content)
    return cell


def _free(book: Workbook, title: str) -> str:
    """The title, with a number where the person's workbook has a sheet called that."""
    return next(name for name in (title, *(f"{title} {n}" for n in range(2, 1_000))) if name not in book.sheetnames)


def _title(name: str) -> str:
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in name)[:31] or "1"


def _renamed(file: str, suffix: str) -> str:
    """The name of an error file: the template that the name begins with stays, so that it is known when it returns."""
    return f"{file.rpartition('.')[0] or file}.errors.{suffix}"

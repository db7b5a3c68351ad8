"""
CSV and workbooks to tables of texts, by fixed rules; what was assumed and what was passed over is said back.

No guessing library: `encodings` finds the text, `delimited` the cells, `workbook` the sheets. Here a header is chosen
and rows keep the number they have in the person's sheet, cells their column.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from ecograph.contribute import merging
from ecograph.contribute.reading import delimited
from ecograph.contribute.reading.cells import most_values, unguarded
from ecograph.contribute.reading.delimited import Known
from ecograph.contribute.reading.encodings import Decoded, Undecodable, decode
from ecograph.contribute.reading.faults import Fault
from ecograph.contribute.reading.how_read import NAMINGS, Naming, Reading, Remark, decimal_comma, ranges, some
from ecograph.contribute.reading.sheet_xml import Cell, letters
from ecograph.contribute.reading.workbook import Marker, Sheet, Workbook, is_workbook, read_workbook
from ecograph.errors import TooLarge, UnreadableTable
from ecograph.messages import Language
from ecograph.rdf.terms import MAX_TEXT
from ecograph.shacl.contract import ID_COLUMN

MAX_FILE_BYTES: Final = 10_000_000
"""A sheet of 20,000 rows is about 4 MB; more than this is no sheet a person keeps."""

_EDGES: Final = "".join(chr(code) for code in range(0x3100) if chr(code).isspace()) + "\u200b\u2060\ufeff"
"""What is no part of a value at its edges: every kind of space, and the marks of no width."""

_CUSTOM: Final[Mapping[str, bool]] = {";": True, ",": False}
"""Excel saves semicolons where the comma is the decimal mark, and commas where it is not."""

_PLAINLY_A_SHEET: Final = 2
"""Known headings that make a sheet a table where there are several; one may stand in a note by chance."""


@dataclass(frozen=True)
class Row:
    """One row: its number in the person's sheet (1 is the first) and its cells, stripped."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """
    A table of texts as it was read, nothing interpreted.

    Args:
        file: The file's name.
        columns: The headings from column A on; empty texts for columns without one.
        rows: The rows below the header that hold something.
        reading: How it was read.
        header_row: The row of the headings in the person's sheet.
        remarks: What was assumed and what was passed over.
        faults: Cells whose value the file does not hold, or whose text is cut, by row number and index of the column.
        numbers: Cells of a workbook that are numbers, and would be ambiguous if they were text.
        marker: What a workbook that we made says about itself.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    reading: Reading
    header_row: int = 1
    remarks: tuple[Remark, ...] = ()
    faults: Mapping[Cell, Fault] = field(default_factory=dict)
    numbers: frozenset[Cell] = frozenset()
    marker: Marker | None = None

    @property
    def sheet(self) -> str:
        """The sheet it stands on; empty for a CSV."""
        return self.reading.sheet

    @cached_property
    def values(self) -> int:
        """How many values its cells hold at most."""
        return sum(most_values(cell) for row in self.rows for cell in row.cells)

    def decimal_comma(self, row: int, at: int) -> bool | None:
        """Whether the decimal mark in a cell is a comma: never where the cell of a workbook is a number."""
        return False if (row, at) in self.numbers else self.reading.decimal_comma

    @staticmethod
    def letter(at: int) -> str:
        """
        The letters of a column in the person's sheet.

        Example:
            >>> Table.letter(0), Table.letter(26)
            ('A', 'AA')
        """
        return letters(at + 1)

    def how_read(self, lang: Language) -> str:
        """
        How the file was read, in one sentence.

        Example:
            >>> data = "Navn;By\\nBæk;Ørje\\n".encode("cp1252")
            >>> read(data, "behov.csv", {"Navn", "By"}.__contains__).how_read("en")
            'behov.csv: semicolon, Windows-1252, decimal comma, 1 row.'
        """
        return self.reading.sentence(self.file, len(self.rows), lang)


def read(source: Path | bytes, name: str = "", known: Known = lambda heading: False) -> Table:
    """
    Read a CSV, or the first table of a workbook.

    Args:
        source: The file or its bytes.
        name: What the file is called in messages.
        known: Whether a heading is one that some template has.

    Raises:
        UnreadableTable: Not a table, or no header row.
        TooLarge: More than `MAX_FILE_BYTES`.

    Example:
        >>> table = read(b"id;title_da\\nn1;Skybrud\\n", "need.csv", known={"title_da"}.__contains__)
        >>> table.columns, table.rows[0].number, table.reading.delimiter
        (('id', 'title_da'), 2, ';')
    """
    data = source.read_bytes() if isinstance(source, Path) else source
    return read_tables(data, name or (source.name if isinstance(source, Path) else ""), known)[0]


def read_tables(
    data: bytes,
    name: str,
    known: Known = lambda heading: False,
    is_template: Callable[[str], bool] = lambda sheet: False,
) -> tuple[Table, ...]:
    """
    Read the tables of a file: a CSV is one, a workbook has one on each sheet whose headings are known.

    Args:
        data: The bytes; they and not the name tell CSV from workbook.
        name: What the file is called in messages.
        known: Whether a heading is one that some template has; `Headings.known` also says in which naming.
        is_template: Whether a sheet called that is named after a template.

    Returns:
        At least one table, in the order of the sheets. What is on other sheets is named in the remarks of the first.

    Raises:
        UnreadableTable: Not a table, or no header row.
        TooLarge: More than `MAX_FILE_BYTES`.

    Source:
        docs/contributing-data.md, "Files" and "Workbooks".
    """
    if len(data) > MAX_FILE_BYTES:
        limit, found = f"{MAX_FILE_BYTES // 1_000_000} MB", f"{len(data) / 1_000_000:.1f} MB"
        raise TooLarge(file=name, what="file_bytes", limit=limit, found=found)
    try:
        if is_workbook(data):
            return _of_workbook(read_workbook(data), name, known, is_template)
        return (_of_csv(data, name, known),)
    except Undecodable as error:
        raise UnreadableTable(file=name, reason=error.reason, **error.values) from error


def _of_csv(data: bytes, name: str, known: Known) -> Table:
    if data.startswith(b"%PDF"):
        raise Undecodable("binary")
    decoded = decode(data)
    if decoded.text.lstrip()[:1] == "<":
        raise Undecodable("markup")
    found = delimited.parse(decoded.text, known)
    remarks = list(_remarks_of_text(decoded))
    spread = delimited.respread(found.records, known)
    if spread is not None:
        found = spread
        remarks.append(Remark("one-column"))
    guarded = "'" in decoded.text
    records = [_cleaned(record, guarded) for record in found.records]
    reading = Reading("csv", decoded.encoding, found.delimiter, decimal_comma=_CUSTOM.get(found.delimiter))
    return _table(name, records, reading, known, remarks)


def _of_workbook(book: Workbook, name: str, known: Known, is_template: Callable[[str], bool]) -> tuple[Table, ...]:
    if not book.sheets:
        raise Undecodable("empty")
    chosen = _chosen(book, known, is_template)
    about: list[Remark] = []
    others = [sheet.name for sheet in book.sheets if sheet not in chosen]
    if others:
        about.append(Remark("other-sheets", {"sheets": ", ".join(others)}))
    if book.hidden and book.marker is None:
        about.append(Remark("hidden-sheets", {"sheets": ", ".join(book.hidden)}))
    tables = [_of_sheet(book, sheet, name, known) for sheet in chosen]
    if book.marker is None or book.marker.revision is None:
        # A sheet beside the main one that nobody has filled in says nothing. In an export it says that all rows went.
        filled = [table for table in tables if table.rows] or tables[:1]
        empty = [table.sheet for table in tables if table not in filled]
        if empty:
            about.append(Remark("empty-sheets", {"sheets": ", ".join(empty)}))
        tables = filled
    first = tables[0]
    return (replace(first, remarks=(*about, *first.remarks)), *tables[1:])


def _chosen(book: Workbook, known: Known, is_template: Callable[[str], bool]) -> list[Sheet]:
    """The sheets that are tables: those of our workbook, those named after a template, those with known headings."""
    ours = book.marker.sheets if book.marker else {}
    scored = [(sheet, *_headings_of(sheet, known)) for sheet in book.sheets]
    chosen = [
        sheet
        for sheet, right, filled in scored
        if sheet.name in ours
        or is_template(sheet.name)
        or (right >= _PLAINLY_A_SHEET and 2 * right >= filled and (not ours or _has_ids(sheet)))
    ]
    if chosen:
        return chosen
    return [max(scored, key=lambda item: item[1])[0]]


def _has_ids(sheet: Sheet) -> bool:
    """Whether a sheet beside ours has a header with the id column, and so is one of ours with another name."""
    first = sheet.records[0] if sheet.records else ()
    return any(cell.strip(" *").casefold() == ID_COLUMN for cell in first)


def _headings_of(sheet: Sheet, known: Known) -> tuple[int, int]:
    """How many headings of a sheet are known, and how many there are."""
    at = delimited.header_at(sheet.records, known)
    cells = [cell.strip() for cell in sheet.records[at] if cell.strip()] if at is not None else []
    return sum(1 for cell in cells if known(cell)), len(cells)


def _of_sheet(book: Workbook, sheet: Sheet, name: str, known: Known) -> Table:
    remarks: list[Remark] = []
    records: Sequence[Sequence[str]] = sheet.records
    faults, numbers = sheet.faults, sheet.numbers
    spread = delimited.respread(records, known)
    if spread is not None:
        records, faults, numbers = spread.records, {}, frozenset()
        remarks.append(Remark("one-column"))
    if sheet.repaired:
        remarks.append(Remark("encoded-twice-repaired", {"count": str(sheet.repaired)}))
    if sheet.broken:
        remarks.append(Remark("encoded-twice", {"count": str(sheet.broken)}))
    # Our own workbooks hold texts as texts; anybody else's may come from a CSV that was guarded.
    cleaned = [_cleaned(record, book.marker is None) for record in records]
    custom = _CUSTOM.get(spread.delimiter) if spread is not None else None
    reading = Reading(book.kind, sheet=sheet.name, decimal_comma=custom)
    table = _table(name, cleaned, reading, known, remarks, sheet.merged, {row for row, _ in faults})
    return replace(
        table,
        marker=book.marker,
        faults={
            **table.faults,
            **{(row, at - 1): fault for (row, at), fault in faults.items() if row > table.header_row},
        },
        numbers=frozenset((row, at - 1) for row, at in numbers),
        remarks=(*table.remarks, *_hidden(sheet, table)),
    )


def _table(
    name: str,
    records: Sequence[Sequence[str]],
    reading: Reading,
    known: Known,
    remarks: Iterable[Remark],
    merged: Sequence[tuple[Cell, Cell]] = (),
    lost: Collection[int] = (),
) -> Table:
    seen = merging.as_drawn(records, merged)
    at = delimited.header_at(seen, known)
    if at is None:
        raise Undecodable("empty")
    columns, from_merged = _trimmed(seen[at]), list(merging.remarks(seen[at], at + 1, merged))
    header = [heading.casefold() for heading in columns]
    rows: list[Row] = []
    again: list[int] = []
    for number, record in enumerate(records[at + 1 :], start=at + 2):
        cells = _trimmed(record)
        if len(cells) == len(columns) and [cell.casefold() for cell in cells] == header:
            again.append(number)
        elif cells or number in lost:
            rows.append(Row(number, cells))
    columns, long = tuple(heading[:MAX_TEXT] for heading in columns), _long(rows)
    rows = [_cut(row) for row in rows] if long else rows
    said = [*remarks, *from_merged, *_around(records, at, columns, rows)]
    if again:
        said.append(Remark("header-again", {"rows": ranges(again)}))
    reading = replace(
        reading, headings=_naming(columns, known), decimal_comma=_decimal_comma(columns, rows, reading, known)
    )
    return Table(name, columns, tuple(rows), reading, at + 1, tuple(said), long)


def _long(rows: Iterable[Row]) -> dict[Cell, Fault]:
    """The cells whose text is too long, which nothing is to work on."""
    return {
        (row.number, at): Fault("long-text")
        for row in rows
        for at, cell in enumerate(row.cells)
        if len(cell) > MAX_TEXT
    }


def _cut(row: Row) -> Row:
    return Row(row.number, tuple(cell[:MAX_TEXT] for cell in row.cells))


def _around(records: Sequence[Sequence[str]], at: int, columns: Sequence[str], rows: Sequence[Row]) -> Iterator[Remark]:
    """What was passed over: lines above the header, empty rows between others, empty columns between others."""
    above = [number for number, record in enumerate(records[:at], start=1) if any(record)]
    if above:
        yield Remark("title-rows", {"rows": ranges(above)})
    numbers = {row.number for row in rows}
    last = max(numbers, default=0)
    empty = [number for number in range(at + 2, last) if number not in numbers and not any(records[number - 1])]
    if empty:
        yield Remark("empty-rows", {"rows": ranges(empty)})
    unused = [place for place, heading in enumerate(columns) if not heading]
    blank = [place for place in unused if not any(place < len(row.cells) and row.cells[place] for row in rows)]
    if blank:
        yield Remark("empty-columns", {"columns": some([letters(place + 1) for place in blank])})


def _hidden(sheet: Sheet, table: Table) -> Iterator[Remark]:
    rows = {row.number for row in table.rows} & set(sheet.hidden_rows)
    if rows:
        yield Remark("hidden-rows", {"rows": ranges(rows)})
    columns = [at for at in sheet.hidden_columns if at <= len(table.columns)]
    if columns:
        yield Remark("hidden-columns", {"columns": some([letters(at) for at in columns])})


def _remarks_of_text(decoded: Decoded) -> Iterator[Remark]:
    if decoded.mixed:
        yield Remark("mixed-encodings", {"encoding": decoded.encoding})
    if decoded.repaired:
        yield Remark("encoded-twice-repaired", {"count": str(decoded.repaired)})
    if decoded.broken:
        yield Remark("encoded-twice", {"count": str(decoded.broken)})


def _naming(columns: Sequence[str], known: Known) -> Naming | None:
    """The naming that most headings are known in."""
    counted: Counter[str] = Counter()
    for heading in columns:
        namings = known(heading) if heading else False
        counted.update(namings if isinstance(namings, Collection) else ())
    most = max(counted.values(), default=0)
    return next((naming for naming in NAMINGS if most and counted[naming] == most), None)


def _decimal_comma(columns: Sequence[str], rows: Sequence[Row], reading: Reading, known: Known) -> bool | None:
    """What the cells of the columns of numbers say about the decimal mark."""
    marks = [known(heading) if heading else False for heading in columns]
    numbers = [at for at, mark in enumerate(marks) if isinstance(mark, Collection) and "number" in mark]
    cells = (row.cells[at] for row in rows for at in numbers if at < len(row.cells))
    if reading.kind != "csv":
        cells = (cell for cell in cells if "," in cell)  # a point alone is how the numbers of a workbook are written
    return decimal_comma(cells, reading.decimal_comma)


def _cleaned(record: Sequence[str], guarded: bool) -> tuple[str, ...]:
    """The cells of a record without space around them, without guards, and with composed letters."""
    cells = [cell.strip(_EDGES) for cell in record]
    if guarded:
        cells = [unguarded(cell) if cell[:1] == "'" else cell for cell in cells]
    return tuple(cell if cell.isascii() else unicodedata.normalize("NFC", cell) for cell in cells)


def _trimmed(record: Sequence[str]) -> tuple[str, ...]:
    """A record up to its last cell that holds something."""
    end = len(record)
    while end and not record[end - 1]:
        end -= 1
    return tuple(record[:end])

"""
CSV and XLSX bytes to one table of texts, by fixed rules; what was assumed is said back.

No guessing library: the encoding is the first that fits of byte order mark, strict UTF-8 and Windows-1252; the
delimiter is the one under which the most headings are known. Rows keep the number they have in the person's sheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, Literal

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from ecograph.errors import TooLarge, UnreadableTable
from ecograph.messages import Language, text

MAX_FILE_BYTES: Final = 10_000_000
"""A sheet of 20,000 rows is about 4 MB; more than this is no sheet a person keeps."""

_DELIMITERS: Final = (",", ";", "\t", "|")
_BOMS: Final = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_NAMES: Final = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}


@dataclass(frozen=True)
class Row:
    """One row: its number in the person's sheet (1 is the first) and its cells, stripped."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """
    How a table was read.

    Args:
        kind: CSV or XLSX.
        encoding: The encoding of a CSV, as people call it.
        delimiter: The character between a CSV's cells.
        sheet: The sheet of a workbook.
        decimal_comma: Whether `1.700` means 1700: so it is where the semicolon separates cells. None: not known.
    """

    kind: Literal["csv", "xlsx"]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    decimal_comma: bool | None = None


@dataclass(frozen=True)
class Table:
    """A table of texts as it was read, nothing interpreted."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    reading: Reading
    header_row: int = 1

    def how_read(self, lang: Language) -> str:
        """How the file was read, in one sentence."""
        if self.reading.kind == "xlsx":
            return text("contribution.read.xlsx", lang, file=self.file, sheet=self.reading.sheet, rows=len(self.rows))
        delimiter = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[self.reading.delimiter]
        return text(
            "contribution.read.csv",
            lang,
            file=self.file,
            encoding=self.reading.encoding,
            delimiter=text(f"contribution.delimiter.{delimiter}", lang),
            rows=len(self.rows),
        )


def read(source: Path | bytes, name: str = "", known: Callable[[str], bool] = lambda heading: False) -> Table:
    """
    Read a CSV or XLSX file.

    Args:
        source: The file or its bytes.
        name: What the file is called in messages; its ending tells CSV from XLSX unless the bytes do.
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
    name = name or (source.name if isinstance(source, Path) else "")
    if len(data) > MAX_FILE_BYTES:
        limit, found = f"{MAX_FILE_BYTES:_}".replace("_", " "), f"{len(data):_}".replace("_", " ")
        raise TooLarge(file=name, what="bytes", limit=limit, found=found)
    if data.startswith(b"PK") or name.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods")):
        return _read_workbook(data, name)
    return _read_csv(data, name, known)


def _read_csv(data: bytes, name: str, known: Callable[[str], bool]) -> Table:
    content, encoding = _decode(data, name)
    stated, content = _sep_line(content)
    delimiter = stated or max(_DELIMITERS, key=lambda candidate: _headings_under(content, candidate, known))
    try:
        records = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableTable(file=name, detail=str(error)) from error
    comma = {";": True, ",": False}.get(delimiter)
    return _table(name, records, Reading("csv", encoding, delimiter, decimal_comma=comma))


def _decode(data: bytes, name: str) -> tuple[str, str]:
    for encoding, mark in _BOMS:
        if data.startswith(mark):
            return _strictly(data, encoding, name), _NAMES[encoding]
    if b"\x00" in data:
        raise UnreadableTable(file=name, detail="binary content")
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _strictly(data, "cp1252", name), _NAMES["cp1252"]


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableTable(file=name, detail=f"{_NAMES[encoding]}, byte {error.start}") from error


def _sep_line(content: str) -> tuple[str | None, str]:
    """The delimiter that Excel's `sep=` line states, and the content after that line, which Excel does not count."""
    first, _, rest = content.partition("\n")
    first = first.strip("\r").strip('"')
    if first[:4].lower() == "sep=" and first[4:5] in _DELIMITERS:
        return first[4], rest
    return None, content


def _headings_under(content: str, delimiter: str, known: Callable[[str], bool]) -> tuple[int, int]:
    """How many headings are known, and how many there are, if cells are separated by `delimiter`."""
    try:
        records = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
        header = next((record for record in records if any(cell.strip() for cell in record)), [])
    except csv.Error:
        return (0, 0)
    cells = [cell.strip() for cell in header if cell.strip()]
    return (sum(1 for cell in cells if known(cell)), len(cells))


def _read_workbook(data: bytes, name: str) -> Table:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.visible is not SheetVisibleEnum.Visible:
                    continue
                records = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                texts = [[_cell_text(cell) for cell in record] for record in records]
                if any(cell for record in texts for cell in record):
                    return _table(name, texts, Reading("xlsx", sheet=sheet.name))
    except (CalamineError, ValueError) as error:
        raise UnreadableTable(file=name, detail=str(error)) from error
    raise UnreadableTable(file=name, detail="no visible sheet with content")


def _cell_text(cell: object) -> str:
    """A spreadsheet cell as the person would have typed it: whole numbers without a fraction, dates by ISO 8601."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _table(name: str, records: Sequence[Sequence[str]], reading: Reading) -> Table:
    numbered: Iterator[tuple[int, tuple[str, ...]]] = (
        (number, tuple(cell.strip() for cell in record)) for number, record in enumerate(records, start=1)
    )
    filled = [(number, cells) for number, cells in numbered if any(cells)]
    if not filled:
        raise UnreadableTable(file=name, detail="no header row")
    header_row, columns = filled[0]
    return Table(name, columns, tuple(Row(number, cells) for number, cells in filled[1:]), reading, header_row)

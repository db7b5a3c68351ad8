"""
Workbooks (XLSX, XLSM, XLS, ODS) to sheets of texts: what a person sees in the cells, and what they do not see.

Values are those that the program which saved the file had calculated; a formula that nothing has calculated is a fault
of its cell.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from ecograph.contribute.reading import encodings
from ecograph.contribute.reading.encodings import Undecodable
from ecograph.contribute.reading.faults import Fault
from ecograph.contribute.reading.how_read import Kind
from ecograph.contribute.reading.sheet_xml import (
    Cell,
    SheetFacts,
    check_archive,
    check_open_document,
    letters,
    sheet_facts,
    sheet_parts,
)
from ecograph.messages import LANGUAGES, Language

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKER_SHEET: Final = "_ecograph"
MARKER: Final = "ecograph-template"

_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_AMBIGUOUS: Final = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
_DIGITS: Final = ".15g"
"""As many digits as a spreadsheet shows; the rest is noise of binary fractions."""

_STRINGS: Final = "xl/sharedStrings.xml"
_MARKER_ROWS: Final = 200  # four lines, and one for each sheet


@dataclass(frozen=True)
class Marker:
    """
    What a workbook that we made says about itself.

    Args:
        template: Slug of its first template.
        version: Digest of the template at that time.
        language: Whose words its headings are.
        revision: Which revision of the graph it shows; None for an empty template.
        sheets: Slug of the template of each sheet, by the sheet's name.
    """

    template: str
    version: str = ""
    language: Language | None = None
    revision: int | None = None
    sheets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """
    One visible sheet.

    Args:
        name: What its tab says.
        records: The texts of its cells, from A1 on.
        faults: Cells whose value is not in the file, by row and column from 1.
        numbers: Cells that hold a number which could be read in two ways if it were text.
        hidden_rows: Rows that the person does not see.
        hidden_columns: Columns that the person does not see.
        merged: Ranges of merged cells: first and last cell.
        repaired: Cells whose text had been encoded twice and was put right.
        broken: Cells whose text still looks encoded twice.
    """

    name: str
    records: tuple[tuple[str, ...], ...]
    faults: Mapping[Cell, Fault] = field(default_factory=dict)
    numbers: frozenset[Cell] = frozenset()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[tuple[Cell, Cell], ...] = ()
    repaired: int = 0
    broken: int = 0


@dataclass(frozen=True)
class Workbook:
    """The visible sheets with content, the names of the hidden ones, and what the workbook says about itself."""

    kind: Kind
    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...] = ()
    marker: Marker | None = None


def read_workbook(data: bytes) -> Workbook:
    """
    The sheets of a workbook.

    Raises:
        Undecodable: It is no workbook, damaged, locked with a password, or unpacks to more than a limit.

    Source:
        docs/contributing-data.md, "Workbooks".
    """
    kind = _kind(data)
    try:
        if kind == "xls":
            return _read(data, kind, None)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(data, kind, archive)
    except PasswordError as error:
        raise Undecodable("encrypted") from error
    except (CalamineError, ValueError, KeyError, OSError, zipfile.BadZipFile, NotImplementedError) as error:
        if isinstance(error, Undecodable):
            raise
        raise Undecodable("damaged") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of the library's Rust; it is no Exception
            raise Undecodable("damaged") from error
        raise


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin as those of a workbook do; a name says little about it."""
    return data.startswith((ZIP, OLE))


def _kind(data: bytes) -> Kind:
    if data.startswith(OLE):
        if _ENCRYPTED in data:
            raise Undecodable("encrypted")
        return "xls"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(archive)
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return "xlsx"
            if "content.xml" in names and b"spreadsheet" in archive.read("mimetype"):
                if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                    raise Undecodable("encrypted")
                check_open_document(archive)
                return "ods"
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError) as error:
        raise Undecodable("damaged") from error
    raise Undecodable("no-workbook")


def _read(data: bytes, kind: Kind, archive: zipfile.ZipFile | None) -> Workbook:
    facts = _facts(archive) if archive is not None and kind == "xlsx" else None
    sheets: list[Sheet] = []
    hidden: list[str] = []
    marker: Marker | None = None
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for about in book.sheets_metadata:
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            name, seen = about.name, about.visible is SheetVisibleEnum.Visible
            if not seen:
                hidden.append(name)
                if name != MARKER_SHEET:
                    continue
            if facts is not None and name not in facts:
                raise Undecodable("damaged")
            if name == MARKER_SHEET:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=_MARKER_ROWS)
                marker = _marker([[str(cell).strip() for cell in row] for row in rows])
                continue
            sheet = _sheet(book, name, facts[name] if facts is not None else SheetFacts())
            if any(cell for record in sheet.records for cell in record) or sheet.faults:
                sheets.append(sheet)
    ours = (MARKER_SHEET,) if marker else ()
    return Workbook(kind, tuple(sheets), tuple(name for name in hidden if name not in ours), marker)


def _facts(archive: zipfile.ZipFile) -> Mapping[str, SheetFacts]:
    """What the XML says of each sheet. Every part that may be one is looked at, whoever may take it for which sheet."""
    parts = sheet_parts(archive)
    candidates = {name for name in archive.namelist() if name.endswith(".xml") and name != _STRINGS}
    facts = {part: sheet_facts(archive, part) for part in candidates | set(parts.values())}
    return {name: facts[part] for name, part in parts.items()}


def _sheet(book: CalamineWorkbook, name: str, facts: SheetFacts) -> Sheet:
    found = book.get_sheet_by_name(name)
    numbers: set[Cell] = set()
    records: list[list[str]] = []
    repaired = broken = 0
    for row, record in enumerate(found.to_python(skip_empty_area=False), start=1):
        texts = [cell if isinstance(cell, str) else _written(cell) for cell in record]
        for at, (cell, said) in enumerate(zip(record, texts, strict=True)):
            if isinstance(cell, str):
                if not said.isascii():
                    texts[at], lines, left = encodings.repair(said)
                    repaired, broken = repaired + bool(lines), broken + bool(left)
            elif _AMBIGUOUS.fullmatch(said):
                numbers.add((row, at + 1))
        records.append(texts)
    for place, shown in facts.errors.items():
        _put(records, place, shown)
    return Sheet(
        name=name,
        records=tuple(tuple(record) for record in records),
        faults={place: Fault("formula-without-value") for place in facts.uncalculated},
        numbers=frozenset(numbers),
        hidden_rows=tuple(facts.hidden_rows),
        hidden_columns=tuple(at for first, last in facts.hidden_columns for at in range(first, min(last, 999) + 1)),
        merged=tuple(_from_one(area) for area in found.merged_cell_ranges or ()),
        repaired=repaired,
        broken=broken,
    )


def _put(records: list[list[str]], place: Cell, shown: str) -> None:
    """Write what a cell shows into the records, which do not hold errors and end where values end."""
    row, column = place
    records.extend([] for _ in range(row - len(records)))
    record = records[row - 1]
    record.extend("" for _ in range(column - len(record)))
    record[column - 1] = shown


def _from_one(area: tuple[tuple[int, int], tuple[int, int]]) -> tuple[Cell, Cell]:
    (top, left), (bottom, right) = area
    return (top + 1, left + 1), (bottom + 1, right + 1)


def _written(cell: object) -> str:
    """A value as the person would have typed it: whole numbers without a fraction, dates by ISO 8601."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _number(cell: float) -> str:
    if cell.is_integer():
        return str(int(cell))
    shown = format(cell, _DIGITS)
    return format(float(shown), "f").rstrip("0") if "e" in shown and abs(cell) >= 1e-6 else shown


def _marker(rows: Sequence[Sequence[str]]) -> Marker | None:
    lines = [(*row, "", "", "")[:3] for row in rows]
    said = {key: value for key, value, _ in lines if key != "sheet"}
    if not said.get(MARKER):
        return None
    revision = said.get("revision", "")
    return Marker(
        template=said[MARKER],
        version=said.get("version", ""),
        language=next((lang for lang in LANGUAGES if lang == said.get("language")), None),
        revision=int(revision) if revision.isdigit() else None,
        sheets={title: slug for key, title, slug in lines if key == "sheet" and title and slug},
    )


def area(first: Cell, last: Cell) -> str:
    """
    A range of cells as a spreadsheet writes it.

    Example:
        >>> area((1, 2), (1, 4))
        'B1:D1'
    """
    return f"{letters(first[1])}{first[0]}:{letters(last[1])}{last[0]}"

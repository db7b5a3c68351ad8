"""
What a workbook's XML says and its values do not: hidden rows, formulas never calculated, errors, how far cells reach.

The XML is read as a stream and no document type is allowed, so that no entity can grow; what a ZIP claims to hold is
compared with a limit and then with what it does hold, before anything else opens it.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import IO, Final
from xml.parsers import expat

from ecograph.contribute.reading.encodings import Undecodable

MAX_UNZIPPED_BYTES: Final = 300_000_000
"""A workbook of 20,000 rows and 30 columns is about 40 MB of XML."""

MAX_CELLS: Final = 4_000_000
"""Rows times columns that a sheet may span: 20,000 rows of 200 columns. Each takes memory, filled or not."""

_CHUNK: Final = 1 << 20
_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_WORKBOOK: Final = "xl/workbook.xml"
_HIDDEN: Final = frozenset({"1", "true"})

Cell = tuple[int, int]
"""Row and column of a cell, both counted from 1."""


@dataclass
class SheetFacts:
    """
    What was seen in the XML of one sheet.

    Args:
        hidden_rows: Rows that the person does not see.
        hidden_columns: Ranges of columns that the person does not see, first and last.
        uncalculated: Cells with a formula whose result the file does not hold.
        errors: What a cell shows that holds an error.
        last_row: The last row with a value.
        last_column: The last column with a value.
    """

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    uncalculated: list[Cell] = field(default_factory=list)
    errors: dict[Cell, str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0


def check_archive(archive: zipfile.ZipFile) -> None:
    """
    Hold a ZIP against its limit, believing nothing that it says about itself.

    Raises:
        Undecodable: It is too large unpacked, damaged, or locked with a password.
    """
    names = [name.casefold() for name in archive.namelist()]
    if len(names) != len(set(names)):
        raise Undecodable("damaged")  # which of the two is read would depend on who reads
    if any(info.flag_bits & 0x1 for info in archive.infolist()):
        raise Undecodable("encrypted")
    if sum(info.file_size for info in archive.infolist()) > MAX_UNZIPPED_BYTES:
        raise Undecodable("unpacked", limit=f"{MAX_UNZIPPED_BYTES // 1_000_000} MB")
    try:
        damaged = archive.testzip()  # reads every part, and no more of it than it claims to hold
    except Exception as error:
        raise Undecodable("damaged") from error
    if damaged is not None:
        raise Undecodable("damaged")


def sheet_parts(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """
    The part of the archive that holds each sheet, by the sheet's name; empty for what is no Excel workbook.

    Raises:
        Undecodable: The XML is damaged or declares a document type.
    """
    names = set(archive.namelist())
    if _WORKBOOK not in names:
        return {}
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def on_sheet(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet":
            reference = next((value for key, value in attributes.items() if key.rpartition(" ")[2] == "id"), "")
            if attributes.get("name", "") in sheets:
                raise Undecodable("damaged")
            sheets[attributes.get("name", "")] = reference

    def on_relation(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")

    with archive.open(_WORKBOOK) as part:
        _parse(part, on_sheet)
    relations = "xl/_rels/workbook.xml.rels"
    if relations in names:
        with archive.open(relations) as part:
            _parse(part, on_relation)
    return {name: targets[reference] for name, reference in sheets.items() if targets.get(reference) in names}


def sheet_facts(archive: zipfile.ZipFile, part: str) -> SheetFacts:
    """
    What the XML of a sheet says beside its values.

    Raises:
        Undecodable: The XML is damaged, or the sheet spans more than `MAX_CELLS`.
    """
    facts = SheetFacts()
    reader = _SheetReader(facts)
    with archive.open(part) as stream:
        _parse(stream, reader.start, reader)
    reader.leave()
    _require_span(facts.last_row, facts.last_column)
    return facts


def check_open_document(archive: zipfile.ZipFile) -> None:
    """
    Hold the sheets of an OpenDocument workbook against `MAX_CELLS`: one cell may say that it is there a million times.

    Raises:
        Undecodable: The XML is damaged, or a sheet spans more.
    """
    at = {"row": 0, "column": 0}
    last = {"row": 0, "column": 0}

    def repeated(attributes: Mapping[str, str], what: str) -> int:
        said = next((value for key, value in attributes.items() if key.endswith(f" number-{what}-repeated")), "1")
        return int(said) if said.isdigit() else 1

    def on_start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "table":
            at.update(row=0, column=0)
            last.update(row=0, column=0)
        elif tag == "table-row":
            at.update(row=at["row"] + repeated(attributes, "rows"), column=0)
        elif tag in ("table-cell", "covered-table-cell"):
            at["column"] += repeated(attributes, "columns")
            if any(key.endswith((" value-type", " formula")) for key in attributes):
                last.update(row=max(last["row"], at["row"]), column=max(last["column"], at["column"]))
                _require_span(last["row"], last["column"])

    with archive.open("content.xml") as stream:
        _parse(stream, on_start)


def _require_span(row: int, column: int) -> None:
    if row * column > MAX_CELLS:
        raise Undecodable("extent", cell=f"{letters(column)}{row}")


def letters(column: int) -> str:
    """
    The letters of a column in a spreadsheet, counted from 1.

    Example:
        >>> letters(1), letters(27), letters(16384)
        ('A', 'AA', 'XFD')
    """
    found = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


class _SheetReader:
    """
    Follows the XML of one sheet: rows, cells, and in a cell its formula and its value.

    It is called for every element of a sheet, so it listens to beginnings only: a cell ends where the next begins.
    """

    def __init__(self, facts: SheetFacts) -> None:
        self.facts = facts
        self.parser: expat.XMLParserType | None = None
        self._row = self._column = 0
        self._type = ""
        self._formula = self._filled = self._collects = False
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if tag == "c":
            self.leave()
            self._enter(attributes)
        elif tag == "v" and (self._formula or self._type == "e"):
            self._filled = self._type == "str"
            self._collect(True)
        elif tag in ("v", "is"):
            self._filled = True
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self.leave()
            self._row = int(attributes["r"]) if attributes.get("r", "").isdigit() else self._row + 1
            self._column = 0
            if attributes.get("hidden") in _HIDDEN:
                self.facts.hidden_rows.append(self._row)
        elif tag == "col" and attributes.get("hidden") in _HIDDEN:
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdigit() and last.isdigit():
                self.facts.hidden_columns.append((int(first), int(last)))

    def leave(self) -> None:
        """A cell has ended, if there was one."""
        if self._collects:
            self._collect(False)
            self._filled = self._filled or bool("".join(self._text).strip())
        if not (self._filled or self._formula):
            return
        facts, place = self.facts, (self._row, self._column)
        if self._filled and self._type == "e":
            facts.errors[place] = "".join(self._text).strip()
        elif not self._filled:
            facts.uncalculated.append(place)
        facts.last_row = max(facts.last_row, self._row)
        facts.last_column = max(facts.last_column, self._column)
        self._formula = self._filled = False

    def _enter(self, attributes: Mapping[str, str]) -> None:
        found = _PLACE.fullmatch(attributes.get("r", ""))
        if found:
            self._row, self._column = int(found[2]), _number(found[1])
        else:
            self._column += 1
        self._type = attributes.get("t", "")
        self._formula = self._filled = False

    def _collect(self, on: bool) -> None:
        self._collects = on
        if on:
            self._text = []
        if self.parser is not None:
            self.parser.CharacterDataHandler = self._text.append if on else None


@cache
def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number


def _parse(
    stream: IO[bytes], on_start: Callable[[str, Mapping[str, str]], None], reader: _SheetReader | None = None
) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")  # element names without the prefix that a writer chose
    local: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        tag = local.get(name)
        if tag is None:
            tag = local[name] = name.rpartition(" ")[2]
        on_start(tag, attributes)

    def refuse(*_: object) -> None:
        raise Undecodable("document-type")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    if reader is not None:
        reader.parser = parser
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Undecodable("damaged") from error

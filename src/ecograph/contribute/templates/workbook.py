"""
A workbook to fill in, or with what is published: headings, drop-downs, formats and help in the reader's language.

A hidden sheet, `_ecograph`, says which template, version and language each sheet is, so that a file that comes back is
known for what it is. `table` reads what `build` writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ecograph.contribute.rules import Rules
from ecograph.contribute.saving import workbook_bytes
from ecograph.contribute.templates.example import example_row
from ecograph.contribute.writing import Cells, Writer, headings
from ecograph.errors import TooLarge
from ecograph.messages import Language, text
from ecograph.shacl.contract import Column, Template, template_rows

MARKER_SHEET: Final = "_ecograph"
LISTS_SHEET: Final = "_lists"
LAST_ROW: Final = 20_001
"""As many rows as a contribution may have, below the header."""

_LONGEST_TEXT: Final = 32_767  # characters that a cell of a workbook can hold
_LONGEST_TITLE: Final = 31
_LONGEST_PROMPT: Final = 255
_LONGEST_PROMPT_TITLE: Final = 32
_FIRST_SHEET_DAY: Final = date(1900, 3, 1)  # before it, spreadsheets disagree about the calendar
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\]")
_ESCAPE_LIKE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TEXT: Final = "@"
_FORMATS: Final[Mapping[str, str]] = {"decimal": "General", "integer": "0", "year": "0", "date": "yyyy-mm-dd"}
_DATE_FORMATS: Final[Mapping[Language, str]] = {"da": "dd-mm-yyyy", "sv": "yyyy-mm-dd", "en": "yyyy-mm-dd"}
_WIDTHS: Final[Mapping[str, int]] = {"text": 36, "iri": 30, "reference": 28, "concept": 26}
_NARROWEST: Final = 14
_HEADER_FILL: Final = PatternFill("solid", fgColor="FFE3EDF2")
_GREY: Final = Font(italic=True, color="FF6B6B6B")
_BOLD: Final = Font(bold=True)
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_BOOLEANS: Final = "boolean"


@dataclass(frozen=True)
class Sheet:
    """One sheet: the rows of a template, or its example row where there are none yet."""

    template: Template
    rows: tuple[Cells, ...] = ()
    example: bool = False


def template_xlsx(template: Template, rules: Rules, lang: Language, *, related: bool = True) -> bytes:
    """
    A workbook to fill in, with an example row.

    Args:
        template: Which class.
        rules: What lists and examples are made from.
        lang: Whose words.
        related: Whether what belongs to its rows has sheets of its own, such as participations beside projects.
    """
    above = rules.ontology.superclasses(template.target_class)
    beside = rules.contract.related(template, above) if related else ()
    sheets = [Sheet(each, (example_row(each, rules, lang),), example=True) for each in (template, *beside)]
    return build(sheets, rules, lang)


def build(
    sheets: Sequence[Sheet],
    rules: Rules,
    lang: Language,
    *,
    machine: bool = False,
    revision: int | None = None,
) -> bytes:
    """
    A workbook of one or several sheets, with lists, help and marker.

    Args:
        sheets: What is on them; the first one is shown.
        rules: What the lists are made from.
        lang: Whose words.
        machine: Machine headings instead of the language's.
        revision: Which revision of the graph the rows show.

    Raises:
        TooLarge: A text is longer than a cell can be.
    """
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    titles = [_title(sheet.template, lang) for sheet in sheets]
    lists = _Lists(rules, lang)
    for sheet, title in zip(sheets, titles, strict=True):
        page = book.create_sheet(title)
        _header(page, sheet.template, lang, machine)
        _columns(page, sheet.template, lang, lists)
        _rows(page, sheet, lang)
    _help(book.create_sheet(text("template.sheet.help", lang)), sheets, titles, rules, lang)
    lists.write(book)
    _mark(book.create_sheet(MARKER_SHEET), sheets, titles, lang, revision)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    return workbook_bytes(book)


def put(cell: Cell, value: str) -> None:
    """
    Write a text as text: never a formula, whatever it begins with.

    Raises:
        TooLarge: It is longer than a cell can be.
    """
    if len(value) > _LONGEST_TEXT:
        raise TooLarge(file=cell.coordinate, what="characters", limit=str(_LONGEST_TEXT), found=str(len(value)))
    escaped = _ESCAPE_LIKE.sub(r"_x005F_x\1_", value)
    cell.value = ILLEGAL_CHARACTERS_RE.sub(lambda found: f"_x{ord(found[0]):04X}_", escaped.replace("\r", "_x000D_"))
    cell.data_type = "s"


class _Lists:
    """The drop-down lists of a workbook, each written once, on a hidden sheet."""

    def __init__(self, rules: Rules, lang: Language) -> None:
        self._rules = rules
        self._lang = lang
        self._items: dict[str, list[str]] = {}

    def formula(self, column: Column) -> str | None:
        """What a drop-down of the column refers to; None if it has no list."""
        if column.kind == "boolean":
            name = _BOOLEANS
            self._items.setdefault(name, [text(f"template.{word}", self._lang) for word in ("yes", "no")])
        elif column.kind == "concept" and column.scheme:
            name = column.scheme
            writer = Writer(self._rules.concepts, self._lang)
            if name not in self._items:
                labels = [writer.concept(iri, name) for iri in self._rules.concepts.in_scheme(name)]
                self._items[name] = labels if _is_scale(self._rules, name) else sorted(labels, key=str.casefold)
        else:
            return None
        return f"={_list_name(name)}"

    def write(self, book: Workbook) -> None:
        page = book.create_sheet(LISTS_SHEET)
        page.sheet_state = "hidden"
        for at, (name, items) in enumerate(self._items.items(), start=1):
            letter = get_column_letter(at)
            for row, item in enumerate((name, *items), start=1):
                put(_cell(page, row, at), item)
            area = f"{quote_sheetname(LISTS_SHEET)}!${letter}$2:${letter}${len(items) + 1}"
            book.defined_names[_list_name(name)] = DefinedName(_list_name(name), attr_text=area)


def _header(page: Worksheet, template: Template, lang: Language, machine: bool) -> None:
    notes = template_rows(template, lang)
    for at, (heading, note) in enumerate(zip(headings(template, None if machine else lang), notes, strict=True), 1):
        column = template.columns[at - 2] if at > 1 else None
        marked = column is not None and column.required and column.lang in (None, lang) and not machine
        cell = _cell(page, 1, at)
        put(cell, text("template.required-mark", lang, heading=heading) if marked else heading)
        cell.font, cell.fill, cell.alignment = _BOLD, _HEADER_FILL, _WRAPPED
        cell.comment = Comment(f"{note.description}\n({note.kind})".strip(), "EcoGraph", height=120, width=320)
    page.freeze_panes = "B2"


def _columns(page: Worksheet, template: Template, lang: Language, lists: _Lists) -> None:
    page.column_dimensions["A"].width = 24
    page.column_dimensions["A"].number_format = _TEXT
    for at, column in enumerate(template.columns, start=2):
        letter = get_column_letter(at)
        dimension = page.column_dimensions[letter]
        dimension.width = max(_WIDTHS.get(column.kind, _NARROWEST), min(len(column.heading(lang)) + 4, 40))
        dimension.number_format = _format(column, lang)
        page.add_data_validation(_validation(column, lang, lists, f"{letter}2:{letter}{LAST_ROW}"))


def _validation(column: Column, lang: Language, lists: _Lists, area: str) -> DataValidation:
    formula = lists.formula(column)
    validation = DataValidation(
        type="list" if formula else None,
        formula1=formula,
        allow_blank=True,
        sqref=area,
        promptTitle=column.heading(lang)[:_LONGEST_PROMPT_TITLE],
        prompt=column.descriptions.get(lang, "")[:_LONGEST_PROMPT],
        showInputMessage=True,
    )
    if formula:
        validation.showErrorMessage = True
        # Several values in one cell are not in the list, and right all the same.
        validation.errorStyle = "warning" if column.many else "stop"
        validation.errorTitle = text("template.list.title", lang)
        validation.error = text("template.list.several" if column.many else "template.list.stop", lang)
    return validation


def _rows(page: Worksheet, sheet: Sheet, lang: Language) -> None:
    for number, row in enumerate(sheet.rows, start=2):
        for at, content in enumerate(row, start=1):
            if not content:
                continue
            cell = _cell(page, number, at)
            column = sheet.template.columns[at - 2] if at > 1 else None
            _fill_in(cell, content, column)
            cell.number_format = _format(column, lang) if column else _TEXT
            if sheet.example:
                cell.font = _GREY


def _fill_in(cell: Cell, content: str, column: Column | None) -> None:
    """Dates and numbers as such where the workbook can hold them exactly, everything else as text."""
    if column is not None and column.kind == "date":
        day = date.fromisoformat(content)
        if day >= _FIRST_SHEET_DAY:
            cell.value = day
            return
    elif column is not None and column.kind in ("decimal", "integer", "year"):
        number = float(content)
        if Decimal(repr(number)) == Decimal(content) and abs(number) < 1e15:
            cell.value = int(content) if number.is_integer() else number
            return
    put(cell, content)


def _format(column: Column, lang: Language) -> str:
    return _DATE_FORMATS[lang] if column.kind == "date" else _FORMATS.get(column.kind, _TEXT)


def _help(page: Worksheet, sheets: Sequence[Sheet], titles: Sequence[str], rules: Rules, lang: Language) -> None:
    """What each column is for, to read and to print."""
    said = [
        text("template.help.fill-in", lang),
        *([text("template.help.example", lang)] if any(sheet.example for sheet in sheets) else ()),
        text("template.help.several", lang, sample="A|B", escaped="\\|"),
        text("template.help.languages", lang),
        *([text("template.help.related", lang)] if len(sheets) > 1 else ()),
    ]
    lines: list[Sequence[str]] = [[sheets[0].template.names.get(lang, "")]]
    lines += [[sheets[0].template.descriptions.get(lang, "")], *([line] for line in said), []]
    heads = ("sheet", "column", "required", "many", "holds", "meaning", "example-value")
    head_at = len(lines) + 1
    lines.append([text(f"template.help.{name}", lang) for name in heads])
    truth = {True: text("template.yes", lang), False: ""}
    for sheet, title in zip(sheets, titles, strict=True):
        example = example_row(sheet.template, rules, lang)
        for note, shown in zip(template_rows(sheet.template, lang), example, strict=True):
            lines.append(
                [title, note.heading, truth[note.required], truth[note.many], note.kind, note.description, shown]
            )
    for number, line in enumerate(lines, start=1):
        for at, content in enumerate(line, start=1):
            put(_cell(page, number, at), content)
            if number >= head_at:
                _cell(page, number, at).alignment = _WRAPPED
    for cell in (*page[1], *page[head_at]):
        cell.font = _BOLD
    for letter, width in zip("ABCDEFG", (22, 30, 14, 14, 30, 70, 34), strict=True):
        page.column_dimensions[letter].width = width


def _mark(
    page: Worksheet, sheets: Sequence[Sheet], titles: Sequence[str], lang: Language, revision: int | None
) -> None:
    template = sheets[0].template
    lines: list[tuple[str, ...]] = [
        ("ecograph-template", template.slug),
        ("version", template.digest),
        ("language", lang),
        ("revision", "" if revision is None else str(revision)),
    ]
    lines += [("sheet", title, each.template.slug) for title, each in zip(titles, sheets, strict=True)]
    for number, line in enumerate(lines, start=1):
        for at, content in enumerate(line, start=1):
            put(_cell(page, number, at), content)
    page.sheet_state = "hidden"


def _cell(page: Worksheet, row: int, column: int) -> Cell:
    found = page.cell(row, column)
    assert isinstance(found, Cell)
    return found


def _title(template: Template, lang: Language) -> str:
    return _NOT_IN_TITLES.sub(" ", template.names.get(lang, template.slug))[:_LONGEST_TITLE]


def _list_name(name: str) -> str:
    return f"list_{name.replace('-', '_')}"


def _is_scale(rules: Rules, scheme: str) -> bool:
    """Whether the order of a scheme means something, so that it is kept in its drop-down."""
    concepts: Iterable[str] = [iri.value for iri in rules.concepts.in_scheme(scheme)]
    return list(concepts) != sorted(concepts)

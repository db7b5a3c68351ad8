"""The answer to a question of the catalogue, in each of its formats: SPARQL's own, a workbook, a plain table."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal
from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ecograph.bootstrap import EcoGraph, View
from ecograph.contribute.saving import workbook_bytes
from ecograph.contribute.templates.workbook import put
from ecograph.messages import Language
from ecograph.query import parameters
from ecograph.query.catalogue import CatalogueQuery
from ecograph.rdf.formats import JSON, QUESTION_FORMATS, RESULT_FORMATS, XLSX, Format, negotiate
from ecograph.web.reading.fitting import fits_in
from ecograph.web.views.rows import Cell, Rows, rows_of
from ecograph.web.views.words import Reader

_MAX_LINKS: Final = 60_000  # Excel opens no sheet with more than 65,530
_MAX_CELL: Final = 32_767  # characters
_WIDEST: Final = 60
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet that reads a table from a page takes for the beginning of a formula."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The bytes of an answer, their type, and whether there is more than was allowed."""

    body: bytes
    content_type: str
    truncated: bool
    seconds: float


def answer(
    ecograph: EcoGraph,
    view: View,
    question: CatalogueQuery,
    values: Mapping[str, Sequence[str]],
    lang: Language,
    *,
    accept: str | None = None,
    target: Format | None = None,
    client: str | None = None,
) -> Answered:
    """
    Ask a question.

    Args:
        ecograph: Whose processes run it.
        view: The revision that is asked.
        question: What is asked.
        values: For its parameters, as people write them; a parameter that takes a language gets the reader's.
        lang: The reader's language.
        accept: The `Accept` header, where no format is named.
        target: One of `QUESTION_FORMATS`.
        client: Who asks, for a fair share.

    Raises:
        BadParameter: A value is missing, of the wrong kind, or not in that revision.
        NotAcceptable: None of the formats is wanted.
        QueryError: It could not be answered.
    """
    target = target or negotiate(accept, QUESTION_FORMATS)
    query = parameters.bind(question, in_language(question, values, lang), fits_in(view))
    asked = target if target in RESULT_FORMATS else JSON
    found = ecograph.queries.run(query, asked.media_type, directory=view.snapshot.path, client=client)
    if target in RESULT_FORMATS:
        return Answered(found.body, found.media_type, found.truncated, found.seconds)
    words = Reader(ecograph.view(), lang)
    rows = rows_of(question, json.loads(found.body), words)
    title, note = question.summaries[lang], words.say("queries.truncated") if found.truncated else ""
    body = workbook(rows, title, note) if target is XLSX else plain_page(rows, title, lang, note)
    return Answered(body, target.content_type, found.truncated, found.seconds)


def in_language(
    question: CatalogueQuery, values: Mapping[str, Sequence[str]], lang: Language
) -> dict[str, Sequence[str]]:
    """The values, with the reader's language for those parameters that take one and are not given."""
    spoken: dict[str, Sequence[str]] = {each.name: [lang] for each in question.parameters if each.kind == "language"}
    return spoken | dict(values)


def workbook(rows: Rows, title: str, note: str = "") -> bytes:
    """
    A workbook with one sheet: headings, names instead of IRIs, numbers and dates as such, nothing as a formula.

    Args:
        rows: The answer.
        title: Kept in the workbook's properties.
        note: Stands below the rows, apart from what is filtered and sorted.
    """
    book = Workbook()
    book.properties.title = title
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    links = 0
    for place, column in enumerate(rows.columns, 1):
        head = _at(sheet, 1, place)
        put(head, column.heading)
        head.font = Font(bold=True)
        longest = max((len(row[place - 1].link.text) for row in rows.rows), default=0)
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest, len(column.heading)) + 2, _WIDEST)
    for line, row in enumerate(rows.rows, 2):
        for place, cell in enumerate(row, 1):
            into = _at(sheet, line, place)
            _put(into, cell)
            if cell.iri and links < _MAX_LINKS:
                into.hyperlink = cell.iri
                links += 1
    sheet.freeze_panes = "A2"
    if rows.rows:
        sheet.auto_filter.ref = sheet.dimensions
    if note:
        put(_at(sheet, len(rows.rows) + 3, 1), note)
    return workbook_bytes(book)


def _at(sheet: Worksheet, line: int, place: int) -> SheetCell:
    cell = sheet.cell(line, place)
    assert isinstance(cell, SheetCell)
    return cell


def _put(into: SheetCell, cell: Cell) -> None:
    if isinstance(cell.value, Decimal | date):
        into.value = cell.value
    elif cell.link.text:
        put(into, cell.link.text[:_MAX_CELL])


def plain_page(rows: Rows, title: str, lang: Language, note: str = "") -> bytes:
    """
    A page with one table and at most a note below it, for a spreadsheet that reads tables from pages.

    Numbers have the decimal mark of the language and no marks between thousands, which spreadsheets stumble over.
    """
    heads = "".join(f'<th scope="col">{html.escape(column.heading)}</th>' for column in rows.columns)
    lines = "".join("<tr>" + "".join(f"<td>{_plain(cell, lang)}</td>" for cell in row) + "</tr>\n" for row in rows.rows)
    said = f"<p>{html.escape(note)}</p>\n" if note else ""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title></head>\n'
        f"<body>\n<h1>{html.escape(title)}</h1>\n<table>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{lines}</tbody>\n</table>\n{said}</body>\n</html>\n"
    ).encode()


def _plain(cell: Cell, lang: Language) -> str:
    if isinstance(cell.value, Decimal):
        return format_decimal(cell.value, locale=lang, group_separator=False)
    words = html.escape(f"'{cell.link.text}" if cell.link.text.startswith(_FORMULA) else cell.link.text)
    tongue = f' lang="{cell.link.lang}"' if cell.link.lang and cell.link.lang != lang else ""
    if cell.iri is None:
        return f"<span{tongue}>{words}</span>" if tongue else words
    return f'<a href="{html.escape(cell.iri)}"{tongue}>{words}</a>'

"""The example row of a template: one value per column that follows from its shape, so that it validates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from ecograph.contribute.reading.headings import is_id
from ecograph.contribute.reading.table import Table
from ecograph.contribute.rules import Rules
from ecograph.contribute.writing import Cells, Writer, example_languages, write_csv
from ecograph.messages import LANGUAGES, Language, text
from ecograph.shacl.contract import ID_COLUMN, Column, Template

_SAID: Final = re.compile(r"(?:for eksempel|till exempel|for example): (.+?)\.?$")
_FIRST_DAY: Final = date(2026, 1, 15)
_STEP: Final = timedelta(days=90)  # each date of a row is later than the one before: a start precedes its end
_AMOUNT: Final = 100_000
_AS_WRITTEN: Final = frozenset({"text", "string", "iri", "concept", "reference"})
"""The kinds that no spreadsheet writes in its own way when it saves."""


def example_row(template: Template, rules: Rules, lang: Language | None = None) -> Cells:
    """
    The example row of a template: its id, then a cell per column.

    Args:
        template: Which class.
        rules: The vocabulary and the templates that it refers to.
        lang: For the reader of that language; None for machine headings.

    Source:
        docs/templates.md, "The example row".
    """
    at = {"date": 0, "decimal": 0}
    cells: list[str] = []
    for column in template.columns:
        cells.append(_cell(column, template, rules, lang, at))
        kind = "date" if column.kind == "partial_date" else column.kind
        if kind in at:
            at[kind] += 1
    return (_id(template, lang), *cells)


def example_json(template: Template, rules: Rules) -> dict[str, Any]:
    """The example row as a JSON value by machine heading, as the JSON Schema of the template describes it."""
    _, *cells = example_row(template, rules)
    found: dict[str, Any] = {ID_COLUMN: _id(template, None)}
    for column, cell in zip(template.columns, cells, strict=True):
        if cell:
            value = _typed(cell, column)
            found[column.key] = [value] if column.many else value
    return found


def template_csv(template: Template, rules: Rules, lang: Language | None = None, *, example: bool = True) -> bytes:
    """An empty table to fill in as CSV, with the example row."""
    return write_csv(template, [example_row(template, rules, lang)] if example else (), lang)


def is_example(cells: Mapping[str, str], template: Template, rules: Rules) -> bool:
    """
    Whether a row is the example row as the template brought it, in any language.

    Args:
        cells: The row by machine heading, the id among them.
        template: Which class.
        rules: What examples are made from.

    Returns:
        True where the id and all texts are the example's. Dates and numbers are not compared: spreadsheets write them
        in their own way.
    """
    return any(_is_row(cells, template, rules, lang) for lang in (None, *LANGUAGES))


def without_example(table: Table, template: Template, rules: Rules) -> Table:
    """The table without the example row that its template brought."""
    means = rules.headings.columns(template, table.columns)
    keys = [
        column.key if column else ID_COLUMN if is_id(heading) else None
        for heading, column in zip(table.columns, means, strict=True)
    ]
    kept = tuple(
        row
        for row in table.rows
        if not is_example({key: cell for key, cell in zip(keys, row.cells, strict=False) if key}, template, rules)
    )
    return table if len(kept) == len(table.rows) else replace(table, rows=kept)


def _is_row(cells: Mapping[str, str], template: Template, rules: Rules, lang: Language | None) -> bool:
    if cells.get(ID_COLUMN, "") != _id(template, lang):
        return False
    _, *example = example_row(template, rules, lang)
    return all(
        cells.get(column.key, "") == cell if column.kind in _AS_WRITTEN else bool(cells.get(column.key)) == bool(cell)
        for column, cell in zip(template.columns, example, strict=True)
    )


def _id(template: Template, lang: Language | None) -> str:
    return text("template.example.id", lang or "en", slug=template.slug)


def _cell(column: Column, template: Template, rules: Rules, lang: Language | None, at: Mapping[str, int]) -> str:
    writer = Writer(rules.concepts, lang)
    match column.kind:
        case "text" if column.lang not in example_languages(lang):
            return ""
        case "text" | "string":
            return column.example or _words(column, template, lang or "en")
        case "concept":
            concepts = rules.concepts.in_scheme(column.scheme or "")
            named = rules.concepts.find(column.example, column.scheme or "") if column.example else None
            return writer.concept(named or concepts[0], column.scheme or "")
        case "reference":
            return _reference(column, template, rules, lang)
        case "iri":
            return column.example or f"https://example.org/{column.base_key.replace('_', '-')}"
        case "date" | "partial_date":
            return column.example or (_FIRST_DAY + _STEP * at["date"]).isoformat()
        case "year":
            return column.example or str(_FIRST_DAY.year)
        case "integer":
            return column.example or str(int(column.minimum or 1))
        case "decimal":
            amount = _AMOUNT * (at["decimal"] + 1) if column.maximum is None else column.maximum / 2
            return column.example or format(Decimal(str(amount)).normalize(), "f")
        case "boolean":
            return text("template.yes", lang) if lang else "true"


def _words(column: Column, template: Template, lang: Language) -> str:
    lang = column.lang or lang
    said = _SAID.search(column.descriptions.get(lang, ""))
    if said:
        return said[1]
    if column in template.naming:
        return text("template.example.name", lang, kind=template.names.get(lang, template.slug))
    return text("template.example.text", lang, heading=column.names.get(lang, column.base_key))


def _reference(column: Column, template: Template, rules: Rules, lang: Language | None) -> str:
    """The example row of a template that the column may refer to; nothing where that is only its own."""
    wanted = {cls for upper in column.classes for cls in (upper, *rules.ontology.subclasses(upper))}
    fitting = [
        other
        for other in rules.contract.templates.values()
        if other != template and other.naming and (not column.classes or other.target_class in wanted)
    ]
    exact = [other for other in fitting if other.target_class in column.classes]
    for other in (exact or fitting)[:1]:
        if lang is None:
            return f"{other.iri_kind}/{_id(other, None)}"
        naming = next((c for c in other.naming if c.lang in (None, lang)), other.naming[0])
        return naming.example or _words(naming, other, lang)
    return ""


def _typed(cell: str, column: Column) -> Any:
    match column.kind:
        case "decimal":
            return float(cell)
        case "integer":
            return int(cell)
        case "boolean":
            return cell == "true"
        case _:
            return cell

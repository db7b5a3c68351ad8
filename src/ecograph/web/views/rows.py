"""The answer to a question of the catalogue as a table of words, with names instead of IRIs and bars for counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from ecograph.messages import text
from ecograph.namespaces import ECO, XSD
from ecograph.query.catalogue import NAME_OF, CatalogueQuery
from ecograph.web.views.words import Link, Reader, licence_name, page_of, shown, web_address

_NUMBERS: Final = (XSD.decimal, XSD.integer, XSD.double)
_LICENCES: Final = "https://creativecommons.org/"


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One value for people and for spreadsheets.

    Args:
        link: Its words, and the page they lead to.
        value: A number, a date, or the words.
        iri: What it is called in the graph, or the address that it is.
    """

    link: Link
    value: Decimal | date | str
    iri: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its variable, its heading, and whether it holds numbers."""

    name: str
    heading: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, its length in per cent of the longest."""

    label: Link
    value: str
    length: int


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a question, for one reader."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def bars(self, question: CatalogueQuery, at_most: int) -> tuple[Bar, ...]:
        """The chart of a question, if it has one and there is something to compare."""
        names = [column.name for column in self.columns]
        chart = question.chart
        if chart is None or len(self.rows) < 2 or not {chart.value, chart.by} <= set(names):
            return ()
        value, by = names.index(chart.value), names.index(chart.by)
        drawn = [(row[by].link, row[value]) for row in self.rows[:at_most] if isinstance(row[value].value, Decimal)]
        longest = max((cell.value for _, cell in drawn if isinstance(cell.value, Decimal)), default=Decimal(0))
        return tuple(
            Bar(label, cell.link.text, round(100 * cell.value / longest))
            for label, cell in drawn
            if longest > 0 and isinstance(cell.value, Decimal) and cell.value >= 0
        )


def rows_of(question: CatalogueQuery, answer: Mapping[str, Any], words: Reader) -> Rows:
    """
    A result of SPARQL in JSON as a table of words.

    Args:
        question: What was asked; a column `need_label` gives the name of what stands in `need`, and is no column here.
        answer: The result.
        words: The reader.
    """
    names = [name for name in answer["head"]["vars"] if not _names_another(name, question)]
    rows = tuple(tuple(_cell(binding, name, words) for name in names) for binding in answer["results"]["bindings"])
    columns = tuple(
        Column(name, heading(name, words), bool(rows) and _is_numeric([row[place] for row in rows]))
        for place, name in enumerate(names)
    )
    return Rows(columns, rows)


def heading(name: str, words: Reader) -> str:
    """What a column of the catalogue is called."""
    return text(f"queries.column.{name}", words.lang)


def _names_another(name: str, question: CatalogueQuery) -> bool:
    return name.endswith(NAME_OF) and name.removesuffix(NAME_OF) in question.returns


def _is_numeric(cells: list[Cell]) -> bool:
    return any(isinstance(cell.value, Decimal) for cell in cells) and all(
        isinstance(cell.value, Decimal) or cell.value == "" for cell in cells
    )


def _cell(binding: Mapping[str, Any], name: str, words: Reader) -> Cell:
    term = binding.get(name)
    if term is None:
        return Cell(Link(""), "")
    value = str(term["value"])
    if term["type"] == "uri":
        link = _thing(NamedNode(value), binding.get(name + NAME_OF), words)
        return Cell(link, link.text, value)
    if term["type"] != "literal":
        return Cell(Link(value), value)
    return _literal(Literal(value, datatype=NamedNode(term["datatype"])) if "datatype" in term else value, term, words)


def _thing(iri: NamedNode, named: Mapping[str, Any] | None, words: Reader) -> Link:
    if named is not None and named["value"]:
        return Link(str(named["value"]), page_of(iri, words.lang), named.get("xml:lang"))
    if iri in ECO:
        return Link(words.view.ontology.label(iri, words.lang) or ECO.local(iri))
    if iri.value.startswith(_LICENCES):
        return licence_name(iri.value) or Link(iri.value)
    return words.link(iri)


def _literal(term: Literal | str, given: Mapping[str, Any], words: Reader) -> Cell:
    if isinstance(term, str):
        address = web_address(term)
        return (
            Cell(Link(shown(term), address), term, address)
            if address
            else Cell(Link(term, None, given.get("xml:lang")), term)
        )
    link = words.value(term)
    if term.datatype in _NUMBERS:
        number = Decimal(term.value)
        return Cell(link, number if number.is_finite() else term.value)
    if term.datatype == XSD.date and len(term.value) == len("2026-12-31"):
        return Cell(link, date.fromisoformat(term.value))
    return Cell(link, link.text if term.datatype == XSD.boolean else term.value, link.href)

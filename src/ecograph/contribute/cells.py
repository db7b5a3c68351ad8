"""One cell's text to an RDF value: dates, numbers and addresses as people in the region write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal, NamedNode

from ecograph.messages import Language
from ecograph.namespaces import XSD

Value = NamedNode | Literal


@dataclass(frozen=True)
class Fault:
    """
    Why a cell has no value.

    Args:
        code: The message `contribution.finding.{code}`.
        suggestions: What could be written instead.
        values: Placeholders of the message; a mapping has one text per language.
    """

    code: str
    suggestions: tuple[str, ...] = ()
    values: Mapping[str, str | Mapping[Language, str]] = field(default_factory=dict)


_SPACES: Final = str.maketrans("", "", " \u00a0\u202f\u2009'’")
_YEAR: Final = re.compile(r"\d{4}")
_YEAR_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_PLAIN: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_IRI: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_BARE_ADDRESS: Final = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_TRUE: Final = frozenset({"true", "1", "ja", "yes", "x", "sand", "sandt", "sant"})
_FALSE: Final = frozenset({"false", "0", "nej", "no", "falsk", "falskt"})


def split(cell: str) -> tuple[str, ...]:
    """
    The values of a cell that may hold several: separated by `|`, or by `;` where there is no `|`.

    Example:
        >>> split("water | data"), split("water; data"), split("R&D; tests | data")
        (('water', 'data'), ('water', 'data'), ('R&D; tests', 'data'))
    """
    parts = cell.split("|") if "|" in cell else cell.split(";")
    return tuple(part for part in (part.strip() for part in parts) if part)


def read_date(cell: str) -> Literal | Fault:
    """
    A day: `2026-12-31`, `31-12-2026`, `31.12.2026` or `31/12/2026`.

    Example:
        >>> read_date("31.12.2026").value
        '2026-12-31'
    """
    found = _YEAR_FIRST.fullmatch(cell)
    if found:
        year, month, day = found.groups()
    else:
        found = _DAY_FIRST.fullmatch(cell)
        if not found:
            return Fault("bad-date")
        day, month, year = found.groups()
    try:
        return Literal(date(int(year), int(month), int(day)).isoformat(), datatype=XSD.date)
    except ValueError:
        return Fault("bad-date")


def read_partial_date(cell: str) -> Literal | Fault:
    """
    A day, a month (`2026-12`) or a year.

    Example:
        >>> read_partial_date("2026-3").value, read_partial_date("2026").datatype.value.rpartition("#")[2]
        ('2026-03', 'gYear')
    """
    if _YEAR.fullmatch(cell):
        return Literal(cell, datatype=XSD.gYear)
    month = _YEAR_MONTH.fullmatch(cell)
    if month:
        number = int(month[2])
        return Literal(f"{month[1]}-{number:02}", datatype=XSD.gYearMonth) if 1 <= number <= 12 else Fault("bad-date")
    return read_date(cell)


def read_year(cell: str) -> Literal | Fault:
    """A year of four digits."""
    return Literal(cell, datatype=XSD.gYear) if _YEAR.fullmatch(cell) else Fault("bad-year")


def read_decimal(cell: str, decimal_comma: bool | None = None) -> Literal | Fault:
    """
    A number with a decimal point or comma, and with or without separators of thousands.

    Args:
        cell: The text.
        decimal_comma: What `1.700` is: True 1700, False 1.7, None a fault, because nobody can know.

    Returns:
        A canonical `xsd:decimal`.

    Example:
        >>> [read_decimal(cell).value for cell in ("1 700 000,50", "1.700.000", "0,2", "1700.5")]
        ['1700000.5', '1700000', '0.2', '1700.5']
        >>> read_decimal("1.700", decimal_comma=True).value, read_decimal("1.700").code
        ('1700', 'ambiguous-number')

    Source:
        docs/contributing-data.md, "Numbers".
    """
    compact = cell.translate(_SPACES)
    grouped = _GROUPED.fullmatch(compact)
    if "," in compact and "." in compact:
        mark = "," if compact.rfind(",") > compact.rfind(".") else "."
        plain = compact.replace("." if mark == "," else ",", "").replace(mark, ".")
    elif grouped and compact.count(grouped[1]) > 1:
        plain = compact.replace(grouped[1], "")
    elif grouped and compact.lstrip("+-")[0] != "0":
        if decimal_comma is None:
            return Fault("ambiguous-number")
        is_decimal = (grouped[1] == ",") == decimal_comma
        plain = compact.replace(grouped[1], "." if is_decimal else "")
    else:
        plain = compact.replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        return Fault("bad-number")
    number = format(Decimal(plain), "f")
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return Literal("0" if number == "-0" else number, datatype=XSD.decimal)


def read_integer(cell: str, decimal_comma: bool | None = None) -> Literal | Fault:
    """
    A whole number.

    Example:
        >>> read_integer("1 200").value
        '1200'
    """
    number = read_decimal(cell, decimal_comma)
    if isinstance(number, Fault) or "." in number.value:
        return Fault("bad-integer")
    return Literal(number.value, datatype=XSD.integer)


def read_boolean(cell: str) -> Literal | Fault:
    """Yes or no, in our languages or as a spreadsheet writes it."""
    folded = cell.casefold()
    if folded in _TRUE or folded in _FALSE:
        return Literal("true" if folded in _TRUE else "false", datatype=XSD.boolean)
    return Fault("bad-boolean")


def read_iri(cell: str) -> NamedNode | Fault:
    """
    A web address with `http://` or `https://`.

    Example:
        >>> read_iri("www.dtu.dk").suggestions
        ('https://www.dtu.dk',)
    """
    if _IRI.fullmatch(cell):
        try:
            return NamedNode(cell)
        except ValueError:
            return Fault("bad-iri")
    return Fault("bad-iri", (f"https://{cell}",) if _BARE_ADDRESS.fullmatch(cell) else ())

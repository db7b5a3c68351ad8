"""One cell's text to an RDF value: lists, numbers, codes and addresses as people in the region write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal, NamedNode

from ecograph.contribute.reading import code_forms, spoiled
from ecograph.contribute.reading.dates import read_date, read_partial_date, read_year
from ecograph.contribute.reading.encodings import looks_twice_encoded
from ecograph.contribute.reading.faults import Fault
from ecograph.namespaces import XSD
from ecograph.rdf.terms import iri_fault
from ecograph.shacl.contract import Column
from ecograph.shacl.report import Severity

__all__ = [
    "Fault",
    "Prepared",
    "Value",
    "join",
    "pad",
    "prepare",
    "read_boolean",
    "read_date",
    "read_decimal",
    "read_integer",
    "read_iri",
    "read_partial_date",
    "read_year",
    "split",
    "unguarded",
]

Value = NamedNode | Literal

MAX_CELL_VALUES: Final = 1_000
"""Values of one cell: the longest list of anybody's has some forty."""

_SPACES: Final = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009'’\u00b4`", " ") | dict.fromkeys("−–‐‑", "-"))
_SPACED: Final = re.compile(r"[+-]? ?\d{1,3}(?: \d{3})+(?:[.,]\d+)?|[+-] \d+(?:[.,]\d+)*")
_PLAIN: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_MIXED: Final = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+\.\d+)")
_BARE_ADDRESS: Final = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_TRUE: Final = frozenset({"true", "1", "ja", "yes", "x", "sand", "sandt", "sant"})
_FALSE: Final = frozenset({"false", "0", "nej", "nei", "no", "falsk", "falskt"})

_PIECE: Final = re.compile(r"\\[|;\\]|[|;]|[^|;\\]+|\\")
_ESCAPED: Final = re.compile(r"[|;\\]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_QUOTES: Final = "\"“”„‟«»'‘’‚"


@dataclass(frozen=True)
class Prepared:
    """
    What a cell says once what programs and habits did to it is undone.

    Args:
        text: What is to be read.
        notes: What was done, for the person to see; none of them stops publication.
    """

    text: str
    notes: tuple[Fault, ...] = ()


def split(cell: str) -> tuple[str, ...]:
    r"""
    The values of a cell that may hold several: separated by `|`, or by `;` where there is no `|`.

    A value that holds one of them has a backslash before it: `\|`, `\;`, and `\\` for a backslash before any of them.

    Example:
        >>> split("water | data"), split("water; data"), split("R&D; tests | data")
        (('water', 'data'), ('water', 'data'), ('R&D; tests', 'data'))
        >>> split(r"R&D\; tests; data")
        ('R&D; tests', 'data')

    Source:
        docs/contributing-data.md, "From a row to statements".
    """
    if "\\" not in cell:
        parts = cell.split("|") if "|" in cell else cell.split(";")
        return tuple(part for part in (part.strip() for part in parts) if part)
    pieces = _PIECE.findall(cell)
    separator = "|" if "|" in pieces else ";"
    values: list[list[str]] = [[]]
    for piece in pieces:
        if piece == separator:
            values.append([])
        else:
            values[-1].append(piece[1] if len(piece) == 2 and piece[0] == "\\" else piece)
    return tuple(value for value in ("".join(pieces).strip() for pieces in values) if value)


def most_values(cell: str) -> int:
    """
    How many values a cell has at most, without splitting it.

    Example:
        >>> most_values("water; data"), most_values("")
        (2, 0)
    """
    return 1 + max(cell.count("|"), cell.count(";")) if cell else 0


def join(values: Iterable[str]) -> str:
    r"""
    The cell that `split` reads as these values.

    Args:
        values: None of them empty or with space around it, as no value of a cell is.

    Example:
        >>> print(join(["R&D; tests", "data"]))
        R&D\; tests | data
    """
    return " | ".join(_ESCAPED.sub(r"\\\g<0>", value) for value in values)


def unguarded(cell: str) -> str:
    """
    A cell without the apostrophe that keeps a spreadsheet from taking it for a formula.

    Example:
        >>> unguarded("'=1+1"), unguarded("'tis")
        ('=1+1', "'tis")
    """
    return cell[1:] if _GUARDED.match(cell) else cell


def pad(cell: str, column: Column) -> tuple[str, bool]:
    """
    A code with the leading zeros that a spreadsheet took away, and whether any were added.

    Source:
        docs/contributing-data.md, "Codes".
    """
    return code_forms.pad(cell, column.pattern)


def prepare(cell: str, column: Column) -> Prepared | Fault:
    """
    A cell's text (of a list: one value) with its code in the form of the column, or what a spreadsheet did to it.

    Args:
        cell: The text of one value.
        column: What it is a value of.

    Returns:
        The text to read and what was done to it, or why nothing can be read from it.

    Source:
        docs/contributing-data.md, "What Excel does".
    """
    if found := spoiled.error(cell) or _lost_letter(cell):
        return found
    if column.kind == "text":
        garbled = looks_twice_encoded(cell)
        return Prepared(cell, (Fault("garbled-letters", severity=Severity.WARNING),) if garbled else ())
    if column.kind != "string" or column.pattern is not None:  # quotation marks may belong to a name
        cell = _unquoted(cell)
    exact = column.pattern is not None or column.kind not in ("string", "iri")
    if found := spoiled.number(cell) or (None if column.kind in ("date", "partial_date") else spoiled.day(cell)):
        # A name may look like that; a code, a date, a reference and a value of a list never do.
        return found if exact else Prepared(cell, (replace(found, severity=Severity.WARNING),))
    if column.pattern is None or column.kind not in ("string", "iri"):
        return Prepared(cell)
    padded, was_padded = pad(cell, column)
    if was_padded:
        return Prepared(padded, (Fault("padded-code", values={"read": padded}, severity=Severity.INFO),))
    code = code_forms.normal(cell, column.pattern)
    if code != cell:
        return Prepared(code, (Fault("written-code", values={"read": code}, severity=Severity.INFO),))
    return Prepared(cell)


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
    spaced = cell.translate(_SPACES)
    if " " in spaced and not _SPACED.fullmatch(spaced):
        return Fault("bad-number")
    compact = spaced.replace(" ", "")
    grouped = _GROUPED.fullmatch(compact)
    if "," in compact and "." in compact:
        if not _MIXED.fullmatch(compact):
            return Fault("bad-number")
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
        return spoiled.number(compact) or Fault("bad-number")
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
    if isinstance(number, Fault):
        return number if number.code in ("ambiguous-number", "excel-number") else Fault("bad-integer")
    return Literal(number.value, datatype=XSD.integer) if "." not in number.value else Fault("bad-integer")


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
    fault = iri_fault(cell)
    if fault is None:
        return NamedNode(cell)
    return Fault(fault, (f"https://{cell}",) if fault == "bad-iri" and _BARE_ADDRESS.fullmatch(cell) else ())


def _unquoted(cell: str) -> str:
    """A value without quotation marks around the whole of it."""
    inner = cell[1:-1].strip()
    if len(cell) > 2 and cell[0] in _QUOTES and cell[-1] in _QUOTES and not any(mark in inner for mark in _QUOTES[:7]):
        return inner
    return cell


def _lost_letter(cell: str) -> Fault | None:
    return Fault("lost-letter") if "\ufffd" in cell else None

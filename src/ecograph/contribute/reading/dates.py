"""Days, months and years as people in the region write them; what could be another day is asked about."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from pyoxigraph import Literal

from ecograph.contribute.reading import spoiled
from ecograph.contribute.reading.faults import Fault
from ecograph.contribute.reading.months import MONTHS
from ecograph.namespaces import XSD

_YEAR: Final = re.compile(r"\d{4}")
_YEAR_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})(?P<mark>[-./])(\d{1,2})(?P=mark)(\d{1,2})")
_COMPACT: Final = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})([-./]) ?(\d{1,2})\2 ?(\d{4}|\d{2})")
_MIDNIGHT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?")
_NAMED_DAY: Final = re.compile(r"(?:den )?(\d{1,2})(?:\.|st|nd|rd|th)?[ -]?([^\W\d_]{3,9})\.?,?[ -]?(\d{4}|\d{2})")
_NAMED_DAY_EN: Final = re.compile(r"([^\W\d_]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?, ?(\d{4})")
_NAMED_MONTH: Final = re.compile(r"([^\W\d_]{3,9})\.?[ -](\d{4}|\d{2})")
_CENTURY: Final = 2000
"""What a year of two digits is taken for in a suggestion; it is never taken for it in the data."""


def read_date(cell: str) -> Literal | Fault:
    """
    A day: `2026-12-31`, `31-12-2026`, `31.12.2026`, `31/12/2026`, `31. dec. 2026` or `31 december 2026`.

    Example:
        >>> read_date("31.12.2026").value, read_date("1. feb. 2026").value
        ('2026-12-31', '2026-02-01')
        >>> read_date("31-12-26").code, read_date("31-12-26").suggestions
        ('two-digit-year', ('2026-12-31',))

    Source:
        docs/contributing-data.md, "Dates".
    """
    cell = " ".join(cell.split())
    midnight = _MIDNIGHT.fullmatch(cell)
    found = _YEAR_FIRST.fullmatch(midnight[1] if midnight else cell)
    if found:
        return _day(found[1], found[3], found[4])
    found = _COMPACT.fullmatch(cell)
    if found:
        return _day(found[1], found[2], found[3])
    found = _DAY_FIRST.fullmatch(cell)
    if found:
        return _day(found[4], found[3], found[1])
    folded = cell.casefold()
    found = _NAMED_DAY.fullmatch(folded)
    if found and found[2] in MONTHS:
        return _day(found[3], str(MONTHS[found[2]]), found[1])
    found = _NAMED_DAY_EN.fullmatch(folded)
    if found and found[1] in MONTHS:
        return _day(found[3], str(MONTHS[found[1]]), found[2])
    if spoiled.day(cell):
        return Fault("excel-date")  # what it was before is no day, or the year is gone
    return spoiled.serial(cell) or Fault("bad-date")


def read_partial_date(cell: str) -> Literal | Fault:
    """
    A day, a month (`2026-12`, `dec. 2026`) or a year.

    Example:
        >>> read_partial_date("2026-3").value, read_partial_date("2026").datatype.value.rpartition("#")[2]
        ('2026-03', 'gYear')
        >>> read_partial_date("marts 2026").value
        '2026-03'
    """
    if _YEAR.fullmatch(cell):
        return Literal(cell, datatype=XSD.gYear)
    month = _YEAR_MONTH.fullmatch(cell)
    if month:
        number = int(month[2])
        return Literal(f"{month[1]}-{number:02}", datatype=XSD.gYearMonth) if 1 <= number <= 12 else Fault("bad-date")
    named = _NAMED_MONTH.fullmatch(cell.casefold())
    if named and named[1] in MONTHS:
        number = MONTHS[named[1]]
        if len(named[2]) == 2:
            return Fault("two-digit-year", (f"{_CENTURY + int(named[2])}-{number:02}",))
        return Literal(f"{named[2]}-{number:02}", datatype=XSD.gYearMonth)
    return read_date(cell)


def read_year(cell: str) -> Literal | Fault:
    """A year of four digits."""
    return Literal(cell, datatype=XSD.gYear) if _YEAR.fullmatch(cell) else Fault("bad-year")


def _day(year: str, month: str, day: str) -> Literal | Fault:
    short = len(year) == 2
    try:
        written = date(int(year) + (_CENTURY if short else 0), int(month), int(day)).isoformat()
    except ValueError:
        return Fault("bad-date", _swapped(year, month, day))
    return Fault("two-digit-year", (written,)) if short else Literal(written, datatype=XSD.date)


def _swapped(year: str, month: str, day: str) -> tuple[str, ...]:
    """The day that it is with month and day the other way about, as Americans write it."""
    try:
        return (date(int(year), int(day), int(month)).isoformat(),) if len(year) == 4 else ()
    except ValueError:
        return ()

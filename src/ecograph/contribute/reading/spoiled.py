"""What a spreadsheet program did to a cell before it was saved: digits lost, codes turned into dates, errors shown."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from ecograph.contribute.reading.faults import Fault
from ecograph.contribute.reading.months import MONTHS

_EXPONENT: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+\d{2,3}")
_DAY_MONTH: Final = re.compile(r"(\d{1,2})[-./]([^\W\d_]{3,4})\.?")
_MONTH_DAY: Final = re.compile(r"([^\W\d_]{3,4})\.?[-./](\d{1,2})")
_SERIAL: Final = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?")
_DAY_ZERO: Final = date(1899, 12, 30)
"""Day 0 of Excel's calendar for every date after February 1900."""

_ERROR: Final = re.compile(
    r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!"
    r"|NUL!|DIVISION/0!|VÆRDI!|REFERENCE!|NAVN\?|TAL!|I/T|OVERLØB!|BEREGN!"
    r"|SKÄRNING!|VÄRDEFEL!|REFERENS!|NAMN\?|OGILTIGT!|SAKNAS!|KALKYL!|#{2,})",
    re.IGNORECASE,
)
"""Errors as Excel shows them in English, Danish and Swedish, and a number in a column that is too narrow for it."""


def error(cell: str) -> Fault | None:
    """
    The fault of a cell that shows a spreadsheet's error instead of a value.

    Example:
        >>> error("#DIVISION/0!").code, error("#1 in water")
        ('excel-error', None)
    """
    return Fault("excel-error") if _ERROR.fullmatch(cell) else None


def number(cell: str) -> Fault | None:
    """
    The fault of a long number that a spreadsheet has shortened, so that its last digits are gone.

    Example:
        >>> number("5,79E+12").code, number("1e6")
        ('excel-number', None)
    """
    return Fault("excel-number") if _EXPONENT.fullmatch(cell) else None


def day(cell: str) -> Fault | None:
    """
    The fault of a cell that a spreadsheet took for a day and wrote as day and month.

    Returns:
        What it probably was as the suggestions: `1-2` and `01-02` become `01-feb` in Danish and Swedish Excel.

    Example:
        >>> day("01-feb").suggestions, day("3-month"), day("01-feb-2026")
        (('01-02', '1-2', '1/2'), None, None)
    """
    found = _DAY_MONTH.fullmatch(cell)
    if found:
        first, second = int(found[1]), MONTHS.get(found[2].casefold(), 0)
        month = second
    else:
        found = _MONTH_DAY.fullmatch(cell)
        first, second = (MONTHS.get(found[1].casefold(), 0), int(found[2])) if found else (0, 0)
        month = first
    if not month:
        return None
    return Fault("excel-date", (f"{first:02}-{second:02}", f"{first}-{second}", f"{first}/{second}"))


def serial(cell: str) -> Fault | None:
    """
    The fault of a number in a column of dates: a spreadsheet's count of days.

    Example:
        >>> serial("46022").suggestions
        ('2025-12-31',)
    """
    if not _SERIAL.fullmatch(cell):
        return None
    days = int(re.split("[.,]", cell)[0])
    return Fault("excel-serial", ((_DAY_ZERO + timedelta(days=days)).isoformat(),))

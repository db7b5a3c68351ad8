"""Facts about days, months and years."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal

from ecograph.contribute.reading.dates import read_date, read_partial_date, read_year
from ecograph.contribute.reading.faults import Fault


def _text(value: object) -> str:
    return value.value if isinstance(value, Literal) else value.code if isinstance(value, Fault) else ""


class TestDates:
    @pytest.mark.parametrize(
        "cell",
        [
            "2026-12-31",
            "31-12-2026",
            "31.12.2026",
            "31/12/2026",
            "2026/12/31",
            "2026.12.31",
            "20261231",
            "2026-12-31 00:00:00",
            "2026-12-31T00:00",
            "31. 12. 2026",
            "31. dec. 2026",
            "31. december 2026",
            "den 31 december 2026",
            "31 Dec 2026",
            "31-dec-2026",
            "December 31, 2026",
        ],
    )
    def test_days_of_the_region(self, cell: str) -> None:
        """
        A day may be written as Danes, Swedes, the English and machines write it.
        """
        assert _text(read_date(cell)) == "2026-12-31"

    @pytest.mark.parametrize(
        ("cell", "month"),
        [("1. maj 2026", 5), ("1 maj 2026", 5), ("1 May 2026", 5), ("1. okt. 2026", 10), ("1 mars 2026", 3)],
    )
    def test_months_by_name(self, cell: str, month: int) -> None:
        """
        Months are known by their Danish, Swedish and English names, whole and short.
        """
        assert _text(read_date(cell)) == f"2026-{month:02}-01"

    @pytest.mark.parametrize(
        "cell", ["2026-02-30", "in spring", "32. jan. 2026", "1. foo 2026", "2026-1.1", "2026-12-31 10:00"]
    )
    def test_what_is_no_day(self, cell: str) -> None:
        """
        What is no day is a fault and never a guess.
        """
        assert _text(read_date(cell)) == "bad-date"

    @pytest.mark.parametrize("cell", ["31-12-26", "31.12.26", "31. dec. 26"])
    def test_years_of_two_digits_are_asked_about(self, cell: str) -> None:
        """
        A year of two digits is refused, and the likely day proposed.
        """
        fault = read_date(cell)
        assert isinstance(fault, Fault)
        assert (fault.code, fault.suggestions) == ("two-digit-year", ("2026-12-31",))

    def test_a_month_before_the_day_is_proposed_the_other_way(self) -> None:
        """
        A day as Americans write it is a fault with the day that it can only be.
        """
        fault = read_date("12/31/2026")
        assert isinstance(fault, Fault)
        assert fault.suggestions == ("2026-12-31",)

    @pytest.mark.parametrize(
        ("cell", "code"), [("46022", "excel-serial"), ("01-feb", "excel-date"), ("feb-01", "excel-date")]
    )
    def test_what_a_spreadsheet_made_of_a_day(self, cell: str, code: str) -> None:
        """
        A spreadsheet's number of a day, and a day without its year, are named as such.
        """
        assert _text(read_date(cell)) == code

    def test_precision_is_kept(self) -> None:
        """
        A year stays a year and a month a month.
        """
        kinds = [read_partial_date(cell) for cell in ("2026", "2026-03", "marts 2026", "1.3.2026")]
        assert [value.datatype.value.rpartition("#")[2] for value in kinds if isinstance(value, Literal)] == [
            "gYear",
            "gYearMonth",
            "gYearMonth",
            "date",
        ]
        assert _text(read_partial_date("2026-13")) == "bad-date"
        assert _text(read_partial_date("feb-26")) == "two-digit-year"
        assert _text(read_year("26")) == "bad-year"

"""Facts about single cells."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal

from ecograph.contribute.cells import (
    Fault,
    read_boolean,
    read_date,
    read_decimal,
    read_integer,
    read_iri,
    read_partial_date,
    read_year,
    split,
)
from ecograph.rdf.parsing import normalised


def _text(value: object) -> str:
    return value.value if isinstance(value, Literal) else value.code if isinstance(value, Fault) else ""


class TestDates:
    @pytest.mark.parametrize("cell", ["2026-12-31", "31-12-2026", "31.12.2026", "31/12/2026", "2026/12/31"])
    def test_days_of_the_region(self, cell: str) -> None:
        """
        A day may be written as Danes, Swedes and machines write it.
        """
        assert _text(read_date(cell)) == "2026-12-31"

    @pytest.mark.parametrize("cell", ["2026-02-30", "31-12-26", "in spring", "46022", "01-feb"])
    def test_what_is_no_day(self, cell: str) -> None:
        """
        What is no day is a fault and never a guess.
        """
        assert _text(read_date(cell)) == "bad-date"

    def test_precision_is_kept(self) -> None:
        """
        A year stays a year and a month a month.
        """
        kinds = [read_partial_date(cell) for cell in ("2026", "2026-03", "1.3.2026")]
        assert [value.datatype.value.rpartition("#")[2] for value in kinds if isinstance(value, Literal)] == [
            "gYear",
            "gYearMonth",
            "date",
        ]
        assert _text(read_partial_date("2026-13")) == "bad-date"
        assert _text(read_year("26")) == "bad-year"


class TestNumbers:
    @pytest.mark.parametrize(
        ("cell", "comma", "value"),
        [
            ("1700000", None, "1700000"),
            ("1.700.000", None, "1700000"),
            ("1 700 000,5", None, "1700000.5"),
            ("1\u00a0700\u00a0000", None, "1700000"),
            ("1.700.000,50", None, "1700000.5"),
            ("1,700,000.50", None, "1700000.5"),
            ("0.125", None, "0.125"),
            ("0,125", True, "0.125"),
            ("1.700", True, "1700"),
            ("1.700", False, "1.7"),
            ("1,700", True, "1.7"),
            ("-5", None, "-5"),
            ("1.90", None, "1.9"),
            ("-0", None, "0"),
        ],
    )
    def test_numbers_of_the_region(self, cell: str, comma: bool | None, value: str) -> None:
        """
        A number is read with decimal comma or point and with separators of thousands, and written one way.
        """
        number = read_decimal(cell, comma)
        assert _text(number) == value

    def test_canonical_form_is_the_stores(self) -> None:
        """
        A number leaves the cell in the form in which the store keeps it.
        """
        from pyoxigraph import NamedNode, Quad

        for cell in ("1,50", "100", "0,1", "-3", "12345678,900"):
            number = read_decimal(cell, True)
            assert isinstance(number, Literal)
            quad = Quad(NamedNode("urn:a"), NamedNode("urn:b"), number)
            assert normalised([quad]) == (quad,)

    @pytest.mark.parametrize("cell", ["1.700", "1,700"])
    def test_what_can_be_read_in_two_ways_is_asked_about(self, cell: str) -> None:
        """
        A number that can mean two things is a fault where nothing tells which.
        """
        assert _text(read_decimal(cell)) == "ambiguous-number"

    @pytest.mark.parametrize("cell", ["many", "5 mio.", "1.7e6", "12,34,56", "--1", "kr. 5", ""])
    def test_what_is_no_number(self, cell: str) -> None:
        """
        What is no number is a fault.
        """
        assert _text(read_decimal(cell)) == "bad-number"

    def test_whole_numbers(self) -> None:
        """
        A whole number has no fraction.
        """
        assert _text(read_integer("12")) == "12"
        assert _text(read_integer("1,5")) == "bad-integer"


class TestOtherCells:
    def test_several_values(self) -> None:
        """
        A bar separates values; where there is none, a semicolon does.
        """
        assert split("a; b ;") == ("a", "b")
        assert split("a; b | c") == ("a; b", "c")

    @pytest.mark.parametrize(
        ("cell", "value"), [("Ja", "true"), ("nej", "false"), ("TRUE", "true"), ("perhaps", "bad-boolean")]
    )
    def test_yes_and_no(self, cell: str, value: str) -> None:
        """
        Yes and no are understood in our languages.
        """
        assert _text(read_boolean(cell)) == value

    @pytest.mark.parametrize(
        "cell", ["javascript:alert(1)", "file:///etc/passwd", "urn:x", "https://a b", "//x.dk", "mailto:x@y.dk"]
    )
    def test_only_web_addresses(self, cell: str) -> None:
        """
        Only addresses with http or https are web addresses.
        """
        assert isinstance(read_iri(cell), Fault)

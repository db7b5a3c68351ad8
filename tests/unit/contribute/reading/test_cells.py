"""Facts about single cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal

from ecograph.contribute.reading.cells import (
    Fault,
    Prepared,
    join,
    pad,
    prepare,
    read_boolean,
    read_decimal,
    read_integer,
    read_iri,
    split,
    unguarded,
)
from ecograph.contribute.rules import Rules
from ecograph.contribute.writing import guard
from ecograph.rdf.parsing import normalised
from ecograph.shacl.contract import Column
from ecograph.shacl.report import Severity

VALUES = st.lists(st.text(alphabet=st.sampled_from("ab |;\\\n=ø"), max_size=8).map(str.strip).filter(bool))


def _text(value: object) -> str:
    return value.value if isinstance(value, Literal) else value.code if isinstance(value, Fault) else ""


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
            ("−5", None, "-5"),
            ("1'700'000", None, "1700000"),
            ("1\u202f700,5", None, "1700.5"),
            ("12,34", None, "12.34"),
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

    @pytest.mark.parametrize(
        "cell", ["many", "5 mio.", "1.7e6", "12,34,56", "--1", "kr. 5", "", "12 34", "1.7,00", "1,2.3,4"]
    )
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
        assert _text(read_integer("1.700")) == "ambiguous-number"


class TestLists:
    def test_several_values(self) -> None:
        """
        A bar separates values; where there is none, a semicolon does.
        """
        assert split("a; b ;") == ("a", "b")
        assert split("a; b | c") == ("a; b", "c")

    def test_a_value_may_hold_a_separator(self) -> None:
        """
        A backslash before a separator makes it part of the value; before anything else it is itself.
        """
        assert split(r"R&D\; tests; data") == ("R&D; tests", "data")
        assert split(r"a\|b") == ("a|b",)
        assert split("C:\\temp; x") == ("C:\\temp", "x")

    @given(VALUES)
    def test_what_is_joined_is_split_again(self, values: list[str]) -> None:
        """
        Values written into one cell come out of it as they went in.
        """
        assert split(join(values)) == tuple(values)

    @given(st.text(alphabet="'=+-@\ta", max_size=6))
    def test_a_guard_comes_off_again(self, cell: str) -> None:
        """
        The apostrophe that keeps a cell from being a formula is taken off, and no other is.
        """
        assert unguarded(guard(cell)) == cell


class TestPrepared:
    @pytest.fixture
    def code(self, rules: Rules) -> Column:
        return rules.contract.template("municipality").by_key["code"]

    @pytest.fixture
    def title(self, rules: Rules) -> Column:
        return rules.contract.template("need").by_key["title_da"]

    def test_leading_zeros_come_back_and_are_said(self, code: Column) -> None:
        """
        A code that lost its leading zero gets it back, with a hint that says so.
        """
        assert pad("169", code) == ("0169", True)
        prepared = prepare("169", code)
        assert isinstance(prepared, Prepared)
        assert prepared.text == "0169"
        assert [(note.code, note.severity) for note in prepared.notes] == [("padded-code", Severity.INFO)]
        assert prepare("0169", code) == Prepared("0169")

    @pytest.mark.parametrize(
        ("cell", "fault"), [("#REF!", "excel-error"), ("01-feb", "excel-date"), ("5,79E+12", "excel-number")]
    )
    def test_what_a_spreadsheet_spoiled_is_named(self, code: Column, cell: str, fault: str) -> None:
        """
        A code that a spreadsheet has turned into something else has no value and says why.
        """
        assert _text(prepare(cell, code)) == fault

    def test_texts_are_left_as_they_are(self, title: Column) -> None:
        """
        A text may look like a day or a number; only an error, a lost letter and garbled letters are spoken of.
        """
        assert prepare("01-feb", title) == Prepared("01-feb")
        assert _text(prepare("#REF!", title)) == "excel-error"
        assert _text(prepare("Sm\ufffdr", title)) == "lost-letter"
        garbled = prepare("SmÃ¸r", title)
        assert isinstance(garbled, Prepared)
        assert [note.severity for note in garbled.notes] == [Severity.WARNING]

    def test_quotation_marks_around_a_value_go(self, code: Column, title: Column) -> None:
        """
        Quotation marks around a code are not part of it; those of a text are.
        """
        assert prepare("”0169”", code) == Prepared("0169")
        assert prepare("”Grøn”", title) == Prepared("”Grøn”")


class TestOtherCells:
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

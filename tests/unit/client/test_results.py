"""SPARQL results as tables of typed columns."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pandas
import pytest

from ecograph.client.results import read
from ecograph.client.rows import Rows

XSD = "http://www.w3.org/2001/XMLSchema#"


def table(*values: tuple[str, str] | None) -> Rows:
    """The table of one column, `x`: lexical forms with the local name of their datatype; None for unbound."""
    bindings = [
        {} if value is None else {"x": {"type": "literal", "value": value[0], "datatype": XSD + value[1]}}
        for value in values
    ]
    found = read(json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": bindings}}).encode())
    assert isinstance(found, Rows)
    return found


class TestTypes:
    @pytest.mark.parametrize(
        ("values", "kind", "cells", "dtype"),
        [
            ([("7", "integer"), ("-1", "long"), None], "integer", (7, -1, None), "Int64"),
            ([("2026", "gYear")], "integer", (2026,), "Int64"),
            ([("1.5", "decimal"), ("2", "integer"), ("1e3", "double")], "number", (1.5, 2.0, 1000.0), "Float64"),
            ([("true", "boolean"), ("0", "boolean"), None], "truth", (True, False, None), "boolean"),
            ([("2026-12-31", "date"), None], "day", (date(2026, 12, 31), None), "datetime64[s]"),
            ([("2026-12-31T08:00:00", "dateTime")], "moment", (datetime(2026, 12, 31, 8),), "datetime64[us]"),
            (
                [("2026-12-31T08:00:00Z", "dateTime")],
                "moment",
                (datetime(2026, 12, 31, 8, tzinfo=UTC),),
                "datetime64[us, UTC]",
            ),
            ([("Ærø", "string")], "text", ("Ærø",), "string"),
            ([None], "text", (None,), "string"),
        ],
    )
    def test_column_is_what_its_datatypes_say(
        self, values: list[tuple[str, str] | None], kind: str, cells: tuple[object, ...], dtype: str
    ) -> None:
        """
        Integers, numbers, truth values, days and moments become columns of their kind, in Python and in pandas.
        """
        found = table(*values)
        assert (found.kinds, found.column("x")) == ((kind,), cells)
        assert str(found.to_pandas()["x"].dtype) == dtype
        assert found.to_pandas()["x"].isna().tolist() == [cell is None for cell in cells]

    @pytest.mark.parametrize(
        "values",
        [
            [("7", "integer"), ("seven", "integer")],
            [("7", "integer"), ("seven", "string")],
            [("9223372036854775808", "integer")],
            [("2026-02-30", "date")],
            [("2026-01-01T08:00:00Z", "dateTime"), ("2026-01-01T08:00:00", "dateTime")],
            [("2026-01-01", "date"), ("7", "integer")],
        ],
    )
    def test_column_that_fits_no_kind_is_text(self, values: list[tuple[str, str]]) -> None:
        """
        What does not fit its datatype, or does not fit together, stays as it was written.
        """
        found = table(*values)
        assert found.kinds == ("text",)
        assert found.column("x") == tuple(value for value, _ in values)

    def test_not_a_number_is_empty_in_a_data_frame(self) -> None:
        """
        INF is a number; NaN is a number in Python and empty in pandas, as pandas has it.
        """
        found = table(("INF", "double"), ("NaN", "double"))
        assert found.kinds == ("number",)
        assert found.to_pandas()["x"].isna().tolist() == [False, True]


class TestTerms:
    DOCUMENT = json.dumps(
        {
            "head": {"vars": ["iri", "blank", "text"]},
            "results": {
                "bindings": [
                    {
                        "iri": {"type": "uri", "value": "https://w3id.org/ecograph/ns#Need"},
                        "blank": {"type": "bnode", "value": "b1"},
                        "text": {"type": "literal", "value": "skybrud", "xml:lang": "da"},
                    }
                ]
            },
        }
    ).encode()

    def test_iris_are_whole_unless_asked_for_short(self) -> None:
        """
        An IRI is text, with the usual prefix on request.
        """
        for short, iri in ((False, "https://w3id.org/ecograph/ns#Need"), (True, "eco:Need")):
            found = read(self.DOCUMENT, short=short)
            assert isinstance(found, Rows)
            assert found.to_dicts() == [{"iri": iri, "blank": "_:b1", "text": "skybrud"}]

    def test_empty_result_has_its_columns(self) -> None:
        """
        A result without rows still says what it would have held.
        """
        found = read(b'{"head": {"vars": ["a", "b"]}, "results": {"bindings": []}}')
        assert isinstance(found, Rows)
        assert found.columns == ("a", "b")
        assert list(found.to_pandas().columns) == ["a", "b"]
        assert len(found.to_pandas()) == 0

    def test_result_without_variables_has_its_rows(self) -> None:
        """
        A pattern without variables gives rows without columns.
        """
        found = read(b'{"head": {"vars": []}, "results": {"bindings": [{}, {}]}}')
        assert isinstance(found, Rows)
        assert len(found) == 2


class TestRows:
    def test_notebooks_show_a_table_that_runs_nothing(self) -> None:
        """
        What a cell holds is shown as text, also where it looks like HTML.
        """
        shown = Rows.of([{"<b>": "<script>", "n": 1}])._repr_html_()
        assert "<script>" not in shown
        assert "&lt;script&gt;" in shown

    def test_it_is_a_sequence(self) -> None:
        """
        Rows have a length, numbers, slices and an order, and say nothing for what is not there.
        """
        rows = Rows.of([{"a": 1}, {"a": 2}, {"a": 3}])
        assert [row["a"] for row in rows[1:]] == [2, 3]
        assert rows[-1] == {"a": 3}
        with pytest.raises(KeyError):
            rows.column("b")

    def test_data_frame_keeps_what_is_said_of_the_whole(self) -> None:
        """
        `attrs` go along to the data frame.
        """
        frame = Rows.of([{"a": 1}], attrs={"truncated": True}).to_pandas()
        assert isinstance(frame, pandas.DataFrame)
        assert frame.attrs == {"truncated": True}

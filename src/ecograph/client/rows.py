"""Tables without pandas: rows with named columns, each of which holds values of one kind."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, overload

if TYPE_CHECKING:
    from pandas import DataFrame

Value = str | int | float | bool | date | datetime | None
"""A cell. None where there is nothing."""

Kind = Literal["text", "integer", "number", "truth", "day", "moment"]
"""What the cells of a column are."""

_DTYPES: Final[Mapping[Kind, str]] = {
    "text": "string",
    "integer": "Int64",
    "number": "Float64",
    "truth": "boolean",
    "day": "datetime64[s]",  # any year from 1 to 9999 fits
    "moment": "datetime64[us]",
}
_SHOWN: Final = 60  # rows that a notebook shows; as many as pandas does
_WIDTH: Final = 40  # characters of a cell in plain text


@dataclass(frozen=True)
class Rows(Sequence[Mapping[str, Value]]):
    """
    A table.

    Args:
        columns: The names, in order.
        kinds: What each column holds.
        cells: The rows.
        attrs: What is said of the table as a whole, such as `truncated`.

    Example:
        >>> rows = Rows.of([{"label": "Skybrud", "needs": 3}, {"label": "Affald", "needs": 2}])
        >>> rows.columns, len(rows), rows[0]["label"], rows.column("needs")
        (('label', 'needs'), 2, 'Skybrud', (3, 2))
        >>> rows.to_dicts()[1]
        {'label': 'Affald', 'needs': 2}
    """

    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    cells: tuple[tuple[Value, ...], ...]
    attrs: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls,
        rows: Iterable[Mapping[str, Value]],
        columns: Mapping[str, Kind] | None = None,
        attrs: Mapping[str, Any] | None = None,
    ) -> Rows:
        """
        The table of rows that are mappings.

        Args:
            rows: One mapping per row; what a row leaves out is empty.
            columns: The columns and what they hold; None for those of the first row, by its values.
            attrs: What is said of the table as a whole.
        """
        held = list(rows)
        if columns is None:
            columns = {name: _kind_of(value) for name, value in held[0].items()} if held else {}
        cells = tuple(tuple(row.get(name) for name in columns) for row in held)
        return cls(tuple(columns), tuple(columns.values()), cells, attrs or {})

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Value]: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> Mapping[str, Value] | Rows:
        """A row by its number, or a part of the table."""
        if isinstance(index, slice):
            return Rows(self.columns, self.kinds, self.cells[index], self.attrs)
        return dict(zip(self.columns, self.cells[index], strict=True))

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[Mapping[str, Value]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.cells)

    def column(self, name: str) -> tuple[Value, ...]:
        """
        The cells of one column.

        Raises:
            KeyError: There is no such column.
        """
        if name not in self.columns:
            raise KeyError(name)
        place = self.columns.index(name)
        return tuple(row[place] for row in self.cells)

    def to_dicts(self) -> list[dict[str, Value]]:
        """Each row as a dictionary."""
        return [dict(row) for row in self]

    def to_pandas(self) -> DataFrame:
        """
        The same as a data frame: Int64, Float64, boolean, datetime64 and string, each of which can be empty.

        Raises:
            ImportError: pandas is not installed (`pip install 'ecograph[analysis]'`).
        """
        import pandas

        held = zip(self.columns, self.kinds, strict=True)
        cells = {name: _series(pandas, self.column(name), kind) for name, kind in held}
        frame = pandas.DataFrame(cells, columns=list(self.columns))
        frame.attrs.update(self.attrs)
        return frame

    def __repr__(self) -> str:
        lines = ["  ".join(self.columns)]
        lines += ["  ".join(_short(value) for value in row) for row in self.cells[:_SHOWN]]
        return "\n".join([*lines, f"[{len(self)} × {len(self.columns)}]"])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        rows = ("".join(f"<td>{html.escape(_text(value))}</td>" for value in row) for row in self.cells[:_SHOWN])
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        size = f"<p>{len(self)} × {len(self.columns)}</p>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{size}"


def _series(pandas: Any, values: Sequence[Value], kind: Kind) -> Any:
    if kind == "moment" and any(isinstance(value, datetime) and value.tzinfo for value in values):
        return pandas.Series(pandas.to_datetime(list(values), utc=True)).astype("datetime64[us, UTC]")
    return pandas.Series(list(values), dtype=_DTYPES[kind])


def _kind_of(value: Value) -> Kind:
    match value:
        case bool():
            return "truth"
        case int():
            return "integer"
        case float():
            return "number"
        case datetime():
            return "moment"
        case date():
            return "day"
    return "text"


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _short(value: Value) -> str:
    said = " ".join(_text(value).split())
    return said if len(said) <= _WIDTH else said[: _WIDTH - 1] + "…"

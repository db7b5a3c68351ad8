"""Cells of a sheet that are merged over others: which headings they stand for, and what is said about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ecograph.contribute.reading.delimited import HEADER_ROWS
from ecograph.contribute.reading.how_read import Remark, some
from ecograph.contribute.reading.sheet_xml import Cell
from ecograph.contribute.reading.workbook import area


def as_drawn(records: Sequence[Sequence[str]], merged: Iterable[tuple[Cell, Cell]]) -> Sequence[Sequence[str]]:
    """The records with a heading in each row over which its cell is merged, as a header of two rows is drawn."""
    tall = [(first, last) for first, last in merged if last[0] > first[0] <= HEADER_ROWS]
    if not tall:
        return records
    seen = [list(record) for record in records]
    for (top, left), (bottom, _) in tall:
        text = seen[top - 1][left - 1] if top <= len(seen) and left <= len(seen[top - 1]) else ""
        for record in seen[top:bottom]:
            if text and left <= len(record) and not record[left - 1]:
                record[left - 1] = text
    return seen


def remarks(header: Sequence[str], row: int, merged: Sequence[tuple[Cell, Cell]]) -> Iterator[Remark]:
    """What is said about merged cells: headings over several columns, values over several rows."""
    wide = [
        area(first, last)
        for first, last in merged
        if first[0] <= row <= last[0] and last[1] > first[1] <= len(header) and header[first[1] - 1]
    ]
    tall = [area(first, last) for first, last in merged if first[0] > row and last[0] > first[0]]
    if wide:
        yield Remark("merged-header", {"cells": some(wide)})
    if tall:
        yield Remark("merged-cells", {"cells": some(tall)})

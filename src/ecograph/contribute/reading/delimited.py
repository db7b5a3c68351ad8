"""
Delimited text to records: the delimiter is the one under which the most headings are known, never a guess from counts.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ecograph.contribute.reading.encodings import Undecodable

Known = Callable[[str], bool | Collection[str]]
"""Whether a heading is one that some template has; where it says in which naming, the naming is said back."""

DELIMITERS: Final = (",", ";", "\t", "|")
"""In the order in which a tie is decided, which only happens where no heading is known."""

HEADER_ROWS: Final = 10
"""Rows with content that may be the header: a sheet seldom has more than a title and a few lines above it."""

_WIDEST: Final = 1_000
"""Cells of a row that are looked at for headings: twice as many as a table may have columns."""

_SEP_LINE: Final = re.compile(r'\ufeff?"?sep=(.)"?[,;\t|]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
# The module's own limit of 131,072 characters would be taken for a quotation mark that is never closed; how long a file
# is has been looked at, and how long a text may be is looked at cell by cell.
csv.field_size_limit(sys.maxsize)

_END: Final = "\ue0ff"
"""Nobody's letter: as a last line it shows whether all quotation marks before it were closed."""


@dataclass(frozen=True)
class Delimited:
    """The records of a text, and what separates their cells."""

    records: tuple[tuple[str, ...], ...]
    delimiter: str


def parse(content: str, known: Known) -> Delimited:
    """
    The records of delimited text, empty lines among them, so that their number is the row in the person's sheet.

    Args:
        content: The text, with or without Excel's `sep=` line, which is no row.
        known: Whether a heading is one that some template has.

    Raises:
        Undecodable: A quotation mark is never closed.

    Example:
        >>> parse("sep=;\\nid;name\\n1;a,b\\n", lambda heading: True).records
        (('id', 'name'), ('1', 'a,b'))

    Source:
        docs/contributing-data.md, "Files"; RFC 4180.
    """
    stated = _SEP_LINE.match(content)
    if stated and stated[1] in DELIMITERS:
        content, delimiter = content[stated.end() :], stated[1]
    else:
        delimiter = max(DELIMITERS, key=lambda candidate: _known_under(content, candidate, known))
    return Delimited(_records(content, delimiter), delimiter)


def header_at(records: Sequence[Sequence[str]], known: Known) -> int | None:
    """
    The index of the header: the first of the first rows with the most known headings; None where nothing is filled in.
    """
    filled = (at for at, record in enumerate(records) if any(cell.strip() for cell in record))
    return max(islice(filled, HEADER_ROWS), key=lambda at: _known_in(records[at], known), default=None)


def respread(records: Sequence[Sequence[str]], known: Known) -> Delimited | None:
    """
    The records of lines that stand whole in the first column, as when a spreadsheet did not know the delimiter.

    Returns:
        None where the rows are more than one column, or no delimiter makes two of their headings known.
    """
    if any(cell.strip() for record in records for cell in record[1:]):
        return None
    lines = [record[0] if record else "" for record in records]
    header = header_at(records, known)
    if header is None:
        return None
    rank, delimiter = max((_known_in(_one(lines[header], mark), known), mark) for mark in DELIMITERS)
    if rank < 2:
        return None
    return Delimited(tuple(_one(line, delimiter) if line else () for line in lines), delimiter)


def _records(content: str, delimiter: str) -> tuple[tuple[str, ...], ...]:
    closed = content if not content or content.endswith(("\n", "\r")) else f"{content}\n"
    reader = csv.reader(io.StringIO(closed + _END, newline=""), delimiter=delimiter)
    records: list[tuple[str, ...]] = []
    try:
        records.extend(map(tuple, reader))
    except csv.Error as error:
        raise Undecodable("quotation-mark", row=len(records) + 1) from error
    if records.pop() != (_END,):
        raise Undecodable("quotation-mark", row=len(records) + 1)
    return tuple(records)


def _known_under(content: str, delimiter: str, known: Known) -> tuple[int, int]:
    """How many headings are known, and how many cells there are, in the best of the first rows."""
    first = list(islice(_filled(content, delimiter), HEADER_ROWS))
    ranks = [(_known_in(record, known), sum(1 for cell in record[:_WIDEST] if cell.strip())) for record in first]
    return max(ranks, default=(0, 0), key=lambda rank: rank[0])


def _filled(content: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    while True:
        try:
            record = next(reader)
        except (StopIteration, csv.Error):
            return
        if any(cell.strip() for cell in record):
            yield record


def _known_in(record: Sequence[str], known: Known) -> int:
    return sum(1 for cell in record[:_WIDEST] if cell.strip() and known(cell.strip()))


def _one(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([line], delimiter=delimiter), ()))
    except csv.Error:
        return (line,)

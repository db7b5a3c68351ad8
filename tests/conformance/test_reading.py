"""
Files as people really send them, in `tests/conformance/reading/`, each with what must come out of it.

`expected.json` holds for each table how it was read, its rows under their numbers, what was remarked, and of what the
cells became the values and the findings; or why the file cannot be read.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode

from ecograph.contribute.identity.resolving import Resolver
from ecograph.contribute.mapping import map_tables
from ecograph.contribute.reading.table import Table, read, read_tables
from ecograph.contribute.rules import Rules
from ecograph.errors import UnknownTemplate, UnreadableTable
from ecograph.messages import LANGUAGES

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "reading"
sys.path.insert(0, str(FOLDER))

from make_samples import DANISH, DANISH_ROWS, SAMPLES  # noqa: E402

NUMBER_OF_SAMPLES = 83
"""Counted when a sample is added, so that a lost file shows."""

GRAPH = NamedNode("https://w3id.org/ecograph/graph/synthetic")

ENCODINGS = {
    "utf-8": b"",
    "utf-8-with-mark": b"\xef\xbb\xbf",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-16-le-without-mark": b"",
    "utf-16-be-without-mark": b"",
    "utf-32-le": b"\xff\xfe\x00\x00",
    "cp1252": b"",
    "mac_roman": b"",
    "cp850": b"",
    "iso-8859-1": b"",
    "cp865": b"",
}
DELIMITERS = (";", ",", "\t", "|")
LINES = ("\n", "\r\n", "\r")


@cache
def rules() -> Rules:
    return Rules.load(ROOT)


def outcome(file: str, data: bytes) -> dict[str, Any]:
    """What comes out of a file, as `expected.json` says it."""
    headings = rules().headings
    try:
        tables = read_tables(data, file, headings.known, headings.is_template)
    except UnreadableTable as error:
        return {"unreadable": error.values["reason"], "said": error.message("da")}
    return {"tables": [_outcome_of(table) for table in tables]}


def _outcome_of(table: Table) -> dict[str, Any]:
    said: dict[str, Any] = {
        "read": {lang: table.how_read(lang) for lang in LANGUAGES},
        "header_row": table.header_row,
        "columns": list(table.columns),
        "rows": {str(row.number): list(row.cells) for row in table.rows},
        "remarks": {remark.code: dict(remark.values) for remark in table.remarks},
    }
    try:
        template = rules().headings.template_for(table)
    except UnknownTemplate as error:
        return said | {"template": error.code}
    resolver = Resolver(rules().contract, rules().concepts, rules().ontology)
    mapped = map_tables([(table, template)], resolver, GRAPH, rules().headings)
    values: dict[str, list[str]] = {}
    for (_, _, value), place in mapped.origins.items():
        short = value.value.rpartition("/concept/")[2]
        values.setdefault(f"{place.row} {place.column}", []).append(short)
    findings = [
        [found.code, found.row, found.column, found.value, *found.suggestions[:1]]
        for found in sorted(mapped.findings, key=lambda found: (found.row or 0, found.column or "", found.code))
    ]
    return said | {"template": template.slug, "values": values, "findings": findings}


class TestSamples:
    def test_no_sample_is_lost(self) -> None:
        """
        Each sample that was made is there, with what must come out of it, and nothing else is.
        """
        assert len(SAMPLES) == NUMBER_OF_SAMPLES
        assert {path.parent.name for path in FOLDER.glob("*/expected.json")} == set(SAMPLES)
        files = [path for path in FOLDER.glob("*/*") if path.suffix != ".pyc"]
        assert len(files) == 2 * NUMBER_OF_SAMPLES

    @pytest.mark.parametrize("name", SAMPLES)
    def test_a_sample_is_what_the_script_makes(self, name: str) -> None:
        """
        How each sample was made is written down.
        """
        made = SAMPLES[name]
        assert (FOLDER / name / made.file).read_bytes() == made.data

    @pytest.mark.parametrize("name", SAMPLES)
    def test_what_comes_out(self, name: str) -> None:
        """
        A file as people send it becomes the rows, values, remarks and findings that it must become.
        """
        expected = json.loads((FOLDER / name / "expected.json").read_text(encoding="utf-8"))
        made = SAMPLES[name]
        assert outcome(made.file, made.data) == expected


class TestMatrix:
    @pytest.mark.parametrize(("encoding", "delimiter", "line"), list(product(ENCODINGS, DELIMITERS, LINES)))
    def test_rows_do_not_depend_on_how_they_are_saved(self, encoding: str, delimiter: str, line: str) -> None:
        """
        The same rows come out of every encoding, every delimiter and every kind of line end.
        """
        codec = encoding.removesuffix("-without-mark").removesuffix("-with-mark")
        wanted = [tuple(cells.split(";")) for cells in (DANISH + DANISH_ROWS).strip().split("\n")]
        content = line.join(delimiter.join(f'"{cell}"' if "," in cell else cell for cell in row) for row in wanted)
        table = read(ENCODINGS[encoding] + content.encode(codec), "need.csv", rules().headings.known)
        assert [table.columns, *(row.cells for row in table.rows)] == wanted
        assert table.reading.delimiter == delimiter
        assert table.reading.headings == "da"
        assert table.remarks == ()


if __name__ == "__main__":
    for name, made in SAMPLES.items():
        said = json.dumps(outcome(made.file, made.data), ensure_ascii=False, indent=1)
        (FOLDER / name / "expected.json").write_text(f"{said}\n", encoding="utf-8")

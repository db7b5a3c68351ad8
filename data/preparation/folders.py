"""A publisher's folder: rows collected per template, and written the same way every time."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

AS_OF = "2026-11-22"
"""The day the sources were gathered, and so the date of every claim that was worked out from them."""

Cell = str | int | float | Sequence[str] | None
Row = dict[str, Cell]

_LANGUAGES = ("da", "sv", "en")


def cell(value: Cell) -> str:
    """
    One cell of a table; several values are joined by `|`.

    Example:
        >>> cell(["a", "b"]), cell(None), cell(55.5)
        ('a|b', '', '55.5')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() else str(value)
    return "|".join(" ".join(item.split()) for item in value)


@dataclass
class Folder:
    """
    One contribution: what is said about it (`dataset.ttl`) and its tables.

    Args:
        name: The publisher's slug, the folder and the graph.
        publisher: The organisation whose facts these are.
        titles: The title in da, sv, en.
        rights: The sentence that names the source wherever the data are shown, in da, sv, en.
        licence: IRI of the licence.
        sources: Where the facts were read.
        requires: Folders that must be loaded before.
        example: Marks a contribution that is no fact.
        facts_only: The sources state no licence; the licence is that of our arrangement of their facts.
    """

    name: str
    publisher: str
    titles: Mapping[str, str]
    rights: Mapping[str, str]
    licence: str
    sources: Sequence[str]
    requires: Sequence[str] = ()
    example: bool = False
    facts_only: bool = False
    tables: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, requires: Sequence[str] = ()) -> Folder:
        """The empty folder of a publisher that `texts.toml` describes."""
        return cls(name=name, requires=requires, **_texts()["publishers"][name])

    def add(self, template: str, row: Row, part: str = "") -> None:
        """Adds a row to the table of a template; `part` puts it in a file of its own."""
        self.tables.setdefault(f"{template}.{part}" if part else template, []).append(row)

    def write(self, target: Path) -> None:
        """Writes `dataset.ttl` and the tables; files of an earlier run that are no longer made go away."""
        target.mkdir(parents=True, exist_ok=True)
        made = {"dataset.ttl", *(f"{table}.csv" for table in self.tables)}
        for path in sorted(target.iterdir()):
            if path.is_file() and path.name not in made:
                path.unlink()
        (target / "dataset.ttl").write_text(self._description(), encoding="utf-8", newline="\n")
        for table, rows in self.tables.items():
            (target / f"{table}.csv").write_text(_csv(rows), encoding="utf-8", newline="\n")

    def _description(self) -> str:
        def texts(values: Mapping[str, str]) -> str:
            return ",\n        ".join(f"{_quoted(values[lang])}@{lang}" for lang in _LANGUAGES)

        lines = [
            "@prefix eco: <https://w3id.org/ecograph/ns#> .",
            "@prefix dcterms: <http://purl.org/dc/terms/> .",
            "@prefix foaf: <http://xmlns.com/foaf/0.1/> .",
            "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .",
            "",
            f"<https://w3id.org/ecograph/id/contribution/{self.name}> a eco:Contribution ;",
            f"    dcterms:title {texts(self.titles)} ;",
            f"    dcterms:publisher <https://w3id.org/ecograph/id/publisher/{self.name}> ;",
            f"    dcterms:license <{self.licence}> ;",
            f"    dcterms:rights {texts(self.rights)} ;",
            "    dcterms:source " + ",\n        ".join(f"<{source}>" for source in self.sources) + " ;",
        ]
        if self.requires:
            required = (f"<https://w3id.org/ecograph/id/contribution/{name}>" for name in self.requires)
            lines.append("    dcterms:requires " + ",\n        ".join(required) + " ;")
        if self.example:
            lines.append("    eco:exampleData true ;")
        lines += [
            f'    dcterms:issued "{AS_OF}"^^xsd:date .',
            "",
            f"<https://w3id.org/ecograph/id/publisher/{self.name}> foaf:name {_quoted(self.publisher)} .",
            "",
        ]
        return "\n".join(lines)


def text(name: str) -> Row:
    """The description columns of a longer text in `texts.toml`."""
    return {f"description_{lang}": _texts()["texts"][name][lang] for lang in _LANGUAGES}


@cache
def _texts() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


def _csv(rows: Sequence[Row]) -> str:
    columns = [column for column in _columns(rows) if any(cell(row.get(column)) for row in rows)]
    lines = sorted({tuple(cell(row.get(column)) for column in columns) for row in rows}, key=_order)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return out.getvalue()


def _columns(rows: Sequence[Row]) -> list[str]:
    """The columns in the order in which the script names them; a row that names more puts them where they belong."""
    columns: list[str] = []
    for row in rows:
        position = 0
        for column in row:
            if column in columns:
                position = columns.index(column) + 1
            else:
                columns.insert(position, column)
                position += 1
    return columns


def _order(line: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """Sorts `n2` before `n10`."""
    key: list[tuple[int, str]] = []
    for value in line:
        digits = "".join(char for char in value if char.isdigit())
        head = value.rstrip("0123456789")
        tail = value[len(head) :]
        key.append((0, head + tail.zfill(6)) if digits and tail and len(head) <= 2 else (0, value))
    return tuple(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

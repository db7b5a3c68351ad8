"""What a harvest has fetched already, page by page in a file, so that it can be stopped and taken up again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from ecograph.federate.endpoint import Solution

FILE_NAME: Final = ".harvest.jsonl"
"""In the folder of the contribution; files that begin with a dot are not part of one."""


class Journal:
    """
    The pages of one harvester from one endpoint, each with the query that it answers.

    A page counts once its line is whole on the disk. What was asked otherwise, or elsewhere, is asked again.

    Args:
        path: The file.
        name: The harvester.
        endpoint: Whose answers these are.
    """

    def __init__(self, path: Path, name: str, endpoint: str) -> None:
        self.path = path
        self._head = {"harvester": name, "endpoint": endpoint}
        self._pages: dict[str, dict[str, Any]] = {}
        self._end = 0
        if path.is_file():
            self._load()

    @property
    def days(self) -> tuple[str, ...]:
        """The days on which pages were fetched, in order."""
        return tuple(sorted({str(page["day"]) for page in self._pages.values()}))

    def get(self, query: str) -> tuple[Solution, ...] | None:
        """The answer to a query, if it is there."""
        page = self._pages.get(_digest(query))
        return None if page is None else tuple(_solution(row) for row in page["rows"])

    def put(self, query: str, rows: Sequence[Solution], day: str) -> None:
        """Keep an answer; it is on the disk when this returns."""
        page = {"query": _digest(query), "day": day, "rows": [_written(row) for row in rows]}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = b"" if self._end else _line(self._head)
        with self.path.open("r+b" if self._end else "wb") as file:
            file.seek(self._end)
            file.truncate()  # half a line of a run that was killed
            file.write(lines + _line(page))
            file.flush()
            os.fsync(file.fileno())
            self._end = file.tell()
        self._pages[str(page["query"])] = page

    def _load(self) -> None:
        with self.path.open("rb") as file:
            for number, line in enumerate(file):
                if not line.endswith(b"\n"):
                    break
                try:
                    said = json.loads(line)
                    if number == 0 and said != self._head:
                        return  # another endpoint's: begin anew
                    if number:
                        for row in said["rows"]:
                            _solution(row)
                        self._pages[str(said["query"])] = {**said, "day": str(said["day"])}
                except (ValueError, KeyError, TypeError, AttributeError):
                    break
                self._end += len(line)


def _digest(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()


def _line(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _written(row: Solution) -> dict[str, list[str | None]]:
    return {
        name: ["iri", term.value]
        if isinstance(term, NamedNode)
        else ["text", term.value, term.language, term.datatype.value]
        for name, term in row.items()
    }


def _solution(row: dict[str, list[Any]]) -> Solution:
    return {name: _term(*parts) for name, parts in row.items()}


def _term(kind: str, value: str, lang: str | None = None, datatype: str | None = None) -> NamedNode | Literal:
    if kind == "iri":
        return NamedNode(value)
    if lang:
        return Literal(value, language=lang)
    return Literal(value, datatype=NamedNode(datatype)) if datatype else Literal(value)

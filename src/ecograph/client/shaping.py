"""What REST writes, as tables for people who count: one row per candidate, thing, question, finding or statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ecograph.client.asking import Json
from ecograph.client.results import shortened
from ecograph.client.rows import Kind, Rows, Value
from ecograph.messages import Language

_SIGNALS: Final = ("text", "meaning", "concept", "graph", "evidence", "freshness")
_Columns = Mapping[str, Kind]
_MATCHES: Final[_Columns] = {
    "group": "text",
    "rank": "integer",
    "label": "text",
    "countries": "text",
    "score": "number",
    **dict.fromkeys(_SIGNALS, "number"),
    "reasons": "text",
    "against": "text",
    "unknown": "text",
    "id": "text",
    "iri": "text",
}
_FOUND: Final[_Columns] = dict.fromkeys(("kind", "label", "countries", "topics", "id", "iri"), "text")
_QUESTIONS: Final[_Columns] = dict.fromkeys(("slug", "question", "parameters", "returns", "description"), "text")
_FINDINGS: Final[_Columns] = {
    **dict.fromkeys(("severity", "file", "sheet"), "text"),
    "row": "integer",
    **dict.fromkeys(("column", "value", "message", "suggestion", "code"), "text"),
}
_STATEMENTS: Final[_Columns] = dict.fromkeys(("direction", "property", "value", "language", "publisher"), "text")


def matches(said: Json, lang: Language) -> Rows:
    """Who fits a need: a row per candidate."""
    rows = (
        {
            **{name: each[name] for name in ("group", "rank", "score", "id")},
            "label": each["labels"][lang],
            "countries": " ".join(each["countries"]),
            **{signal: each["contributions"].get(signal) for signal in _SIGNALS},
            **{part: _sentences(each[part], lang) for part in ("reasons", "against", "unknown")},
            "iri": each["candidate"],
        }
        for each in said["matches"]
    )
    attrs = {name: said[name] for name in ("need", "weights", "weighting", "first", "revision")}
    return Rows.of(rows, _MATCHES, {**attrs, "notes": [each["sentences"][lang] for each in said["notes"]]})


def found(said: Sequence[Json]) -> Rows:
    """What a search finds: a row per thing or topic."""
    rows = (
        {
            **{name: each[name] for name in ("kind", "label", "id", "iri")},
            "countries": " ".join(each["countries"]),
            "topics": ", ".join(topic["label"] for topic in each["topics"]),
        }
        for each in said
    )
    return Rows.of(rows, _FOUND)


def questions(said: Sequence[Json], lang: Language) -> Rows:
    """The catalogue: a row per question; a parameter that may be left out has a question mark, and `lang` is known."""
    rows = (
        {
            "slug": each["slug"],
            "question": each["summaries"][lang],
            "parameters": ", ".join(_parameter(one) for one in each["parameters"] if one["kind"] != "language"),
            "returns": ", ".join(each["returns"]),
            "description": each["descriptions"][lang],
        }
        for each in said
    )
    return Rows.of(rows, _QUESTIONS)


def findings(said: Json, lang: Language) -> Rows:
    """A check of files: a row per finding, what stops publication first."""
    rows = (
        {
            **{name: each[name] for name in ("severity", "file", "sheet", "row", "column", "value", "code")},
            "message": each["message"][lang],
            "suggestion": ", ".join(each["suggestion"][lang]) or None,
        }
        for each in said["findings"]
    )
    attrs = {"conforms": said["conforms"], "verdict": said["verdict"][lang], "counts": said["counts"]}
    return Rows.of(rows, _FINDINGS, attrs)


def statements(rows: Rows) -> Rows:
    """What is said of a thing: a row per statement, what points at it last."""
    shaped: list[dict[str, Value]] = [
        {
            **row,
            "property": shortened(str(row["property"])),
            "language": row["language"] or None,
            "publisher": str(row["publisher"]).rpartition("/")[2],
        }
        for row in rows
    ]
    shaped.sort(key=lambda row: (row["direction"] != "out", *(str(row[name]) for name in _STATEMENTS)))
    return Rows.of(shaped, _STATEMENTS, rows.attrs)


def _sentences(said: Sequence[Json], lang: Language) -> str:
    return " ".join(each["sentences"][lang] for each in said)


def _parameter(said: Json) -> str:
    required = not said["optional"] and said["default"] is None
    return str(said["name"]) if required else f"{said['name']}?"

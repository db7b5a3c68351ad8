"""A SPARQL result as a table of words."""

from __future__ import annotations

from typing import Any

from pyoxigraph import NamedNode

from ecograph.messages import Language
from ecograph.web.views.words import Link, page_of


def table(answer: dict[str, Any], lang: Language) -> tuple[list[str], list[list[Link]]]:
    """
    The columns and rows of a SPARQL result in JSON; an ASK is one cell.

    Example:
        >>> table({"boolean": True}, "da")[1][0][0].text
        'true'
    """
    if "boolean" in answer:
        return ["ASK"], [[Link(str(answer["boolean"]).lower())]]
    columns = list(answer["head"]["vars"])
    rows = [[_cell(binding.get(column), lang) for column in columns] for binding in answer["results"]["bindings"]]
    return columns, rows


def _cell(term: dict[str, Any] | None, lang: Language) -> Link:
    if term is None:
        return Link("")
    if term["type"] == "triple":
        inner = term["value"]
        return Link(" ".join(_cell(inner[part], lang).text for part in ("subject", "predicate", "object")))
    href = page_of(NamedNode(term["value"]), lang) if term["type"] == "uri" else None
    return Link(term["value"], href, term.get("xml:lang"))

"""
What is wrong with a query that does not parse, as its author can be told.

The engine says how far it came and what it would have read there, which for most faults is a list of words that would
not help either, `SERVICE` among them. What it says of its own accord, and what stands before the place, does help.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from ecograph.errors import QuerySyntax
from ecograph.namespaces import PREFIXES
from ecograph.query.tokens import position, skeleton, tokens

_PLACE: Final = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
# What the engine says in words, and the key of our sentence.
_SAID: Final[Mapping[str, str]] = {
    "IRI parsing failed": "iri",
    'one of ">", ': "iri",
    "The SELECT contains a variable that is unbound": "unbound",
    "SELECT * is not authorized with GROUP BY": "star",
    "Duplicated variable name in SELECT": "twice",
}
_MARK: Final = re.compile(r'(?:one of )?"([^"\w\s]{1,3}|")"')  # the only thing that could come next
_BRACKETS: Final = ("()", "[]", "{}")
_SHOWN: Final = 30  # characters before the place


def syntax(said: str, query: str) -> QuerySyntax:
    """
    The error for what the embedded engine says of a query.

    Args:
        said: Its message.
        query: The text it read.

    Example:
        >>> print(syntax("error at 1:15: expected one of OPTIONAL", "ASK { ?s a b:c }"))
        The query cannot be read: line 1, column 15: the prefix is not declared. Write at the top: PREFIX b: <…>.
    """
    place = _PLACE.match(said)
    line, column, expected = (int(place[1]), int(place[2]), place[3]) if place else (1, 1, said)
    before = query[: _offset(query, line, column)]
    missing = _unclosed(query) if before.rstrip() == query.rstrip() else ""
    reason, what = ("mark", missing) if missing else _reason(expected, before)
    return QuerySyntax(line=line, column=column, reason=reason, what=what)


def fault(query: str, at: int, reason: str) -> QuerySyntax:
    """
    The error for a fault that we have found ourselves.

    Args:
        query: The text.
        at: Where, in characters.
        reason: The key of the sentence, `query.fault.{reason}`.
    """
    line, column = position(query, at)
    return QuerySyntax(line=line, column=column, reason=reason, what="")


def _reason(expected: str, before: str) -> tuple[str, str]:
    for words, reason in _SAID.items():
        if words in expected:
            return reason, ""
    if (prefix := _undeclared(before)) is not None:
        return "prefix", f"{prefix}: <{PREFIXES.get(prefix, '…')}>"
    if mark := _MARK.fullmatch(expected):
        return "mark", mark[1]
    tail = " ".join(before.split())
    return "place", tail if len(tail) <= _SHOWN else f"… {tail[-_SHOWN:]}"


def _undeclared(before: str) -> str | None:
    """The first prefix that is used and not declared before it; the engine does not always say so."""
    words = tuple(tokens(before))
    declared = {name.text.partition(":")[0] for word, name in pairwise(words) if word.is_word("PREFIX")}
    used = (word.text.partition(":")[0] for word in words if word.kind == "name")
    return next((prefix for prefix in used if prefix not in declared), None)


def _unclosed(query: str) -> str:
    """The bracket that is missing at the end, if one is."""
    rest = skeleton(query)
    return next((closing for opening, closing in _BRACKETS if rest.count(opening) > rest.count(closing)), "")


def _offset(query: str, line: int, column: int) -> int:
    before = query.split("\n", line)[: line - 1]
    return sum(len(each) + 1 for each in before) + column - 1

"""
What may be asked: reading, of the graphs in the store, in a size the engine can parse.

The guard reads only the words of a query, in time linear to its length and without recursion, because a nested query
overflows the engine's stack; and it reads most of them as one, because it works where everybody waits. Whether the
query is well-formed is for the engine to say, in a worker process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal
from urllib.parse import urljoin

from ecograph.errors import QueryRefused, QueryTooComplex
from ecograph.namespaces import BASE
from ecograph.query.faults import fault
from ecograph.query.tokens import Token, after_prologue, skeleton, tokens

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

MAX_SIZE: Final = 200_000
"""Characters of a query: room for some thousand IRIs in a VALUES block."""

MAX_DEPTH: Final = 100
"""Levels of brackets: ten times what people write; the engine's stack holds several thousand."""

_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")

_SERVICE: Final = re.compile(r"SERVICE\b", re.IGNORECASE)
_FROM: Final = re.compile(r"FROM\b", re.IGNORECASE)
_NO_BRACKETS: Final = re.compile(r"[^{}()\[\]]+")
_ALIKE: Final = str.maketrans("{[}]", "(())")


@dataclass(frozen=True, slots=True)
class AdmittedQuery:
    """
    A query that may be run.

    Args:
        kind: Its form.
        text: The query as it was written; what is relative in it is relative to `namespaces.BASE`.
        default_graphs: IRIs whose merge is the default graph; None means the merge of all graphs of the store.
        named_graphs: IRIs that `GRAPH` may name; None means every graph of the store.
    """

    kind: Form
    text: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None

    def over(self, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> AdmittedQuery:
        """
        The same query over the dataset that the protocol request names; it wins over the query's own FROM.

        Source:
            SPARQL 1.1 Protocol, section 2.1.4.
        """
        if not default_graphs and not named_graphs:
            return self
        return replace(self, default_graphs=tuple(default_graphs), named_graphs=tuple(named_graphs))


def admit(text: str) -> AdmittedQuery:
    """
    The query as something that may be run, or an error that says why it may not.

    Args:
        text: SPARQL 1.1 Query, as a client sent it.

    Raises:
        QueryRefused: An update, or SERVICE.
        QuerySyntax: Not a query at all; other faults of syntax are found by the engine.
        QueryTooComplex: Longer or deeper than the engine can read.

    Example:
        >>> admit("ASK { ?need a <https://w3id.org/ecograph/ns#Need> }").kind
        'ASK'

    Source:
        docs/sparql.md, "Limits"; SPARQL 1.1 Query, section 19.8.
    """
    if len(text) > MAX_SIZE:
        raise QueryTooComplex(levels=MAX_DEPTH, size=MAX_SIZE)
    rest = skeleton(text)
    _refuse(text, rest)
    if not _FROM.search(rest):  # neither the prefixes nor the words of a long SELECT clause need be looked at
        _, _, first = _prologue(tokens(text, after_prologue(text)))
        return AdmittedQuery(_form(text, first), text)
    words = _head(text)
    prefixes, base, first = _prologue(words)
    kind = _form(text, first)
    default_graphs, named_graphs = _dataset(text, tuple(words), prefixes, base)
    if not default_graphs and not named_graphs:
        return AdmittedQuery(kind, text)
    return AdmittedQuery(kind, text, tuple(default_graphs), tuple(named_graphs))


def limited(text: str, rows: int) -> str:
    """
    The same SELECT query with at most so many solutions.

    Args:
        text: A query that parses.
        rows: What its outermost LIMIT becomes if it has none, or a larger one.

    Example:
        >>> limited("SELECT * { ?s ?p ?o } LIMIT 9 OFFSET 1", 5)
        'SELECT * { ?s ?p ?o } LIMIT 5 OFFSET 1'
        >>> limited("SELECT * {} VALUES ?a { 1 }", 5)
        'SELECT * {} LIMIT 5 VALUES ?a { 1 }'
    """
    outer = tuple(_outside_brackets(text))
    for token, following in pairwise(outer):
        if token.is_word("LIMIT") and following.kind == "number":
            stated = min(int(following.text), rows)
            return f"{text[: following.start]}{stated}{text[following.end :]}"
    values = [token.start for token in outer if token.is_word("VALUES")]
    if values:
        return f"{text[: values[-1]]}LIMIT {rows} {text[values[-1] :]}"
    return f"{text}\nLIMIT {rows}"


def _refuse(text: str, rest: str) -> None:
    """SERVICE wherever the engine might read it as the keyword, brackets too deep for it, and a string without end."""
    if "'" in rest or '"' in rest:
        quotes = (token.start for token in tokens(text) if token.kind == "mark" and token.text in "\"'")
        raise fault(text, next(quotes, 0), "string")
    if _SERVICE.search(rest):
        raise QueryRefused(feature="SERVICE")
    if _depth(_NO_BRACKETS.sub("", rest).translate(_ALIKE)) > MAX_DEPTH:
        raise QueryTooComplex(levels=MAX_DEPTH, size=MAX_SIZE)


def _depth(brackets: str) -> int:
    """How deep brackets go, as far as it matters; of those that do not match, how deep they may go."""
    for depth in range(MAX_DEPTH + 1):
        inner = brackets.replace("()", "")
        if inner == brackets:
            return depth + brackets.count("(")
        brackets = inner
    return MAX_DEPTH + 1


def _head(text: str) -> Iterator[Token]:
    """The words before the query's pattern."""
    depth = 0
    for token in tokens(text):
        if token.text == "{" and not depth:
            return
        depth += token.deeper
        yield token


def _outside_brackets(text: str) -> Iterator[Token]:
    depth = 0
    for token in tokens(text):
        depth += token.deeper
        if not depth and token.kind != "close":
            yield token


def _prologue(words: Iterator[Token]) -> tuple[dict[str, str], str, Token | None]:
    """The prefixes, the base, and the first word after them."""
    prefixes: dict[str, str] = {}
    base = BASE
    for word in words:
        if word.is_word("BASE"):
            if (iri := next(words, None)) is None or iri.kind != "iri":
                return prefixes, base, word
            base = urljoin(base, iri.text[1:-1])
        elif word.is_word("PREFIX"):
            name, iri = next(words, None), next(words, None)
            if name is None or iri is None or (name.kind, iri.kind) != ("name", "iri"):
                return prefixes, base, word
            prefixes[name.text.removesuffix(":")] = urljoin(base, iri.text[1:-1])
        else:
            return prefixes, base, word
    return prefixes, base, None


def _form(text: str, first: Token | None) -> Form:
    word = first.text.upper() if first else ""
    for form in _FORMS:
        if word == form:
            return form
    if word in _UPDATES:
        raise QueryRefused(feature=word)
    raise fault(text, first.start if first else len(text), "form")


def _dataset(text: str, words: Sequence[Token], prefixes: dict[str, str], base: str) -> tuple[list[str], list[str]]:
    """The graphs of the FROM and FROM NAMED clauses, which stand outside every bracket of the query."""
    default_graphs: list[str] = []
    named_graphs: list[str] = []
    depth = 0
    for at, token in enumerate(words):
        depth += token.deeper
        if depth or token.kind != "word" or token.text.upper() != "FROM":
            continue
        is_named = at + 1 < len(words) and words[at + 1].text.upper() == "NAMED"
        place = at + (2 if is_named else 1)
        graph = _iri(words[place], prefixes, base) if place < len(words) else None
        if graph is None:
            raise fault(text, token.start, "graph")
        (named_graphs if is_named else default_graphs).append(graph)
    return default_graphs, named_graphs


def _iri(token: Token, prefixes: dict[str, str], base: str) -> str | None:
    if token.kind == "iri":
        return urljoin(base, token.text[1:-1])
    prefix, colon, local = token.text.partition(":")
    if token.kind == "name" and colon and prefix in prefixes:
        return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)
    return None

"""
What may be asked: reading, of the graphs in the store, in a size the engine can parse.

The guard reads only the words of a query, in time linear to its length and without recursion, because a nested query
overflows the engine's stack. Whether the query is well-formed is for the engine to say, in a worker process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urljoin

from ecograph.errors import QueryRefused, QuerySyntax, QueryTooComplex

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

MAX_SIZE: Final = 200_000
"""Characters of a query: room for some thousand IRIs in a VALUES block."""

MAX_DEPTH: Final = 100
"""Levels of brackets: ten times what people write; the engine's stack holds several thousand."""

_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")

# The terminals of SPARQL 1.1, section 19.8, as far as they decide where a word is a keyword.
_TOKEN: Final = re.compile(
    r"""
    (?P<space>[\s]+|\#[^\r\n]*)
  | (?P<string>'''(?:[^'\\]|\\[\s\S]|'(?!''))*'''|\"\"\"(?:[^"\\]|\\[\s\S]|"(?!""))*\"\"\"
              |'(?:[^'\\\r\n]|\\[^\r\n])*'|"(?:[^"\\\r\n]|\\[^\r\n])*")
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<blank>_:[\w.\-]+)
  | (?P<name>(?:[^\W\d_][\w.\-]*)?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
  | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<open>[{(\[])
  | (?P<close>[})\]])
  | (?P<mark>[\s\S])
    """,
    re.VERBOSE,
)
# The engine lets a keyword touch the empty prefix after it, as in `SERVICE:x`.
_GLUED: Final = re.compile(r"(SERVICE|FROM|NAMED):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AdmittedQuery:
    """
    A query that may be run.

    Args:
        kind: Its form.
        text: The query as it was written.
        default_graphs: IRIs whose merge is the default graph; None means the union of the store's graphs.
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


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int


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
    tokens = tuple(_tokens(text))
    _refuse(text, tokens)
    prefixes, base, rest = _prologue(text, tokens)
    kind = _form(text, rest)
    default_graphs, named_graphs = _dataset(text, rest, prefixes, base)
    if not default_graphs and not named_graphs:
        return AdmittedQuery(kind, text)
    return AdmittedQuery(kind, text, tuple(default_graphs), tuple(named_graphs))


def _tokens(text: str) -> Iterator[_Token]:
    depth = 0
    for match in _TOKEN.finditer(text):
        kind, found, start = str(match.lastgroup), match.group(), match.start()
        if kind == "space":
            continue
        if kind == "open":
            depth += 1
            if depth > MAX_DEPTH:
                raise QueryTooComplex(levels=MAX_DEPTH, size=MAX_SIZE)
        elif kind == "close":
            depth -= 1
        if kind == "name" and (glued := _GLUED.match(found)):
            yield _Token("word", glued.group(1), start)
            yield _Token("name", found[len(glued.group(1)) :], start + len(glued.group(1)))
        else:
            yield _Token(kind, found, start)


def _refuse(text: str, tokens: Sequence[_Token]) -> None:
    """SERVICE, wherever the engine might read it as the keyword."""
    for token in tokens:
        if token.kind == "mark" and token.text in "\"'":
            raise _fault(text, token.start, "a string that does not end")
        written = token.text.partition(":")[0] if token.kind == "name" else token.text
        if token.kind in ("word", "name") and written.upper().endswith("SERVICE"):
            raise QueryRefused(feature="SERVICE")


def _prologue(text: str, tokens: Sequence[_Token]) -> tuple[dict[str, str], str, Sequence[_Token]]:
    prefixes: dict[str, str] = {}
    base, at = "", 0
    while at < len(tokens) and tokens[at].kind == "word":
        word, following = tokens[at].text.upper(), tokens[at + 1 : at + 3]
        if word == "PREFIX" and [token.kind for token in following] == ["name", "iri"]:
            prefixes[following[0].text.removesuffix(":")] = urljoin(base, following[1].text[1:-1])
            at += 3
        elif word == "BASE" and following and following[0].kind == "iri":
            base = urljoin(base, following[0].text[1:-1])
            at += 2
        else:
            break
    return prefixes, base, tokens[at:]


def _form(text: str, tokens: Sequence[_Token]) -> Form:
    word = tokens[0].text.upper() if tokens else ""
    for form in _FORMS:
        if word == form:
            return form
    if word in _UPDATES:
        raise QueryRefused(feature=word)
    raise _fault(text, tokens[0].start if tokens else len(text), f"expected one of {', '.join(_FORMS)}")


def _dataset(text: str, tokens: Sequence[_Token], prefixes: dict[str, str], base: str) -> tuple[list[str], list[str]]:
    """The graphs of the FROM and FROM NAMED clauses, which stand outside every bracket of the query."""
    default_graphs: list[str] = []
    named_graphs: list[str] = []
    depth = 0
    for at, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth or token.kind != "word" or token.text.upper() != "FROM":
            continue
        is_named = at + 1 < len(tokens) and tokens[at + 1].text.upper() == "NAMED"
        place = at + (2 if is_named else 1)
        graph = _iri(tokens[place], prefixes, base) if place < len(tokens) else None
        if graph is None:
            raise _fault(text, token.start, "expected the IRI of a graph after FROM")
        (named_graphs if is_named else default_graphs).append(graph)
    return default_graphs, named_graphs


def _iri(token: _Token, prefixes: dict[str, str], base: str) -> str | None:
    if token.kind == "iri":
        return urljoin(base, token.text[1:-1]) if base else token.text[1:-1]
    prefix, colon, local = token.text.partition(":")
    if token.kind == "name" and colon and prefix in prefixes:
        return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)
    return None


def _fault(text: str, position: int, detail: str) -> QuerySyntax:
    before = text[:position]
    return QuerySyntax(line=before.count("\n") + 1, column=position - before.rfind("\n"), detail=detail)

"""Query results and graphs written out as bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    parse_query_results,
    serialize,
)

from ecograph.namespaces import PREFIXES
from ecograph.rdf.formats import Format

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

QueryResult = QuerySolutions | QueryBoolean | QueryTriples
Term = NamedNode | BlankNode | Literal | Triple

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


class SizeLimitReached(Exception):
    """The writing grew over its limit in bytes; nothing of it is to be used."""


class _Limited(io.BytesIO):
    """A buffer that refuses to grow over a limit."""

    def __init__(self, limit: int | None) -> None:
        super().__init__()
        self.limit = limit
        self.full = False

    def write(self, data: Buffer, /) -> int:
        if self.limit is not None and self.tell() + len(memoryview(data)) > self.limit:
            self.full = True
            raise SizeLimitReached
        return super().write(data)


def write_result(
    result: QueryResult, target: Format, *, rows: int | None = None, limit_bytes: int | None = None
) -> tuple[bytes, bool]:
    """
    The result of a query in one format.

    Args:
        result: What the engine answered; it is used up.
        target: A result format for SELECT and ASK, a graph format for CONSTRUCT and DESCRIBE.
        rows: At most so many solutions or triples are written; None for all.
        limit_bytes: How large the writing may become; None for no limit.

    Returns:
        The bytes, and whether `rows` cut the result short.

    Raises:
        SizeLimitReached: Over `limit_bytes`.
        ValueError: The format cannot hold this kind of result.
    """
    if isinstance(result, QueryTriples):
        return _write_triples(result, target, rows, limit_bytes)
    if not isinstance(target.engine, QueryResultsFormat):
        raise ValueError(f"{target.name} does not hold solutions")
    cut = False
    if isinstance(result, QuerySolutions) and rows is not None:
        result, cut = _first(result, rows)
    output = _Limited(limit_bytes)
    try:
        result.serialize(output, target.engine)
    except (OSError, SizeLimitReached):
        if output.full:
            raise SizeLimitReached from None
        raise
    return output.getvalue(), cut


def write_graph(
    triples: Iterable[Triple] | Iterable[Quad], target: Format, *, prefixes: dict[str, str] | None = None
) -> bytes:
    """
    Triples in a graph format, with EcoGraph's prefixes where the format has any.

    Args:
        triples: What to write; the graph of a quad is left out.
        target: One of `formats.GRAPH_FORMATS`.
        prefixes: Other prefixes than our own.

    Example:
        >>> from ecograph.rdf.formats import TURTLE
        >>> write_graph([Triple(NamedNode("urn:a"), NamedNode("urn:p"), Literal("å"))], TURTLE, prefixes={}).decode()
        '<urn:a> <urn:p> "å" .\\n'
    """
    statements = [_triple(statement) for statement in triples]
    declared = PREFIXES if prefixes is None else prefixes
    return _write_triples(statements, target, None, None, _used(declared, statements))[0]


def _write_triples(
    triples: Iterable[Triple],
    target: Format,
    rows: int | None,
    limit_bytes: int | None,
    prefixes: dict[str, str] | None = None,
) -> tuple[bytes, bool]:
    if not isinstance(target.engine, RdfFormat):
        raise ValueError(f"{target.name} does not hold triples")
    every = iter(triples)
    output = _Limited(limit_bytes)
    try:
        serialize(islice(every, rows), output, target.engine, prefixes=PREFIXES if prefixes is None else prefixes)
    except (OSError, SizeLimitReached):
        if output.full:
            raise SizeLimitReached from None
        raise
    return output.getvalue(), rows is not None and next(every, None) is not None


def _used(prefixes: dict[str, str], statements: Iterable[Triple]) -> dict[str, str]:
    names = {node.value for statement in statements for node in statement if isinstance(node, NamedNode)}
    names |= {statement.object.datatype.value for statement in statements if isinstance(statement.object, Literal)}
    return {prefix: iri for prefix, iri in prefixes.items() if any(name.startswith(iri) for name in names)}


def _triple(statement: Triple | Quad) -> Triple:
    return statement.triple if isinstance(statement, Quad) else statement


def _first(solutions: QuerySolutions, rows: int) -> tuple[QuerySolutions, bool]:
    """The first solutions as a result of their own, which the engine's writers can then write in every format."""
    variables = [variable.value for variable in solutions.variables]
    bindings = [dict(_bindings(variables, solution)) for solution in islice(solutions, rows)]
    cut = next(solutions, None) is not None
    document = {"head": {"vars": variables}, "results": {"bindings": bindings}}
    reread = parse_query_results(json.dumps(document).encode(), format=QueryResultsFormat.JSON)
    assert isinstance(reread, QuerySolutions)
    return reread, cut


def _bindings(variables: list[str], solution: Iterable[Term | None]) -> Iterator[tuple[str, dict[str, object]]]:
    for variable, term in zip(variables, solution, strict=True):
        if term is not None:
            yield variable, _json_term(term)


def _json_term(term: Term) -> dict[str, object]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}
    written: dict[str, object] = {"type": "literal", "value": term.value}
    if term.language:
        written["xml:lang"] = term.language
    elif term.datatype.value != _XSD_STRING:
        written["datatype"] = term.datatype.value
    return written

"""
Results that are cut at the limit on rows, and say so where their format has room for it.

Source:
    docs/sparql.md, "When a result is cut"; SPARQL 1.1 Query Results JSON Format, section 3.1.2, and XML Format,
    section 2.2: a link in the head is to further information.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Final

from pyoxigraph import QuerySolutions

from ecograph.namespaces import BASE
from ecograph.query.guard import limited
from ecograph.rdf.formats import CSV, JSON, N_TRIPLES, RDF_XML, TSV, TURTLE, XML, Format
from ecograph.rdf.serializing import QueryResult, write_result

CUT: Final = f"{BASE}sparql#cut"
"""What the head of a cut result links to."""

_FEW: Final = 10_000  # rows that are counted one by one, before the next is even computed

# What the engine writes once for each row, and seldom otherwise.
_ROW: Final[Mapping[Format, bytes]] = {JSON: b"},{", XML: b"<result>", CSV: b"\r\n", TSV: b"\n"}
_COMMENT: Final = f"cut: there is more, see {CUT}".encode()


def write(
    ask: Callable[[str], QueryResult], text: str, target: Format, rows: int, limit_bytes: int
) -> tuple[bytes, bool]:
    """
    The result of a query in one format.

    Args:
        ask: Answers a query.
        text: The query.
        target: A format for results of its form.
        rows: At most so many solutions or triples.
        limit_bytes: How large the writing may become.

    Returns:
        The bytes, and whether there is more.

    Raises:
        SizeLimitReached: Over `limit_bytes`.
        SyntaxError: The query does not parse.
    """
    result = ask(text)
    if rows <= _FEW or not isinstance(result, QuerySolutions):
        body, cut = write_result(result, target, rows=rows, limit_bytes=limit_bytes)
    else:
        # The engine's writer takes all or nothing, and is much quicker than ours: it is asked again in the rare case.
        body, cut = write_result(result, target, limit_bytes=limit_bytes)
        if body.count(_ROW[target]) >= rows and _is_more(ask(text), rows):
            body, cut = write_result(ask(limited(text, rows)), target, limit_bytes=limit_bytes)[0], True
    return (_marked(body, target) if cut else body), cut


def _is_more(result: QueryResult, rows: int) -> bool:
    assert isinstance(result, QuerySolutions)
    return next(islice(result, rows, None), None) is not None


def _marked(body: bytes, target: Format) -> bytes:
    """A cut result that says so; CSV, TSV and JSON-LD have no place for it."""
    if target is JSON:
        return body.replace(b'{"head":{', b'{"head":{"link":["' + CUT.encode() + b'"],', 1)
    if target is XML:
        return body.replace(b"</head>", b'<link href="' + CUT.encode() + b'"/></head>', 1)
    if target in (TURTLE, N_TRIPLES):
        return body + b"# " + _COMMENT + b"\n"
    if target is RDF_XML:
        return body + b"<!-- " + _COMMENT + b" -->\n"
    return body

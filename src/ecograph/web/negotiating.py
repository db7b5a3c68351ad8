"""Linked data over HTTP: one resource, its documents by format, and the headers that lead from one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from ecograph.analyse import network
from ecograph.errors import BadParameter, NotAcceptable
from ecograph.match.model import Statement
from ecograph.rdf.formats import (
    DESCRIPTION_FORMATS,
    HTML,
    JSON_LD,
    PLAIN_JSON,
    STATEMENTS_CSV,
    Format,
    by_suffix,
    negotiate,
)
from ecograph.rdf.serializing import write_graph
from ecograph.web.access import ecograph_of
from ecograph.web.linked import context
from ecograph.web.problems import Refused, language

VARY: Final = "Accept, Accept-Language"
CSV_HEADER: Final = ("subject", "predicate", "object", "datatype", "language", "graph")


def wanted(request: Request, suffix: str, offered: Sequence[Format] = DESCRIPTION_FORMATS) -> Format:
    """
    The format that an address's suffix, or else the `Accept` header, asks for.

    Raises:
        NotAcceptable: None of those that there are.
    """
    everything = (*offered, HTML)
    if not suffix:
        return negotiate(request.headers.get("accept"), everything)
    found = by_suffix(suffix, everything)
    if found is None:
        raise NotAcceptable(available=", ".join(each.suffix for each in everything))
    return found


def see(request: Request, address: str, status: int = 303, headers: dict[str, str] | None = None) -> RedirectResponse:
    """Lead on to another address of ours, at the same moment; what varies is said."""
    at = request.query_params.get("at")
    path, mark, fragment = address.partition("#")
    query = f"?{urlencode({'at': at})}" if at else ""
    return RedirectResponse(f"{path}{query}{mark}{fragment}", status, {**(headers or {}), "Vary": VARY})


def service_address(request: Request) -> str:
    """
    Where the service is, without a slash at the end: its public address, or else as it was asked.

    Raises:
        Refused: The request names a host that makes no address.
    """
    stated = ecograph_of(request).settings.base_url
    address = (stated or str(request.base_url)).rstrip("/")
    try:
        NamedNode(address)
    except ValueError:
        raise Refused(400, "bad-request") from None
    return address


def page_address(request: Request, path: str) -> str:
    """A page in the language that the visitor reads."""
    return f"/{language(request)}{path}"


def time_gate(request: Request) -> RedirectResponse | None:
    """
    Lead a client that asks for a moment by header to the address of that moment.

    Raises:
        BadParameter: The header holds no date of HTTP.

    Source:
        RFC 7089, section 4.1 (pattern 1.1): the resource is its own time gate.
    """
    asked = request.headers.get("accept-datetime")
    if asked is None or "at" in request.query_params:
        return None
    try:
        moment = parsedate_to_datetime(asked)
    except (ValueError, TypeError, OverflowError):
        expected = "Sun, 22 Nov 2026 12:00:00 GMT"
        raise BadParameter(name="Accept-Datetime", value=asked[:100], expected=expected) from None
    text = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    target = f"{request.url.path}?{urlencode({'at': text})}"
    return RedirectResponse(target, 302, {"Vary": f"accept-datetime, {VARY}", "Link": _gate(request.url.path)})


def links(path: str, offered: Sequence[Format] = DESCRIPTION_FORMATS) -> str:
    """
    The `Link` header of a resource and of its documents.

    Args:
        path: The resource's path, without suffix.
        offered: The formats of its documents.

    Source:
        RFC 8288; RFC 7089 for `original` and `timegate`; POWDER for `describedby`.
    """
    safe = quote(path, safe="/:@!$&'()*+,;=~-._%")
    documents = [f'<{safe}.{each.suffix}>; rel="alternate"; type="{each.media_type}"' for each in offered]
    described = f'<{safe}.{offered[0].suffix}>; rel="describedby"; type="{offered[0].media_type}"'
    return ", ".join((described, *documents, _gate(path)))


def _gate(path: str) -> str:
    safe = quote(path, safe="/:@!$&'()*+,;=~-._%")
    return f'<{safe}>; rel="original timegate"'


def document(
    request: Request, statements: Iterable[Statement] | Iterable[Quad], target: Format, headers: dict[str, str]
) -> Response:
    """
    Statements as one document.

    Args:
        request: What was asked.
        statements: What to write.
        target: One of `DESCRIPTION_FORMATS`.
        headers: Of the answer.
    """
    if target is STATEMENTS_CSV:
        body = b"".join(write_csv(statements))
    else:
        triples = [_triple(each) for each in statements]
        linked = target in (JSON_LD, PLAIN_JSON)
        where = service_address(request)
        body = context.write(triples, ecograph_of(request), where) if linked else write_graph(triples, target)
    return Response(body, media_type=target.content_type, headers=headers)


def write_csv(statements: Iterable[Statement] | Iterable[Quad]) -> Iterator[bytes]:
    """
    A row per statement, as RFC 4180 has it: terms without marks, with datatype, language and graph beside them.
    """
    return network.write_csv(CSV_HEADER, map(_row, statements))


def _row(each: Statement | Quad) -> tuple[str, ...]:
    graph = each.graph if isinstance(each, Statement) else each.graph_name
    datatype = lang = ""
    if isinstance(each.object, Literal):
        lang = each.object.language or ""
        datatype = "" if lang else each.object.datatype.value
    return _cell(each.subject), _cell(each.predicate), _cell(each.object), datatype, lang, _cell(graph)


def _cell(term: object) -> str:
    if isinstance(term, NamedNode | Literal):
        return term.value
    return f"_:{term.value}" if isinstance(term, BlankNode) else ""


def _triple(each: Statement | Quad) -> Triple:
    return each.triple if isinstance(each, Quad) else Triple(each.subject, each.predicate, each.object)

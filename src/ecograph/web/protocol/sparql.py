"""
The SPARQL endpoint: GET, form POST and direct POST of a query.

Source:
    SPARQL 1.1 Protocol; docs/sparql.md.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ecograph.bootstrap import EcoGraph
from ecograph.errors import BadParameter, NotAcceptable, QueryRefused
from ecograph.query.guard import AdmittedQuery, admit
from ecograph.rdf.formats import GRAPH_FORMATS, HTML, RESULT_FORMATS, Format, by_suffix, negotiate
from ecograph.web.access import ecograph_of, headers_of
from ecograph.web.clients import client_of
from ecograph.web.problems import Refused, language
from ecograph.web.protocol.service_description import description

router = APIRouter(include_in_schema=False)

_PATH: Final = "/sparql"
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_MAX_FIELDS: Final = 100  # parameters of one request
_METHODS: Final = "GET, HEAD, POST, OPTIONS"
_ALLOWED: Final = ("GET", "HEAD", "POST", "OPTIONS")
_BROWSER: Final = (*RESULT_FORMATS, *GRAPH_FORMATS, HTML)

_LONG: Final = 10_000  # characters; reading more takes tens of milliseconds
_reading_long = threading.Lock()  # one at a time, so that the interpreter is free for others in between


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a protocol request asks.

    Args:
        query: The text of the query; None if there is none.
        default_graphs: `default-graph-uri`.
        named_graphs: `named-graph-uri`.
        format: The short name of a format, which wins over `Accept`.
    """

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None

    @classmethod
    def from_fields(cls, fields: Sequence[tuple[str, str]]) -> Asked:
        """
        Read the fields of a query string or form, each decoded once.

        Raises:
            QueryRefused: An update.
            BadParameter: More than one query.
        """
        found: dict[str, list[str]] = {}
        for name, value in fields:
            found.setdefault(name, []).append(value)
        if "update" in found:
            raise QueryRefused(feature="UPDATE")
        queries = found.get("query", [])
        if len(queries) > 1:
            raise BadParameter(name="query", value=f"{len(queries)} ×", expected="1 ×")
        return cls(
            queries[0] if queries else None,
            tuple(found.get("default-graph-uri", ())),
            tuple(found.get("named-graph-uri", ())),
            next(iter(found.get("format", ())), None),
        )


async def sparql(request: Request) -> Response:
    """Answer a query, describe the service, or show a browser the page."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": _METHODS})
    ecograph = ecograph_of(request)
    asked = await _read(request)
    suffix = request.path_params.get("suffix")
    accept = ",".join(request.headers.getlist("accept")) or None
    if request.method != "POST" and asked.format is None and suffix is None and _is_browser(accept):
        target = f"/{language(request)}/sparql"
        query = f"?{urlencode({'query': asked.query})}" if asked.query else ""
        return RedirectResponse(target + query, 303, {"Vary": "Accept, Accept-Language"})
    wanted = suffix or asked.format
    if asked.query is None:
        if request.method == "POST":
            raise BadParameter(name="query", value="", expected="SELECT, ASK, CONSTRUCT, DESCRIBE")
        target_format = _named(wanted, GRAPH_FORMATS) if wanted else negotiate(accept, GRAPH_FORMATS)
        return await run_in_threadpool(description, request, target_format)
    return await _answer(ecograph, asked, wanted, accept, client_of(request))


for _path in (_PATH, _PATH + ".{suffix}"):
    router.add_route(_path, sparql, methods=list(_ALLOWED), include_in_schema=False)


async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
    """The endpoint as an application of its own."""
    response = await sparql(Request(scope, receive))
    await response(scope, receive, send)


class Shortcut:
    """
    ASGI middleware around everything, for queries: through all its layers small ones would take a third longer.

    Args:
        app: Who answers everything else.
        direct: `endpoint` in an envelope of its own, which answers its errors.

    Source:
        docs/decisions/0017-workers-have-an-allocator-of-their-own.md.
    """

    def __init__(self, app: ASGIApp, direct: ASGIApp) -> None:
        self.app = app
        self.direct = direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a query, or pass the request on."""
        is_query = scope["type"] == "http" and scope["path"] == _PATH and scope["method"] in _ALLOWED
        await (self.direct if is_query else self.app)(scope, receive, send)


async def _answer(ecograph: EcoGraph, asked: Asked, wanted: str | None, accept: str | None, client: str) -> Response:
    query = (await _admit(asked.query or "")).over(asked.default_graphs, asked.named_graphs)
    # Where another process publishes, it is looked whether there is a new revision, on a server perhaps.
    view = ecograph.view() if ecograph.writes else await run_in_threadpool(ecograph.view)
    answer = await ecograph.queries.run_on_loop(
        query, _accept(query, wanted, accept), directory=view.snapshot.path, client=client
    )
    headers = headers_of(view)
    for name in ("ETag", "Last-Modified"):  # NOW() and RAND() differ within a revision
        headers.pop(name, None)
    headers["Server-Timing"] = f"query;dur={answer.seconds * 1000:.1f}"
    if answer.truncated:
        headers["EcoGraph-Truncated"] = "true"
    return Response(answer.body, media_type=answer.media_type, headers=headers)


async def _admit(text: str) -> AdmittedQuery:
    return admit(text) if len(text) < _LONG else await run_in_threadpool(_admit_long, text)


def _admit_long(text: str) -> AdmittedQuery:
    with _reading_long:
        return admit(text)


async def _read(request: Request) -> Asked:
    in_address = _fields(request.scope["query_string"])
    if request.method != "POST":
        return Asked.from_fields(in_address)
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    media_type = media_type.strip()
    if media_type == _UPDATE:
        raise QueryRefused(feature="UPDATE")
    stated = (parameter.partition("=") for parameter in parameters.split(";"))
    charset = next((value.strip(' "') for name, _, value in stated if name.strip() == "charset"), "")
    if media_type not in (_FORM, _QUERY) or charset not in ("", "utf-8", "utf8", "us-ascii"):
        given = f"{media_type}; charset={charset}" if charset else media_type or "–"
        raise Refused(415, "unsupported-media-type", given=given[:200], supported=f"{_FORM}, {_QUERY} (UTF-8)")
    body = await request.body()
    if media_type == _FORM:
        in_form = _fields(body)
        names = {name for name, _ in in_form} - {"query"}  # a query in each is one too many
        return Asked.from_fields([*in_form, *(each for each in in_address if each[0] not in names)])
    try:
        query = body.decode("utf-8-sig")  # an editor may put a mark before it
    except UnicodeDecodeError:
        raise Refused(400, "bad-request") from None
    return Asked.from_fields([("query", query), *in_address])


def _fields(encoded: bytes) -> list[tuple[str, str]]:
    try:
        text = encoded.decode("ascii")  # anything else has to be percent-encoded
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise Refused(400, "bad-request") from None


def _accept(query: AdmittedQuery, wanted: str | None, header: str | None) -> str | None:
    """The `Accept` header, or the media type of a format that the URL names."""
    if wanted is None:
        return header
    offered = RESULT_FORMATS if query.kind in ("SELECT", "ASK") else GRAPH_FORMATS
    return _named(wanted, offered).media_type


def _named(wanted: str, offered: Sequence[Format]) -> Format:
    found = by_suffix(wanted, offered)
    if found is None:
        kind = wanted.partition(";")[0].strip().lower()
        found = next((each for each in offered if kind in _names(each)), None)
    if found is None:
        raise NotAcceptable(available=", ".join(each.suffix for each in offered))
    return found


def _names(target: Format) -> set[str]:
    """Its media types, and what SPARQLWrapper makes of them: `rdf+xml`, `n3`."""
    media_types = (target.media_type, *target.aliases)
    return {*media_types, *(media_type.partition("/")[2] for media_type in media_types)}


def _is_browser(accept: str | None) -> bool:
    if accept is None or "html" not in accept:
        return False
    try:
        return negotiate(accept, _BROWSER) is HTML
    except NotAcceptable:
        return False

"""
The SPARQL endpoint: GET, form POST and direct POST of a query.

Source:
    SPARQL 1.1 Protocol; SPARQL 1.1 Service Description; docs/sparql.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from pyoxigraph import BlankNode, NamedNode, Triple

from ecograph.bootstrap import EcoGraph
from ecograph.errors import BadParameter, NotAcceptable, QueryRefused
from ecograph.namespaces import RDF, Namespace
from ecograph.query.guard import AdmittedQuery, admit
from ecograph.rdf.formats import GRAPH_FORMATS, HTML, RESULT_FORMATS, Format, by_suffix, negotiate
from ecograph.rdf.serializing import write_graph
from ecograph.web.access import TheEcoGraph, headers_of
from ecograph.web.problems import Refused, language

router = APIRouter(include_in_schema=False)

_SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_MAX_FIELDS: Final = 100  # parameters of one request
_METHODS: Final = "GET, HEAD, POST, OPTIONS"


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


@router.api_route("/sparql", methods=["GET", "POST", "OPTIONS"])
@router.api_route("/sparql.{suffix}", methods=["GET", "POST", "OPTIONS"])
async def sparql(request: Request, ecograph: TheEcoGraph, suffix: str | None = None) -> Response:
    """Answer a query, describe the service, or show a browser the page."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": _METHODS})
    asked = await _read(request)
    if request.method != "POST" and asked.format is None and suffix is None and _is_browser(request):
        target = f"/{language(request)}/sparql"
        query = f"?{urlencode({'query': asked.query})}" if asked.query else ""
        return RedirectResponse(target + query, 303, {"Vary": "Accept, Accept-Language"})
    wanted = suffix or asked.format
    if asked.query is None:
        if request.method == "POST":
            raise BadParameter(name="query", value="", expected="SELECT, ASK, CONSTRUCT, DESCRIBE")
        return _description(request, ecograph.settings.base_url, wanted)
    admitted = admit(asked.query).over(asked.default_graphs, asked.named_graphs)
    accept = _accept(admitted, wanted, request.headers.get("accept"))
    return await run_in_threadpool(_answer, ecograph, admitted, accept)


def _answer(ecograph: EcoGraph, query: AdmittedQuery, accept: str | None) -> Response:
    view = ecograph.view()
    answer = ecograph.queries.run(query, accept, directory=view.snapshot.path)
    headers = headers_of(view)
    del headers["ETag"]  # NOW() and RAND() differ within a revision
    headers["Server-Timing"] = f"query;dur={answer.seconds * 1000:.1f}"
    if answer.truncated:
        headers["EcoGraph-Truncated"] = "true"
    return Response(answer.body, media_type=answer.media_type, headers=headers)


async def _read(request: Request) -> Asked:
    if request.method != "POST":
        return Asked.from_fields(_fields(request.scope["query_string"]))
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == _UPDATE:
        raise QueryRefused(feature="UPDATE")
    if media_type not in (_FORM, _QUERY):
        raise Refused(415, "unsupported-media-type", given=media_type or "–", supported=f"{_FORM}, {_QUERY}")
    body = await request.body()
    if media_type == _FORM:
        return Asked.from_fields(_fields(body))
    beside = Asked.from_fields(_fields(request.scope["query_string"]))
    try:
        return Asked(body.decode("utf-8"), beside.default_graphs, beside.named_graphs, beside.format)
    except UnicodeDecodeError:
        raise Refused(400, "bad-request") from None


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
    found = by_suffix(wanted, offered) or next((each for each in offered if each.media_type == wanted), None)
    if found is None:
        raise NotAcceptable(available=", ".join(each.suffix for each in offered))
    return found


def _is_browser(request: Request) -> bool:
    try:
        return negotiate(request.headers.get("accept"), (*RESULT_FORMATS, *GRAPH_FORMATS, HTML)) is HTML
    except NotAcceptable:
        return False


def _description(request: Request, base_url: str | None, wanted: str | None) -> Response:
    """The endpoint described in RDF, for a request without a query."""
    if wanted is not None:
        target = _named(wanted, GRAPH_FORMATS)
    else:
        target = negotiate(request.headers.get("accept"), GRAPH_FORMATS)
    try:
        endpoint = NamedNode((base_url or str(request.base_url)).rstrip("/") + "/sparql")
    except ValueError:  # a Host header that makes no IRI
        raise Refused(400, "bad-request") from None
    dataset, graph = BlankNode("dataset"), BlankNode("graph")
    triples = [
        Triple(endpoint, RDF.type, _SD.Service),
        Triple(endpoint, _SD.endpoint, endpoint),
        Triple(endpoint, _SD.supportedLanguage, _SD.SPARQL11Query),
        Triple(endpoint, _SD.feature, _SD.UnionDefaultGraph),
        Triple(endpoint, _SD.defaultDataset, dataset),
        Triple(dataset, RDF.type, _SD.Dataset),
        Triple(dataset, _SD.defaultGraph, graph),
        Triple(graph, RDF.type, _SD.Graph),
        *(
            Triple(endpoint, _SD.resultFormat, NamedNode(each.engine.iri))
            for each in (*RESULT_FORMATS, *GRAPH_FORMATS)
            if each.engine is not None
        ),
    ]
    body = write_graph(triples, target, prefixes={"sd": _SD.iri, "rdf": RDF.iri})
    return Response(body, media_type=target.content_type, headers={"Vary": "Accept", "Allow": _METHODS})

"""
The graphs of the store as documents, for reading: `/rdf-graph-store?default` and `?graph=<IRI>`.

Source:
    SPARQL 1.1 Graph Store HTTP Protocol, sections 4 and 5.2; docs/sparql.md, "Graphs as documents".
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pyoxigraph import NamedNode

from ecograph.errors import BadParameter, NotAcceptable, QueryTooBig, UnknownThing
from ecograph.query.guard import AdmittedQuery
from ecograph.rdf.formats import GRAPH_FORMATS, by_suffix
from ecograph.web.access import TheEcoGraph, TheView, headers_of
from ecograph.web.clients import client_of
from ecograph.web.problems import Refused
from ecograph.web.protocol.described import GRAPH_ANSWERS, GRAPH_PARAMETERS

router = APIRouter()

_EVERYTHING: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_METHODS: Final = "GET, HEAD, OPTIONS"


@router.get(
    "/rdf-graph-store",
    summary="A graph as a document",
    tags=["sparql"],
    response_class=Response,
    responses=GRAPH_ANSWERS,
    openapi_extra={"parameters": list(GRAPH_PARAMETERS)},
)
def read(request: Request, ecograph: TheEcoGraph, view: TheView) -> Response:
    """One graph, in the format that is asked for: SPARQL 1.1 Graph Store HTTP Protocol, reading only."""
    graph = _graph(request)
    if graph is not None and next(iter(view.snapshot.quads(graph=graph)), None) is None:
        raise UnknownThing(kind="graph", id=graph.value[:200])
    query = AdmittedQuery("CONSTRUCT", _EVERYTHING).over([graph.value] if graph else [], [])
    answer = ecograph.queries.run(query, _accept(request), directory=view.snapshot.path, client=client_of(request))
    if answer.truncated:  # a graph in part would be another graph
        raise QueryTooBig(limit=f"{ecograph.settings.query_rows} triples")
    return Response(answer.body, media_type=answer.media_type, headers={**headers_of(view), "Vary": "Accept"})


@router.options("/rdf-graph-store", include_in_schema=False)
def options() -> Response:
    """What may be done."""
    return Response(status_code=204, headers={"Allow": _METHODS})


@router.api_route("/rdf-graph-store", methods=["PUT", "POST", "DELETE", "PATCH"], include_in_schema=False)
def refuse() -> Response:
    """Statements come in as contributions."""
    raise Refused(405, "graph-store-reads", {"Allow": _METHODS})


def _graph(request: Request) -> NamedNode | None:
    """
    The graph that is named; None for the default graph.

    Raises:
        BadParameter: Neither is named or both are, or the name is no absolute IRI.
    """
    names = request.query_params.getlist("graph")
    if ("default" in request.query_params) == bool(names) or len(names) > 1:
        raise BadParameter(name="graph", value=f"{len(names)} ×", expected="?default, ?graph=<IRI>")
    if not names:
        return None
    try:
        return NamedNode(names[0])
    except ValueError:
        raise BadParameter(name="graph", value=names[0][:200], expected="https://…") from None


def _accept(request: Request) -> str | None:
    named = request.query_params.get("format")
    if named is None:
        return ",".join(request.headers.getlist("accept")) or None
    found = by_suffix(named, GRAPH_FORMATS)
    if found is None:
        raise NotAcceptable(available=", ".join(each.suffix for each in GRAPH_FORMATS))
    return found.media_type

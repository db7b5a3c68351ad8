"""
The catalogue at `/dataset` (DCAT-AP) and the description at `/.well-known/void` (VoID).

Source:
    docs/linked-data.md, "Catalogue".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pyoxigraph import Triple

from ecograph.bootstrap import EcoGraph, View
from ecograph.rdf.formats import HTML, JSON_LD, N_TRIPLES, PLAIN_JSON, RDF_XML, TURTLE
from ecograph.rdf.serializing import write_graph
from ecograph.web.access import TheEcoGraph, TheView
from ecograph.web.linked import context
from ecograph.web.linked.catalogue_rdf import Described, catalogue, void
from ecograph.web.linked.dumps import headers_with, offered
from ecograph.web.negotiating import links, page_address, see, service_address, wanted
from ecograph.web.reading.holdings import holdings

router = APIRouter(include_in_schema=False)

FORMATS: Final = (TURTLE, PLAIN_JSON, JSON_LD, N_TRIPLES, RDF_XML)


def described(request: Request, ecograph: EcoGraph, view: View) -> Described:
    """What a revision holds, with the addresses of the service that is asked."""
    return Described(service_address(request), view.published_at, holdings(view), offered(ecograph, view))


@router.get("/dataset")
@router.get("/dataset.{suffix}")
def dataset(request: Request, ecograph: TheEcoGraph, view: TheView, suffix: str = "") -> Response:
    """Which datasets there are, whose, on which terms, and how to get them; a browser is led to the page."""
    return _document(request, ecograph, view, suffix, "/dataset", catalogue)


@router.get("/.well-known/void")
@router.get("/.well-known/void.{suffix}")
def well_known(request: Request, ecograph: TheEcoGraph, view: TheView, suffix: str = "") -> Response:
    """What the graph consists of, and what it links to."""
    return _document(request, ecograph, view, suffix, "/.well-known/void", void)


def _document(
    request: Request,
    ecograph: EcoGraph,
    view: View,
    suffix: str,
    path: str,
    describe: Callable[[Described], Iterator[Triple]],
) -> Response:
    target = wanted(request, suffix, FORMATS)
    shown = described(request, ecograph, view)
    headers = {**headers_with(view, shown.dumps), "Link": links(path, FORMATS)}
    if target is HTML:
        return see(request, page_address(request, "/data"), headers=headers)
    triples = list(dict.fromkeys(describe(shown)))
    linked = target in (JSON_LD, PLAIN_JSON)
    body = context.write(triples, ecograph, service_address(request)) if linked else write_graph(triples, target)
    return Response(body, media_type=target.content_type, headers=headers)

"""
Linked data: `/id/...` and `/concept/...` lead to a page or to RDF; `/ns` and `/shapes` are documents.

Source:
    Cool URIs for the Semantic Web, section 4.2 (303); docs/api.md, "Linked data".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pyoxigraph import Quad, Triple

from ecograph.bootstrap import View
from ecograph.errors import NotAcceptable, UnknownThing
from ecograph.identifiers import graph_iri, scheme_iri
from ecograph.match.model import Statement
from ecograph.messages import catalogue
from ecograph.namespaces import BASE
from ecograph.rdf.formats import GRAPH_FORMATS, HTML, Format, by_suffix, negotiate
from ecograph.rdf.serializing import write_graph
from ecograph.web.access import TheView, headers_of
from ecograph.web.problems import language
from ecograph.web.reading import description

router = APIRouter(include_in_schema=False)

_VARY: Final = {"Vary": "Accept, Accept-Language"}


@router.get("/id/{kind}/{name}")
def thing(request: Request, view: TheView, kind: str, name: str) -> Response:
    """A thing: 303 to its page or its description, or the description where the address has a suffix."""
    return _entity(request, view, f"id/{kind}", name, lambda slug: description.thing(view, kind, slug))


@router.get("/concept/{scheme}/{name}")
def concept(request: Request, view: TheView, scheme: str, name: str) -> Response:
    """A concept, likewise."""
    return _entity(request, view, f"concept/{scheme}", name, lambda slug: description.concept(view, scheme, slug))


@router.get("/concept/{scheme}")
def scheme(request: Request, view: TheView, scheme: str) -> Response:
    """A concept scheme: what is said of it and of its concepts' places in it."""
    name, _, suffix = scheme.partition(".")
    target = _document_format(request, suffix)
    iri = scheme_iri(name)
    members = [*view.concepts.in_scheme(name)]
    triples = [quad.triple for node in (iri, *members) for quad in view.snapshot.quads(node)]
    if not triples:
        raise UnknownThing(kind="concept", id=name)
    return _document(view, triples, target)


@router.get("/ns")
@router.get("/ns.{suffix}")
def ontology(request: Request, view: TheView, suffix: str = "") -> Response:
    """Our own terms."""
    return _graph(request, view, "ontology", suffix)


@router.get("/shapes")
@router.get("/shapes.{suffix}")
def shapes(request: Request, view: TheView, suffix: str = "") -> Response:
    """What data must have."""
    return _graph(request, view, "shapes", suffix)


@router.get("/problems/{code}")
def problem(code: str) -> JSONResponse:
    """What a problem's type means, in three languages."""
    found = catalogue().get(f"error.{code}") or catalogue().get(f"problem.detail.{code}")
    if found is None:
        raise UnknownThing(kind="problem", id=code)
    return JSONResponse({"type": f"{BASE}problems/{code}", "code": code, "detail": dict(found)})


def _entity(request: Request, view: View, place: str, name: str, read: Callable[[str], description.Thing]) -> Response:
    slug, _, suffix = name.partition(".")
    found = read(slug)
    if suffix:
        triples = [_triple(each) for each in (*found.statements, *found.incoming)]
        return _document(view, triples, _document_format(request, suffix))
    target = negotiate(request.headers.get("accept"), (*GRAPH_FORMATS, HTML))
    if target is HTML:
        return RedirectResponse(f"/{language(request)}/{place}/{slug}", 303, _VARY)
    return RedirectResponse(f"/{place}/{slug}.{target.suffix}", 303, _VARY)


def _graph(request: Request, view: View, name: str, suffix: str) -> Response:
    quads: list[Quad] = list(view.snapshot.quads(None, None, None, graph_iri(name)))
    return _document(view, [quad.triple for quad in quads], _document_format(request, suffix))


def _document_format(request: Request, suffix: str) -> Format:
    if not suffix:
        return negotiate(request.headers.get("accept"), GRAPH_FORMATS)
    found = by_suffix(suffix, GRAPH_FORMATS)
    if found is None:
        raise NotAcceptable(available=", ".join(each.suffix for each in GRAPH_FORMATS))
    return found


def _document(view: View, triples: list[Triple], target: Format) -> Response:
    return Response(write_graph(triples, target), media_type=target.content_type, headers=headers_of(view))


def _triple(statement: Statement) -> Triple:
    return Triple(statement.subject, statement.predicate, statement.object)

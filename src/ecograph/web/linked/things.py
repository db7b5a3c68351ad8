"""
Linked data: `/id/...` and `/concept/...` lead to a page or to RDF; `/ns`, `/shapes` and `/graph/...` are documents.

Source:
    Cool URIs for the Semantic Web, section 4.2 (303); docs/linked-data.md.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pyoxigraph import NamedNode, Quad

from ecograph.analyse import dumps
from ecograph.bootstrap import EcoGraph
from ecograph.errors import UnknownThing
from ecograph.identifiers import NAME, SLUG, concept_iri, graph_iri, scheme_iri, thing_iri
from ecograph.messages import catalogue
from ecograph.namespaces import BASE, CONCEPT, ID
from ecograph.rdf.formats import HTML, JSON_LD, PLAIN_JSON, STATEMENTS_CSV, Format
from ecograph.store.base import Snapshot
from ecograph.web.access import State, TheEcoGraph, TheState
from ecograph.web.negotiating import document, links, page_address, see, time_gate, wanted, write_csv
from ecograph.web.reading import description, whereabouts

router = APIRouter(include_in_schema=False)

_WHOLE: Final = 50_000
"""Statements of a graph that are written in memory; a larger one goes by the disk."""

_PIECE_BYTES: Final = 1 << 18


@router.get("/id/{kind}/{name}")
def thing(request: Request, ecograph: TheEcoGraph, state: TheState, kind: str, name: str) -> Response:
    """A thing: 303 to its page or its description, or the description where the address has a suffix."""
    slug, _, suffix = name.partition(".")
    if not (SLUG.fullmatch(kind) and NAME.fullmatch(slug)):
        raise UnknownThing(kind=kind[:100], id=slug[:100])
    return _entity(request, ecograph, state, thing_iri(kind, slug), suffix)


@router.get("/concept/{scheme}/{name}")
def concept(request: Request, ecograph: TheEcoGraph, state: TheState, scheme: str, name: str) -> Response:
    """A concept, likewise."""
    slug, _, suffix = name.partition(".")
    if not (SLUG.fullmatch(scheme) and SLUG.fullmatch(slug)):
        raise UnknownThing(kind=scheme[:100], id=slug[:100])
    return _entity(request, ecograph, state, concept_iri(scheme, slug), suffix)


@router.get("/concept/{name}")
def scheme(request: Request, ecograph: TheEcoGraph, state: TheState, name: str) -> Response:
    """A concept scheme: what is said of it and of its concepts."""
    slug, _, suffix = name.partition(".")
    iri = scheme_iri(slug) if SLUG.fullmatch(slug) else None
    if iri is None or next(iter(state.snapshot.quads(iri)), None) is None:
        raise UnknownThing(kind="concept", id=slug[:100])
    target, path = wanted(request, suffix), f"/concept/{slug}"
    if target is HTML:
        return see(request, page_address(request, f"/model#scheme-{slug}"), headers=_linked(state, path))
    said = [quad for node in (iri, *state.view.concepts.in_scheme(slug)) for quad in state.snapshot.quads(node)]
    return document(request, said, target, _linked(state, path))


@router.get("/ns")
@router.get("/ns.{suffix}")
def ontology(request: Request, ecograph: TheEcoGraph, state: TheState, suffix: str = "") -> Response:
    """Our own terms. A browser keeps the fragment, so that `/ns#Need` leads to the section *Need*."""
    return _graph(request, ecograph, state, "ontology", wanted(request, suffix), "/ns", "/model")


@router.get("/shapes")
@router.get("/shapes.{suffix}")
def shapes(request: Request, ecograph: TheEcoGraph, state: TheState, suffix: str = "") -> Response:
    """What data must have."""
    return _graph(request, ecograph, state, "shapes", wanted(request, suffix), "/shapes", "/model")


@router.get("/graph/{name:path}")
def graph(request: Request, ecograph: TheEcoGraph, state: TheState, name: str) -> Response:
    """A named graph: everything that one publisher says, or that one vocabulary holds."""
    slug, _, suffix = name.partition(".")
    page = f"/data#graph-{slug.replace('/', '--')}"
    return _graph(request, ecograph, state, slug, wanted(request, suffix), f"/graph/{slug}", page)


@router.get("/problems/{code}")
def problem(code: str) -> JSONResponse:
    """What a problem's type means, in three languages."""
    found = catalogue().get(f"error.{code}") or catalogue().get(f"problem.detail.{code}")
    if found is None:
        raise UnknownThing(kind="problem", id=code)
    return JSONResponse({"type": f"{BASE}problems/{code}", "code": code, "detail": dict(found)})


def _entity(request: Request, ecograph: EcoGraph, state: State, iri: NamedNode, suffix: str) -> Response:
    path = f"/{iri.value.removeprefix(BASE)}"
    ending = f".{suffix}" if suffix else ""
    moved = whereabouts.replacement(state.snapshot, iri)
    if moved is not None and (moved in ID or moved in CONCEPT):
        return see(request, f"/{moved.value.removeprefix(BASE)}{ending}", 301, _linked(state, path))
    if gate := time_gate(request):
        return gate
    found = description.said(state.snapshot, iri)
    if found is None:
        _, kind, slug = path.removeprefix("/").split("/", 2)
        if state.past:
            raise UnknownThing(kind=kind, id=slug)
        whereabouts.missing(ecograph, state.view, iri, kind, slug)
    target, headers = wanted(request, suffix), _linked(state, path)
    if target is HTML:
        return see(request, page_address(request, path), headers=headers)
    if not suffix:
        return see(request, f"{path}.{target.suffix}", headers=headers)
    if found.incoming_truncated:
        headers["EcoGraph-Truncated"] = "true"
    return document(request, (*found.statements, *found.incoming), target, headers)


def _graph(
    request: Request, ecograph: EcoGraph, state: State, name: str, target: Format, path: str, page: str
) -> Response:
    iri, headers = graph_iri(name), _linked(state, path)
    first = _first(state.snapshot, iri)
    if not first:
        raise UnknownThing(kind="graph", id=name[:100])
    if target is HTML:
        return see(request, page_address(request, page), headers=headers)
    if len(first) <= _WHOLE:
        return document(request, first, target, headers)
    file = _spooled(state.snapshot, iri, target, ecograph.settings.data_dir)
    return StreamingResponse(_pieces(file), media_type=target.content_type, headers=headers)


def _first(snapshot: Snapshot, iri: NamedNode) -> list[Quad]:
    return list(islice(snapshot.quads(None, None, None, iri), _WHOLE + 1))


def _spooled(snapshot: Snapshot, iri: NamedNode, target: Format, directory: Path) -> BinaryIO:
    """
    A large graph written to a nameless file: an engine's iterator must stay in its thread, an answer does not.

    JSON-LD is written in full, without the published context.
    """
    file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 (closed when it has been sent)
    try:
        quads = snapshot.quads(None, None, None, iri)
        if target is STATEMENTS_CSV:
            file.writelines(write_csv(quads))
        else:
            dumps.serialize_graph((quad.triple for quad in quads), JSON_LD if target is PLAIN_JSON else target, file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return cast(BinaryIO, file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _linked(state: State, path: str) -> dict[str, str]:
    return {**state.headers, "Link": links(path)}

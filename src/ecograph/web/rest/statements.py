"""
Who said this, when, and from what: a statement with the graph it stands in and the contribution that brought it.

Source:
    docs/api.md, "Who said this".
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import Field
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.bootstrap import EcoGraph, View
from ecograph.errors import BadParameter, UnknownThing
from ecograph.ledger.records import Revision
from ecograph.match.model import Statement
from ecograph.namespaces import BASE, PREFIXES
from ecograph.web.access import TheEcoGraph, TheView
from ecograph.web.reading.changes import reviewer
from ecograph.web.rest import models
from ecograph.web.rest.lists import problems_of

router = APIRouter(prefix="/api/v1", tags=["graph"], responses=problems_of(400, 404, 422, 503))

MAX_STATEMENTS: Final = 50
"""Statements in one answer; whoever wants all asks SPARQL."""

SEARCH_S: Final = 3.0
"""How long the ledger is searched for one answer."""

Term = Annotated[str | None, Query(max_length=2000)]


class Publication(models.Model):
    """The contribution that brought a statement, as the ledger knows it."""

    contribution: str
    revision: int
    published_at: datetime
    sha256: Annotated[str | None, Field(description="Of the contributed bytes; null when they were erased")]
    reviewer: Annotated[str | None, Field(description="The organisation that approved it; null for the operator")]


class SaidModel(models.Model):
    """A statement, and who said it."""

    statement: models.Statement
    publisher: str
    publisher_slug: str | None
    title: models.Texts
    licence: models.Iri | None
    rights: models.Texts
    sources: list[str]
    issued: Annotated[str | None, Field(description="Date of issue, as the publisher states it")]
    example: Annotated[bool, Field(description="Whether it only serves to try the system")]
    publication: Annotated[
        Publication | None,
        Field(description="Null where this service does not know, or finding out would take too long"),
    ]


class Said(models.Model):
    """Statements, each with who said it."""

    items: list[SaidModel]
    truncated: Annotated[bool, Field(description="Whether there are more")]
    revision: int


@router.get("/statements", summary="Who said this")
def statements(
    ecograph: TheEcoGraph,
    view: TheView,
    subject: Annotated[str, Query(max_length=2000, examples=["need/n09"], description="IRI, or the end of one")],
    property: Annotated[Term, Query(description="IRI, or short: `dcterms:title`")] = None,
    object: Annotated[Term, Query(description="IRI, or the text of a literal")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_STATEMENTS)] = 20,
) -> Said:
    """The statements about a thing with publisher, sources, licence, date, and the contribution they came with."""
    thing = _iri("subject", subject)
    path = _iri("property", property) if property else None
    found = list(islice(_matching(view, thing, path, object), limit + 1))
    if not found:
        raise UnknownThing(kind="statement", id=subject[:200])
    until = time.monotonic() + SEARCH_S
    items = [_said(ecograph, view, quad, until) for quad in found[:limit]]
    return Said(items=items, truncated=len(found) > limit, revision=view.revision)


def _matching(view: View, thing: NamedNode, path: NamedNode | None, value: str | None) -> Iterator[Quad]:
    for quad in view.snapshot.quads(thing, path):
        if value is None or (isinstance(quad.object, NamedNode | Literal) and quad.object.value == value):
            yield quad


def _said(ecograph: EcoGraph, view: View, quad: Quad, until: float) -> SaidModel:
    assert isinstance(quad.subject, NamedNode)
    assert isinstance(quad.object, NamedNode | Literal)
    assert isinstance(quad.graph_name, NamedNode)
    dataset = view.datasets.get(quad.graph_name)
    revision = ecograph.ledger.origin(quad) if ecograph.writes and time.monotonic() < until else None
    return SaidModel(
        statement=models.statement(Statement(quad.subject, quad.predicate, quad.object, quad.graph_name)),
        publisher=dataset.publisher_name if dataset else "EcoGraph",
        publisher_slug=dataset.slug if dataset else None,
        title=models.by_language(dataset.titles) if dataset else {},
        licence=dataset.license.value if dataset and dataset.license else None,
        rights=models.by_language(dataset.rights) if dataset else {},
        sources=list(dataset.sources) if dataset else [],
        issued=(dataset.issued or None) if dataset else None,
        example=dataset.example if dataset else False,
        publication=_publication(ecograph, view, revision) if revision else None,
    )


def _publication(ecograph: EcoGraph, view: View, revision: Revision) -> Publication | None:
    if revision.contribution_id is None:
        return None
    contribution = ecograph.ledger.contribution(revision.contribution_id)
    return Publication(
        contribution=contribution.id,
        revision=revision.number,
        published_at=revision.published_at,
        sha256=contribution.sha256,
        reviewer=reviewer(view, contribution.id),
    )


def _iri(name: str, value: str) -> NamedNode:
    """An IRI, also as `dcterms:title`, or the end of one of ours, such as `need/n09`."""
    prefix, colon, local = value.partition(":")
    if prefix in PREFIXES and not local.startswith("//"):
        value = PREFIXES[prefix] + local
    try:
        return NamedNode(value if colon else f"{BASE}id/{value}")
    except ValueError:
        raise BadParameter(name=name, value=value[:200], expected="need/n09") from None

"""
What changed: the revisions as a feed, in JSON and Atom, and what differs between two of them.

Source:
    docs/history.md; RFC 4287 (Atom), RFC 5005 section 3 (paged feeds).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from pyoxigraph import NamedNode

from ecograph.bootstrap import EcoGraph
from ecograph.errors import UnknownThing
from ecograph.history import MOMENT
from ecograph.identifiers import NAME, SLUG, thing_iri
from ecograph.web.access import TheEcoGraph, TheLanguage, TheView, headers_of
from ecograph.web.reading import changes as reading
from ecograph.web.rest import atom
from ecograph.web.rest import change_models as models
from ecograph.web.rest.lists import PAGED, Lang, OnlyKnown, link_pages, problems_of

router = APIRouter(prefix="/api/v1", tags=["history"], responses=problems_of(400, 404, 422, 503))

MAX_PAGE: Final = 100
"""Revisions on one page: each patch is read once to count its statements."""

MAX_THINGS: Final = 500
"""Things on one page of a difference; each is put into words in three languages."""

PATCH: Final = "application/rdf-patch"

Since = Annotated[str | None, Query(pattern=MOMENT, description="Only those of this date or revision, or later")]
Until = Annotated[
    str | None, Query(pattern=MOMENT, description="Only those of this date (its end) or revision, or earlier")
]
Publisher = Annotated[
    str | None, Query(max_length=100, description="Only those of this publisher", examples=["ecograph"])
]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[int | None, Query(ge=1, le=999_999_999, description="`next` of the page before")]
Moment = Annotated[
    str | None,
    Query(
        pattern=MOMENT, description="A revision (0: the empty graph), a date (its end) or a dateTime", examples=["1"]
    ),
]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the revisions, and the cursor of the next page."""

    changes: tuple[reading.Change, ...]
    following: str | None


def _page(
    ecograph: TheEcoGraph,
    view: TheView,
    since: Since = None,
    until: Until = None,
    publisher: Publisher = None,
    limit: Limit = 25,
    cursor: Cursor = None,
) -> Page:
    history, before = ecograph.history, cursor
    if until and until.isdigit():
        before = min(before or int(until) + 1, int(until) + 1)
    found = history.timeline.page(
        limit + 1,
        before=before,
        after=int(since) if since and since.isdigit() else 0,
        since=history.span(since)[0] if since and not since.isdigit() else None,
        until=history.span(until)[1] if until and not until.isdigit() else None,
        publisher=publisher,
    )
    shown = found[:limit]
    return Page(reading.changes(ecograph, view, shown), str(shown[-1].number) if len(found) > limit else None)


ThePage = Annotated[Page, Depends(_page)]


@router.get(
    "/changes",
    summary="What was published when",
    operation_id="listChanges",
    responses=PAGED,
    dependencies=[OnlyKnown],
)
def changes(
    request: Request,
    response: Response,
    ecograph: TheEcoGraph,
    page: ThePage,
) -> models.ChangesModel:
    """Revisions with publisher, title, moment and counts, the newest first."""
    link_pages(request, response, page.following)
    return models.ChangesModel(
        items=[models.change(each) for each in page.changes], next=page.following, revision=ecograph.revision
    )


@router.get(
    "/changes.atom",
    summary="What was published when, as a feed",
    operation_id="feedChanges",
    response_class=Response,
    responses={200: {"content": {atom.MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "RFC 4287"}},
)
def feed(
    request: Request,
    ecograph: TheEcoGraph,
    view: TheView,
    lang: TheLanguage,
    page: ThePage,
    _lang: Lang = None,
) -> Response:
    """The same for feed readers; `lang` decides the language of titles and pages."""
    base = (ecograph.settings.base_url or str(request.base_url)).rstrip("/")
    address = f"{base}{request.url.path}"
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    more = f"{address}?{urlencode([*others, ('cursor', page.following)])}" if page.following else None
    own = f"{address}?{request.url.query}" if request.url.query else address
    body = atom.feed(page.changes, ecograph.history.timeline.first, lang, base, own, more)
    return Response(body, media_type=atom.MEDIA_TYPE, headers=headers_of(view, lang))


@router.get(
    "/diff",
    summary="What differs between two revisions",
    operation_id="compareRevisions",
    response_model=models.DiffModel,
    responses={200: {**PAGED[200], "content": {PATCH: {"schema": {"type": "string"}}}}},
    dependencies=[OnlyKnown],
)
def diff(
    request: Request,
    response: Response,
    ecograph: TheEcoGraph,
    view: TheView,
    start: Annotated[Moment, Query(alias="from")] = None,
    end: Annotated[Moment, Query(alias="to")] = None,
    thing: Annotated[
        str | None, Query(max_length=300, description="Only this thing: the end of its IRI", examples=["need/n09"])
    ] = None,
    format: Annotated[
        Literal["json", "patch"], Query(description="`patch`: every statement as RDF Patch, without pages")
    ] = "json",
    limit: Annotated[int, Query(ge=1, le=MAX_THINGS)] = 50,
    cursor: Annotated[int | None, Query(ge=1, le=999_999_999, description="`next` of the page before")] = None,
) -> models.DiffModel | Response:
    """
    Statements added and removed, thing by thing in three languages, and as N-Quads.

    Without `to` it ends at the newest revision, without `from` it begins at the one before its end. Pages leave out
    what EcoGraph notes itself, in the graphs `provenance` and `ledger`; `statements` and `format=patch` have it.
    """
    last = _number(ecograph, end) if end else ecograph.revision
    first = _number(ecograph, start) if start else max(last - 1, 0)
    found = reading.compare(ecograph, first, last, _thing(thing) if thing else None)
    if format == "patch":
        return Response(_patch(found), media_type=PATCH, headers=headers_of(view))
    begin = cursor or 0
    pairs = found.subjects[begin : begin + limit]
    following = str(begin + limit) if begin + limit < len(found.subjects) else None
    link_pages(request, response, following)
    return models.diff(found, found.difference(view, pairs), following)


def _number(ecograph: EcoGraph, moment: str) -> int:
    return 0 if moment == "0" else ecograph.history.moment(moment).number


def _thing(text: str) -> NamedNode:
    kind, _, name = text.partition("/")
    if not (SLUG.fullmatch(kind) and NAME.fullmatch(name)):
        raise UnknownThing(kind=kind[:100], id=name[:100])
    return thing_iri(kind, name)


def _patch(found: reading.Compared) -> bytes:
    """The whole difference as RDF Patch: what goes, then what comes."""
    lines = [b"TX ."]
    lines += [b"D " + line for line in found.net.removed]
    lines += [b"A " + line for line in found.net.added]
    return b"\n".join([*lines, b"TC .", b""])

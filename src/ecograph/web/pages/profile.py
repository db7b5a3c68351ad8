"""The profile of an actor, a project, a topic or anything else with an address of ours."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pyoxigraph import NamedNode

from ecograph.errors import UnknownThing
from ecograph.identifiers import concept_iri, thing_iri
from ecograph.namespaces import BASE, CONCEPT, ID
from ecograph.web.access import ecograph_of
from ecograph.web.pages.layout import METHODS, Words, as_of, page, short
from ecograph.web.reading.whereabouts import missing, replacement
from ecograph.web.views.profiles import Profile, profile
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)


@router.api_route("/{lang}/id/{kind}/{slug}", methods=METHODS)
def thing(request: Request, words: Words, kind: str, slug: str) -> Response:
    """The profile of a thing, as it is or as it was."""
    return shown(request, words, thing_iri(kind, slug), kind, slug)


@router.api_route("/{lang}/concept/{scheme}/{slug}", methods=METHODS)
def concept(request: Request, words: Words, scheme: str, slug: str) -> Response:
    """The profile of a topic or another concept, likewise."""
    return shown(request, words, concept_iri(scheme, slug), scheme, slug)


def shown(request: Request, words: Reader, iri: NamedNode, kind: str, slug: str) -> Response:
    """
    The page of a thing: where `at` names a moment, as it was then.

    Raises:
        UnknownThing, Refused: There is nothing to show.
        BadParameter, UnknownMoment, NoHistory: It cannot be shown at that moment.
    """
    moment = request.query_params.get("at")
    if moment is None:
        return _present(request, words, iri, kind, slug)
    ecograph = ecograph_of(request)
    entry = ecograph.history.moment(moment)
    with ecograph.view_at(str(entry.number)) as view:
        then = Reader(view, words.lang)
        found = profile(then, iri)
        if found is None:
            raise UnknownThing(kind=_called(words, kind), id=slug)
        day = words.day(entry.published_at.date().isoformat())
        notice = words.say("data.past.notice", date=day, revision=entry.number)
        response = _page(request, then, iri, kind, slug, found, notice)
    return as_of(response, entry)


def _present(request: Request, words: Reader, iri: NamedNode, kind: str, slug: str) -> Response:
    moved = replacement(words.view.snapshot, iri)
    if moved is not None and (moved in ID or moved in CONCEPT):
        return RedirectResponse(f"/{words.lang}/{moved.value.removeprefix(BASE)}", 301)
    found = profile(words, iri)
    if found is None:
        missing(ecograph_of(request), words.view, iri, _called(words, kind), slug)
    return _page(request, words, iri, kind, slug, found)


def _page(
    request: Request, words: Reader, iri: NamedNode, kind: str, slug: str, found: Profile, past: str = ""
) -> Response:
    lang, template = words.lang, words.template(iri)
    place = None
    if template and template.slug in words.directory.listed:
        place = Link(words.kind(template.slug, many=True), f"/{lang}/search?kind={template.slug}")
    return page(
        request,
        lang,
        "thing.html",
        title=f"{short(found.heading.text)} – {found.kinds}" if found.kinds else short(found.heading.text),
        section="search",
        crumbs=[
            Link(words.say("page.nav.search"), f"/{lang}/search"),
            *([place] if place else found.broader),
            Link(short(found.heading.text), None, found.heading.lang),
        ],
        profile=found,
        topic_slug=slug if kind == "topic" else "",
        rdf_href=f"/{iri.value.removeprefix(BASE)}.ttl" + (f"?at={words.view.revision}" if past else ""),
        past=past,
        present_href=request.url.path,
    )


def _called(words: Reader, kind: str) -> str:
    """What a kind in an address is called, if it is one."""
    return words.kind(kind) if kind in words.view.contract.templates else kind

"""Who said this: where each value of a property of a thing comes from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pyoxigraph import NamedNode

from ecograph.errors import UnknownThing
from ecograph.web.access import ecograph_of
from ecograph.web.auth import MaybeWho
from ecograph.web.pages.layout import METHODS, Words, page, short
from ecograph.web.views.statements import said
from ecograph.web.views.words import Link

router = APIRouter(include_in_schema=False)

Address = Annotated[str, Query(max_length=2000)]


@router.api_route("/{lang}/statement", methods=METHODS)
def statement(request: Request, words: Words, who: MaybeWho, subject: Address = "", property: Address = "") -> Response:
    """Who stated what about a thing, when, from what, on which terms, and who looked it over."""
    about, path = _node(subject), _node(property)
    found = said(words, about, path, ecograph_of(request), who) if about and path else ()
    if about is None or path is None or not found:
        raise UnknownThing(kind=words.say("page.origin.title"), id=subject[:100])
    thing, name = words.link(about), words.predicate(path, words.template(about))
    title = words.say("page.origin.heading", name=name, thing=short(thing.text))
    return page(
        request,
        words.lang,
        "statement.html",
        title=title,
        section="search",
        private=who is not None,
        crumbs=[Link(short(thing.text), thing.href, thing.lang), Link(words.say("page.origin.title"))],
        heading=title,
        thing=thing,
        name=name,
        values=found,
    )


def _node(address: str) -> NamedNode | None:
    try:
        return NamedNode(address)
    except ValueError:
        return None

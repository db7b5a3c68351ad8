"""Where everything comes from and on which terms; what EcoGraph is, accessibility, personal data."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ecograph.web.pages.layout import METHODS, Words, page
from ecograph.web.views.contributions import contributions
from ecograph.web.views.words import Link

router = APIRouter(include_in_schema=False)


@router.api_route("/{lang}/sources", methods=METHODS)
def sources(request: Request, words: Words) -> Response:
    """Where everything comes from, and on which terms."""
    title = words.say("page.sources.title")
    return page(
        request,
        words.lang,
        "sources.html",
        title=title,
        section="sources",
        crumbs=[Link(title)],
        contributions=contributions(words),
    )


@router.api_route("/{lang}/about", methods=METHODS)
def about(request: Request, words: Words) -> Response:
    """What EcoGraph is, accessibility, personal data."""
    title = words.say("page.about.title")
    return page(request, words.lang, "about.html", title=title, section="about", crumbs=[Link(title)])

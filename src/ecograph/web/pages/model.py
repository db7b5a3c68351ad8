"""The model: its classes and properties, the rules, and the concept schemes, as ontology and shapes state them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ecograph.web.access import ecograph_of
from ecograph.web.pages.layout import METHODS, Words, page
from ecograph.web.views.model import model
from ecograph.web.views.words import Link

router = APIRouter(include_in_schema=False)


@router.api_route("/{lang}/model", methods=METHODS)
def of_the_graph(request: Request, words: Words) -> Response:
    """The model; its anchors are the fragments of our terms' IRIs, so that `/ns#Need` leads to *Need*."""
    title = words.say("data.model.title")
    return page(
        request,
        words.lang,
        "model.html",
        title=title,
        section="data",
        crumbs=[Link(words.say("data.page.title"), f"/{words.lang}/data"), Link(title)],
        model=model(words, ecograph_of(request).rules),
    )

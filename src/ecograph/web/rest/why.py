"""
REST: why somebody is in the list for a need, or not, and what would change it.

Source:
    docs/api.md; docs/matching.md, "Why not, and what would change it".
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from ecograph.match import weights
from ecograph.messages import Language
from ecograph.text.lexicon import normalise
from ecograph.web.access import TheView
from ecograph.web.reading import description
from ecograph.web.rest import why_models
from ecograph.web.rest.lists import PROBLEMS, Lang, Slug
from ecograph.web.rest.matching import Countries, Weighting

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=["matches"])

Goal = Annotated[
    int | None, Query(ge=1, le=50, description="The rank asked for; the first ten, or the first for one among them")
]


@router.get("/needs/{slug}/matches/{kind}/{who}", summary="Why somebody fits a need, or not")
def why_for_need(
    view: TheView,
    slug: Slug,
    kind: Annotated[str, Path(max_length=100, examples=["organisation"])],
    who: Annotated[str, Path(max_length=200, examples=["lund-university"])],
    country: Countries = None,
    goal: Goal = None,
    weighting: Weighting = weights.DEFAULT,
    _lang: Lang = None,
) -> why_models.Why:
    """One candidate whole: its reasons, the rule it fails or the evidence it lacks, and what would change it."""
    need = description.thing(view, "need", slug).summary.iri
    profile = view.matcher.profile(need)
    return why_models.why(view.why(profile, f"{kind}/{who}", countries=country, goal=goal, weighting=weighting))


@router.get("/matches/why", summary="Why somebody fits a need in words, or not")
def why_for_text(
    view: TheView,
    text: Annotated[str, Query(min_length=1, max_length=5000, examples=["Varsling ved skybrud"])],
    who: Annotated[str, Query(min_length=1, max_length=200, examples=["organisation/lund-university"])],
    country: Countries = None,
    goal: Goal = None,
    weighting: Weighting = weights.DEFAULT,
    language: Annotated[Language | None, Query(description="The language of the text; found out if left out")] = None,
    _lang: Lang = None,
) -> why_models.Why:
    """The same for a need that is not in the graph. The text is part of the address, which others may log."""
    profile = view.matcher.profile_text(normalise(text), language)
    return why_models.why(view.why(profile, who, countries=country, goal=goal, weighting=weighting))

"""
The pages, in Danish, Swedish and English: start, search, need with matches, profile, contributing and review, sources,
SPARQL, about.

Every page works without JavaScript, and its address holds its whole state.
"""

from __future__ import annotations

from fastapi import APIRouter

from ecograph.web.pages import (
    case,
    changes,
    consortium,
    contribute,
    contributions,
    data,
    login,
    model,
    need,
    profile,
    queries,
    question,
    same,
    search,
    sharing,
    shortlist,
    slash,
    start,
    statement,
    templates_page,
    terms,
    weights,
    why,
)
from ecograph.web.pages.layout import problem, static

__all__ = ["problem", "router", "static"]

router = APIRouter(include_in_schema=False)
for _part in (
    start,
    search,
    contribute,
    templates_page,
    contributions,
    case,
    changes,
    shortlist,
    sharing,
    login,
    statement,
    queries,
    question,
    terms,
    weights,
    data,
    model,
    why,
    consortium,
    same,
    need,
    profile,
    slash,
):
    router.include_router(_part.router)

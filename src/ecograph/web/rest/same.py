"""
REST: who else has a need, and what already runs elsewhere that could be taken over.

Source:
    docs/same-need.md; docs/api.md.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pyoxigraph import NamedNode

from ecograph.bootstrap import View
from ecograph.identifiers import PLACE
from ecograph.match.model import NeedProfile
from ecograph.match.together import clusters, replication
from ecograph.messages import Language
from ecograph.namespaces import ID
from ecograph.text.lexicon import normalise
from ecograph.web.access import TheView
from ecograph.web.narrowing import narrowed
from ecograph.web.reading import description
from ecograph.web.rest import same_models
from ecograph.web.rest.lists import PROBLEMS, Lang, Slug
from ecograph.web.rest.matching import Topics
from ecograph.web.rest.same_models import ReplicableText, SameText

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=["matches"])

For = Annotated[
    str | None,
    Query(
        alias="for",
        max_length=200,
        pattern=PLACE,
        examples=["municipality/se-malmoe"],
        description="The municipality or region it is for; the need's own territory if left out",
    ),
]
Text = Annotated[str, Query(min_length=1, max_length=5000, examples=["Sensorer i gatuträd"])]
Tongue = Annotated[
    Language | None, Query(alias="language", description="The language of the text; found out if left out")
]


@router.get("/clusters", summary="Needs that ask for the same")
def every_cluster(view: TheView, _lang: Lang = None) -> same_models.Clusters:
    """Every group of needs that a joint tender could serve, those across a border first."""
    known = view.compared
    found = clusters.clusters(view.matcher, view.snapshot, known)
    return same_models.Clusters(
        clusters=[same_models.cluster(view, each) for each in found],
        needs=len(known.profiles),
        revision=view.revision,
    )


@router.get("/needs/{slug}/same", summary="Who else has a need")
def same_as_need(view: TheView, slug: Slug, _lang: Lang = None) -> same_models.SameNeed:
    """Needs that ask for the same, what they share and what each adds, and municipalities that have worked on it."""
    return same_for(view, _stored(view, slug))


@router.get("/needs/{slug}/replicable", summary="What already runs elsewhere for a need")
def replicable_for_need(
    view: TheView, slug: Slug, place: For = None, topic: Topics = None, _lang: Lang = None
) -> same_models.ReplicableAnswer:
    """Fitting solutions that run somewhere, in which municipalities, and what is missing for us."""
    return replicable_for(view, narrowed(view, _stored(view, slug), topic), place)


@router.post("/matches/same", summary="Who else has a need in words")
def same_as_text(view: TheView, need: SameText) -> same_models.SameNeed:
    """The same for a need that is not in the graph. Nothing of it is kept."""
    return same_for(view, _typed(view, need.text, need.lang, need.topics))


@router.get("/matches/same", summary="Who else has a need in words, as an address")
def same_as_address(
    view: TheView, text: Text, language: Tongue = None, topic: Topics = None, _lang: Lang = None
) -> same_models.SameNeed:
    """As POST, for a link. The text is part of the address, which others may log: use POST where that matters."""
    return same_for(view, _typed(view, text, language, topic))


@router.post("/matches/replicable", summary="What already runs elsewhere for a need in words")
def replicable_for_text(view: TheView, need: ReplicableText) -> same_models.ReplicableAnswer:
    """The same for a need that is not in the graph. Nothing of it is kept."""
    return replicable_for(view, _typed(view, need.text, need.lang, need.topics), need.place)


@router.get("/matches/replicable", summary="What already runs elsewhere for a need in words, as an address")
def replicable_for_address(
    view: TheView, text: Text, place: For = None, language: Tongue = None, topic: Topics = None, _lang: Lang = None
) -> same_models.ReplicableAnswer:
    """As POST, for a link. The text is part of the address, which others may log: use POST where that matters."""
    return replicable_for(view, _typed(view, text, language, topic), place)


def same_for(view: View, profile: NeedProfile) -> same_models.SameNeed:
    """Who else has a need, as data."""
    return same_models.same(view, clusters.same(view.matcher, view.snapshot, view.compared, profile))


def replicable_for(view: View, profile: NeedProfile, place: str | None) -> same_models.ReplicableAnswer:
    """
    What already runs elsewhere, as data.

    Args:
        view: The graph.
        profile: The need.
        place: For whom, as kind and slug; None for the need's own territory.

    Raises:
        UnknownThing: There is no such municipality or region.
    """
    where = ID[place] if place else None
    return same_models.replicable(replication.replicable(view.matcher, view.snapshot, profile, where))


def _stored(view: View, slug: str) -> NeedProfile:
    need: NamedNode = description.thing(view, "need", slug).summary.iri
    return view.matcher.profile(need)


def _typed(view: View, text: str, lang: Language | None, topics: list[str] | None) -> NeedProfile:
    return narrowed(view, view.matcher.profile_text(normalise(text), lang), topics)

"""
REST: who fits a need, as JSON or as RDF.

Source:
    docs/api.md, "Matches".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from ecograph.bootstrap import View
from ecograph.errors import BadParameter
from ecograph.match import rdf, weights
from ecograph.match.model import Group, NeedProfile
from ecograph.rdf.formats import GRAPH_FORMATS, Format, by_suffix, negotiate
from ecograph.rdf.serializing import write_graph
from ecograph.text.lexicon import normalise
from ecograph.web.access import TheView, headers_of
from ecograph.web.narrowing import TOPIC, narrowed
from ecograph.web.reading import description
from ecograph.web.rest import models, weight_models
from ecograph.web.rest.lists import PROBLEMS, Lang, Side, Slug, problems_of

JSON: Final = Format("json", "application/json", "json", ("text/json",))
FORMATS: Final = (JSON, *GRAPH_FORMATS)
"""What an answer is written in; the first where the client does not mind."""

_WRITTEN: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {each.media_type: {} for each in GRAPH_FORMATS}, "description": "Candidates with their reasons"},
    **problems_of(406),
}

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=["matches"])

Countries = Annotated[list[Side] | None, Query(alias="country", max_length=3)]
Groups = Annotated[list[Group] | None, Query(alias="group", max_length=6)]
Top = Annotated[int, Query(ge=1, le=50, description="Candidates per group")]
Weighting = Annotated[
    str,
    Query(
        max_length=100,
        description="The profile that says what counts most; see `/api/v1/weights`",
        examples=["ready-to-buy"],
        json_schema_extra={"enum": list(weights.PROFILES)},
    ),
]
Topics = Annotated[
    list[Annotated[str, Query(json_schema_extra={"pattern": TOPIC})]] | None,
    Query(
        alias="topic",
        max_length=50,
        description="The topics it is about, by slug, instead of those understood; `slug:half` beside one weighs it",
        examples=[["cloudburst", "cloudburst:half"]],
    ),
]
Form = Annotated[
    str | None,
    Query(
        alias="format",
        max_length=20,
        description="Instead of Accept",
        examples=["turtle"],
        json_schema_extra={"enum": [each.name for each in FORMATS]},
    ),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    Which candidates a client wants.

    Args:
        countries: Only those of these; None for all.
        groups: Only these groups; None for all.
        top: How many per group.
        weighting: The profile that says what counts most.
        topics: What the need is about; None for what is understood of it.
    """

    countries: list[Side] | None
    groups: list[Group] | None
    top: int
    weighting: str
    topics: list[str] | None


def _wanted(
    country: Countries = None,
    group: Groups = None,
    top: Top = 10,
    weighting: Weighting = weights.DEFAULT,
    topic: Topics = None,
) -> Wanted:
    return Wanted(country, group, top, weighting, topic)


TheWanted = Annotated[Wanted, Depends(_wanted)]


@router.get("/weights", summary="What counts how much, and why")
def weights_in_force(_view: TheView, _lang: Lang = None) -> weight_models.Weights:
    """Every number that steers a match, with its reason, and the profiles that weigh the signals."""
    return weight_models.weights()


@router.get("/needs/{slug}/matches", summary="Who fits a need", response_model=models.Matches, responses=_WRITTEN)
def matches_of_need(
    request: Request,
    view: TheView,
    slug: Slug,
    wanted: TheWanted,
    form: Form = None,
    _lang: Lang = None,
) -> Response | models.Matches:
    """Candidates from both sides of the border, each with reasons that cite statements of the graph."""
    return _answer(request, view, _stored(view, slug), wanted, form)


@router.get(
    "/needs/{slug}/matches.{suffix}",
    summary="Who fits a need, in a format",
    response_model=models.Matches,
    responses=_WRITTEN,
)
def matches_of_need_in(
    request: Request,
    view: TheView,
    slug: Slug,
    suffix: Annotated[str, Path(max_length=10, examples=["ttl"])],
    wanted: TheWanted,
    _lang: Lang = None,
) -> Response | models.Matches:
    """The same in the format that the end of the address names: `json`, `ttl`, `jsonld`, `nt` or `rdf`."""
    return _answer(request, view, _stored(view, slug), wanted, suffix)


@router.post("/matches", summary="Who fits a need in words", response_model=models.Matches, responses=_WRITTEN)
def matches_of_text(request: Request, view: TheView, need: models.NeedText) -> Response | models.Matches:
    """The same for a need that is not in the graph. Nothing of it is kept."""
    wanted = Wanted(need.countries, need.groups, need.top, need.weighting, need.topics)
    return _answer(request, view, view.matcher.profile_text(normalise(need.text), need.lang), wanted, None)


@router.get(
    "/matches", summary="Who fits a need in words, as an address", response_model=models.Matches, responses=_WRITTEN
)
def matches_of_address(
    request: Request,
    view: TheView,
    text: Annotated[str, Query(min_length=1, max_length=5000, examples=["Varsling ved skybrud"])],
    wanted: TheWanted,
    form: Form = None,
    _lang: Lang = None,
) -> Response | models.Matches:
    """As POST, for a link. The text is part of the address, which others may log: use POST where that matters."""
    return _answer(request, view, view.matcher.profile_text(normalise(text)), wanted, form)


def _stored(view: View, slug: str) -> NeedProfile:
    return view.matcher.profile(description.thing(view, "need", slug).summary.iri)


def _answer(
    request: Request, view: View, need: NeedProfile, wanted: Wanted, form: str | None
) -> Response | models.Matches:
    """The candidates for a need, in the format that was asked for."""
    found = view.matcher.match(
        narrowed(view, need, wanted.topics),
        countries=wanted.countries,
        groups=wanted.groups,
        top=wanted.top,
        weighting=wanted.weighting,
    )
    target = format_of(form) if form else negotiate(request.headers.get("accept"), FORMATS)
    if target is JSON:
        return models.matches(found)
    return Response(write_graph(rdf.triples(found), target), media_type=target.content_type, headers=headers_of(view))


def format_of(name: str) -> Format:
    """
    The format of a name or of the end of a file's name.

    Raises:
        BadParameter: There is none.

    Example:
        >>> format_of("ttl").media_type, format_of("json-ld").media_type
        ('text/turtle', 'application/ld+json')
    """
    found = by_suffix(name, FORMATS)
    if found is None:
        raise BadParameter(name="format", value=name[:100], expected=", ".join(each.name for each in FORMATS))
    return found

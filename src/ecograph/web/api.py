"""
REST under `/api/v1`: lists and things, search, counts and questions.

Source:
    docs/api.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from ecograph.errors import BadParameter, UnknownThing
from ecograph.identifiers import NAME, SLUG, concept_iri, thing_iri
from ecograph.messages import Language
from ecograph.query import parameters
from ecograph.rdf.formats import RESULT_FORMATS, by_suffix
from ecograph.web import models
from ecograph.web.access import TheEcoGraph, TheLanguage, TheView, headers_of
from ecograph.web.reading import counting, description, fulltext
from ecograph.web.reading.building import directory
from ecograph.web.reading.directory import COLLECTIONS, MAX_PAGE, Collection, Filter, Listing

_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "A value outside its range", "content": _PROBLEM},
    404: {"description": "No such thing", "content": _PROBLEM},
    422: {"description": "The request does not fit the description", "content": _PROBLEM},
    503: {"description": "Busy, or not ready", "content": _PROBLEM},
}

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)

Lang = Annotated[
    Language | None, Query(alias="lang", description="Language of labels and problems; else Accept-Language decides")
]
Words = Annotated[str, Query(alias="q", max_length=300, description="Words; each is part of a name")]
Asked = Annotated[str, Query(alias="q", max_length=300, description="Words of a name or a text, or a topic")]
Countries = Annotated[list[str], Query(alias="country", max_length=20, examples=[["dk", "se"]])]
Kinds = Annotated[list[str], Query(alias="kind", max_length=50, description="Templates", examples=[["company"]])]
Topics = Annotated[list[str], Query(alias="topic", max_length=50, description="Slugs or IRIs of topics")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next` of the page before")]
Slug = Annotated[str, Path(max_length=200, examples=["n09"])]
Side = Literal["dk", "se", "no"]


@router.get("", summary="What there is", tags=["graph"])
def index(view: TheView) -> dict[str, str]:
    """Where each part of REST is."""
    lists = {name: f"/api/v1/{name}" for name in (*COLLECTIONS, "topics")}
    rest = (
        "matches",
        "weights",
        "consortia",
        "clusters",
        "search",
        "stats",
        "statements",
        "queries",
        "templates",
        "contributions",
        "convert",
        "shortlists",
    )
    return {
        **lists,
        **{name: f"/api/v1/{name}" for name in rest},
        "sparql": "/sparql",
        "description": "/openapi.json",
        "revision": str(view.revision),
    }


@router.get("/search", summary="Search by name, text and topic", tags=["graph"])
def search(
    request: Request,
    response: Response,
    view: TheView,
    lang: TheLanguage,
    q: Asked = "",
    country: Countries = [],  # noqa: B006 - FastAPI copies defaults
    kind: Kinds = [],  # noqa: B006
    topic: Topics = [],  # noqa: B006
    limit: Limit = 25,
    cursor: Cursor = None,
    _lang: Lang = None,
) -> models.Listing:
    """Things of every kind and topics, by relevance; with facets. Those named by the words come first."""
    wanted = replace(_filter(q, country, kind, topic), also=fulltext.find(view, q, lang))
    found = directory(view).find(wanted, lang, topics=True, limit=limit, cursor=cursor)
    _link_next(request, response, found)
    return models.listing(view, found, lang)


@router.get("/stats", summary="How much there is", tags=["graph"])
def stats(view: TheView) -> models.Stats:
    """Counts per class, country and publisher."""
    counts = counting.counts(view)
    return models.Stats(
        totals=dict(counts.totals),
        by_country={kind: dict(countries) for kind, countries in counts.by_kind.items()},
        publishers=[
            models.PublisherCount(
                graph=graph.value,
                titles=models.by_language(view.datasets[graph].titles),
                publisher=view.datasets[graph].publisher_name,
                statements=statements,
                example=view.datasets[graph].example,
            )
            for graph, statements in sorted(counts.by_publisher.items(), key=lambda item: item[0].value)
        ],
        revision=view.revision,
    )


@router.get("/topics", summary="Topics", tags=["topics"])
def topics(
    request: Request,
    response: Response,
    view: TheView,
    lang: TheLanguage,
    q: Words = "",
    limit: Limit = 200,
    cursor: Cursor = None,
    _lang: Lang = None,
) -> models.Listing:
    """The concepts of the scheme of topics."""
    found = directory(view).find(Filter(text=q), lang, within=frozenset(), topics=True, limit=limit, cursor=cursor)
    _link_next(request, response, found)
    return models.listing(view, found, lang)


@router.get("/topics/{slug}", summary="One topic", tags=["topics"])
def topic_detail(view: TheView, lang: TheLanguage, slug: Slug, _lang: Lang = None) -> models.ThingDetail:
    """A topic with everything said of it."""
    return models.detail(view, description.concept(view, "topic", slug), lang)


@router.get("/queries", summary="Questions of the catalogue", tags=["queries"])
def queries(ecograph: TheEcoGraph, view: TheView) -> list[models.Question]:
    """Every question, with the values it is asked for and what it returns."""
    return [
        models.Question(
            slug=each.slug,
            summaries=models.by_language(each.summaries),
            descriptions=models.by_language(each.descriptions),
            parameters=[
                models.QuestionParameter(
                    name=parameter.name,
                    kind=parameter.kind,
                    labels=models.by_language(parameter.labels),
                    optional=parameter.optional,
                    many=parameter.many,
                    values=list(parameter.values),
                    example=parameter.example,
                )
                for parameter in each.parameters
            ],
            returns=list(each.returns),
            url=f"/api/v1/queries/{each.slug}",
        )
        for each in ecograph.catalogue.values()
    ]


@router.get(
    "/queries/{name}",
    summary="The answer to a question",
    tags=["queries"],
    response_class=Response,
    responses={200: {"content": {each.media_type: {} for each in RESULT_FORMATS}, "description": "Rows"}},
)
def answer(
    request: Request,
    ecograph: TheEcoGraph,
    view: TheView,
    lang: TheLanguage,
    name: Annotated[str, Path(max_length=100)],
    _lang: Lang = None,
) -> Response:
    """Rows as SPARQL results. Values are parameters of the same name; a suffix (`.csv`, `.json`) names the format."""
    slug, _, suffix = name.partition(".")
    question = ecograph.catalogue.question(slug)
    target = by_suffix(suffix, RESULT_FORMATS) if suffix else None
    if suffix and target is None:
        raise UnknownThing(kind="query", id=name)
    values: dict[str, list[str]] = {}
    for key, value in request.query_params.multi_items():
        values.setdefault(key, []).append(value)
    values.pop("lang", None)
    values |= {each.name: [lang] for each in question.parameters if each.kind == "language"}
    found = ecograph.queries.run(
        parameters.bind(question, values),
        target.media_type if target else request.headers.get("accept"),
        directory=view.snapshot.path,
    )
    return Response(found.body, media_type=found.media_type, headers=headers_of(view))


@router.get("/{collection}", summary="A list", tags=["graph"])
def things(
    request: Request,
    response: Response,
    view: TheView,
    lang: TheLanguage,
    collection: Collection,
    q: Words = "",
    country: Countries = [],  # noqa: B006
    kind: Kinds = [],  # noqa: B006
    topic: Topics = [],  # noqa: B006
    limit: Limit = 50,
    cursor: Cursor = None,
    _lang: Lang = None,
) -> models.Listing:
    """Needs, actors, solutions, results, projects or standards, by name; with facets."""
    known = directory(view)
    found = known.find(
        _filter(q, country, kind, topic), lang, within=known.kinds_of[collection], limit=limit, cursor=cursor
    )
    _link_next(request, response, found)
    return models.listing(view, found, lang)


@router.get("/{collection}/{slug}", summary="One thing", tags=["graph"])
def thing(
    view: TheView, lang: TheLanguage, collection: Collection, slug: Slug, _lang: Lang = None
) -> models.ThingDetail:
    """A thing with every statement about it, each with the graph of whoever published it."""
    kinds = directory(view).kinds_of[collection]
    for kind in dict.fromkeys(view.contract.templates[each].iri_kind for each in sorted(kinds)):
        if NAME.fullmatch(slug) and next(iter(view.snapshot.quads(thing_iri(kind, slug))), None) is not None:
            return models.detail(view, description.thing(view, kind, slug), lang)
    raise UnknownThing(kind=collection, id=slug)


def _filter(q: str, countries: list[str], kinds: list[str], topics: list[str]) -> Filter:
    concepts = []
    for topic in topics:
        slug = topic.removeprefix(concept_iri("topic", "").value)
        if not SLUG.fullmatch(slug):
            raise BadParameter(name="topic", value=topic[:100], expected="cloudburst")
        concepts.append(concept_iri("topic", slug))
    return Filter(q, frozenset(countries), frozenset(kinds), frozenset(concepts))


def _link_next(request: Request, response: Response, found: Listing) -> None:
    """RFC 8288: where the next page is."""
    if found.next_cursor:
        fields = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        address = f"{request.url.path}?{urlencode([*fields, ('cursor', found.next_cursor)])}"
        response.headers["Link"] = f'<{address}>; rel="next"'

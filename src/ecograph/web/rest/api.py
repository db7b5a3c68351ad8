"""
REST under `/api/v1`: lists and things, search and counts.

Source:
    docs/api.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final, Literal, get_args

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pyoxigraph import NamedNode

from ecograph.bootstrap import EcoGraph
from ecograph.errors import UnknownThing
from ecograph.history import MOMENT
from ecograph.identifiers import NAME, SLUG, concept_iri, thing_iri
from ecograph.namespaces import BASE, CONCEPT, ID
from ecograph.web.access import State, TheEcoGraph, TheLanguage, TheState, TheView
from ecograph.web.negotiating import see
from ecograph.web.reading import counting, description, fulltext, whereabouts
from ecograph.web.reading.building import directory
from ecograph.web.reading.directory import COLLECTIONS, FACETS, MAX_PAGE, Collection, Facet, Filter, Sort
from ecograph.web.rest import models
from ecograph.web.rest.lists import ELSEWHERE, PAGED, PROBLEMS, Lang, OnlyKnown, link_pages
from ecograph.web.rest.suggestions import Suggestions, suggestions

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)

# A slug, or a slug behind its kind, or an IRI: what cannot be one is refused before it is looked for.
_PLACE: Final = rf"^(({BASE}id/)?(municipality|region)/)?[a-z0-9]+(-[a-z0-9]+)*$"
_TOPIC: Final = rf"^({BASE}concept/topic/)?[a-z0-9]+(-[a-z0-9]+)*$"

Words = Annotated[
    str, Query(alias="q", max_length=300, description="Words; each is part of a name", examples=["varsling"])
]
Asked = Annotated[
    str,
    Query(alias="q", max_length=300, description="Words of a name or a text, or a topic", examples=["varsling"]),
]
Countries = Annotated[list[str], Query(alias="country", max_length=20, description="Slugs", examples=[["dk", "se"]])]
Kinds = Annotated[list[str], Query(alias="kind", max_length=50, description="Templates", examples=[["company"]])]
Topics = Annotated[
    list[Annotated[str, Query(pattern=_TOPIC)]],
    Query(
        alias="topic",
        max_length=50,
        description="Slugs or IRIs of topics; narrower ones fit as well",
        examples=[["cloudburst"]],
    ),
]
Phases = Annotated[
    list[str],
    Query(
        alias="phase",
        max_length=20,
        description="Slugs of phases, and of stages that a solution has reached somewhere",
        examples=[["pilot"]],
    ),
]
Regions = Annotated[
    list[Annotated[str, Query(pattern=_PLACE)]],
    Query(
        alias="region",
        max_length=50,
        description="Municipalities or regions: slugs, `region/...`, `municipality/...` or IRIs",
        examples=[["dk-hovedstaden"]],
    ),
]
Since = Annotated[
    str | None,
    Query(
        pattern=MOMENT,
        description="Only what changed in or after this revision, on or after this date, or since this moment",
        examples=["2026-01-01"],
    ),
]
Sorting = Annotated[
    Sort,
    Query(
        alias="sort", description="`relevance`: by the words, else by name; `updated`: last changed first, then by name"
    ),
]
Facets = Annotated[
    list[Facet | Literal["none"]],
    Query(alias="facets", max_length=6, description="What to count; without it kind, country and topic"),
]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next` of the page before; another is a problem")]


def _filter(
    country: Countries = [],  # noqa: B006 - FastAPI copies defaults
    kind: Kinds = [],  # noqa: B006
    topic: Topics = [],  # noqa: B006
    phase: Phases = [],  # noqa: B006
    region: Regions = [],  # noqa: B006
) -> Filter:
    """What any list can be narrowed to beside its words."""
    return Filter(
        countries=frozenset(country),
        kinds=frozenset(kind),
        topics=frozenset(concept_iri("topic", each.rpartition("/")[2]) for each in topic),
        phases=frozenset(phase),
        regions=frozenset(
            thing_iri(sort, place.rpartition("/")[2])
            for place in region
            for sort in ("municipality", "region")
            if "/" not in place or f"{sort}/" in place
        ),
    )


Filtered = Annotated[Filter, Depends(_filter)]


@router.get("", summary="What there is", tags=["graph"], operation_id="index")
def index(view: TheView) -> dict[str, str]:
    """Where each part of REST is."""
    lists = {name: f"/api/v1/{name}" for name in (*COLLECTIONS, "topics")}
    rest = (
        "matches",
        "weights",
        "consortia",
        "clusters",
        "search",
        "suggest",
        "schema",
        "stats",
        "changes",
        "diff",
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
        "feed": "/api/v1/changes.atom",
        "sparql": "/sparql",
        "reconcile": "/reconcile",
        "description": "/openapi.json",
        "revision": str(view.revision),
    }


@router.get(
    "/search",
    summary="Search by name, text and topic",
    tags=["graph"],
    operation_id="search",
    responses=PAGED,
    dependencies=[OnlyKnown],
)
def search(
    request: Request,
    response: Response,
    view: TheView,
    lang: TheLanguage,
    filtered: Filtered,
    q: Asked = "",
    facets: Facets = [],  # noqa: B006
    limit: Limit = 25,
    cursor: Cursor = None,
    _lang: Lang = None,
) -> models.Listing:
    """Things of every kind and topics, by relevance; with facets. Those named by the words come first."""
    wanted = replace(filtered, text=q, also=fulltext.find(view, q, lang))
    found = directory(view).find(wanted, lang, topics=True, limit=limit, cursor=cursor, facets=_counted(facets))
    link_pages(request, response, found.next_cursor)
    return models.listing(view, found, lang)


@router.get(
    "/suggest",
    summary="Names that go on like this",
    tags=["graph"],
    operation_id="suggest",
    dependencies=[OnlyKnown],
)
def suggest(
    view: TheView,
    lang: TheLanguage,
    q: Annotated[str, Query(max_length=300, description="The beginning of a name", examples=["skyb"])] = "",
    kind: Kinds = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=20)] = 10,
    _lang: Lang = None,
) -> Suggestions:
    """While somebody types: the things and topics whose names fit best; nothing for nothing."""
    wanted = Filter(text=q, kinds=frozenset(kind))
    found = directory(view).find(wanted, lang, topics=True, limit=limit, facets=()).items if q.strip() else ()
    return suggestions(view, found, lang)


@router.get("/stats", summary="How much there is", tags=["graph"], operation_id="stats")
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


@router.get(
    "/topics",
    summary="Topics",
    tags=["topics"],
    operation_id="listTopics",
    responses=PAGED,
    dependencies=[OnlyKnown],
)
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
    link_pages(request, response, found.next_cursor)
    return models.listing(view, found, lang)


@router.get(
    "/topics/{slug}",
    summary="One topic",
    tags=["topics"],
    operation_id="getTopic",
    response_model=models.ThingDetail,
    responses=ELSEWHERE,
)
def topic_detail(
    request: Request,
    ecograph: TheEcoGraph,
    state: TheState,
    lang: TheLanguage,
    slug: Annotated[str, Path(max_length=200, examples=["cloudburst"])],
    _lang: Lang = None,
) -> models.ThingDetail | Response:
    """A topic with everything said of it, also as it was `at` a moment."""
    places = [concept_iri("topic", slug)] if SLUG.fullmatch(slug) else []
    return _detail(request, ecograph, state, lang, places, "topic", slug)


def _counted(facets: list[Facet | Literal["none"]]) -> tuple[Facet, ...]:
    return tuple(name for name in get_args(Facet) if name in facets) if facets else FACETS


def _since(ecograph: EcoGraph, wanted: Filter, since: str | None, sort: Sort) -> Filter:
    """The filter with what the ledger knows of changes, where that is asked for."""
    if since is None and sort != "updated":
        return wanted
    history = ecograph.history
    after = 0
    if since is not None and since.isdigit():
        after = int(since) - 1
    elif since is not None:
        before = history.timeline.at(history.span(since)[0])
        after = before.number if before else 0
    return replace(wanted, revised=history.touched(), after=max(after, 0))


def _list(name: Collection, one: str, said: str, example: str | None) -> None:
    """A list and its things as operations of their own, so that the description names each."""

    @router.get(
        f"/{name}",
        summary=said,
        tags=[name],
        operation_id=f"list{name.title()}",
        name=name,
        responses=PAGED,
        dependencies=[OnlyKnown],
    )
    def things(
        request: Request,
        response: Response,
        ecograph: TheEcoGraph,
        view: TheView,
        lang: TheLanguage,
        filtered: Filtered,
        q: Words = "",
        updated_since: Since = None,
        sort: Sorting = "relevance",
        facets: Facets = [],  # noqa: B006
        limit: Limit = 50,
        cursor: Cursor = None,
        _lang: Lang = None,
    ) -> models.Listing:
        """Things of that class and its subclasses, by name; with facets. Filters of several values: any one fits."""
        known = directory(view)
        wanted = _since(ecograph, replace(filtered, text=q), updated_since, sort)
        found = known.find(
            wanted,
            lang,
            within=known.kinds_of[name],
            limit=limit,
            cursor=cursor,
            sort=sort,
            facets=_counted(facets),
        )
        link_pages(request, response, found.next_cursor)
        return models.listing(view, found, lang)

    shown = Path(max_length=200, examples=[example] if example else None)

    @router.get(
        f"/{name}/{{slug}}",
        summary=f"{one}, whole",
        tags=[name],
        operation_id=f"get{name.title()[:-1]}",
        name=one,
        response_model=models.ThingDetail,
        responses=ELSEWHERE,
    )
    def thing(
        request: Request,
        ecograph: TheEcoGraph,
        state: TheState,
        lang: TheLanguage,
        slug: str = shown,
        _lang: Lang = None,
    ) -> models.ThingDetail | Response:
        """A thing with every statement about it, each with the graph it stands in, also as it was `at` a moment."""
        templates, kinds = state.view.contract.templates, sorted(directory(state.view).kinds_of[name])
        ids = dict.fromkeys(templates[each].iri_kind for each in kinds) if NAME.fullmatch(slug) else ()
        return _detail(request, ecograph, state, lang, [thing_iri(kind, slug) for kind in ids], name, slug)


def _address(request: Request, places: Sequence[NamedNode], moved: NamedNode) -> str:
    """Where a merged thing leads: within its list, or to linked data where its new kind is in another."""
    kind, _, slug = moved.value.rpartition("/")
    if kind in {iri.value.rpartition("/")[0] for iri in places}:
        return f"{request.url.path.rpartition('/')[0]}/{slug}"
    return f"/{moved.value.removeprefix(BASE)}"


def _detail(
    request: Request,
    ecograph: EcoGraph,
    state: State,
    lang: TheLanguage,
    places: Sequence[NamedNode],
    kind: str,
    slug: str,
) -> models.ThingDetail | Response:
    """What stands at the first of these addresses; 301 to what it was merged into, 410 for what was there once."""
    for iri in places:
        moved = whereabouts.replacement(state.snapshot, iri)
        if moved is not None and (moved in ID or moved in CONCEPT):
            return see(request, _address(request, places, moved), 301, state.headers)
        found = description.of(state.view, iri)
        if found is not None:
            return models.detail(state.view, found, lang)
    for iri in places if not state.past else ():
        if whereabouts.departure(ecograph, state.view, iri) is not None:
            whereabouts.missing(ecograph, state.view, iri, kind, slug)
    raise UnknownThing(kind=kind, id=slug)


_list("needs", "A need", "Needs", "n09")
_list(
    "actors",
    "An actor",
    "Municipalities, regions, companies, research organisations, networks, persons",
    "lund-university",
)
_list("solutions", "A solution", "Solutions", "doll")
_list("results", "A research result", "Research results", None)
_list("projects", "A project", "Projects", "innotech")
_list("standards", "A standard", "Standards", "oasc-mims")

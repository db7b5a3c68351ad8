"""
The pages, in Danish, Swedish and English: start, search, need with matches, profile, sources, SPARQL, about.

Every page works without JavaScript, and its address holds its whole state.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from pyoxigraph import NamedNode
from starlette.staticfiles import StaticFiles

from ecograph.bootstrap import View
from ecograph.errors import QueryError, UnknownLanguage, UnknownThing
from ecograph.identifiers import concept_iri, thing_iri
from ecograph.match.model import NeedProfile
from ecograph.messages import LANGUAGES, Language, language_of, text
from ecograph.namespaces import BASE, CONCEPT, ID
from ecograph.query import guard
from ecograph.web import reading
from ecograph.web.access import ecograph_of, headers_of
from ecograph.web.problems import Problem
from ecograph.web.views import Link, Profile, Reader, page_of

router = APIRouter(include_in_schema=False)
static = StaticFiles(packages=[("ecograph.web", "static")])

_METHODS: Final = ["GET", "HEAD"]
_TOP: Final = 5
_ROWS_SHOWN: Final = 200
_PAGE_SIZE: Final = 25
_LONGEST_NEED: Final = 5000
_FACET_VALUES: Final = 15
_COUNTED: Final[tuple[reading.Collection, ...]] = ("needs", "actors", "solutions", "results", "projects", "standards")
_COUNTRIES: Final = ("dk", "se", "no")
_JSON: Final = "application/sparql-results+json"
_ANSWER_TYPES: Final = f"{_JSON}, text/turtle"
_DOWNLOADS: Final = (("csv", "CSV"), ("json", "JSON"), ("xml", "XML"))
_EXAMPLE_QUERY: Final = """SELECT ?class (COUNT(?thing) AS ?things)
WHERE { ?thing a ?class }
GROUP BY ?class ORDER BY DESC(?things)"""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("ecograph.web", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(
    request: Request,
    lang: Language,
    template: str,
    *,
    title: str,
    status: int = 200,
    section: str = "",
    **values: object,
) -> HTMLResponse:
    """
    One page in one language.

    Args:
        request: What was asked; its address is offered in the other languages.
        lang: The reader's language.
        template: File in `templates/`.
        title: Of the window.
        status: HTTP status.
        section: Which entry of the menu is the current one.
        values: What the template shows.
    """
    body = _render(request, lang, template, title=title, section=section, **values)
    headers = {**headers_of(ecograph_of(request).view()), "Content-Language": lang}
    return HTMLResponse(body, status, headers)


def _render(request: Request, lang: Language, template: str, **values: object) -> str:
    view = ecograph_of(request).view()
    rest = request.url.path.removeprefix(f"/{lang}")
    query = f"?{request.url.query}" if request.url.query else ""

    def in_language(other: Language) -> str:
        return f"/{other}{rest}{query}" if request.url.path.startswith(f"/{lang}") else f"/{other}"

    def t(key: str, **filling: object) -> str:
        return text(key, lang, **filling)

    dates = [dataset.issued for dataset in view.datasets.values() if dataset.issued]
    shown = {
        "lang": lang,
        "languages": LANGUAGES,
        "in_language": in_language,
        "t": t,
        "crumbs": (),
        "revision": view.revision,
        "as_of": Reader(view, lang).day(max(dates)) if dates else "–",
    }
    return _environment().get_template(template).render({**shown, **values})


def _reader(request: Request, lang: str) -> Reader:
    spoken = language_of(lang)
    if spoken is None or spoken != lang:
        raise UnknownLanguage(lang=lang)
    return Reader(ecograph_of(request).view(), spoken)


Words = Annotated[Reader, Depends(_reader)]
Topics = Annotated[list[str] | None, Query()]


def problem(request: Request, fault: Problem, lang: Language, reference: str) -> str:
    """What went wrong, as a page."""
    title = text(f"problem.title.{fault.title}", lang)
    shown = {"title": title, "detail": fault.details[lang], "reference": reference}
    return _render(request, lang, "problem.html", crumbs=[Link(title)], section="", **shown)


@router.api_route("/", methods=_METHODS)
def choose_language(request: Request) -> RedirectResponse:
    """To the start page in the visitor's language."""
    return RedirectResponse(f"/{reading.preferred_language(request.headers.get('accept-language'))}", 302)


@router.api_route("/{lang}", methods=_METHODS)
def start(request: Request, words: Words) -> Response:
    """What EcoGraph answers, the needs it knows, and what the graph holds."""
    lang, view = words.lang, words.view
    known = reading.directory(view)
    needs = known.find(reading.Filter(), lang, within=frozenset({"need"}), limit=reading.MAX_PAGE).items
    counts = reading.counts(view)
    shown = [kind for name in _COUNTED for kind in sorted(known.kinds_of[name]) if kind in counts.totals]
    others = sorted({country for kind in shown for country in counts.by_kind[kind]} - set(_COUNTRIES))
    return page(
        request,
        lang,
        "start.html",
        title=text("page.start.title", lang),
        section="start",
        needs=[
            {
                "link": Link(need.name(lang)[0], page_of(need.iri, lang), need.name(lang)[1]),
                "meta": " · ".join(words.country(country) for country in need.countries),
            }
            for need in needs
        ],
        themes=[words.link(iri) for iri in view.concepts.top_concepts("topic")],
        thin=[
            text(
                "page.start.thin",
                lang,
                companies=words.number(view.companies_at_work),
                solutions=words.number(counts.totals.get("solution", 0)),
                results=words.number(counts.totals.get("research-result", 0)),
            ),
            text("page.start.people", lang),
        ],
        countries=[*(words.country(country) for country in _COUNTRIES), text("page.start.other", lang)],
        counts=[
            {
                "label": view.contract.templates[kind].names[lang],
                "href": f"/{lang}/search?kind={kind}",
                "numbers": [
                    *(words.number(counts.by_kind[kind].get(country, 0)) for country in _COUNTRIES),
                    words.number(sum(counts.by_kind[kind].get(country, 0) for country in others)),
                ],
                "total": words.number(counts.totals[kind]),
            }
            for kind in shown
        ],
    )


@router.api_route("/{lang}/match", methods=_METHODS)
def typed_need(
    request: Request, words: Words, q: str = "", topic: Annotated[list[str] | None, Query()] = None
) -> Response:
    """Who fits a need that is typed in and not stored."""
    typed = q.strip()[:_LONGEST_NEED]
    if not typed:
        return RedirectResponse(f"/{words.lang}", 303)
    profile = words.view.matcher.profile_text(typed)
    return _need_page(request, words, profile, Link(typed), topic, typed)


@router.api_route("/{lang}/id/need/{slug}", methods=_METHODS)
def stored_need(
    request: Request, words: Words, slug: str, topic: Annotated[list[str] | None, Query()] = None
) -> Response:
    """A need in the graph with who fits it."""
    iri = thing_iri("need", slug)
    profile = words.profile(iri)
    if profile is None:
        raise UnknownThing(kind=text("page.need.title", words.lang), id=slug)
    return _need_page(request, words, words.view.matcher.profile(iri), profile.heading, topic, profile=profile)


def _need_page(
    request: Request,
    words: Reader,
    need: NeedProfile,
    heading: Link,
    topics: list[str] | None,
    typed: str = "",
    profile: Profile | None = None,
) -> HTMLResponse:
    lang, view = words.lang, words.view
    if topics is not None:
        need = _narrowed(view, need, [concept_iri("topic", slug) for slug in topics if slug])
    result = view.matcher.match(need, top=_TOP)
    offered = [
        {"slug": CONCEPT.local(iri).removeprefix("topic/"), "label": view.concepts.label(iri, lang)}
        for iri in view.concepts.in_scheme("topic")
    ]
    chosen = [concept for concept in need.concepts if concept.basis != "broader"]
    address = f"/{lang}/match" if typed else request.url.path
    return page(
        request,
        lang,
        "need.html",
        title=heading.text[:60],
        section="start",
        crumbs=[Link(text("page.need.title" if profile else "page.need.typed", lang))],
        heading=heading,
        need=profile,
        typed=typed,
        form_action=address,
        concepts=[
            {
                "slug": CONCEPT.local(concept.iri).removeprefix("topic/"),
                "label": concept.labels[lang],
                "words": ", ".join(concept.words),
            }
            for concept in chosen
        ],
        topics=sorted(offered, key=lambda option: option["label"].casefold()),
        notes=[note.sentences[lang] for note in result.notes],
        groups=words.matches(result),
        json_href=_as_data(need, typed, lang),
    )


def _narrowed(view: View, need: NeedProfile, topics: list[NamedNode]) -> NeedProfile:
    """The need with the topics that the coordinator has ticked or added, and no other."""
    for concept in need.concepts:
        if concept.iri not in topics and concept.iri.value.startswith(CONCEPT["topic/"].value):
            need = need.without(concept.iri)
    for topic in topics:
        if topic not in {concept.iri for concept in need.concepts}:
            need = view.matcher.with_concept(need, topic)
    return need


def _as_data(need: NeedProfile, typed: str, lang: Language) -> str:
    """Where REST gives the same answer."""
    if need.iri:
        return f"/api/v1/needs/{ID.local(need.iri).removeprefix('need/')}/matches?{urlencode({'lang': lang})}"
    return f"/api/v1/matches?{urlencode({'text': typed, 'lang': lang})}"


@router.api_route("/{lang}/id/{kind}/{slug}", methods=_METHODS)
def thing(request: Request, words: Words, kind: str, slug: str) -> Response:
    """The profile of an actor, a solution, a project or anything else with an address of ours."""
    return _profile_page(request, words, thing_iri(kind, slug), kind, slug)


@router.api_route("/{lang}/concept/{scheme}/{slug}", methods=_METHODS)
def concept(request: Request, words: Words, scheme: str, slug: str) -> Response:
    """The profile of a topic or another concept."""
    return _profile_page(request, words, concept_iri(scheme, slug), scheme, slug)


def _profile_page(request: Request, words: Reader, iri: NamedNode, kind: str, slug: str) -> HTMLResponse:
    profile = words.profile(iri)
    if profile is None:
        raise UnknownThing(kind=kind, id=slug)
    return page(
        request,
        words.lang,
        "thing.html",
        title=profile.heading.text[:60],
        section="search",
        crumbs=[
            Link(text("page.nav.search", words.lang), f"/{words.lang}/search"),
            Link(profile.heading.text, None, profile.heading.lang),
        ],
        heading=profile.heading,
        kinds=profile.kinds,
        definition=profile.definition,
        facts=profile.facts,
        relations=profile.relations,
        sources=profile.sources,
        example=profile.example,
        rdf_href=f"/{iri.value.removeprefix(BASE)}.ttl",
    )


@router.api_route("/{lang}/search", methods=_METHODS)
def search(
    request: Request,
    words: Words,
    q: str = "",
    kind: Annotated[list[str] | None, Query()] = None,
    country: Annotated[list[str] | None, Query()] = None,
    topic: Annotated[list[str] | None, Query()] = None,
    cursor: str | None = None,
) -> Response:
    """Things by name and words, narrowed by kind, country and topic."""
    lang, view = words.lang, words.view
    chosen = {"kind": kind or [], "country": country or [], "topic": topic or []}
    wanted = reading.Filter(
        text=q.strip(),
        countries=frozenset(chosen["country"]),
        kinds=frozenset(chosen["kind"]),
        topics=frozenset(concept_iri("topic", slug) for slug in chosen["topic"]),
    )
    known = reading.directory(view)
    narrowed = any(chosen.values())
    found = known.find(wanted, lang, topics=bool(wanted.text) and not narrowed, limit=_PAGE_SIZE, cursor=cursor)

    def address(changed: dict[str, list[str]], **more: str) -> str:
        pairs = [("q", q)] if q else []
        pairs += [(name, value) for name, values in changed.items() for value in values]
        return f"/{lang}/search?{urlencode([*pairs, *more.items()])}"

    def name(facet: str, value: str) -> str:
        if facet == "kind":
            template = view.contract.templates.get(value)
            return template.names[lang] if template else text("page.search.topic", lang)
        return words.country(value) if facet == "country" else words.link(concept_iri("topic", value)).text

    facets = []
    for facet, values in found.facets.items():
        offered = [(value.removeprefix(CONCEPT["topic/"].value), count) for value, count in values.items()]
        entries = [
            {
                "text": name(facet, value),
                "count": words.number(count),
                "href": address({**chosen, facet: [*chosen[facet], value]}),
            }
            for value, count in offered
            if (value not in chosen[facet] and value in view.contract.templates) or facet != "kind"
        ][:_FACET_VALUES]
        if entries:
            facets.append({"label": text(f"page.search.{facet}", lang), "entries": entries})
    return page(
        request,
        lang,
        "search.html",
        title=text("page.search.title", lang),
        section="search",
        crumbs=[Link(text("page.search.title", lang))],
        query=q,
        kept=[(facet, value) for facet, values in chosen.items() for value in values],
        active=[
            {
                "text": name(facet, value),
                "href": address({**chosen, facet: [other for other in values if other != value]}),
            }
            for facet, values in chosen.items()
            for value in values
        ],
        facets=facets,
        total=words.number(found.total),
        hits=[
            {
                "link": Link(each.name(lang)[0], page_of(each.iri, lang), each.name(lang)[1]),
                "meta": " · ".join([name("kind", each.kind), *(words.country(code) for code in each.countries)]),
            }
            for each in found.items
        ],
        next_href=address(chosen, cursor=found.next_cursor) if found.next_cursor else None,
        suggestions=[words.link(iri) for iri in view.concepts.suggest(q, "topic")] if q and not found.items else [],
    )


@router.api_route("/{lang}/sparql", methods=_METHODS)
def sparql(request: Request, words: Words, query: str | None = None) -> Response:
    """A form for a query, its answer as a table, and questions to start from."""
    lang = words.lang
    ecograph = ecograph_of(request)
    columns: list[str] | None = None
    rows: list[list[Link]] = []
    graph_text, error = "", ""
    if query is not None:
        try:
            answer = ecograph.queries.run(guard.admit(query), _ANSWER_TYPES, directory=words.view.snapshot.path)
            if answer.media_type == _JSON:
                columns, rows = words.table(json.loads(answer.body))
            else:
                graph_text = answer.body.decode()
        except QueryError as fault:
            error = fault.message(lang)
    return page(
        request,
        lang,
        "sparql.html",
        title=text("page.sparql.title", lang),
        section="sparql",
        crumbs=[Link(text("page.sparql.title", lang))],
        status=400 if error else 200,
        query=query or _EXAMPLE_QUERY,
        seconds=words.number(ecograph.settings.query_timeout_s),
        error=error,
        columns=columns,
        rows=rows[:_ROWS_SHOWN],
        total=len(rows),
        graph_text=graph_text,
        downloads=_DOWNLOADS if columns is not None else (),
        examples=[
            Link(question.summaries[lang], f"/{lang}/sparql?{urlencode({'query': question.text})}")
            for question in ecograph.catalogue.values()
        ],
    )


@router.api_route("/{lang}/sources", methods=_METHODS)
def sources(request: Request, words: Words) -> Response:
    """Where everything comes from, and on which terms."""
    return page(
        request,
        words.lang,
        "sources.html",
        title=text("page.sources.title", words.lang),
        section="sources",
        crumbs=[Link(text("page.sources.title", words.lang))],
        datasets=words.datasets(),
    )


@router.api_route("/{lang}/about", methods=_METHODS)
def about(request: Request, words: Words) -> Response:
    """What EcoGraph is, accessibility, personal data."""
    title = text("page.about.title", words.lang)
    return page(request, words.lang, "about.html", title=title, crumbs=[Link(title)])

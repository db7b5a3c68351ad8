"""Search: by name and words, narrowed by kind, country and topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from ecograph.identifiers import SLUG, concept_iri
from ecograph.namespaces import CONCEPT
from ecograph.web.pages.layout import METHODS, Words, page
from ecograph.web.reading import fulltext
from ecograph.web.reading.directory import Filter, Listing
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_PAGE_SIZE: Final = 25
_TOPICS_SHOWN: Final = 6
_FACET_VALUES: Final = 12
_LONGEST_QUERY: Final = 300

Values = Annotated[list[str] | None, Query()]
Chosen = Mapping[str, list[str]]


@router.api_route("/{lang}/search", methods=METHODS)
def search(
    request: Request,
    words: Words,
    q: str = "",
    kind: Values = None,
    country: Values = None,
    topic: Values = None,
    cursor: str | None = None,
) -> Response:
    """Things by name and words, narrowed by kind, country and topic."""
    asked = q.strip()[:_LONGEST_QUERY]
    chosen = {
        name: list(dict.fromkeys(value for value in values or () if SLUG.fullmatch(value)))
        for name, values in (("kind", kind), ("country", country), ("topic", topic))
    }
    wanted = Filter(
        text=asked,
        countries=frozenset(chosen["country"]),
        kinds=frozenset(chosen["kind"]),
        topics=frozenset(concept_iri("topic", slug) for slug in chosen["topic"]),
        also=fulltext.find(words.view, asked, words.lang),
    )
    found = words.directory.find(wanted, words.lang, limit=_PAGE_SIZE, cursor=cursor)
    narrowed = any(chosen.values())
    topics = () if narrowed or cursor or not asked else _topics(words, asked)

    def address(changed: Chosen, **more: str) -> str:
        pairs = [("q", asked)] if asked else []
        pairs += [(name, value) for name, values in changed.items() for value in values]
        return f"/{words.lang}/search?{urlencode([*pairs, *more.items()])}"

    return page(
        request,
        words.lang,
        "search.html",
        title=f"{asked} – {words.say('page.search.title')}" if asked else words.say("page.search.title"),
        section="search",
        crumbs=[Link(words.say("page.search.title"))],
        query=asked,
        kept=[(facet, value) for facet, values in chosen.items() for value in values],
        active=[
            {
                "facet": words.say(f"page.search.{facet}"),
                "text": _name(words, facet, value),
                "href": address({**chosen, facet: [other for other in values if other != value]}),
            }
            for facet, values in chosen.items()
            for value in values
        ],
        clear_href=f"/{words.lang}/search?{urlencode({'q': asked})}" if asked else f"/{words.lang}/search",
        facets=[
            {
                "label": words.say(f"page.search.{facet}"),
                "entries": [
                    {
                        "text": _name(words, facet, value),
                        "count": words.number(count),
                        "href": address({**chosen, facet: [*chosen[facet], value]}),
                    }
                    for value, count in values
                ],
            }
            for facet, values in _facets(found, chosen)
        ],
        total=words.number(found.total),
        topics=topics,
        hits=[
            {
                "link": words.link(each.iri),
                "meta": " · ".join([words.kind(each.kind), *(words.country(code) for code in each.countries)]),
            }
            for each in found.items
        ],
        next_href=address(chosen, cursor=found.next_cursor) if found.next_cursor else None,
        suggestions=[words.link(iri) for iri in words.view.concepts.suggest(asked, "topic")]
        if asked and not found.items
        else [],
    )


def _topics(words: Reader, asked: str) -> Sequence[dict[str, object]]:
    """Topics of that name, each with how many things are about it."""
    named = words.directory.find(Filter(text=asked), words.lang, within=frozenset(), topics=True, limit=_TOPICS_SHOWN)
    return [
        {
            "link": words.link(each.iri),
            "count": words.number(
                words.directory.find(Filter(topics=frozenset((each.iri,))), words.lang, limit=1).total
            ),
        }
        for each in named.items
    ]


def _facets(found: Listing, chosen: Chosen) -> list[tuple[str, list[tuple[str, int]]]]:
    """Values that a search can still be narrowed by, the commonest first."""
    offered = []
    for facet, counts in found.facets.items():
        values = [(value.removeprefix(CONCEPT["topic/"].value), count) for value, count in counts.items()]
        values = [(value, count) for value, count in values if value not in chosen[facet] and "/" not in value]
        if len(values) > (0 if chosen[facet] else 1):
            offered.append((facet, values[:_FACET_VALUES]))
    return offered


def _name(words: Reader, facet: str, value: str) -> str:
    if facet == "kind":
        return words.kind(value, many=True)
    return words.country(value) if facet == "country" else words.link(concept_iri("topic", value)).text

"""The start page: the question, needs already described, themes, and what the graph holds."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from ecograph.web.language import preferred_language
from ecograph.web.pages.layout import METHODS, Words, page
from ecograph.web.reading import counting
from ecograph.web.reading.directory import MAX_PAGE, Collection, Filter
from ecograph.web.views.profiles import KIND_ORDER
from ecograph.web.views.words import Reader

router = APIRouter(include_in_schema=False)

_NEEDS_SHOWN: Final = 9
_COUNTED: Final[tuple[Collection, ...]] = ("needs", "actors", "solutions", "results", "projects", "standards")
_COUNTRIES: Final = ("dk", "se", "no")


@router.api_route("/", methods=METHODS)
def choose_language(request: Request) -> RedirectResponse:
    """To the start page in the visitor's language."""
    return RedirectResponse(f"/{preferred_language(request.headers.get('accept-language'))}", 302)


@router.api_route("/{lang}", methods=METHODS)
def start(request: Request, words: Words) -> Response:
    """What EcoGraph answers, the needs it knows, and what the graph holds."""
    lang = words.lang
    counts = counting.counts(words.view)
    needs = words.directory.find(Filter(), lang, within=frozenset({"need"}), limit=MAX_PAGE)
    listed = [
        words.link(need.iri, " · ".join(words.country(country) for country in need.countries)) for need in needs.items
    ]
    themes = words.view.concepts.top_concepts("topic")
    return page(
        request,
        lang,
        "start.html",
        title=words.say("page.start.title"),
        section="start",
        needs=listed[:_NEEDS_SHOWN],
        more_needs=listed[_NEEDS_SHOWN:],
        themes=words.sorted(words.link(iri) for iri in themes),
        thin=_thin(words, counts),
        countries=[*(words.country(country) for country in _COUNTRIES), words.say("page.start.other")],
        counts=_rows(words, counts),
    )


def _thin(words: Reader, counts: counting.Counts) -> list[str]:
    """What the graph lacks, so that an empty answer is not taken for "nobody"."""
    lines = [
        words.say(
            "page.start.thin",
            companies=words.number(words.view.companies_at_work),
            solutions=words.number(counts.totals.get("solution", 0)),
            results=words.number(counts.totals.get("research-result", 0)),
        )
    ]
    if not counts.totals.get("person"):
        lines.append(words.say("page.start.people"))
    examples = [dataset.titles for dataset in words.view.datasets.values() if dataset.example]
    if examples:
        lines.append(words.say("page.start.examples", count=words.number(len(examples))))
    return lines


def _rows(words: Reader, counts: counting.Counts) -> list[dict[str, object]]:
    """Per kind, how many there are in each country."""
    known = words.directory
    order = {kind: place for place, kind in enumerate(KIND_ORDER)}
    shown = [kind for name in _COUNTED for kind in known.kinds_of[name] if kind in counts.totals]
    others = {country for kind in shown for country in counts.by_kind[kind]} - set(_COUNTRIES)
    return [
        {
            "label": words.kind(kind, many=True),
            "href": f"/{words.lang}/search?kind={kind}",
            "numbers": [
                *(words.number(counts.by_kind[kind].get(country, 0)) for country in _COUNTRIES),
                words.number(sum(counts.by_kind[kind].get(country, 0) for country in others)),
            ],
            "total": words.number(counts.totals[kind]),
        }
        for kind in sorted(set(shown), key=lambda each: (order.get(each, len(order)), each))
    ]

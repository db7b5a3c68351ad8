"""The questions of the catalogue: a list by theme, and a page with a form and the answer for each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ecograph.errors import QueryError
from ecograph.query import parameters
from ecograph.query.catalogue import THEMES, Catalogue, CatalogueQuery
from ecograph.spelling import fold
from ecograph.web.access import ecograph_of
from ecograph.web.answering import in_language
from ecograph.web.clients import client_of
from ecograph.web.pages.layout import METHODS, Words, as_of, page, short
from ecograph.web.reading.fitting import fits_in
from ecograph.web.views.asking import Form, form, link_to
from ecograph.web.views.rows import Rows, heading, rows_of
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_ROWS_SHOWN: Final = 200
_BARS_SHOWN: Final = 25
_LONGEST_QUERY: Final = 300
_JSON: Final = "application/sparql-results+json"
_DOWNLOADS: Final = (("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON"))


@dataclass(frozen=True, slots=True)
class Theme:
    """A heading with its questions: each with its description and slug."""

    name: str
    label: str
    questions: tuple[tuple[Link, str, str], ...]


@router.api_route("/{lang}/queries", methods=METHODS)
def queries(request: Request, words: Words, q: str = "") -> Response:
    """The questions by theme; with words, those that hold them all."""
    asked = q.strip()[:_LONGEST_QUERY]
    catalogue = ecograph_of(request).catalogue
    themes = by_theme(catalogue, words, asked)
    title = words.say("queries.title")
    return page(
        request,
        words.lang,
        "queries.html",
        title=f"{asked} – {title}" if asked else title,
        section="queries",
        crumbs=[Link(title)],
        themes=themes,
        query=asked,
        found=sum(len(theme.questions) for theme in themes),
        total=len(catalogue),
    )


@router.api_route("/{lang}/queries/{slug}", methods=METHODS)
def query(request: Request, words: Words, slug: str, at: str | None = None) -> Response:
    """A question: its form, and its answer as a table, a chart and files."""
    ecograph = ecograph_of(request)
    question = ecograph.catalogue.question(slug)
    given = parameters.given_by(request.query_params.multi_items())
    given.pop("at", None)
    shown: Rows | None = None
    error, sparql, limited = "", question.text, False
    entry = ecograph.history.moment(at) if at else None
    with ecograph.view_at(str(entry.number)) if entry else nullcontext(words.view) as view:
        asked = form(question, given, words, fits_in(view))
        if asked.right:
            bound = parameters.bind(question, in_language(question, asked.values, words.lang))
            sparql = bound.text
            try:
                found = ecograph.queries.run(bound, _JSON, directory=view.snapshot.path, client=client_of(request))
                shown, limited = rows_of(question, json.loads(found.body), words), found.truncated
            except QueryError as fault:
                error = fault.message(words.lang)
    response = page(
        request,
        words.lang,
        "query.html",
        title=_title(question, asked, words),
        status=200 if asked.right and not error else 400 if not asked.right else 503,
        section="queries",
        crumbs=[
            Link(words.say("queries.title"), f"/{words.lang}/queries"),
            Link(short(question.summaries[words.lang])),
        ],
        question=question,
        form=asked,
        shown=shown,
        rows=shown.rows[:_ROWS_SHOWN] if shown else (),
        cut=words.number(_ROWS_SHOWN) if shown and len(shown.rows) > _ROWS_SHOWN else "",
        limited=limited,
        count=_count(shown, words),
        bars=shown.bars(question, _BARS_SHOWN) if shown else (),
        bars_cut=words.number(_BARS_SHOWN) if shown and len(shown.rows) > _BARS_SHOWN else "",
        chart=_chart(question, words),
        at=at or "",
        past=words.number(entry.number) if entry else "",
        error=error,
        sparql=sparql,
        sparql_href=f"/{words.lang}/sparql?{urlencode({'query': sparql})}",
        downloads=_downloads(question, asked.values, words, at),
        choice_href=lambda name, value: _address(question, {**asked.values, name: [value]}, words, at),
    )
    return as_of(response, entry) if entry else response


def by_theme(catalogue: Catalogue, words: Reader, asked: str = "") -> list[Theme]:
    """The questions under their themes; only those that hold each of the words, if there are any."""
    wanted = fold(asked).split()
    found = []
    for name in THEMES:
        label = words.say(f"queries.theme.{name}")
        fitting = [
            (link_to(question, words), question.descriptions[words.lang], question.slug)
            for question in catalogue.values()
            if question.theme == name and _holds(question, label, wanted, words)
        ]
        if fitting:
            found.append(Theme(name, label, tuple(fitting)))
    return found


def _holds(question: CatalogueQuery, theme: str, wanted: Sequence[str], words: Reader) -> bool:
    said = fold(f"{theme} {question.summaries[words.lang]} {question.descriptions[words.lang]} {question.slug}")
    return all(word in said for word in wanted)


def _title(question: CatalogueQuery, asked: Form, words: Reader) -> str:
    title = question.summaries[words.lang]
    return title if asked.right else f"{words.say('page.problem.prefix')} {title}"


def _count(shown: Rows | None, words: Reader) -> str:
    if shown is None:
        return ""
    if len(shown.rows) == 1:
        return words.say("queries.rows-one")
    return words.say("queries.rows", count=words.number(len(shown.rows)))


def _chart(question: CatalogueQuery, words: Reader) -> str:
    chart = question.chart
    if chart is None:
        return ""
    return words.say("queries.chart", value=heading(chart.value, words), by=heading(chart.by, words).lower())


def _state(values: Mapping[str, Sequence[str]], at: str | None) -> list[tuple[str, str]]:
    pairs = [(name, value) for name, several in values.items() for value in several]
    return [*pairs, ("at", at)] if at else pairs


def _downloads(
    question: CatalogueQuery, values: Mapping[str, Sequence[str]], words: Reader, at: str | None
) -> list[Link]:
    state = urlencode([*_state(values, at), ("lang", words.lang)])
    named = [*_DOWNLOADS, ("html", f"HTML ({words.say('queries.web-table')})")]
    return [Link(name, f"/api/v1/queries/{question.slug}.{suffix}?{state}") for suffix, name in named]


def _address(question: CatalogueQuery, values: Mapping[str, Sequence[str]], words: Reader, at: str | None) -> str:
    return f"/{words.lang}/queries/{question.slug}?{urlencode(_state(values, at))}"

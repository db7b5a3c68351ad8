"""The SPARQL page: a form for a query, its answer as a table, and questions to start from."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ecograph.errors import QueryBusy, QueryError, QueryTimeout, QueryTooBig
from ecograph.query import guard, parameters
from ecograph.query.catalogue import CatalogueQuery
from ecograph.web.access import ecograph_of
from ecograph.web.answering import in_language
from ecograph.web.clients import client_of
from ecograph.web.pages.layout import METHODS, Words, page
from ecograph.web.pages.queries import by_theme
from ecograph.web.views.answers import table
from ecograph.web.views.asking import link_to
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_ROWS_SHOWN: Final = 200
_JSON: Final = "application/sparql-results+json"
_ANSWER_TYPES: Final = f"{_JSON}, text/turtle"
_DOWNLOADS: Final = (("csv", "CSV"), ("json", "JSON"), ("xml", "XML"))
_EXAMPLE_QUERY: Final = """SELECT ?class (COUNT(?thing) AS ?things)
WHERE { ?thing a ?class }
GROUP BY ?class ORDER BY DESC(?things)"""


@router.api_route("/{lang}/sparql", methods=METHODS)
def sparql(request: Request, words: Words, query: str | None = None, question: str = "") -> Response:
    """A form for a query, its answer as a table, and questions to start from: `question` loads one."""
    lang = words.lang
    ecograph = ecograph_of(request)
    loaded = ecograph.catalogue.question(question) if question else None
    columns: list[str] | None = None
    rows: list[list[Link]] = []
    graph_text, error, status, limited = "", "", 200, False
    if query is not None:
        try:
            answer = ecograph.queries.run(
                guard.admit(query), _ANSWER_TYPES, directory=words.view.snapshot.path, client=client_of(request)
            )
            limited = answer.truncated
            if answer.media_type == _JSON:
                columns, rows = table(json.loads(answer.body), lang)
            else:
                graph_text = answer.body.decode()
        except QueryError as fault:
            error = fault.message(lang)
            status = 503 if isinstance(fault, QueryBusy | QueryTimeout | QueryTooBig) else 400
    title = words.say("page.sparql.title")
    return page(
        request,
        lang,
        "sparql.html",
        title=f"{words.say('page.sparql.error')} {title}" if error else title,
        section="sparql",
        crumbs=[Link(title)],
        status=status,
        query=query if query is not None else _text(loaded, words) if loaded else _EXAMPLE_QUERY,
        seconds=words.number(ecograph.settings.query_timeout_s),
        error=error,
        columns=columns,
        rows=rows[:_ROWS_SHOWN],
        shown=words.number(_ROWS_SHOWN),
        cut=len(rows) > _ROWS_SHOWN,
        limited=limited,
        total=words.number(len(rows)),
        graph_text=graph_text,
        downloads=_downloads(query or "") if columns is not None else [],
        themes=by_theme(ecograph.catalogue, words),
        loaded=link_to(loaded, words) if loaded else None,
    )


def _text(question: CatalogueQuery, words: Reader) -> str:
    """A question with its examples, for the reader's language."""
    values = {name: [example] for name, example in question.examples.items()}
    return parameters.bind(question, in_language(question, values, words.lang)).text


def _downloads(query: str) -> list[Link]:
    """The same answer as files."""
    return [Link(label, f"/sparql?{urlencode({'query': query, 'format': suffix})}") for suffix, label in _DOWNLOADS]

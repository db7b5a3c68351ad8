"""What was published when, and what a revision changed, for people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from babel.dates import format_datetime
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from ecograph.errors import TooManyChanges, UnknownThing
from ecograph.messages import Language
from ecograph.web.access import ecograph_of
from ecograph.web.pages.layout import METHODS, Words, page, short
from ecograph.web.reading import changes as reading
from ecograph.web.rest.atom import title as title_of
from ecograph.web.views import differences
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_PAGE_SIZE: Final = 25
_PATTERN: Final[dict[Language, str]] = {
    "da": "d. MMMM y 'kl.' HH.mm 'UTC'",
    "sv": "d MMMM y 'kl.' HH.mm 'UTC'",
    "en": "d MMMM y, HH:mm 'UTC'",
}

Number = Annotated[int, Path(ge=1, le=999_999_999)]


@router.api_route("/{lang}/changes", methods=METHODS)
def changes(
    request: Request, words: Words, before: Annotated[int | None, Query(ge=1, le=999_999_999)] = None
) -> Response:
    """The revisions, the newest first."""
    ecograph = ecograph_of(request)
    found = ecograph.history.timeline.page(_PAGE_SIZE + 1, before=before)
    shown = reading.changes(ecograph, words.view, found[:_PAGE_SIZE])
    title = words.say("changes.page.title")
    return page(
        request,
        words.lang,
        "changes.html",
        title=title,
        section="changes",
        crumbs=[Link(title)],
        lines=[
            {
                "title": title_of(each, words.lang),
                "href": f"/{words.lang}/changes/{each.entry.number}",
                "publisher": each.publisher,
                "when": _moment(each.entry.published_at, words.lang),
                "added": words.number(each.size.added),
                "removed": words.number(each.size.removed),
            }
            for each in shown
        ],
        feed=f"/api/v1/changes.atom?lang={words.lang}",
        earlier=f"/{words.lang}/changes?before={shown[-1].entry.number}" if len(found) > _PAGE_SIZE else None,
    )


@router.api_route("/{lang}/changes/{number}", methods=METHODS)
def change(request: Request, words: Words, number: Number) -> Response:
    """What one revision changed, thing by thing."""
    ecograph = ecograph_of(request)
    entry = ecograph.history.timeline.entry(number)
    if entry is None:
        raise UnknownThing(kind="revision", id=number)
    (found,) = reading.changes(ecograph, words.view, [entry])
    try:
        compared = reading.compare(ecograph, number - 1, number)
        pairs = compared.subjects[: differences.SHOWN]
        shown = differences.difference(words, compared.difference(words.view, pairs))
        hidden = len(compared.subjects) - len(pairs)
    except TooManyChanges:
        shown, hidden = None, 0
    heading = title_of(found, words.lang)
    return page(
        request,
        words.lang,
        "change.html",
        title=short(heading),
        section="changes",
        crumbs=[Link(words.say("changes.page.title"), f"/{words.lang}/changes"), Link(short(heading))],
        heading=heading,
        facts=_facts(words, found),
        difference=shown,
        hidden=words.number(hidden) if hidden else None,
        data=f"/api/v1/diff?from={number - 1}&to={number}",
    )


def _facts(words: Reader, found: reading.Change) -> list[tuple[str, str]]:
    facts = [
        ("publisher", found.publisher),
        ("when", _moment(found.entry.published_at, words.lang)),
        ("number", words.number(found.entry.number)),
        ("added", words.number(found.size.added)),
        ("removed", words.number(found.size.removed)),
    ]
    if found.reviewer:
        facts.insert(1, ("reviewer", found.reviewer))
    return [(words.say(f"changes.page.{name}"), value) for name, value in facts]


def _moment(moment: datetime, lang: Language) -> str:
    return format_datetime(moment, _PATTERN[lang], locale=lang)

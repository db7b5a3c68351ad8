"""What all pages share: the reader, the frame around a page, the page of a problem, the files beside them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.staticfiles import StaticFiles

from ecograph.errors import EcoGraphError, UnknownLanguage
from ecograph.ledger.timeline import Entry
from ecograph.messages import LANGUAGES, Language, language_of, text
from ecograph.web import auth
from ecograph.web.access import REVISION_HEADER, ecograph_of, headers_of, http_date
from ecograph.web.problems import Problem, plain_page
from ecograph.web.views.words import Link, Reader

static = StaticFiles(packages=[("ecograph.web", "static")])

METHODS: Final = ["GET", "HEAD"]
PRIVATE: Final[Mapping[str, str]] = {"Cache-Control": "no-store"}
LONGEST_TITLE: Final = 60
"""Letters of a heading that stand in the title of the window and in the breadcrumb."""


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
    private: bool = False,
    address: str | None = None,
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
        private: Whether it is for this visitor alone, so that nobody else's cache or screen may keep it.
        address: Where it is found in another language, behind `/da`; None for the address that was asked for.
        values: What the template shows.
    """
    body = _render(request, lang, template, address, title=title, section=section, **values)
    revision = PRIVATE if private else headers_of(ecograph_of(request).view(), lang)
    headers = {**revision, "Content-Language": lang, "Vary": "Accept, Accept-Language, Cookie"}
    return HTMLResponse(body, status, headers)


def as_of(response: Response, entry: Entry) -> Response:
    """The response with the headers of a past revision, which its content is from."""
    response.headers[REVISION_HEADER] = str(entry.number)
    response.headers["Memento-Datetime"] = http_date(entry.published_at)
    del response.headers["ETag"]  # it is the present's
    return response


def problem(request: Request, fault: Problem, lang: Language, reference: str) -> str:
    """What went wrong, as a page; a plain one where the graph, which the frame speaks of, cannot be had."""
    try:
        ecograph_of(request).view()
    except EcoGraphError:
        return plain_page(request, fault, lang, reference)
    title = text(f"problem.title.{fault.title}", lang)
    shown = {"title": title, "detail": fault.details[lang], "reference": reference}
    return _render(request, lang, "problem.html", crumbs=[Link(title)], section="", **shown)


def short(words: str) -> str:
    """A heading cut to what a window's title and a breadcrumb hold."""
    return words if len(words) <= LONGEST_TITLE else f"{words[:LONGEST_TITLE].rstrip()}…"


def _render(request: Request, lang: Language, template: str, address: str | None = None, /, **values: object) -> str:
    ecograph = ecograph_of(request)
    view = ecograph.view()
    rest = request.url.path.removeprefix(f"/{lang}")
    query = f"?{request.url.query}" if request.url.query else ""

    def in_language(other: Language) -> str:
        if address is not None:
            return f"/{other}{address}"
        return f"/{other}{rest}{query}" if request.url.path.startswith(f"/{lang}") else f"/{other}"

    def t(key: str, **filling: object) -> str:
        return text(key, lang, **filling)

    dates = [dataset.issued for dataset in view.datasets.values() if dataset.issued]
    shown = {
        "visitor": auth.visitor(request),
        "signing_in": ecograph.writes,
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
"""The reader of a page, by the language in its path."""

"""Signing in with a token, and out again."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ecograph.errors import BadToken
from ecograph.web import auth
from ecograph.web.access import ecograph_of
from ecograph.web.pages.layout import METHODS, Words, page
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_HERE: Final = re.compile(r"/(?:da|sv|en)(?:/[A-Za-z0-9._~-]+)*/?(?:\?[A-Za-z0-9._~=&%+-]*)?")
"""A page of ours: nothing that a browser could take for another host."""


_LONGEST_ADDRESS: Final = 8_000
"""Letters of an address to come back to: what proxies take in a request."""


@router.api_route("/{lang}/login", methods=METHODS)
def login(request: Request, words: Words, next: str = "") -> HTMLResponse:
    """The form for a token."""
    return _form(request, words, next)


@router.post("/{lang}/login")
def sign_in(
    request: Request,
    words: Words,
    token: Annotated[str, Form(max_length=500)] = "",
    next: Annotated[str, Form(max_length=_LONGEST_ADDRESS)] = "",
) -> Response:
    """Open a session, and go on where the visitor was."""
    response = RedirectResponse(safe(next) or f"/{words.lang}/contributions", 303)
    try:
        auth.open_session(request, response, token)
    except BadToken as fault:
        message = fault.message(words.lang) if token.strip() else words.say("page.login.empty")
        return _form(request, words, next, fault=message, status=401)
    return response


@router.post("/{lang}/logout")
def sign_out(request: Request, words: Words) -> Response:
    """End the session."""
    response = RedirectResponse(f"/{words.lang}/login?done=out", 303)
    auth.close_session(request, response)
    return response


def to_login(request: Request, words: Reader) -> RedirectResponse:
    """To the form for a token, and back to this page after it."""
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    return RedirectResponse(f"/{words.lang}/login?{urlencode({'next': f'{request.url.path}{query}'})}", 303)


def _form(request: Request, words: Reader, next: str, *, fault: str = "", status: int = 200) -> HTMLResponse:
    _ = ecograph_of(request).ledger  # where nothing can be sent, nobody can sign in
    title = words.say("page.login.title")
    place = safe(next)
    return page(
        request,
        words.lang,
        "login.html",
        title=f"{words.say('page.problem.prefix')} {title}" if fault else title,
        status=status,
        section="login",
        private=True,
        address=f"/login?{urlencode({'next': place})}" if place else "/login",
        crumbs=[Link(title)],
        fault=fault,
        next=place,
        signed_out=request.query_params.get("done") == "out",
        hours=round(auth.SESSION_DAYS * 24),
    )


def safe(address: str) -> str:
    """
    An address of one of our pages, or nothing.

    Example:
        >>> safe("/da/review?state=submitted"), safe("//example.org"), safe("https://example.org/da")
        ('/da/review?state=submitted', '', '')
    """
    return address if _HERE.fullmatch(address) else ""

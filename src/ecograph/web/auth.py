"""
Who asks: a token in the `Authorization` header, or a page's session in a cookie.

A cookie is sent by the browser whoever made it send: with one, only a request from our own pages may change anything.

Source:
    RFC 6750 (bearer tokens); docs/api.md, "Who you are"; docs/decisions/0006-tokens.md.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ecograph.contribute.rights import Who
from ecograph.errors import BadToken, Forbidden
from ecograph.ledger.partners import Role, Token
from ecograph.web.access import ecograph_of
from ecograph.web.problems import Refused

COOKIE: Final = "ecograph_session"
SESSION_DAYS: Final = 1 / 3
"""A session of a page: a working day. Whoever leaves a shared computer is not signed in the day after."""

_ASKS: Final = {"WWW-Authenticate": 'Bearer realm="EcoGraph"'}
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_scheme = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    bearerFormat="eg_…",
    description="A token that the operator issues: `Authorization: Bearer eg_…`.",
)


class Failures:
    """
    How often a client has shown a token that opens nothing; safe to use from several threads.

    A right token is never refused, so that nobody can lock out others behind the same address.

    Args:
        limit: Failures within the window before the client is told to wait.
        window_s: The window.
        clients: Clients remembered; beyond that the one that failed longest ago is forgotten.
    """

    def __init__(self, limit: int = 20, window_s: float = 300.0, clients: int = 10_000) -> None:
        self._limit = limit
        self._window_s = window_s
        self._clients = clients
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._counting = threading.Lock()

    def note(self, client: str) -> None:
        """
        Count one more.

        Raises:
            Refused: There were too many (429, with the seconds to wait).
        """
        now = time.monotonic()
        with self._counting:
            times = self._seen.setdefault(client, deque(maxlen=self._limit))
            self._seen.move_to_end(client)
            while times and times[0] <= now - self._window_s:
                times.popleft()
            if len(times) == self._limit:
                seconds = int(times[0] + self._window_s - now) + 1
                raise Refused(429, "too-many-attempts", {"Retry-After": str(seconds)}, seconds=seconds)
            times.append(now)
            while len(self._seen) > self._clients:
                self._seen.popitem(last=False)


def authenticate(request: Request, text: str) -> Token:
    """
    The token that a text proves.

    Raises:
        BadToken: It proves none.
        Refused: This client has tried too often (429).
        ReadOnly: There is no ledger to ask.
    """
    try:
        return ecograph_of(request).ledger.partners.authenticate(text)
    except BadToken:
        failures: Failures = request.app.state.failures
        failures.note(request.client.host if request.client else "-")
        raise


def open_session(request: Request, response: Response, text: str) -> Token:
    """
    Sign a browser in with a token, which it sends once; what it keeps is good for `SESSION_DAYS` only.

    Returns:
        The session.

    Raises:
        BadToken, Refused, ReadOnly: As for `authenticate`.
    """
    require_own_page(request)
    shown = authenticate(request, text.strip())
    session, secret = ecograph_of(request).ledger.partners.session(shown, SESSION_DAYS)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(SESSION_DAYS * 86400),
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )
    return session


def close_session(request: Request, response: Response) -> None:
    """Sign a browser out: its session opens nothing from now on."""
    require_own_page(request)
    session = _session(request)
    if session is not None:
        ecograph_of(request).ledger.partners.revoke(session.id)
    response.delete_cookie(COOKIE, path="/", secure=_is_secure(request), httponly=True, samesite="strict")


def who_if_any(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_scheme)] = None
) -> Who | None:
    """
    Who asks; None for somebody who does not say.

    Raises:
        BadToken: The header shows a token that opens nothing. A session that has ended is as none.
        Refused: A page of somebody else's made the browser send a change (403), or too many tries (429).
    """
    if credentials is not None:
        return Who.of(authenticate(request, credentials.credentials))
    session = _session(request)
    if session is None:
        return None
    if request.method not in _SAFE:
        require_own_page(request)
    return Who.of(session)


def visitor(request: Request) -> Who | None:
    """Who is signed in, for what a page offers; this admits nobody to anything."""
    session = _session(request)
    return Who.of(session) if session else None


def who_asks(who: Annotated[Who | None, Depends(who_if_any)]) -> Who:
    """
    Who asks.

    Raises:
        Refused: Nobody says (401).
        BadToken, Refused: As for `who_if_any`.
    """
    if who is None:
        raise Refused(401, "token-needed", _ASKS)
    return who


def administrator(who: Annotated[Who, Depends(who_asks)]) -> Who:
    """
    Who asks, if they may do everything.

    Raises:
        Forbidden: They may not.
    """
    if who.role is not Role.ADMINISTRATOR:
        raise Forbidden(needed="administrator")
    return who


def require_own_page(request: Request) -> None:
    """
    Stop here unless a browser says that the request comes from one of our own pages.

    Raises:
        Refused: It comes from elsewhere, or the browser does not say (403).

    Source:
        Fetch Metadata `Sec-Fetch-Site`; RFC 6454 `Origin`.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site == "same-origin":
            return
    elif _host(request.headers.get("origin", "")) in _own_hosts(request):
        return
    raise Refused(403, "other-site")


def _session(request: Request) -> Token | None:
    secret = request.cookies.get(COOKIE)
    ecograph = ecograph_of(request)
    if not secret or not ecograph.writes:
        return None
    try:
        return ecograph.ledger.partners.authenticate(secret)
    except BadToken:
        return None


def _own_hosts(request: Request) -> frozenset[str]:
    base_url = ecograph_of(request).settings.base_url
    hosts = {request.headers.get("host", "").lower(), _host(base_url or "")}
    return frozenset(hosts - {""})


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_secure(request: Request) -> bool:
    base_url = ecograph_of(request).settings.base_url or ""
    return request.url.scheme == "https" or base_url.startswith("https:")


MaybeWho = Annotated[Who | None, Depends(who_if_any)]
"""Who asks, or None."""
TheWho = Annotated[Who, Depends(who_asks)]
"""Who asks; 401 for nobody."""
TheAdministrator = Annotated[Who, Depends(administrator)]
"""Who asks, with the role that may do everything."""

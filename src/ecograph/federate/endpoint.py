"""
Somebody else's SPARQL endpoint, asked politely and not trusted.

One request at a time, with a pause in front of each; no redirect is followed; an answer has a limit in bytes, seconds
and rows, and is parsed as SPARQL results or not at all.

Source:
    SPARQL 1.1 Protocol; RFC 9110, sections 10.2.3 (Retry-After) and 10.1.5 (User-Agent); docs/federation.md.
"""

from __future__ import annotations

import email.utils
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address
from typing import IO, Final
from urllib.parse import urlsplit

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results
from SPARQLWrapper import JSON, POST, SPARQLWrapper

from ecograph import __version__
from ecograph.errors import BadParameter, HarvestStopped

Solution = Mapping[str, NamedNode | Literal]
"""What one row binds; what it does not bind is not there."""

PAGE_ROWS: Final = 1_000
"""Rows of one page: what public endpoints answer in a second or two."""

_TRY_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_MEDIA_TYPES: Final = ("application/sparql-results+json", "application/json")
_CHUNK: Final = 1 << 16
_LONGEST_PAUSE_S: Final = 120.0  # between tries; an endpoint that asks for more in Retry-After gets it, up to its limit
_LOCAL_NAMES: Final = ("localhost",)


@dataclass(frozen=True)
class Manners:
    """
    How an endpoint is asked.

    Args:
        contact: Who answers for the requests, as the endpoint's operator can write to them: an address or web page.
        delay_s: Seconds between requests.
        timeout_s: Seconds that one answer may take, from request to last byte.
        answer_bytes: How large one answer may be.
        tries: How often a request is sent before it is given up.
        longest_wait_s: What `Retry-After` may ask for; beyond, the harvest stops and is taken up later.
    """

    contact: str = ""
    delay_s: float = 1.0
    timeout_s: float = 90.0
    answer_bytes: int = 16 << 20
    tries: int = 5
    longest_wait_s: float = 600.0


@dataclass
class Endpoint:
    """
    An endpoint to ask.

    Args:
        url: Its address.
        manners: How it is asked.
        sleep: Waits for some seconds.
        clock: Seconds that only grow.

    Raises:
        BadParameter: The address is none, or nobody answers for requests to another machine.
    """

    url: str
    manners: Manners = field(default_factory=Manners)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    requests: int = 0
    _last: float | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
            raise BadParameter(name="--endpoint-url", value=self.url[:200], expected="https://…/sparql")
        if not self.manners.contact and not _is_local(parts.hostname):
            raise BadParameter(name="ECOGRAPH_HARVEST_CONTACT", value="", expected="https://… | name@…")

    @property
    def user_agent(self) -> str:
        """How requests say who sends them."""
        contact = "".join(letter for letter in self.manners.contact if letter.isprintable() and letter not in "()")
        name = f"EcoGraph/{__version__} (harvest; {contact})" if contact else f"EcoGraph/{__version__} (harvest)"
        return name.encode("ascii", "replace").decode()

    def ask(self, query: str, variables: frozenset[str], rows: int = PAGE_ROWS) -> tuple[Solution, ...]:
        """
        The answer to a SELECT query.

        Args:
            query: Its text; every value in it is a serialised term.
            variables: What it selects; an answer with anything else is refused.
            rows: How many it may have.

        Raises:
            HarvestStopped: No usable answer was to be had.
        """
        for attempt in range(1, self.manners.tries + 1):
            self._pause()
            try:
                return _solutions(self._body(query), variables, rows)
            except _Fault as fault:
                if not fault.passing or attempt == self.manners.tries:
                    raise HarvestStopped(endpoint=self.url, reason=fault.reason, detail=fault.detail) from None
                wait = self.manners.delay_s * 2.0**attempt if fault.wait_s is None else fault.wait_s
                if fault.wait_s is not None and wait > self.manners.longest_wait_s:
                    raise HarvestStopped(endpoint=self.url, reason="later", detail=f"{wait:.0f}") from None
                self.sleep(wait if fault.wait_s is not None else min(wait, _LONGEST_PAUSE_S))
        raise AssertionError("unreachable")

    def _pause(self) -> None:
        if self._last is not None:
            self.sleep(max(0.0, self.manners.delay_s - (self.clock() - self._last)))

    def _body(self, query: str) -> bytes:
        wrapper = _Wrapper(self.url, agent=self.user_agent)
        wrapper.setMethod(POST)
        wrapper.setReturnFormat(JSON)
        wrapper.setOnlyConneg(True)
        wrapper.setTimeout(max(1, round(self.manners.timeout_s)))
        wrapper.setQuery(query)
        deadline = self.clock() + self.manners.timeout_s
        self.requests += 1
        try:
            with wrapper.query().response as response:
                _check_head(response, self.manners.answer_bytes)
                return self._read(response, deadline)
        except urllib.error.HTTPError as error:
            with error:
                raise _of_status(error.code, error.headers) from error
        except TimeoutError as error:
            raise _Fault("slow", passing=True) from error
        except (urllib.error.URLError, HTTPException, OSError) as error:
            slow = isinstance(getattr(error, "reason", None), TimeoutError)
            raise _Fault("slow" if slow else "unreachable", str(error)[:200], passing=True) from error
        finally:
            self._last = self.clock()

    def _read(self, response: HTTPResponse, deadline: float) -> bytes:
        parts, size = [], 0
        while chunk := response.read1(_CHUNK):
            size += len(chunk)
            if size > self.manners.answer_bytes:
                raise _Fault("large", f"{self.manners.answer_bytes >> 20} MB")
            if self.clock() > deadline:
                raise _Fault("slow", passing=True)
            parts.append(chunk)
        return b"".join(parts)


class _Fault(Exception):
    """
    Why an answer cannot be used.

    Args:
        reason: A key of `federate.reason`.
        detail: Details for it.
        passing: Whether another try may help.
        wait_s: How long the endpoint asks to wait.
    """

    def __init__(self, reason: str, detail: str = "", *, passing: bool = False, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.detail, self.passing, self.wait_s = reason, detail, passing, wait_s


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: an endpoint may not send us to another address."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Refuse; the status becomes an error."""


_OPENER: Final = urllib.request.build_opener(_Stay)


class _Wrapper(SPARQLWrapper):
    """SPARQLWrapper, whose own opener would follow redirects."""

    def _query(self) -> tuple[HTTPResponse, str]:
        return _OPENER.open(self._createRequest(), timeout=self.timeout), self.returnFormat


def _check_head(response: HTTPResponse, limit: int) -> None:
    given = response.headers.get_content_type()
    if given not in _MEDIA_TYPES:
        raise _Fault("no-results", given)
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _Fault("no-results", "content-encoding")
    length = response.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > limit:
        raise _Fault("large", f"{limit >> 20} MB")


def _of_status(status: int, headers: Message) -> _Fault:
    if 300 <= status < 400:
        return _Fault("redirect", str(status))
    if status in _TRY_AGAIN:
        return _Fault("refused", str(status), passing=True, wait_s=retry_after(headers.get("retry-after")))
    return _Fault("refused", str(status))


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """
    The seconds that a `Retry-After` header asks to wait, from a number or a date; None where it says nothing.

    Example:
        >>> retry_after("7"), retry_after("soon")
        (7.0, None)
        >>> retry_after("Sun, 22 Nov 2026 12:00:30 GMT", datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC))
        30.0

    Source:
        RFC 9110, section 10.2.3.
    """
    text = (header or "").strip()[:60]
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _solutions(body: bytes, variables: frozenset[str], rows: int) -> tuple[Solution, ...]:
    """A result as rows of terms; anything that is not one is refused."""
    try:
        result = parse_query_results(body, format=QueryResultsFormat.JSON)
        try:
            if isinstance(result, QuerySolutions):
                return tuple(_rows(result, variables, rows))
        finally:
            del result  # the engine's reader may not die in another thread, to which a traceback might carry it
    except (SyntaxError, ValueError, OSError) as error:  # also half an answer
        raise _Fault("no-results", str(error)[:200], passing=True) from None
    raise _Fault("no-results", "boolean")


def _rows(result: QuerySolutions, variables: frozenset[str], rows: int) -> list[Solution]:
    found: list[Solution] = []
    try:
        names = [variable.value for variable in result.variables]
        if not variables.issuperset(names):
            raise _Fault("no-results", ", ".join(sorted({*names} - variables))[:100])
        for solution in result:
            if len(found) == rows:
                raise _Fault("too-many-rows", str(rows))
            bound = {name: solution[name] for name in names}
            if not any(isinstance(term, BlankNode) for term in bound.values()):  # nobody can be pointed at by it
                found.append({name: term for name, term in bound.items() if isinstance(term, NamedNode | Literal)})
    finally:
        del result
    return found


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in _LOCAL_NAMES

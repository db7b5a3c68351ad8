"""What a request is given: the EcoGraph, one revision of it, and what the client already has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Annotated, Final

from fastapi import Depends, Query, Request, Response

from ecograph import __version__
from ecograph.bootstrap import EcoGraph, View
from ecograph.history import MOMENT
from ecograph.messages import Language
from ecograph.store.base import Snapshot
from ecograph.web import conditions
from ecograph.web.problems import NotModified, language

REVISION_HEADER: Final = "EcoGraph-Revision"

PAST_KEPT_S: Final = 86_400
"""How long others may keep an answer from a past revision: it never changes, but an erasure must reach it in a day."""

At = Annotated[
    str | None,
    Query(
        pattern=MOMENT,
        description="The graph as it was: a revision's number, a date (its end) or a dateTime, UTC",
    ),
]


@dataclass(frozen=True, slots=True)
class State:
    """
    The graph as a request wants it: as it is, or as it was.

    Args:
        view: What answers; shared, so do not close it.
        headers: What the answer says about it, also when it is a `Response` of its own.
        past: Whether it is a past revision.
    """

    view: View
    headers: dict[str, str]
    past: bool

    @property
    def snapshot(self) -> Snapshot:
        """The statements; `ecograph.queries` answers from its `path`."""
        return self.view.snapshot


def ecograph_of(request: Request) -> EcoGraph:
    """The EcoGraph this application serves."""
    found = request.app.state.ecograph
    assert isinstance(found, EcoGraph)
    return found


def view_of(request: Request, response: Response) -> View:
    """
    The revision that this request is answered from, from its first line to its last.

    Raises:
        NotModified: The client names the tag of this answer (`If-None-Match`).
    """
    view = ecograph_of(request).view()
    _raise_if_known(request, headers_of(view))
    headers = headers_of(view, language(request))
    _raise_if_known(request, headers)
    response.headers.update(headers)
    return view


def state_of(request: Request, response: Response, at: At = None) -> Iterator[State]:
    """
    The graph at the moment that `at` names, or as it is.

    Raises:
        NotModified: The client has the answer already.
        BadParameter, UnknownMoment, NoHistory, QueryBusy: It cannot be shown at that moment.
    """
    ecograph = ecograph_of(request)
    if at is None:
        view = view_of(request, response)
        yield State(view, headers_of(view, language(request)), past=False)
        return
    entry = ecograph.history.moment(at)
    erased = ecograph.history.erased()
    headers = {
        "ETag": f'W/"{__version__}-{entry.number}-{erased}-{language(request)}"',
        REVISION_HEADER: str(entry.number),
        "Memento-Datetime": http_date(entry.published_at),
        "Last-Modified": http_date(entry.published_at),
        # What a day to come means may still change.
        "Cache-Control": f"public, max-age={PAST_KEPT_S}" if _is_over(at) else "no-cache",
        "Vary": "Accept, Accept-Language",
    }
    _raise_if_known(request, headers)
    response.headers.update(headers)
    with ecograph.view_at(str(entry.number)) as view:
        yield State(view, headers, past=True)


def headers_of(view: View, lang: Language | None = None) -> dict[str, str]:
    """
    What every answer from a revision says about it.

    Args:
        view: The revision.
        lang: The language of the answer, where it depends on who reads it: each has an entity tag of its own.
    """
    return dict(_headers(view.revision, view.published_at, lang))


@lru_cache(maxsize=64)
def _headers(revision: int, published_at: datetime | None, lang: Language | None) -> dict[str, str]:
    spoken = f"-{lang}" if lang else ""
    headers = {
        "ETag": f'W/"{__version__}-{revision}{spoken}"',
        REVISION_HEADER: str(revision),
        "Cache-Control": "no-cache",
        "Vary": "Accept, Accept-Language",
    }
    if published_at is not None:
        headers["Last-Modified"] = http_date(published_at)
    return headers


def _raise_if_known(request: Request, headers: dict[str, str]) -> None:
    """
    Spare the work where the client names the very tag of what JSON there is; all else the envelope answers when it is
    done and its format known.
    """
    asked = request.headers
    is_read = request.method in ("GET", "HEAD")
    if is_read and conditions.takes_json(asked) and conditions.names(asked, headers["ETag"]):
        raise NotModified(headers)


def _is_over(at: str) -> bool:
    """Whether a moment will mean the same revision for ever, as today's date does not."""
    return at.isdigit() or len(at) > len("2026-11-01") or at < datetime.now(UTC).date().isoformat()


def http_date(moment: datetime) -> str:
    """A moment as headers have it."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


TheEcoGraph = Annotated[EcoGraph, Depends(ecograph_of)]
TheView = Annotated[View, Depends(view_of)]
TheState = Annotated[State, Depends(state_of)]
TheLanguage = Annotated[Language, Depends(language)]

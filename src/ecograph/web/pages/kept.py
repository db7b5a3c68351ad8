"""Files that somebody has checked, kept in memory for a quarter of an hour: to be marked, corrected or sent."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from ecograph.contribute.options import Options
from ecograph.contribute.packing import SourceFile
from ecograph.web.views.findings import Checked

KEPT_S: Final = 15 * 60.0
"""Long enough to read a report and sign in; short enough that nobody's file lies about."""

KEPT_BYTES: Final = 128 << 20
"""All files that are kept, with what was found in them: a dozen of the largest. The oldest go first."""

_FINDING_BYTES: Final = 2_000  # a finding with its messages in three languages

_HANDLE_BYTES: Final = 24


@dataclass(frozen=True)
class Kept:
    """
    Files that were checked.

    Args:
        files: The files.
        options: How they were read.
        partner: Slug of whose they were checked as, if anybody's.
        checked: What was found.
    """

    files: tuple[SourceFile, ...]
    options: Options
    partner: str | None
    checked: Checked

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        return sum(len(file.data) for file in self.files) + _FINDING_BYTES * len(self.checked.report.findings)


class Shelf:
    """
    What is kept, by handles that nobody can guess; safe to use from several threads. It is never on disk.

    Args:
        keep_s: How long.
        limit_bytes: How much at a time; the newest stays whatever its size.
        clock: Seconds that only go forward.
    """

    def __init__(
        self, keep_s: float = KEPT_S, limit_bytes: int = KEPT_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._keep_s = keep_s
        self._limit_bytes = limit_bytes
        self._clock = clock
        self._things: OrderedDict[str, tuple[float, Kept]] = OrderedDict()
        self._moving = threading.Lock()

    def put(self, thing: Kept) -> str:
        """Keep something; returns its handle."""
        handle = secrets.token_urlsafe(_HANDLE_BYTES)
        with self._moving:
            self._things[handle] = (self._clock(), thing)
            self._clear()
        return handle

    def get(self, handle: str) -> Kept | None:
        """What a handle stands for; None when it is not kept any more."""
        with self._moving:
            self._clear()
            found = self._things.get(handle)
        return found[1] if found else None

    def drop(self, handle: str) -> None:
        """Keep it no longer."""
        with self._moving:
            self._things.pop(handle, None)

    def _clear(self) -> None:
        oldest = self._clock() - self._keep_s
        total = sum(thing.size_bytes for _, thing in self._things.values())
        while self._things:
            kept_at, first = next(iter(self._things.values()))
            if kept_at > oldest and (total <= self._limit_bytes or len(self._things) == 1):
                break
            self._things.popitem(last=False)
            total -= first.size_bytes


def shelf_of(request: Request) -> Shelf:
    """The shelf of this application."""
    found = request.app.state.shelf
    assert isinstance(found, Shelf)
    return found

"""
What the service does by itself: things that wait are checked, and what was to stay until today goes, as do entries of
shortlists that nobody has changed for long.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Final

import structlog

from ecograph.bootstrap import EcoGraph
from ecograph.errors import EcoGraphError
from ecograph.web.retention import expire_entries
from ecograph.web.text_reader import TextReader

_log = structlog.get_logger(__name__)

FIRST_S: Final = 2.0
"""Before the first look: whoever starts the service wants an answer first."""

EVERY_S: Final = 30.0
"""Between looks at what waits to be checked; it waits because something was published, which is rare."""

AT_ONCE: Final = 50
"""Things checked in one go: a fraction of a second, so that readers hardly notice."""


class Upkeep:
    """
    A thread that works off what waits, and once a day lets expire what is due.

    Args:
        ecograph: Open for writing.
        first_s: Seconds before the first look.
        every_s: Seconds between looks.
    """

    def __init__(self, ecograph: EcoGraph, first_s: float = FIRST_S, every_s: float = EVERY_S) -> None:
        self._ecograph = ecograph
        self._first_s = first_s
        self._every_s = every_s
        self._stopping = threading.Event()
        self._expired_on: date | None = None
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being done; it is done whole."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        pause = self._first_s
        while not self._stopping.wait(pause):
            pause = self._every_s
            try:
                self._ecograph.contribution_workers.start()  # so that the first partner does not wait for them
                self._expire()
                if self._ecograph.desk.work_off(AT_ONCE) == AT_ONCE:
                    pause = 0.1  # more waits; readers come in between
            except EcoGraphError as error:
                _log.warning("upkeep has to wait", code=error.code, detail=str(error))
            except Exception:
                _log.exception("a surprise in upkeep")

    def _expire(self) -> None:
        today = datetime.now(UTC).date()
        if self._expired_on != today and self._ecograph.revision:
            gone = self._ecograph.desk.expire(today)
            entries = expire_entries(self._ecograph, today)
            self._expired_on = today
            if gone or entries:
                _log.info("expired", contributions=len(gone), shortlist_entries=entries)


@contextmanager
def upkeep(ecograph: EcoGraph) -> Iterator[None]:
    """Upkeep while the service runs, where there is anything to keep up."""
    if not ecograph.writes:
        yield
        return
    keepers = (Upkeep(ecograph), TextReader(ecograph))
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.stop()

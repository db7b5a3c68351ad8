"""What the service reads by itself: the texts that are new, so that their meaning counts too."""

from __future__ import annotations

import threading
from typing import Final

import structlog

from ecograph.bootstrap import EcoGraph
from ecograph.errors import EcoGraphError

_log = structlog.get_logger(__name__)

FIRST_S: Final = 0.5
"""Before the first look: the view that answers is being built then."""
EVERY_S: Final = 1.0
"""Between looks at the revision, which cost nothing."""
AGAIN_S: Final = 60.0
"""Before what failed is tried again."""
PORTION: Final = 2_000
"""Texts read before answers take them into account: about half a minute."""


class _Stopped(Exception):
    """Reading ends, because the service does."""


class TextReader:
    """
    A thread that reads the texts that are new; matching goes on meanwhile with what has been read.

    Args:
        ecograph: Open for writing.
        every_s: Seconds between looks.
    """

    def __init__(self, ecograph: EcoGraph, every_s: float = EVERY_S) -> None:
        self._ecograph = ecograph
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="text-reader", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the texts that are being read; they are kept."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        done, pause = -1, FIRST_S
        while not self._stopping.wait(pause):
            pause = self._every_s
            revision = self._ecograph.revision
            if revision == done or not revision:
                continue
            try:
                if not self._ecograph.vectors.embedder:
                    return
                if self._ecograph.read_texts(self._watch, PORTION) < PORTION:
                    done = revision
                if self._ecograph.vectors.state != "ready":
                    done, pause = -1, AGAIN_S
            except _Stopped:
                return
            except EcoGraphError as error:
                _log.warning("texts have to wait", code=error.code, detail=str(error))
                pause = AGAIN_S
            except Exception:
                _log.exception("a surprise while reading texts")
                pause = AGAIN_S

    def _watch(self, _done: int, _total: int, _label: str) -> None:
        if self._stopping.is_set():
            raise _Stopped

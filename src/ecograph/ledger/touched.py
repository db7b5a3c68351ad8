"""Which revision changed each thing last, read from the patches once and then followed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

from ecograph.ledger.timeline import Timeline
from ecograph.namespaces import ID
from ecograph.rdf.patch import n_quads

_THING: Final = f"<{ID[''].value}".encode()


class Touched:
    """
    Things by IRI, each with the number of the revision that last added or removed a statement about it.

    Safe to use from several threads; after an erasure it is read anew, so that nobody is left in it.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._reading = threading.Lock()
        self._erased = 0
        self._read = 0
        self._found: dict[str, int] = {}

    def now(self) -> Mapping[str, int]:
        """The things by the newest revision; a snapshot of its own."""
        with self._reading:
            last = self._timeline.last
            erased = self._timeline.erased()
            if erased != self._erased:
                self._found, self._read, self._erased = {}, 0, erased
            head = last.number if last else 0
            if head > self._read:
                found = dict(self._found)
                for number, parts in self._timeline.patches(range(self._read + 1, head + 1)):
                    for subject in {subject for part in parts for subject in _subjects(part)}:
                        found[subject] = number
                self._found, self._read = found, head
            return self._found


def _subjects(part: bytes) -> set[str]:
    """The things that the statements of a written patch are about."""
    return {
        line[1 : line.index(b">")].decode()
        for lines in n_quads(part)
        for line in lines.split(b"\n")
        if line.startswith(_THING)
    }

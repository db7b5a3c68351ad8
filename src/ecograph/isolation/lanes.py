"""
Places, and a queue before them in which every client has the same chance.

Source:
    docs/sparql.md, "Who waits for whom".
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import Literal


class Full(Exception):
    """There is no place, and none came free in time."""


class _Waiting:
    """Somebody in the queue."""

    __slots__ = ("called", "client", "outcome")

    def __init__(self, client: str) -> None:
        self.client = client
        self.called = threading.Event()
        self.outcome: Literal["in", "out"] | None = None


class Lane:
    """
    A number of places and a bounded queue. Thread-safe.

    A place that comes free goes to the client that has the fewest, and among those to whoever has waited longest. When
    the queue is full, a client with fewer in it than another takes the place of the last of the client with the most.

    Args:
        places: How many there are.
        queue: How many may wait.

    Example:
        >>> lane = Lane(1, queue=0)
        >>> lane.try_enter("a"), lane.try_enter("b")
        (True, False)
        >>> lane.leave("a")
        >>> lane.try_enter("b")
        True
    """

    def __init__(self, places: int, queue: int) -> None:
        self.places = places
        self.queue = queue
        self._lock = threading.Lock()
        self._inside: Counter[str] = Counter()
        self._free = places
        self._waiting: list[_Waiting] = []
        self._closed = False

    def enter(self, client: str, timeout_s: float) -> None:
        """
        Take a place, or wait for one.

        Raises:
            Full: The queue is full, another client had a better claim to a place in it, or it took too long.
        """
        with self._lock:
            if self._may_enter():
                self._admit(client)
                return
            waiting = self._line_up(client)
        waiting.called.wait(timeout_s)
        with self._lock:
            if waiting.outcome is None:
                self._waiting.remove(waiting)
        if waiting.outcome != "in":
            raise Full

    def try_enter(self, client: str) -> bool:
        """Take a place if one is free and nobody waits for it."""
        with self._lock:
            if not self._may_enter():
                return False
            self._admit(client)
            return True

    def leave(self, client: str) -> None:
        """Give a place back."""
        with self._lock:
            self._inside[client] -= 1
            if not self._inside[client]:
                del self._inside[client]
            self._free += 1
            while self._waiting and self._free:
                first = min(self._waiting, key=lambda each: self._inside[each.client])  # min keeps the first of equals
                self._waiting.remove(first)
                self._admit(first.client)
                self._call(first, "in")

    def is_wanted(self, client: str) -> bool:
        """Whether somebody else waits for a place."""
        return any(each.client != client for each in tuple(self._waiting))

    def close(self) -> None:
        """Turn away everybody who waits, and everybody who comes."""
        with self._lock:
            self._closed = True
            for each in self._waiting:
                self._call(each, "out")
            self._waiting.clear()

    def _may_enter(self) -> bool:
        return bool(self._free) and not self._waiting and not self._closed

    def _admit(self, client: str) -> None:
        self._inside[client] += 1
        self._free -= 1

    def _line_up(self, client: str) -> _Waiting:
        if self._closed:
            raise Full
        if len(self._waiting) >= self.queue:
            self._make_room(client)
        waiting = _Waiting(client)
        self._waiting.append(waiting)
        return waiting

    def _make_room(self, client: str) -> None:
        counts = Counter(each.client for each in self._waiting)
        most = max(counts, key=lambda each: counts[each], default=client)
        if counts[client] + 1 >= counts[most]:  # with one more it would have as many
            raise Full
        last = next(each for each in reversed(self._waiting) if each.client == most)
        self._waiting.remove(last)
        self._call(last, "out")

    def _call(self, waiting: _Waiting, outcome: Literal["in", "out"]) -> None:
        waiting.outcome = outcome
        waiting.called.set()

"""
A pool of worker processes: a few, a queue before them, and each replaced when a request costs it its life.

A crash, no memory left, a loop: it costs the worker that met it and nothing else. Where the pool has a slow lane, a
request that takes long goes on there, with what nobody else wants of the processors, and its place is free for others.

Source:
    docs/sparql.md, "Who waits for whom".
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, Self

import structlog
from anyio.to_thread import run_sync

from ecograph.errors import EcoGraphError
from ecograph.isolation.conduct import Conduct
from ecograph.isolation.frames import Head
from ecograph.isolation.lanes import Full, Lane
from ecograph.isolation.process import TICK_S, Died, WorkerProcess

_log = structlog.get_logger(__name__)

_WAITING: Final = 4  # how many times longer than it works a request may take before it counts as slow
_SOONER: Final = 0.2  # the share of its time in a quick place that a request has when others wait
_ON_LOOP_BYTES: Final = 1 << 15  # what a pipe takes at once, whatever its system
_NOBODY: Final = ""  # the client of requests of our own


@dataclass(frozen=True, slots=True)
class SlowLane:
    """
    Where requests go on that take long.

    Args:
        size: How many at the same time.
        after_s: How long a request may keep a quick place: in processor time, so that nobody is slow for having waited
            for others, or four times that by the clock.
        per_minute: After so many slow requests in a minute, a client's next ones begin in the slow lane.
    """

    size: int
    after_s: float
    per_minute: int


class ProcessPool:
    """
    What pools of workers have in common. Thread-safe. Workers live until a request costs them their life.

    Args:
        engine: Module and class of the workers' `serving.Engine`, and the arguments it is made with.
        busy: What to raise when no worker is free; its value is `seconds` until another try is worth it.
        size: Requests answered at the same time.
        queue: Requests that may wait for a worker.
        timeout_s: Deadline of one request; a request waits for a worker no longer than that either.
        memory_bytes: What one request may take beyond what its worker has loaded.
        answer_bytes: The longest body of an answer.
        keep: Have all of them up from the first request on, and replace the dead at once (`start` begins with that);
            otherwise when needed.
        slow: A lane for what takes long; None for none.
    """

    def __init__(
        self,
        engine: Sequence[str],
        busy: type[EcoGraphError],
        *,
        size: int,
        queue: int,
        timeout_s: float,
        memory_bytes: int,
        answer_bytes: int,
        keep: bool = False,
        slow: SlowLane | None = None,
    ) -> None:
        self.timeout_s = timeout_s
        self.memory_bytes = memory_bytes
        self.answer_bytes = answer_bytes
        self._engine = tuple(engine)
        self._busy_error = busy
        self._keep = keep
        self._quick = Lane(size, queue)
        self._slow = Lane(slow.size, queue) if slow else None
        self._slow_after_s = slow.after_s if slow else math.inf
        self._conduct = Conduct(slow.per_minute) if slow else None
        self._parking = threading.Semaphore(slow.size if slow else 0)
        self._wanted = size + (slow.size if slow else 0)  # workers to have up
        self._guarding = threading.Lock()
        self._starting = 0
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._closed = False
        self._warned = False

    def start(self) -> None:
        """Have every worker up from now on, without waiting until they are ready."""
        self._keep = True
        while True:
            with self._guarding:
                if self._closed or len(self._idle) + len(self._busy) + self._starting >= self._wanted:
                    return
                self._starting += 1
            try:  # its start must not slow down those who are being answered
                worker = WorkerProcess(self._engine, self.answer_bytes, low=self._slow is not None)
            finally:
                with self._guarding:
                    self._starting -= 1
            self._give_back(worker)

    def close(self) -> None:
        """Kill every worker; requests that are running fail."""
        with self._guarding:
            self._closed = True
            idle, busy = tuple(self._idle), tuple(self._busy)
            self._idle.clear()
        for lane in filter(None, (self._quick, self._slow)):
            lane.close()
        for worker in busy:
            worker.process.kill()  # its descriptors are closed by the thread that waits on them
        for worker in idle:
            worker.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers there are now."""
        with self._guarding:
            return tuple(worker.process.pid for worker in (*self._idle, *self._busy))

    def _ask(self, head: Head, body: bytes, timeout_s: float, client: str | None = None) -> tuple[Head, bytes]:
        """
        The answer of a worker.

        Raises:
            Died: The request cost it its life.
            EcoGraphError: No worker is free, or the pool is closed.
        """
        return self._answer(_Visit(self, self._request(head, timeout_s), body, timeout_s, client or _NOBODY))

    async def _ask_on_loop(self, head: Head, body: bytes, timeout_s: float, client: str | None) -> tuple[Head, bytes]:
        """`_ask` for those on an event loop: what is answered at once costs no thread."""
        visit = _Visit(self, self._request(head, timeout_s), body, timeout_s, client or _NOBODY)
        try:
            is_here = len(body) <= _ON_LOOP_BYTES and visit.try_enter() and await visit.comes_soon()
        except BaseException:
            visit.__exit__()
            raise
        if is_here:
            return self._answer(visit)
        return await run_sync(self._answer, visit)

    def _request(self, head: Head, timeout_s: float) -> Head:
        # The worker's own deadline is for when nobody is left to kill it; it also runs while it is paused.
        limits = {"timeout_s": timeout_s + (self.timeout_s if self._slow else 0), "memory_bytes": self.memory_bytes}
        return {**head, **limits, "answer_bytes": self.answer_bytes}

    def _answer(self, visit: _Visit) -> tuple[Head, bytes]:
        try:
            with visit:
                return visit.answer()
        except Full:
            self._raise_busy()
        except Died as died:
            _log.warning("worker died", engine=self._engine[0], cause=died.cause, status=died.status)
            if died.cause == "start" or (self._closed and died.cause != "deadline"):
                self._raise_busy()
            raise
        finally:
            if self._keep:
                self.start()

    def _take(self, low: bool) -> WorkerProcess:
        """A worker for somebody who has a place."""
        while True:
            worker = self._idle_one(low)
            if worker is None:
                worker = WorkerProcess(self._engine, self.answer_bytes, low)
                with self._guarding:
                    self._busy.add(worker)
                    worker.retiring = self._closed
            if not worker.retiring and worker.is_alive() and (worker.low == low or _put(worker, low)):
                return worker
            worker.retiring = True  # it died while idle, or cannot be made quick again
            self._give_back(worker)

    def _ready_one(self) -> WorkerProcess | None:
        """An idle worker that can be asked as it is."""
        with self._guarding:
            for worker in self._idle:
                if worker.is_ready and not worker.low and worker.is_alive():
                    self._idle.remove(worker)
                    self._busy.add(worker)
                    return worker
            return None

    def _idle_one(self, low: bool) -> WorkerProcess | None:
        with self._guarding:
            if self._closed:
                raise Full
            if not self._idle:
                return None
            worker = max(self._idle, key=lambda each: (each.is_up, each.low == low))
            self._idle.remove(worker)
            self._busy.add(worker)
            return worker

    def _give_back(self, worker: WorkerProcess) -> None:
        if worker.isolated is False and not self._warned:
            self._warned = True
            _log.warning("workers share the machine's network: the system allows no isolation", engine=self._engine[0])
        is_reusable = not worker.retiring and worker.is_alive()
        with self._guarding:
            self._busy.discard(worker)
            if is_reusable and not self._closed and len(self._idle) < self._wanted:
                self._idle.append(worker)
                return
        worker.kill()

    def _raise_busy(self) -> NoReturn:
        raise self._busy_error(seconds=max(1, math.ceil(self.timeout_s)))


class _Visit:
    """One request on its way: first in the quick lane, and in the slow one when it takes long."""

    def __init__(self, pool: ProcessPool, head: Head, body: bytes, timeout_s: float, client: str) -> None:
        self._pool = pool
        self._head = head
        self._body = body
        self._timeout_s = timeout_s
        self._client = client
        self._lane: Lane | None = None
        self._worker: WorkerProcess | None = None
        self._is_sent = False
        self._is_noted = False
        self._started: tuple[float, float] | None = None  # by the clock, and the worker's processor time

    def try_enter(self) -> bool:
        """Take a quick place and a worker, if both are there to be had."""
        pool = self._pool
        if self._begins_in() is pool._quick and pool._quick.try_enter(self._client):
            self._lane = pool._quick
            self._worker = pool._ready_one()
            if self._worker:
                return True
            self._leave()
        return False

    async def comes_soon(self) -> bool:
        """Send the request; whether its answer is here before anybody would look how it goes on."""
        assert self._worker is not None
        try:
            self._send(self._worker)
            return await self._worker.comes_within(TICK_S)
        except Died:  # which `answer` will find, too
            return False

    def answer(self) -> tuple[Head, bytes]:
        """What the worker answers."""
        assert self._worker is not None
        self._send(self._worker)
        return self._worker.receive(self._tick if self._pool._slow else None)

    def _send(self, worker: WorkerProcess) -> None:
        if not self._is_sent:
            self._is_sent = True
            worker.send(self._head, self._body, self._timeout_s)

    def __enter__(self) -> Self:
        pool = self._pool
        if self._worker:
            return self
        try:
            self._enter(self._begins_in())
            if self._lane is not (lane := self._begins_in()):  # its client has become costly while it waited
                self._leave()
                self._enter(lane)
            self._worker = pool._take(low=self._lane is pool._slow)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._worker:
            if self._worker.retiring or self._took_long():
                self._note()
            self._pool._give_back(self._worker)
        self._leave()

    def _begins_in(self) -> Lane:
        pool = self._pool
        is_costly = pool._conduct is not None and pool._conduct.is_costly(self._client)
        return pool._slow if is_costly and pool._slow else pool._quick

    def _enter(self, lane: Lane) -> None:
        lane.enter(self._client, self._pool.timeout_s)
        self._lane = lane

    def _tick(self) -> float:
        """Go over to the slow lane when it is time, sooner when somebody else wants the place."""
        quick, slow, worker = self._pool._quick, self._pool._slow, self._worker
        assert worker is not None
        if self._started is None:  # the worker is up and has its request
            self._started = time.monotonic(), worker.cpu_s
        if self._took_long():
            self._note()
        is_wanted = quick.is_wanted(self._client)
        if slow is None or self._lane is slow or not self._took_long(sooner=is_wanted):
            return 0.0
        if slow.try_enter(self._client):
            self._leave()
            self._lane = slow
            worker.lower()
            return 0.0
        if self._pool._parking.acquire(blocking=False):
            return self._park(slow, worker)
        if is_wanted and self._took_long():
            raise Full
        return 0.0

    def _park(self, slow: Lane, worker: WorkerProcess) -> float:
        """Wait for a place in the slow lane with the worker stopped; returns how long that took."""
        started = time.monotonic()
        try:
            worker.pause()
            self._leave()
            slow.enter(self._client, self._pool.timeout_s)
            self._lane = slow
            worker.lower()
            worker.resume()
        finally:
            self._pool._parking.release()
        return time.monotonic() - started

    def _note(self) -> None:
        """Its client has had a costly request; said once, and at once, so that the client's next ones begin slow."""
        if self._pool._conduct and not self._is_noted:
            self._is_noted = True
            self._pool._conduct.note(self._client)

    def _took_long(self, sooner: bool = False) -> bool:
        if self._started is None or self._worker is None:
            return False
        (started, cpu_s), limit_s = self._started, self._pool._slow_after_s
        allowed_s = limit_s * _SOONER if sooner else limit_s
        return self._worker.cpu_s - cpu_s > allowed_s or time.monotonic() - started > _WAITING * limit_s

    def _leave(self) -> None:
        lane, self._lane = self._lane, None
        if lane:
            lane.leave(self._client)


def _put(worker: WorkerProcess, low: bool) -> bool:
    if low:
        worker.lower()
        return True
    return worker.restore()


def size_text(size_bytes: int) -> str:
    """
    A size as people say it.

    Example:
        >>> size_text(3 << 29)
        '1.5 GB'
    """
    for unit, scale in (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)):
        if size_bytes >= scale:
            return f"{size_bytes / scale:g} {unit}"
    return f"{size_bytes} B"

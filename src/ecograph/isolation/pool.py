"""
A pool of worker processes: a few, a queue before them, and each replaced when a request costs it its life.

A crash, no memory left, a loop: it costs the worker that met it and nothing else.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import NoReturn, Self

import structlog

from ecograph.errors import EcoGraphError
from ecograph.isolation.frames import Head
from ecograph.isolation.process import Died, WorkerProcess

_log = structlog.get_logger(__name__)


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
        keep: Have all of them up from the first request on, and replace the dead at once; otherwise when needed.
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
    ) -> None:
        self.size = size
        self.queue = queue
        self.timeout_s = timeout_s
        self.memory_bytes = memory_bytes
        self.answer_bytes = answer_bytes
        self._engine = tuple(engine)
        self._busy_error = busy
        self._keep = keep
        self._changed = threading.Condition()
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._places = 0  # workers that are idle, busy or being started
        self._waiting = 0
        self._closed = False
        self._warned = False

    def start(self) -> None:
        """Start every worker there may be, without waiting until they are ready."""
        for _ in range(self.size):
            with self._changed:
                if self._closed or self._places >= self.size:
                    return
                self._places += 1
            self._give_back(self._start())

    def close(self) -> None:
        """Kill every worker; requests that are running fail."""
        with self._changed:
            self._closed = True
            idle, busy = tuple(self._idle), tuple(self._busy)
            self._idle.clear()
            self._changed.notify_all()
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
        with self._changed:
            return tuple(worker.process.pid for worker in (*self._idle, *self._busy))

    def _ask(self, head: Head, body: bytes, timeout_s: float) -> tuple[Head, bytes]:
        """
        The answer of a worker.

        Raises:
            Died: The request cost it its life.
            EcoGraphError: No worker is free, or the pool is closed.
        """
        request = {**head, "timeout_s": timeout_s, "memory_bytes": self.memory_bytes, "answer_bytes": self.answer_bytes}
        worker = self._take()
        try:
            return worker.ask(request, body, timeout_s)
        except Died as died:
            _log.warning("worker died", engine=self._engine[0], cause=died.cause, status=died.status)
            if died.cause == "start" or (self._closed and died.cause != "deadline"):
                self._raise_busy()
            raise
        finally:
            self._give_back(worker)
            if self._keep:
                self.start()

    def _take(self) -> WorkerProcess:
        with self._changed:
            if not self._is_free() or self._waiting:
                self._wait()
            if self._closed:
                self._raise_busy()
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive():
                    self._busy.add(worker)
                    return worker
                self._places -= 1  # died while idle
                worker.kill()
            self._places += 1
        return self._start()

    def _wait(self) -> None:
        if self._waiting >= self.queue:
            self._raise_busy()
        self._waiting += 1
        try:
            if not self._changed.wait_for(self._is_free, timeout=self.timeout_s):
                self._raise_busy()
        finally:
            self._waiting -= 1

    def _is_free(self) -> bool:
        return bool(self._idle) or self._places < self.size or self._closed

    def _start(self) -> WorkerProcess:
        try:
            worker = WorkerProcess(self._engine, self.answer_bytes)
        except BaseException:
            with self._changed:
                self._places -= 1
                self._changed.notify()
            raise
        with self._changed:
            self._busy.add(worker)
        return worker

    def _give_back(self, worker: WorkerProcess) -> None:
        if worker.isolated is False and not self._warned:
            self._warned = True
            _log.warning("workers share the machine's network: the system allows no isolation", engine=self._engine[0])
        reusable = worker.is_alive() and not worker.retiring
        if not reusable or self._closed:
            worker.kill()
        with self._changed:
            self._busy.discard(worker)
            if reusable and not self._closed:
                # The last is asked first: one that is up, before one that may still be starting.
                self._idle.insert(len(self._idle) if worker.is_ready else 0, worker)
            else:
                self._places -= 1
            self._changed.notify()

    def _raise_busy(self) -> NoReturn:
        raise self._busy_error(seconds=max(1, math.ceil(self.timeout_s)))


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

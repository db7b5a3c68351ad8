"""
A pool of processes that answer queries and can be killed.

A query cannot be cancelled inside the engine, so each runs in a worker process, and the pool kills the worker at the
deadline. What a query does to its worker (a crash, no memory left, a loop) costs that worker and nothing else.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

import structlog

from ecograph.errors import (
    QueryBusy,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
    QueryTooBig,
    QueryTooComplex,
)
from ecograph.query.frames import LENGTHS, pack, unpack_head
from ecograph.query.guard import MAX_DEPTH, MAX_SIZE, AdmittedQuery
from ecograph.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS, negotiate

_log = structlog.get_logger(__name__)

_START_S: Final = 30.0  # a worker is up in a fraction of a second; on a machine at its limits in some seconds
_CHUNK: Final = 1 << 20
_PACKAGE_PARENT: Final = str(Path(__file__).resolve().parents[2])


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a query gave, ready to be sent.

    Args:
        body: The result in `media_type`.
        media_type: Of the body.
        truncated: Whether there is more than the rows that were asked for.
        seconds: How long the engine took.
    """

    body: bytes
    media_type: str
    truncated: bool
    seconds: float


class WorkerPool:
    """
    Answers queries from one generation at a time, in processes with a deadline and a memory cap.

    Thread-safe. Workers are started when first needed and live until a query costs them their life.

    Args:
        directory: The generation's directory; see `switch`.
        size: Queries answered at the same time.
        queue: Queries that may wait for a worker.
        timeout_s: Deadline of one query; a query waits for a worker no longer than that either.
        memory_bytes: What one query may take beyond the open store.
        result_bytes: How large one result may be.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        size: int = 2,
        queue: int = 16,
        timeout_s: float = 10.0,
        memory_bytes: int = 1 << 30,
        result_bytes: int = 64 << 20,
    ) -> None:
        self.directory = directory
        self.size = size
        self.queue = queue
        self.timeout_s = timeout_s
        self.memory_bytes = memory_bytes
        self.result_bytes = result_bytes
        self._changed = threading.Condition()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._places = 0  # workers that are idle, busy or being started
        self._waiting = 0
        self._closed = False
        self._warned = False

    def switch(self, directory: Path) -> None:
        """Answer the next queries from another generation; those that are running finish on theirs."""
        self.directory = directory

    def run(
        self,
        query: AdmittedQuery,
        accept: str | None = None,
        *,
        directory: Path | None = None,
        rows: int | None = None,
        timeout_s: float | None = None,
    ) -> Answer:
        """
        Run a query and wait for its result.

        Args:
            query: From `guard.admit`.
            accept: The client's `Accept` header.
            directory: The generation to ask, if not the current one.
            rows: At most so many solutions or triples.
            timeout_s: A shorter deadline than the pool's.

        Raises:
            NotAcceptable: No format of this query form is acceptable.
            QueryBusy: No worker came free.
            QuerySyntax: The engine cannot parse it.
            QueryRefused: FROM names a graph that is not in the store.
            QueryTimeout: Stopped at the deadline.
            QueryTooBig: Stopped at the limit on memory or size.
            QueryTooComplex: The engine did not survive it.
        """
        target = negotiate(accept, RESULT_FORMATS if query.kind in ("SELECT", "ASK") else GRAPH_FORMATS)
        place = directory or self.directory
        if place is None:
            raise ValueError("the pool has no generation to answer from")
        deadline_s = min(timeout_s or self.timeout_s, self.timeout_s)
        request = {
            "directory": str(place.resolve()),
            "text": query.text,
            "default_graphs": query.default_graphs,
            "named_graphs": query.named_graphs,
            "format": target.name,
            "rows": rows,
            "timeout_s": deadline_s,
            "memory_bytes": self.memory_bytes,
            "result_bytes": self.result_bytes,
        }
        worker = self._take()
        try:
            head, body = worker.ask(request, deadline_s)
        except _Died as died:
            self._raise_death(died, deadline_s)
        finally:
            self._give_back(worker)
        if "error" in head:
            self._raise_error(head)
        return Answer(body, target.content_type, bool(head["truncated"]), float(head["seconds"]))

    def close(self) -> None:
        """Kill every worker; queries that are running fail."""
        with self._changed:
            self._closed = True
            idle, busy = tuple(self._idle), tuple(self._busy)
            self._idle.clear()
            self._changed.notify_all()
        for worker in busy:
            worker.process.kill()  # its descriptors are closed by the thread that waits on them
        for worker in idle:
            worker.kill()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers there are now."""
        with self._changed:
            return tuple(worker.process.pid for worker in (*self._idle, *self._busy))

    def _take(self) -> _Worker:
        with self._changed:
            if not self._is_free() or self._waiting:
                self._wait()
            if self._closed:
                raise QueryBusy(seconds=self._retry_s())
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
            raise QueryBusy(seconds=self._retry_s())
        self._waiting += 1
        try:
            if not self._changed.wait_for(self._is_free, timeout=self.timeout_s):
                raise QueryBusy(seconds=self._retry_s())
        finally:
            self._waiting -= 1

    def _is_free(self) -> bool:
        return bool(self._idle) or self._places < self.size or self._closed

    def _retry_s(self) -> int:
        return max(1, math.ceil(self.timeout_s))

    def _start(self) -> _Worker:
        try:
            worker = _Worker()
        except BaseException:
            with self._changed:
                self._places -= 1
                self._changed.notify()
            raise
        with self._changed:
            self._busy.add(worker)
        return worker

    def _give_back(self, worker: _Worker) -> None:
        if worker.isolated is False and not self._warned:
            self._warned = True
            _log.warning("query workers share the machine's network: the system allows no namespace of their own")
        reusable = worker.is_alive() and not worker.retiring
        if not reusable or self._closed:
            worker.kill()
        with self._changed:
            self._busy.discard(worker)
            if reusable and not self._closed:
                self._idle.append(worker)
            else:
                self._places -= 1
            self._changed.notify()

    def _raise_death(self, died: _Died, deadline_s: float) -> NoReturn:
        _log.warning("query worker died", reason=died.reason, status=died.status)
        if died.reason == "deadline" or died.status == -signal.SIGALRM:
            raise QueryTimeout(seconds=_figure(deadline_s)) from None
        if self._closed:
            raise QueryBusy(seconds=self._retry_s()) from None
        if died.status in (-signal.SIGSEGV, -signal.SIGBUS):
            raise QueryTooComplex(levels=MAX_DEPTH, size=MAX_SIZE) from None
        if died.status in (-signal.SIGABRT, -signal.SIGKILL):  # an allocation refused, by the cap or the system
            raise QueryTooBig(limit=_size(self.memory_bytes)) from None
        raise RuntimeError(f"query worker ended with status {died.status}") from None

    def _raise_error(self, head: dict[str, Any]) -> NoReturn:
        match head["error"]:
            case "syntax":
                raise QuerySyntax(line=head["line"], column=head["column"], detail=head["detail"])
            case "graph":
                raise QueryRefused(feature=f"FROM <{head['graph']}>")
            case "too-big":
                raise QueryTooBig(limit=_size(self.memory_bytes if head["what"] == "memory" else self.result_bytes))
            case _:
                raise RuntimeError(f"query worker: {head['detail']}")


class _Died(Exception):
    """The worker is gone; why, and its exit status."""

    def __init__(self, reason: str, status: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class _Worker:
    """One worker process, used by one thread at a time."""

    def __init__(self) -> None:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join([_PACKAGE_PARENT, *filter(None, sys.path)]),
            "MALLOC_ARENA_MAX": "2",  # the cap counts address space, of which every arena reserves 64 MB
            "PYTHONUTF8": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ecograph.query.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for the service, which then closes the pool
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._requests, self._answers = self.process.stdin, self.process.stdout
        self._killing = threading.Lock()
        self.isolated: bool | None = None
        self.retiring = False

    def ask(self, request: dict[str, Any], timeout_s: float) -> tuple[dict[str, Any], bytes]:
        """The answer to one request; the deadline runs from when the worker is ready."""
        if self.isolated is None:
            head, _ = self._receive(time.monotonic() + _START_S)
            self.isolated = bool(head["isolated"])
        try:
            message = memoryview(pack(request))
            while message:
                message = message[self._requests.write(message) or 0 :]
        except (BrokenPipeError, ValueError):
            raise self._death("gone") from None
        head, body = self._receive(time.monotonic() + timeout_s)
        self.retiring = bool(head.get("retire"))
        return head, body

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """End the process and leave neither a zombie nor a descriptor behind."""
        with self._killing:
            if self.process.poll() is None:
                self.process.kill()
            self.process.wait()
            with contextlib.suppress(OSError):
                self._requests.close()
            self._answers.close()

    def _receive(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        head_size, body_size = LENGTHS.unpack(self._read(LENGTHS.size, deadline))
        return unpack_head(self._read(head_size, deadline)), self._read(body_size, deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        chunks: list[bytes] = []
        missing = size
        try:
            descriptor = self._answers.fileno()
        except ValueError:
            raise self._death("gone") from None
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while missing:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise self._death("deadline")
            chunk = os.read(descriptor, min(missing, _CHUNK))
            if not chunk:
                raise self._death("gone")
            chunks.append(chunk)
            missing -= len(chunk)
        return b"".join(chunks)

    def _death(self, reason: str) -> _Died:
        if reason == "gone":  # its pipes close a moment before its status is known
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)
        self.kill()
        return _Died(reason, self.process.returncode)


def _size(size_bytes: int) -> str:
    for unit, scale in (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)):
        if size_bytes >= scale:
            return f"{_figure(size_bytes / scale)} {unit}"
    return f"{size_bytes} B"


def _figure(number: float) -> str:
    return f"{number:g}"

"""
A pool of processes that answer queries and can be killed.

A query cannot be cancelled inside the engine, so each runs in a worker process, and the pool kills the worker at the
deadline. What a query does to its worker (a crash, no memory left, a loop) costs that worker and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn, Protocol

from ecograph.errors import (
    QueryBusy,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
    QueryTooBig,
    QueryTooComplex,
)
from ecograph.isolation.frames import Head
from ecograph.isolation.pool import ProcessPool, SlowLane, size_text
from ecograph.isolation.process import Died
from ecograph.query.costly import costly
from ecograph.query.guard import MAX_DEPTH, MAX_SIZE, AdmittedQuery
from ecograph.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS, Format, negotiate

_ENGINE: Final = ("ecograph.query.worker", "QueryEngine")

SLOW: Final = SlowLane(size=2, after_s=0.25, per_minute=3)
"""A quarter of a second: few of the shipped questions take longer. The settings have the same figures."""


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


class Answers(Protocol):
    """
    Who answers people's queries: processes on the embedded store (`WorkerPool`), or a server (`query.remote`).

    Thread-safe.
    """

    def run(
        self,
        query: AdmittedQuery,
        accept: str | None = None,
        *,
        directory: Path | None = None,
        rows: int | None = None,
        timeout_s: float | None = None,
        client: str | None = None,
    ) -> Answer:
        """
        Run a query and wait for its result.

        Args:
            query: From `guard.admit`.
            accept: The client's `Accept` header.
            directory: The generation to ask (`Snapshot.path`), if not the current one; None where there is none.
            rows: At most so many solutions or triples, if that is less than the service allows.
            timeout_s: A shorter deadline than the service's.
            client: Whose query it is, such as an address; clients have equal shares of the places. None: our own.

        Raises:
            NotAcceptable: No format of this query form is acceptable.
            QueryBusy: No place came free.
            QuerySyntax: The engine cannot parse it.
            QueryRefused: FROM names a graph that is not in the store.
            QueryTimeout: Stopped at the deadline.
            QueryTooBig: Stopped at the limit on memory or size.
            QueryTooComplex: The engine did not survive it.
        """
        ...

    async def run_on_loop(
        self, query: AdmittedQuery, accept: str | None, *, directory: Path | None, client: str
    ) -> Answer:
        """`run` for those on an event loop, which goes on meanwhile."""
        ...

    def start(self) -> None:
        """Be ready before the first question."""
        ...

    def switch(self, directory: Path) -> None:
        """Answer the next queries from another generation; those that are running finish on theirs."""
        ...

    def close(self) -> None:
        """End what is running, and let everything go."""
        ...


class WorkerPool(ProcessPool):
    """
    Answers queries from one generation at a time, in processes with a deadline and a memory cap.

    Thread-safe. Workers are started when first needed and live until a query costs them their life.

    Args:
        directory: The generation's directory; see `switch`.
        size: Quick queries answered at the same time.
        queue: Queries that may wait, for a quick place and for a slow one each.
        timeout_s: Deadline of one query; a query waits for a place no longer than that either.
        memory_bytes: What one query may take beyond the open store.
        result_bytes: How large one result may be.
        rows: The most solutions or triples of one result.
        slow: The lane for queries that take long.
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
        rows: int = 1_000_000,
        slow: SlowLane = SLOW,
    ) -> None:
        super().__init__(
            _ENGINE,
            QueryBusy,
            size=size,
            queue=queue,
            timeout_s=timeout_s,
            memory_bytes=memory_bytes,
            answer_bytes=result_bytes,
            slow=slow,
        )
        self.rows = rows
        self.directory = directory
        if directory:
            self.switch(directory)

    def switch(self, directory: Path) -> None:
        """Answer the next queries from another generation; those that are running finish on theirs."""
        self.directory = directory
        self._engine = (*_ENGINE, os.path.abspath(directory))  # noqa: PTH100  # workers to come open it at once

    def run(
        self,
        query: AdmittedQuery,
        accept: str | None = None,
        *,
        directory: Path | None = None,
        rows: int | None = None,
        timeout_s: float | None = None,
        client: str | None = None,
    ) -> Answer:
        """Run a query and wait for its result; see `Answers.run`."""
        target, request = self._asked(query, accept, directory, rows)
        deadline_s = min(timeout_s or self.timeout_s, self.timeout_s)
        with self._telling(query, deadline_s):
            return self._answered(query, target, self._ask(request, query.text.encode(), deadline_s, client))

    async def run_on_loop(
        self, query: AdmittedQuery, accept: str | None, *, directory: Path | None, client: str
    ) -> Answer:
        """Run a query for those on an event loop; see `Answers.run_on_loop`."""
        target, request = self._asked(query, accept, directory)
        with self._telling(query, self.timeout_s):
            answer = await self._ask_on_loop(request, query.text.encode(), self.timeout_s, client)
            return self._answered(query, target, answer)

    def _asked(
        self, query: AdmittedQuery, accept: str | None, directory: Path | None, rows: int | None = None
    ) -> tuple[Format, Head]:
        target = negotiate(accept, RESULT_FORMATS if query.kind in ("SELECT", "ASK") else GRAPH_FORMATS)
        place = directory or self.directory
        if place is None:
            raise ValueError("the pool has no generation to answer from")
        return target, {
            "directory": os.path.abspath(place),  # noqa: PTH100  # of a path that is asked a thousand times a second
            "default_graphs": query.default_graphs,
            "named_graphs": query.named_graphs,
            "format": target.name,
            "rows": min(rows or self.rows, self.rows),
        }

    def _answered(self, query: AdmittedQuery, target: Format, answer: tuple[Head, bytes]) -> Answer:
        head, body = answer
        if "error" in head:
            self._raise_error(head, query)
        return Answer(body, target.content_type, bool(head["truncated"]), float(head["seconds"]))

    @contextmanager
    def _telling(self, query: AdmittedQuery, deadline_s: float) -> Iterator[None]:
        try:
            yield
        except Died as died:
            self._raise_death(died, deadline_s, query)

    def _raise_death(self, died: Died, deadline_s: float, query: AdmittedQuery) -> NoReturn:
        match died.cause:
            case "deadline":
                raise QueryTimeout(seconds=f"{deadline_s:g}", **cost_of(query)) from None
            case "stack":
                raise QueryTooComplex(levels=MAX_DEPTH, size=MAX_SIZE) from None
            case "memory":
                raise QueryTooBig(limit=size_text(self.memory_bytes), **cost_of(query)) from None
            case _:
                raise RuntimeError(f"query worker ended with status {died.status}") from None

    def _raise_error(self, head: Head, query: AdmittedQuery) -> NoReturn:
        match head["error"]:
            case "syntax":
                raise QuerySyntax(line=head["line"], column=head["column"], reason=head["reason"], what=head["what"])
            case "graph":
                raise QueryRefused(feature=f"FROM <{head['graph']}>")
            case "function":
                raise QueryRefused(feature=f"<{head['function']}>()")
            case "too-big":
                limit = self.memory_bytes if head["what"] == "memory" else self.answer_bytes
                raise QueryTooBig(limit=size_text(limit), **cost_of(query))
            case _:
                raise RuntimeError(f"query worker: {head['detail']}")


def cost_of(query: AdmittedQuery) -> dict[str, object]:
    """What an error of a stopped query says about the pattern that is likely to cost most."""
    found = costly(query.text)
    return {"cost": found.cost, "line": found.line, "pattern": found.pattern} if found else {}

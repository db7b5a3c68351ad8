"""
People's SPARQL, answered by a server that holds the graph.

Our guard, deadline, limits and formats are the same as over the embedded store. What a query costs the server is for
its own limits: it may go on with a query that we have stopped waiting for (docs/scaling.md, "Limits").
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from anyio.to_thread import run_sync
from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from ecograph.errors import QueryBusy, QueryRefused, QuerySyntax, QueryTimeout, QueryTooBig
from ecograph.isolation.lanes import Full, Lane
from ecograph.isolation.pool import size_text
from ecograph.query.guard import AdmittedQuery
from ecograph.query.workers import Answer, cost_of
from ecograph.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS, negotiate
from ecograph.rdf.serializing import SizeLimitReached, write_result
from ecograph.store.endpoint import Endpoint

_AGAIN_S: Final = 2
"""When another try is worth it: a typical query has come and gone."""

_NOBODY: Final = ""  # the client of queries of our own


class RemoteAnswers:
    """
    Answers queries from a SPARQL server, a few at a time. Thread-safe; see `query.workers.Answers`.

    Clients have equal shares of the places. All are of one kind, since a server does not tell what a query has cost it.

    Args:
        endpoint: The server.
        size: Queries answered at the same time.
        queue: Queries that may wait for a place.
        timeout_s: Deadline of one query, and of waiting for a place.
        result_bytes: How large one result may be.
        rows: The most solutions or triples of one result.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        size: int = 4,
        queue: int = 16,
        timeout_s: float = 10.0,
        result_bytes: int = 64 << 20,
        rows: int = 1_000_000,
    ) -> None:
        self.timeout_s = timeout_s
        self.rows = rows
        self._endpoint = endpoint
        self._result_bytes = result_bytes
        self._lane = Lane(size, queue)

    def start(self) -> None:
        """Nothing to do: the server is up."""

    def switch(self, directory: Path) -> None:
        """Nothing to do: the server shows one revision."""

    def close(self) -> None:
        """Turn away whoever waits, and whoever comes; the connections are the store's."""
        self._lane.close()

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
        Run a query and wait for its result; see `Answers.run`.

        Raises:
            StoreUnavailable: The server does not answer, or breaks off.
        """
        target = negotiate(accept, RESULT_FORMATS if query.kind in ("SELECT", "ASK") else GRAPH_FORMATS)
        deadline_s = min(timeout_s or self.timeout_s, self.timeout_s)
        most = min(rows or self.rows, self.rows)
        with self._place(client or _NOBODY, deadline_s):
            started = time.monotonic()
            try:
                self._require_graphs(query)
                with self._endpoint.asking(
                    query.text, query.kind, dataset=_dataset(query), timeout_s=deadline_s
                ) as result:
                    cut = False
                    if not isinstance(result, QueryBoolean | QuerySolutions):
                        result, cut = _triples(result, most)
                    body, cut_here = write_result(result, target, rows=most, limit_bytes=self._result_bytes)
            except TimeoutError as error:
                raise QueryTimeout(seconds=f"{deadline_s:g}", **cost_of(query)) from error
            except SizeLimitReached as error:
                raise QueryTooBig(limit=size_text(self._result_bytes), **cost_of(query)) from error
            except SyntaxError as error:
                place = {"line": error.lineno or 1, "column": error.offset or 1}
                raise QuerySyntax(**place, reason="server", what=error.msg) from error
            return Answer(body, target.content_type, cut or cut_here, time.monotonic() - started)

    async def run_on_loop(
        self, query: AdmittedQuery, accept: str | None, *, directory: Path | None, client: str
    ) -> Answer:
        """Run a query in a thread; see `Answers.run_on_loop`."""
        return await run_sync(lambda: self.run(query, accept, directory=directory, client=client))

    def _require_graphs(self, query: AdmittedQuery) -> None:
        for graph in (*(query.default_graphs or ()), *(query.named_graphs or ())):
            try:
                known = self._endpoint.holds(f"ASK {{ GRAPH {NamedNode(graph)} {{ ?s ?p ?o }} }}")
            except ValueError:  # not an IRI
                known = False
            if not known:
                raise QueryRefused(feature=f"FROM <{graph}>")

    @contextmanager
    def _place(self, client: str, wait_s: float) -> Iterator[None]:
        try:
            self._lane.enter(client, wait_s)
        except Full:
            raise QueryBusy(seconds=_AGAIN_S) from None
        try:
            yield
        finally:
            self._lane.leave(client)


def _dataset(query: AdmittedQuery) -> dict[str, tuple[str, ...]]:
    """The dataset parameters of the protocol; they win over FROM, which says the same where it is there."""
    given = {"default-graph-uri": query.default_graphs, "named-graph-uri": query.named_graphs}
    return {name: graphs for name, graphs in given.items() if graphs}


def _triples(arriving: object, most: int) -> tuple[QueryTriples, bool]:
    assert isinstance(arriving, Iterator)
    store = Store()
    store.extend(islice(arriving, most))
    result = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert isinstance(result, QueryTriples)
    return result, next(arriving, None) is not None

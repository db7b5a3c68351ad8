"""
The store on a SPARQL 1.1 server: the same statements, graphs and revision mark, written by updates and read by queries.

A server has no generations. A revision is written in pieces, each of which may be written twice, and its number last,
so a projection that was ended anywhere goes on with the revision it was at. Readers see pieces as they are written.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self, TypeVar, cast

from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    parse_query_results,
)

from ecograph.errors import NotLoaded, StoreForeign
from ecograph.namespaces import GRAPH, LEDGER_GRAPH
from ecograph.rdf.patch import Patch, Step, merged
from ecograph.store import checking
from ecograph.store.base import REVISION, Object, Progress, Result, Subject, revision_quad
from ecograph.store.building import build
from ecograph.store.endpoint import Address, Endpoint, Form

ONE_REQUEST: Final = 1_000
"""Statements in one update: Virtuoso's compiler gives up somewhere above."""

ONE_LOAD: Final = 50_000
"""Statements in one request of the Graph Store Protocol: some ten megabytes."""

_FRESH_S: Final = 1.0
"""How long a reader takes the revision for granted, so that not every page asks the server for it."""

_KEPT_THINGS: Final = 4_096
"""Things whose statements a snapshot remembers; a page asks about the same few dozen again and again."""

_PROBE: Final = Quad(GRAPH.probe, REVISION, Literal("probe"), GRAPH.probe)
_FORM: Final = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_ASIDE: Final = re.compile(r"<[^<>\s]*>|\"[^\"\n]*\"|#[^\n]*")
_OURS: Final = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), {Literal(GRAPH.iri)}))"
_MARK: Final = f"{LEDGER_GRAPH} {REVISION} ?number"
_T = TypeVar("_T")


class RemoteSnapshot:
    """
    What a server shows. Not a snapshot in earnest: while somebody writes there, answers are those of the moment.

    Only graphs of EcoGraph are shown as statements; some engines keep graphs of their own beside them.
    """

    path: Path | None = None
    """There is no directory that another process could open."""

    def __init__(self, endpoint: Endpoint, revision: int) -> None:
        self._endpoint = endpoint
        self._revision = revision
        self._closed = False
        self._about = lru_cache(maxsize=_KEPT_THINGS)(lambda subject: tuple(self._matching(subject, None, None, None)))

    @property
    def revision(self) -> int:
        """The ledger's revision that the server was at."""
        return self._revision

    def quads(
        self,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        object: Object | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        """The statements of EcoGraph's graphs that match; None matches anything."""
        self._require_open()
        if subject is None:
            return self._matching(None, predicate, object, graph)
        return (
            quad
            for quad in self._about(subject)
            if predicate in (None, quad.predicate)
            and object in (None, quad.object)
            and graph in (None, quad.graph_name)
        )

    def __contains__(self, quad: Quad) -> bool:
        self._require_open()
        return self._endpoint.holds(f"ASK {{ {_pattern(quad)} }}")

    def __bool__(self) -> bool:
        return True  # else asking whether there is a snapshot would count its statements

    def __len__(self) -> int:
        self._require_open()
        return sum(checking.counts(self._endpoint).values())

    def query(self, text: str) -> Result:
        """
        The answer to a SPARQL query over the server's default graph.

        Raises:
            SyntaxError: The query does not parse.
        """
        self._require_open()
        word = _FORM.search(_ASIDE.sub(" ", text))
        with self._endpoint.asking(text, cast(Form, word[1].upper()) if word else "SELECT") as result:
            if isinstance(result, QueryBoolean):
                return result
            if isinstance(result, QuerySolutions):
                xml = QueryResultsFormat.XML
                return parse_query_results(result.serialize(format=xml), xml)
            store = Store()
            store.bulk_extend(result)
            return store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")

    def close(self) -> None:
        """Let the snapshot go; the connection stays the store's."""
        self._closed = True
        self._about.cache_clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _matching(
        self, subject: Subject | None, predicate: NamedNode | None, object: Object | None, graph: NamedNode | None
    ) -> Iterator[Quad]:
        place = str(graph) if graph else "?g"
        text = f"{subject or '?s'} {predicate or '?p'} {object or '?o'}"
        for row in self._endpoint.solutions(f"SELECT * WHERE {{ GRAPH {place} {{ {text} }} }}"):
            found = graph or row["g"]
            if found in GRAPH:
                yield Quad(
                    cast(Subject, subject or row["s"]),
                    cast(NamedNode, predicate or row["p"]),
                    cast(Object, object or row["o"]),
                    cast(NamedNode, found),
                )

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("the snapshot is closed")


class RemoteStore:
    """
    The projection on a SPARQL 1.1 server. `open` to write, `reader` to read.

    Source:
        docs/scaling.md.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._merges = False
        self._seen = (0.0, 0)

    @classmethod
    def open(cls, address: Address) -> RemoteStore:
        """
        Open for writing, and claim an empty dataset.

        Raises:
            StoreForeign: There is data that EcoGraph did not write where it would write.
            StoreUnavailable: The server does not answer, or refuses.
        """
        store = cls(Endpoint(address))
        try:
            store._claim()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def reader(cls, address: Address) -> RemoteStore:
        """
        Open for reading only.

        Raises:
            NotLoaded: Nothing has been projected there yet.
            StoreUnavailable: The server does not answer, or refuses.
        """
        store = cls(Endpoint(address))
        try:
            if not store._mark():
                raise NotLoaded(directory=address.query)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def endpoint(self) -> Endpoint:
        """The server."""
        return self._endpoint

    @property
    def revision(self) -> int:
        """The revision that was applied last; 0 for an empty store."""
        return self._mark() or 0

    @property
    def shown(self) -> int:
        """The revision that readers see; asked for once a second at most."""
        asked, number = self._seen
        if time.monotonic() - asked > _FRESH_S:
            number = self.revision
            self._seen = (time.monotonic(), number)
        return number

    def apply(self, number: int, patch: Patch) -> None:
        """
        Follow the ledger by one revision, seen by readers at once. What is small is one request.

        Raises:
            ValueError: `number` is not the next revision.
            StoreUnavailable: The server does not answer, or refuses; the revision may be written again.
        """
        before = self.revision
        if number != before + 1:
            raise ValueError(f"revision {number} cannot follow revision {before}")
        self._follow(number, patch)

    def switch(self) -> None:
        """Nothing to do: readers see what is written."""
        self._seen = (0.0, 0)

    def state(self) -> RemoteSnapshot:
        """What has been applied."""
        return RemoteSnapshot(self._endpoint, self.revision)

    def snapshot(self) -> RemoteSnapshot:
        """What readers see."""
        return RemoteSnapshot(self._endpoint, self.shown)

    def rebuild(self, steps: Iterable[Step], total: int = 0, progress: Progress | None = None) -> None:
        """
        Empty EcoGraph's graphs, and write every revision anew. Readers see it happen.

        Raises:
            StoreUnavailable: The server does not answer, or refuses; what is there so far can be gone on from.
        """
        for graph in checking.counts(self._endpoint):
            self._endpoint.update(f"DROP SILENT GRAPH <{graph}>")
        if self._merges:
            self._endpoint.update("CLEAR SILENT DEFAULT")
        self._endpoint.update(f"INSERT DATA {{ {self._both([revision_quad(0)])} }}")
        for step in steps:
            self._follow(step.number, merged(Patch.from_bytes(part) for part in step.parts))
            if progress:
                progress(step.number, total)
        self._seen = (0.0, 0)

    def verify(self, steps: Iterable[Step]) -> int:
        """
        Compare everything that the server shows of EcoGraph's graphs with a replay of the ledger.

        Raises:
            StoreMismatch: How many statements are missing, and how many are too many.
        """
        return self.check(steps, sample=None)

    def check(self, steps: Iterable[Step], sample: int | None = checking.SAMPLE) -> int:
        """
        Compare the number of statements in each graph with a replay of the ledger, and the statements themselves.

        Args:
            steps: Every revision up to the one that the server should show.
            sample: How many statements are looked up, chosen at random; None for all.

        Returns:
            How many statements were compared.

        Raises:
            StoreMismatch: How many statements are missing, and how many are too many.
        """
        with TemporaryDirectory(prefix="ecograph-check-") as temporary:
            replayed = Path(temporary) / "store"
            build(replayed, steps)
            return checking.check(Store.read_only(str(replayed)), self._endpoint, sample)

    def close(self) -> None:
        """Let the connections go."""
        self._endpoint.close()

    def _mark(self) -> int | None:
        """The number in the ledger's graph; None in a dataset that EcoGraph has never written in."""
        found = list(self._endpoint.solutions(f"SELECT ?number WHERE {{ GRAPH {LEDGER_GRAPH} {{ {_MARK} }} }}"))
        # The mark changes in one request, but not every engine makes one transaction of it: the older number is true.
        return min((int(cast(Literal, row["number"]).value) for row in found), default=None)

    def _claim(self) -> None:
        self._merges = not self._shows_named_graphs()
        if self._mark() is None:
            if self._endpoint.holds(f"ASK {{ {_OURS} }}") or (
                self._merges and self._endpoint.holds("ASK { ?s ?p ?o }")
            ):
                raise StoreForeign(url=self._endpoint.address.query)
            self._endpoint.update(f"INSERT DATA {{ {self._both([revision_quad(0)])} }}")

    def _shows_named_graphs(self) -> bool:
        """Whether the server's default graph shows by itself what named graphs state. That differs."""
        self._endpoint.update(f"INSERT DATA {{ {_data([_PROBE])} }}")
        try:
            return self._endpoint.holds(f"ASK {{ {_PROBE.triple} }}")
        finally:
            self._endpoint.update(f"DROP SILENT GRAPH {_PROBE.graph_name}")

    def _follow(self, number: int, patch: Patch) -> None:
        """Write one revision in as many requests as it takes, its number last."""
        mark = (
            f"INSERT DATA {{ {self._both([revision_quad(number)])} }}",
            f"DELETE DATA {{ {self._both([revision_quad(number - 1)])} }}",
        )
        if len(patch) <= ONE_REQUEST:
            self._update(*self._removing(patch.removals), *self._adding(patch.additions), *mark)
            return
        for some in _parts(patch.removals, ONE_REQUEST):
            self._update(*self._removing(some))
        if self._endpoint.address.graphs:
            self._load(patch.additions)
        else:
            for some in _parts(patch.additions, ONE_REQUEST):
                self._update(*self._adding(some))
        self._update(*mark)

    def _update(self, *operations: str) -> None:
        self._endpoint.update(" ;\n".join(operations))

    def _adding(self, quads: Sequence[Quad]) -> list[str]:
        return [f"INSERT DATA {{ {self._both(quads)} }}"] if quads else []

    def _removing(self, quads: Sequence[Quad]) -> list[str]:
        if not quads:
            return []
        operations = [f"DELETE DATA {{ {self._both(quads)} }}"]
        if self._merges:
            # What another graph still states stays in the default graph. To put it back is true however often it is
            # done, and asks no more of an engine than a join.
            triples = " ".join(f"({quad.subject} {quad.predicate} {quad.object})" for quad in quads)
            operations.append(
                f"INSERT {{ ?s ?p ?o }} WHERE {{ VALUES (?s ?p ?o) {{ {triples} }} GRAPH ?g {{ ?s ?p ?o }} }}"
            )
        return operations

    def _load(self, quads: Sequence[Quad]) -> None:
        by_graph: dict[str, list[Quad]] = {}
        for quad in quads:
            by_graph.setdefault(cast(NamedNode, quad.graph_name).value, []).append(quad)
        for graph, stated in by_graph.items():
            for some in _parts(stated, ONE_LOAD):
                lines = "".join(f"{quad.triple} .\n" for quad in some).encode()
                self._endpoint.add(lines, graph)
                if self._merges:
                    self._endpoint.add(lines, None)

    def _both(self, quads: Sequence[Quad]) -> str:
        """Statements as the data block of an update: in their graphs, and in the default graph where it is ours."""
        merge = "".join(f"{quad.triple} .\n" for quad in quads) if self._merges else ""
        return merge + _data(quads)


def _data(quads: Iterable[Quad]) -> str:
    return "\n".join(f"GRAPH {quad.graph_name} {{ {quad.triple} }}" for quad in quads)


def _pattern(quad: Quad) -> str:
    return _data([quad]) if isinstance(quad.graph_name, NamedNode) else str(quad.triple)


def _parts(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """The items, so many at a time."""
    waiting = iter(items)
    while part := tuple(islice(waiting, size)):
        yield part

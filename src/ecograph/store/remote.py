"""
The store on a SPARQL 1.1 server: the same statements, graphs and revision mark, written by updates and read by queries.

A server has no generations. A revision is written in pieces, each of which may be written twice, and its number last,
so a projection that was ended anywhere goes on with the revision it was at. Readers see pieces as they are written.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Final, TypeVar, cast

from pyoxigraph import Literal, NamedNode, Quad, Store

from ecograph.errors import NotLoaded, StoreForeign, StoreUnavailable
from ecograph.namespaces import GRAPH, LEDGER_GRAPH
from ecograph.rdf.patch import Patch, Step, merged
from ecograph.store import checking
from ecograph.store.base import REVISION, Progress, revision_quad
from ecograph.store.building import build
from ecograph.store.endpoint import Address, Endpoint
from ecograph.store.served import RemoteSnapshot

ONE_REQUEST: Final = 1_000
"""Statements in one update: Virtuoso's compiler gives up somewhere above."""

ONE_LOAD: Final = 50_000
"""Statements in one request of the Graph Store Protocol: some ten megabytes."""

_FRESH_S: Final = 1.0
"""How long a reader takes the revision for granted, so that not every page asks the server for it."""

_PROBE: Final = Quad(GRAPH.probe, REVISION, Literal("probe"), GRAPH.probe)
_OURS: Final = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), {Literal(GRAPH.iri)}))"
_MARK: Final = f"{LEDGER_GRAPH} {REVISION} ?number"
_IN_GRAPH: Final = f"GRAPH {LEDGER_GRAPH} {{ {_MARK} }}"
_T = TypeVar("_T")


class RemoteStore:
    """
    The projection on a SPARQL 1.1 server. `open` to write, `reader` to read.

    Source:
        docs/scaling.md.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._merges = False
        self._reads_only = False
        self._left_at = 0
        self._seen = (0.0, 0)

    @classmethod
    def open(cls, address: Address) -> RemoteStore:
        """
        Open for writing, and claim an empty dataset.

        Where the server's default graph is ours and is not at the revision of the named graphs, as after a dump was
        loaded by the engine's own loader, it is written from them.

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
            StoreUnavailable: The server does not answer, or refuses, or its default graph shows nothing of the graph.
        """
        store = cls(Endpoint(address))
        store._reads_only = True
        try:
            if not store._mark():
                raise NotLoaded(directory=address.query)
            if not store._endpoint.holds(f"ASK {{ {_MARK} }}"):
                raise StoreUnavailable(url=address.query, fault="unmerged", detail="{ ?s ?p ?o }")
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
            StoreUnavailable: The server does not answer, or refuses; the revision may be written again. Or somebody
                else has written it since.
        """
        before = self.revision
        if number != before + 1:
            if before != self._left_at:
                raise self._also_written(number - 1, before)
            raise ValueError(f"revision {number} cannot follow revision {before}")
        self._follow(number, patch)

    def switch(self) -> None:
        """Nothing to do: readers see what is written."""
        self._seen = (0.0, 0)

    def state(self) -> RemoteSnapshot:
        """What has been applied."""
        return RemoteSnapshot(self._endpoint, self.revision)

    def snapshot(self) -> RemoteSnapshot:
        """
        What readers see.

        Raises:
            StoreUnavailable: For a reader, while the graph is being built anew.
        """
        shown = self.shown
        if self._reads_only and not shown:
            raise StoreUnavailable(url=self._endpoint.address.query, fault="building", detail=f"{REVISION} 0")
        return RemoteSnapshot(self._endpoint, shown)

    def rebuild(self, steps: Iterable[Step], total: int = 0, progress: Progress | None = None) -> None:
        """
        Empty EcoGraph's graphs, and write every revision anew. Readers see it happen.

        The mark says 0 from before anything goes until the first revision is whole, so what was ended anywhere is
        begun anew by whoever comes next.

        Raises:
            StoreUnavailable: The server does not answer, or refuses, or somebody else writes there as well; what is
                there so far can be gone on from.
        """
        zero = revision_quad(0)
        self._update(*self._adding([zero]), *self._unmarking(after=0))
        for graph in checking.counts(self._endpoint):
            if graph != LEDGER_GRAPH.value:
                self._endpoint.update(f"DROP SILENT GRAPH <{graph}>")
        if self._merges:
            self._endpoint.update("CLEAR SILENT DEFAULT")
            self._update(*self._adding([zero]))
        for step in steps:
            if (there := self.revision) != step.number - 1:
                raise self._also_written(step.number - 1, there)
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

        So too in the default graph, unless the engine makes it itself of the named graphs.

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
            return checking.check(Store.read_only(str(replayed)), self._endpoint, sample, self._merges)

    def close(self) -> None:
        """Let the connections go."""
        self._endpoint.close()

    def _also_written(self, expected: int, found: int) -> StoreUnavailable:
        return StoreUnavailable(url=self._endpoint.address.query, fault="busy", detail=f"{expected} → {found}")

    def _mark(self, place: str = _IN_GRAPH) -> int | None:
        """The number in the ledger's graph; None in a dataset that EcoGraph has never written in."""
        # The mark changes in one request, but not every engine makes one transaction of it: the older number is true.
        return min(self._marks(place), default=None)

    def _marks(self, place: str) -> list[int]:
        rows = self._endpoint.solutions(f"SELECT ?number WHERE {{ {place} }}")
        return [int(cast(Literal, row["number"]).value) for row in rows]

    def _unmarking(self, after: int) -> list[str]:
        """Updates that take away the marks of later revisions."""
        found = {number for place in (_IN_GRAPH, _MARK) for number in self._marks(place) if number > after}
        gone = [revision_quad(number) for number in sorted(found)]
        return [f"DELETE DATA {{ {self._both(gone)} }}"] if gone else []

    def _claim(self) -> None:
        self._merges = not self._shows_named_graphs()
        mark = self._mark()
        self._left_at = mark or 0
        if mark is None:
            if self._endpoint.holds(f"ASK {{ {_OURS} }}") or (
                self._merges and self._endpoint.holds("ASK { ?s ?p ?o }")
            ):
                raise StoreForeign(url=self._endpoint.address.query)
            self._update(*self._adding([revision_quad(0)]))
        elif mark and self._merges and self._mark(_MARK) != mark:
            self._merge(mark)

    def _merge(self, mark: int) -> None:
        """Write the default graph from the named graphs, a request at a time, its mark last."""
        self._endpoint.update("CLEAR SILENT DEFAULT")
        by_graph_store = self._endpoint.address.graphs is not None
        for graph in checking.counts(self._endpoint):
            if graph == LEDGER_GRAPH.value:
                continue
            # Read to its end before anything is written: servers have deadlines for queries.
            with TemporaryFile() as read:
                for row in self._endpoint.solutions(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"):
                    read.write(f"{row['s']} {row['p']} {row['o']} .\n".encode())
                read.seek(0)
                for some in _parts(read, ONE_LOAD if by_graph_store else ONE_REQUEST):
                    lines = b"".join(some)
                    if by_graph_store:
                        self._endpoint.add(lines, None)
                    else:
                        self._endpoint.update(f"INSERT DATA {{ {lines.decode()} }}")
        self._endpoint.update(f"INSERT DATA {{ {revision_quad(mark).triple} }}")

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
        else:
            self._follow_in_pieces(patch)
            self._update(*mark)
        self._left_at = number

    def _follow_in_pieces(self, patch: Patch) -> None:
        for some in _parts(patch.removals, ONE_REQUEST):
            self._update(*self._removing(some))
        if self._endpoint.address.graphs:
            self._load(patch.additions)
        else:
            for some in _parts(patch.additions, ONE_REQUEST):
                self._update(*self._adding(some))

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


def _parts(items: Iterable[_T], size: int) -> Iterator[Sequence[_T]]:
    """The items, so many at a time."""
    waiting = iter(items)
    while part := tuple(islice(waiting, size)):
        yield part

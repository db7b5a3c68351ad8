"""
Snapshots of a pyoxigraph store, and what makes its default graph exact.

The engine's union of all graphs answers a triple once for each graph that states it. So each triple is kept once more
in the default graph, which is then the merge that RDF means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Final, Self
from weakref import finalize

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store

from ecograph.namespaces import LEDGER_GRAPH
from ecograph.rdf.patch import Patch
from ecograph.store.base import REVISION, Object, Result, Subject, revision_quad

_MERGE: Final = DefaultGraph()
# Above this many statements the bulk loader is faster than one SPARQL update, and its memory stays flat.
_ONE_UPDATE: Final = 20_000
_STATEMENTS: Final = "SELECT (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?subject ?predicate ?object } }"


class StoreSnapshot:
    """A snapshot of any pyoxigraph store."""

    def __init__(
        self, store: Store, revision: int, path: Path | None = None, release: Callable[[], None] | None = None
    ) -> None:
        self._open: Store | None = store
        self._revision = revision
        self._path = path
        # A snapshot that was forgotten would keep its generation on the disk for as long as the process lives.
        self._release = finalize(self, release) if release else None
        if self._release:
            self._release.atexit = False  # the operating system lets go of everything then

    @classmethod
    def at(cls, path: Path) -> StoreSnapshot:
        """The generation in a directory that another process holds."""
        store = Store.read_only(str(path))
        return cls(store, revision_of(store), path)

    @property
    def revision(self) -> int:
        """The ledger's revision that this snapshot shows."""
        return self._revision

    @property
    def path(self) -> Path | None:
        """Directory for `Store.read_only` in another process, as long as this snapshot is held."""
        return self._path

    def quads(
        self,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        object: Object | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        """The statements of named graphs that match; None matches anything."""
        if graph is not None:
            return iter(self._store.quads_for_pattern(subject, predicate, object, graph))
        if subject is not None:  # a few statements: one look-up costs less than one in each graph
            found = self._store.quads_for_pattern(subject, predicate, object)
            return (quad for quad in found if quad.graph_name != _MERGE)
        return chain.from_iterable(
            self._store.quads_for_pattern(None, predicate, object, each) for each in self._named_graphs
        )

    def __contains__(self, quad: Quad) -> bool:
        return quad in self._store

    def __bool__(self) -> bool:
        return True  # else asking whether there is a snapshot would count its statements

    def __len__(self) -> int:
        rows = self._store.query(_STATEMENTS)
        assert isinstance(rows, QuerySolutions)
        count = next(rows)["count"]
        assert isinstance(count, Literal)
        return int(count.value)

    def query(self, text: str) -> Result:
        """
        The answer to a SPARQL query whose default graph is the merge of all graphs.

        Raises:
            SyntaxError: The query does not parse.
        """
        return self._store.query(text, use_default_graph_as_union=not is_exact(self._store))

    def close(self) -> None:
        """Let the snapshot go."""
        self._open = None
        if self._release:
            self._release()  # does nothing the second time

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _store(self) -> Store:
        if self._open is None:
            raise RuntimeError("the snapshot is closed")
        return self._open

    @cached_property
    def _named_graphs(self) -> tuple[NamedNode | BlankNode, ...]:
        return tuple(self._store.named_graphs())


class MemorySnapshot(StoreSnapshot):
    """
    A few statements as a snapshot, in memory.

    Example:
        >>> from pyoxigraph import NamedNode as N
        >>> with MemorySnapshot([Quad(N("urn:a"), N("urn:b"), N("urn:c"), N("urn:g"))]) as snapshot:
        ...     bool(snapshot.query("ASK { <urn:a> <urn:b> <urn:c> }"))
        True
    """

    def __init__(self, quads: Iterable[Quad] = (), revision: int = 0) -> None:
        store = Store()
        store.bulk_extend(quads)
        super().__init__(store, revision)

    def query(self, text: str) -> Result:
        """
        The answer to a SPARQL query whose default graph is the merge of all graphs.

        Raises:
            SyntaxError: The query does not parse.
        """
        return self._merged.query(text)

    @cached_property
    def _merged(self) -> Store:
        # Most of these snapshots are never queried, so they are not made twice as large in advance.
        self._store.bulk_extend([_merged(quad) for quad in self.quads()])
        return self._store


def revision_of(store: Store) -> int:
    """The revision that a store shows; 0 if none was applied."""
    for quad in store.quads_for_pattern(LEDGER_GRAPH, REVISION, None, LEDGER_GRAPH):
        assert isinstance(quad.object, Literal)
        return int(quad.object.value)
    return 0


def is_exact(store: Store) -> bool:
    """
    Whether the default graph of a store is the merge of its named graphs.

    It is where it says which revision it shows. Other stores were built before EcoGraph kept that graph, or by somebody
    else; they are asked for the engine's union instead, until the ledger builds them anew.

    Source:
        docs/decisions/0014-an-exact-default-graph.md.
    """
    return next(store.quads_for_pattern(LEDGER_GRAPH, REVISION, None, _MERGE), None) is not None


def follow(store: Store, before: int, patch: Patch) -> None:
    """
    Apply a patch to a store with its revision, and keep the default graph exact. Small patches are one transaction.

    Args:
        store: At revision `before`.
        before: The revision that the store shows.
        patch: The difference to the next revision.
    """
    removals = [*patch.removals, *([revision_quad(before)] if before else [])]
    additions = [*patch.additions, revision_quad(before + 1)]
    added = dict.fromkeys(_merged(quad) for quad in additions)
    gone = [quad for quad in _stated_no_more(store, removals) if quad not in added]
    removals += gone
    additions += added
    if len(patch) <= _ONE_UPDATE:
        store.update(f"DELETE DATA {{ {_data(removals)} }};\nINSERT DATA {{ {_data(additions)} }}")
    else:
        for quad in removals:
            store.remove(quad)
        store.bulk_extend(additions)


def _stated_no_more(store: Store, removals: Iterable[Quad]) -> Iterator[Quad]:
    """What the default graph loses with these statements: what no other graph states."""
    leaving: dict[Quad, set[NamedNode | BlankNode | DefaultGraph]] = {}
    for quad in removals:
        leaving.setdefault(_merged(quad), {_MERGE}).add(quad.graph_name)
    for quad, graphs in leaving.items():
        stating = store.quads_for_pattern(quad.subject, quad.predicate, quad.object)
        if all(each.graph_name in graphs for each in stating):
            yield quad


def _merged(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object)


def _data(quads: Iterable[Quad]) -> str:
    """Statements as the data block of a SPARQL update; N-Triples terms are SPARQL terms."""
    return "\n".join(
        f"{quad.triple} ." if quad.graph_name == _MERGE else f"GRAPH {quad.graph_name} {{ {quad.triple} }}"
        for quad in quads
    )

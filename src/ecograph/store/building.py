"""Building a store from the ledger, and comparing two stores; both without holding a graph in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final, cast

from pyoxigraph import DefaultGraph, RdfFormat, Store, parse

from ecograph.errors import StoreMismatch
from ecograph.rdf.patch import Step, n_quads
from ecograph.store.base import Progress, revision_quad
from ecograph.store.snapshots import StoreSnapshot

# N-Quads text that replay loads at once; below the smaller figure the bulk loader's files are not worth their cost.
_BULK_BYTES: Final = 64 << 20
_SMALL_BYTES: Final = 1 << 20


def build(directory: Path, steps: Iterable[Step], total: int = 0, progress: Progress | None = None) -> int:
    """
    A new store in `directory` that holds what the steps say, with its exact default graph.

    Args:
        directory: Where; it is made.
        steps: Every revision in order.
        total: How many there are, for the progress.
        progress: Called after each.

    Returns:
        The revision it is at.
    """
    store = Store(str(directory))
    revision = replay(store, steps, total, progress, directory)
    store.optimize()  # as the loader leaves its files, questions take a fifth longer at a million, thrice at ten
    store.flush()
    return revision


def replay(
    store: Store,
    steps: Iterable[Step],
    total: int = 0,
    progress: Progress | None = None,
    directory: Path | None = None,
) -> int:
    """
    Fill an empty store with what the steps say, as `build` does.

    Args:
        store: The store.
        steps: Every revision in order.
        total: How many there are, for the progress.
        progress: Called after each.
        directory: Where there is room for the triples once more as text; None for the system's place.

    Returns:
        The revision it is at.
    """
    revision = 0
    waiting: list[bytes] = []
    size_bytes = 0
    for step in steps:
        for part in step.parts:
            added, removed = n_quads(part)
            if removed:
                size_bytes = _load(store, waiting)
                for quad in parse(removed, RdfFormat.N_QUADS):
                    store.remove(quad)
            waiting.append(added)
            size_bytes += len(added)
            if size_bytes > _BULK_BYTES:
                size_bytes = _load(store, waiting)
        revision = step.number
        if progress:
            progress(revision, total)
    _load(store, waiting)
    if revision:
        store.add(revision_quad(revision))
        _merge(store, directory)
    return revision


def _load(store: Store, waiting: list[bytes]) -> int:
    """Load what waits; returns how much then still waits: nothing."""
    text = b"".join(waiting)
    waiting.clear()
    if len(text) > _SMALL_BYTES:
        # The terms were checked when the patch was made.
        store.bulk_load(text, RdfFormat.N_QUADS, lenient=True)
    elif text:
        store.load(text, RdfFormat.N_QUADS, lenient=True)
    return 0


def _merge(store: Store, directory: Path | None) -> None:
    """Fill the default graph with what the named graphs state; the engine's own dump and loader keep memory flat."""
    with TemporaryFile(dir=directory) as written:
        for graph in store.named_graphs():
            store.dump(written, RdfFormat.N_TRIPLES, from_graph=graph)
        size_bytes = written.tell()
        written.seek(0)
        if size_bytes > _SMALL_BYTES:
            store.bulk_load(written, RdfFormat.N_TRIPLES, lenient=True)
        else:
            store.load(written, RdfFormat.N_TRIPLES, lenient=True)


def compare(expected: Store, found: Store) -> int:
    """
    How many statements two stores both hold, if they hold the same.

    Raises:
        StoreMismatch: How many statements are missing, and how many are too many.
    """
    # Two stores with the same statements write them in the same order, whatever way they came in.
    wanted, actual = _Digest(), _Digest()
    expected.dump(cast(IO[bytes], wanted), RdfFormat.N_QUADS)
    found.dump(cast(IO[bytes], actual), RdfFormat.N_QUADS)
    if wanted.value != actual.value:
        # Where the graphs themselves differ, that their merge differs as well need not be counted.
        for of_graphs in (True, False):
            missing = _beyond(expected, found, of_graphs)
            extra = _beyond(found, expected, of_graphs)
            if missing or extra:
                raise StoreMismatch(missing=missing, extra=extra)
    return len(StoreSnapshot(found, 0))


def _beyond(one: Store, other: Store, of_graphs: bool) -> int:
    """How many statements of named graphs, or of the default graph, one store holds and the other does not."""
    return sum(1 for quad in one if (quad.graph_name != DefaultGraph()) is of_graphs and quad not in other)


class _Digest:
    """Takes a dump and keeps its digest."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    @property
    def value(self) -> str:
        return self._hash.hexdigest()

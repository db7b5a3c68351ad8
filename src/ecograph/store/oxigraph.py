"""
The embedded store: Oxigraph on disk, with a directory that the writer works in and generations that readers see.

The engine does not sync its log and is undone half-way by a crash, so the working directory is never trusted: it starts
as a copy (hard links) of the newest generation each time the store is opened, and the ledger supplies what is missing.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final, Self, cast
from uuid import uuid4

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from ecograph.errors import DiskFull, NotLoaded, StoreMismatch
from ecograph.namespaces import LEDGER_GRAPH
from ecograph.rdf.patch import Patch, Step, n_quads
from ecograph.store.base import NO_SPACE, REVISION, Object, Progress, Result, Subject, revision_quad
from ecograph.store.generations import DirectoryLock, Generations, Held

# What the engine raises for files that are not as it wrote them.
_CORRUPT: Final = RuntimeError
# Above this many statements the bulk loader is faster than one SPARQL update, and its memory stays flat.
_ONE_UPDATE: Final = 20_000
# N-Quads text that replay loads at once; below the smaller figure the bulk loader's files are not worth their cost.
_BULK_BYTES: Final = 64 << 20
_SMALL_BYTES: Final = 1 << 20
_BUILDING: Final = "building-"
_LIVE: Final = "live-"
# Each switch adds 2.5 kB to the engine's list of files, which every generation copies; reopening writes it anew.
_FRESH_AFTER: Final = 500


class StoreSnapshot:
    """A snapshot of any pyoxigraph store."""

    def __init__(
        self, store: Store, revision: int, path: Path | None = None, release: Callable[[], None] | None = None
    ) -> None:
        self._release = release
        self._open: Store | None = store
        self._revision = revision
        self._path = path

    @classmethod
    def at(cls, path: Path) -> StoreSnapshot:
        """The generation in a directory that another process holds."""
        store = Store.read_only(str(path))
        return cls(store, _revision_of(store), path)

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
        """The statements that match; None matches anything."""
        return iter(self._store.quads_for_pattern(subject, predicate, object, graph))

    def __contains__(self, quad: Quad) -> bool:
        return quad in self._store

    def __len__(self) -> int:
        return len(self._store)

    def query(self, text: str) -> Result:
        """
        The answer to a SPARQL query over the union of all graphs.

        Raises:
            SyntaxError: The query does not parse.
        """
        return self._store.query(text, use_default_graph_as_union=True)

    def close(self) -> None:
        """Let the snapshot go."""
        release, self._release, self._open = self._release, None, None
        if release:
            release()

    def __del__(self) -> None:
        # A snapshot that was forgotten would keep its generation on the disk for as long as the process lives.
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _store(self) -> Store:
        if self._open is None:
            raise RuntimeError("the snapshot is closed")
        return self._open


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


class _Shared:
    """A generation opened once for every snapshot of this process; closed when the last lets go."""

    def __init__(self, held: Held) -> None:
        self.held = held
        try:
            self.store: Store | None = Store.read_only(str(held.path))
            self.revision = _revision_of(self.store)
        except BaseException:
            self.store = None
            held.release()
            raise
        self.users = 1

    def close(self) -> None:
        self.store = None
        self.held.release()


class EmbeddedStore:
    """
    The projection on embedded Oxigraph. `open` to write (one process), `reader` to read beside it.

    Source:
        docs/durability.md, "The store".
    """

    def __init__(self, directory: Path, lock: DirectoryLock | None) -> None:
        self._directory = directory
        self._lock = lock
        self._generations = Generations(directory / "generations")
        self._live: Store | None = None
        self._shared: _Shared | None = None
        self._sharing = threading.RLock()
        self._switches = 0

    @classmethod
    def open(cls, directory: Path) -> EmbeddedStore:
        """
        Open for writing, at the newest generation that can be read; empty if there is none.

        Raises:
            AlreadyOpen: Another process has it open for writing.
            DiskFull: There is no room to work in.
        """
        directory.mkdir(parents=True, exist_ok=True)
        store = cls(directory, DirectoryLock(directory))
        try:
            for left in directory.glob(f"{_BUILDING}*"):
                shutil.rmtree(left, ignore_errors=True)
            store._generations.collect()
            store._restart()
            if store._generations.current is None:
                store._generations.add(0, lambda target: store._writable.backup(str(target)))
        except BaseException as error:
            store.close()
            if isinstance(error, OSError) and NO_SPACE in str(error):
                raise DiskFull(directory=directory) from error
            raise
        return store

    @classmethod
    def reader(cls, directory: Path) -> EmbeddedStore:
        """
        Open for reading only, while another process may be writing.

        Raises:
            NotLoaded: There is nothing to read yet.
        """
        store = cls(directory, None)
        if store.shown == 0:
            store.close()
            raise NotLoaded(directory=directory)
        return store

    @property
    def revision(self) -> int:
        """The revision that was applied last; 0 for an empty store."""
        return _revision_of(self._writable)

    @property
    def shown(self) -> int:
        """The revision that readers see."""
        with self.snapshot() as snapshot:
            return snapshot.revision

    def apply(self, number: int, patch: Patch) -> None:
        """
        Follow the ledger by one revision.

        Raises:
            ValueError: `number` is not the next revision.
            OSError: The engine could not write; the store has gone back to what readers see.
        """
        store, before = self._writable, self.revision
        if number != before + 1:
            raise ValueError(f"revision {number} cannot follow revision {before}")
        removals = [*patch.removals, *([revision_quad(before)] if before else [])]
        additions = [*patch.additions, revision_quad(number)]
        try:
            if len(patch) <= _ONE_UPDATE:
                store.update(f"DELETE DATA {{ {_data(removals)} }};\nINSERT DATA {{ {_data(additions)} }}")
            else:
                for quad in removals:
                    store.remove(quad)
                store.bulk_extend(additions)
        except (OSError, _CORRUPT) as error:
            self._restart()
            raise OSError(str(error)) from error

    def switch(self) -> None:
        """Let readers see what has been applied."""
        store, revision = self._writable, self.revision
        if revision == self.shown:
            return
        try:
            store.flush()
            self._generations.add(revision, lambda target: store.backup(str(target)))
        except _CORRUPT as error:
            raise OSError(str(error)) from error
        self._renew()
        self._switches += 1
        if self._switches % _FRESH_AFTER == 0:
            self._restart()

    def state(self) -> StoreSnapshot:
        """What has been applied, for the writer alone and only until its next `apply`."""
        return StoreSnapshot(self._writable, self.revision)

    def snapshot(self) -> StoreSnapshot:
        """
        What readers see.

        Raises:
            NotLoaded: There is nothing to read yet.
        """
        with self._sharing:
            shared = self._renew()
            shared.users += 1
            assert shared.store is not None
            return StoreSnapshot(shared.store, shared.revision, shared.held.path, lambda: self._let_go(shared))

    def rebuild(self, steps: Iterable[Step], total: int = 0, progress: Progress | None = None) -> None:
        """Build the store anew from the first revision on, beside the old one, and switch to it when it is whole."""
        assert self._writable is not None
        building = self._directory / f"{_BUILDING}{uuid4().hex[:8]}"
        try:
            revision = _build(building, steps, total, progress)
            self._generations.add(revision, lambda target: _move(building, target))
        finally:
            shutil.rmtree(building, ignore_errors=True)
        self._renew()
        self._restart()

    def verify(self, steps: Iterable[Step]) -> int:
        """
        Compare what readers see with a replay of the ledger, on disk and not in memory.

        Args:
            steps: Every revision up to the one that readers should see.

        Returns:
            How many statements were compared.

        Raises:
            StoreMismatch: How many statements are missing, and how many are too many.
        """
        with TemporaryDirectory(prefix="ecograph-verify-") as temporary, self.snapshot() as snapshot:
            replayed = Path(temporary) / "store"
            _build(replayed, steps)
            return _compare(Store.read_only(str(replayed)), snapshot._store)

    def close(self) -> None:
        """Let the store go; the next opening starts from the newest generation."""
        with self._sharing:
            if self._shared:
                self._let_go(self._shared)
                self._shared = None
        self._live = None
        if self._lock:
            self._lock.release()

    @property
    def _writable(self) -> Store:
        if self._live is None:
            if self._lock is None:
                raise RuntimeError("the store is open for reading only")
            self._restart()
        assert self._live is not None
        return self._live

    def _restart(self) -> None:
        """Throw the working directory away and begin again from what readers see."""
        # A new name each time: somebody may still hold the old engine, as a traceback does, and with it its lock.
        self._live = None
        for old in self._directory.glob(f"{_LIVE}*"):
            shutil.rmtree(old, ignore_errors=True)
        live = self._directory / f"{_LIVE}{uuid4().hex[:8]}"
        if self._generations.current is not None:
            try:
                snapshot = self.snapshot()
            except (OSError, _CORRUPT, NotLoaded):
                # It cannot be read, so nobody is served by it; the ledger brings everything back.
                self._generations.drop()
            else:
                with snapshot:
                    snapshot._store.backup(str(live))
        self._live = Store(str(live))

    def _renew(self) -> _Shared:
        """The newest generation, opened; the one before stays open for those who hold it."""
        with self._sharing:
            if self._shared is None or self._shared.held.path.name != self._generations.current:
                old, self._shared = self._shared, None
                if old:
                    self._let_go(old)
                self._shared = _Shared(self._generations.hold())
            return self._shared

    def _let_go(self, shared: _Shared) -> None:
        with self._sharing:
            shared.users -= 1
            if shared.users == 0:
                shared.close()
                if self._lock:
                    self._generations.collect()


def _build(directory: Path, steps: Iterable[Step], total: int = 0, progress: Progress | None = None) -> int:
    """A new store in `directory` that holds what the steps say; returns the revision it is at."""
    store, revision = Store(str(directory)), 0
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
    store.flush()
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


def _move(source: Path, target: Path) -> None:
    source.rename(target)


def _compare(expected: Store, found: Store) -> int:
    # Two stores with the same statements write them in the same order, whatever way they came in.
    wanted, actual = _Digest(), _Digest()
    expected.dump(cast(IO[bytes], wanted), RdfFormat.N_QUADS)
    found.dump(cast(IO[bytes], actual), RdfFormat.N_QUADS)
    if wanted.value != actual.value:
        missing = sum(1 for quad in expected if quad not in found)
        extra = sum(1 for quad in found if quad not in expected)
        if missing or extra:
            raise StoreMismatch(missing=missing, extra=extra)
    return actual.lines


class _Digest:
    """Takes a dump and keeps its digest and its number of lines."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.lines = 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.lines += data.count(b"\n")
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    @property
    def value(self) -> str:
        return self._hash.hexdigest()


def _data(quads: Sequence[Quad]) -> str:
    """Statements as the data block of a SPARQL update; N-Triples terms are SPARQL terms."""
    return "\n".join(f"GRAPH {quad.graph_name} {{ {quad.subject} {quad.predicate} {quad.object} }}" for quad in quads)


def _revision_of(store: Store) -> int:
    for quad in store.quads_for_pattern(LEDGER_GRAPH, REVISION, None, LEDGER_GRAPH):
        assert isinstance(quad.object, Literal)
        return int(quad.object.value)
    return 0

"""
The embedded store: Oxigraph on disk, with a directory that the writer works in and generations that readers see.

The engine does not sync its log and is undone half-way by a crash, so the working directory is never trusted: it starts
as a copy (hard links) of the newest generation each time the store is opened, and the ledger supplies what is missing.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from pyoxigraph import Store

from ecograph.errors import NotLoaded
from ecograph.rdf.patch import Patch, Step
from ecograph.store.base import Progress, room_in
from ecograph.store.building import build, compare
from ecograph.store.generations import DirectoryLock, Generations, Held
from ecograph.store.snapshots import MemorySnapshot, StoreSnapshot, follow, is_exact, revision_of

__all__ = ["EmbeddedStore", "MemorySnapshot", "StoreSnapshot", "build"]

# What the engine raises for files that are not as it wrote them.
_CORRUPT: Final = RuntimeError
_BUILDING: Final = "building-"
_LIVE: Final = "live-"
# Each switch adds 2.5 kB to the engine's list of files, which every generation copies; reopening writes it anew.
_FRESH_AFTER: Final = 500
# Statements after which the engine's files are written anew, as they are read quickest: 1.5 s for a store of a million.
_OPTIMIZED_AFTER: Final = 100_000


class _Shared:
    """A generation opened once for every snapshot of this process; closed when the last lets go."""

    def __init__(self, held: Held) -> None:
        self.held = held
        try:
            self.store: Store | None = Store.read_only(str(held.path))
            self.revision = revision_of(self.store)
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
        self._applied = 0  # statements since the files were written anew

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
            with room_in(directory):
                for left in directory.glob(f"{_BUILDING}*"):
                    shutil.rmtree(left, ignore_errors=True)
                store._generations.collect()
                store._restart()
                if store._generations.current is None:
                    store._generations.add(0, lambda target: store._writable.backup(str(target)))
        except BaseException:
            store.close()
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
        return revision_of(self._writable)

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
        try:
            follow(store, before, patch)
            self._applied += len(patch.additions) + len(patch.removals)
        except (OSError, _CORRUPT) as error:
            self._restart()
            raise OSError(str(error)) from error

    def switch(self) -> None:
        """Let readers see what has been applied."""
        store, revision = self._writable, self.revision
        if revision == self.shown:
            return
        try:
            if self._applied >= _OPTIMIZED_AFTER:
                store.optimize()
                self._applied = 0
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
            revision = build(building, steps, total, progress)
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
            build(replayed, steps)
            return compare(Store.read_only(str(replayed)), snapshot._store)

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
                # What an earlier version built is read on, and built anew by the ledger, as if nothing were there.
                with snapshot:
                    if is_exact(snapshot._store):
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


def _move(source: Path, target: Path) -> None:
    source.rename(target)

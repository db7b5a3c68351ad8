"""
Generations: complete copies of the store that never change, switched by one atomic rename, removed when nobody reads.

A directory holds `current` (the name of the newest generation) and one directory per generation beside its lock file.
A reader holds a shared lock on the lock file of its generation; the writer removes what it can lock for itself.
Every file is on the disk before `current` names it, so a power cut leaves the old generation or the new one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import uuid4

from ecograph.errors import AlreadyOpen, NotLoaded

_CURRENT: Final = "current"
_LOCK_SUFFIX: Final = ".lock"
_PARTIAL: Final = ".partial-"
# Sorted tables are links to files that RocksDB synced before it named them; a second sync costs milliseconds each.
_SYNCED_BY_ENGINE: Final = ".sst"


class DirectoryLock:
    """
    The right to write in a directory, held by one process at a time and let go when that process ends in any way.

    Raises:
        AlreadyOpen: Another process holds it; its process id is in the error.
    """

    def __init__(self, directory: Path) -> None:
        path = directory / "lock"
        self._handle: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.pread(self._handle, 20, 0).decode(errors="replace").strip()
            self.release()
            raise AlreadyOpen(directory=directory, pid=pid or "?") from error
        # A forked child would keep the lock beyond our own end.
        os.register_at_fork(after_in_child=self.release)
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the directory up."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Held:
    """A generation that is being read and therefore stays. `path` is its directory."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle: int | None = handle

    def release(self) -> None:
        """Let it go; letting go twice is allowed."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Generations:
    """The generations in one directory. Any process may `hold`; only the process with the store's lock may `add`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        # A collection must not take what another thread is just adding.
        self._changing = threading.Lock()

    @property
    def current(self) -> str | None:
        """Name of the generation that readers get; None before the first."""
        try:
            return (self.directory / _CURRENT).read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def hold(self) -> Held:
        """
        Hold the current generation for reading.

        Raises:
            NotLoaded: There is none yet.
        """
        while True:
            name = self.current
            if name is None:
                raise NotLoaded(directory=self.directory.parent)
            try:
                handle = os.open(self._lock(name), os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                if name == self.current:
                    raise NotLoaded(directory=self.directory.parent) from None
                continue  # It was replaced and removed since its name was read.
            fcntl.flock(handle, fcntl.LOCK_SH)
            # Whoever removes a generation locks it first: either we came before, or its directory is gone.
            if (self.directory / name).is_dir():
                return Held(self.directory / name, handle)
            os.close(handle)
            if name == self.current:
                raise NotLoaded(directory=self.directory.parent)

    def add(self, revision: int, build: Callable[[Path], None]) -> None:
        """
        Make a generation and let readers have it, at once and whole.

        Args:
            revision: What it shows; part of its name.
            build: Creates the given directory and fills it.
        """
        with self._changing:
            self._add(revision, build)

    def _add(self, revision: int, build: Callable[[Path], None]) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        partial = self.directory / f"{_PARTIAL}{revision}"
        shutil.rmtree(partial, ignore_errors=True)
        try:
            build(partial)
            for file in partial.iterdir():
                if not file.name.endswith(_SYNCED_BY_ENGINE):
                    sync(file)
            sync(partial)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        # Never a name that was used before: a reader may still hold the lock file of an older one.
        name = f"{revision}-{uuid4().hex[:8]}"
        self._lock(name).touch()
        partial.rename(self.directory / name)
        sync(self.directory)
        self._point_at(name)
        self._collect()

    def drop(self) -> None:
        """Forget the current generation, because it cannot be read; the next `add` brings another."""
        (self.directory / _CURRENT).unlink(missing_ok=True)
        self.collect()

    def collect(self) -> None:
        """Remove what is neither current nor held, and what a crash left half done; not while a generation is added."""
        if self._changing.acquire(blocking=False):
            try:
                self._collect()
            finally:
                self._changing.release()

    def _collect(self) -> None:
        if not self.directory.is_dir():
            return
        current = self.current
        for path in list(self.directory.iterdir()):
            if path.name.startswith(_PARTIAL):
                shutil.rmtree(path, ignore_errors=True)
            elif path.is_dir() and path.name != current:
                self._remove(path.name)
            elif path.name.endswith(_LOCK_SUFFIX) and not (self.directory / path.stem).exists():
                path.unlink(missing_ok=True)

    def _remove(self, name: str) -> None:
        handle = os.open(self._lock(name), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            gone = self.directory / f"{_PARTIAL}{name}"
            (self.directory / name).rename(gone)
            shutil.rmtree(gone, ignore_errors=True)
            self._lock(name).unlink(missing_ok=True)
        finally:
            os.close(handle)

    def _point_at(self, name: str) -> None:
        draft = self.directory / f"{_CURRENT}.new"
        draft.write_text(name + "\n", encoding="ascii")
        sync(draft)
        draft.replace(self.directory / _CURRENT)
        sync(self.directory)

    def _lock(self, name: str) -> Path:
        return self.directory / f"{name}{_LOCK_SUFFIX}"


def sync(path: Path) -> None:
    """Make a file's content, or the names in a directory, survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""
The vectors of texts, kept in a file: what was once read of a text is never read again.

The key is the model, the role and the digest of the text, so the file says nothing of where a text stands, is shared by
every revision, and holds no vector of another model by mistake. One process writes, in batches that are each made
durable: who is stopped in the middle goes on from there.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import structlog
from numpy.typing import NDArray

from ecograph.errors import EmbedderUnavailable
from ecograph.text.embedding import Choice, Embedder, Floats, Role, State, choose, prepare, unit

Watch = Callable[[int, int], None]
"""Called with how many texts have been read, of how many."""

BATCH: Final = 64
"""Texts read between two commits: about a second of work is lost when the process is stopped."""
KEPT_QUERIES: Final = 512
"""Vectors of what people typed that are kept in memory, about 1 MB; they are never written to the file."""
PAUSE_S: Final = 30.0
"""How long a model that failed is left alone, so that not every answer waits for it."""

_ASKED: Final = 500  # digests in one statement, below SQLite's limit of parameters
_WAIT_S: Final = 30.0
_LAYOUT: Final = 1
_SCHEMA: Final = """
CREATE TABLE vector (
    model TEXT NOT NULL, role TEXT NOT NULL, digest BLOB NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (model, role, digest)
) WITHOUT ROWID
"""
_log = structlog.get_logger(__name__)


class VectorCache:
    """
    Vectors in a SQLite file; several processes may read it while one writes.

    Args:
        path: The file; it is made when the first vector is kept. One that cannot be read is put aside.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def known(self, model: str, texts: Sequence[str], role: Role) -> tuple[Floats, NDArray[np.bool_]]:
        """
        The vectors that are kept.

        Args:
            model: Id of the model.
            texts: Texts as `prepare` gives them.
            role: Whether they ask or are found.

        Returns:
            A row per text, zero where none is kept, and whether one is.
        """
        digests = [_digest(text) for text in texts]
        found = self._values(model, role, sorted(set(digests)))
        mask = np.asarray([digest in found for digest in digests], dtype=np.bool_)
        if not found:
            return np.zeros((len(texts), 0), dtype=np.float32), mask
        size = len(next(iter(found.values())))
        nothing = np.zeros(size, dtype=np.float16)
        rows = np.stack([found.get(digest, nothing) for digest in digests])
        return unit(rows), mask

    def fill(
        self,
        embedder: Embedder,
        texts: Sequence[str],
        role: Role,
        watch: Watch | None = None,
        limit: int | None = None,
    ) -> int:
        """
        Read the texts that no vector is kept of.

        Args:
            embedder: The model.
            texts: Texts as `prepare` gives them; empty ones are left out.
            role: Whether they ask or are found.
            watch: Called before each batch and at the end; what it raises stops the reading.
            limit: At most so many; None for all.

        Returns:
            How many were read.

        Raises:
            EmbedderUnavailable: The model failed, or the file cannot be written; what was read before is kept.
        """
        wanted = [text for text in dict.fromkeys(texts) if text]
        _, mask = self.known(embedder.id, wanted, role)
        # Short and long ones in one batch would wait for each other.
        missing = sorted((text for text, known in zip(wanted, mask, strict=True) if not known), key=len)[:limit]
        if not missing:
            return 0
        read = embedder.queries if role == "query" else embedder.passages
        try:
            with self._writing() as connection:
                for start in range(0, len(missing), BATCH):
                    if watch:
                        watch(start, len(missing))
                    batch = missing[start : start + BATCH]
                    rows = [
                        (embedder.id, role, _digest(text), vector.astype(np.float16).tobytes())
                        for text, vector in zip(batch, read(batch), strict=True)
                    ]
                    with connection:
                        connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)", rows)
        except (sqlite3.Error, OSError) as problem:
            raise EmbedderUnavailable(state="broken", detail=f"{self.path.name}: {problem}") from problem
        if watch:
            watch(len(missing), len(missing))
        return len(missing)

    def keep_only(self, model: str, texts: Collection[str]) -> int:
        """
        Forget every vector of a text that is found, but those of these texts by this model.

        Returns:
            How many were forgotten.
        """
        if not self.path.exists():
            return 0
        with self._writing() as connection, connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("CREATE TEMP TABLE kept (digest BLOB PRIMARY KEY) WITHOUT ROWID")
            connection.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((_digest(text),) for text in texts))
            return connection.execute(
                "DELETE FROM vector WHERE role = 'passage' AND (model <> ? OR digest NOT IN (SELECT digest FROM kept))",
                (model,),
            ).rowcount

    def _values(self, model: str, role: Role, digests: Sequence[bytes]) -> dict[bytes, NDArray[np.float16]]:
        found: dict[bytes, NDArray[np.float16]] = {}
        if not self.path.exists():
            return found
        try:
            with closing(
                sqlite3.connect(
                    f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=_WAIT_S, isolation_level=None
                )
            ) as file:
                file.execute("BEGIN")  # one state of the file, however often it is asked
                for start in range(0, len(digests), _ASKED):
                    asked = digests[start : start + _ASKED]
                    marks = ",".join("?" * len(asked))
                    rows = file.execute(
                        f"SELECT digest, value FROM vector WHERE model = ? AND role = ? AND digest IN ({marks})",
                        (model, role, *asked),
                    )
                    found.update((digest, np.frombuffer(value, dtype=np.float16)) for digest, value in rows)
        except sqlite3.Error as problem:
            _log.warning("vectors.unreadable", path=str(self.path), detail=str(problem))
            return {}
        sizes = [len(value) for value in found.values()]
        most = max(set(sizes), key=sizes.count, default=0)
        return {digest: value for digest, value in found.items() if len(value) == most}

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and not self._sound():
            aside = self.path.with_name(f"{self.path.name}.damaged")
            self.path.replace(aside)
            self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)
            _log.warning("vectors.put-aside", path=str(aside))
        with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone()[0] != _LAYOUT:
                connection.execute(_SCHEMA)
                connection.execute(f"PRAGMA user_version = {_LAYOUT}")
            connection.commit()
            yield connection

    def _sound(self) -> bool:
        """Whether the file is one of ours and whole; one that is merely busy is."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as connection:
                layout = connection.execute("PRAGMA user_version").fetchone()[0]
                if layout == 0:
                    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0)
                return bool(layout == _LAYOUT and connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        except sqlite3.OperationalError:
            return True
        except sqlite3.DatabaseError:
            return False


class Vectors:
    """
    A model with the vectors it has made; one for a process, also between threads.

    Args:
        cache: Where its vectors are kept.
        setting: Which model, as `choose` takes it.
        key: What a service wants to be shown.
    """

    def __init__(self, cache: VectorCache, setting: str, key: str | None = None) -> None:
        self.cache = cache
        self._setting = setting
        self._key = key
        self._lock = threading.Lock()
        self._choice: Choice | None = None
        self._failed: tuple[State, float] | None = None
        self._queries: OrderedDict[str, Floats] = OrderedDict()

    @property
    def embedder(self) -> Embedder | None:
        """The model, loaded when first asked for; None where there is none."""
        with self._lock:
            if self._choice is None:
                self._choice = choose(self._setting, self._key)
            return self._choice.embedder

    @property
    def state(self) -> State:
        """Whether it can read texts now, and if not, why: a key of `meaning.state`."""
        _ = self.embedder
        assert self._choice is not None
        failed = self._failed
        return failed[0] if failed and time.monotonic() < failed[1] else self._choice.state

    def query(self, text: str) -> Floats | None:
        """
        What a text asks for.

        Args:
            text: Any text; its first words are read.

        Returns:
            A vector; None where there is nothing to read, or no model: `state` says why.
        """
        embedder, wanted = self.embedder, prepare(text, "query")
        if embedder is None or not wanted:
            return None
        with self._lock:
            if wanted in self._queries:
                self._queries.move_to_end(wanted)
                return self._queries[wanted]
        kept, mask = self.cache.known(embedder.id, [wanted], "query")
        found: Floats
        if mask[0]:
            found = kept[0]
        elif self.state != "ready":
            return None
        else:
            try:
                found = embedder.queries([wanted])[0]
            except EmbedderUnavailable as problem:
                self._rest(problem)
                return None
        with self._lock:
            self._queries[wanted] = found
            if len(self._queries) > KEPT_QUERIES:
                self._queries.popitem(last=False)
        return found

    def known(self, texts: Sequence[str]) -> tuple[Floats, NDArray[np.bool_]]:
        """The vectors kept of texts that are found, as `VectorCache.known`."""
        embedder = self.embedder
        if embedder is None:
            return np.zeros((len(texts), 0), dtype=np.float32), np.zeros(len(texts), dtype=np.bool_)
        return self.cache.known(embedder.id, [prepare(text, "passage") for text in texts], "passage")

    def fill(self, texts: Sequence[str], watch: Watch | None = None, limit: int | None = None) -> int:
        """
        Read the texts that no vector is kept of; a model that fails leaves the rest for the next time.

        Args:
            texts: Texts that are found.
            watch: As for `VectorCache.fill`.
            limit: At most so many; None for all.

        Returns:
            How many were read.
        """
        embedder, read = self.embedder, 0
        if embedder is None:
            return 0

        def count(done: int, total: int) -> None:
            nonlocal read
            read = done
            if watch:
                watch(done, total)

        try:
            self.cache.fill(embedder, [prepare(text, "passage") for text in texts], "passage", count, limit)
        except EmbedderUnavailable as problem:
            self._rest(problem)
        return read

    def keep_only(self, texts: Sequence[str]) -> None:
        """Forget what was read of all other texts, also by other models."""
        embedder = self.embedder
        if embedder is not None:
            self.cache.keep_only(embedder.id, [prepare(text, "passage") for text in texts])

    def _rest(self, problem: EmbedderUnavailable) -> None:
        self._failed = (problem.state, time.monotonic() + PAUSE_S)
        _log.warning("embedder.failed", **problem.values)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()

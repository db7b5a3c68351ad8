"""
The database a ledger is kept in: how it is connected to, so that what was committed is on the disk and stays there.

SQLite runs with a write-ahead log that is synced at every commit (`synchronous=FULL`); PostgreSQL does the same by
default.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine
from sqlalchemy import event as engine_event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from ecograph.errors import DiskFull

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
    # What is erased is overwritten, not only unlinked.
    "PRAGMA secure_delete = ON",
)
_POSTGRESQL_DISK_FULL: Final = "53100"


class Database:
    """
    Transactions that survive a power cut: any number that read, one at a time that writes.

    Args:
        url: As for `sql.Ledger.open`; the directory of a SQLite file is created.
    """

    def __init__(self, url: str) -> None:
        self.engine = _connect(url)
        self._writing = threading.Lock()

    @property
    def place(self) -> str:
        """Where it is kept, for messages: the file, or the name of the database."""
        return self.engine.url.database or "memory"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """
        A transaction that is durable when the block is left, and undone if it is left by an exception.

        Raises:
            DiskFull: Nothing was written.
        """
        with self._writing:
            try:
                with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                    yield connection
            except DBAPIError as error:
                if _is_full(error):
                    raise DiskFull(directory=self.place) from error
                raise

    def sync_names(self) -> None:
        """Make the names of new SQLite files durable, not only their content."""
        directory = _directory(self.engine.url)
        if directory is None:
            return
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def cut_log(self) -> None:
        """Write over the old pages that SQLite's write-ahead log still holds, and cut it."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let it go."""
        self.engine.dispose()


def _connect(url: str) -> Engine:
    """An engine whose commits are durable. A connection with the execution option `writes` begins as a writer."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(url)
    directory = _directory(address)
    engine = create_engine(url) if directory else create_engine(url, poolclass=StaticPool)
    _make_durable(engine)
    if directory:
        directory.mkdir(parents=True, exist_ok=True)
    return engine


def _is_full(error: DBAPIError) -> bool:
    """Whether the database refused to write because no space is left."""
    cause = error.orig
    return (
        "database or disk is full" in str(cause)
        or getattr(cause, "sqlstate", None) == _POSTGRESQL_DISK_FULL
        or getattr(cause, "errno", None) == errno.ENOSPC
    )


def _directory(url: URL) -> Path | None:
    """Where the SQLite file lies; None if it is kept in memory, and for other databases."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).resolve().parent


def _make_durable(engine: Engine) -> None:
    @engine_event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        # Transactions are begun below; the driver's own habit would leave reads outside of them.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma).close()

    @engine_event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: taking it later, after a read, could fail with no way to wait.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

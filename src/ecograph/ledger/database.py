"""
The database a ledger is kept in: how it is connected to, so that what was committed is on the disk and stays there.

SQLite runs with a write-ahead log that is synced at every commit (`synchronous=FULL`); PostgreSQL does the same by
default.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine
from sqlalchemy import event as engine_event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
    # What is erased is overwritten, not only unlinked.
    "PRAGMA secure_delete = ON",
)
_POSTGRESQL_DISK_FULL: Final = "53100"


def connect(url: str) -> Engine:
    """
    An engine whose commits survive a power cut. A connection with the execution option `writes` begins as a writer.

    Args:
        url: As for `sql.Ledger.open`; the directory of a SQLite file is created.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(url)
    directory = _directory(address)
    engine = create_engine(url) if directory else create_engine(url, poolclass=StaticPool)
    _make_durable(engine)
    if directory:
        directory.mkdir(parents=True, exist_ok=True)
    return engine


def sync_names(engine: Engine) -> None:
    """Make the names of new SQLite files durable, not only their content."""
    directory = _directory(engine.url)
    if directory is None:
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def cut_log(engine: Engine) -> None:
    """Write over the old pages that SQLite's write-ahead log still holds, and cut it."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def is_full(error: DBAPIError) -> bool:
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

"""SPARQL servers of other makers, started on loopback for a test and stopped after it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from lacking import lacking

START_S: Final = 60.0
"""Virtuoso makes its files first, which takes some ten seconds on a slow disk."""


@dataclass(frozen=True)
class Engine:
    """
    A server that runs.

    Args:
        name: `oxigraph` or `virtuoso`.
        query: Its SPARQL query URL.
        update: Its SPARQL update URL.
        graphs: Its Graph Store Protocol URL.
        user: Who may write; None where everybody may.
        password: Of that user.
        pid: Of the server's process.
        sql: Where Virtuoso's own client connects to.
    """

    name: str
    query: str
    update: str
    graphs: str
    user: str | None = None
    password: str | None = None
    pid: int = 0
    sql: str | None = None


@contextmanager
def oxigraph(directory: Path | None = None, *options: str) -> Iterator[Engine]:
    """An Oxigraph server; in memory, or on disk in a directory."""
    binary = Path(sys.executable).with_name("oxigraph")
    if not binary.exists():
        lacking("the package oxigraph is not installed")
    port = free_port()
    place = ("--location", str(directory)) if directory else ()
    command = [str(binary), "serve", "--bind", f"127.0.0.1:{port}", *place, *options]
    url = f"http://127.0.0.1:{port}"
    with _running(command, f"{url}/query?query=ASK%7B%7D") as pid:
        yield Engine("oxigraph", f"{url}/query", f"{url}/update", f"{url}/store", pid=pid)


@contextmanager
def virtuoso(directory: Path, buffers: int = 20_000, query_s: int = 60) -> Iterator[Engine]:
    """
    A Virtuoso 7 with files, ports and configuration of its own in a directory.

    Args:
        directory: Where; it is made.
        buffers: How many pages of 8 kB it holds in memory.
        query_s: When it ends a query.
    """
    binary = shutil.which("virtuoso-t")
    isql = shutil.which("isql-vt") or shutil.which("isql-v")
    if binary is None or isql is None:
        lacking("virtuoso-t and isql-vt are not installed (tests/install-tools.sh)")
    directory.mkdir(parents=True, exist_ok=True)
    sql, http = free_port(), free_port()
    sizes = {"buffers": buffers, "dirty": buffers * 3 // 4}
    settings = _INI.format(directory=directory, sql=sql, http=http, query_s=query_s, **sizes)
    (directory / "virtuoso.ini").write_text(settings, encoding="ascii")
    url = f"http://127.0.0.1:{http}"
    command = [binary, "+configfile", "virtuoso.ini", "+foreground"]
    with _running(command, f"{url}/sparql?query=ASK%7B%7D", cwd=directory) as pid:
        yield Engine(
            "virtuoso",
            f"{url}/sparql",
            f"{url}/sparql-auth",
            f"{url}/sparql-graph-crud-auth",
            "dba",
            "dba",
            pid,
            f"127.0.0.1:{sql}",
        )


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _running(command: list[str], probe: str, cwd: Path | None = None) -> Iterator[int]:
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_S
        while not _answers(probe):
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            assert time.monotonic() < deadline, f"{command[0]} did not start"
            time.sleep(0.05)
        yield process.pid
    finally:
        # Nothing of it is kept, so it need not write anything down.
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


# Own paths and loopback only; results are not cut (Debian's file cuts at 10,000 rows).
_INI: Final = """[Database]
DatabaseFile = {directory}/virtuoso.db
ErrorLogFile = {directory}/virtuoso.log
LockFile = {directory}/virtuoso.lck
TransactionFile = {directory}/virtuoso.trx
xa_persistent_file = {directory}/virtuoso.pxa
MaxCheckpointRemap = 2000

[TempDatabase]
DatabaseFile = {directory}/virtuoso-temp.db
TransactionFile = {directory}/virtuoso-temp.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {directory}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
ServerThreads = 10
CheckpointInterval = 0

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {directory}
ServerThreads = 10
MaxClientConnections = 10

[SPARQL]
ResultSetMaxRows = 10000000
MaxQueryExecutionTime = {query_s}
"""

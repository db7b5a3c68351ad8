"""
The endpoints that benchmarks ask, each with the same statements and in a process of its own: ours, a bare Oxigraph
server on a copy of our files, and Virtuoso.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httptools
import uvicorn
from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, parse, serialize

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import engines
import growth
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.namespaces import LEDGER_GRAPH
from ecograph.rdf.patch import Step
from ecograph.store.oxigraph import EmbeddedStore
from ecograph.web.app import create_app

_START_S = 3600.0  # ten million statements are written twice, in their graph and in the default graph
_CHUNK_BYTES = 32 << 20
_READ_BYTES = 1 << 20
_FORM = "application/x-www-form-urlencoded"
_ACCEPT = "application/sparql-results+json, text/turtle;q=0.9"
_BUFFERS_PER_TRIPLE = 1 / 60
"""Virtuoso's buffers of 8 kB, so that all of its data fits in them."""


@dataclass(frozen=True)
class Endpoint:
    """
    Where queries are sent.

    Args:
        name: In the table.
        url: Of the endpoint.
        pid: Of its process.
    """

    name: str
    url: str
    pid: int


@dataclass(frozen=True)
class Reply:
    """What came back, and in how many seconds."""

    status: int
    body: bytes
    seconds: float


class Asker:
    """
    A client with one connection that stays open, and little work of its own: what it measures is the endpoint.

    Args:
        endpoint: Whom it asks.
        address: Its own address on the loopback interface.
        timeout_s: How long it waits for more of an answer.
    """

    def __init__(self, endpoint: Endpoint, address: str = "127.0.0.1", timeout_s: float = 120.0) -> None:
        self._parts = urlsplit(endpoint.url)
        self._address = address
        self._timeout_s = timeout_s
        self._connection: socket.socket | None = None

    def ask(self, query: str) -> Reply:
        """
        The answer to a query, whole; a connection that the server has closed is opened again.

        Raises:
            OSError: There is no answer.
        """
        body = urlencode({"query": query}).encode()
        request = (
            f"POST {self._parts.path} HTTP/1.1\r\nHost: {self._parts.netloc}\r\nAccept: {_ACCEPT}\r\n"
            f"Content-Type: {_FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        if self._connection is None:
            self._connection = socket.create_connection(
                (str(self._parts.hostname), self._parts.port or 80), self._timeout_s, (self._address, 0)
            )
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        started = time.perf_counter()
        try:
            self._connection.sendall(request)
            answer = _Answer(self._connection)
        except (OSError, httptools.HttpParserError) as error:
            self.close()
            raise OSError(str(error)) from error
        seconds = time.perf_counter() - started
        if not answer.is_kept_open:
            self.close()
        return Reply(answer.status, b"".join(answer.body), seconds)

    def close(self) -> None:
        """Let the connection go."""
        if self._connection:
            self._connection.close()
            self._connection = None


class _Answer:
    """What comes back on a connection, read to its end; the methods without an underscore are httptools' callbacks."""

    def __init__(self, connection: socket.socket) -> None:
        self.body: list[bytes] = []
        self._is_whole = False
        parser = httptools.HttpResponseParser(self)
        while not self._is_whole:
            data = connection.recv(_READ_BYTES)
            if not data:
                raise ConnectionError("the connection was closed before the answer was whole")
            parser.feed_data(data)
        self.status: int = parser.get_status_code()
        self.is_kept_open: bool = parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """A piece of it."""
        self.body.append(body)

    def on_message_complete(self) -> None:
        """No more comes."""
        self._is_whole = True


def shipped(directory: Path, data_dir: Path | None = None) -> Path:
    """
    The statements that come with EcoGraph, as N-Quads.

    Args:
        directory: Where the file is written.
        data_dir: A data directory that holds them already; without it, `data/` is loaded.
    """
    written = directory / "shipped.nq"
    if data_dir is None:
        data_dir = directory / "shipped"
        with EcoGraph.open(Settings(data_dir=data_dir, embedder="none")) as ecograph:
            ecograph.load()
    store = EmbeddedStore.reader(data_dir / "store")
    with store.snapshot() as snapshot:
        serialize(
            (quad for quad in snapshot.quads() if quad.graph_name not in (LEDGER_GRAPH, DefaultGraph())),
            str(written),
            RdfFormat.N_QUADS,
        )
    store.close()
    return written


def grown(file: Path, triples: int) -> Path:
    """The statements of a file, and synthetic ones up to a number of statements; another file beside it."""
    written = file.with_name(f"{triples}.nq")
    with file.open("rb") as lines:
        count = sum(1 for _ in lines)
    own: Iterator[Quad] = iter(parse(path=str(file), format=RdfFormat.N_QUADS))
    more = growth.quads(max(0, triples - count), Settings().resources_dir)
    serialize(chain(own, more), str(written), RdfFormat.N_QUADS)
    return written


@contextmanager
def ours(directory: Path, file: Path, **settings: float) -> Iterator[Endpoint]:
    """
    EcoGraph's service on the statements of a file.

    Args:
        directory: A new data directory.
        file: N-Quads.
        settings: What is set otherwise than it comes, such as `query_timeout_s`.
    """
    port = engines.free_port()
    command = [sys.executable, __file__, str(directory), str(file), "--port", str(port)]
    environment = {**os.environ, **{f"ECOGRAPH_{name.upper()}": str(value) for name, value in settings.items()}}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    endpoint = Endpoint("EcoGraph", f"http://127.0.0.1:{port}/sparql", process.pid)
    try:
        _wait_for(endpoint, process)
        yield endpoint
    finally:
        process.terminate()
        process.wait()


@contextmanager
def bare(directory: Path, data_dir: Path) -> Iterator[Endpoint]:
    """A bare Oxigraph server on a copy of the generation that a data directory shows."""
    store = EmbeddedStore.reader(data_dir / "store")
    with store.snapshot() as snapshot:
        Store.read_only(str(snapshot.path)).backup(str(directory))
    store.close()
    with engines.oxigraph(directory) as server:
        yield Endpoint("Oxigraph", server.query, server.pid)


@contextmanager
def virtuoso(directory: Path, file: Path, triples: int) -> Iterator[Endpoint]:
    """Virtuoso with the statements of a file, all of which it keeps in memory."""
    buffers = max(20_000, int(triples * _BUFFERS_PER_TRIPLE))
    with engines.virtuoso(directory, buffers) as server:
        os.link(file, directory / "data.nq")
        commands = f"ld_dir('{directory}', 'data.nq', 'urn:none'); rdf_loader_run(); checkpoint;"
        isql = shutil.which("isql-vt") or "isql-v"
        subprocess.run(
            [isql, str(server.sql), str(server.user), str(server.password), f"exec={commands}"],
            check=True,
            capture_output=True,
        )
        yield Endpoint("Virtuoso", server.query, server.pid)


def _wait_for(endpoint: Endpoint, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit("the service did not start")
        asker = Asker(endpoint)
        try:
            if asker.ask("ASK {}").status == HTTPStatus.OK:
                return
        except OSError:
            time.sleep(1)  # seldom: a connection to a port that nobody listens on may meet itself, and keep the port
        finally:
            asker.close()


def _steps(file: Path) -> Iterator[Step]:
    """The file as a ledger would replay it, a piece at a time."""
    number = 0
    with file.open("rb") as lines:
        while piece := lines.readlines(_CHUNK_BYTES):
            number += 1
            yield Step(number, [zlib.compress(b"+\n" + b"".join(piece) + b"-\n", level=0)])


def _serve() -> None:
    """Build the store from a file and serve it, without what is warmed up for pages and matching."""
    parser = argparse.ArgumentParser(description=_serve.__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    settings = Settings(data_dir=options.directory, embedder="none")
    with EcoGraph.open(settings) as ecograph:
        ecograph.store.rebuild(_steps(options.file))
        ecograph.queries.start()
        app = create_app(ecograph, settings)
        uvicorn.run(app, host="127.0.0.1", port=options.port, lifespan="off", log_config=None)


if __name__ == "__main__":
    _serve()

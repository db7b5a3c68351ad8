"""Queries that mean harm: each costs its own worker, and others are still answered."""

from __future__ import annotations

import contextlib
import http.server
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

import ecograph
from ecograph.errors import QueryError, QueryRefused
from ecograph.isolation.pool import SlowLane
from ecograph.query.guard import AdmittedQuery, admit
from ecograph.query.workers import WorkerPool
from lacking import lacking

TIMEOUT_S = 1.0
LIGHT = admit("SELECT ?o { <http://example.org/7> ?p ?o }")


def chain(opening: str, closing: str, times: int) -> str:
    return "SELECT * {" + opening * times + closing * times + "}"


def bomb() -> str:
    steps = "".join(f"BIND(CONCAT({','.join([f'?a{n}'] * 10)}) AS ?a{n + 1}) " for n in range(11))
    return f"SELECT (STRLEN(?a11) AS ?x) {{ BIND('xxxxxxxxxx' AS ?a0) {steps} }}"


HOSTILE = {
    "cartesian product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "sorted product": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "large result": "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    "large graph": "CONSTRUCT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "nested groups": chain("{", "}", 4000),
    "nested groups under the limit": chain("{", "}", 90),
    "nested optionals": chain("OPTIONAL{?s ?p ?o ", "}", 90),
    "unclosed": "SELECT * {" * 90,
    "brackets": "SELECT * { FILTER(" + "(" * 9000 + ")",
    "not not not": "SELECT * { FILTER(" + "!" * 190_000 + "true) }",
    "long sum": "SELECT (" + "+".join(["1"] * 90_000) + " AS ?x) {}",
    "long path": "SELECT * { ?s " + "/".join(["<p:p>"] * 20_000) + " ?o }",
    "path of everything": "SELECT (COUNT(*) AS ?n) { ?a (!<p:q>|^!<p:q>)* ?b . ?c (!<p:q>)* ?d . ?e (!<p:r>)* ?f }",
    "many triples": "SELECT * {" + "?s ?p ?o . " * 15_000 + "}",
    "many unions": "SELECT * {" + " UNION ".join(["{?s ?p ?o}"] * 12_000) + "}",
    "string bomb": bomb(),
    "regular expression": "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '" + "(a?){50}" * 500 + "')) }",
    "group_concat": "SELECT (GROUP_CONCAT(?c) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three thousand synthetic statements."""
    base = tmp_path_factory.mktemp("hostile")
    store = Store(str(base / "live"))
    store.extend(
        Quad(
            NamedNode(f"http://example.org/{n}"),
            NamedNode("http://example.org/p"),
            Literal(n),
            NamedNode("http://example.org/g"),
        )
        for n in range(3000)
    )
    store.flush()
    store.backup(str(base / "generation"))
    return base / "generation"


@pytest.fixture(scope="module")
def pool(directory: Path) -> Iterator[WorkerPool]:
    """Two workers."""
    with WorkerPool(
        directory, size=2, queue=8, timeout_s=TIMEOUT_S, memory_bytes=256 << 20, result_bytes=1 << 20
    ) as workers:
        yield workers


def ask(pool: WorkerPool, text: str) -> str:
    """What becomes of a query: the code of its error, or "answered"."""
    try:
        return ending(pool, admit(text))
    except QueryError as error:
        return error.code


def ending(pool: WorkerPool, query: AdmittedQuery, client: str | None = None) -> str:
    """What becomes of a query that is let in."""
    try:
        pool.run(query, client=client)
    except QueryError as error:
        return error.code
    return "answered"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_query_ends_in_bounded_time(pool: WorkerPool, name: str) -> None:
    """
    A query that would take for ever, all memory or the whole stack is stopped at the deadline at the latest, with an
    error of ours, and the next query is answered.
    """
    outcome = ask(pool, HOSTILE[name])
    assert outcome in {"answered", "query-syntax", "query-timeout", "query-too-big", "query-too-complex"}
    assert b"7" in pool.run(LIGHT).body


def test_others_are_answered_meanwhile(directory: Path) -> None:
    """
    While four clients send endless queries one after the other, another one's light queries are answered, all of them.
    """
    stop = threading.Event()

    def attack(attacked: WorkerPool, client: str) -> set[str]:
        found = set()
        while not stop.is_set():
            found.add(ending(attacked, admit(HOSTILE["cartesian product"]), client))
        return found

    with WorkerPool(directory, size=2, queue=8, timeout_s=5) as pool, ThreadPoolExecutor(4) as attackers:
        pool.start()
        attacks = [attackers.submit(attack, pool, f"127.0.0.{n}") for n in range(2, 6)]
        try:
            for _ in range(200):
                assert b"7" in pool.run(LIGHT, client="127.0.0.1").body
        finally:
            stop.set()
            pool.close()
        ended = set[str]().union(*(each.result() for each in attacks))
    assert ended <= {"query-timeout", "query-busy"}


@pytest.mark.parametrize("count", [20, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_crashes_leave_nothing_behind(directory: Path, count: int) -> None:
    """
    After hundreds of workers have died, one after the other, there is no zombie, no descriptor more, and the pool
    answers.
    """
    me = psutil.Process()
    never_slow = SlowLane(size=2, after_s=60, per_minute=1_000_000)
    with WorkerPool(directory, size=2, timeout_s=30, memory_bytes=16 << 20, slow=never_slow) as pool:
        pool.start()
        pool.run(LIGHT)
        workers, descriptors = len(pool.pids), me.num_fds()
        crash = AdmittedQuery("SELECT", HOSTILE["sorted product"])
        with ThreadPoolExecutor(2) as threads:
            codes = list(threads.map(lambda n: ending(pool, crash, f"127.0.0.{n % 4 + 2}"), range(count)))
        assert codes == ["query-too-big"] * count
        assert b"7" in pool.run(LIGHT).body
        assert len(pool.pids) <= workers
        assert all(child.status() != psutil.STATUS_ZOMBIE for child in me.children())
        assert me.num_fds() <= descriptors


class TestReachingOut:
    """A server on loopback counts who calls; nobody may."""

    @pytest.fixture
    def calls(self) -> Iterator[tuple[str, list[str]]]:
        seen: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append(self.path)
                self.send_response(404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}", seen
            server.shutdown()

    def test_guard_refuses_every_way_out(self, pool: WorkerPool, calls: tuple[str, list[str]]) -> None:
        """
        SERVICE, LOAD and FROM are refused before anything is called.
        """
        address, seen = calls
        for text in (
            f"SELECT * {{ SERVICE <{address}/a> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ BIND(<{address}/a> AS ?x) SERVICE SILENT ?x {{ ?s ?p ?o }} }}",
            f"PREFIX : <{address}/> SELECT * {{ SERVICE:a {{ ?s ?p ?o }} }}",
            f"LOAD <{address}/a>",
            f"SELECT * FROM <{address}/a> {{ ?s ?p ?o }}",
            f"SELECT * FROM NAMED <{address}/a> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        ):
            with pytest.raises(QueryRefused):
                pool.run(admit(text))
        assert seen == []

    def test_worker_could_not_reach_out_anyway(self, pool: WorkerPool, calls: tuple[str, list[str]]) -> None:
        """
        A SERVICE that got past the guard would find no network.
        """
        address, seen = calls
        pool.run(LIGHT)
        if pool._idle[-1].isolated is False:
            lacking("the system allows no namespaces")
        smuggled = AdmittedQuery("SELECT", f"SELECT * {{ SERVICE <{address}/a> {{ ?s ?p ?o }} }}")
        with pytest.raises(RuntimeError):
            pool.run(smuggled)
        assert seen == []

    def test_smuggled_probes_open_nothing(self, directory: Path, calls: tuple[str, list[str]], tmp_path: Path) -> None:
        """
        Whatever would reach out, handed to a worker past the guard: the kernel sees no connection, and no file opened
        outside the generation.
        """
        address, seen = calls
        log = tmp_path / "calls.txt"
        with WorkerPool(directory, size=1, timeout_s=30) as pool:
            pool.run(LIGHT)
            with traced(pool.pids[0], log):
                for text in (
                    f"SELECT * {{ SERVICE <{address}/a> {{ ?s ?p ?o }} }}",
                    f"SELECT * {{ SERVICE SILENT <{address}/b> {{ ?s ?p ?o }} }}",
                    "SELECT * { SERVICE SILENT <file:///etc/passwd> { ?s ?p ?o } }",
                    f"LOAD <{address}/c>",
                    "LOAD <file:///etc/passwd>",
                    f"SELECT * FROM <{address}/d> {{ ?s ?p ?o }}",
                    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
                ):
                    for graphs in (None, (f"{address}/e",), ("file:///etc/passwd",)):
                        with contextlib.suppress(QueryError, RuntimeError):
                            pool.run(AdmittedQuery("SELECT", text, graphs))
                pool.run(LIGHT)
        said = log.read_text()
        assert seen == []
        assert not re.search(r"\bconnect\(", said)
        assert not re.search(r"\bsocket\(.*= \d+$", said, re.MULTILINE), "a socket was made"
        opened = set(re.findall(r'\bopen(?:at2?)?\((?:AT_FDCWD, )?"([^"]+)".*= \d+$', said, re.MULTILINE))
        package = str(Path(ecograph.__file__).parent)  # read for the trace of what went wrong
        own = (str(directory), "/proc/self/", "/proc/sys/vm/", package, sys.base_prefix, sys.prefix)
        assert {path for path in opened if not path.startswith(own)} == set()


@contextlib.contextmanager
def traced(pid: int, log: Path) -> Iterator[None]:
    """While it lasts, the system calls of a process that name files or the network are written down."""
    strace = shutil.which("strace")
    if strace is None:
        lacking("there is no strace")
    command = [strace, "-f", "-e", "trace=%file,%network", "-o", str(log), "-p", str(pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        if "attached" not in (first := tracer.stderr.readline()):
            lacking(f"strace cannot attach: {first.strip()}")
        yield
        tracer.send_signal(signal.SIGINT)

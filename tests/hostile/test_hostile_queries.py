"""Queries that mean harm: each costs its own worker, and others are still answered."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from ecograph.errors import QueryError, QueryRefused
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
        pool.run(admit(text))
    except QueryError as error:
        return error.code
    return "answered"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_query_ends_in_bounded_time(pool: WorkerPool, name: str) -> None:
    """
    A query that would take for ever, all memory or the whole stack is stopped at the deadline at the latest, with an
    error of ours, and the next query is answered.
    """
    started = time.monotonic()
    outcome = ask(pool, HOSTILE[name])
    assert time.monotonic() - started < TIMEOUT_S + 3, outcome
    assert outcome in {"answered", "query-syntax", "query-timeout", "query-too-big", "query-too-complex"}
    assert b"7" in pool.run(LIGHT).body


def test_others_are_answered_meanwhile(pool: WorkerPool) -> None:
    """
    While one client sends endless queries one after the other, another one's light queries are answered.
    """
    stop = threading.Event()

    def attack() -> None:
        while not stop.is_set():
            ask(pool, HOSTILE["cartesian product"])

    with ThreadPoolExecutor(1) as attacker:
        attacker.submit(attack)
        time.sleep(0.3)
        slowest = 0.0
        for _ in range(50):
            started = time.monotonic()
            assert b"7" in pool.run(LIGHT).body
            slowest = max(slowest, time.monotonic() - started)
        stop.set()
    assert slowest < TIMEOUT_S


def test_crashes_leave_nothing_behind(directory: Path) -> None:
    """
    After many workers have died there is no zombie, no descriptor more, and the pool answers.
    """
    me = psutil.Process()
    with WorkerPool(directory, size=2, timeout_s=5, memory_bytes=16 << 20) as pool:
        pool.run(LIGHT)
        children, descriptors = len(me.children()), me.num_fds()
        crash = AdmittedQuery("SELECT", HOSTILE["sorted product"])
        for _ in range(20):
            with pytest.raises(QueryError):
                pool.run(crash)
        assert b"7" in pool.run(LIGHT).body
        assert len(me.children()) <= children
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

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from ecograph.errors import NotAcceptable, QueryBusy, QueryError, QueryRefused, QuerySyntax, QueryTimeout, QueryTooBig
from ecograph.isolation.pool import SlowLane
from ecograph.query.guard import admit
from ecograph.query.workers import WorkerPool
from lacking import lacking

from .conftest import generation

COUNT = admit("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
ENDLESS = admit("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")


def number(pool: WorkerPool, directory: Path | None = None) -> int:
    return int(json.loads(pool.run(COUNT, directory=directory).body)["results"]["bindings"][0]["n"]["value"])


class TestAnswers:
    def test_default_graph_is_the_union(self, pool: WorkerPool) -> None:
        """
        A query sees what every publisher has published.
        """
        assert number(pool) == 2000

    def test_from_narrows_to_graphs_of_the_store(self, pool: WorkerPool) -> None:
        """
        FROM asks one graph; a graph that is not there is refused and never fetched.
        """
        one = admit("SELECT (COUNT(*) AS ?n) FROM <http://example.org/graph/a> { ?s ?p ?o }")
        assert b'"1000"' in pool.run(one).body
        with pytest.raises(QueryRefused):
            pool.run(admit("ASK FROM <http://127.0.0.1:1/> { ?s ?p ?o }"))
        with pytest.raises(QueryRefused):
            pool.run(admit("ASK FROM <no iri> { ?s ?p ?o }".replace("no iri", "relative")))

    def test_rows_are_cut_and_said_to_be(self, pool: WorkerPool) -> None:
        """
        A caller that shows few rows gets few, and learns that there are more.
        """
        query = admit("SELECT ?s { ?s ?p ?o } ORDER BY ?s")
        answer = pool.run(query, "text/csv", rows=2)
        assert (len(answer.body.splitlines()), answer.truncated) == (3, True)
        assert not pool.run(query, "text/csv", rows=2000).truncated
        assert pool.run(admit("CONSTRUCT WHERE { ?s ?p ?o }"), "application/n-triples", rows=2).truncated

    def test_format_that_does_not_fit_the_form_is_refused(self, pool: WorkerPool) -> None:
        """
        Rows cannot be written as Turtle.
        """
        with pytest.raises(NotAcceptable):
            pool.run(COUNT, "text/turtle")

    def test_syntax_error_has_a_place_and_a_readable_reason(self, pool: WorkerPool) -> None:
        """
        The engine's own notation for sets of characters is left out.
        """
        with pytest.raises(QuerySyntax) as fault:
            pool.run(admit("SELECT * {\n ?s"))
        assert fault.value.values["line"] == 2
        assert "..=" not in str(fault.value)

    def test_next_generation_is_asked_after_a_switch(self, pool: WorkerPool, tmp_path: Path) -> None:
        """
        A running pool goes over to a new revision, and an older one can still be asked by its directory.
        """
        before = pool.directory
        assert number(pool) == 2000
        pool.switch(generation(tmp_path, 10))
        assert number(pool) == 10
        assert number(pool, before) == 2000
        assert number(pool) == 10


class TestLimits:
    def test_deadline_kills(self, pool: WorkerPool) -> None:
        """
        An endless query ends at its deadline, and the next one is answered.
        """
        started = time.monotonic()
        with pytest.raises(QueryTimeout):
            pool.run(ENDLESS)
        assert time.monotonic() - started < 4
        assert number(pool) == 2000

    def test_caller_may_ask_for_less_time_but_not_more(self, pool: WorkerPool) -> None:
        """
        A deadline is shortened by a caller, never stretched.
        """
        with pytest.raises(QueryTimeout) as short:
            pool.run(ENDLESS, timeout_s=0.2)
        assert short.value.values["seconds"] == "0.2"
        with pytest.raises(QueryTimeout) as long:
            pool.run(ENDLESS, timeout_s=100)
        assert long.value.values["seconds"] == "1.5"

    def test_result_over_the_limit_is_an_error_before_its_first_byte(self, pool: WorkerPool) -> None:
        """
        A result too large is not sent in part.
        """
        with pytest.raises(QueryTooBig) as big:
            pool.run(admit("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"))
        assert big.value.values["limit"] == "1 MB"
        with pytest.raises(QueryTooBig):
            pool.run(admit("CONSTRUCT { ?a ?e ?f } WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"))

    def test_memory_over_the_limit_costs_the_worker_only(self, directory: Path) -> None:
        """
        A query that sorts more than fits is stopped by the cap, and said to be, with the pattern that makes it large.
        """
        with WorkerPool(directory, size=1, timeout_s=30, memory_bytes=64 << 20) as pool:
            with pytest.raises(QueryTooBig) as big:
                pool.run(admit("SELECT * { ?a ?b ?c .\n ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"))
            assert big.value.values["limit"] == "64 MB"
            assert (big.value.values["cost"], big.value.values["line"]) == ("cartesian", 2)
            assert "Linje 2" in big.value.message("da")
            assert number(pool) == 2000

    def test_size_is_a_limit_of_its_own(self, directory: Path) -> None:
        """
        A result that is too long is refused although it would fit into memory.
        """
        with (
            WorkerPool(directory, size=1, timeout_s=30, result_bytes=20_000) as pool,
            pytest.raises(QueryTooBig) as big,
        ):
            pool.run(admit("SELECT * { ?s ?p ?o }"))
        assert big.value.values["limit"] == "19.5312 kB"


class TestRows:
    @pytest.fixture
    def short(self, directory: Path) -> Iterator[WorkerPool]:
        """A pool whose results have ten rows at most."""
        with WorkerPool(directory, size=1, timeout_s=30, rows=10) as pool:
            yield pool

    @pytest.mark.parametrize(
        ("accept", "said"),
        [
            ("application/sparql-results+json", b'"link":["https://w3id.org/ecograph/sparql#cut"]'),
            ("application/sparql-results+xml", b'<link href="https://w3id.org/ecograph/sparql#cut"/></head>'),
            ("text/csv", b""),
            ("text/tab-separated-values", b""),
        ],
    )
    def test_rows_that_are_cut_say_so(self, short: WorkerPool, accept: str, said: bytes) -> None:
        """
        A result that is cut at the limit is still a result of its format, and its head links to why it ends.
        """
        answer = short.run(admit("SELECT ?s { ?s ?p ?o }"), accept)
        assert answer.truncated
        assert said in answer.body
        form = {"json": QueryResultsFormat.JSON, "xml": QueryResultsFormat.XML}.get(accept.rpartition("+")[2])
        if form:
            found = parse_query_results(answer.body, form)
            assert isinstance(found, QuerySolutions)
            assert len(list(found)) == 10
        else:
            assert len(answer.body.splitlines()) == 11
        whole = short.run(admit("SELECT ?s { ?s ?p ?o } LIMIT 10"), accept)
        assert not whole.truncated
        assert b"#cut" not in whole.body

    @pytest.mark.parametrize(
        ("accept", "form", "said"),
        [
            ("text/turtle", RdfFormat.TURTLE, b"# cut: there is more"),
            ("application/n-triples", RdfFormat.N_TRIPLES, b"# cut: there is more"),
            ("application/rdf+xml", RdfFormat.RDF_XML, b"<!-- cut: there is more"),
            ("application/ld+json", RdfFormat.JSON_LD, b""),
        ],
    )
    def test_triples_that_are_cut_say_so(self, short: WorkerPool, accept: str, form: RdfFormat, said: bytes) -> None:
        """
        A graph that is cut at the limit is still a graph, and says so where the format has comments.
        """
        answer = short.run(admit("CONSTRUCT WHERE { ?s ?p ?o }"), accept)
        assert answer.truncated
        assert said in answer.body
        assert len(list(parse(answer.body, form))) == 10

    def test_long_result_is_cut_exactly(self, tmp_path: Path) -> None:
        """
        A limit of many rows is kept to the row, whatever LIMIT, OFFSET or VALUES the query ends with.
        """
        with WorkerPool(generation(tmp_path, 12_002), size=1, timeout_s=30, rows=12_000) as pool:
            for text, rows, cut in (
                ("SELECT ?s { ?s ?p ?o }", 12_000, True),
                ("SELECT ?s { ?s ?p ?o } LIMIT 12001", 12_000, True),
                ("SELECT ?s { ?s ?p ?o } LIMIT 12000", 12_000, False),
                ("SELECT ?s { ?s ?p ?o } OFFSET 2", 12_000, False),
                ("SELECT ?s { ?s ?p ?o } OFFSET 1", 12_000, True),
                ("SELECT ?s ?x { ?s ?p ?o } VALUES ?x { 1 }", 12_000, True),
                ("SELECT ?x { ?s ?p ?o BIND('a},{b' AS ?x) } LIMIT 7000", 7_000, False),
            ):
                answer = pool.run(admit(text))
                assert (len(json.loads(answer.body)["results"]["bindings"]), answer.truncated) == (rows, cut), text


class TestLanes:
    def test_slow_queries_leave_their_places_to_others(self, directory: Path) -> None:
        """
        While as many endless queries as there are places run, another client's light query is answered.
        """
        slow = SlowLane(size=2, after_s=0.1, per_minute=1)
        with (
            WorkerPool(directory, size=1, queue=4, timeout_s=3, slow=slow) as pool,
            ThreadPoolExecutor(3) as threads,
        ):
            pool.start()
            running = [threads.submit(pool.run, ENDLESS, client=f"127.0.0.{n}") for n in (2, 3)]
            for _ in range(5):
                assert b"2000" in pool.run(COUNT, client="127.0.0.1").body
            assert not any(each.done() for each in running)
            # Their next queries begin among the slow ones, where there is no place yet.
            waiting = threads.submit(pool.run, COUNT, client="127.0.0.2")
            assert isinstance(running[0].exception(), QueryTimeout)
            assert b"2000" in waiting.result().body

    def test_query_without_a_slow_place_waits_stopped(self, directory: Path) -> None:
        """
        A slow query beyond the slow places uses no processor until one comes free, and is then finished.
        """
        slow = SlowLane(size=1, after_s=0.02, per_minute=9)
        long = admit("SELECT (COUNT(*) AS ?n) { SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 300000 }")
        with (
            WorkerPool(directory, size=2, queue=4, timeout_s=60, slow=slow) as pool,
            ThreadPoolExecutor(3) as threads,
        ):
            found = [threads.submit(pool.run, long, client=f"127.0.0.{n}") for n in (1, 2)]
            assert all(b'"300000"' in each.result().body for each in found)

    def test_full_queue_answers_at_once(self, directory: Path) -> None:
        """
        With every place taken and the queue full, a query is turned away with a time to come back.
        """
        slow = SlowLane(size=1, after_s=0.05, per_minute=1)
        with (
            WorkerPool(directory, size=1, queue=1, timeout_s=2, slow=slow) as pool,
            ThreadPoolExecutor(3) as threads,
        ):
            with pytest.raises(QueryTimeout):
                pool.run(ENDLESS, client="a", timeout_s=0.5)
            running = [threads.submit(pool.run, ENDLESS, client="a") for _ in range(2)]
            time.sleep(0.5)
            with pytest.raises(QueryBusy) as busy:
                pool.run(COUNT, client="a")
            assert busy.value.values["seconds"] == 2
            assert number(pool) == 2000
            assert isinstance(running[0].exception(), QueryTimeout)


class TestProcesses:
    def test_worker_has_no_network(self, pool: WorkerPool) -> None:
        """
        A worker sits in a network namespace of its own, where the system allows one.
        """
        number(pool)
        own, theirs = (Path(f"/proc/{pid}/ns/net").readlink() for pid in (os.getpid(), pool.pids[0]))
        if pool._idle[0].isolated is False:
            lacking("the system allows no namespaces")
        assert own != theirs

    def test_worker_that_dies_while_idle_is_replaced(self, pool: WorkerPool) -> None:
        """
        A worker killed by the system is not noticed by the next query.
        """
        number(pool)
        (pid,) = pool.pids
        os.kill(pid, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(pid)], timeout=0.2)
        assert number(pool) == 2000
        assert pool.pids != (pid,)

    def test_nothing_is_left_behind(self, directory: Path) -> None:
        """
        After queries that were killed and a closed pool there is no child process and no open descriptor more.
        """
        me = psutil.Process()
        children, descriptors = {child.pid for child in me.children()}, me.num_fds()
        with WorkerPool(directory, size=2, timeout_s=0.1) as pool:
            for _ in range(5):
                with pytest.raises(QueryTimeout):
                    pool.run(ENDLESS)
            number_of_idle = len(pool.pids)
            assert number_of_idle <= 2
        assert {child.pid for child in me.children()} == children
        assert me.num_fds() == descriptors

    def test_closing_ends_running_queries(self, directory: Path) -> None:
        """
        A service that stops does not wait for a query; later ones are turned away.
        """
        pool = WorkerPool(directory, timeout_s=30)
        found: list[BaseException | None] = []

        def run() -> None:
            try:
                pool.run(ENDLESS)
            except QueryError as error:
                found.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(0.7)
        pool.close()
        thread.join(timeout=5)
        assert isinstance(found[0], QueryBusy)
        with pytest.raises(QueryBusy):
            pool.run(COUNT)

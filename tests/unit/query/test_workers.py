from __future__ import annotations

import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from ecograph.errors import NotAcceptable, QueryBusy, QueryError, QueryRefused, QuerySyntax, QueryTimeout, QueryTooBig
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
            pool.run(admit("SELECT * { ?a ?b ?c . ?d ?e ?f }"))
        assert big.value.values["limit"] == "1 MB"
        with pytest.raises(QueryTooBig):
            pool.run(admit("CONSTRUCT { ?a ?e ?f } WHERE { ?a ?b ?c . ?d ?e ?f }"))

    def test_memory_over_the_limit_costs_the_worker_only(self, pool: WorkerPool) -> None:
        """
        A query that sorts more than fits is stopped by the cap, and said to be.
        """
        with pytest.raises(QueryTooBig) as big:
            pool.run(admit("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"))
        assert big.value.values["limit"] == "256 MB"
        assert number(pool) == 2000

    def test_full_queue_answers_at_once(self, pool: WorkerPool) -> None:
        """
        With every worker taken and the queue full, a query is turned away with a time to come back.
        """
        with ThreadPoolExecutor(3) as threads:
            running = [threads.submit(pool.run, ENDLESS) for _ in range(3)]
            time.sleep(0.7)
            started = time.monotonic()
            with pytest.raises(QueryBusy) as busy:
                pool.run(COUNT)
            assert time.monotonic() - started < 0.5
            assert busy.value.values["seconds"] == 2
            assert all(isinstance(each.exception(), QueryError) for each in running)
        assert number(pool) == 2000


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

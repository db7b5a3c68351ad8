"""People's SPARQL over a server: the answers, limits and errors of the embedded store."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from contract.conftest import Tried
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.errors import (
    NotAcceptable,
    QueryBusy,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
    QueryTooBig,
    StoreUnavailable,
)
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.namespaces import ECO
from ecograph.query.guard import admit
from ecograph.query.remote import RemoteAnswers
from ecograph.query.workers import Answers, WorkerPool
from ecograph.rdf.patch import Patch
from ecograph.store.endpoint import Address, Endpoint
from ecograph.store.oxigraph import EmbeddedStore
from ecograph.store.remote import RemoteStore
from service import serving

HERE, THERE = graph_iri("synthetic-shore"), graph_iri("synthetic-hill")
# Hours of work for any engine, and no row before the end of it.
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . "
    "FILTER(CONCAT(STR(?a), STR(?d), STR(?g), STR(?j), STR(?m)) = 'x') }"
)
# Virtuoso lets nobody write what an endless query still reads, and so would hold up the tests after this one.
LETS_WRITE = pytest.mark.parametrize("remote", ["oxigraph"], indirect=True)
PATCH = Patch(
    (
        *(
            Quad(thing_iri("need", f"n{number:03}"), ECO.note, Literal(f"Ærø {number}", language="da"), HERE)
            for number in range(300)
        ),
        Quad(thing_iri("need", "n000"), ECO.year, Literal(2026), THERE),
        Quad(thing_iri("need", "n000"), ECO.owner, NamedNode("https://example.org/å"), THERE),
    )
)


class Served:
    """The same graph on a server and in the embedded store."""

    def __init__(self, tried: Tried, store: RemoteStore, embedded: WorkerPool) -> None:
        self.engine = tried
        self.store = store
        self.embedded = embedded

    def answers(self, **limits: float) -> RemoteAnswers:
        return RemoteAnswers(self.store.endpoint, **limits)  # type: ignore[arg-type]


@pytest.fixture
def served(remote: Tried, tmp_path: Path) -> Iterator[Served]:
    store = remote.empty(tmp_path)
    assert isinstance(store, RemoteStore)
    embedded = EmbeddedStore.open(tmp_path / "store")
    for each in (store, embedded):
        each.apply(1, PATCH)
        each.switch()
    with embedded.snapshot() as snapshot:
        pool = WorkerPool(snapshot.path, size=1)
        yield Served(remote, store, pool)
        pool.close()
    embedded.close()
    store.close()


class TestAnswers:
    @pytest.mark.parametrize(
        "query",
        [
            f"SELECT ?need ?note ?none WHERE {{ ?need {ECO.note} ?note }} ORDER BY ?need",
            f"SELECT ?need (COUNT(*) AS ?count) WHERE {{ ?need {ECO.note} ?note ; ?p ?o }} GROUP BY ?need "
            "ORDER BY DESC(?count) ?need LIMIT 5",
            f"SELECT ?graph WHERE {{ GRAPH ?graph {{ ?need {ECO.owner} ?owner }} }}",
            f"SELECT ?o FROM {THERE} WHERE {{ {thing_iri('need', 'n000')} ?p ?o }} ORDER BY STR(?o)",
            f"ASK {{ ?need {ECO.year} 2026 }}",
            f"ASK {{ ?need {ECO.year} 2027 }}",
        ],
    )
    def test_server_answers_as_the_embedded_store_does(self, served: Served, query: str) -> None:
        """
        The same query has the same answer from a server as from the embedded store, in every format of results.
        """
        answers: Answers = served.answers()
        for accept in ("application/sparql-results+json", "text/csv", "text/tab-separated-values"):
            if query.startswith("ASK") and "json" not in accept:
                continue
            ours, theirs = (each.run(admit(query), accept) for each in (served.embedded, answers))
            assert theirs.media_type == ours.media_type
            assert _read(theirs.body, accept) == _read(ours.body, accept)
            assert not theirs.truncated

    def test_graphs_are_written_in_every_format(self, served: Served) -> None:
        """
        What CONSTRUCT builds is written as the client asks, with the same triples.
        """
        query = admit(f"CONSTRUCT WHERE {{ ?need {ECO.year} ?year }}")
        for accept in ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"):
            ours, theirs = (each.run(query, accept) for each in (served.embedded, served.answers()))
            assert (theirs.body, theirs.media_type) == (ours.body, ours.media_type)
        with pytest.raises(NotAcceptable):
            served.answers().run(query, "text/csv")

    def test_cut_answer_says_so(self, served: Served) -> None:
        """
        A result with more rows, or triples, than were asked for is cut there and says so.
        """
        query = admit(f"SELECT ?need WHERE {{ ?need {ECO.note} ?note }}")
        answer = served.answers().run(query, "text/csv", rows=7)
        assert (len(answer.body.splitlines()), answer.truncated) == (8, True)
        assert served.answers(rows=9).run(query, "text/csv", rows=20).body.count(b"\n") == 10
        triples = admit(f"CONSTRUCT WHERE {{ ?need {ECO.note} ?note }}")
        graph = served.answers().run(triples, "application/n-triples", rows=7)
        assert (len(graph.body.splitlines()), graph.truncated) == (7, True)


class TestLimits:
    def test_unknown_graph_is_refused(self, served: Served) -> None:
        """
        FROM reaches graphs of the store only, also where the engine would fetch another or see nothing in it.
        """
        for graph in ("https://example.org/none", "not an iri"):
            with pytest.raises(QueryRefused):
                served.answers().run(admit("SELECT * WHERE { ?s ?p ?o }").over([graph], []))

    def test_fault_in_a_query_is_the_analysts(self, served: Served) -> None:
        """
        A query that the engine cannot parse is an error of syntax, with the line that the engine says.
        """
        with pytest.raises(QuerySyntax) as caught:
            served.answers().run(admit("SELECT ?s WHERE {\n ?s ?p }"))
        assert caught.value.values["line"] in (1, 2)

    @LETS_WRITE
    def test_endless_query_is_left_at_the_deadline(self, served: Served) -> None:
        """
        A query that takes longer than the deadline is an error, and the next one is answered.
        """
        answers = served.answers(timeout_s=0.5)
        with pytest.raises(QueryTimeout):
            answers.run(admit(ENDLESS))
        assert json.loads(answers.run(admit(f"ASK {{ ?s {ECO.year} ?o }}"), timeout_s=0.4).body)["boolean"]

    def test_large_result_is_refused(self, served: Served) -> None:
        """
        A result above the limit in bytes is an error rather than a part.
        """
        with pytest.raises(QueryTooBig):
            served.answers(result_bytes=2_000).run(admit("SELECT * WHERE { ?s ?p ?o }"), "text/csv")

    @LETS_WRITE
    def test_what_comes_when_all_places_are_taken_is_told_so(self, served: Served) -> None:
        """
        With every place and the queue taken, the next query is told to come again.
        """
        answers = served.answers(size=1, queue=0, timeout_s=1.5)
        waiting = threading.Thread(target=lambda: _ignored(answers))
        waiting.start()
        time.sleep(0.3)
        with pytest.raises(QueryBusy):
            answers.run(admit("ASK {}"))
        waiting.join()


class TestService:
    @LETS_WRITE
    def test_service_has_as_many_places_as_its_settings_say(self, served: Served, tmp_path: Path) -> None:
        """
        Quick and slow places together are answered from a server at a time; who comes then is told when to try again.
        """
        settings = Settings(
            data_dir=tmp_path,
            store_url=served.engine.address.query,
            query_workers=1,
            query_slow_workers=1,
            query_queue=0,
        )
        with EcoGraph.read(settings) as ecograph, serving(ecograph) as url, ThreadPoolExecutor(2) as threads:
            endless = [threads.submit(httpx.post, f"{url}/sparql", data={"query": ENDLESS}, timeout=30) for _ in "ab"]
            time.sleep(0.5)
            refused = httpx.post(f"{url}/sparql", data={"query": "ASK {}"})
            assert (refused.status_code, refused.json()["code"]) == (503, "query-busy")
            assert refused.headers["retry-after"] == "2"
            assert [each.result().status_code for each in endless] == [503, 503]
            assert httpx.post(f"{url}/sparql", data={"query": "ASK {}"}).json()["boolean"]


class TestUnreachable:
    def test_server_that_is_not_there_is_the_operators(self) -> None:
        """
        A server that does not answer is named in an error for the operator.
        """
        endpoint = Endpoint(Address("http://127.0.0.1:9/query"))
        with pytest.raises(StoreUnavailable) as caught:
            RemoteAnswers(endpoint).run(admit("ASK {}"))
        assert "127.0.0.1:9" in caught.value.message("sv")
        endpoint.close()


def _read(body: bytes, accept: str) -> object:
    if "json" in accept:
        found = json.loads(body)
        return found.get("boolean", found.get("results"))
    delimiter = "\t" if "tab" in accept else ","
    return list(csv.reader(io.StringIO(body.decode()), delimiter=delimiter))


def _ignored(answers: RemoteAnswers) -> None:
    with pytest.raises(QueryTimeout):
        answers.run(admit(ENDLESS))

"""Who waits for whom, when people's SPARQL is answered by a server; a synthetic one, which answers when it is told."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from ecograph.errors import EcoGraphError, QueryBusy, QueryRefused, QuerySyntax, QueryTimeout, StoreUnavailable
from ecograph.query.guard import admit
from ecograph.query.remote import RemoteAnswers
from ecograph.query.workers import Answer
from ecograph.store.endpoint import Address, Endpoint
from unit.federate import conftest as servers
from unit.federate.conftest import Elsewhere, elsewhere

XML = {"Content-Type": "application/sparql-results+xml"}
TRUTH = '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>{}</boolean></sparql>'
PATIENCE_S = 20.0
"""Nothing here takes as long."""


@dataclass
class Server:
    """A server that holds each query whose graph is named `held-…` until it is let go."""

    endpoint: Endpoint
    seen: Elsewhere
    let_go: dict[str, threading.Event] = field(default_factory=lambda: defaultdict(threading.Event))

    def answers(self, **limits: float) -> RemoteAnswers:
        return RemoteAnswers(self.endpoint, **limits)  # type: ignore[arg-type]

    def has(self, *names: str) -> bool:
        """Whether it was asked just that, in that order."""
        return self.seen.queries == [query(name) for name in names]


@pytest.fixture
def server() -> Iterator[Server]:
    def respond(_place: int, asked: str) -> servers.Answer:
        name = asked.partition("urn:")[2].partition(">")[0]
        if name.startswith("held"):
            found.let_go[name].wait(PATIENCE_S)
        status = int(name) if name.isdigit() else 200
        known = "false" if name == "unknown" else "true"
        return servers.Answer(TRUTH.format(known).encode(), status, XML)

    with elsewhere(respond) as seen:
        endpoint = Endpoint(Address(seen.url))
        found = Server(endpoint, seen)
        try:
            yield found
        finally:
            for held in found.let_go.values():
                held.set()
            endpoint.close()


def query(name: str) -> str:
    return f"ASK {{ GRAPH <urn:{name}> {{}} }}"


class Crowd:
    """Clients that ask at the same time, each once the one before it has its place or waits for one."""

    def __init__(self, answers: RemoteAnswers, server: Server) -> None:
        self.answers = answers
        self.server = server
        self.threads = ThreadPoolExecutor(9)

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        for held in self.server.let_go.values():
            held.set()
        self.threads.shutdown()

    def asks(self, client: str, name: str) -> Future[Answer]:
        before = self._known()
        future = self.threads.submit(self.answers.run, admit(query(name)), client=client)
        wait_until(lambda: self._known() > before or future.done())
        return future

    def _known(self) -> int:
        return len(self.server.seen.queries) + len(self.answers._lane._waiting)


def wait_until(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


class TestShares:
    def test_place_goes_to_the_client_with_fewest(self, server: Server) -> None:
        """
        A client that has every place of a server waits for its next one behind a client that has none.
        """
        with Crowd(server.answers(size=2, queue=9), server) as crowd:
            for name in ("held-1", "held-2", "third"):
                crowd.asks("greedy", name)
            other = crowd.asks("other", "other")
            assert server.has("held-1", "held-2")
            server.let_go["held-1"].set()
            other.result(PATIENCE_S)
            wait_until(lambda: server.has("held-1", "held-2", "other", "third"))

    def test_full_queue_makes_room_for_another_client(self, server: Server) -> None:
        """
        When the queue is full, the last query of the client with the most in it is told to come again, with seconds.
        """
        with Crowd(server.answers(size=1, queue=2), server) as crowd:
            crowd.asks("greedy", "held")
            waiting = [crowd.asks("greedy", name) for name in ("second", "third")]
            other = crowd.threads.submit(crowd.answers.run, admit(query("other")), client="other")
            with pytest.raises(QueryBusy) as told:
                waiting[1].result(PATIENCE_S)
            assert told.value.values["seconds"] == 2
            with pytest.raises(QueryBusy):
                crowd.answers.run(admit(query("fourth")), client="greedy")
            server.let_go["held"].set()
            assert b"true" in other.result(PATIENCE_S).body
            assert b"true" in waiting[0].result(PATIENCE_S).body

    def test_whoever_waits_too_long_is_told_so(self, server: Server) -> None:
        """
        Nobody waits for a place longer than a query may take.
        """
        with Crowd(server.answers(size=1, queue=1), server) as crowd:
            crowd.asks("greedy", "held")
            with pytest.raises(QueryBusy):
                crowd.answers.run(admit(query("other")), client="other", timeout_s=0.05)

    def test_closing_turns_away_who_waits(self, server: Server) -> None:
        """
        When the service ends, whoever waits for a place is told at once.
        """
        with Crowd(server.answers(size=1, queue=1), server) as crowd:
            crowd.asks("a", "held")
            waiting = crowd.asks("b", "b")
            crowd.answers.close()
            with pytest.raises(QueryBusy):
                waiting.result(PATIENCE_S)


class TestRelease:
    @pytest.mark.parametrize(
        ("name", "error"),
        [("500", StoreUnavailable), ("400", QuerySyntax), ("held", QueryTimeout)],
    )
    def test_place_comes_back_after_a_failure(self, server: Server, name: str, error: type[EcoGraphError]) -> None:
        """
        A query that fails, or is left at the deadline, leaves its place to the next one.
        """
        answers = server.answers(size=1, queue=0)
        with pytest.raises(error):
            answers.run(admit(query(name)), client="a", timeout_s=0.2)
        assert b"true" in answers.run(admit(query("next")), client="b").body

    def test_place_comes_back_after_a_refusal(self, server: Server) -> None:
        """
        A query over a graph that the server does not have leaves its place, too.
        """
        answers = server.answers(size=1, queue=0)
        with pytest.raises(QueryRefused):
            answers.run(admit(query("any")).over(["urn:unknown"], []), client="a")
        assert b"true" in answers.run(admit(query("next")), client="a").body

"""Facts about how somebody else's endpoint is asked, and what is taken of its answers."""

from __future__ import annotations

import pytest

from ecograph.errors import BadParameter, HarvestStopped
from ecograph.federate.endpoint import Endpoint, Manners
from unit.federate.conftest import RESULTS, Answer, elsewhere, iri, quick, results, words

ONE = results(["a"], {"a": words("å")})
NONE = results(["a"])
A = frozenset({"a"})
QUERY = "SELECT ?a { ?a ?b ?c }"


def stopped(endpoint: Endpoint, rows: int = 10) -> str:
    """Why the endpoint's answer is not taken."""
    with pytest.raises(HarvestStopped) as found:
        endpoint.ask(QUERY, A, rows)
    return str(found.value.values["reason"])


class TestAsking:
    def test_answer_is_terms(self) -> None:
        """
        A row holds RDF terms; the request says who asks, and carries the query.
        """
        with elsewhere([Answer(ONE)]) as server:
            endpoint = Endpoint(server.url, Manners(contact="https://example.org/kontakt\r\nX-Evil: 1", delay_s=0))
            (row,) = endpoint.ask(QUERY, A)
        assert row["a"].value == "å"
        assert server.queries == [QUERY]
        assert server.agents[0].startswith("EcoGraph/")
        assert "https://example.org/kontakt" in server.agents[0]
        assert "\n" not in server.agents[0]

    def test_another_machine_is_asked_only_with_a_contact(self) -> None:
        """
        Somebody must answer for requests to another machine; addresses that are no endpoint are refused.
        """
        with pytest.raises(BadParameter):
            Endpoint("https://example.org/sparql")
        Endpoint("https://example.org/sparql", Manners(contact="https://example.org/kontakt"))
        for url in ("file:///etc/passwd", "ftp://localhost/x", "http://user:secret@localhost/sparql", "localhost", ""):
            with pytest.raises(BadParameter):
                Endpoint(url, Manners(contact="x"))

    def test_there_is_a_pause_before_each_further_request(self) -> None:
        """
        The second request waits until the pause since the first is over.
        """
        waited: list[float] = []
        with elsewhere([Answer(ONE)]) as server:
            endpoint = Endpoint(server.url, Manners(delay_s=2.0), sleep=waited.append)
            endpoint.ask(QUERY, A)
            endpoint.ask(QUERY, A)
        assert len(waited) == 1
        assert 0 < waited[0] <= 2.0


class TestTryingAgain:
    def test_retry_after_is_honoured(self) -> None:
        """
        An endpoint that asks for seven seconds gets them, and is then asked again.
        """
        waited: list[float] = []
        busy = Answer(status=429, headers={"Retry-After": "7"})
        with elsewhere([busy, Answer(ONE)]) as server:
            rows = Endpoint(server.url, Manners(delay_s=0), sleep=waited.append).ask(QUERY, A)
        assert len(rows) == 1
        assert 7.0 in waited

    def test_pauses_grow_until_it_is_given_up(self) -> None:
        """
        Without Retry-After each pause is twice the one before; after the last try it is said what was refused.
        """
        waited: list[float] = []
        with elsewhere([Answer(status=503)]) as server:
            endpoint = Endpoint(server.url, Manners(delay_s=1.0, tries=4), sleep=waited.append)
            assert stopped(endpoint) == "refused"
        assert len(server.queries) == 4
        assert [each for each in waited if each > 1.0] == [2.0, 4.0, 8.0]

    def test_too_long_a_wait_stops_the_harvest(self) -> None:
        """
        An endpoint that asks to come back tomorrow is not waited for.
        """
        with elsewhere([Answer(status=429, headers={"Retry-After": "86400"})]) as server:
            assert stopped(quick(server.url)) == "later"
        assert len(server.queries) == 1

    def test_half_an_answer_is_fetched_again(self) -> None:
        """
        An answer that breaks off is no answer: the next one is taken.
        """
        with elsewhere([Answer(ONE[:-9]), Answer(ONE[:-9], length=len(ONE)), Answer(ONE)]) as server:
            assert len(quick(server.url).ask(QUERY, A)) == 1
        assert len(server.queries) == 3

    def test_nobody_there_is_said(self) -> None:
        """
        Where nothing listens, it is said that there is no connection.
        """
        with elsewhere([Answer(ONE)]) as server:
            url = server.url
        assert stopped(quick(url)) == "unreachable"

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
    def test_what_another_try_cannot_help_is_not_tried_again(self, status: int) -> None:
        """
        A request that is wrong stays wrong: it is sent once.
        """
        with elsewhere([Answer(status=status)]) as server:
            assert stopped(quick(server.url)) == "refused"
        assert len(server.queries) == 1


class TestDistrust:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_redirects_are_not_followed(self, status: int) -> None:
        """
        An endpoint that points elsewhere is not followed: the other server is never asked.
        """
        with elsewhere([Answer(ONE)]) as other:
            with elsewhere([Answer(status=status, headers={"Location": other.url})]) as server:
                assert stopped(quick(server.url)) == "redirect"
            assert other.queries == []

    def test_large_answers_are_cut_off(self) -> None:
        """
        An answer over the limit is refused, whether its size is announced or not.
        """
        large = results(["a"], *({"a": words("x" * 1000)} for _ in range(300)))
        for length in (None, -1):
            with elsewhere([Answer(large, length=length)]) as server:
                assert stopped(quick(server.url, answer_bytes=100_000), rows=1000) == "large"

    def test_slow_answers_are_cut_off(self) -> None:
        """
        The deadline counts from the request to the last byte, however lively the bytes drip.
        """
        with elsewhere([Answer(results(["a"]), pieces=20, pause_s=0.05)]) as server:
            assert stopped(quick(server.url, timeout_s=0.3, tries=1)) == "slow"

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (Answer(b"<html>", headers={"Content-Type": "text/html"}), "no-results"),
            (Answer(ONE, headers={"Content-Type": RESULTS, "Content-Encoding": "br"}), "no-results"),
            (Answer(b'{"head": {}, "boolean": true}'), "no-results"),
            (Answer(results(["a", "password"])), "no-results"),
            (Answer(results(["a"], *({"a": words(str(n))} for n in range(11)))), "too-many-rows"),
            (Answer(b"[" * 100_000), "no-results"),
            (Answer(b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "uri"}}]}}'), "no-results"),
            (Answer(b"\xff\xfe"), "no-results"),
            (Answer(results(["a"], {"a": iri("urn:x> . <urn:y")})), "no-results"),
        ],
    )
    def test_what_is_no_result_of_the_query_is_refused(self, answer: Answer, reason: str) -> None:
        """
        Pages, booleans, other variables, more rows than asked for, and what does not parse are refused.
        """
        with elsewhere([answer]) as server:
            assert stopped(quick(server.url, tries=1)) == reason

    def test_blank_nodes_are_left_out(self) -> None:
        """
        A row with a blank node says nothing that could be referred to.
        """
        body = results(["a"], {"a": {"type": "bnode", "value": "b0"}}, {"a": iri("https://example.org/x")}, {})
        with elsewhere([Answer(body)]) as server:
            rows = quick(server.url).ask(QUERY, A)
        assert [dict(row) for row in rows][1:] == [{}]
        assert rows[0]["a"].value == "https://example.org/x"

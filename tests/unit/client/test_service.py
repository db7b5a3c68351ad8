"""The one HTTP client, against a peer that misbehaves: synthetic answers, of a service or what stands before it."""

from __future__ import annotations

import json
import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import ecograph
from ecograph import errors
from ecograph.client import TruncatedWarning
from ecograph.client.service import Service
from ecograph.client.there import There

Answer = tuple[int, dict[str, str], bytes]

BUSY = json.dumps({"code": "query-busy", "detail": "Alle er optaget.", "status": 503}).encode()
OK: Answer = (200, {}, b'{"items": [], "next": null}')


@contextmanager
def peer(*answers: Answer) -> Iterator[tuple[str, list[str]]]:
    """A peer that gives these answers in turn, the last one for ever; and what it was asked."""
    waiting, asked = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status, headers, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class TestPatience:
    def test_busy_service_is_asked_again_when_it_says_so(self) -> None:
        """
        A 503 with Retry-After is waited for.
        """
        busy: Answer = (503, {"Retry-After": "0"}, BUSY)
        with peer(busy, busy, OK) as (url, asked), Service(url) as service:
            assert service.json("GET", "api/v1/needs") == {"items": [], "next": None}
        assert len(asked) == 3

    @pytest.mark.parametrize("headers", [{"Retry-After": "0"}, {"Retry-After": "3600"}, {}, {"Retry-After": "soon"}])
    def test_patience_has_an_end(self, headers: dict[str, str]) -> None:
        """
        A service that stays busy, asks for an hour or does not say for how long, is believed.
        """
        with peer((503, headers, BUSY)) as (url, asked), Service(url) as service, pytest.raises(errors.QueryBusy):
            service.ask("GET", "sparql")
        assert len(asked) == (4 if headers.get("Retry-After") == "0" else 1)

    def test_what_changes_something_is_sent_once(self) -> None:
        """
        What may not be done twice is not asked twice, neither of a busy service nor over a lost connection.
        """
        for answer, error in (
            ((503, {"Retry-After": "0"}, BUSY), errors.QueryBusy),
            ((0, {}, b""), errors.Unreachable),
        ):
            with peer(answer) as (url, asked), Service(url) as service, pytest.raises(error):
                service.ask("POST", "api/v1/tokens", again=False)
            assert len(asked) == 1

    def test_silence_has_an_end(self) -> None:
        """
        A service that takes the question and says nothing is unreachable after the time that was given to it.
        """
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            with ecograph.connect(url, timeout_s=0.1) as eg, pytest.raises(errors.Unreachable):
                eg.queries()

    def test_lost_connection_is_tried_again(self) -> None:
        """
        A connection that the service has closed meanwhile costs nothing.
        """
        with peer((0, {}, b""), OK) as (url, asked), Service(url) as service:
            assert service.ask("GET", "api/v1/needs").is_success
        assert len(asked) == 2


class TestProblems:
    def test_error_of_a_service_is_the_same_class_as_here(self) -> None:
        """
        A problem comes back as the error with its code, in the service's words and language, with its members.
        """
        said = {"code": "query-syntax", "detail": "Linje 1: der mangler }", "line": 1, "column": 9}
        with (
            peer((400, {}, json.dumps(said).encode())) as (url, _),
            Service(url) as service,
            pytest.raises(errors.QuerySyntax) as caught,
        ):
            service.ask("GET", "sparql")
        assert caught.value.message("da") == "Linje 1: der mangler }"
        assert (caught.value.values["line"], caught.value.values["column"]) == (1, 9)
        assert (caught.value.code, caught.value.exit_code) == ("query-syntax", 2)

    @pytest.mark.parametrize(("status", "exit_code"), [(413, 2), (429, 3), (500, 3)])
    def test_error_that_only_http_knows_names_the_service(self, status: int, exit_code: int) -> None:
        """
        A code that no error here has, as of a later version, is told with where it comes from.
        """
        body = json.dumps({"code": "new-in-2030", "detail": "Too much."}).encode()
        with (
            peer((status, {}, body)) as (url, _),
            Service(url) as service,
            pytest.raises(errors.RemoteProblem) as caught,
        ):
            service.ask("GET", "sparql")
        assert str(caught.value) == f"{url}: Too much."
        assert caught.value.exit_code == exit_code

    @pytest.mark.parametrize(
        "answer", [(502, {}, b"<html>Bad gateway</html>"), (404, {}, b'["list"]'), (200, {}, b"<html>Log in</html>")]
    )
    def test_what_is_no_ecograph_is_unreachable(self, answer: Answer) -> None:
        """
        A page of something else at the address is no answer.
        """
        with peer(answer) as (url, _), Service(url) as service, pytest.raises(errors.Unreachable):
            service.json("GET", "api/v1/needs")

    @pytest.mark.parametrize("url", ["localhost:8000", "ftp://example.org/", "http://", "http://[::1", "http://x:0/"])
    def test_address_that_is_none(self, url: str) -> None:
        """
        What cannot be an address is said before anything is sent.
        """
        with pytest.raises(errors.BadParameter):
            ecograph.connect(url)

    def test_token_does_not_travel_in_the_open(self) -> None:
        """
        A token is for HTTPS, or for this machine.
        """
        with pytest.raises(errors.BadParameter):
            ecograph.connect("http://example.org/", "eg_synthetic")
        ecograph.connect("http://127.0.0.1:9/", "eg_synthetic").close()


class TestPaging:
    PAGES: tuple[Answer, ...] = (
        (200, {}, b'{"items": [{"n": 1}, {"n": 2}], "next": "b"}'),
        (200, {}, b'{"items": [{"n": 3}], "next": null}'),
    )

    def test_pages_are_one_list(self) -> None:
        """
        Whoever asks for a list gets it whole.
        """
        with peer(*self.PAGES) as (url, asked), Service(url) as service:
            assert [each["n"] for each in service.items("api/v1/needs", {"q": "x"})] == [1, 2, 3]
        assert "cursor=b" in asked[1]

    def test_no_more_pages_than_are_wanted(self) -> None:
        """
        Of a long list only what is wanted is fetched.
        """
        with peer(*self.PAGES) as (url, asked), Service(url) as service:
            assert len(There(service).search("x", 2, "da")) == 2
        assert len(asked) == 1


class TestLimits:
    @pytest.mark.parametrize("cut", [True, False])
    def test_result_that_was_cut_warns(self, cut: bool) -> None:
        """
        A table that is not whole says so, as a warning in the reader's language and in its `attrs`.
        """
        headers = {"Content-Type": "application/sparql-results+json", **({"EcoGraph-Truncated": "true"} if cut else {})}
        body = b'{"head": {"vars": ["n"]}, "results": {"bindings": []}}'
        with (
            peer((200, headers, body)) as (url, _),
            ecograph.connect(url, lang="da") as eg,
            warnings.catch_warnings(record=True) as caught,
        ):
            warnings.simplefilter("always")
            found = eg.sparql("SELECT * { ?s ?p ?o }")
        assert [(each.category, "afkortet" in str(each.message)) for each in caught] == [(TruncatedWarning, True)] * cut
        assert all(each.filename == __file__ for each in caught)
        assert not isinstance(found, bool)
        assert found.attrs == {"truncated": cut}

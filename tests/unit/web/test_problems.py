from __future__ import annotations

import asyncio

import httpx
from fastapi import FastAPI, Request
from starlette.responses import Response

from ecograph.errors import (
    BadParameter,
    BadToken,
    EcoGraphError,
    Forbidden,
    KeyReused,
    PartnerExists,
    QueryBusy,
    UnknownThing,
    VersionConflict,
    WrongState,
)
from ecograph.web import problems
from ecograph.web.envelope import Envelope

MEDIA_TYPE = "application/problem+json"


def request(path: str = "/", accept: str = "*/*", **headers: str) -> Request:
    fields = {"accept": accept, **headers}
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    return Request({"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": raw})


def respond(error: EcoGraphError, asked: Request) -> Response:
    return problems.respond(asked, problems.problem_of(asked, error), problems.plain_page)


class TestProblems:
    def test_members_are_those_of_rfc_9457(self) -> None:
        """
        A problem has a type that opens an explanation, a title, a status, what to do, and the reference of the log.
        """
        body = problems.body_of(problems.problem_of(request(), UnknownThing(kind="need", id="x")), "sv", "abc")
        assert body["type"] == "https://w3id.org/ecograph/problems/unknown-thing"
        assert (body["status"], body["lang"], body["instance"]) == (404, "sv", "urn:request:abc")
        assert "Det finns ingen" in body["detail"]

    def test_browser_gets_a_page_and_a_program_json(self) -> None:
        """
        Only who asks for a page gets one, and never under the API.
        """
        error = UnknownThing(kind="need", id="<script>")
        page = respond(error, request(accept="text/html,*/*;q=0.1"))
        assert page.headers["content-type"].startswith("text/html")
        assert b"<script>" not in page.body
        assert respond(error, request(accept="*/*")).headers["content-type"] == MEDIA_TYPE
        assert respond(error, request("/api/v1/x", "text/html")).headers["content-type"] == MEDIA_TYPE

    def test_language_is_of_the_path_then_of_the_reader(self) -> None:
        """
        A Swedish page stays Swedish for a Danish browser.
        """
        assert problems.language(request("/sv/search", accept_language="da")) == "sv"
        assert problems.language(request("/api/v1", accept_language="da-DK")) == "da"
        assert problems.language(request("/api/v1", accept_language="fr")) == "en"

    def test_busy_service_says_when_to_come_back(self) -> None:
        """
        A full queue is answered with Retry-After.
        """
        response = respond(QueryBusy(seconds=7), request())
        assert (response.status_code, response.headers["retry-after"]) == (503, "7")

    def test_who_may_not_is_told_what_it_takes(self) -> None:
        """
        A token that opens nothing is answered as RFC 6750 says; a role that does not suffice is named in words.
        """
        response = respond(BadToken(reason="expired"), request())
        assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')
        forbidden = problems.problem_of(request(), Forbidden(needed="reviewer"))
        assert (forbidden.status, "sagsbehandler" in forbidden.details["da"]) == (403, True)

    def test_conflicts_are_told_apart(self) -> None:
        """
        What was changed meanwhile is a 412 with the version there is now; a step that does not fit is a 409; a key
        that stood for another request is a 422.
        """
        late = problems.problem_of(request(), VersionConflict(id="7", current=3, given=2))
        assert (late.status, late.extra) == (412, {"version": 3})
        others = [WrongState(id="7", state="received", wanted="expired"), PartnerExists(slug="x"), KeyReused(key="k")]
        assert [problems.problem_of(request(), error).status for error in others] == [409, 409, 422]

    def test_every_class_of_error_has_a_status(self) -> None:
        """
        No error that is raised on purpose ends as a 500.
        """
        waiting, seen = [EcoGraphError], []
        while waiting:
            kind = waiting.pop()
            waiting += kind.__subclasses__()
            seen += [kind] if kind is not EcoGraphError and "code" in vars(kind) else []
        assert len(seen) > 20
        assert all(any(base in problems._STATUSES for base in kind.__mro__) for kind in seen)


class TestSurprises:
    async def asked(self, app: FastAPI, path: str, **arguments: object) -> httpx.Response:
        answer = problems.install(app, problems.plain_page)
        app.add_middleware(Envelope, answer=answer, max_body_bytes=100)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post(path, **arguments)  # type: ignore[arg-type]

    def test_surprise_is_a_500_with_a_reference_and_no_detail(self) -> None:
        """
        A fault of ours tells the visitor how to report it and nothing of the inside.
        """
        app = FastAPI()

        @app.post("/x")
        def fail() -> None:
            raise RuntimeError("secret")

        response = asyncio.run(self.asked(app, "/x"))
        assert (response.status_code, response.json()["code"]) == (500, "internal")
        assert response.headers["x-request-id"] in response.json()["detail"]
        assert "secret" not in response.text

    def test_body_over_the_limit_is_refused_announced_or_not(self) -> None:
        """
        A body over the limit is a 413, also when it is sent in chunks without saying how long it is.
        """

        async def read(asked: Request) -> int:
            return len(await asked.body())

        def app() -> FastAPI:
            made = FastAPI()
            made.add_api_route("/x", read, methods=["POST"])
            return made

        async def chunks():  # type: ignore[no-untyped-def]
            for _ in range(5):
                yield b"x" * 50

        announced = asyncio.run(self.asked(app(), "/x", content=b"x" * 101))
        streamed = asyncio.run(self.asked(app(), "/x", content=chunks()))
        assert [announced.status_code, streamed.status_code] == [413, 413]
        assert streamed.json()["code"] == "too-large-body"
        assert asyncio.run(self.asked(app(), "/x", content=b"x" * 100)).json() == 100

    def test_wrong_parameter_names_what_is_expected(self) -> None:
        """
        A value outside its range comes back with what would be in it.
        """
        assert (
            "1–200"
            in problems.problem_of(request(), BadParameter(name="limit", value=0, expected="1–200")).details["da"]
        )

"""Facts about reading what somebody sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from ecograph.bootstrap import EcoGraph
from ecograph.web import uploads
from ecograph.web.app import create_app
from service import Service

CHECK = "/api/v1/contributions?dry_run=true&name=need.csv"
CSV = {"Content-Type": "text/csv"}


class TestReading:
    def test_no_more_are_read_than_fit_in_memory(self, served: EcoGraph) -> None:
        """
        While as many requests with files are read as may be, the next is told when to come back.
        """
        app = create_app(served, served.settings)
        app.state.reading = uploads.MAX_AT_ONCE
        response = asyncio.run(self.sent(app, b"id\n"))
        assert (response.status_code, response.json()["code"]) == (503, "contribution-busy")
        assert response.headers["retry-after"] == "5"

    def test_slow_sender_does_not_keep_the_place(self, served: EcoGraph, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Files that come too slowly are a 408, and the place is free again.
        """
        monkeypatch.setattr(uploads, "READING_S", 0.1)
        app = create_app(served, served.settings)

        async def slowly() -> AsyncIterator[bytes]:
            yield b"id\n"
            await asyncio.sleep(5)
            yield b"n1\n"

        response = asyncio.run(self.sent(app, slowly()))
        assert (response.status_code, response.json()["code"]) == (408, "slow-body")
        assert app.state.reading == 0

    async def sent(self, app: object, content: bytes | AsyncIterator[bytes]) -> httpx.Response:
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post(CHECK, content=content, headers=CSV)

    @pytest.mark.parametrize(
        ("fields", "headers"),
        [
            ({"name": "x" * 5000}, CSV),
            ({"name": "\u202egnp.csv"}, CSV),
            ({"name": "a\x00b.csv"}, CSV),
            ({"name": "CON"}, CSV),
            ({}, {**CSV, "Content-Disposition": 'attachment; filename="../../../etc/passwd"'}),
            ({}, {**CSV, "Content-Disposition": "attachment; filename*=utf-99''%ff%fe"}),
            ({}, {**CSV, "Content-Disposition": ";;;=\\"}),
            ({"template": "nothing"}, CSV),
            ({"template": "../need"}, CSV),
        ],
    )
    def test_names_and_fields_of_all_kinds_are_answered(
        self, client: httpx.Client, fields: dict[str, str], headers: dict[str, str]
    ) -> None:
        """
        Whatever a file is called and whichever template is asked for, there is a verdict or a clear refusal.
        """
        address = "/api/v1/contributions"
        response = client.post(
            address, params={"dry_run": "1", **fields}, content="id,title_da\nn1,T\n", headers=headers
        )
        assert response.status_code in (200, 400, 404), response.text
        for read in response.json().get("how_read", ()):
            assert not set(read["file"]) & set("\x00/\u202e")
            assert len(read["file"]) <= 122

    def test_part_that_says_its_kind_is_a_file(self, service: Service) -> None:
        """
        A part of a form that says it is a table or Turtle is a file, also without a name; text alone is a field.
        """
        turtle = "<https://w3id.org/ecograph/id/need/synthetic_x> a <https://w3id.org/ecograph/ns#Need> ."
        for said, words, status in (
            ("Content-Type: text/csv", "id,title_da,raised_by,country\nx,Varsling,,dk", 200),
            ("Content-Type: text/turtle", turtle, 200),
            ("X-Nothing: 1", "id,title_da\nx,Varsling", 400),
        ):
            body = f'--b\r\nContent-Disposition: form-data; name="file"\r\n{said}\r\n\r\n{words}\r\n--b--\r\n'
            with service.client() as client:
                answer = client.post(
                    "/api/v1/contributions?dry_run=true",
                    content=body.encode(),
                    headers={"Content-Type": "multipart/form-data; boundary=b"},
                )
            assert answer.status_code == status, answer.text

    def test_language_that_is_none_of_ours(self, service: Service) -> None:
        """
        A language that there is not is refused rather than taken for another.
        """
        with service.client() as client:
            answer = client.post("/api/v1/contributions/check/marked?lang=xx", content=b"id\nx\n", headers=CSV)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-parameter")

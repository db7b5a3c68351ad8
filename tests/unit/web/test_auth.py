"""Facts about who asks: tokens, sessions of pages, and tries that fail."""

from __future__ import annotations

import asyncio
import hashlib

import httpx
import pytest

from ecograph.errors import BadToken
from ecograph.ledger.partners import Role
from ecograph.web.app import create_app
from ecograph.web.auth import COOKIE, SESSION_DAYS, Failures
from ecograph.web.problems import Refused
from service import SHORE, Service

ME = "/api/v1/me"
NOTE = "/api/v1/contributions/none/notes"


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


class TestToken:
    def test_token_says_who_asks(self, service: Service) -> None:
        """
        A token speaks for its partner, in its role, under its label.
        """
        with service.client("contributor") as client:
            assert client.get(ME).json() == {"name": f"{SHORE}/contributor", "partner": SHORE, "role": "contributor"}

    @pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "eg_x"])
    def test_without_a_token_it_is_asked_for(self, service: Service, header: str) -> None:
        """
        Nothing, or another way of signing in, is answered with the way that there is.
        """
        with service.client() as client:
            response = client.get(ME, headers={"Authorization": header} if header else {})
        assert code(response) == (401, "token-needed")
        assert response.headers["www-authenticate"].startswith("Bearer")

    def test_token_that_opens_nothing(self, service: Service) -> None:
        """
        An unknown, a revoked and an expired token are each told apart to whoever holds them, also where none is needed.
        """
        partners = service.ecograph.ledger.partners
        revoked, revoked_secret = partners.issue(SHORE, Role.READER, "revoked")
        partners.revoke(revoked.id)
        _, expired_secret = partners.issue(SHORE, Role.READER, "expired", days=1e-7)
        with service.client() as client:
            said = {}
            for secret in ("eg_nonsense", revoked_secret, expired_secret):
                response = client.get(ME, headers={"Authorization": f"Bearer {secret}"})
                assert code(response) == (401, "bad-token")
                assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
                said[secret] = response.json()["detail"]
            assert len(set(said.values())) == 3
            check = client.post(
                "/api/v1/contributions?dry_run=true",
                content="id\n",
                headers={"Authorization": "Bearer eg_nonsense", "Content-Type": "text/csv"},
            )
            assert code(check) == (401, "bad-token")

    def test_no_page_of_others_may_use_it(self, service: Service) -> None:
        """
        CORS lets others read, and neither send a token nor use a session.
        """
        with service.client() as client:
            preflight = client.options(
                ME, headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
            )
        assert "authorization" not in preflight.headers["access-control-allow-headers"].lower()
        assert "access-control-allow-credentials" not in preflight.headers


class TestSession:
    @pytest.fixture
    def browser(self, service: Service) -> httpx.Client:
        partners = service.ecograph.ledger.partners
        _, secret = partners.session(partners.authenticate(service.secrets["contributor"]), SESSION_DAYS)
        return httpx.Client(base_url=service.url, cookies={COOKIE: secret}, timeout=30)

    def test_session_reads_and_changes_from_our_own_pages_only(self, browser: httpx.Client, service: Service) -> None:
        """
        What a browser sends with the session's cookie changes something only if it comes from a page of ours.
        """
        with browser:
            assert browser.get(ME).json()["role"] == "contributor"
            own = service.url
            refused = ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site", "Origin": own})
            for headers in (*refused, {"Origin": "https://example.org"}, {"Origin": "null"}, {"Origin": "//["}):
                assert code(browser.post(NOTE, json={"words": "x"}, headers=headers)) == (403, "other-site"), headers
            for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": own}):
                assert code(browser.post(NOTE, json={"words": "x"}, headers=headers)) == (404, "unknown-thing")

    def test_token_wins_and_needs_no_page(self, browser: httpx.Client, service: Service) -> None:
        """
        A script that shows a token is no browser: it may come from anywhere.
        """
        headers = {"Authorization": f"Bearer {service.secrets['reviewer']}"}
        with browser:
            assert browser.get(ME, headers=headers).json()["role"] == "reviewer"
            assert code(browser.post(NOTE, json={"words": "x"}, headers=headers)) == (404, "unknown-thing")

    def test_ended_session_is_none(self, service: Service) -> None:
        """
        A session that has ended is as nobody, so that pages offer to sign in.
        """
        with httpx.Client(base_url=service.url, cookies={COOKIE: "eg_ended"}) as client:
            assert code(client.get(ME)) == (401, "token-needed")

    def test_cookie_is_out_of_reach_of_scripts(self, service: Service) -> None:
        """
        Signing in gives a cookie that no script reads and no other site sends, and not the token itself.
        """
        with httpx.Client(base_url=service.url, headers={"Origin": service.url}, timeout=30) as client:
            response = client.post("/da/login", data={"token": service.secrets["reader"]})
            assert response.status_code == 303
            cookie = response.headers["set-cookie"]
            assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
            assert service.secrets["reader"] not in cookie
            assert client.get(ME).json()["role"] == "reader"
            kept = client.cookies[COOKIE]
            client.post("/da/logout")
            with pytest.raises(BadToken):
                service.ecograph.ledger.partners.authenticate(kept)
        with httpx.Client(base_url=service.url, timeout=30) as client:
            stolen = client.post(
                "/da/login", data={"token": service.secrets["reader"]}, headers={"Origin": "https://x.org"}
            )
            assert stolen.status_code == 403


class TestFailures:
    def test_too_many_are_told_to_wait(self) -> None:
        """
        Beyond the limit a client waits until its oldest failure is over; others do not.
        """
        failures = Failures(limit=3, window_s=60)
        for _ in range(3):
            failures.note("192.0.2.1")
        failures.note("192.0.2.2")
        with pytest.raises(Refused) as refused:
            failures.note("192.0.2.1")
        assert refused.value.problem.status == 429
        assert 50 < int(refused.value.problem.headers["Retry-After"]) <= 61

    def test_failures_are_forgotten(self) -> None:
        """
        After the window, and when too many others have failed since.
        """
        failures = Failures(limit=1, window_s=0.0)
        failures.note("192.0.2.1")
        failures.note("192.0.2.1")
        few = Failures(limit=1, window_s=60, clients=2)
        for client in ("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.1"):
            few.note(client)

    def test_right_token_is_never_locked_out(self, service: Service) -> None:
        """
        After too many wrong tokens the next wrong one is a 429; the right one still opens.
        """
        app = create_app(service.ecograph, service.ecograph.settings)

        async def ask() -> list[int]:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
                tokens = [f"eg_{hashlib.sha256(bytes([number])).hexdigest()}" for number in range(21)]
                tokens.append(service.secrets["reader"])
                answers = [await client.get(ME, headers={"Authorization": f"Bearer {token}"}) for token in tokens]
                assert "retry-after" in answers[20].headers
                return [answer.status_code for answer in answers]

        assert asyncio.run(ask()) == [401] * 20 + [429, 200]

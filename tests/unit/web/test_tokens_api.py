"""Facts about REST for administrators."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from service import LICENCE, PLACES, SHORE, Service

PARTNERS, TOKENS = "/api/v1/partners", "/api/v1/tokens"
NEW = {"name": "Syntetisk Å Kommune", "homepage": "https://example.org/aa", "licence": LICENCE, "language": "da"}


@pytest.fixture
def administrator(service: Service) -> Iterator[httpx.Client]:
    with service.client("administrator") as client:
        yield client


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


class TestPartners:
    def test_partner_is_added_and_changed(self, administrator: httpx.Client) -> None:
        """
        A partner is added once; what is said of it can be changed, its short name cannot.
        """
        added = administrator.post(PARTNERS, json={"slug": "synthetic-aa", **NEW})
        assert (added.status_code, added.json()["name"]) == (201, NEW["name"])
        assert code(administrator.post(PARTNERS, json={"slug": "synthetic-aa", **NEW})) == (409, "partner-exists")
        address = added.headers["location"]
        changed = administrator.patch(address, json={"name": "Å Kommune"})
        assert changed.json() == {**added.json(), "name": "Å Kommune"}
        assert administrator.get(address).json() == changed.json()
        assert "synthetic-aa" in {each["slug"] for each in administrator.get(PARTNERS).json()}
        assert code(administrator.patch(address, json={"slug": "b"})) == (422, "invalid-request")
        assert code(administrator.patch(address, json={"homepage": "javascript:x"})) == (400, "bad-parameter")

    @pytest.mark.parametrize("slug", [PLACES, "swecris", "administrative-divisions"])
    def test_name_of_a_published_graph_is_taken(self, administrator: httpx.Client, slug: str) -> None:
        """
        Nobody becomes the publisher of what somebody else has published, or of what comes with the software.
        """
        assert code(administrator.post(PARTNERS, json={"slug": slug, **NEW})) == (409, "partner-exists")

    @pytest.mark.parametrize("slug", ["provenance", "ecograph", "Å", "a b", "nobody--yet", "", "a" * 60 + "b"])
    def test_name_that_cannot_be(self, administrator: httpx.Client, slug: str) -> None:
        """
        Names of graphs of EcoGraph's own, and names that make no IRI, are refused.
        """
        assert administrator.post(PARTNERS, json={"slug": slug, **NEW}).status_code in (400, 409, 422)


class TestTokens:
    def test_secret_is_shown_once(self, service: Service, administrator: httpx.Client) -> None:
        """
        A token is issued with its secret, listed without, and opens nothing once it is taken back.
        """
        asked = {"partner": SHORE, "role": "reader", "label": "synthetic desk", "days": 2}
        issued = administrator.post(TOKENS, json=asked)
        assert (issued.status_code, issued.headers["cache-control"]) == (201, "no-store")
        token = issued.json()
        secret = {"Authorization": f"Bearer {token.pop('secret')}"}
        listed = administrator.get(TOKENS, params={"partner": SHORE})
        assert token in listed.json()
        assert secret["Authorization"].removeprefix("Bearer ") not in listed.text
        with service.client() as holder:
            assert holder.get("/api/v1/me", headers=secret).status_code == 200
            assert administrator.post(f"{TOKENS}/{token['id']}/revoke").json()["revoked_at"] is not None
            assert code(holder.get("/api/v1/me", headers=secret)) == (401, "bad-token")

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"role": "owner"}, (422, "invalid-request")),
            ({"days": 0}, (422, "invalid-request")),
            ({"days": 5000}, (400, "bad-parameter")),
            ({"label": " "}, (400, "bad-parameter")),
            ({"partner": "nobody"}, (404, "unknown-thing")),
        ],
    )
    def test_wrong_token_is_not_issued(
        self, administrator: httpx.Client, body: dict[str, object], expected: tuple[int, str]
    ) -> None:
        """
        A role that is none, a life without end, no label, nobody's.
        """
        asked = {"partner": SHORE, "role": "reader", "label": "x", "days": 1, **body}
        assert code(administrator.post(TOKENS, json=asked)) == expected

    def test_only_administrators(self, service: Service) -> None:
        """
        A reviewer neither sees nor changes partners and tokens.
        """
        with service.client("reviewer") as client:
            for response in (
                client.get(PARTNERS),
                client.get(f"{PARTNERS}/{SHORE}"),
                client.post(PARTNERS, json={"slug": "x", **NEW}),
                client.patch(f"{PARTNERS}/{SHORE}", json={"name": "x"}),
                client.get(TOKENS),
                client.post(TOKENS, json={"partner": SHORE, "role": "administrator", "label": "x"}),
                client.post(f"{TOKENS}/x/revoke"),
            ):
                assert code(response) == (403, "forbidden")
        with service.client() as client:
            assert code(client.get(TOKENS)) == (401, "token-needed")

from __future__ import annotations

import httpx


class TestEnvelope:
    def test_nothing_from_elsewhere_may_load(self, client: httpx.Client) -> None:
        """
        Every answer, also an error, forbids content from other hosts, framing and guessing of types.
        """
        for path in ("/healthz", "/api/v1/needs", "/nothing"):
            headers = client.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "http" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"

    def test_request_has_one_id_in_answer_and_log(self, client: httpx.Client) -> None:
        """
        A readable id from the client is kept, anything else replaced.
        """
        assert client.get("/healthz", headers={"X-Request-Id": "abcdef-123"}).headers["x-request-id"] == "abcdef-123"
        assert client.get("/healthz", headers={"X-Request-Id": "a b<c>"}).headers["x-request-id"] != "a b<c>"

    def test_head_is_answered_everywhere(self, client: httpx.Client) -> None:
        """
        HEAD gives the headers of GET without a body, on REST too.
        """
        response = client.head("/api/v1/needs")
        assert (response.status_code, response.content) == (200, b"")
        assert "etag" in response.headers

    def test_body_too_large_is_a_413(self, client: httpx.Client) -> None:
        """
        More than a megabyte is refused before it is read.
        """
        response = client.post(
            "/sparql", content=b"x" * (1 << 20 | 1), headers={"Content-Type": "application/sparql-query"}
        )
        assert (response.status_code, response.json()["code"]) == (413, "too-large-body")

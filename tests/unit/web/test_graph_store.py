"""Graphs as documents, read over the Graph Store Protocol."""

from __future__ import annotations

import httpx
import pytest
from pyoxigraph import RdfFormat, parse

STORE = "/rdf-graph-store"
PARTNER = "https://w3id.org/ecograph/graph/partner"
CONCEPTS = "https://w3id.org/ecograph/graph/concepts"


def statements(response: httpx.Response) -> int:
    assert response.status_code == 200, response.text
    return len(list(parse(response.content, RdfFormat.TURTLE)))


class TestReading:
    def test_named_graph_is_a_document(self, client: httpx.Client) -> None:
        """
        A publisher's graph is read by its IRI, and holds what that publisher said and nothing else.
        """
        partner = client.get(STORE, params={"graph": PARTNER})
        assert partner.headers["content-type"] == "text/turtle; charset=utf-8"
        assert "Ærø Kommune" in partner.text
        assert "Skybrud" not in partner.text
        assert statements(partner) > 0

    def test_default_graph_is_the_merge(self, client: httpx.Client) -> None:
        """
        The default graph holds at least what the graphs of two publishers hold together.
        """
        both = sum(statements(client.get(STORE, params={"graph": graph})) for graph in (PARTNER, CONCEPTS))
        assert statements(client.get(f"{STORE}?default")) >= both

    def test_format_is_negotiated(self, client: httpx.Client) -> None:
        """
        Graphs come in every format of graphs, by header or by name; rows they are not.
        """
        asked = {"graph": PARTNER}
        rdf = client.get(STORE, params=asked, headers={"Accept": "application/rdf+xml"})
        assert rdf.headers["content-type"] == "application/rdf+xml"
        assert client.get(STORE, params={**asked, "format": "nt"}).headers["content-type"] == "application/n-triples"
        assert client.get(STORE, params=asked, headers={"Accept": "text/csv"}).status_code == 406
        assert client.get(STORE, params={**asked, "format": "csv"}).status_code == 406

    def test_head_and_known_answers_have_no_body(self, client: httpx.Client) -> None:
        """
        HEAD answers like GET without the graph, and a client that has the revision is told so.
        """
        head = client.head(STORE, params={"graph": PARTNER})
        assert (head.status_code, head.content) == (200, b"")
        again = client.get(STORE, params={"graph": PARTNER}, headers={"If-None-Match": head.headers["etag"]})
        assert again.status_code == 304

    def test_pages_of_others_may_read(self, client: httpx.Client) -> None:
        """
        A page on another site may fetch a graph.
        """
        assert client.get(STORE, params={"graph": PARTNER}).headers["access-control-allow-origin"] == "*"
        assert client.options(STORE).headers["allow"] == "GET, HEAD, OPTIONS"


class TestRefusals:
    def test_unknown_graph_is_not_found(self, client: httpx.Client) -> None:
        """
        A graph that is not in the store is not there, and nothing is fetched.
        """
        response = client.get(STORE, params={"graph": "http://127.0.0.1:1/"})
        assert (response.status_code, response.json()["code"]) == (404, "unknown-thing")

    @pytest.mark.parametrize("query", ["", "?default&graph=urn:a", "?graph=relative", "?graph=urn:a&graph=urn:b"])
    def test_one_graph_has_to_be_named(self, client: httpx.Client, query: str) -> None:
        """
        Neither, both, several or a relative IRI name no graph.
        """
        assert client.get(STORE + query).status_code == 400

    @pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
    def test_writing_is_told_the_way(self, client: httpx.Client, method: str) -> None:
        """
        Graphs are not written here; the answer says how statements come in.
        """
        response = client.request(method, STORE, params={"graph": PARTNER}, headers={"Accept-Language": "da"})
        assert response.status_code == 405
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"
        assert "bidrag" in response.json()["detail"]

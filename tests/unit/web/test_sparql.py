from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from pyoxigraph import RdfFormat, parse

CITY = "SELECT ?name { <http://example.org/København> <http://xmlns.com/foaf/0.1/name> ?name }"
QUERY_TYPE = {"Content-Type": "application/sparql-query"}
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
PARTNER = "https://w3id.org/ecograph/graph/partner"
CONCEPTS = "https://w3id.org/ecograph/graph/concepts"


def names(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [row["name"]["value"] for row in response.json()["results"]["bindings"]]


def count(response: httpx.Response) -> int:
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


class TestBindings:
    def test_nordic_iri_gives_the_same_row_through_every_binding(self, client: httpx.Client) -> None:
        """
        A query with ø gives its row by GET, form POST and direct POST alike.
        """
        assert names(client.get("/sparql", params={"query": CITY})) == ["by"]
        assert names(client.get(f"/sparql?query={quote(CITY)}")) == ["by"]
        assert names(client.post("/sparql", data={"query": CITY})) == ["by"]
        assert names(client.post("/sparql", content=CITY.encode(), headers=QUERY_TYPE)) == ["by"]

    def test_percent_signs_of_the_query_survive(self, client: httpx.Client) -> None:
        """
        What is percent-encoded inside an IRI of the query is decoded once by the protocol and not again.
        """
        query = "SELECT (STR(<http://example.org/K%C3%B8benhavn>) AS ?name) {}"
        for response in (
            client.get("/sparql", params={"query": query}),
            client.post("/sparql", data={"query": query}),
            client.post("/sparql", content=query, headers=QUERY_TYPE),
        ):
            assert names(response) == ["http://example.org/K%C3%B8benhavn"]

    def test_dataset_of_the_request_wins_over_from(self, client: httpx.Client) -> None:
        """
        default-graph-uri replaces the union of all graphs, and FROM, in every binding.
        """
        query = "SELECT (COUNT(*) AS ?n) { ?need a <https://w3id.org/ecograph/ns#Need> }"
        assert count(client.get("/sparql", params={"query": query})) == 2
        assert count(client.get("/sparql", params={"query": query, "default-graph-uri": CONCEPTS})) == 0
        assert count(client.post("/sparql", data={"query": query, "default-graph-uri": CONCEPTS})) == 0
        direct = client.post("/sparql", params={"default-graph-uri": CONCEPTS}, content=query, headers=QUERY_TYPE)
        assert count(direct) == 0
        in_address = client.post("/sparql", params={"default-graph-uri": CONCEPTS}, data={"query": query})
        assert count(in_address) == 0
        in_both = {"query": query, "default-graph-uri": PARTNER}
        assert count(client.post("/sparql", params={"default-graph-uri": CONCEPTS}, data=in_both)) == 2
        with_from = query.replace(" {", f" FROM <{CONCEPTS}> {{", 1)
        assert count(client.get("/sparql", params={"query": with_from})) == 0
        assert count(client.get("/sparql", params={"query": with_from, "default-graph-uri": PARTNER})) == 2

    def test_graph_outside_the_store_is_refused(self, client: httpx.Client) -> None:
        """
        A dataset is made of graphs of the store; nothing is fetched.
        """
        response = client.get("/sparql", params={"query": "ASK {}", "default-graph-uri": "http://example.org/other"})
        assert response.status_code == 400
        assert response.json()["code"] == "query-refused"

    def test_named_graph_of_the_request_is_the_only_one(self, client: httpx.Client) -> None:
        """
        named-graph-uri says what GRAPH may name; the default graph is then empty.
        """
        query = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
        assert count(client.get("/sparql", params={"query": query, "named-graph-uri": PARTNER})) == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("method", "arguments", "status", "code"),
        [
            ("POST", {"data": {"update": "CLEAR ALL"}}, 400, "query-refused"),
            (
                "POST",
                {"content": "CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}},
                400,
                "query-refused",
            ),
            ("GET", {"params": {"query": "CLEAR ALL"}}, 400, "query-refused"),
            ("GET", {"params": [("query", "ASK {}"), ("query", "ASK {}")]}, 400, "bad-parameter"),
            ("POST", {"params": {"query": "ASK {}"}, "data": {"query": "ASK {}"}}, 400, "bad-parameter"),
            ("POST", {"params": {"query": "ASK {}"}, "content": "ASK {}", "headers": QUERY_TYPE}, 400, "bad-parameter"),
            ("POST", {"params": {"update": "CLEAR ALL"}, "data": {"query": "ASK {}"}}, 400, "query-refused"),
            ("POST", {"content": "ASK {}", "headers": {"Content-Type": "text/plain"}}, 415, "unsupported-media-type"),
            ("POST", {"content": b"ASK {} # \xff", "headers": QUERY_TYPE}, 400, "bad-request"),
            ("POST", {"content": b"query=%FF", "headers": FORM_TYPE}, 400, "bad-request"),
            ("POST", {"data": {"nothing": "x"}}, 400, "bad-parameter"),
            ("GET", {"params": {"query": "ASK {}"}, "headers": {"Accept": "image/png"}}, 406, "not-acceptable"),
            ("GET", {"params": {"query": "ASK {}", "format": "ttl"}}, 406, "not-acceptable"),
            ("DELETE", {}, 405, "method-not-allowed"),
        ],
    )
    def test_request_that_is_no_query_is_told_why(
        self, client: httpx.Client, method: str, arguments: dict[str, object], status: int, code: str
    ) -> None:
        """
        Everything but one readable query gets a problem with a code, never rows.
        """
        response = client.request(method, "/sparql", **arguments)  # type: ignore[arg-type]
        assert (response.status_code, response.json()["code"]) == (status, code)

    def test_syntax_error_says_where(self, client: httpx.Client) -> None:
        """
        A query that does not parse is answered with line and column, before any byte of a result.
        """
        response = client.get("/sparql", params={"query": "SELECT *\n{ ?s ?p }", "lang": "da"})
        assert response.status_code == 400
        assert response.json()["line"] == 2
        assert response.json()["detail"].startswith("Forespørgslen kan ikke læses: linje 2")

    def test_result_at_the_deadline_is_a_503(self, client: httpx.Client) -> None:
        """
        An endless query is stopped at the deadline, and the answer says at which.
        """
        endless = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(9)) + " }"
        response = client.get("/sparql", params={"query": endless})
        assert (response.status_code, response.json()["code"]) == (503, "query-timeout")
        assert " 2 " in response.json()["detail"]
        assert response.json()["seconds"] == "2"

    def test_stopped_query_is_told_which_pattern_costs(self, client: httpx.Client) -> None:
        """
        The pattern that multiplies the rows is named with its line, in the reader's language.
        """
        endless = "SELECT (COUNT(*) AS ?n) {\n" + "\n".join(f"?a{i} ?b{i} ?c{i} ." for i in range(9)) + " }"
        response = client.get("/sparql", params={"query": endless, "lang": "sv"})
        assert response.status_code == 503
        found = response.json()
        assert (found["cost"], found["line"], found["pattern"]) == ("cartesian", 3, "?a1 ?b1 ?c1")
        assert "Rad 3" in found["detail"]

    def test_query_of_another_encoding_is_refused(self, client: httpx.Client) -> None:
        """
        Queries are UTF-8; what says otherwise is not guessed at.
        """
        headers = {"Content-Type": "application/sparql-query; charset=ISO-8859-1"}
        assert client.post("/sparql", content=b"ASK {}", headers=headers).status_code == 415
        for parameters in ('charset="UTF-8"', "charset=utf-8; x=y", "x=charset"):
            headers = {"Content-Type": f"application/sparql-query; {parameters}"}
            assert client.post("/sparql", content=b"\xef\xbb\xbfASK {}", headers=headers).status_code == 200

    def test_body_over_the_limit_is_refused(self, client: httpx.Client) -> None:
        """
        A megabyte is enough for any query.
        """
        response = client.post("/sparql", content=b" " * (1 << 20) + b"ASK {}", headers=QUERY_TYPE)
        assert (response.status_code, response.json()["code"]) == (413, "too-large-body")

    def test_refusal_of_a_format_names_those_there_are(self, client: httpx.Client) -> None:
        """
        A client that wants rows as Turtle learns in what it can have them.
        """
        response = client.get("/sparql", params={"query": CITY}, headers={"Accept": "text/turtle"})
        assert response.status_code == 406
        assert "application/sparql-results+json" in response.json()["detail"]
        assert "csv" in client.get("/sparql.docx", params={"query": CITY}).json()["detail"]


class TestFormats:
    @pytest.mark.parametrize(
        ("query", "accept", "media_type"),
        [
            ("SELECT * { ?s ?p ?o } LIMIT 1", "*/*", "application/sparql-results+json"),
            ("SELECT * { ?s ?p ?o } LIMIT 1", "text/csv", "text/csv"),
            ("SELECT * { ?s ?p ?o } LIMIT 1", "text/tab-separated-values", "text/tab-separated-values"),
            ("SELECT * { ?s ?p ?o } LIMIT 1", "application/xml", "application/sparql-results+xml"),
            ("ASK { ?s ?p ?o }", "application/json", "application/sparql-results+json"),
            ("ASK { ?s ?p ?o }", "text/csv", "text/csv"),
            ("ASK { ?s ?p ?o }", "application/xml, text/csv;q=0.9", "application/sparql-results+xml"),
            ("ASK { ?s ?p ?o }", "application/xml;q=0.1, text/csv;q=0.9", "text/csv"),
            ("ASK { ?s ?p ?o }", "application/xml;q=0, */*;q=0.1", "application/sparql-results+json"),
            ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", "*/*", "text/turtle"),
            ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", "application/rdf+xml", "application/rdf+xml"),
            ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", "application/ld+json", "application/ld+json"),
            ("DESCRIBE <https://w3id.org/ecograph/id/need/bins>", "application/n-triples", "application/n-triples"),
        ],
    )
    def test_accept_decides(self, client: httpx.Client, query: str, accept: str, media_type: str) -> None:
        """
        Every format of results and of graphs can be asked for; `*/*` gives JSON and Turtle.
        """
        response = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
        assert response.status_code == 200
        assert response.headers["content-type"].partition(";")[0] == media_type

    def test_suffix_and_parameter_name_a_format(self, client: httpx.Client) -> None:
        """
        Excel, which sends no Accept header of use, gets CSV by address.
        """
        for response in (
            client.get("/sparql.csv", params={"query": CITY}),
            client.get("/sparql", params={"query": CITY, "format": "csv"}),
        ):
            assert response.text == "name\r\nby\r\n"

    def test_browser_is_shown_the_page(self, client: httpx.Client) -> None:
        """
        A person who opens the endpoint in a browser comes to the page in their language, with the query.
        """
        headers = {"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8", "Accept-Language": "sv"}
        response = client.get("/sparql", params={"query": "ASK {}"}, headers=headers)
        assert response.status_code == 303
        assert response.headers["location"] == "/sv/sparql?query=ASK+%7B%7D"

    def test_request_without_a_query_describes_the_service(self, client: httpx.Client) -> None:
        """
        A client that asks nothing learns what the endpoint understands.
        """
        response = client.get("/sparql", headers={"Accept": "text/turtle"})
        assert "sd:UnionDefaultGraph" in response.text
        described = {(str(each.predicate), str(each.object)) for each in parse(response.content, RdfFormat.TURTLE)}
        sd = "http://www.w3.org/ns/sparql-service-description#"
        assert (f"<{sd}endpoint>", f"<{client.base_url.join('/sparql')}>") in described
        assert (f"<{sd}resultFormat>", "<http://www.w3.org/ns/formats/SPARQL_Results_CSV>") in described
        seen = "<http://www.w3.org/2000/01/rdf-schema#seeAlso>"
        assert (seen, f"<{client.base_url.join('/.well-known/void')}>") in described

    def test_description_has_the_formats_of_graphs(self, client: httpx.Client) -> None:
        """
        The description is RDF in every format of graphs, and in no other.
        """
        assert client.get("/sparql.nt").headers["content-type"] == "application/n-triples"
        assert client.get("/sparql", params={"format": "jsonld"}).json()
        assert client.get("/sparql.csv").status_code == 406

    def test_head_answers_like_get_without_a_body(self, client: httpx.Client) -> None:
        """
        HEAD gives the headers of GET.
        """
        response = client.head("/sparql", params={"query": "ASK {}"})
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["content-type"] == "application/sparql-results+json"

    def test_pages_of_others_may_ask(self, client: httpx.Client) -> None:
        """
        A SPARQL editor on another site is allowed to ask and to read the answer.
        """
        preflight = client.options(
            "/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
        )
        assert preflight.status_code == 204
        assert "POST" in preflight.headers["access-control-allow-methods"]
        assert client.get("/sparql", params={"query": "ASK {}"}).headers["access-control-allow-origin"] == "*"
        assert client.options("/sparql").headers["allow"] == "GET, HEAD, POST, OPTIONS"

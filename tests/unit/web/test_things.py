from __future__ import annotations

import csv
import io

import httpx
import pytest

NEED = "/id/need/cloudburst"


class TestThings:
    def test_browser_is_led_to_the_page(self, client: httpx.Client) -> None:
        """
        A person comes to the page in their language; Norwegian readers to the Danish one.
        """
        response = client.get(NEED, headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": "nb"})
        assert (response.status_code, response.headers["location"]) == (303, "/da/id/need/cloudburst")
        assert "Accept" in response.headers["vary"]

    @pytest.mark.parametrize(
        ("accept", "suffix", "media_type"),
        [
            ("*/*", "ttl", "text/turtle"),
            ("application/ld+json", "jsonld", "application/ld+json"),
            ("application/n-triples", "nt", "application/n-triples"),
            ("application/rdf+xml", "rdf", "application/rdf+xml"),
            ("application/json", "json", "application/json"),
            ("text/csv", "csv", "text/csv"),
        ],
    )
    def test_program_is_led_to_the_description(
        self, client: httpx.Client, accept: str, suffix: str, media_type: str
    ) -> None:
        """
        A program comes by 303 to the description in the format it asks for; its suffix works without asking.
        """
        response = client.get(NEED, headers={"Accept": accept})
        assert (response.status_code, response.headers["location"]) == (303, f"{NEED}.{suffix}")
        document = client.get(f"{NEED}.{suffix}")
        assert document.headers["content-type"].startswith(media_type)
        assert "Cloudburst warning" in document.text

    def test_unknown_thing_is_a_404(self, client: httpx.Client) -> None:
        """
        What the graph does not know is not found, as RDF and as a page.
        """
        assert client.get("/id/need/none").status_code == 404
        assert client.get("/id/need/..%2f..").status_code == 404
        assert client.get(f"{NEED}.exe").json()["code"] == "not-acceptable"

    def test_concept_and_scheme_have_descriptions(self, client: httpx.Client) -> None:
        """
        A topic leads to its description, and the scheme to all its topics.
        """
        assert client.get("/concept/topic/cloudburst").headers["location"] == "/concept/topic/cloudburst.ttl"
        assert "Skyfall" in client.get("/concept/topic/cloudburst.ttl").text
        assert "Affald" in client.get("/concept/topic.ttl").text
        assert client.get("/concept/none").status_code == 404

    def test_type_of_a_problem_is_explained(self, client: httpx.Client) -> None:
        """
        The address in a problem's type says what it means in three languages.
        """
        assert set(client.get("/problems/query-timeout").json()["detail"]) == {"da", "sv", "en"}
        assert client.get("/problems/none").status_code == 404

    def test_json_is_json_ld(self, client: httpx.Client) -> None:
        """
        Who asks for JSON gets the same as who asks for JSON-LD, with the address of the context.
        """
        plain, linked = client.get(f"{NEED}.json").json(), client.get(f"{NEED}.jsonld").json()
        assert plain == linked
        assert plain["@context"] == f"{client.base_url}".rstrip("/") + "/context.jsonld"
        assert plain["type"] == "Need"
        assert plain["title"]["sv"] == "Varning vid skyfall"
        assert plain["raised_by"] == "https://w3id.org/ecograph/id/municipality/dk-aeroe"

    def test_row_per_statement(self, client: httpx.Client) -> None:
        """
        The table says of each statement its terms, datatype or language, and whose words it is.
        """
        rows = list(csv.DictReader(io.StringIO(client.get(f"{NEED}.csv").text)))
        title = next(row for row in rows if row["language"] == "da")
        assert title["object"] == "Varsling ved skybrud"
        assert title["graph"] == "https://w3id.org/ecograph/graph/partner"
        assert {row["datatype"] for row in rows if row["object"].startswith("https://")} == {""}

    def test_page_has_a_suffix_too(self, client: httpx.Client) -> None:
        """
        `.html` leads to the page in the reader's language.
        """
        response = client.get(f"{NEED}.html", headers={"Accept-Language": "sv"})
        assert (response.status_code, response.headers["location"]) == (303, f"/sv{NEED}")

    def test_headers_lead_on(self, client: httpx.Client) -> None:
        """
        A thing's answer names its documents and its time gate, and who has it already gets it only when it is new.
        """
        first = client.get(NEED)
        assert f'<{NEED}.ttl>; rel="describedby"' in first.headers["link"]
        assert f'<{NEED}.csv>; rel="alternate"; type="text/csv"' in first.headers["link"]
        assert 'rel="original timegate"' in first.headers["link"]
        modified = client.get(f"{NEED}.ttl").headers["last-modified"]
        again = client.get(f"{NEED}.ttl", headers={"If-Modified-Since": modified})
        assert again.status_code == 304
        assert client.get(f"{NEED}.ttl", headers={"If-None-Match": first.headers["etag"]}).status_code == 304

    @pytest.mark.parametrize("address", ["/dataset", "/.well-known/void", "/rdf-graph-store?default", "/sparql"])
    def test_each_format_has_a_tag_of_its_own(self, client: httpx.Client, address: str) -> None:
        """
        Whoever has the Turtle of an address is not told that its JSON-LD is the same.
        """
        asked = [
            {"Accept": "text/turtle"},
            {"Accept": "application/ld+json"},
            {"Accept": "application/n-triples, text/turtle;q=0.1"},
        ]
        tags = [client.get(address, headers=headers).headers["etag"] for headers in asked]
        assert len(set(tags)) == len(asked)
        for headers in asked:
            for other, tag in zip(asked, tags, strict=True):
                again = client.get(address, headers={**headers, "If-None-Match": tag})
                assert again.status_code == (304 if other is headers else 200)
                assert again.headers["etag"] == tags[asked.index(headers)]

    def test_graph_is_what_its_publisher_says(self, client: httpx.Client) -> None:
        """
        A named graph's address gives all of its statements, and to a browser its place on the page of the data.
        """
        assert "Ærø Kommune" in client.get("/graph/partner").text
        assert "Ærø Kommune" not in client.get("/graph/concepts.nt").text
        page = client.get("/graph/partner", headers={"Accept": "text/html", "Accept-Language": "da"})
        assert page.headers["location"] == "/da/data#graph-partner"
        assert client.get("/graph/none").status_code == 404

    def test_scheme_leads_a_browser_to_the_model(self, client: httpx.Client) -> None:
        """
        A person who opens a concept scheme comes to the lists on the page of the model.
        """
        page = client.get("/concept/topic", headers={"Accept": "text/html", "Accept-Language": "en"})
        assert page.headers["location"] == "/en/model#scheme-topic"

    def test_moment_by_header(self, client: httpx.Client) -> None:
        """
        A client that asks for a moment as Memento does is led to the address of that moment.
        """
        response = client.get(NEED, headers={"Accept-Datetime": "Sun, 22 Nov 2026 12:00:00 GMT"})
        assert response.status_code == 302
        assert response.headers["location"] == f"{NEED}?at=2026-11-22T12%3A00%3A00Z"
        assert "accept-datetime" in response.headers["vary"]
        assert client.get(NEED, headers={"Accept-Datetime": "yesterday"}).json()["code"] == "bad-parameter"

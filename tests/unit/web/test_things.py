from __future__ import annotations

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

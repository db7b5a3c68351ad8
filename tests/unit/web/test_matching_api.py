"""Who fits a need over REST: by profile, and in each format."""

from __future__ import annotations

import httpx
import pytest
from pyoxigraph import RdfFormat, parse

from ecograph.match import weights
from ecograph.messages import LANGUAGES, Language
from ecograph.namespaces import ECO, RDF

NEED = "/api/v1/needs/cloudburst/matches"
WRITTEN = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
SHORT = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}


def matches_in(answer: httpx.Response) -> int:
    media_type = answer.headers["content-type"].partition(";")[0]
    triples = [quad.triple for quad in parse(answer.content, WRITTEN[media_type])]
    return sum(triple.predicate == RDF.type and triple.object == ECO.Match for triple in triples)


class TestFormats:
    @pytest.mark.parametrize("media_type", WRITTEN)
    def test_accept_chooses_the_format(self, client: httpx.Client, media_type: str) -> None:
        """
        The answer to a need comes as RDF to whoever asks for it, with as many matches as the JSON has.
        """
        expected = len(client.get(NEED).json()["matches"])
        assert expected
        for answer in (
            client.get(NEED, headers={"Accept": media_type}),
            client.post("/api/v1/matches", json={"text": "skybrud"}, headers={"Accept": media_type}),
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(media_type)
            assert "EcoGraph-Revision" in answer.headers
            assert "Accept" in answer.headers["vary"]
        assert matches_in(client.get(NEED, headers={"Accept": media_type})) == expected

    @pytest.mark.parametrize("suffix", SHORT)
    def test_an_address_can_name_the_format(self, client: httpx.Client, suffix: str) -> None:
        """
        A link to an answer works without a header: by the end of the address, or by `format`.
        """
        for address in (f"{NEED}.{suffix}", f"{NEED}?format={suffix}", f"/api/v1/matches?text=skybrud&format={suffix}"):
            assert client.get(address).headers["content-type"].startswith(SHORT[suffix]), address

    @pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html,application/xhtml+xml,*/*;q=0.8"])
    def test_json_is_what_nobody_has_to_ask_for(self, client: httpx.Client, accept: str) -> None:
        """
        A browser, and a program that minds nothing, get JSON.
        """
        assert client.get(NEED, headers={"Accept": accept}).json()["matches"]

    def test_a_format_that_is_not_written_is_refused(self, client: httpx.Client) -> None:
        """
        What cannot be written is told with what can.
        """
        assert client.get(NEED, headers={"Accept": "text/csv"}).status_code == 406
        for address in (f"{NEED}.xlsx", f"{NEED}?format=xlsx"):
            answer = client.get(address)
            assert answer.status_code == 400
            assert "turtle" in answer.json()["detail"]


class TestWeighting:
    @pytest.mark.parametrize("weighting", weights.PROFILES)
    def test_a_profile_is_chosen_by_its_name(self, client: httpx.Client, weighting: str) -> None:
        """
        What counts most is a parameter of every way to ask, and stands in the answer.
        """
        asked = {"weighting": weighting}
        answers = [
            client.get(NEED, params=asked),
            client.get("/api/v1/matches", params={"text": "skybrud", **asked}),
            client.post("/api/v1/matches", json={"text": "skybrud", **asked}),
            client.get(f"{NEED}/organisation/zink", params=asked),
            client.get("/api/v1/matches/why", params={"text": "skybrud", "who": "organisation/zink", **asked}),
        ]
        for answer in answers:
            assert answer.status_code == 200, answer.text
            assert (answer.json()["weighting"], answer.json()["weights"]) == (weighting, weights.VERSION)

    def test_an_unknown_profile_is_told_with_those_there_are(self, client: httpx.Client) -> None:
        """
        A misspelt profile is a mistake of whoever asks, and is said so.
        """
        for answer in (
            client.get(NEED, params={"weighting": "cheapest"}),
            client.post("/api/v1/matches", json={"text": "skybrud", "weighting": "cheapest"}),
            client.get("/da/match", params={"q": "skybrud", "weighting": "cheapest"}),
        ):
            assert answer.status_code == 400
            assert "ready-to-buy" in answer.text

    def test_the_numbers_are_there_with_their_reasons(self, client: httpx.Client) -> None:
        """
        Whoever doubts a score finds each number that steers it, and why, in three languages.
        """
        found = client.get("/api/v1/weights").json()
        assert found["version"] == weights.VERSION
        assert [profile["name"] for profile in found["profiles"]] == list(weights.PROFILES)
        assert len(found["numbers"]) == len(weights.NUMBERS)
        assert all(set(number["reasons"]) == {"da", "sv", "en"} for number in found["numbers"])

    def test_the_description_names_the_profiles(self, client: httpx.Client) -> None:
        """
        The OpenAPI document lists the profiles there are.
        """
        paths = client.get("/openapi.json").json()["paths"]
        parameters = {each["name"]: each for each in paths["/api/v1/needs/{slug}/matches"]["get"]["parameters"]}
        assert parameters["weighting"]["schema"]["enum"] == list(weights.PROFILES)
        assert "turtle" in parameters["format"]["schema"]["enum"] or "turtle" in str(parameters["format"])


class TestPages:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_a_page_says_how_the_points_are_worked_out(self, client: httpx.Client, lang: Language) -> None:
        """
        Every number stands on a page in words, with its reason; the page of a need leads there.
        """
        page = client.get(f"/{lang}/weights").text
        shares = {number.slug for profile in weights.PROFILES.values() for number in profile.numbers.values()}
        for number in weights.NUMBERS:
            assert f'id="{number.slug}"' in page or number.slug in shares
        for profile in weights.PROFILES.values():
            assert f'<h3 id="{profile.slug}">{profile.labels[lang]}</h3>' in page
        assert f'href="/{lang}/weights"' in client.get(f"/{lang}/id/need/cloudburst").text

    def test_what_matters_most_can_be_chosen_on_the_page(self, client: httpx.Client) -> None:
        """
        The page of a need offers the profiles, shows which one holds, and keeps it in its links.
        """
        page = client.get("/da/id/need/cloudburst", params={"weighting": "ready-to-buy"}).text
        assert 'value="ready-to-buy" selected' in page
        assert weights.PROFILES["ready-to-buy"].reason["da"] in page
        assert 'name="weighting" value="ready-to-buy"' in page
        assert "weighting=ready-to-buy" in page

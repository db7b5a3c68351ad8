"""Who else has a need, and what already runs elsewhere: as data and as pages, on a small graph."""

from __future__ import annotations

from html import unescape

import httpx
import pytest

from ecograph.messages import LANGUAGES

QUESTIONS = ("same", "replicable")


class TestData:
    def test_nobody_else_is_an_answer(self, client: httpx.Client) -> None:
        """
        A need that nobody else has stated is answered with no group, and a note that says so.
        """
        found = client.get("/api/v1/needs/cloudburst/same").json()
        assert found["cluster"] is None
        assert found["notes"][0]["code"].startswith("alone")
        assert found["need"]["iri"].endswith("need/cloudburst")

    def test_words_find_a_stored_need(self, client: httpx.Client) -> None:
        """
        A need in words stands with the stored need that asks for the same; by address and by request alike.
        """
        sent = client.post("/api/v1/matches/same", json={"text": "Varning vid skyfall"}).json()
        got = client.get("/api/v1/matches/same", params={"text": "Varning vid skyfall"}).json()
        assert sent == got
        members = sent["cluster"]["members"]
        assert [each["id"] for each in members] == [None, "need/cloudburst"]
        row = next(each for each in sent["cluster"]["rows"] if each["spread"] == "all")
        assert row["names"]["sv"] == "Ämne"
        assert row["cells"][0]["words"] == ["skyfall"]
        edge = sent["cluster"]["edges"][0]
        assert sum(each["contribution"] for each in edge["reasons"]) == pytest.approx(edge["likeness"], abs=1e-9)

    @pytest.mark.parametrize("question", ["", "/same", "/replicable"])
    def test_topics_are_chosen_and_weighed(self, client: httpx.Client, question: str) -> None:
        """
        The topics that the coordinator chose and weighed go before those understood; by address and by request.
        """
        asked = {"text": "Varning vid skyfall"}
        chosen = ["waste", "waste:half"]
        got = client.get(f"/api/v1/matches{question}", params={**asked, "topic": chosen}).json()
        sent = client.post(f"/api/v1/matches{question}", json={**asked, "topics": chosen}).json()
        assert sent == got
        topics = [(each["iri"].rsplit("/", 1)[-1], each["weight"]) for each in got["need"]["concepts"]]
        assert topics == [("waste", 0.5)]
        for wrong in ("waste:huge", "no topic", "<x>"):
            refused = client.get(f"/api/v1/matches{question}", params={**asked, "topic": wrong})
            assert (refused.status_code, refused.json()["code"]) == (400, "bad-parameter")
        assert client.get(f"/api/v1/matches{question}", params={**asked, "topic": "no-such"}).status_code == 404

    def test_groups_are_listed(self, client: httpx.Client) -> None:
        """
        All groups of needs are one answer, with how many needs were compared.
        """
        found = client.get("/api/v1/clusters").json()
        assert found["clusters"] == []
        assert found["needs"] == 2
        assert client.get("/api/v1").json()["clusters"] == "/api/v1/clusters"

    def test_nothing_runs_elsewhere_is_an_answer(self, client: httpx.Client) -> None:
        """
        Where no fitting solution runs anywhere the answer is empty and says so, from our municipality.
        """
        found = client.get("/api/v1/needs/cloudburst/replicable").json()
        assert found["options"] == []
        assert found["places"] == ["https://w3id.org/ecograph/id/municipality/dk-aeroe"]
        assert found["notes"][0]["code"].startswith("none")
        chosen = {"text": "Avfall", "place": "municipality/se-aamaal"}
        assert client.post("/api/v1/matches/replicable", json=chosen).json()["places"][0].endswith("se-aamaal")

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_a_need_that_is_none_is_not_found(self, client: httpx.Client, question: str) -> None:
        """
        An unknown need is a 404 problem, and a request that does not fit is a 422 problem.
        """
        missing = client.get(f"/api/v1/needs/none/{question}")
        assert missing.status_code == 404
        assert missing.headers["content-type"].startswith("application/problem+json")
        assert client.post(f"/api/v1/matches/{question}", json={}).status_code == 422
        assert client.get(f"/api/v1/matches/{question}").status_code == 422

    def test_only_a_municipality_or_region_takes_over(self, client: httpx.Client) -> None:
        """
        For whom it is must be a municipality or region that the graph knows.
        """
        address = "/api/v1/needs/cloudburst/replicable"
        assert client.get(address, params={"for": "company/zink"}).status_code == 422
        assert client.get(address, params={"for": "municipality/none"}).status_code == 404

    def test_the_description_has_every_address(self, client: httpx.Client) -> None:
        """
        OpenAPI describes the questions with typed answers, problems and examples.
        """
        document = client.get("/openapi.json").json()
        for path in (
            "/needs/{slug}/same",
            "/needs/{slug}/replicable",
            "/matches/same",
            "/matches/replicable",
            "/clusters",
        ):
            operation = document["paths"][f"/api/v1{path}"]["get"]
            answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
            assert answer["$ref"].rpartition("/")[2] in ("SameNeed", "ReplicableAnswer", "Clusters")
            assert "application/problem+json" in operation["responses"]["404"]["content"]
        assert document["components"]["schemas"]["SameText"]["properties"]["text"]["examples"]


class TestPages:
    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.parametrize(
        "path",
        [
            "same",
            "same?need=cloudburst",
            "same?q=skyfall",
            "replicate",
            "replicate?need=cloudburst",
            "replicate?q=xyzzy",
        ],
    )
    def test_every_state_has_its_page(self, client: httpx.Client, lang: str, path: str) -> None:
        """
        Without a need, with one and where nothing is found, there is a page in the reader's language.
        """
        page = client.get(f"/{lang}/{path}")
        assert page.status_code == 200
        assert f'<html lang="{lang}">' in page.text
        assert page.text.count("<h1") == 1

    def test_the_page_of_a_need_leads_to_both(self, client: httpx.Client) -> None:
        """
        From the page of a need, stored or typed, both questions are one click away and lead to the same answer as data.
        """
        need = unescape(client.get("/sv/id/need/cloudburst").text)
        for question, data in (("same", "same"), ("replicate", "replicable")):
            assert f'href="/sv/{question}?need=cloudburst"' in need
            shown = unescape(client.get(f"/sv/{question}?need=cloudburst").text)
            assert f"/api/v1/needs/cloudburst/{data}" in shown
        typed = unescape(client.get("/sv/match", params={"q": "Skyfall i Åmål"}).text)
        assert "/sv/same?q=Skyfall+i+%C3%85m%C3%A5l" in typed

    def test_requirements_stand_side_by_side(self, client: httpx.Client) -> None:
        """
        The table has a column for each need and says what is common to all, in words.
        """
        shown = unescape(client.get("/da/same", params={"q": "Varning vid skyfall"}).text)
        assert "Fælles for alle" in shown
        assert "Varsling ved skybrud" in shown
        assert "Ikke oplyst" in shown

    def test_what_does_not_exist_is_told(self, client: httpx.Client) -> None:
        """
        A need or municipality that is none is a page that says so, as is a name that cannot be one.
        """
        assert client.get("/en/same?need=none").status_code == 404
        assert client.get("/en/replicate?need=cloudburst&for=municipality/none").status_code == 404
        assert client.get("/en/same?need=%3Cscript%3E").status_code == 400
        assert client.get("/en/replicate?need=cloudburst&for=zink").status_code == 400

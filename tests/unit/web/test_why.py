"""Why somebody is in a list or not, over HTTP: as data and as a page."""

from __future__ import annotations

from html import unescape

import httpx
import pytest

from ecograph.messages import LANGUAGES

ZINK = "/api/v1/needs/cloudburst/matches/organisation/zink"


class TestData:
    def test_a_candidate_is_explained_whole(self, client: httpx.Client) -> None:
        """
        A candidate has its score by signal, its reasons, and what it would lose without each piece of evidence.
        """
        found = client.get(ZINK).json()
        assert found["verdict"] == "listed"
        assert sum(gap["has"] for gap in found["gaps"]) == pytest.approx(found["match"]["score"])
        assert found["match"]["reasons"]
        assert all(removal["loss"] >= 0 for removal in found["removals"])

    def test_a_missing_one_is_told_what_would_change_it(self, client: httpx.Client) -> None:
        """
        Somebody who is not in the list is given the row to contribute, as cells of a template and as Turtle.
        """
        found = client.get("/api/v1/matches/why", params={"text": "Bedre affald", "who": "Zink"}).json()
        assert (found["verdict"], found["rank"]) == ("weak", 0)
        change = found["changes"][0]
        assert change["reached"]
        assert change["rows"][0]["template"] == "topic-claim"
        assert change["rows"][0]["cells"]["topic"] == "waste"
        assert "eco:TopicClaim" in change["turtle"]
        assert client.get(change["rows"][0]["template_url"]).status_code == 200

    def test_a_rule_is_named(self, client: httpx.Client) -> None:
        """
        Who raised the need is told that this is why, and a choice of country counts as one.
        """
        asker = client.get("/api/v1/needs/cloudburst/matches/municipality/dk-aeroe").json()
        assert asker["rule"]["code"] == "asker"
        assert client.get(ZINK, params={"country": "dk"}).json()["rule"]["code"] == "country"

    def test_nobody_is_not_found(self, client: httpx.Client) -> None:
        """
        A name that is nobody's is a 404, as is a need that is none; a rank out of range is refused.
        """
        assert client.get("/api/v1/needs/cloudburst/matches/organisation/none").status_code == 404
        assert client.get("/api/v1/needs/none/matches/organisation/zink").status_code == 404
        assert client.get("/api/v1/matches/why", params={"text": "affald", "who": "xyzzy"}).status_code == 404
        assert client.get(ZINK, params={"goal": 0}).status_code == 422


class TestPage:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_someone_missing_can_be_asked_about_from_a_need(self, client: httpx.Client, lang: str) -> None:
        """
        The page of a need has a form for whoever is missing, which keeps the need.
        """
        need = client.get(f"/{lang}/id/need/cloudburst", headers={"Accept": "text/html"}).text
        assert f'action="/{lang}/match/why"' in need
        assert '<input type="hidden" name="need" value="cloudburst">' in need
        typed = client.get(f"/{lang}/match", params={"q": "affald"}, headers={"Accept": "text/html"}).text
        assert '<input type="hidden" name="q" value="affald">' in typed

    def test_the_answer_leads_to_the_template(self, client: httpx.Client) -> None:
        """
        The page shows the verdict, the row by the headings of its template, and the way to that template.
        """
        answer = client.get("/sv/match/why", params={"q": "Avfall", "who": "Zink"})
        said = unescape(answer.text)
        assert "Skriv att Zink arbetar med avfall." in said
        assert 'href="/sv/contribute/templates/topic-claim"' in said
        assert "Bara det som är sant får bidras." in said

    def test_an_unclear_name_is_asked_back(self, client: httpx.Client) -> None:
        """
        A part of a name gives a choice, a name that is nobody's the way to add it, and no name the question alone.
        """
        part = unescape(client.get("/da/match/why", params={"need": "cloudburst", "who": "kommun"}).text)
        assert "Hvem mener du?" in part
        assert "who=municipality%2Fse-aamaal" in part
        nobody = unescape(client.get("/da/match/why", params={"need": "cloudburst", "who": "xyzzy"}).text)
        assert "Det navn findes ikke i grafen" in nobody
        assert client.get("/da/match/why", params={"need": "cloudburst"}).status_code == 200

    def test_without_a_need_there_is_nothing_to_ask(self, client: httpx.Client) -> None:
        """
        Without a need the page leads to the start, and with one that does not exist it says so.
        """
        assert client.get("/da/match/why").status_code == 303
        assert client.get("/da/match/why", params={"need": "none", "who": "zink"}).status_code == 404

"""The pages over HTTP: their frame, their search, their answers to odd addresses."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest

from ecograph.messages import LANGUAGES

PAGES = (
    "",
    "/search",
    "/search?q=vand",
    "/search?q=xyzzy",
    "/search?kind=need&country=dk",
    "/match?q=skybrud",
    "/match?q=xyzzy",
    "/id/need/cloudburst",
    "/match/why?need=cloudburst&who=zink",
    "/match/why?need=cloudburst&who=xyzzy",
    "/match/why?q=affald&who=z",
    "/id/organisation/oeresund-vand",
    "/id/participation/regn--zink--partner",
    "/concept/topic/cloudburst",
    "/sources",
    "/sparql?query=ASK%20%7B%7D",
    "/sparql?query=SELEKT",
    "/about",
    "/id/need/none",
)


def page(client: httpx.Client, path: str) -> str:
    """A page as a browser asks for it, without entities."""
    return unescape(client.get(path, headers={"Accept": "text/html"}).text)


class TestAddresses:
    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.parametrize(
        ("given", "meant"),
        [("/", ""), ("//", ""), ("/search/?q=å%26b", "/search?q=%C3%A5%26b"), ("/concept/topic/cloudburst/", None)],
    )
    def test_slash_at_the_end_leads_to_the_page(
        self, client: httpx.Client, lang: str, given: str, meant: str | None
    ) -> None:
        """
        An address with a slash too many leads to the page, with its question, on the same host.
        """
        answer = client.get(f"/{lang}{given}", follow_redirects=False)
        assert answer.status_code == 308
        assert answer.headers["location"] == f"/{lang}{given.rstrip('/') if meant is None else meant}"
        assert client.get(answer.headers["location"]).status_code == 200

    def test_slash_makes_no_page_of_nothing(self, client: httpx.Client) -> None:
        """
        Where there is no page, there is none with a slash either.
        """
        assert client.get("/da/none/", follow_redirects=True).status_code == 404
        assert client.get("/fr/", follow_redirects=True).status_code == 404


class TestFrame:
    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.parametrize("path", PAGES)
    def test_every_page_has_one_heading_and_nothing_the_policy_forbids(
        self, client: httpx.Client, path: str, lang: str
    ) -> None:
        """
        A page has one h1, headings that leave out no level, its language, and no inline style or script.
        """
        answer = client.get(f"/{lang}{path}", headers={"Accept": "text/html"})
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", answer.text)]
        assert levels.count(1) == 1
        first = levels.index(1)
        assert all(after - before <= 1 for before, after in zip(levels[first:], levels[first + 1 :], strict=False))
        assert f'<html lang="{lang}">' in answer.text
        assert not re.search(r"<(script|style)[ >]| style=| on[a-z]+=", answer.text)
        assert "style-src 'self'" in answer.headers["content-security-policy"]

    def test_other_languages_keep_the_question(self, client: httpx.Client) -> None:
        """
        The language menu leads to the same page with the same question.
        """
        assert 'href="/sv/search?q=vand&country=dk"' in page(client, "/da/search?q=vand&country=dk")


class TestSearch:
    def test_topic_is_offered_with_what_is_about_it(self, client: httpx.Client) -> None:
        """
        A word that names a topic finds the topic, and things about it that do not have the word in their names.
        """
        found = page(client, "/da/search?q=oversvømmelse")
        assert 'href="/da/concept/topic/cloudburst"' in found
        assert 'href="/da/id/project/regn"' in found

    def test_filters_can_be_removed_one_by_one(self, client: httpx.Client) -> None:
        """
        Chosen filters stand first, each with a link that takes only it away.
        """
        found = page(client, "/en/search?kind=need&country=dk")
        assert 'href="/en/search?country=dk"' in found
        assert 'href="/en/search?kind=need"' in found

    def test_nothing_found_offers_to_use_the_text_as_a_need(self, client: httpx.Client) -> None:
        """
        A search without a hit leads on to matching with the same words.
        """
        assert 'href="/sv/match?q=xyzzy%20plugh"' in page(client, "/sv/search?q=xyzzy+plugh")

    @pytest.mark.parametrize("query", ["topic=../x", "kind=<b>", "country=x%00", "topic=none", "kind=none"])
    def test_odd_filter_is_no_fault(self, client: httpx.Client, query: str) -> None:
        """
        A filter that names nothing is left out or finds nothing; it never fails and is never echoed as markup.
        """
        answer = client.get(f"/da/search?{query}", headers={"Accept": "text/html"})
        assert answer.status_code == 200
        assert "<b>" not in answer.text


class TestNeed:
    def test_all_of_a_group_can_be_asked_for(self, client: httpx.Client) -> None:
        """
        The address says which groups are shown whole; a group that does not exist is passed over.
        """
        answer = client.get("/da/id/need/cloudburst?all=research&all=none&top=1")
        assert answer.status_code == 200

    def test_top_has_a_limit(self, client: httpx.Client) -> None:
        """
        Nobody can ask for a page without end.
        """
        answer = client.get("/da/id/need/cloudburst?top=100000", headers={"Accept": "text/html"})
        assert answer.status_code == 422

    def test_a_topic_counts_as_much_as_the_coordinator_says(self, client: httpx.Client) -> None:
        """
        A ticked topic can be weighed; the page shows the choice and carries it on to the question who is missing.
        """
        found = page(client, "/en/match?q=cloudburst&topic=cloudburst&topic=cloudburst:little")
        assert 'value="cloudburst:little" selected' in found
        assert '<input type="hidden" name="topic" value="cloudburst:little">' in found
        unticked = page(client, "/en/match?q=cloudburst&topic=&topic=cloudburst:little")
        assert 'value="cloudburst" checked' not in unticked

    def test_same_answer_is_offered_as_data(self, client: httpx.Client) -> None:
        """
        The need's page links to the same matches in JSON, and to the need in Turtle.
        """
        found = page(client, "/en/id/need/cloudburst")
        address = re.search(r'href="(/api/v1/needs/cloudburst/matches[^"]*)"', found)
        assert address is not None
        assert client.get(address[1]).status_code == 200
        assert 'href="/id/need/cloudburst.ttl"' in found

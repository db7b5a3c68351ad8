"""A coordinator's way: from a need in their own words to who can meet it on both sides, and why."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest

from ecograph.bootstrap import EcoGraph
from ecograph.messages import LANGUAGES
from ecograph.web.views.matches import SHOWN

NEEDS = {
    "da": "Varsling ved skybrud i Albertslund",
    "sv": "Varning vid skyfall i Albertslund",
    "en": "Cloudburst warning in Albertslund",
}
SIDES = {"da": ("Danmark", "Sverige"), "sv": ("Danmark", "Sverige"), "en": ("Denmark", "Sweden")}


def _get(site: str, path: str, **headers: str) -> httpx.Response:
    return httpx.get(site + path, headers=headers, follow_redirects=True, timeout=60)


class TestStart:
    @pytest.mark.parametrize(("asked", "served"), [("sv-SE,sv;q=0.9", "sv"), ("nb", "da"), ("fr", "en")])
    def test_visitor_is_met_in_their_language(self, site: str, asked: str, served: str) -> None:
        """
        The first page comes in the visitor's language, Danish for Norwegians, English for everybody else.
        """
        answer = httpx.get(site + "/", headers={"Accept-Language": asked})
        assert answer.status_code == 302
        assert answer.headers["location"] == f"/{served}"

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_start_page_offers_the_known_needs_and_says_where_the_graph_is_thin(self, site: str, lang: str) -> None:
        """
        The start page lists every need in the graph, and counts what there is per kind and country.
        """
        page = _get(site, f"/{lang}").text
        assert len(set(re.findall(rf'href="/{lang}/id/need/[^"]+"', page))) >= 19
        assert "<table>" in page
        assert 'class="notice"' in page


class TestTypedNeed:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_typed_need_finds_both_sides_with_reasons(self, site: str, lang: str) -> None:
        """
        A need typed in Danish, Swedish or English gives candidates from both countries, each with a reason that shows
        its statements and who published them.
        """
        answer = httpx.get(f"{site}/{lang}/match", params={"q": NEEDS[lang]}, timeout=60)
        assert answer.status_code == 200
        page = unescape(answer.text)
        for side in SIDES[lang]:
            assert f"<h3>{side}</h3>" in page
        assert page.count('<ul class="statements">') >= 4
        assert f'href="/{lang}/sources#' in page
        assert 'value="cloudburst" checked' in page

    def test_place_in_the_text_is_not_taken_for_a_topic(self, site: str) -> None:
        """
        Albertslund is a place; the topics understood are about the cloudburst.
        """
        found = httpx.get(f"{site}/api/v1/matches", params={"text": NEEDS["da"]}, timeout=60).json()
        assert found["need"]["concepts"][0]["iri"].endswith("/topic/cloudburst")

    def test_removed_topic_changes_the_answer(self, site: str) -> None:
        """
        Unticking a topic and adding another gives the matches of the other.
        """
        url = f"{site}/en/match"
        before = httpx.get(url, params={"q": NEEDS["en"]}, timeout=60).text
        after = httpx.get(url, params={"q": NEEDS["en"], "topic": "street-lighting"}, timeout=60).text
        assert 'value="street-lighting" checked' in after
        assert 'value="cloudburst" checked' not in after
        assert before != after

    @pytest.mark.parametrize("text", ["xyzzy", "og i det", "<script>alert(1)</script>", "水", "a" * 6000])
    def test_odd_text_gets_a_clear_answer(self, site: str, text: str) -> None:
        """
        Words that mean nothing here are answered with a sentence that helps, and nothing of them runs in the page.
        """
        answer = httpx.get(f"{site}/da/match", params={"q": text}, timeout=60)
        assert answer.status_code == 200
        assert 'class="notice"' in answer.text
        assert "<script>" not in answer.text

    def test_empty_text_leads_back_to_the_question(self, site: str) -> None:
        """
        Without a text there is nothing to match: the start page asks again.
        """
        answer = httpx.get(f"{site}/sv/match", params={"q": "  "})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/sv"


class TestSameAnswerEverywhere:
    def test_page_rest_and_engine_name_the_same_candidates(self, site: str, loaded: EcoGraph) -> None:
        """
        The page, REST and the engine give the same candidates for a stored need.
        """
        result = loaded.view().match("n09", top=SHOWN)
        rest = _get(site, f"/api/v1/needs/n09/matches?top={SHOWN}").json()
        page = unescape(_get(site, "/da/id/need/n09").text)
        assert result.matches
        assert [each["candidate"] for each in rest["matches"]] == [match.candidate.value for match in result.matches]
        for match in result.matches:
            assert f'/da{match.candidate.value.removeprefix("https://w3id.org/ecograph")}"' in page

    def test_facts_behind_a_reason_come_from_sparql(self, site: str) -> None:
        """
        Every statement that a reason cites is answered with true by the SPARQL endpoint.
        """
        rest = _get(site, "/api/v1/needs/n09/matches?top=2").json()
        cited = [each for match in rest["matches"] for reason in match["reasons"] for each in reason["path"]]
        linked = [each for each in cited if each["object_type"] == "iri"]
        assert linked
        for statement in linked[:40]:
            query = "ASK {{ GRAPH <{graph}> {{ <{subject}> <{predicate}> <{object}> }} }}".format(**statement)
            answer = httpx.get(f"{site}/sparql", params={"query": query}, timeout=60)
            assert answer.json()["boolean"] is True, query


class TestProfiles:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_municipality_profile_shows_facts_and_who_says_so(self, site: str, lang: str) -> None:
        """
        A municipality's page shows its facts, its projects, and the sources of both.
        """
        page = _get(site, f"/{lang}/id/municipality/dk-albertslund").text
        assert "Albertslund" in page
        assert "0165" in page
        assert f'href="/{lang}/sources#' in page

    def test_iri_leads_a_browser_to_the_page_and_a_program_to_the_data(self, site: str) -> None:
        """
        The same address gives a person the page and a program Turtle.
        """
        page = _get(site, "/id/municipality/se-malmoe", Accept="text/html", **{"Accept-Language": "sv"})
        assert page.url.path == "/sv/id/municipality/se-malmoe"
        turtle = _get(site, "/id/municipality/se-malmoe", Accept="text/turtle")
        assert turtle.headers["content-type"].startswith("text/turtle")
        assert "Malmö" in turtle.text

    def test_search_finds_a_name_written_the_other_countrys_way(self, site: str) -> None:
        """
        "Höje Tåstrup" finds Høje-Taastrup.
        """
        page = _get(site, "/sv/search?q=Höje+Tåstrup").text
        assert "/sv/id/municipality/dk-hoeje-taastrup" in page

    def test_sources_page_attributes_every_contribution(self, site: str, loaded: EcoGraph) -> None:
        """
        Each contribution is named with its publisher, licence and attribution.
        """
        page = _get(site, "/en/sources").text
        for folder in loaded.shipped():
            assert f'id="{folder.name}"' in page


class TestMistakes:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_wrong_need_id_is_said_in_the_readers_language(self, site: str, lang: str) -> None:
        """
        A need that does not exist gives 404, a sentence and a way on.
        """
        answer = _get(site, f"/{lang}/id/need/n99", Accept="text/html")
        assert answer.status_code == 404
        assert f'<html lang="{lang}"' in answer.text
        assert "n99" in answer.text
        assert 'role="search"' in answer.text

    def test_unknown_language_is_a_clear_404(self, site: str) -> None:
        """
        /fr/ is not a page, and the answer says which languages there are.
        """
        answer = _get(site, "/fr", Accept="text/html")
        assert answer.status_code == 404
        assert "(da)" in answer.text

    def test_rest_gives_a_problem_with_a_stable_code(self, site: str) -> None:
        """
        A program gets application/problem+json with type, title, status, detail and code.
        """
        answer = _get(site, "/api/v1/needs/n99/matches?lang=da")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["code"] == "unknown-thing"
        assert answer.json()["lang"] == "da"

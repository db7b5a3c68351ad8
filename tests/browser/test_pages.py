"""Every page in a real browser, in three languages: accessible, narrow, by keyboard, and without foreign hosts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browsing import NARROW, assert_accessible, assert_narrow
from ecograph.messages import LANGUAGES

pytestmark = pytest.mark.browser

PAGES = {
    "consortium form": "/{lang}/consortium?need=n03",
    "consortium": "/{lang}/consortium?need=n03&go=1&cover=topic/iot&dk=1&se=1&most=4",
    "same need": "/{lang}/same?need=n07",
    "nobody else": "/{lang}/same?need=n14",
    "same need in words": "/{lang}/same?q=Sensorer+i+gatutr%C3%A4d",
    "groups of needs": "/{lang}/same",
    "runs elsewhere": "/{lang}/replicate?need=n03&for=municipality/se-malmoe",
    "runs nowhere": "/{lang}/replicate?q=xyzzy",
    "start": "/{lang}",
    "typed need": "/{lang}/match?q=Varsling+ved+skybrud+i+Albertslund",
    "nothing understood": "/{lang}/match?q=xyzzy",
    "why not": "/{lang}/match/why?need=n09&who=organisation/lund-university",
    "whom do you mean": "/{lang}/match/why?need=n09&who=universitet",
    "stored need": "/{lang}/id/need/n09",
    "across the border": "/{lang}/id/need/n09?weighting=cross-border-project",
    "weights": "/{lang}/weights",
    "municipality": "/{lang}/id/municipality/dk-albertslund",
    "project": "/{lang}/id/project/innotech",
    "organisation": "/{lang}/id/organisation/gate-21",
    "topic": "/{lang}/concept/topic/cloudburst",
    "search": "/{lang}/search?q=vand&country=dk",
    "nothing found": "/{lang}/search?q=xyzzy",
    "contribute": "/{lang}/contribute",
    "template": "/{lang}/contribute/templates/solution",
    "who says so": "/{lang}/statement?subject=https://w3id.org/ecograph/id/need/n09&property=http://purl.org/dc/terms/title",
    "login": "/{lang}/login",
    "sparql": "/{lang}/sparql?query=SELECT+%3Fs+WHERE+%7B+%3Fs+a+%3Fc+%7D+LIMIT+5",
    "sparql error": "/{lang}/sparql?query=SELEKT",
    "sparql with a question": "/{lang}/sparql?question=needs-alike",
    "questions": "/{lang}/queries",
    "no such question": "/{lang}/queries?q=xyzzy",
    "question with a chart": "/{lang}/queries/needs-per-topic",
    "question with a form": "/{lang}/queries/partners-across-the-border?here=dk&there=se&at_least=1",
    "question with a search": "/{lang}/queries/needs-of-municipality?municipality=lund",
    "question with faults": "/{lang}/queries/needs-by-year?until=x&country=fi",
    "whom does the question mean": "/{lang}/queries/needs-of-municipality?municipality=by",
    "sources": "/{lang}/sources",
    "data": "/{lang}/data",
    "model": "/{lang}/model",
    "changes": "/{lang}/changes",
    "one change": "/{lang}/changes/16",
    "a change too large to show": "/{lang}/changes/5",
    "about": "/{lang}/about",
    "missing": "/{lang}/id/need/n99",
}
DARK = ["start", "question with a chart", "question with faults", "stored need", "search", "sparql error", "project"]


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A fresh tab."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
class TestEveryPage:
    def test_is_accessible_and_in_its_language(self, tab: Page, site: str, name: str, lang: str) -> None:
        """
        No page has an accessibility fault that axe can see; each says its language, has one h1, and asks no other host.
        """
        hosts: set[str] = set()
        tab.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        errors: list[str] = []
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(site + PAGES[name].format(lang=lang))
        assert tab.locator("html").get_attribute("lang") == lang
        assert tab.locator("h1").count() == 1
        assert_accessible(tab)
        assert hosts == {site.split("/")[2]}
        assert errors == []

    def test_fits_a_narrow_screen(self, tab: Page, site: str, name: str, lang: str) -> None:
        """
        At 320 px nothing has to be scrolled sideways but tables in their own box.
        """
        tab.set_viewport_size(NARROW)
        tab.goto(site + PAGES[name].format(lang=lang))
        assert_narrow(tab)


class TestDarkTheme:
    @pytest.mark.parametrize("name", DARK)
    def test_dark_theme_is_accessible(self, tab: Page, site: str, name: str) -> None:
        """
        The dark theme has as much contrast as the light one.
        """
        tab.emulate_media(color_scheme="dark")
        tab.goto(site + PAGES[name].format(lang="sv"))
        assert_accessible(tab)


class TestJourney:
    def test_skip_link_leads_to_the_content(self, tab: Page, site: str) -> None:
        """
        The first Tab shows a link over the menu to the content, and it can be seen that it has the focus.
        """
        tab.goto(f"{site}/sv")
        tab.keyboard.press("Tab")
        skip = tab.locator(".skip")
        box = skip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert skip.evaluate("link => getComputedStyle(link).outlineStyle") != "none"
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "main"

    def test_both_sides_stand_side_by_side(self, tab: Page, site: str) -> None:
        """
        On a wide screen the candidates of Denmark and Sweden start at the same height, in every group.
        """
        tab.set_viewport_size({"width": 1200, "height": 900})
        tab.goto(f"{site}/da/id/need/n09")
        for group in tab.locator("section.group").all():
            tops = [side.bounding_box() for side in group.locator(".side").all()[:2]]
            assert all(tops)
            assert len({round(box["y"]) for box in tops if box}) == 1

    def test_more_candidates_are_one_click_away(self, tab: Page, site: str) -> None:
        """
        "Show more" adds candidates of that group, and the address can be shared.
        """
        tab.goto(f"{site}/en/id/need/n16")
        group = tab.locator("section.group", has=tab.locator("#group-municipality"))
        before = group.locator("article").count()
        group.locator(".more-link a").click()
        assert "all=municipality" in tab.url
        assert group.locator("article").count() > before

    def test_need_is_answered_by_keyboard_alone(self, tab: Page, site: str) -> None:
        """
        A coordinator types a need, sends it and opens the evidence of a reason without touching a mouse.
        """
        tab.goto(f"{site}/da")
        tab.locator("#need-text").focus()
        tab.keyboard.type("Varsling ved skybrud i Albertslund")
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/da/match?*")
        summary = tab.locator(".reasons details > summary").first
        summary.focus()
        tab.keyboard.press("Enter")
        assert tab.locator("details[open] .statements li").count() > 0

    def test_language_can_be_changed_without_losing_the_need(self, tab: Page, site: str) -> None:
        """
        The language menu keeps the question: the Danish answer page leads to the Swedish answer.
        """
        tab.goto(f"{site}/da/match?q=Varsling+ved+skybrud")
        tab.get_by_role("link", name="Svenska").click()
        assert "/sv/match?q=Varsling+ved+skybrud" in tab.url
        assert tab.locator("html").get_attribute("lang") == "sv"

"""The shortlist in a real browser: a coordinator's way from an answer to a shared verdict, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from browsing import assert_accessible, assert_page
from ecograph.contribute.desk import OPERATOR
from ecograph.ledger.entries import Status
from ecograph.messages import LANGUAGES
from service import SHORE
from shortlisting import GAUGE, NEED_ID, PUMP, WATER, Office, office

pytestmark = pytest.mark.browser

LISTS = "/api/v1/shortlists"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A service with entries of every sort: struck, shared, removed, in words."""
    with office(tmp_path_factory.mktemp("office")) as found:
        with found.service.client("contributor") as own:
            ids = [
                own.post(LISTS, json={"need": NEED_ID, "candidate": each, "note": "Ring i uge 12"}).json()["id"]
                for each in (WATER, PUMP, GAUGE)
            ]
            own.post(LISTS, json={"text": "Varsling ved skybrud på Ærø " * 20, "candidate": PUMP})
            body = {"verdict": "suits", "text": "Passer godt", "lang": "da", "consent": True}
            sent = own.post(f"{LISTS}/{ids[1]}/share", json=body, headers={"If-Match": "*"}).json()
            own.delete(f"{LISTS}/{ids[2]}", headers={"If-Match": "*"})
        found.service.ecograph.desk.approve(sent["shared"]["contribution"], OPERATOR)
        found.service.ecograph.desk.withdraw(found.evidence, OPERATOR, "Fejl")
        yield found


@pytest.fixture(scope="module")
def contributor(browser: Browser, place: Office) -> Iterator[BrowserContext]:
    """A contributor's browser, without JavaScript: every page works without."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{place.service.url}/da/login")
    page.locator("#token").fill(place.service.secrets["contributor"])
    page.get_by_role("button", name="Log ind").click()
    page.wait_for_url("**/da/contributions")
    page.close()
    yield context
    context.close()


def entry_of(place: Office, candidate: str, *, removed: bool = False) -> str:
    """The number of the entry for a candidate."""
    found = place.service.ecograph.ledger.shortlists.entries(SHORE, removed=removed)
    return next(each.id for each in found if each.candidate.value.endswith(candidate) and each.about.iri)


class TestEveryPage:
    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.parametrize(
        ("path", "candidate"),
        [
            ("shortlist", ""),
            ("shortlist?done=removed", ""),
            ("shortlist/{id}", WATER),
            ("shortlist/{id}?status=not-relevant", WATER),
            ("shortlist/{id}/share", WATER),
            ("shortlist/{id}", PUMP),
            ("shortlist/{id}", GAUGE),
            (f"id/need/{NEED_ID}", ""),
        ],
    )
    def test_pages(self, contributor: BrowserContext, place: Office, path: str, candidate: str, lang: str) -> None:
        """
        The list, entries that are struck, shared and removed, the form of sharing and an answer with marks are
        accessible, in their language, and fit a narrow screen.
        """
        entry = entry_of(place, candidate, removed=candidate == GAUGE) if candidate else ""
        page = contributor.new_page()
        page.goto(f"{place.service.url}/{lang}/{path.format(id=entry)}")
        assert_page(page, lang)
        page.close()

    def test_dark(self, contributor: BrowserContext, place: Office) -> None:
        """
        The dark theme has as much contrast.
        """
        page = contributor.new_page()
        page.emulate_media(color_scheme="dark")
        for path in ("shortlist", f"shortlist/{entry_of(place, WATER)}", f"id/need/{NEED_ID}"):
            page.goto(f"{place.service.url}/da/{path}")
            assert_accessible(page)
        page.close()


class TestWholeWay:
    def test_from_an_answer_to_a_shared_verdict(self, browser: Browser, place: Office) -> None:
        """
        A coordinator without JavaScript signs in from a candidate, comes back, keeps it, notes that it was contacted,
        sees what would be shared, ticks the box, sends it, withdraws it, removes the candidate, and undoes that.
        """
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{place.service.url}/da/match?q=Varsling+ved+skybrud")
        page.get_by_role("link", name=re.compile("Log ind for at huske – Regnmåler")).first.click()
        page.locator("#token").fill(place.service.secrets["contributor"])
        page.get_by_role("button", name="Log ind").click()
        assert page.url.endswith("/da/match?q=Varsling+ved+skybrud")
        page.goto(f"{place.service.url}/da/id/need/{NEED_ID}")
        page.get_by_role("button", name=re.compile("Husk – Påhittade Regn")).first.click()
        assert "#group-company" in page.url
        page.get_by_role("link", name=re.compile("Overvejes – Påhittade Regn")).first.click()
        page.get_by_label("Status").select_option("contacted")
        page.get_by_label("Note").fill("Talt med vandafdelingen")
        page.get_by_role("button", name="Gem").click()
        assert page.get_by_role("status").inner_text() == "Gemt."
        page.get_by_role("link", name="Del jeres vurdering med andre").click()
        page.get_by_label("Passer delvist").check()
        page.get_by_label("Tekst til andre").fill("Dygtige, men få folk.")
        page.get_by_role("button", name="Se det, før det sendes").click()
        assert "Dygtige, men få folk." in page.locator("dl.facts").inner_text()
        assert "vandafdelingen" not in page.locator("main").inner_text()
        page.get_by_role("button", name="Send til godkendelse").click()
        assert "Sæt kryds" in page.get_by_role("alert").inner_text()
        page.get_by_label(re.compile("vil dele dette med alle")).check()
        page.get_by_role("button", name="Send til godkendelse").click()
        assert "sendt til godkendelse" in page.get_by_role("status").inner_text()
        page.get_by_label("Hvorfor?", exact=True).fill("For tidligt")
        page.get_by_role("button", name="Træk vurderingen tilbage").click()
        assert "trukket tilbage" in page.get_by_role("status").inner_text()
        page.get_by_role("button", name="Fjern fra listen").click()
        assert "fortryde" in page.get_by_role("status").inner_text()
        page.get_by_role("button", name=re.compile("Fortryd – Påhittade Regn")).click()
        assert "på listen igen" in page.get_by_role("status").inner_text()
        context.close()
        lists = place.service.ecograph.ledger.shortlists
        found = [each for each in lists.entries(SHORE) if each.candidate.value.endswith("_regn")]
        assert [(each.status, each.note) for each in found] == [(Status.CONTACTED, "Talt med vandafdelingen")]

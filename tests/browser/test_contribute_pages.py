"""The pages of contribution and review in a real browser, in three languages, empty and full."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from browsing import assert_accessible, assert_page
from ecograph.contribute.desk import OPERATOR, Options, Who
from ecograph.contribute.packing import SourceFile
from ecograph.ledger.partners import Role
from ecograph.messages import LANGUAGES
from service import SHORE, Service, small_service

pytestmark = pytest.mark.browser

ANNA = Who(f"{SHORE}/anna", SHORE, Role.CONTRIBUTOR)
HEADER = "id;Titel (da);Beskrivelse (da);Emne;Land;Rejst af\n"
GOOD = f"{HEADER}skybrud;Varsling ved skybrud på Ærø;Kældre oversvømmes.;Skybrud;Danmark;Syntetisk Ærø Kommune\n"
LYS = "lys;Gadelys, der kan dæmpes;Lyset brænder hele natten.;Gadebelysning;Danmark;Syntetisk Ærø Kommune\n"
BAD = f"{GOOD}varme;Fjernvarme;Rør lækker.;skybrd;Danmark;Syntetisk Ærø Kommune\n"
HOPELESS = f"{HEADER}" + "".join(f"r{n};;Tekst;findes-slet-ikke-{'x' * 60};Danmark;\n" for n in range(3))

EVERYBODYS = {
    "contribute": "/{lang}/contribute",
    "contribute, correcting": "/{lang}/contribute?corrects=0123",
    "template": "/{lang}/contribute/templates/need",
    "template with lists": "/{lang}/contribute/templates/participation",
    "check that is gone": "/{lang}/contribute/report?check=gone",
    "login": "/{lang}/login",
    "signed out": "/{lang}/login?done=out",
    "who says so": "/{lang}/statement?subject={base}id/need/synthetic-shore_lys&property=http://purl.org/dc/terms/title",
}
CONTRIBUTORS = {
    "own contributions": "/{lang}/contributions",
    "published": "/{lang}/contributions/{published}",
    "just approved": "/{lang}/contributions/{published}?done=approved",
    "before withdrawing": "/{lang}/contributions/{published}/withdraw",
    "waiting": "/{lang}/contributions/{waiting}",
    "before taking back": "/{lang}/contributions/{waiting}/withdraw",
    "faulty": "/{lang}/contributions/{faulty}",
    "returned": "/{lang}/contributions/{returned}",
    "withdrawn": "/{lang}/contributions/{withdrawn}",
}
REVIEWERS = {
    "queue": "/{lang}/review",
    "to decide": "/{lang}/contributions/{waiting}",
    "nothing of one's own": "/{lang}/contributions",
}
FILES = {"fine": GOOD, "partly": BAD, "hopeless": HOPELESS, "empty": "", "no table": "hello"}
BASE = "https://w3id.org/ecograph/"


@dataclass
class Office:
    """A service with a contribution in each state, and their ids."""

    service: Service
    ids: dict[str, str]

    def url(self, path: str, lang: str) -> str:
        return self.service.url + path.format(lang=lang, base=BASE, **self.ids)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with small_service(tmp_path_factory.mktemp("office")) as service:
        desk = service.ecograph.desk

        def receive(content: str, **options: object) -> str:
            files = [SourceFile("behov.csv", content.encode("cp1252"))]
            return desk.receive(files, Options(**options), ANNA).contribution.id  # type: ignore[arg-type]

        ids = {name: receive(HEADER + LYS) for name in ("withdrawn", "published")}
        soon = datetime.now(UTC).date() + timedelta(days=20)
        ids["published"] = receive(HEADER + LYS, expires_on=soon, source="https://example.org/behov", note="Se kilden.")
        for name in ("withdrawn", "published"):
            desk.submit(ids[name], ANNA)
            desk.approve(ids[name], OPERATOR, "Fint")
            if name == "withdrawn":
                desk.withdraw(ids[name], ANNA, "Forkert år")
        ids["waiting"] = receive(BAD + LYS.replace("hele natten", "til klokken to"))
        desk.submit(ids["waiting"], ANNA, leave_out="faulty")
        ids["faulty"] = receive(BAD)
        ids["returned"] = receive(GOOD)
        desk.submit(ids["returned"], ANNA)
        desk.send_back(ids["returned"], OPERATOR, "Hvad må det koste?\nOg hvornår?")
        desk.note(ids["returned"], ANNA, "Det finder vi ud af.")
        yield Office(service, ids)


def signed_in(browser: Browser, office: Office, token: str) -> BrowserContext:
    context = browser.new_context()
    page = context.new_page()
    page.goto(office.url("/da/login", "da"))
    page.locator("#token").fill(office.service.secrets[token])
    page.get_by_role("button", name="Log ind").click()
    page.wait_for_url("**/da/contributions")
    page.close()
    return context


@pytest.fixture(scope="module")
def nobody(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who is not signed in."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture(scope="module")
def contributor(browser: Browser, office: Office) -> Iterator[BrowserContext]:
    """A contributor's browser."""
    context = signed_in(browser, office, "contributor")
    yield context
    context.close()


@pytest.fixture(scope="module")
def reviewer(browser: Browser, office: Office) -> Iterator[BrowserContext]:
    """A coordinator's browser."""
    context = signed_in(browser, office, "reviewer")
    yield context
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
class TestEveryPage:
    @pytest.mark.parametrize("name", EVERYBODYS)
    def test_pages_for_everybody(self, nobody: BrowserContext, office: Office, name: str, lang: str) -> None:
        """
        The pages that anybody may open are accessible, in their language, and fit a narrow screen.
        """
        page = nobody.new_page()
        page.goto(office.url(EVERYBODYS[name], lang))
        assert_page(page, lang)
        page.close()

    @pytest.mark.parametrize("name", CONTRIBUTORS)
    def test_pages_for_contributors(self, contributor: BrowserContext, office: Office, name: str, lang: str) -> None:
        """
        A partner's pages are accessible in every state of a contribution.
        """
        page = contributor.new_page()
        page.goto(office.url(CONTRIBUTORS[name], lang))
        assert_page(page, lang)
        page.close()

    @pytest.mark.parametrize("name", REVIEWERS)
    def test_pages_for_reviewers(self, reviewer: BrowserContext, office: Office, name: str, lang: str) -> None:
        """
        A coordinator's pages are accessible, with something to decide and without.
        """
        page = reviewer.new_page()
        page.goto(office.url(REVIEWERS[name], lang))
        assert_page(page, lang)
        page.close()

    @pytest.mark.parametrize("name", FILES)
    @pytest.mark.parametrize("who", ["nobody", "contributor"])
    def test_reports(
        self, request: pytest.FixtureRequest, office: Office, name: str, who: str, lang: str, tmp_path: Path
    ) -> None:
        """
        A report is accessible whatever the file was: in order, partly, not at all, empty, no table.
        """
        context: BrowserContext = request.getfixturevalue(who)
        page = context.new_page()
        page.goto(office.url("/{lang}/contribute", lang))
        page.locator("#file").set_input_files(
            {"name": "behov.csv", "mimeType": "text/csv", "buffer": FILES[name].encode("cp1252")}
        )
        page.locator("form.upload button").click()
        page.wait_for_url("**/contribute/report?*")
        assert_page(page, lang)
        page.close()


class TestDarkTheme:
    @pytest.mark.parametrize("path", ["/sv/contribute", "/sv/contribute/templates/need"])
    def test_public_pages(self, browser: Browser, office: Office, path: str) -> None:
        """
        The dark theme of the pages of contribution has as much contrast as the light one.
        """
        page = browser.new_page(color_scheme="dark")
        page.goto(office.url(path, "sv"))
        assert_accessible(page)
        page.close()

    @pytest.mark.parametrize("name", ["returned", "faulty", "waiting", "published"])
    def test_cases(self, contributor: BrowserContext, office: Office, name: str) -> None:
        """
        So have the cases, with findings, differences and buttons.
        """
        page = contributor.new_page()
        page.emulate_media(color_scheme="dark")
        page.goto(office.url(CONTRIBUTORS[name], "da"))
        assert_accessible(page)
        page.close()


class TestByKeyboard:
    def test_file_is_checked_and_sent_without_a_mouse(self, contributor: BrowserContext, office: Office) -> None:
        """
        From the form over the report to the sent contribution, every step is reached with Tab and taken with Enter; the
        focus is always on something that can be seen.
        """
        page = contributor.new_page()
        page.goto(office.url("/da/contribute", "da"))
        page.locator("#file").set_input_files({"name": "behov.csv", "mimeType": "text/csv", "buffer": GOOD.encode()})
        page.locator("#file").focus()
        press_until(page, "Kontrollér")
        page.keyboard.press("Enter")
        page.wait_for_url("**/contribute/report?*")
        assert (
            "Alt er i orden" in page.locator("h1").inner_text()
            or "kan offentliggøres" in page.locator("h1").inner_text()
        )
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the skip link
        press_until(page, "Send ind til godkendelse")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/da/contributions/[0-9a-f]{32}\?done=submitted"))
        assert "Sendt ind til godkendelse" in page.get_by_role("status").inner_text()
        page.close()

    def test_missing_reason_is_named_and_led_to(self, reviewer: BrowserContext, office: Office) -> None:
        """
        A decision without its reason comes back with the fault on top; its link puts the focus on the field.
        """
        page = reviewer.new_page()
        page.goto(office.url(REVIEWERS["to decide"], "da"))
        page.locator("#why-return").fill("   ")
        page.get_by_role("button", name="Send retur").click()
        alert = page.get_by_role("alert")
        assert alert.inner_text().startswith("Fejl:")
        alert.get_by_role("link").click()
        assert page.evaluate("document.activeElement.id") == "why-return"
        assert_accessible(page)
        page.close()


class TestLanguages:
    def test_report_keeps_its_file_in_another_language(self, nobody: BrowserContext, office: Office) -> None:
        """
        The language menu of a report leads to the same report.
        """
        page = nobody.new_page()
        page.goto(office.url("/da/contribute", "da"))
        page.locator("#file").set_input_files({"name": "behov.csv", "mimeType": "text/csv", "buffer": BAD.encode()})
        page.locator("form.upload button").click()
        page.wait_for_url("**/contribute/report?*")
        page.get_by_role("link", name="Svenska").click()
        assert "Bidraget kan inte publiceras ännu" in page.locator("h1").inner_text()
        page.close()


def press_until(page: Page, name: str, limit: int = 60) -> None:
    """Tab to a button by its name."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        focused = page.evaluate("[document.activeElement.tagName, document.activeElement.textContent.trim()]")
        shown = page.evaluate(
            "(() => { const r = document.activeElement.getBoundingClientRect(); return r.width * r.height })()"
        )
        assert shown > 0, focused
        if focused == ["BUTTON", name]:
            return
    raise AssertionError(f"Tab does not reach {name!r}")

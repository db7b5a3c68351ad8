"""A real browser, and what holds for every page in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NARROW: Final = {"width": 320, "height": 640}
WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; `make test` installs it."""
    path = shutil.which("chromium")
    assert path, "the browser tests need Chromium: run `bash tests/install-tools.sh`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


def assert_accessible(page: Page) -> None:
    """No fault that axe sees."""
    found = Axe().run(page, options={"runOnly": WCAG})
    assert found.violations_count == 0, found.generate_report()


def assert_narrow(page: Page) -> None:
    """At 320 px nothing has to be scrolled sideways but tables in their own box."""
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def assert_page(page: Page, lang: str) -> None:
    """A page in its language with one h1, accessible, without addresses of terms in it, and narrow."""
    assert page.locator("html").get_attribute("lang") == lang
    assert page.locator("h1").count() == 1
    assert_accessible(page)
    assert "w3id.org" not in page.locator("main").inner_text()
    assert_narrow(page)

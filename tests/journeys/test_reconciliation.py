"""An analyst's table of names: what they mean in everything that is shipped, and how often that is right."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pandas as pd
import pytest
from playwright.sync_api import Browser
from reconciler import reconcile as reconciled

from browsing import assert_accessible, assert_narrow
from ecograph.bootstrap import EcoGraph
from ecograph.web.reconciling.asking import Asked
from ecograph.web.reconciling.index import Index, index
from ecograph.web.reconciling.manifest import PREVIEW_HEIGHT, PREVIEW_WIDTH
from ecograph.web.reconciling.matching import reconcile

ROOT = Path(__file__).parents[2]
NS = "https://w3id.org/ecograph/ns#"
ID = "https://w3id.org/ecograph/id/"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Quality:
    """How often the first candidate was right, and how often `match` was said, and rightly."""

    names: int
    first: int
    matches: int
    right: int


def measure(found: Index, cases: list[tuple[str, str]]) -> Quality:
    """Reconcile names of actors whose meaning is known."""
    first = matches = right = 0
    for name, meant in cases:
        candidates = reconcile(found, Asked(name, ("Actor",)), "da")
        top = candidates[0] if candidates else None
        first += top is not None and top.summary.id == meant
        if top and top.match:
            matches += 1
            right += top.summary.id == meant
    return Quality(len(cases), first, matches, right)


def listed_otherwise() -> list[tuple[str, str]]:
    """Names under which programmes list participants, where these differ from the register; told apart by hand."""
    found = set()
    for path in sorted((ROOT / "data").glob("*/participation.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {(row["listed_as"], row["participant"]) for row in csv.DictReader(file) if row.get("listed_as")}
    return sorted(found)


def with_slips(found: Index) -> Iterator[tuple[str, str]]:
    """
    Synthetic: each actor's name with one letter dropped, doubled, swapped or replaced, or without its accents.

    What becomes the very name of another, as Habo with one more a is Håbo, is no slip but that name.
    """
    chance = random.Random(11)
    actors = found.type_keys["actor"].kinds
    for summary in sorted(found.known.things.values(), key=lambda each: each.iri.value):
        name = summary.name("da")[0]
        if summary.kind in actors and len(name) >= 6:
            at = chance.randrange(1, len(name) - 1)
            slip = chance.choice(
                (
                    name[:at] + name[at + 1 :],
                    name[:at] + name[at] + name[at:],
                    name[:at] + name[at + 1] + name[at] + name[at + 2 :],
                    name[:at] + chance.choice("aeinrst") + name[at + 1 :],
                    name.translate(str.maketrans("æøåäöÆØÅÄÖ", "aoaaoAOAAO")),
                )
            )
            if not found.names.named(slip).keys() - {summary.iri}:
                yield slip, summary.id


@pytest.fixture(scope="module")
def shipped(loaded: EcoGraph) -> Index:
    """What can be reconciled in everything that is shipped."""
    return index(loaded.view())


class TestQuality:
    def test_names_as_programmes_list_them(self, shipped: Index) -> None:
        """
        Of the names that differ from the register, every match is right, most are matched, and nearly all come first.
        """
        found = measure(shipped, listed_otherwise())
        assert found.names == 210
        assert found.right == found.matches
        assert found.matches >= 180
        assert found.first >= 200

    def test_names_with_slips(self, shipped: Index) -> None:
        """
        With a letter wrong nobody is taken for another unseen, and most come first on the list.
        """
        found = measure(shipped, list(with_slips(shipped)))
        assert found.names > 1500
        assert found.right == found.matches
        assert found.first > 0.9 * found.names

    def test_own_names_are_found(self, shipped: Index) -> None:
        """
        By its official name every actor comes first or level with a namesake; where it is the only one, it is matched.
        """
        actors = shipped.type_keys["actor"].kinds
        cases = [
            (name, summary.id)
            for summary in shipped.known.things.values()
            if summary.kind in actors
            for name in shipped.official(summary.iri)
        ]
        found = measure(shipped, cases)
        assert found.right == found.matches
        assert found.matches > 0.95 * found.names

    def test_numbers_are_matches(self, shipped: Index) -> None:
        """
        A CVR number means its organisation whatever it is written with; a code that means several is no match.
        """
        with (ROOT / "data" / "ror" / "research-organisation.csv").open(encoding="utf-8", newline="") as file:
            first = next(row for row in csv.DictReader(file) if row["ror"])
        for written in (first["ror"], first["ror"].removeprefix("https://ror.org/").upper()):
            (found,) = reconcile(shipped, Asked(written), "en")
            assert (found.summary.id, found.match) == (f"organisation/{first['id']}", True)
        codes = reconcile(shipped, Asked("0163", ("municipality",)), "en")
        assert [each.match for each in codes] == [False, False]
        assert not any(each.match for each in reconcile(shipped, Asked("34928500"), "en"))
        (cpv,) = reconcile(shipped, Asked("34928500", ("Concept",)), "en")
        assert cpv.match

    def test_fifty_misspelt_names_in_one_batch(self, site: str, shipped: Index) -> None:
        """
        A full batch is answered whole: each of fifty misspelt names has candidates.
        """
        names = [name for name, _ in with_slips(shipped)][:50]
        queries = json.dumps({f"q{n}": {"query": name} for n, name in enumerate(names)})
        answer = httpx.post(f"{site}/reconcile", data={"queries": queries}, timeout=60).json()
        assert all(answer[f"q{n}"]["result"] for n in range(len(names)))


class TestClient:
    @pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # the client's own
    def test_data_frame_is_reconciled(self, site: str) -> None:
        """
        The package `reconciler`, made for other services of this API, reconciles a column by type and country.
        """
        table = pd.DataFrame({"name": ["Høje Taastrup", "Lunds kommun", "Malmo stad"], "land": ["DK", "SE", "Sverige"]})
        found = reconciled(
            table["name"],
            type_id=f"{NS}Municipality",
            property_mapping={f"{NS}country": table["land"]},
            reconciliation_endpoint=f"{site}/da/reconcile",
        ).set_index("input_value")
        assert found["id"].to_dict() == {
            "Høje Taastrup": f"{ID}municipality/dk-hoeje-taastrup",
            "Lunds kommun": f"{ID}municipality/se-lund",
            "Malmo stad": f"{ID}municipality/se-malmoe",
        }
        assert found["match"].to_dict() == {"Høje Taastrup": True, "Lunds kommun": True, "Malmo stad": False}

    def test_openrefine_walks_from_name_to_column(self, site: str) -> None:
        """
        What OpenRefine sends: manifest, a sample to guess the type, the column with a detail, a new column.
        """
        manifest = httpx.get(f"{site}/sv/reconcile", timeout=60).json()
        endpoint = f"{site}/sv/reconcile"
        sample = {f"q{n}": {"query": name, "limit": 3} for n, name in enumerate(("Lund", "Malmö", "Helsingør"))}
        guessed = httpx.post(endpoint, data={"queries": json.dumps(sample)}, timeout=60).json()
        types = [each["result"][0]["type"][0]["id"] for each in guessed.values()]
        assert types == [f"{NS}Municipality"] * 3
        row = {"query": "Lund", "type": types[0], "type_strict": "should"}
        with_detail = {**row, "properties": [{"pid": f"{NS}country", "v": "Sverige"}]}
        (best, *_) = httpx.post(endpoint, data={"queries": json.dumps({"q0": with_detail})}, timeout=60).json()["q0"][
            "result"
        ]
        assert (best["id"], best["match"]) == (f"{ID}municipality/se-lund", True)
        propose = manifest["extend"]["propose_properties"]
        offered = httpx.get(
            propose["service_url"] + propose["service_path"], params={"type": types[0], "limit": 50}, timeout=60
        ).json()["properties"]
        code = next(each["id"] for each in offered if each["name"] == "Kommunkod")
        wanted = {"ids": [best["id"]], "properties": [{"id": code}]}
        column = httpx.post(endpoint, data={"extend": json.dumps(wanted)}, timeout=60).json()
        assert column["rows"] == {best["id"]: {code: [{"str": "1281"}]}}


@pytest.mark.browser
class TestPreview:
    @pytest.mark.parametrize("lang", ["da", "sv", "en"])
    def test_preview_is_accessible_in_its_frame(self, site: str, browser: Browser, lang: str) -> None:
        """
        The preview has no fault that axe sees, fits its frame's width and a narrow one, and its link opens a new tab.
        """
        page = browser.new_page(viewport={"width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT})
        for id in ("municipality/se-lund", "organisation/lund-university", "http://data.europa.eu/cpv/cpv/34928500"):
            page.set_viewport_size({"width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT})
            page.goto(f"{site}/{lang}/reconcile/preview?id={id}")
            assert page.locator("html").get_attribute("lang") == lang
            assert page.locator("h1").count() == 1
            assert page.evaluate("document.documentElement.scrollWidth") <= PREVIEW_WIDTH
            assert page.locator("a").first.get_attribute("target") == "_blank"
            assert_accessible(page)
            assert_narrow(page)
        page.close()

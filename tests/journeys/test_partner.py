"""A partner's way over HTTP: from an empty template to data that others see, and out again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from openpyxl import load_workbook

from ecograph.namespaces import DCTERMS
from service import SHORE, Service, small_service

API = "/api/v1"
ALL = f"{API}/contributions"
TITLE = "Varsling ved skybrud på Ærø"
QUERY = f'SELECT ?need WHERE {{ ?need <{DCTERMS.title.value}> "{TITLE}"@da }}'


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with small_service(tmp_path_factory.mktemp("partner")) as found:
        yield found


@pytest.fixture
def partner(service: Service) -> Iterator[httpx.Client]:
    with service.client("contributor", **{"Accept-Language": "da"}) as client:
        yield client


@pytest.fixture
def coordinator(service: Service) -> Iterator[httpx.Client]:
    with service.client("reviewer", **{"Accept-Language": "sv"}) as client:
        yield client


@pytest.fixture
def reader(service: Service) -> Iterator[httpx.Client]:
    with service.client() as client:
        yield client


def step(client: httpx.Client, seen: httpx.Response, name: str, **body: object) -> httpx.Response:
    """The next step from what somebody has seen."""
    address = seen.json()["url"]
    return client.post(f"{address}/{name}", json=body, headers={"If-Match": seen.headers["etag"]})


def filled_in(template: bytes, rows: list[dict[str, str]]) -> bytes:
    """The workbook with rows under its headings, below the example row."""
    book = load_workbook(io.BytesIO(template))
    page = book.worksheets[0]
    headings = [str(cell.value).rstrip(" *") for cell in page[1]]
    for number, row in enumerate(rows, start=3):
        for heading, value in row.items():
            page.cell(number, headings.index(heading) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def found(reader: httpx.Client) -> list[str]:
    """The needs of that title in SPARQL."""
    rows = reader.get("/sparql", params={"query": QUERY, "format": "csv"}).text.splitlines()
    return rows[1:]


class TestPartner:
    def test_from_template_to_graph_and_back_out(
        self, partner: httpx.Client, coordinator: httpx.Client, reader: httpx.Client
    ) -> None:
        """
        Template, check, correction, review, return, approval; then everybody sees it. What is exported, edited and sent
        back changes the edits alone. Withdrawn, it is gone.
        """
        template = reader.get(f"{API}/templates/need.xlsx", params={"lang": "da"}).content
        row = {
            "id": "skybrud",
            "Titel (da)": TITLE,
            "Beskrivelse (da)": "Kældre bliver oversvømmet.",
            "Emne": "skybrd",
            "Land": "Danmark",
            "Rejst af": "Syntetisk Ærø Kommune",
        }
        wrong = reader.post(
            f"{ALL}?dry_run=true", files={"file": ("behov.xlsx", filled_in(template, [row]))}, data={"lang": "da"}
        ).json()
        assert not wrong["conforms"]
        fault = next(each for each in wrong["findings"] if each["code"] == "unknown-concept")
        assert (fault["row"], fault["column"], fault["value"]) == (3, "Emne", "skybrd")
        assert fault["message"]["da"].startswith("»skybrd« findes ikke i listen")

        right = {"file": ("behov.xlsx", filled_in(template, [{**row, "Emne": "Skybrud"}]))}
        sent = partner.post(ALL, files=right, data={"note": "Vores første"}, headers={"Idempotency-Key": "behov-1"})
        assert sent.status_code == 201, sent.text
        assert sent.json()["check"]["conforms"], sent.json()["check"]["findings"]
        submitted = step(partner, sent, "submit")
        assert submitted.json()["state"] == "submitted"
        assert found(reader) == []

        waiting = coordinator.get(ALL, params={"state": "submitted"}).json()["items"]
        assert [each["id"] for each in waiting] == [sent.json()["id"]]
        seen = coordinator.get(waiting[0]["url"])
        diff = coordinator.get(f"{waiting[0]['url']}/diff").json()
        assert diff["summary"]["sv"].startswith("Nya: 1")
        assert diff["things"][0]["labels"]["da"] == TITLE
        returned = step(coordinator, seen, "return", why="Skriv också på svenska")
        assert returned.json()["state"] == "returned"

        stale = step(partner, sent, "submit")
        assert (stale.status_code, stale.json()["code"]) == (412, "version-conflict")
        back = partner.get(sent.json()["url"])
        assert back.json()["events"][-1]["why"] == "Skriv också på svenska"
        better = {"Titel (sv)": "Varning vid skyfall på Ærø", **row, "Emne": "Skybrud"}
        corrected = partner.post(
            ALL, files={"file": ("behov.xlsx", filled_in(template, [better]))}, data={"corrects": back.json()["id"]}
        )
        ready = step(partner, corrected, "submit")
        approved = step(coordinator, ready, "approve", why="Fint")
        assert approved.status_code == 200, approved.text
        assert approved.json()["state"] == "published"

        assert len(found(reader)) == 1
        thing = reader.get(f"{API}/needs/{SHORE}_skybrud").json()
        assert thing["labels"] == {"da": TITLE, "sv": "Varning vid skyfall på Ærø"}
        page = reader.get(f"/sv/id/need/{SHORE}_skybrud")
        assert (page.status_code, "Varning vid skyfall på Ærø" in page.text) == (200, True)
        said = reader.get(f"{API}/statements", params={"subject": f"need/{SHORE}_skybrud"}).json()["items"][0]
        assert said["publication"]["contribution"] == approved.json()["id"]
        assert said["publication"]["reviewer"] == "Påhittade Bergs kommun"

        exported = reader.get(f"{API}/publishers/{SHORE}/need.csv", params={"lang": "da"})
        again = partner.post(f"{ALL}?dry_run=true", files={"file": ("need.csv", exported.content)}).json()
        assert {each["code"] for each in again["findings"]} <= {"unchanged"}
        edited = exported.text.replace("Kældre bliver oversvømmet.", "Kældre bliver oversvømmet i 30 huse.")
        change = partner.post(ALL, files={"file": ("need.csv", edited.encode())})
        lines = partner.get(f"{change.json()['url']}/diff").json()
        of_the_need = [line for line in (*lines["added"], *lines["removed"]) if f"need/{SHORE}_skybrud>" in line]
        assert len(of_the_need) == 2, lines
        assert all("description" in line for line in of_the_need)
        second = step(coordinator, step(partner, change, "submit"), "approve")
        assert second.json()["state"] == "published"
        assert "i 30 huse" in reader.get(f"{API}/publishers/{SHORE}/need.csv").text

        first = partner.get(approved.json()["url"])
        hindered = step(partner, first, "withdraw", why="Forkert")
        assert (hindered.status_code, hindered.json()["code"]) == (409, "withdrawal-conflict")
        for case in (second, first):
            gone = step(partner, partner.get(case.json()["url"]), "withdraw", why="Behovet er opfyldt")
            assert gone.json()["state"] == "withdrawn"
        assert found(reader) == []
        left = reader.get(f"{API}/needs/{SHORE}_skybrud")
        assert (left.status_code, left.json()["code"]) == (410, "withdrawn")
        assert list(csv.reader(io.StringIO(reader.get(f"{API}/publishers/{SHORE}/need.csv").text)))[1:] == []

    def test_expert_sends_turtle(self, partner: httpx.Client, coordinator: httpx.Client, reader: httpx.Client) -> None:
        """
        A script sends Turtle in its partner's space and submits it; the same findings, the same review.
        """
        turtle = (
            "@prefix eco: <https://w3id.org/ecograph/ns#> . @prefix dcterms: <http://purl.org/dc/terms/> .\n"
            f'<https://w3id.org/ecograph/id/need/{SHORE}_varme> a eco:Need ; dcterms:title "Spildvarme på Ærø"@da ;\n'
            '  dcterms:description "Varme går til spilde."@da ;\n'
            "  eco:country <https://w3id.org/ecograph/concept/country/dk> ;\n"
            "  eco:topic <https://w3id.org/ecograph/concept/topic/cloudburst> ;\n"
            "  eco:raisedBy <https://w3id.org/ecograph/id/municipality/dk-synthetic> .\n"
        )
        sent = partner.post(ALL, content=turtle.encode(), headers={"Content-Type": "text/turtle"})
        assert sent.status_code == 201, sent.text
        assert sent.json()["check"]["conforms"], sent.json()["check"]["findings"]
        approved = step(coordinator, step(partner, sent, "submit"), "approve")
        assert approved.json()["state"] == "published"
        described = reader.get(f"/id/need/{SHORE}_varme.ttl")
        assert "Spildvarme på Ærø" in described.text

    def test_others_names_are_not_given(self, partner: httpx.Client, service: Service) -> None:
        """
        What would name a thing in somebody else's space is a finding, and nothing is published.
        """
        before = service.ecograph.revision
        row = "id,title_da,topic,country\nneed/synthetic-hill_x,Stjålet,cloudburst,dk\n"
        sent = partner.post(f"{ALL}?name=need.csv", content=row, headers={"Content-Type": "text/csv"})
        assert "foreign-space" in {each["code"] for each in sent.json()["check"]["findings"]}
        assert step(partner, sent, "submit").status_code == 422
        assert service.ecograph.revision == before

    def test_many_partners_check_at_once(self, service: Service) -> None:
        """
        More checks than there are workers wait or are told when to come back; none fails otherwise.
        """

        def check(number: int) -> int:
            content = f"id,title_da,topic,country\nn{number},Behov {number},cloudburst,dk\n"
            with service.client() as client:
                response = client.post(
                    f"{ALL}?dry_run=true&name=need.csv", content=content, headers={"Content-Type": "text/csv"}
                )
            assert response.status_code == 200 or "retry-after" in response.headers
            return response.status_code

        with ThreadPoolExecutor(24) as pool:
            statuses = list(pool.map(check, range(48)))
        assert set(statuses) <= {200, 503}
        assert statuses.count(200) >= 10

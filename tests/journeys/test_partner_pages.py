"""The whole way of a municipal officer and a coordinator over the pages: a form, a link and a button at a time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import urlsplit

import httpx
import pytest
from openpyxl import load_workbook

from ecograph.identifiers import graph_iri
from ecograph.messages import LANGUAGES, text
from ecograph.namespaces import DCTERMS
from service import HILL, SHORE, Service, small_service

HEADER = "id;Titel (da);Beskrivelse (da);Emne;Land;Rejst af\n"
SKYBRUD = "skybrud;Varsling ved skybrud på Ærø;Kældre oversvømmes.;Skybrud;Danmark;Syntetisk Ærø Kommune\n"
LYS = "lys;Gadelys, der kan dæmpes;Lyset brænder hele natten.;Gadebelysning;Danmark;Syntetisk Ærø Kommune\n"
FAULTY = "varme;Fjernvarme i Åmål;Rør lækker.;skybrd;Danmark;Syntetisk Ærø Kommune\n"
ID = re.compile(r"/contributions/([0-9a-f]{32})")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with small_service(tmp_path_factory.mktemp("pages")) as found:
        yield found


class Visitor:
    """A browser without JavaScript: it keeps cookies, follows redirects, and sends forms as they stand."""

    def __init__(self, service: Service, token: str | None = None, lang: str = "da") -> None:
        origin = {"Origin": service.url, "Accept": "text/html"}
        self.http = httpx.Client(base_url=service.url, headers=origin, follow_redirects=True, timeout=90)
        self.lang = lang
        if token:
            signed_in = self.post(f"/{lang}/login", token=service.secrets[token])
            assert "ecograph_session" in self.http.cookies, signed_in.text

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self.http.get(path if path.startswith("/") else f"/{self.lang}/{path}")

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form."""
        return self.http.post(path, data=fields)

    def check(self, content: str, name: str = "behov.csv", **fields: str) -> httpx.Response:
        """Choose a file, and press "check"."""
        files = {"file": (name, content.encode("cp1252"), "text/csv")}
        return self.http.post(f"/{self.lang}/contribute/check", files=files, data=fields)

    def send(self, report: httpx.Response, **fields: str) -> httpx.Response:
        """Send what a report is about."""
        return self.post(f"/{self.lang}/contribute/report/send", check=handle(report), **fields)

    def step(self, case: str, name: str, **fields: str) -> httpx.Response:
        """Press a button of a case, as the page has it now."""
        page = self.get(f"contributions/{case}")
        version = re.search(r'name="version" value="(\d+)"', page.text)
        assert version, page.text
        return self.post(f"/{self.lang}/contributions/{case}/{name}", **{"version": version[1], **fields})


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(service: Service) -> Iterator[Visit]:
    """Opens a browser, for somebody with a token or for anybody."""
    opened: list[Visitor] = []

    def visiting(token: str | None = None, lang: str = "da") -> Visitor:
        opened.append(Visitor(service, token, lang))
        return opened[-1]

    yield visiting
    for visitor in opened:
        visitor.http.close()


def handle(report: httpx.Response) -> str:
    return dict(pair.split("=") for pair in report.url.query.decode().split("&"))["check"]


def case_of(page: httpx.Response) -> str:
    found = ID.search(str(page.url))
    assert found, f"{page.url}: {words(page)[:600]}"
    return found[1]


def words(page: httpx.Response) -> str:
    """What stands on the page."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def heading(page: httpx.Response) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found[1]))).strip()


def titles(service: Service, publisher: str) -> set[str]:
    with service.ecograph.snapshot() as snapshot:
        return {quad.object.value for quad in snapshot.quads(None, DCTERMS.title, None, graph_iri(publisher))}  # type: ignore[union-attr]


class TestCheck:
    def test_anybody_gets_the_verdict_first(self, visit: Visit) -> None:
        """
        Without signing in, the first thing a check says is whether the file can be published; then how it was read, and
        each fault with row, heading, value and what to do.
        """
        page = visit().check(HEADER + SKYBRUD + FAULTY)
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert "Bidraget kan ikke offentliggøres endnu" in heading(page)
        said = words(page)
        assert "semikolon, Windows-1252" in said
        assert "danske overskrifter" in said
        assert "skybrd" in said
        assert "Mente du: Skybrud" in said

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_report_can_be_read_in_each_language(self, visit: Visit, lang: str) -> None:
        """
        The language menu of a report leads to the same report in the other languages; no address of RDF is shown.
        """
        report = visit().check(HEADER + FAULTY)
        page = visit().get(f"/{lang}/contribute/report?check={handle(report)}")
        assert page.status_code == 200
        assert text("page.report.many.violation", lang) in words(page)  # type: ignore[arg-type]
        assert "w3id.org" not in words(page)

    def test_equal_findings_stand_on_one_line(self, visit: Visit) -> None:
        """
        The same fault in five rows is one line that names the five rows.
        """
        rows = "".join(f"r{n};Titel {n};Tekst;findes slet ikke;Danmark;\n" for n in range(5))
        page = visit().check(HEADER + rows)
        assert page.text.count("findes slet ikke</td>") == 1
        assert "2–6" in words(page)

    def test_file_comes_back_marked_and_the_bad_rows_alone(self, visit: Visit) -> None:
        """
        From the report, the file can be had with its cells marked, and the rows to correct as a file of their own.
        """
        visitor = visit()
        report = visitor.check(HEADER + SKYBRUD + FAULTY)
        check = handle(report)
        book = visitor.get(f"/da/contribute/report/marked?check={check}")
        assert load_workbook(io.BytesIO(book.content)).sheetnames[0] == "EcoGraph-resultat"
        rows = visitor.get(f"/da/contribute/report/errors?check={check}").content.decode("cp1252")
        assert "Fjernvarme" in rows
        assert "Ærø;" not in rows.splitlines()[1].partition("Fjernvarme")[0]
        assert len(rows.splitlines()) == 2

    def test_handle_opens_nothing_else(self, visit: Visit) -> None:
        """
        A handle that is not kept leads back to the form with an explanation, and reveals nothing.
        """
        page = visit().get("/da/contribute/report?check=guessed")
        assert page.status_code == 410
        assert "kun i 15 minutter" in words(page)

    def test_form_without_a_file_is_explained(self, visit: Visit) -> None:
        """
        Whoever forgets the file is told so on top of the form, with a link to the field.
        """
        visitor = visit()
        page = visitor.http.post("/da/contribute/check", files={"file": ("", b"")})
        assert page.status_code == 400
        assert "Fejl:" in words(page)
        assert '<a href="#file">' in page.text

    def test_refused_format_says_what_to_use(self, visit: Visit) -> None:
        """
        A format that is not taken comes back as a report with the sentence that says which ones are.
        """
        page = visit().check('{"@id": "x"}', "data.jsonld")
        assert "Turtle, N-Triples, CSV eller XLSX" in words(page)


class TestWholeWay:
    def test_from_the_sheet_to_the_graph_and_back(self, service: Service, visit: Visit) -> None:
        """
        A partner checks, signs in, sends; a coordinator sees the difference, sends it back, gets it corrected,
        approves; everybody sees it with its source; the partner edits it as a sheet, and at last withdraws it.
        """
        officer = visit()
        report = officer.check(HEADER + SKYBRUD.replace("Kældre oversvømmes.", "Vand i kælderen."))
        assert "Log ind og send" in words(report)
        back = f"/da/contribute/report?check={handle(report)}"
        report = officer.post("/da/login", token=service.secrets["contributor"], next=back)
        assert urlsplit(str(report.url)).path == "/da/contribute/report"
        assert "CC BY 4.0" in words(report)
        page = officer.send(report, source="https://example.org/behov", note="Vores første")
        first = case_of(page)
        assert "Sendt ind til godkendelse" in words(page)
        assert titles(service, SHORE) == set()

        coordinator = visit("reviewer", "sv")
        queue = coordinator.get("review")
        assert "Syntetisk Strand Kommune" in words(queue)
        case = coordinator.get(f"contributions/{first}")
        assert "Vad bidraget ändrar" in words(case)
        assert "Varsling ved skybrud på Ærø" in words(case)
        assert "Vores første" in words(case)
        no_reason = coordinator.step(first, "return", why=" ")
        assert no_reason.status_code == 400
        assert '<a href="#why-return">' in no_reason.text
        coordinator.step(first, "return", why="Beskrivelsen är för kort.")

        case = officer.get(f"contributions/{first}")
        assert "sendt retur" in words(case)
        assert "Beskrivelsen är för kort." in words(case)
        assert "Påhittade Bergs kommun (reviewer)" in words(case)
        second = case_of(officer.send(officer.check(HEADER + SKYBRUD + LYS, corrects=first)))
        assert "et tidligere bidrag" in words(officer.get(f"contributions/{second}"))

        done = coordinator.step(second, "approve")
        assert "Godkänt och publicerat" in words(done)
        thing = re.search(r'href="(/sv/id/need/synthetic-shore_skybrud)"', done.text)
        assert thing
        profile = coordinator.get(thing[1])
        assert heading(profile) == "Varsling ved skybrud på Ærø"
        origin = re.search(r'class="origin" href="([^"]+)"', profile.text)
        assert origin
        said = words(coordinator.get(unescape(origin[1])))
        assert "Syntetisk Strand Kommune" in said
        assert "Påhittade Bergs kommun" in said
        assert "CC BY 4.0" in said

        own = officer.get("contributions")
        sheet = re.search(r'href="(/api/v1/publishers/synthetic-shore/need\.csv\?lang=da)"', own.text)
        assert sheet
        exported = officer.http.get(sheet[1]).content.decode("utf-8-sig")
        edited = officer.http.post(
            "/da/contribute/check",
            files={"file": ("behov.csv", exported.replace("hele natten", "til klokken to").encode("utf-8-sig"))},
        )
        third = case_of(officer.send(edited))
        changes = words(coordinator.get(f"contributions/{third}"))
        assert "Nya: 0. Ändrade: 1. Borttagna: 0." in changes
        assert "Lyset brænder til klokken to." in changes
        assert "Lyset brænder hele natten." in changes
        coordinator.step(third, "approve")

        before = officer.get(f"contributions/{third}/withdraw")
        assert "Ingen andres oplysninger bygger på det" in words(before)
        gone = officer.step(third, "withdraw", why="Det var alligevel hele natten.")
        assert "Trukket tilbage" in words(gone)
        officer.step(second, "withdraw", why="Forkert år")
        assert titles(service, SHORE) == set()
        again = officer.post(f"/da/contributions/{second}/again")
        assert case_of(again) != second
        assert "modtaget som et nyt bidrag" in words(again)


class TestPartly:
    def test_good_rows_go_on_and_the_bad_ones_stay(self, service: Service, visit: Visit) -> None:
        """
        A file with faults can be sent without the rows that have them; the page says how many stay behind.
        """
        officer = visit("contributor")
        report = officer.check(HEADER + LYS + FAULTY)
        assert "Rækker i orden: 1" in words(report)
        case = case_of(officer.send(report, rows="good"))
        page = officer.get(f"contributions/{case}")
        assert "indsendt" in words(page)
        assert "rækker med fejl: 1" in words(page)
        visit("reviewer").step(case, "approve")
        assert titles(service, SHORE) == {"Gadelys, der kan dæmpes"}
        officer.step(case, "withdraw", why="Slut")


class TestTwoAtOnce:
    def test_second_decision_is_told_of_the_first(self, service: Service, visit: Visit) -> None:
        """
        Of two reviewers with the same page open, the second one's decision is not taken: the page says who changed
        what, and shows how it stands.
        """
        officer = visit("contributor")
        case = case_of(officer.send(officer.check(HEADER + SKYBRUD)))
        first, second = visit("reviewer"), visit("administrator")
        version = re.search(r'name="version" value="(\d+)"', second.get(f"contributions/{case}").text)
        assert version
        first.step(case, "return", why="Mangler budget")
        page = second.post(f"/da/contributions/{case}/approve", version=version[1])
        assert page.status_code == 412
        assert "Bidraget er ændret, siden du åbnede siden" in words(page)
        assert "Påhittade Bergs kommun (reviewer)" in words(page)
        assert "Mangler budget" in words(page)
        assert titles(service, SHORE) == set()


class TestWhoMay:
    def test_pages_of_work_ask_to_sign_in(self, visit: Visit) -> None:
        """
        Whoever is not signed in is led to the form, and after it back to the page that was asked for.
        """
        visitor = visit()
        page = visitor.get("contributions")
        assert urlsplit(str(page.url)).path == "/da/login"
        assert 'name="next" value="/da/contributions"' in page.text

    def test_wrong_token_is_explained_and_opens_nothing(self, visit: Visit) -> None:
        """
        A token that opens nothing is refused with a sentence that says what to do.
        """
        visitor = visit()
        page = visitor.post("/da/login", token="eg_wrong")
        assert page.status_code == 401
        assert "Adgangsnøglen kan ikke bruges" in words(page)
        assert not visitor.http.cookies

    def test_signing_in_leads_to_our_own_pages_only(self, service: Service, visit: Visit) -> None:
        """
        An address of another host is not followed after signing in.
        """
        for elsewhere in ("https://example.org/da", "//example.org/da", "/da/\\example.org", "/da/../../x@example.org"):
            page = visit().post("/da/login", token=service.secrets["contributor"], next=elsewhere)
            assert str(page.url) == f"{service.url}/da/contributions"

    def test_signing_out_ends_the_session(self, visit: Visit) -> None:
        """
        After signing out the old cookie opens nothing.
        """
        visitor = visit("contributor")
        cookie = visitor.http.cookies["ecograph_session"]
        assert "Du er logget ud" in words(visitor.post("/da/logout"))
        visitor.http.cookies.set("ecograph_session", cookie)
        assert urlsplit(str(visitor.get("contributions").url)).path == "/da/login"

    def test_other_sites_cannot_press_a_button(self, service: Service, visit: Visit) -> None:
        """
        A form on somebody else's page changes nothing, although the browser may send the cookie with it.
        """
        officer = visit("contributor")
        case = case_of(officer.send(officer.check(HEADER + SKYBRUD)))
        reviewer = visit("reviewer")
        elsewhere = {"Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"}
        address = f"/da/contributions/{case}/approve"
        assert reviewer.http.post(address, data={"version": "3"}, headers=elsewhere).status_code == 403
        assert titles(service, SHORE) == set()

    def test_another_partner_does_not_see_it(self, visit: Visit) -> None:
        """
        A contributor sees the own partner's contributions and nobody else's.
        """
        officer = visit("contributor")
        case = case_of(officer.send(officer.check(HEADER + SKYBRUD)))
        other = visit("other")
        assert other.get(f"contributions/{case}").status_code == 403
        assert "skybrud" not in words(other.get("contributions"))
        assert other.get("review").status_code == 403

    def test_own_reviewer_is_offered_no_decision(self, visit: Visit) -> None:
        """
        A reviewer of the partner that sent it sees the case without the buttons to decide it.
        """
        officer = visit("contributor")
        case = case_of(officer.send(officer.check(HEADER + SKYBRUD)))
        page = visit("sten").get(f"contributions/{case}")
        assert page.status_code == 200
        assert f"{case}/approve" not in page.text


class TestWhoSaysSo:
    def test_everybody_can_ask_where_a_fact_comes_from(self, visit: Visit) -> None:
        """
        Each fact of a profile leads to who states it; the case behind it is offered to those who may see it.
        """
        officer = visit("contributor")
        case = case_of(officer.send(officer.check(HEADER + SKYBRUD)))
        visit("reviewer").step(case, "approve")
        profile = visit().get("/da/id/need/synthetic-shore_skybrud")
        links = [unescape(link) for link in re.findall(r'class="origin" href="([^"]+)"', profile.text)]
        assert len(links) >= 3
        said = visit().get(links[0])
        assert "Påhittade Bergs kommun" in words(said)
        assert re.search(r"[0-9a-f]{64}", words(said))
        assert case not in said.text
        assert case in officer.get(links[0]).text
        assert visit().get("/da/statement?subject=x&property=y").status_code == 404
        officer.step(case, "withdraw", why="Slut")


class TestExpiry:
    def test_what_goes_soon_is_listed_and_can_stay(self, service: Service, visit: Visit) -> None:
        """
        A contribution with a last day stands on the partner's list in time, and gets a new day by a form.
        """
        today = datetime.now(UTC).date()
        soon, later = today + timedelta(days=10), today + timedelta(days=400)
        hill = visit("other", "sv")
        row = "skyfall;Varning vid skyfall i Åmål;Källare översvämmas.;Skyfall;Sverige;Påhittade Åmåls kommun\n"
        header = "id;Titel (sv);Beskrivning (sv);Ämne;Land;Framfört av\n"
        case = case_of(hill.send(hill.check(header + row), expires_on=soon.isoformat()))
        approved = visit("sten").step(case, "approve")
        assert approved.status_code == 200, words(approved)
        assert f"tas bort den {soon.isoformat()}" in words(hill.get("contributions"))
        past = hill.step(case, "renew", expires_on=today.isoformat())
        assert past.status_code == 400
        assert "Välj en dag" in words(past)
        assert "Det har fått en ny dag" in words(hill.step(case, "renew", expires_on=later.isoformat()))
        assert "Tas snart bort" not in words(hill.get("contributions"))
        assert titles(service, HILL) == {"Varning vid skyfall i Åmål"}


class TestTemplates:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_every_template_has_a_page_and_a_file(self, service: Service, visit: Visit, lang: str) -> None:
        """
        The first step lists every template with its files; each has a page that says what its columns are for.
        """
        visitor = visit()
        page = visitor.get(f"/{lang}/contribute")
        for slug in service.ecograph.rules.contract.templates:
            assert f'href="/{lang}/contribute/templates/{slug}"' in page.text
            assert f'href="/api/v1/templates/{slug}.xlsx?lang={lang}"' in page.text
            shown = visitor.get(f"/{lang}/contribute/templates/{slug}")
            assert shown.status_code == 200
            assert "w3id.org" not in words(shown)
        need = visitor.get(f"/{lang}/contribute/templates/need")
        files = re.findall(r'href="(/api/v1/templates/[^"]+)"', need.text)
        assert len(files) == 6
        for address in files:
            assert visitor.get(unescape(address)).status_code == 200, address

    def test_downloaded_template_is_a_file_that_can_be_checked(self, visit: Visit) -> None:
        """
        A template that is sent as it came holds nothing yet, and the report says so.
        """
        visitor = visit()
        book = visitor.http.get("/api/v1/templates/need.xlsx?lang=da").content
        page = visitor.http.post("/da/contribute/check", files={"file": ("Behov.xlsx", book)})
        assert "ingen rækker" in words(page)

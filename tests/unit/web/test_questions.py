"""The questions of the catalogue over HTTP: files, pages, descriptions for programs and for SPARQL editors."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import httpx
import openpyxl
import pytest
from pyoxigraph import Quad, RdfFormat, parse

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.messages import LANGUAGES
from ecograph.namespaces import RDF, SH
from ecograph.query.examples import EXAMPLES_GRAPH
from ecograph.rdf.parsing import normalised
from ecograph.rdf.patch import Patch
from ecograph.store.oxigraph import EmbeddedStore
from service import Service, serving
from unit.web.conftest import CONCEPTS, DATA, quads

API = "/api/v1/queries"


class Tables(HTMLParser):
    """The cells of a page's tables."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data.strip()


class TestFiles:
    @pytest.mark.parametrize(
        ("suffix", "media_type"),
        [
            ("json", "application/sparql-results+json"),
            ("xml", "application/sparql-results+xml"),
            ("csv", "text/csv; charset=utf-8"),
            ("tsv", "text/tab-separated-values; charset=utf-8"),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("html", "text/html; charset=utf-8"),
        ],
    )
    def test_suffix_names_the_format(self, client: httpx.Client, suffix: str, media_type: str) -> None:
        """
        A question is a file of each format at its address, whatever the client accepts.
        """
        found = client.get(f"{API}/needs-in-topic.{suffix}", params={"topic": "climate"}, headers={"Accept": "x/y"})
        assert (found.status_code, found.headers["content-type"]) == (200, media_type)
        again = client.get(
            f"{API}/needs-in-topic.{suffix}",
            params={"topic": "climate"},
            headers={"If-None-Match": found.headers["etag"]},
        )
        assert again.status_code == 304

    def test_accept_names_the_format_where_the_address_does_not(self, client: httpx.Client) -> None:
        """
        A browser gets a table, a program what it asks for, and anybody else JSON.
        """
        for accept, media_type in (
            ("*/*", "application/sparql-results+json"),
            ("text/csv", "text/csv"),
            ("text/html,*/*;q=0.8", "text/html"),
        ):
            found = client.get(f"{API}/needs-per-topic", headers={"Accept": accept})
            assert found.headers["content-type"].startswith(media_type)
        assert client.get(f"{API}/needs-per-topic", headers={"Accept": "image/png"}).status_code == 406

    def test_workbook_names_things(self, client: httpx.Client) -> None:
        """
        A workbook has headings in the reader's language, names that lead to the thing, and numbers as numbers.
        """
        found = client.get(f"{API}/needs-per-topic.xlsx", params={"lang": "da"})
        book = openpyxl.load_workbook(io.BytesIO(found.content))
        assert book.active is not None
        rows = list(book.active.iter_rows())
        assert [cell.value for cell in rows[0]] == ["Emne", "Antal behov"]
        assert [cell.value for cell in rows[1]] == ["Klima", 1]
        assert rows[1][0].hyperlink is not None
        assert rows[1][0].hyperlink.target == "https://w3id.org/ecograph/concept/topic/climate"

    def test_page_for_a_spreadsheet_is_one_table(self, client: httpx.Client) -> None:
        """
        The table for a web query holds names and links, in the reader's language.
        """
        found = client.get(f"{API}/solutions-for-topic.html", params={"topic": "climate", "lang": "sv"})
        assert Tables(found.text).rows == [
            ["Lösning", "Leverantör", "Land"],
            ["Rain gauge", "Øresund Vand", "Danmark"],
        ]

    def test_values_default_where_they_may(self, client: httpx.Client) -> None:
        """
        A value with a default need not be given, an optional one restricts nothing, any other is asked for.
        """
        assert client.get(f"{API}/needs-by-year.csv").status_code == 200
        assert client.get(f"{API}/needs-without-solution.csv").text.count("\n") == 2
        assert client.get(f"{API}/needs-without-solution.csv?country=dk").text.count("\n") == 1
        missing = client.get(f"{API}/needs-in-topic.csv").json()
        assert (missing["status"], missing["code"]) == (400, "bad-parameter")
        assert "topic" in missing["detail"]

    @pytest.mark.parametrize(
        "wrong", ["country=fi", "country=dk&country=se", "until=99", "until=2019%22%20%7D", "colour=red"]
    )
    def test_value_that_is_none_is_named(self, client: httpx.Client, wrong: str) -> None:
        """
        A value off the list, twice where one is asked for, of another kind or of no parameter is refused.
        """
        found = client.get(f"{API}/needs-by-year.xlsx?{wrong}")
        assert (found.status_code, found.json()["code"]) == (400, "bad-parameter")

    @pytest.mark.parametrize(
        ("question", "value"),
        [
            ("needs-in-topic", "topic=climat"),
            ("needs-in-topic", "topic=https://w3id.org/ecograph/concept/country/dk"),
            ("needs-of-municipality", "municipality=municipality/dk-atlantis"),
            ("needs-of-municipality", "municipality=organisation/zink"),
            ("who-said-this", "thing=need/nothing"),
        ],
    )
    def test_value_that_the_graph_does_not_have_is_named(self, client: httpx.Client, question: str, value: str) -> None:
        """
        An unknown concept, one of another scheme, an unknown thing and one of another class are refused.
        """
        found = client.get(f"{API}/{question}.csv?{value}")
        assert (found.status_code, found.json()["code"]) == (400, "bad-parameter")
        name, _, given = value.partition("=")
        assert name in found.json()["detail"]
        assert given in found.json()["detail"]
        assert client.get(f"/en/queries/{question}?{value}").status_code == 400

    def test_unknown_question_and_format_are_not_found(self, client: httpx.Client) -> None:
        """
        A question or a format that there is not is a 404.
        """
        assert client.get(f"{API}/nothing.csv").status_code == 404
        assert client.get(f"{API}/needs-per-topic.pdf").status_code == 404


class TestPast:
    def test_question_is_asked_of_an_earlier_revision(self, service: Service) -> None:
        """
        `at` asks the graph as it was, says which revision that is, and names what there is where there was none.
        """
        with service.client() as client:
            now = client.get(
                f"{API}/municipality-at-a-glance.csv", params={"municipality": "municipality/dk-synthetic"}
            )
            before = client.get(f"{API}/data-models-per-subject.csv", params={"at": "1"})
            assert now.status_code == before.status_code == 200
            assert before.headers["ecograph-revision"] == "1"
            assert "memento-datetime" in before.headers
            assert "max-age" in before.headers["cache-control"]
            late = client.get(f"{API}/data-models-per-subject.csv", params={"at": "9999"})
            assert late.status_code == 404
            page = client.get("/sv/queries/counts-by-class-and-country", params={"at": "1"})
            assert "Svaret är från revision 1" in page.text
            assert "at=1" in page.text
            assert page.headers["ecograph-revision"] == "1"
            assert "memento-datetime" in page.headers

    @pytest.mark.parametrize("address", [f"{API}/municipality-at-a-glance", "/en/queries/municipality-at-a-glance"])
    def test_value_is_looked_for_in_the_revision_that_is_asked(self, service: Service, address: str) -> None:
        """
        A municipality that is known today is a fault in a question about a day before it was.
        """
        with service.client() as client:
            values = {"municipality": "municipality/dk-synthetic"}
            assert client.get(address, params=values).status_code == 200
            assert client.get(address, params={**values, "at": "1"}).status_code == 400


class TestDescription:
    def test_every_question_is_an_operation(self, client: httpx.Client, served: EcoGraph) -> None:
        """
        A client of the OpenAPI document finds each question with its values, their types, choices and examples.
        """
        paths = client.get("/openapi.json").json()["paths"]
        names = set()
        for slug, question in served.catalogue.items():
            operation = paths[f"{API}/{slug}"]["get"]
            names.add(operation["operationId"])
            assert operation["summary"] == question.summaries["en"]
            described = {each["name"]: each for each in operation["parameters"] if each["in"] == "query"}
            asked = {each.name: each for each in question.parameters if each.kind != "language"}
            assert set(asked) <= set(described)
            assert {name for name, each in described.items() if each["required"]} == {
                name for name, each in asked.items() if each.required
            }
            assert all(described[name]["example"] not in (None, "") for name in asked)
        assert len(names) == len(served.catalogue)
        until, country = paths[f"{API}/needs-by-year"]["get"]["parameters"][:2]
        assert (until["schema"]["type"], until["schema"]["default"]) == ("string", "2026")
        assert country["schema"]["enum"] == ["dk", "se", "no"]

    def test_list_says_what_is_asked(self, client: httpx.Client, served: EcoGraph) -> None:
        """
        The list has each question with its theme, its values and its SPARQL.
        """
        listed = {each["slug"]: each for each in client.get(API).json()}
        assert set(listed) == set(served.catalogue)
        assert listed["needs-by-year"]["theme"] == "needs"
        assert listed["needs-by-year"]["parameters"][0]["default"] == "2026"
        assert listed["needs-by-year"]["sparql"].startswith("#")


class TestExamples:
    def test_editors_find_the_questions_in_the_graph(self, service: Service) -> None:
        """
        What SPARQL editors ask for examples gives each question, in three languages, as it can be run.
        """
        asked = """
            PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
            SELECT ?example ?comment ?query WHERE {
              ?example a sh:SPARQLExecutable ; rdfs:comment ?comment .
              ?example sh:select|sh:ask|sh:construct|sh:describe ?query .
            }"""
        with service.client() as client:
            found = client.get("/sparql.json", params={"query": asked}).json()["results"]["bindings"]
        catalogue = service.ecograph.catalogue
        assert len(found) == len(catalogue) * len(LANGUAGES)
        assert {each["query"]["value"] for each in found} == {question.text for question in catalogue.values()}

    @pytest.mark.parametrize(("suffix", "form"), [("ttl", RdfFormat.TURTLE), ("nt", RdfFormat.N_TRIPLES)])
    def test_published_file_says_the_same_as_the_graph(self, service: Service, suffix: str, form: RdfFormat) -> None:
        """
        `/queries.ttl` and the graph in the store are the same statements, before and after they are written.
        """
        with service.client() as client:
            body = client.get(f"/queries.{suffix}").content
        read = {
            Quad(each.subject, each.predicate, each.object, EXAMPLES_GRAPH) for each in normalised(parse(body, form))
        }
        with service.ecograph.snapshot() as snapshot:
            assert read == set(snapshot.quads(None, None, None, EXAMPLES_GRAPH))
        assert sum(each.predicate == RDF.type and each.object == SH.SPARQLSelectExecutable for each in read) == len(
            service.ecograph.catalogue
        )

    def test_browser_is_led_to_the_page(self, client: httpx.Client) -> None:
        """
        `/queries` is RDF for programs, and leads people to the page in their language.
        """
        led = client.get("/queries", headers={"Accept": "text/html", "Accept-Language": "sv"})
        assert (led.status_code, led.headers["location"]) == (303, "/sv/queries")
        assert client.get("/queries").headers["content-type"].startswith("text/turtle")
        assert client.get("/queries.pdf").status_code == 406


class TestPages:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_list_holds_every_question_by_theme(self, client: httpx.Client, served: EcoGraph, lang: str) -> None:
        """
        Every question is on the list once, under a heading.
        """
        page = client.get(f"/{lang}/queries").text
        assert sorted(re.findall(rf'href="/{lang}/queries/([a-z-]+)"', page)) == sorted(served.catalogue)

    def test_list_is_searched_by_words(self, client: httpx.Client) -> None:
        """
        Words narrow the list, in the reader's language and without regard to accents; none is told.
        """
        page = client.get("/da/queries", params={"q": "standarder"}).text
        assert "/da/queries/standards-by-topic" in page
        assert "/da/queries/needs-per-topic" not in page
        assert "xyzzy" in client.get("/da/queries", params={"q": "xyzzy"}).text

    def test_answer_stands_with_names(self, client: httpx.Client) -> None:
        """
        The page shows the values that were chosen, names that lead to things, and files with the same state.
        """
        page = client.get("/da/queries/solutions-for-topic", params={"topic": "climate"}).text
        assert '<option value="climate" selected>Klima</option>' in page
        assert Tables(page).rows == [["Løsning", "Leverandør", "Land"], ["Regnmåler", "Øresund Vand", "Danmark"]]
        assert '<a href="/da/id/solution/sensor">Regnmåler</a>' in page
        for suffix in ("xlsx", "csv", "json", "html"):
            assert f"/api/v1/queries/solutions-for-topic.{suffix}?topic=climate&amp;lang=da" in page

    def test_counts_are_drawn_beside_their_table(self, client: httpx.Client) -> None:
        """
        A question that counts has bars, and the table says the same.
        """
        page = client.get("/en/queries/needs-per-topic").text
        assert page.count('class="fill"') == len(Tables(page).rows) - 1 == 3
        assert 'aria-hidden="true"' in page

    def test_thing_may_be_named(self, client: httpx.Client) -> None:
        """
        A thing is found by its name, and by its id; several of the name are offered, and an unknown one is told.
        """
        address = "/sv/queries/needs-of-municipality"
        for value in (
            "municipality/dk-aeroe",
            "Ærø Kommune",
            "ærø",
            "https://w3id.org/ecograph/id/municipality/dk-aeroe",
        ):
            assert "Varning vid skyfall" in client.get(address, params={"municipality": value}).text
        several = client.get(address, params={"municipality": "kommun"})
        assert several.status_code == 400
        assert f'{address}?municipality=municipality%2Fse-aamaal"' in several.text
        unknown = client.get(address, params={"municipality": "Atlantis"})
        assert unknown.status_code == 400
        assert "Atlantis" in unknown.text

    def test_every_fault_stands_beside_its_field(self, client: httpx.Client) -> None:
        """
        All faults are told at once: above with a link, and at the field that they are in.
        """
        found = client.get("/en/queries/needs-by-year", params={"until": "soon", "country": "fi", "colour": "red"})
        assert found.status_code == 400
        for name in ("until", "country"):
            assert f'href="#{name}"' in found.text
            assert f'id="{name}-fault"' in found.text
        assert "colour" in found.text

    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.parametrize("topic", ["climat", "https://example.org/climate"])
    def test_concept_that_is_not_on_the_list_is_a_fault(self, client: httpx.Client, lang: str, topic: str) -> None:
        """
        A topic that nobody has heard of is not said to be without needs.
        """
        found = client.get(f"/{lang}/queries/needs-in-topic", params={"topic": topic})
        assert found.status_code == 400
        assert 'id="topic-fault"' in found.text
        assert topic in found.text

    def test_sparql_page_loads_a_question(self, client: httpx.Client, served: EcoGraph) -> None:
        """
        The SPARQL page offers every question and loads the one that was chosen, in the reader's language.
        """
        page = client.get("/da/sparql", params={"question": "needs-per-topic"}).text
        assert page.count("<optgroup") > 5
        assert page.count("<option ") == len(served.catalogue)
        assert "COUNT(DISTINCT ?need)" in page
        assert "VALUES ?lang { &#34;da&#34; }" in page
        assert client.get("/da/sparql", params={"question": "none"}).status_code == 404


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service that gives one row at a time, and little time."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("narrow"), query_rows=1, query_timeout_s=0.5)
    store = EmbeddedStore.open(settings.data_dir / "store")
    store.apply(1, Patch((*quads(DATA, "partner"), *quads(CONCEPTS, "concepts")), ()))
    store.switch()
    with (
        EcoGraph(settings, store, None) as ecograph,
        serving(ecograph) as url,
        httpx.Client(base_url=url, timeout=20) as http,
    ):
        yield http


class TestCut:
    def test_files_say_so(self, narrow: httpx.Client) -> None:
        """
        The table for a spreadsheet and the workbook say below their rows that there are more, as the header does.
        """
        words = "There are more rows than were fetched."
        for slug, cut in (("needs-per-topic", True), ("solutions-for-topic", False)):
            page = narrow.get(f"{API}/{slug}.html", params={} if cut else {"topic": "climate"})
            assert ("ecograph-truncated" in page.headers, words in page.text) == (cut, cut)
            workbook = narrow.get(str(page.url).replace(".html", ".xlsx")).content
            sheet = openpyxl.load_workbook(io.BytesIO(workbook)).active
            assert sheet is not None
            assert (sheet["A4"].value == words, sheet.auto_filter.ref.endswith("2")) == (cut, True)

    def test_pages_say_so(self, narrow: httpx.Client) -> None:
        """
        The page of a question does not promise that the files hold all, and the SPARQL page shows no part as a whole.
        """
        assert "The files are cut as well." in narrow.get("/en/queries/needs-per-topic").text
        select = "SELECT ?s { ?s ?p ?o }"
        assert "Filerne er også afkortet." in narrow.get("/da/sparql", params={"query": select}).text
        assert "avkortade" not in narrow.get("/sv/sparql", params={"query": f"{select} LIMIT 1"}).text

    def test_page_of_a_stopped_query_is_no_fault_of_the_reader(self, narrow: httpx.Client) -> None:
        """
        A query that takes too long is 503 on the SPARQL page as at the endpoint, and a wrong one is 400.
        """
        endless = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9)) + " }"
        assert narrow.get("/en/sparql", params={"query": endless}).status_code == 503
        assert narrow.get("/en/sparql", params={"query": "SELECT"}).status_code == 400


class TestHostileData:
    def test_name_is_no_formula(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """
        A name that looks like a formula is text in the workbook and in the table for spreadsheets.
        """
        from ecograph.web.answering import plain_page, workbook
        from ecograph.web.views.rows import Cell, Column, Rows
        from ecograph.web.views.words import Link

        name = '=HYPERLINK("http://127.0.0.1/","x")'
        rows = Rows((Column("need", "Need", numeric=False),), ((Cell(Link(name), name),),))
        sheet = openpyxl.load_workbook(io.BytesIO(workbook(rows, "t"))).active
        assert sheet is not None
        assert (sheet["A2"].value, sheet["A2"].data_type) == (name, "s")
        assert Tables(plain_page(rows, "t", "en").decode()).rows[1] == ["'" + name]

    def test_csv_stays_as_sparql_writes_it(self, client: httpx.Client) -> None:
        """
        CSV holds the IRIs and names as SPARQL's results do.
        """
        found = client.get(f"{API}/needs-per-topic.csv", params={"lang": "sv"}).text
        first = next(csv.DictReader(io.StringIO(found)))
        assert first["topic"] == "https://w3id.org/ecograph/concept/topic/climate"
        assert (first["topic_label"], first["needs"]) == ("Klimat", "1")

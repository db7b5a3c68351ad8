"""Facts about what contributors and reviewers read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import httpx
import pytest
from pyoxigraph import Literal, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.contribute import difference
from ecograph.contribute.options import Options
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.rights import Who
from ecograph.contribute.rules import Rules
from ecograph.contribute.staging import stage
from ecograph.identifiers import Space, graph_iri, thing_iri
from ecograph.ledger.partners import Partner, Role
from ecograph.ledger.records import Contribution, Event, State
from ecograph.messages import LANGUAGES
from ecograph.namespaces import DCTERMS, ECO, RDF
from ecograph.rdf.patch import Patch
from ecograph.shacl.report import Finding, Report, Severity
from ecograph.web.pages.kept import Kept, Shelf
from ecograph.web.views import cases, differences, templates
from ecograph.web.views.findings import SHOWN, Checked, sections
from ecograph.web.views.words import Reader

PARTNER = Partner("shore", "Syntetisk Strand", "https://example.org/", "https://example.org/l", "da", datetime.now(UTC))
RECEIVED = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
HEADER = "id,title_da,description_da,topic,country,raised_by\n"


def finding(row: int | None = 2, severity: Severity = Severity.VIOLATION, **more: object) -> Finding:
    said: dict[str, object] = {
        "code": "unknown-concept",
        "messages": dict.fromkeys(LANGUAGES, "Vælg en værdi."),
        "file": "need.csv",
        "column": "topic",
        "value": "vandd",
        "suggestions": ("vand",),
    }
    return Finding(severity=severity, row=row, **{**said, **more})  # type: ignore[arg-type]


def checked(*found: Finding, headings: frozenset[str] = frozenset()) -> Checked:
    return Checked(Report.of(found), (), 10, 0, False, 0, headings)


def contribution(**more: object) -> Contribution:
    said: dict[str, object] = {
        "id": "c1",
        "publisher": "shore",
        "title": "need.csv",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "source": "",
        "sha256": "0" * 64,
        "submitted_by": "shore/miljø",
        "received_at": RECEIVED,
        "state": State.SUBMITTED,
    }
    return Contribution(**{**said, **more})  # type: ignore[arg-type]


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest, served: EcoGraph) -> Reader:
    return Reader(served.view(), request.param)


@pytest.fixture
def danish(served: EcoGraph) -> Reader:
    return Reader(served.view(), "da")


class TestFindings:
    def test_equal_findings_stand_once_with_all_their_rows(self, danish: Reader) -> None:
        """
        Findings that say the same of the same column and value are one line that names every row.
        """
        (section,) = sections(checked(*(finding(row) for row in (7, 3, 4, 5))), danish)
        (line,) = section.tables[0].lines
        assert (line.rows, line.count, line.suggested) == ("3–5, 7", 4, "vand")
        assert section.total == 4

    def test_other_value_is_another_line(self, danish: Reader) -> None:
        """
        The same fault with another value stands on a line of its own.
        """
        (section,) = sections(checked(finding(2), finding(3, value="wand")), danish)
        assert [line.value for line in section.tables[0].lines] == ["vandd", "wand"]

    def test_what_stops_comes_first_and_warnings_stand_apart(self, danish: Reader) -> None:
        """
        Errors, warnings and hints are sections of their own, in that order.
        """
        found = [finding(severity=severity) for severity in (Severity.INFO, Severity.WARNING, Severity.VIOLATION)]
        assert [each.severity for each in sections(checked(*found), danish)] == ["violation", "warning", "info"]

    def test_sheets_are_told_apart(self, danish: Reader) -> None:
        """
        Findings of different sheets stand in tables of their own, each under its name.
        """
        (section,) = sections(checked(finding(sheet="Behov"), finding(sheet="Andet")), danish)
        assert [table.place for table in section.tables] == ["need.csv, arket »Andet«", "need.csv, arket »Behov«"]

    def test_columns_are_called_as_their_reader_calls_them(self, danish: Reader) -> None:
        """
        A column that the file does not have is called by its Danish heading; one that it has, as it is written there.
        """
        (section,) = sections(checked(finding(column="raised_by")), danish)
        assert section.tables[0].lines[0].column == "Rejst af"
        (section,) = sections(checked(finding(column="raised_by"), headings=frozenset({"raised_by"})), danish)
        assert section.tables[0].lines[0].column == "raised_by"

    def test_long_lists_are_cut_and_it_is_said(self, danish: Reader) -> None:
        """
        More lines than anybody corrects in one go are counted instead of shown.
        """
        (section,) = sections(checked(*(finding(row, value=f"v{row}") for row in range(SHOWN + 30))), danish)
        assert sum(len(table.lines) for table in section.tables) == SHOWN
        assert section.hidden == 30


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules.load(Settings().resources_dir)


class TestChecked:
    def check(self, rules: Rules, content: str, name: str = "need.csv") -> Checked:
        file = SourceFile(name, content.encode())
        return Checked.of(stage([file], "shore", rules, None, rows_only=True, space=Space("shore")))

    def test_rows_without_faults_can_go_on(self, rules: Rules) -> None:
        """
        Where some rows have faults and others have none, those others can be sent alone.
        """
        found = self.check(rules, f"{HEADER}a,A,B,cloudburst,dk,\nb,B,B,skybrd,dk,\n")
        assert (found.rows, found.faulty, found.separable) == (2, 1, True)

    def test_fault_of_the_whole_file_stops_every_row(self, rules: Rules) -> None:
        """
        A fault that no row can be blamed for, such as a column that would be lost, is not left out with rows.
        """
        found = self.check(rules, f"farve,{HEADER}rød,a,A,B,cloudburst,dk,\nblå,b,B,B,skybrd,dk,\n")
        assert not found.report.conforms
        assert not found.separable

    def test_nothing_good_is_nothing_to_send(self, rules: Rules) -> None:
        """
        Where every row has a fault, nothing can be sent.
        """
        assert not self.check(rules, f"{HEADER}a,A,B,skybrd,dk,\n").separable


class TestShelf:
    def kept(self, size: int = 10) -> Kept:
        return Kept((SourceFile("need.csv", b"x" * size),), Options(), None, checked())

    def test_files_are_kept_for_a_while_only(self) -> None:
        """
        What was checked can be had by its handle until its time is over, and by no other name.
        """
        now = [0.0]
        shelf = Shelf(keep_s=900, clock=lambda: now[0])
        handle = shelf.put(self.kept())
        assert shelf.get(handle) is not None
        assert shelf.get("guessed") is None
        now[0] = 901.0
        assert shelf.get(handle) is None

    def test_memory_is_bounded(self) -> None:
        """
        When there is more than may be kept, the oldest goes; a single one is kept whatever its size.
        """
        shelf = Shelf(limit_bytes=100)
        first, second = shelf.put(self.kept(60)), shelf.put(self.kept(60))
        assert shelf.get(first) is None
        assert shelf.get(second) is not None
        large = shelf.put(self.kept(1000))
        assert shelf.get(second) is None
        assert shelf.get(large) is not None

    def test_handles_cannot_be_guessed(self) -> None:
        """
        Each handle has 192 random bits.
        """
        shelf = Shelf()
        handles = {shelf.put(self.kept()) for _ in range(50)}
        assert len(handles) == 50
        assert all(len(handle) == 32 for handle in handles)


class TestCases:
    def test_clocks_of_the_region(self) -> None:
        """
        Moments are shown in local time, as each language writes them.
        """
        said = {lang: cases.moment(RECEIVED, lang) for lang in LANGUAGES}
        assert said == {"da": "23.11.2026 kl. 00.30", "sv": "2026-11-23 kl. 00:30", "en": "2026-11-23 at 00:30"}

    def test_people_are_called_by_their_partner(self, danish: Reader) -> None:
        """
        Whoever acted is named by their organisation and desk; the operator as such.
        """
        names = cases.Names([PARTNER], danish)
        assert names.who("shore/miljø") == "Syntetisk Strand (miljø)"
        assert names.who("operator") == "EcoGraphs driftsansvarlige"

    def test_newest_event_first_with_its_reason(self, words: Reader) -> None:
        """
        What happened is listed from the last event on, with reasons; a renewal says until when.
        """
        events = [
            Event("c1", "received", "shore/miljø", RECEIVED, ""),
            Event("c1", "renewed", "operator", RECEIVED, "2027-12-31"),
        ]
        steps = cases.timeline(words, events, cases.Names([PARTNER], words))
        assert len(steps) == 2
        assert ("31.12.2027" if words.lang == "da" else "2027-12-31") in steps[0].why

    @pytest.mark.parametrize("state", list(State))
    def test_every_state_says_what_comes_next(self, words: Reader, state: State) -> None:
        """
        In every state both sides are told what happens next.
        """
        for who in (Who("shore/a", "shore", Role.CONTRIBUTOR), Who("hill/b", "hill", Role.REVIEWER)):
            assert cases.next_step(words, contribution(state=state), who).endswith(".")

    def test_what_expires_soon_is_listed_soonest_first(self) -> None:
        """
        Only published contributions with a day in the next weeks, or past it, are on the list.
        """
        today = date(2026, 11, 22)
        days = (date(2027, 1, 2), date(2026, 11, 1), date(2028, 1, 1), None)
        published = [contribution(id=str(day), state=State.PUBLISHED, expires_on=day) for day in days]
        waiting = contribution(expires_on=date(2026, 11, 23))
        assert [each.id for each in cases.expiring([*published, waiting], today)] == ["2026-11-01", "2027-01-02"]


class TestDifference:
    def view(self, words: Reader, rules: Rules, added: list[Quad], removed: list[Quad]) -> differences.DifferenceView:
        found = difference.between(
            Patch(tuple(added), tuple(removed)), graph_iri("partner"), words.view.snapshot, rules
        )
        return differences.difference(words, found)

    def test_before_and_after_stand_side_by_side(self, words: Reader, rules: Rules) -> None:
        """
        A changed property shows what stood there and what comes, each in its language; the thing leads to its page.
        """
        need, graph = thing_iri("need", "bins"), graph_iri("partner")
        old = Quad(need, DCTERMS.title, Literal("Sortering av avfall", language="sv"), graph)
        new = Quad(need, DCTERMS.title, Literal("Sortering av matavfall", language="sv"), graph)
        view = self.view(words, rules, [new], [old])
        (group,) = view.groups
        (thing,) = group.things
        assert group.change == "changed"
        assert thing.link.href == f"/{words.lang}/id/need/bins"
        (changed,) = thing.properties
        assert [(link.text, link.lang) for link in (*changed.before, *changed.after)] == [
            ("Sortering av avfall", "sv"),
            ("Sortering av matavfall", "sv"),
        ]
        assert view.statements.count("\n") == 1

    def test_new_thing_leads_nowhere_yet(self, words: Reader, rules: Rules) -> None:
        """
        What is not published has no page, so its name is no link; many are counted.
        """
        graph = graph_iri("partner")
        things = [thing_iri("need", f"new{number}") for number in range(differences.SHOWN + 5)]
        view = self.view(words, rules, [Quad(thing, RDF.type, ECO.Need, graph) for thing in things], [])
        (group,) = view.groups
        assert group.total == differences.SHOWN + 5
        assert len(group.things) == differences.SHOWN
        assert {thing.link.href for thing in group.things} == {None}


class TestTemplates:
    def test_every_template_is_offered_once(self, words: Reader) -> None:
        """
        Whatever the shapes have a template for is offered, once, with its files.
        """
        offered = [one.href for group in templates.offered(words) for one in group.templates]
        assert len(offered) == len(set(offered)) == len(words.view.contract.templates)

    def test_every_column_says_what_it_holds_without_jargon(self, words: Reader, rules: Rules) -> None:
        """
        Each column has a description, and says what to write in words of its reader: no class names, no addresses.
        """
        for template in words.view.contract.templates.values():
            for column in templates.columns(words, template, rules):
                assert column.description, (template.slug, column.key)
                assert column.holds.text
                assert "w3id.org" not in column.holds.text
                assert not column.holds.text.rstrip().endswith(":"), (template.slug, column.key)

    def test_one_language_is_enough(self, danish: Reader, rules: Rules) -> None:
        """
        A title is asked for in one of the languages and not in all three.
        """
        need = danish.view.contract.templates["need"]
        found = {column.key: column.need for column in templates.columns(danish, need, rules)}
        assert found["title_da"] == "Skal udfyldes på mindst ét sprog"
        assert found["country"] == "Skal udfyldes"


class TestReadOnlyService:
    def test_files_can_be_checked_where_nothing_can_be_sent(self, client: httpx.Client) -> None:
        """
        A service that only shows the graph checks files as well; it offers neither to sign in nor to send.
        """
        page = client.get("/da/contribute")
        assert page.status_code == 200
        assert "/da/login" not in page.text
        sent = client.post(
            "/da/contribute/check", files={"file": ("need.csv", f"{HEADER}a,A,B,cloudburst,dk,\n".encode())}
        )
        assert sent.status_code == 303, sent.text
        report = client.get(sent.headers["location"])
        assert report.status_code == 200
        assert "/contribute/report/send" not in report.text
        assert client.get("/da/login").status_code == 503

    def test_too_many_bytes_are_explained_on_the_form(self, client: httpx.Client) -> None:
        """
        A file over the limit is refused before it is read, with a page in the visitor's language.
        """
        huge = client.post(
            "/sv/contribute/check", files={"file": ("need.csv", b"x" * 10_400_000)}, headers={"Accept": "text/html"}
        )
        assert huge.status_code == 413
        assert 'lang="sv"' in huge.text

"""Facts about the desk: who takes a contribution from step to step, and what each step does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from ecograph.contribute import door, exporting, tasks
from ecograph.contribute.desk import OPERATOR, Case, Desk, Options, Who
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.provenance import datasets
from ecograph.contribute.publishing import Publisher
from ecograph.contribute.rules import Rules
from ecograph.errors import (
    BadParameter,
    Forbidden,
    Rejected,
    UnknownThing,
    VersionConflict,
    WithdrawalConflict,
    WrongState,
)
from ecograph.identifiers import Space, graph_iri, thing_iri
from ecograph.ledger.partners import Role
from ecograph.ledger.records import State
from ecograph.ledger.sql import Ledger
from ecograph.messages import LANGUAGES
from ecograph.namespaces import DCTERMS, ECO, PROV, PROVENANCE_GRAPH, RDF, VOID
from ecograph.store.oxigraph import EmbeddedStore

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SHORE, HILL = "synthetic-shore", "synthetic-hill"
ANNA = Who(f"{SHORE}/anna", SHORE, Role.CONTRIBUTOR)
BO = Who(f"{HILL}/bo", HILL, Role.CONTRIBUTOR)
CORA = Who(f"{HILL}/cora", HILL, Role.REVIEWER)
SHORE_REVIEWER = Who(f"{SHORE}/sten", SHORE, Role.REVIEWER)
READER = Who(f"{SHORE}/rita", SHORE, Role.READER)
HEADER = "id,title_da,description_da,topic,country,raised_by\n"
GOOD = f"{HEADER}skybrud,Varsling ved skybrud,Kældre oversvømmes.,cloudburst,dk,dk-synthetic\n"
MIXED = f"{GOOD}varme,Fjernvarme,Tekst,energi-som-ikke-findes,dk,dk-synthetic\n"
PLACES = "id,name,code,country\ndk-synthetic,Synthetic Kommune,9901,dk\n"


@dataclass
class Office:
    """A desk with two partners, and a register that both refer to."""

    desk: Desk
    ledger: Ledger
    store: EmbeddedStore
    publisher: Publisher
    rules: Rules

    def receive(self, content: str = GOOD, who: Who = ANNA, name: str = "need.csv", **options: object) -> Case:
        return self.desk.receive([SourceFile(name, content.encode())], Options(**options), who)  # type: ignore[arg-type]

    def submitted(self, content: str = GOOD, who: Who = ANNA, name: str = "need.csv", **options: object) -> str:
        case = self.receive(content, who, name, **options)
        self.desk.submit(case.contribution.id, who)
        return case.contribution.id

    def published(self, content: str = GOOD, who: Who = ANNA, name: str = "need.csv", **options: object) -> str:
        contribution_id = self.submitted(content, who, name, **options)
        self.desk.approve(contribution_id, OPERATOR)
        return contribution_id

    def state(self, contribution_id: str) -> State:
        return self.ledger.contribution(contribution_id).state

    def titles(self, slug: str = SHORE) -> set[str]:
        with self.store.snapshot() as snapshot:
            return {quad.object.value for quad in snapshot.quads(None, DCTERMS.title, None, graph_iri(slug))}  # type: ignore[union-attr]


@pytest.fixture
def office(tmp_path: Path, rules: Rules) -> Iterator[Office]:
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as ledger:
        store = EmbeddedStore.open(tmp_path / "store")
        publisher = Publisher(ledger, store)
        for slug, name, language in ((SHORE, "Synthetic Shore", "da"), (HILL, "Synthetic Hill", "sv")):
            ledger.partners.add(slug, name, f"https://example.org/{slug}", LICENCE, language)
        desk = Desk(ledger, store, publisher, rules, tasks.in_process(rules))
        ledger.partners.add("places", "Synthetic places", "https://example.org/places", LICENCE)
        places = desk.check([SourceFile("municipality.csv", PLACES.encode())], Options(), "places")
        described = places.provenance
        folder = tmp_path / "places"
        folder.mkdir()
        (folder / "municipality.csv").write_text(PLACES, encoding="utf-8")
        (folder / "dataset.ttl").write_text("".join(f"{quad.triple} .\n" for quad in described), encoding="utf-8")
        door.require(door.load([folder], rules, ledger, store, publisher, who="operator"))
        yield Office(desk, ledger, store, publisher, rules)
        store.close()


class TestFromFileToGraph:
    def test_whole_way(self, office: Office) -> None:
        """
        A contribution is received and checked, submitted, approved by another partner's reviewer, and then readers see
        it; the ledger says who did what.
        """
        case = office.receive(note="Første bidrag")
        assert case.staged is not None
        assert case.staged.conforms, case.staged.report.violations
        contribution_id = case.contribution.id
        assert case.contribution.state == State.CHECKED
        assert case.allowed == {"submit", "note"}
        assert [note.words for note in case.notes] == ["Første bidrag"]
        assert office.desk.submit(contribution_id, ANNA).contribution.state == State.SUBMITTED
        assert office.titles() == set()
        done = office.desk.approve(contribution_id, CORA, "Fint")
        assert done.contribution.state == State.PUBLISHED
        assert office.titles() == {"Varsling ved skybrud"}
        steps = [(event.transition, event.who) for event in done.events]
        assert steps == [
            ("received", ANNA.name),
            ("checked", ANNA.name),
            ("submitted", ANNA.name),
            ("approved", CORA.name),
            ("published", CORA.name),
        ]

    def test_things_are_named_in_the_partners_space(self, office: Office) -> None:
        """
        What a partner contributes has names of the partner's own, and stands in the partner's graph alone.
        """
        office.published()
        with office.store.snapshot() as snapshot:
            iri = Space(SHORE).iri("need", "skybrud")
            assert {quad.graph_name for quad in snapshot.quads(iri)} == {graph_iri(SHORE)}

    def test_graph_says_whose_word_it_is(self, office: Office) -> None:
        """
        The graph says which organisations published and reviewed, from which bytes, and names no person.
        """
        contribution_id = office.submitted(source="https://example.org/behov")
        office.desk.approve(contribution_id, CORA)
        with office.store.snapshot() as snapshot:
            dataset = datasets(snapshot)[graph_iri(SHORE)]
            assert (dataset.publisher_name, dataset.license) == ("Synthetic Shore", NamedNode(LICENCE))
            activity = thing_iri("publication", contribution_id)
            said = {str(quad.object) for quad in snapshot.quads(activity, None, None, PROVENANCE_GRAPH)}
            assert "<https://example.org/synthetic-hill>" in said
            assert "<https://example.org/behov>" in said
            everything = "".join(str(quad) for quad in snapshot.quads(graph=PROVENANCE_GRAPH))
        assert "anna" not in everything
        assert "cora" not in everything

    def test_check_keeps_nothing(self, office: Office) -> None:
        """
        A check of files, by a partner or by nobody known, leaves no trace.
        """
        files = [SourceFile("need.csv", GOOD.encode())]
        assert office.desk.check(files, Options(), None).conforms
        assert office.desk.check(files, Options(), SHORE).conforms
        assert office.ledger.contributions(SHORE) == ()

    def test_sent_again_it_changes_and_doubles_nothing(self, office: Office) -> None:
        """
        The same row sent again with another title is the same thing with another title.
        """
        office.published()
        office.published(GOOD.replace("Varsling ved skybrud", "Varsling ved kraftig regn"))
        assert office.titles() == {"Varsling ved kraftig regn"}


class TestRoles:
    def test_readers_contribute_nothing(self, office: Office) -> None:
        """
        Whoever may only read sees their partner's contributions and can do nothing with them.
        """
        contribution_id = office.receive().contribution.id
        assert office.desk.case(contribution_id, READER).allowed == frozenset()
        with pytest.raises(Forbidden):
            office.desk.submit(contribution_id, READER)
        with pytest.raises(Forbidden):
            office.receive(who=READER)

    def test_contributors_see_and_change_their_own(self, office: Office) -> None:
        """
        A contributor neither sees nor changes what another partner contributes before it is published.
        """
        contribution_id = office.submitted()
        for step in (
            lambda: office.desk.case(contribution_id, BO),
            lambda: office.desk.difference(contribution_id, BO),
            lambda: office.desk.withdraw(contribution_id, BO, "nej"),
            lambda: office.desk.cases(BO, partner=SHORE),
        ):
            with pytest.raises(Forbidden):
                step()
        assert office.desk.cases(BO) == ()
        assert [each.id for each in office.desk.cases(ANNA)] == [contribution_id]

    def test_nobody_approves_their_own(self, office: Office) -> None:
        """
        A reviewer cannot approve or return what their own partner submitted; an administrator can.
        """
        contribution_id = office.submitted()
        with pytest.raises(Forbidden) as caught:
            office.desk.approve(contribution_id, SHORE_REVIEWER)
        assert all(caught.value.message(lang) for lang in LANGUAGES)
        assert office.desk.case(contribution_id, CORA).allowed == {"approve", "return", "note"}
        office.desk.approve(contribution_id, OPERATOR)
        assert office.state(contribution_id) == State.PUBLISHED

    def test_administrators_bring_for_partners(self, office: Office) -> None:
        """
        An administrator may bring a partner's contribution; somebody has to be named whose it is.
        """
        files = [SourceFile("need.csv", GOOD.encode())]
        with pytest.raises(BadParameter):
            office.desk.receive(files, Options(), OPERATOR)
        assert office.desk.receive(files, Options(), OPERATOR, partner=SHORE).contribution.publisher == SHORE

    def test_correction_of_somebody_elses(self, office: Office) -> None:
        """
        A contribution can only be said to correct one of the same partner's.
        """
        contribution_id = office.published()
        with pytest.raises(UnknownThing):
            office.receive(who=BO, corrects=contribution_id)
        assert office.receive(corrects=contribution_id).contribution.options["corrects"] == contribution_id


class TestDecisions:
    def test_violations_are_not_submitted(self, office: Office) -> None:
        """
        What has a violation is kept with its findings and cannot be submitted.
        """
        case = office.receive(MIXED)
        assert case.staged is not None
        assert not case.staged.conforms
        with pytest.raises(Rejected) as caught:
            office.desk.submit(case.contribution.id, ANNA)
        assert caught.value.findings
        assert office.state(case.contribution.id) == State.CHECKED

    def test_good_rows_go_on(self, office: Office) -> None:
        """
        The rows without a fault may go on while the others come back, and the ledger knows which were left out.
        """
        contribution_id = office.receive(MIXED).contribution.id
        done = office.desk.submit(contribution_id, ANNA, leave_out="faulty")
        assert done.contribution.options["leave_out"] == {"need.csv": [3]}
        office.desk.approve(contribution_id, CORA)
        assert office.titles() == {"Varsling ved skybrud"}
        assert office.ledger.payload(contribution_id) == MIXED.encode()

    def test_returned_with_a_reason(self, office: Office) -> None:
        """
        A reviewer sends a contribution back with a reason; it can be submitted again.
        """
        contribution_id = office.submitted()
        with pytest.raises(BadParameter):
            office.desk.send_back(contribution_id, CORA, " ")
        case = office.desk.send_back(contribution_id, CORA, "Skriv kilden")
        assert (case.contribution.state, case.events[-1].why) == (State.RETURNED, "Skriv kilden")
        assert office.desk.submit(contribution_id, ANNA).contribution.state == State.SUBMITTED

    def test_decision_about_an_older_version(self, office: Office) -> None:
        """
        Whoever decides about a version that is no longer the newest is told so, and nothing happens.
        """
        contribution_id = office.submitted()
        seen = office.ledger.contribution(contribution_id).version
        office.desk.note(contribution_id, ANNA, "Vent lidt")
        with pytest.raises(VersionConflict):
            office.desk.approve(contribution_id, CORA, version=seen)
        assert office.state(contribution_id) == State.SUBMITTED
        office.desk.approve(contribution_id, CORA, version=seen + 1)

    def test_steps_in_their_order(self, office: Office) -> None:
        """
        What is not submitted cannot be approved, and what is published not again.
        """
        contribution_id = office.receive().contribution.id
        with pytest.raises(WrongState):
            office.desk.approve(contribution_id, OPERATOR)
        office.desk.submit(contribution_id, ANNA)
        office.desk.approve(contribution_id, CORA)
        with pytest.raises(WrongState):
            office.desk.approve(contribution_id, CORA)

    def test_approval_that_was_interrupted(self, office: Office) -> None:
        """
        A contribution that was approved when the process ended is published by approving it once more.
        """
        contribution_id = office.submitted()
        office.ledger.decide(contribution_id, State.APPROVED, CORA.name)
        assert office.desk.approve(contribution_id, CORA).contribution.state == State.PUBLISHED

    def test_what_no_longer_holds_is_returned(self, office: Office) -> None:
        """
        A contribution that was right when it was submitted and is wrong by now goes back, and nothing of it is seen.
        """
        solution = "id,title_en,kind,topic\npumpe,Synthetic pump,service,cloudburst\n"
        pump = office.published(solution, BO, "solution.csv")
        deployment = f"solution,site,stage,territory\nsolution/{HILL}_pumpe,Havnen,in-use,dk-synthetic\n"
        contribution_id = office.submitted(deployment, name="deployment.csv")
        office.desk.withdraw(pump, BO, "findes ikke mere")
        with pytest.raises(Rejected) as caught:
            office.desk.approve(contribution_id, CORA)
        assert caught.value.findings
        assert office.state(contribution_id) == State.RETURNED
        with office.store.snapshot() as snapshot:
            assert not list(snapshot.quads(graph=graph_iri(SHORE)))


class TestWithdrawing:
    def test_exactly_that_leaves(self, office: Office) -> None:
        """
        Withdrawing one of several contributions leaves the others as they are, whichever came first; what is said of
        the publisher's graph stays true.
        """
        first = office.published()
        office.published(GOOD.replace("skybrud,Varsling ved skybrud", "regn,Opsamling af regnvand"))
        assert office.desk.withdraw(first, ANNA, "forkert fil").contribution.state == State.WITHDRAWN
        assert office.titles() == {"Opsamling af regnvand"}
        with office.store.snapshot() as snapshot:
            dataset = datasets(snapshot)[graph_iri(SHORE)]
            assert dataset.statements == len(list(snapshot.quads(graph=graph_iri(SHORE))))
            assert dataset.license == NamedNode(LICENCE)
            activities = list(snapshot.quads(graph_iri(SHORE), PROV.wasGeneratedBy, None, PROVENANCE_GRAPH))
            assert len(activities) == 1
        office.publisher.verify()

    def test_the_last_one_takes_its_description_along(self, office: Office) -> None:
        """
        When the only contribution of a partner is withdrawn, the graph is as if it had never come.
        """
        with office.store.snapshot() as snapshot:
            before = set(snapshot.quads(graph=PROVENANCE_GRAPH))
        office.desk.withdraw(office.published(), ANNA, "test")
        with office.store.snapshot() as snapshot:
            assert set(snapshot.quads(graph=PROVENANCE_GRAPH)) == before
            assert list(snapshot.quads(graph=graph_iri(SHORE))) == []

    def test_undoing_a_change_brings_back_what_was(self, office: Office) -> None:
        """
        Withdrawing a correction brings back what it replaced.
        """
        office.published()
        second = office.published(GOOD.replace("Varsling ved skybrud", "Noget andet"))
        office.desk.withdraw(second, ANNA, "fortrudt")
        assert office.titles() == {"Varsling ved skybrud"}

    def test_taken_back_before_review(self, office: Office) -> None:
        """
        A contributor takes back what waits for review.
        """
        contribution_id = office.submitted()
        assert office.desk.withdraw(contribution_id, ANNA, "ikke færdig").contribution.state == State.RETURNED

    def test_consequences_are_known_before_and_noted_after(self, office: Office) -> None:
        """
        It is said before a withdrawal what it breaks for others, and afterwards it is noted with their contribution.
        """
        pump = office.published("id,title_en,kind,topic\npumpe,Synthetic pump,service,cloudburst\n", BO, "solution.csv")
        deployment = f"solution,site,stage,territory\nsolution/{HILL}_pumpe,Havnen,in-use,dk-synthetic\n"
        theirs = office.published(deployment, name="deployment.csv")
        report = office.desk.consequences(pump)
        assert {finding.code for finding in report.violations} == {"affects-other"}
        office.desk.withdraw(pump, BO, "udgået")
        assert office.desk.work_off() == 1
        assert office.desk.work_off() == 0
        notes = office.desk.case(theirs, ANNA).notes
        assert notes
        assert all(note.words.startswith("Fundet efter en andens ændring, om »") for note in notes)

    def test_expiry_and_renewal(self, office: Office) -> None:
        """
        What was to stay until a day goes on that day, unless it was renewed.
        """
        today = datetime.now(UTC).date()
        short = office.published(expires_on=today + timedelta(days=1))
        other = GOOD.replace("skybrud,Varsling ved skybrud", "regn,Opsamling af regnvand")
        renewed = office.published(other, expires_on=today + timedelta(days=1))
        office.desk.renew(renewed, ANNA, today + timedelta(days=400))
        with pytest.raises(BadParameter):
            office.desk.renew(renewed, ANNA, today)
        with pytest.raises(Forbidden):
            office.desk.expire(today, CORA)
        assert office.desk.expire(today) == ()
        assert office.desk.expire(today + timedelta(days=2)) == (short,)
        assert office.state(short) == State.EXPIRED
        assert office.titles() == {"Opsamling af regnvand"}

    def test_what_was_edited_since_outlives_its_first_day(self, office: Office) -> None:
        """
        When a contribution expires, the things that a later one has changed stay, whole, and a note names them; the
        others go.
        """
        today = datetime.now(UTC).date()
        rain = GOOD.removeprefix(HEADER).replace("skybrud,Varsling ved skybrud", "regn,Opsamling af regnvand")
        first = office.published(GOOD + rain, expires_on=today + timedelta(days=1))
        office.published(GOOD.replace("Kældre oversvømmes.", "Kældre og veje oversvømmes."))
        with office.store.snapshot() as snapshot:
            edited = set(snapshot.quads(Space(SHORE).iri("need", "skybrud"), None, None, graph_iri(SHORE)))
        assert office.desk.expire(today + timedelta(days=2)) == (first,)
        with office.store.snapshot() as snapshot:
            assert set(snapshot.quads(None, None, None, graph_iri(SHORE))) == edited
        assert "Varsling ved skybrud" in office.ledger.notes(first)[-1].words

    def test_nothing_is_left_half_said(self, office: Office) -> None:
        """
        A contribution whose thing a later one has added to is not withdrawn before that one: what is left would not
        even say what it is about.
        """
        first = office.published()
        added = GOOD.replace(",raised_by", ",raised_by,budget,currency").replace("dk-synthetic", "dk-synthetic,500,dkk")
        second = office.published(added)
        with pytest.raises(WithdrawalConflict):
            office.desk.withdraw(first, ANNA, "forkert fil")
        office.desk.withdraw(second, ANNA, "først den")
        office.desk.withdraw(first, ANNA, "så den")
        assert office.titles() == set()


class TestExports:
    def test_old_export_warns_before_it_undoes_newer_edits(self, office: Office) -> None:
        """
        A workbook that was downloaded before a thing was changed warns that its row would undo the change.
        """
        office.published()
        template = office.rules.contract.template("need")
        with office.store.snapshot() as snapshot:
            old = exporting.export(snapshot, SHORE, template, office.rules, form="xlsx", space=Space(SHORE))
        office.published(GOOD.replace("Varsling ved skybrud", "Varsling af borgere ved skybrud"))
        with office.store.snapshot() as snapshot:
            new = exporting.export(snapshot, SHORE, template, office.rules, form="xlsx", space=Space(SHORE))

        def warned(workbook: bytes) -> list[str | None]:
            staged = office.desk.check([SourceFile("need.xlsx", workbook)], Options(), SHORE)
            return [each.value for each in staged.report.findings if each.code == "changed-since-export"]

        assert warned(old) == ["skybrud"]
        assert warned(new) == []


class TestReplacing:
    def test_kinds_that_the_files_speak_of(self, office: Office) -> None:
        """
        Replacing lets go what the files leave out of the kinds they speak of, and no other kind.
        """
        office.published()
        office.published("id,title_en,kind,topic\npumpe,Synthetic pump,service,cloudburst\n", name="solution.csv")
        office.published(GOOD.replace("skybrud,Varsling ved skybrud", "regn,Opsamling af regnvand"), mode="replace")
        assert office.titles() == {"Opsamling af regnvand", "Synthetic pump"}
        with office.store.snapshot() as snapshot:
            counted = next(iter(snapshot.quads(graph_iri(SHORE), VOID.entities, None, PROVENANCE_GRAPH)))
            assert counted.object.value == "2"  # type: ignore[union-attr]


class TestOptions:
    def test_there_and_back(self) -> None:
        """
        Options are the same after being written to the ledger and read again.
        """
        chosen = Options(
            "replace", "need", {"need.csv": (3, 4), "x.ttl": ("need/a",)}, "https://example.org/", date(2026, 1, 2)
        )
        assert Options.from_json(chosen.as_json()) == chosen
        assert Options.from_json({}) == Options()

    @pytest.mark.parametrize(
        "said",
        [
            {"mode": "whole"},
            {"source": "javascript:alert(1)"},
            {"source": "https://example.org/ x"},
            {"issued": "i går"},
            {"expires_on": 5},
            {"leave_out": [3]},
            {"leave_out": {"a": "3"}},
            {"note": "x" * 5000},
            {"template": 7},
        ],
    )
    def test_what_cannot_be(self, said: dict[str, object]) -> None:
        """
        An option that cannot be is refused by name.
        """
        with pytest.raises(BadParameter) as caught:
            Options.from_json(said)
        assert caught.value.values["name"] in said


def test_kinds_of_statement(office: Office) -> None:
    """
    A partner's Turtle gives the same things as the partner's table.
    """
    turtle = f"""
        @prefix eco: <{ECO.iri}> . @prefix dcterms: <{DCTERMS.iri}> . @prefix rdf: <{RDF.iri}> .
        <{Space(SHORE).iri("need", "skybrud").value}> a eco:Need ; dcterms:title "Varsling ved skybrud"@da ;
            dcterms:description "Kældre oversvømmes."@da ;
            eco:topic <https://w3id.org/ecograph/concept/topic/cloudburst> ;
            eco:country <https://w3id.org/ecograph/concept/country/dk> ;
            eco:raisedBy <{thing_iri("municipality", "dk-synthetic").value}> .
    """
    office.published()
    with office.store.snapshot() as snapshot:
        from_table = set(snapshot.quads(graph=graph_iri(SHORE)))
    office.published(turtle, name="behov.ttl")
    with office.store.snapshot() as snapshot:
        assert set(snapshot.quads(graph=graph_iri(SHORE))) == from_table

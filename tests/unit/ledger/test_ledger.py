"""The ledger: what was contributed, by whom, decided when, and the patches it became."""

from __future__ import annotations

import hashlib
import threading
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad

from ecograph.errors import DiskFull, LedgerBroken, UnknownThing, WrongState
from ecograph.identifiers import thing_iri
from ecograph.ledger.records import ContributionRecord, Kind, State
from ecograph.ledger.sql import Ledger
from ecograph.namespaces import DCTERMS, ECO, ORG
from ecograph.rdf.patch import Patch

from .conftest import ANNE, BO, GRAPH, person, publish, record, said, tamper

DTU = thing_iri("organisation", "synthetic-university")
MEMBERSHIP = thing_iri("membership", "example-researcher-1--synthetic-university")
CLAIM = thing_iri("capability-claim", "synthetic-claim")


class TestDoor:
    def test_contribution_keeps_its_bytes(self, ledger: Ledger) -> None:
        """
        A contribution is kept byte for byte as it came, with who brought it and under which licence.
        """
        contribution_id = ledger.receive(record())
        kept = ledger.contribution(contribution_id)
        assert ledger.payload(contribution_id) == record().payload
        assert (kept.title, kept.state, kept.submitted_by) == (record().title, State.RECEIVED, "partner")
        assert ledger.contributions(publisher="synthetic", state="received") == (kept,)
        assert ledger.contributions(publisher="nobody") == ()

    def test_digest_must_be_that_of_the_bytes(self) -> None:
        """
        A contribution whose stated digest is not that of its bytes is refused.
        """
        with pytest.raises(ValueError, match="digest"):
            ContributionRecord("synthetic", "t", "", "", "0" * 64, b"x", "partner")

    def test_every_step_is_noted(self, ledger: Ledger) -> None:
        """
        Each decision is kept with who took it, when and why; steps left out are noted as taken by the same person.
        """
        contribution_id = ledger.receive(record())
        ledger.decide(contribution_id, State.CHECKED, "machine")
        ledger.decide(contribution_id, State.RETURNED, "reviewer", "kommunekoden mangler")
        ledger.decide(contribution_id, State.APPROVED, "reviewer", "rettet")
        events = [(event.transition, event.who, event.why) for event in ledger.events(contribution_id)]
        assert events == [
            ("received", "partner", ""),
            ("checked", "machine", ""),
            ("returned", "reviewer", "kommunekoden mangler"),
            ("checked", "reviewer", ""),
            ("submitted", "reviewer", ""),
            ("approved", "reviewer", "rettet"),
        ]

    @pytest.mark.parametrize("wanted", [State.PUBLISHED, State.WITHDRAWN, State.EXPIRED, State.RECEIVED])
    def test_publication_is_no_decision(self, ledger: Ledger, wanted: State) -> None:
        """
        Nobody publishes, withdraws, lets expire or un-receives by a mere decision.
        """
        contribution_id = ledger.receive(record())
        with pytest.raises(WrongState):
            ledger.decide(contribution_id, wanted, "reviewer")

    def test_only_approved_contributions_are_published(self, ledger: Ledger) -> None:
        """
        What nobody approved is not published, and the refusal says in which state it is, in the reader's language.
        """
        contribution_id = ledger.receive(record())
        with pytest.raises(WrongState) as caught:
            ledger.publish(contribution_id, Patch((said("a"),)), "reviewer")
        assert "modtaget" in caught.value.message("da")
        assert ledger.head == 0

    def test_publishing_twice_is_refused(self, ledger: Ledger) -> None:
        """
        A contribution is published once: a second attempt is an error and changes nothing.
        """
        revision = publish(ledger, Patch((said("a"),)))
        assert revision.contribution_id
        with pytest.raises(WrongState):
            ledger.publish(revision.contribution_id, Patch((said("a"),)), "reviewer")
        assert ledger.head == 1

    def test_unknown_contribution(self, ledger: Ledger) -> None:
        """
        An id that the ledger does not know is answered as an unknown contribution.
        """
        for call in (ledger.contribution, ledger.payload, ledger.revision_of):
            with pytest.raises(UnknownThing):
                call("nothing")
        with pytest.raises(UnknownThing):
            ledger.decide("nothing", State.CHECKED, "x")
        with pytest.raises(UnknownThing):
            ledger.publish("nothing", Patch(), "x")

    def test_withdrawal_is_a_revision(self, ledger: Ledger) -> None:
        """
        Withdrawing adds a revision with the inverse patch; the contribution cannot be published again.
        """
        published = publish(ledger, Patch((said("a"),)))
        assert published.contribution_id
        withdrawn = ledger.withdraw(published.contribution_id, published.patch.inverse(), "reviewer", "forkert")
        assert (withdrawn.number, withdrawn.kind, withdrawn.why) == (2, Kind.WITHDRAWAL, "forkert")
        assert ledger.contribution(published.contribution_id).state == State.WITHDRAWN
        assert ledger.revision_of(published.contribution_id) == published
        with pytest.raises(WrongState):
            ledger.withdraw(published.contribution_id, Patch(), "reviewer", "igen")
        ledger.verify()


class TestReplay:
    def test_revisions_come_back_in_order(self, ledger: Ledger) -> None:
        """
        Replaying the ledger gives every patch in the order it was published, from any revision on.
        """
        published = [publish(ledger, Patch((said(str(number)),))) for number in range(40)]
        assert list(ledger.revisions()) == published
        assert [revision.number for revision in ledger.revisions(after=33)] == list(range(34, 41))
        assert [str(revision.patch.additions[0].object) for revision in ledger.revisions(after=38)] == ['"38"', '"39"']

    def test_ledger_survives_reopening(self, path: Path) -> None:
        """
        What was published is there after the ledger is closed and opened again.
        """
        with Ledger.open(f"sqlite:///{path}") as ledger:
            revision = publish(ledger, Patch((said("æøå"),)))
        with Ledger.open(f"sqlite:///{path}") as ledger:
            assert list(ledger.revisions()) == [revision]
            assert ledger.verify() == 1

    def test_writers_take_turns(self, ledger: Ledger) -> None:
        """
        Sixteen threads that publish at the same time get sixteen revisions in one unbroken chain.
        """
        threads = [threading.Thread(target=publish, args=(ledger, Patch((said(str(number)),)))) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ledger.head == ledger.verify() == 16


class TestChain:
    @pytest.mark.parametrize(
        ("fault", "revision", "statement"),
        [
            ("hash", 2, "UPDATE revision SET published_by = 'another' WHERE number = 2"),
            ("hash", 2, "UPDATE revision SET published_at = '2020-01-01T00:00:00.000000+00:00' WHERE number = 2"),
            ("hash", 1, "UPDATE contribution SET licence = 'none'"),
            ("hash", 1, "UPDATE event SET why = 'bribed' WHERE transition = 'approved'"),
            ("hash", 1, "DELETE FROM event"),
            ("patch", 2, "UPDATE revision SET patch = (SELECT patch FROM revision WHERE number = 1) WHERE number = 2"),
            ("patch", 2, "UPDATE revision SET patch = x'00' WHERE number = 2"),
            ("previous", 2, "UPDATE revision SET previous_hash = hash WHERE number = 2"),
            ("number", 3, "DELETE FROM revision WHERE number = 2"),
            ("head", 2, "DELETE FROM revision WHERE number = 3"),
            ("hash", 1, "UPDATE contribution SET expires_on = '2999-12-31'"),
            ("hash", 1, "UPDATE contribution SET expires_on = NULL"),
            ("hash", 1, "UPDATE contribution SET details_digest = NULL"),
            ("details", 1, "UPDATE contribution SET file_name = 'another.csv'"),
            ("details", 1, "UPDATE contribution SET options = '{}'"),
            ("payload", 1, "UPDATE contribution SET payload = x'00'"),
            ("payload", 1, "UPDATE contribution SET sha256 = hex(zeroblob(32))"),
            ("erasure", 1, "UPDATE contribution SET payload = NULL"),
        ],
    )
    def test_every_change_is_seen(self, path: Path, fault: str, revision: int, statement: str) -> None:
        """
        Whatever is changed behind the ledger's back, verifying names the first revision that is not as it was written.
        """
        with Ledger.open(f"sqlite:///{path}") as ledger:
            details = {"file_name": "behov.csv", "options": {"mode": "merge"}, "expires_on": date(2030, 1, 1)}
            for number in range(3):
                publish(ledger, Patch((said(str(number)),)), str(number).encode(), **details)
            tamper(path, statement)
            with pytest.raises(LedgerBroken) as caught:
                ledger.verify()
        assert (caught.value.values["fault"], caught.value.values["revision"]) == (fault, revision)
        assert str(revision) in caught.value.message("sv")

    def test_newest_revision_is_checked_at_opening(self, path: Path) -> None:
        """
        A ledger whose newest revision was changed or cut off is not opened.
        """
        with Ledger.open(f"sqlite:///{path}") as ledger:
            for number in range(3):
                publish(ledger, Patch((said(str(number)),)))
        tamper(path, "DELETE FROM revision WHERE number = 3")
        with pytest.raises(LedgerBroken):
            Ledger.open(f"sqlite:///{path}")


class TestPersons:
    PATCH = Patch(
        (
            said("uden personer"),
            person(ANNE, "Example researcher 1"),
            person(BO, "Example researcher 2"),
            Quad(MEMBERSHIP, ORG.member, ANNE, GRAPH),
            Quad(MEMBERSHIP, ORG.organization, DTU, GRAPH),
            Quad(CLAIM, ECO.claimant, ANNE, GRAPH),
            Quad(thing_iri("result", "synthetic"), DCTERMS.creator, BO, GRAPH),
        )
    )

    def test_persons_live_apart(self, ledger: Ledger, path: Path) -> None:
        """
        The chained part of a revision holds nothing about persons, yet the patch comes back whole.
        """
        revision = publish(ledger, self.PATCH)
        assert revision.patch == self.PATCH
        assert Patch.from_bytes(revision.parts[0]).additions == (said("uden personer"),)
        assert ledger.verify() == 1

    def test_erasure_reaches_everything(self, ledger: Ledger, path: Path) -> None:
        """
        Erasing a person removes their statements, memberships and claims from every revision, and the contributed
        files; other persons stay, and the chain still verifies.
        """
        first = publish(ledger, self.PATCH, b"Example researcher 1; Example researcher 2")
        later = publish(ledger, Patch((Quad(CLAIM, ECO.level, Literal("synthetic"), GRAPH),)))
        erased = ledger.erase(ANNE, "operator", "on request")
        assert (erased.number, erased.kind, erased.contribution_id) == (3, Kind.ERASURE, None)
        assert ledger.verify() == 3
        kept = [revision.patch for revision in ledger.revisions()]
        assert person(BO, "Example researcher 2") in kept[0].additions
        assert not [quad for patch in kept for quad in patch.additions if "researcher-1" in str(quad)]
        assert kept[1] == Patch()
        assert first.contribution_id
        assert later.contribution_id
        assert ledger.payload(first.contribution_id) is None
        assert ledger.contribution(first.contribution_id).sha256 is None
        assert ledger.events(first.contribution_id)[-1].transition == "erased"
        assert ledger.erased_after(2)
        assert not ledger.erased_after(3)

    def test_erasure_reaches_what_lies_beside_the_chain(self, ledger: Ledger, path: Path) -> None:
        """
        With the file go its name, the options, the notes about it, the remembered answers and the person's queued
        check; what is about others stays, and the chain still verifies.
        """
        options = {"note": "spørg example-researcher-1"}
        revision = publish(ledger, self.PATCH, file_name="example-researcher-1.xlsx", options=options)
        other = publish(ledger, Patch((said("b"),)), file_name="behov.csv")
        assert revision.contribution_id
        assert other.contribution_id
        ledger.note(revision.contribution_id, "reviewer", "ring til example-researcher-1")
        kept = ledger.note(other.contribution_id, "reviewer", "fint")
        ledger.remember("k", "synthetic/desk", "f", {"said": "example-researcher-1"})
        ledger.queue_checks([ANNE, BO, MEMBERSHIP, CLAIM], 1)
        version = ledger.contribution(revision.contribution_id).version
        ledger.erase(ANNE, "operator", "on request")
        emptied = ledger.contribution(revision.contribution_id)
        assert (emptied.file_name, emptied.options, emptied.version) == ("", {}, version + 1)
        assert ledger.notes(revision.contribution_id) == ()
        assert ledger.notes(other.contribution_id) == (kept,)
        assert ledger.recall("k", "synthetic/desk", "f") is None
        assert ledger.queued_checks(9) == (BO,)
        assert ledger.verify() == 3
        assert not any(b"example-researcher-1" in file.read_bytes() for file in path.parent.iterdir())

    def test_nothing_of_the_person_is_left_in_the_files(self, ledger: Ledger, path: Path) -> None:
        """
        After an erasure neither the database file nor its log holds the person's IRI, while the ledger is still open.
        """
        publish(ledger, self.PATCH)
        assert any(b"example-researcher-1" in file.read_bytes() for file in path.parent.iterdir())
        ledger.erase(ANNE, "operator", "on request")
        assert not any(b"example-researcher-1" in file.read_bytes() for file in path.parent.iterdir())

    def test_erasing_behind_the_ledgers_back_is_seen(self, ledger: Ledger, path: Path) -> None:
        """
        Personal statements that are missing or changed without a recorded erasure break the chain.
        """
        publish(ledger, self.PATCH)
        ledger.verify()
        tamper(path, "UPDATE personal_part SET patch = NULL, salt = NULL WHERE position = 0")
        with pytest.raises(LedgerBroken):
            ledger.verify()

    def test_unknown_person(self, ledger: Ledger) -> None:
        """
        Erasing somebody whom no statement describes is an error, so a typing mistake is noticed.
        """
        publish(ledger, self.PATCH)
        with pytest.raises(UnknownThing):
            ledger.erase(thing_iri("person", "nobody"), "operator", "on request")
        ledger.erase(ANNE, "operator", "on request")
        with pytest.raises(UnknownThing):
            ledger.erase(ANNE, "operator", "again")
        assert ledger.head == 2


class TestMachine:
    def test_settings_that_make_commits_durable(self, ledger: Ledger) -> None:
        """
        SQLite runs with a write-ahead log that is synced at each commit, with foreign keys, and overwrites what is
        deleted.
        """
        with ledger._database.engine.connect() as connection:
            values = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            }
        assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}

    def test_full_disk_loses_nothing(self, ledger: Ledger) -> None:
        """
        When the database cannot grow, publishing says the disk is full, acknowledges nothing, and goes on when there is
        room again.
        """
        publish(ledger, Patch((said("før"),)))
        contribution_id = ledger.receive(record())
        ledger.decide(contribution_id, State.APPROVED, "reviewer")
        big = Patch(tuple(said(hashlib.sha256(str(number).encode()).hexdigest()) for number in range(9999)))
        with ledger._database.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DiskFull):
            ledger.publish(contribution_id, big, "reviewer")
        with pytest.raises(DiskFull):
            ledger.receive(record(bytes(range(256)) * 4000 + b"x"))
        assert ledger.head == ledger.verify() == 1
        with ledger._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        assert ledger.publish(contribution_id, big, "reviewer").number == 2
        assert ledger.verify() == 2


def test_directory_is_made(tmp_path: Path) -> None:
    """
    A ledger can be opened where no directory is yet.
    """
    with Ledger.open(f"sqlite:///{tmp_path / 'new' / 'ledger.sqlite'}") as ledger:
        assert ledger.head == 0

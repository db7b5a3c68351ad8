"""Publishing: the ledger commits, the store follows, readers are switched."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad

from ecograph.contribute.publishing import PatchMaker, Publisher
from ecograph.errors import (
    DiskFull,
    LedgerBroken,
    Rejected,
    StoreBehind,
    StoreMismatch,
    VersionConflict,
    WithdrawalConflict,
    WrongState,
)
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.ledger.records import ContributionRecord, Kind, State
from ecograph.ledger.sql import Ledger
from ecograph.namespaces import ECO, FOAF, XSD
from ecograph.rdf.patch import Patch, diff
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import EmbeddedStore

GRAPH = graph_iri("synthetic")
ANNE = thing_iri("person", "example-researcher-1")


class Instance:
    """A ledger and a store in one directory, as one process has them open."""

    def __init__(self, directory: Path) -> None:
        self.store = EmbeddedStore.open(directory / "store")
        self.ledger = Ledger.open(f"sqlite:///{directory / 'ledger.sqlite'}")
        self.publisher = Publisher(self.ledger, self.store)

    def approved(self) -> str:
        payload = b"synthetic"
        digest = hashlib.sha256(payload).hexdigest()
        contribution = ContributionRecord("synthetic", "Syntetisk bidrag", "", "", digest, payload, "partner")
        contribution_id = self.ledger.receive(contribution)
        self.ledger.decide(contribution_id, State.APPROVED, "reviewer")
        return contribution_id

    def publish(self, *values: str, removed: tuple[str, ...] = ()) -> str:
        contribution_id = self.approved()
        self.publisher.publish(contribution_id, Patch(notes(*values), notes(*removed)), "reviewer")
        return contribution_id

    def said(self) -> list[str]:
        with self.store.snapshot() as snapshot:
            return said(snapshot)

    def close(self) -> None:
        self.store.close()
        self.ledger.close()


def notes(*values: str) -> tuple[Quad, ...]:
    return tuple(Quad(thing_iri("need", "n01"), ECO.note, Literal(value), GRAPH) for value in values)


def said(snapshot: Snapshot) -> list[str]:
    found = []
    for quad in snapshot.quads(graph=GRAPH):
        assert isinstance(quad.object, Literal)
        found.append(quad.object.value)
    return sorted(found)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    instance = Instance(tmp_path)
    yield instance
    instance.close()


class TestPublish:
    def test_published_is_recorded_and_visible(self, instance: Instance) -> None:
        """
        When publishing returns, the ledger has the revision and the next reader sees it.
        """
        revision = instance.publisher.publish(instance.approved(), Patch(notes("æøå")), "reviewer")
        with instance.store.snapshot() as snapshot:
            assert (snapshot.revision, said(snapshot)) == (revision.number, ["æøå"]) == (1, ["æøå"])
        verified = instance.publisher.verify()
        assert (verified.revisions, verified.statements) == (1, 2)

    def test_patch_is_made_from_the_state_it_meets(self, instance: Instance) -> None:
        """
        Two contributions that each replace the whole graph do so one after the other, and both differences are exact.
        """

        def becoming(*values: str) -> PatchMaker:
            return lambda state: diff(state.quads(graph=GRAPH), notes(*values))

        first = instance.publisher.publish(instance.approved(), becoming("a", "b"), "reviewer")
        second = instance.publisher.publish(instance.approved(), becoming("b", "c"), "reviewer")
        assert (first.patch, second.patch) == (Patch(notes("a", "b")), Patch(notes("c"), notes("a")))
        assert instance.said() == ["b", "c"]

    def test_record_holds_what_really_changed(self, instance: Instance) -> None:
        """
        Statements that are there already, removals of what is not, and other spellings of a number leave no trace in
        the patch.
        """
        number = Quad(thing_iri("need", "n01"), ECO.budget, Literal("1.50", datatype=XSD.decimal), GRAPH)
        instance.publish("a")
        patch = Patch((*notes("a", "b"), number), notes("c"))
        revision = instance.publisher.publish(instance.approved(), patch, "reviewer")
        assert {str(quad.object) for quad in revision.patch.additions} == {'"b"', f'"1.5"^^{XSD.decimal}'}
        assert not revision.patch.removals
        instance.publisher.verify()

    def test_maker_that_refuses_writes_nothing(self, instance: Instance) -> None:
        """
        When what makes the patch finds that it cannot be, neither ledger nor graph has changed.
        """
        instance.publish("a")
        contribution_id = instance.approved()

        def refuse(state: Snapshot) -> Patch:
            raise Rejected(title="Syntetisk", count=1)

        with pytest.raises(Rejected):
            instance.publisher.publish(contribution_id, refuse, "reviewer")
        assert instance.ledger.head == 1
        assert instance.ledger.contribution(contribution_id).state == State.APPROVED
        assert instance.said() == ["a"]

    def test_decision_about_an_older_version(self, instance: Instance) -> None:
        """
        What was changed after somebody looked at it is not published on their word.
        """
        contribution_id = instance.approved()
        seen = instance.ledger.contribution(contribution_id).version
        instance.ledger.note(contribution_id, "partner", "vent")
        with pytest.raises(VersionConflict):
            instance.publisher.publish(contribution_id, Patch(notes("a")), "reviewer", version=seen)
        assert instance.said() == []

    def test_readers_are_told_before_it_returns(self, instance: Instance) -> None:
        """
        Whoever answers readers hears of a new revision before the publication returns, once for a batch.
        """
        told: list[int] = []
        publisher = Publisher(instance.ledger, instance.store, lambda: told.append(instance.store.shown))
        publisher.publish(instance.approved(), Patch(notes("a")), "reviewer")
        assert told == [1]
        with publisher.batch():
            publisher.publish(instance.approved(), Patch(notes("b")), "reviewer")
            publisher.publish(instance.approved(), Patch(notes("c")), "reviewer")
        assert told == [1, 3]

    def test_only_once(self, instance: Instance) -> None:
        """
        Publishing a contribution twice is refused, and the graph stays as the first time left it.
        """
        contribution_id = instance.publish("a")
        with pytest.raises(WrongState):
            instance.publisher.publish(contribution_id, Patch(notes("b")), "reviewer")
        assert instance.said() == ["a"]

    def test_threads_take_turns(self, instance: Instance) -> None:
        """
        Sixteen threads that publish at once get sixteen revisions, and each sees its own when it returns.
        """
        missed: list[str] = []

        def work(value: str) -> None:
            instance.publish(value)
            if value not in instance.said():
                missed.append(value)

        threads = [threading.Thread(target=work, args=(str(number),)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert missed == []
        assert instance.publisher.verify().revisions == 16

    def test_batch_switches_once(self, instance: Instance) -> None:
        """
        A batch of publications becomes visible together at its end.
        """
        with instance.publisher.batch():
            instance.publish("a")
            instance.publish("b")
            assert instance.said() == []
            assert instance.ledger.head == 2
        assert instance.said() == ["a", "b"]


class TestWithdraw:
    def test_undoes_exactly_that_patch(self, instance: Instance) -> None:
        """
        Withdrawing a contribution removes what it added, puts back what it removed, and touches nothing else.
        """
        instance.publish("a", "b")
        contribution_id = instance.publish("c", "a", removed=("b",))
        instance.publish("d")
        revision = instance.publisher.withdraw(contribution_id, "reviewer", "forkert fil")
        assert (revision.kind, revision.number) == (Kind.WITHDRAWAL, 4)
        assert instance.said() == ["a", "b", "d"]
        instance.publisher.verify()

    def test_later_change_of_the_same_is_said(self, instance: Instance) -> None:
        """
        A contribution whose statements a later one removed is not withdrawn before that one; the error names it.
        """
        first = instance.publish("a", "b")
        second = instance.publish("c", removed=("b",))
        with pytest.raises(WithdrawalConflict) as caught:
            instance.publisher.withdraw(first, "reviewer", "forkert")
        assert caught.value.values == {"id": first, "count": 1, "revisions": "2"}
        instance.publisher.withdraw(second, "reviewer", "først denne")
        instance.publisher.withdraw(first, "reviewer", "så denne")
        assert instance.said() == []


class TestErase:
    def test_person_is_gone_from_graph_and_ledger(self, instance: Instance) -> None:
        """
        Erasing a person removes them from what readers see and from every replay; everything still verifies.
        """
        name = Quad(ANNE, FOAF.name, Literal("Example researcher 1"), GRAPH)
        instance.publisher.publish(instance.approved(), Patch((*notes("a"), name)), "reviewer")
        instance.publisher.erase(ANNE, "operator", "on request")
        with instance.store.snapshot() as snapshot:
            assert name not in snapshot
            assert snapshot.revision == 2
        assert instance.publisher.verify().statements == 2
        assert len(list((instance.store._directory / "generations").glob("*.lock"))) == 1

    def test_erasure_that_was_interrupted_is_finished(self, instance: Instance, tmp_path: Path) -> None:
        """
        When the process ends between the erasure and the new store, the next opening builds the store without the
        person.
        """
        name = Quad(ANNE, FOAF.name, Literal("Example researcher 1"), GRAPH)
        instance.publisher.publish(instance.approved(), Patch((*notes("a"), name)), "reviewer")
        instance.ledger.erase(ANNE, "operator", "on request")
        instance.close()
        again = Instance(tmp_path)
        assert again.publisher.catch_up() == 1
        with again.store.snapshot() as snapshot:
            assert name not in snapshot
        again.publisher.verify()
        again.close()


class TestCatchUp:
    def test_store_follows_what_only_the_ledger_has(self, instance: Instance, tmp_path: Path) -> None:
        """
        What the ledger committed before the process ended is in the graph after the next opening.
        """
        instance.publish("a")
        instance.ledger.publish(instance.approved(), Patch(notes("b")), "reviewer")
        instance.close()
        again = Instance(tmp_path)
        assert again.publisher.catch_up() == 1
        assert again.said() == ["a", "b"]
        again.publisher.verify()
        again.close()

    def test_lost_store_is_built_again(self, instance: Instance, tmp_path: Path) -> None:
        """
        A data directory that has only the ledger left gives the same graph again.
        """
        for value in "abc":
            instance.publish(value)
        instance.publish(removed=("b",))
        instance.close()
        (tmp_path / "store").rename(tmp_path / "lost")
        again = Instance(tmp_path)
        seen: list[tuple[int, int]] = []
        assert again.publisher.catch_up(lambda done, total: seen.append((done, total))) == 4
        assert again.said() == ["a", "c"]
        assert seen[-1] == (4, 4)
        again.close()

    def test_store_ahead_of_the_ledger_is_built_again(self, instance: Instance, tmp_path: Path) -> None:
        """
        When the ledger was restored from an older backup, the store goes back to what the ledger says.
        """
        instance.publish("a")
        instance.ledger.close()
        backup = (tmp_path / "ledger.sqlite").read_bytes()
        instance.ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        instance.publisher = Publisher(instance.ledger, instance.store)
        instance.publish("b")
        instance.close()
        (tmp_path / "ledger.sqlite").write_bytes(backup)
        again = Instance(tmp_path)
        assert again.publisher.catch_up() == -1
        assert again.said() == ["a"]
        again.close()

    def test_store_that_cannot_follow_is_caught_up_later(
        self, instance: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        When the ledger has committed and the store cannot write, the error says that the revision is safe; the next
        publication brings both.
        """
        instance.publish("a")

        def full(number: int, patch: Patch) -> None:
            raise OSError("No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(instance.store, "apply", full)
            with pytest.raises(StoreBehind) as caught:
                instance.publish("b")
        assert caught.value.values["revision"] == 2
        assert instance.said() == ["a"]
        instance.publish("c")
        assert instance.said() == ["a", "b", "c"]
        instance.publisher.verify()

    def test_full_ledger_changes_nothing(self, instance: Instance) -> None:
        """
        When the ledger has no room, nothing is published, and neither the graph nor the ledger has changed.
        """
        instance.publish("a")
        contribution_id = instance.approved()
        values = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(9999)]
        with instance.ledger._database.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DiskFull):
            instance.publisher.publish(contribution_id, Patch(notes(*values)), "reviewer")
        assert instance.said() == ["a"]
        instance.publisher.verify()


class TestVerify:
    def test_store_that_says_something_else_is_found(self, instance: Instance) -> None:
        """
        A statement that came into the store past the ledger is found, and rebuilding removes it.
        """
        instance.publish("a")
        instance.store.apply(2, Patch(notes("past the ledger")))
        instance.store.switch()
        with pytest.raises(StoreMismatch) as caught:
            instance.publisher.verify()
        assert caught.value.values == {"missing": 1, "extra": 2}
        instance.publisher.rebuild()
        assert instance.publisher.verify().statements == 2

    def test_changed_ledger_is_found(self, instance: Instance) -> None:
        """
        A ledger that was changed behind EcoGraph's back does not verify.
        """
        instance.publish("a")
        with instance.ledger._database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE revision SET published_by = 'another'")
        with pytest.raises(LedgerBroken):
            instance.publisher.verify()

"""What partners keep of candidates, each for itself."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from ecograph.errors import BadParameter, EntryChanged, UnknownThing
from ecograph.identifiers import thing_iri
from ecograph.ledger.entries import MAX_NOTE, RESTORABLE, About, Happened, Status
from ecograph.ledger.records import State
from ecograph.ledger.sql import Ledger
from ecograph.rdf.patch import Patch

from .conftest import ANNE, BO, person, publish, said, tamper

WRITTEN_BY_0002 = Path(__file__).parent / "v0002.sql"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SHORE, HILL = "synthetic-shore", "synthetic-hill"
NEED = About(thing_iri("need", "n01"))
SENSOR = thing_iri("solution", "synthetic-sensor")
WHO = f"{SHORE}/miljø"


@pytest.fixture
def partners(ledger: Ledger) -> Ledger:
    for slug in (SHORE, HILL):
        ledger.partners.add(slug, f"Syntetisk {slug}", "https://example.org/", LICENCE, "da")
    return ledger


class TestAdding:
    def test_entry_keeps_what_was_said(self, partners: Ledger, path: Path) -> None:
        """
        A candidate on a shortlist is kept with status, note, who and the reasons of the day, and is there after a
        restart.
        """
        kept = {"score": 0.5, "reasons": [{"sentences": {"da": "Regnmåler på Ærø"}}]}
        entry, new = partners.shortlists.add(SHORE, NEED, SENSOR, WHO, note="Ring i uge 12\0", kept=kept)
        assert new
        with Ledger.open(f"sqlite:///{path}") as again:
            found = again.shortlists.get(entry.id, SHORE)
        assert found == entry
        assert (found.status, found.note, found.who, found.version) == (
            Status.CONSIDERING, "Ring i uge 12", WHO, 1,
        )  # fmt: skip
        assert found.kept == kept

    def test_candidate_stands_on_a_list_once(self, partners: Ledger) -> None:
        """
        Who puts a candidate on the list that is there already gets the entry as it is.
        """
        first, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO, note="Først")
        second, new = partners.shortlists.add(SHORE, NEED, SENSOR, f"{SHORE}/vand", note="Så")
        assert (second, new) == (first, False)

    def test_typed_need_is_kept_as_its_words(self, partners: Ledger) -> None:
        """
        For a need that was typed in the words themselves are kept, and tell its entries from others.
        """
        typed, other = About(None, " Varsling på Ærø "), About(None, "Varsling")
        entry, _ = partners.shortlists.add(SHORE, typed, SENSOR, WHO)
        assert entry.about.text == "Varsling på Ærø"
        assert partners.shortlists.entries(SHORE, About(None, "Varsling på Ærø")) == (entry,)
        assert partners.shortlists.entries(SHORE, other) == ()

    @pytest.mark.parametrize(
        "about",
        [(None, ""), (None, " \0"), (thing_iri("need", "n01"), "and words"), (None, "x" * 5001)],
    )
    def test_need_is_one_or_the_other(self, about: tuple[NamedNode | None, str]) -> None:
        """
        An entry is for a need of the graph or for words, not for both, none, or a book.
        """
        with pytest.raises(BadParameter):
            About(*about)

    def test_not_relevant_needs_a_reason(self, partners: Ledger) -> None:
        """
        Whoever marks a candidate as not relevant says why, also later.
        """
        with pytest.raises(BadParameter):
            partners.shortlists.add(SHORE, NEED, SENSOR, WHO, status=Status.NOT_RELEVANT, why=" ")
        entry, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO, status=Status.NOT_RELEVANT, why="For lille")
        with pytest.raises(BadParameter):
            partners.shortlists.change(entry.id, SHORE, WHO, why="")

    def test_long_notes_are_refused(self, partners: Ledger) -> None:
        """
        A note has a limit, and one over it changes nothing.
        """
        entry, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO)
        with pytest.raises(BadParameter):
            partners.shortlists.change(entry.id, SHORE, WHO, note="å" * (MAX_NOTE + 1))
        assert partners.shortlists.get(entry.id, SHORE) == entry

    def test_partner_has_to_be_known(self, partners: Ledger) -> None:
        """
        Nobody keeps a list for an organisation that is no partner.
        """
        with pytest.raises(UnknownThing):
            partners.shortlists.add("nobody", NEED, SENSOR, WHO)


class TestPrivacy:
    def test_other_partner_meets_nothing(self, partners: Ledger) -> None:
        """
        A partner sees, changes, removes and deletes its own entries only; of others' it is not even said that they are.
        """
        entry, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO)
        lists = partners.shortlists
        assert lists.entries(HILL) == ()
        assert lists.history(HILL) == {}
        for act in (
            lambda: lists.get(entry.id, HILL),
            lambda: lists.change(entry.id, HILL, WHO, note="x"),
            lambda: lists.remove(entry.id, HILL, WHO),
            lambda: lists.restore(entry.id, HILL, WHO),
        ):
            with pytest.raises(UnknownThing):
                act()
        assert lists.delete(HILL) == lists.delete(HILL, entry.id) == 0
        assert lists.get(entry.id, SHORE) == entry

    def test_chain_knows_nothing_of_it(self, partners: Ledger) -> None:
        """
        Shortlists are beside the chain: no revision comes of them, and the ledger verifies.
        """
        entry, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO)
        partners.shortlists.change(entry.id, SHORE, WHO, status=Status.AGREED)
        assert partners.head == partners.verify() == 0


class TestChanging:
    def test_second_of_two_is_told(self, partners: Ledger) -> None:
        """
        Of two colleagues who saw the same, the second learns that the first has changed it.
        """
        entry, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO)
        partners.shortlists.change(entry.id, SHORE, WHO, status=Status.CONTACTED, version=1)
        for act in (partners.shortlists.change, partners.shortlists.remove):
            with pytest.raises(EntryChanged) as caught:
                act(entry.id, SHORE, WHO, version=1)
            assert caught.value.values == {"current": 2, "given": 1}

    def test_history_tells_every_status(self, partners: Ledger) -> None:
        """
        What happened to an entry is kept with who and when; saying the same again is no change.
        """
        entry, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO)
        lists = partners.shortlists
        lists.change(entry.id, SHORE, WHO, status=Status.CONTACTED)
        lists.change(entry.id, SHORE, WHO, status=Status.CONTACTED)
        lists.remove(entry.id, SHORE, WHO)
        lists.restore(entry.id, SHORE, WHO)
        changes = lists.history(SHORE)[entry.id]
        assert [(each.what, each.status) for each in changes] == [
            (Happened.ADDED, Status.CONSIDERING),
            (Happened.CHANGED, Status.CONTACTED),
            (Happened.REMOVED, Status.CONTACTED),
            (Happened.RESTORED, Status.CONTACTED),
        ]
        assert {each.who for each in changes} == {WHO}

    def test_removal_is_undone(self, partners: Ledger) -> None:
        """
        A removed entry is off the list and cannot be changed; restored it is as it was.
        """
        entry, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO, note="Behold mig")
        lists = partners.shortlists
        lists.remove(entry.id, SHORE, WHO)
        assert lists.entries(SHORE) == ()
        assert [each.id for each in lists.entries(SHORE, removed=True)] == [entry.id]
        with pytest.raises(UnknownThing):
            lists.change(entry.id, SHORE, WHO, note="x")
        assert lists.restore(entry.id, SHORE, WHO).note == "Behold mig"
        assert [each.id for each in lists.entries(SHORE)] == [entry.id]

    def test_adding_again_brings_back(self, partners: Ledger) -> None:
        """
        A candidate that was removed and is put on the list again has one entry, with the reasons of the new day.
        """
        entry, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO, kept={"revision": 1})
        partners.shortlists.remove(entry.id, SHORE, WHO)
        again, new = partners.shortlists.add(SHORE, NEED, SENSOR, WHO, kept={"revision": 7})
        assert new
        assert (again.id, again.kept, again.removed_at) == (entry.id, {"revision": 7}, None)


class TestRetention:
    def test_unchanged_entries_go(self, partners: Ledger, path: Path) -> None:
        """
        What nobody has changed since a moment is deleted with its history, and what was changed later stays.
        """
        old, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO)
        new, _ = partners.shortlists.add(SHORE, About(None, "Affald"), SENSOR, WHO)
        tamper(path, f"UPDATE shortlist_entry SET changed_at = '2024-01-01T00:00:00+00:00' WHERE id = '{old.id}'")
        assert partners.shortlists.expire(datetime(2025, 1, 1, tzinfo=UTC)) == 1
        assert [each.id for each in partners.shortlists.entries(SHORE, removed=None)] == [new.id]
        assert set(partners.shortlists.history(SHORE)) == {new.id}

    def test_removed_entries_go_sooner(self, partners: Ledger, path: Path) -> None:
        """
        A removed entry can be restored for a month, and is deleted then.
        """
        entry, _ = partners.shortlists.add(SHORE, NEED, SENSOR, WHO)
        partners.shortlists.remove(entry.id, SHORE, WHO)
        assert partners.shortlists.expire(datetime(2000, 1, 1, tzinfo=UTC)) == 0
        when = (datetime.now(UTC) - RESTORABLE - timedelta(hours=1)).isoformat(timespec="microseconds")
        tamper(path, f"UPDATE shortlist_entry SET removed_at = '{when}'")
        assert partners.shortlists.expire(datetime(2000, 1, 1, tzinfo=UTC)) == 1

    def test_partner_deletes_everything(self, partners: Ledger) -> None:
        """
        A partner can delete all it keeps, also what was removed; the others' lists stay.
        """
        for slug in (SHORE, HILL):
            entry, _ = partners.shortlists.add(slug, NEED, SENSOR, f"{slug}/x")
            partners.shortlists.add(slug, About(None, "Affald"), SENSOR, f"{slug}/x")
            partners.shortlists.remove(entry.id, slug, f"{slug}/x")
        assert partners.shortlists.delete(SHORE) == 2
        assert partners.shortlists.entries(SHORE, removed=None) == ()
        assert partners.shortlists.history(SHORE) == {}
        assert len(partners.shortlists.entries(HILL, removed=None)) == 2


class TestErasure:
    def test_person_is_forgotten_in_shortlists(self, partners: Ledger, path: Path) -> None:
        """
        Erasing a person deletes entries about them and typed needs that name them, and empties reasons and notes that
        do; nothing of them is left in the file, and what is about others stays.
        """
        publish(partners, Patch((person(ANNE, "Syntetisk Åse Ørn"), person(BO, "Syntetisk Bo"))))
        lists = partners.shortlists
        reasons = [
            {"sentences": {"da": "Projektet ledes herfra"}, "path": [{"object": ANNE.value}]},
            {"sentences": {"da": "Nævner syntetisk åse ørn"}, "path": []},
            {"sentences": {"da": "Regnmåler"}, "path": [{"object": SENSOR.value}]},
        ]
        lists.add(SHORE, NEED, ANNE, WHO)
        lists.add(SHORE, NEED, BO, WHO, note="En anden")
        lists.add(SHORE, About(None, "Hvad kan Syntetisk Åse Ørn?"), SENSOR, WHO)
        entry, _ = lists.add(
            HILL, NEED, SENSOR, f"{HILL}/x", note="Ring til SYNTETISK ÅSE ØRN", kept={"reasons": reasons}
        )
        partners.erase(ANNE, "operator", "on request")
        assert [each.candidate for each in lists.entries(SHORE)] == [BO]
        found = lists.get(entry.id, HILL)
        assert found.note == ""
        assert found.kept == {"reasons": reasons[2:]}
        assert lists.history(HILL)[entry.id][-1].what is Happened.ERASED
        assert found.changed_at == entry.changed_at
        dump = "\n".join(sqlite3.connect(path).iterdump()).casefold()
        assert "åse ørn" not in dump
        assert "example-researcher-1" not in dump


class TestRemovals:
    def test_ledger_knows_when_a_statement_went(self, ledger: Ledger) -> None:
        """
        The ledger tells the newest revision that removed a statement, and nothing of one that is there.
        """
        publish(ledger, Patch((said("a"), said("b"))))
        first = publish(ledger, Patch((), (said("a"),)))
        publish(ledger, Patch((said("a"), said("c"))))
        last = publish(ledger, Patch((), (said("a"), said("c"))))
        gone = ledger.removals([said("a"), said("b"), said("c")], 1)
        assert {quad: revision.number for quad, revision in gone.items()} == {
            said("a"): last.number, said("c"): last.number,
        }  # fmt: skip
        assert ledger.removals([said("a")], last.number) == {}
        assert first.number < last.number


class TestMigration:
    def test_ledger_from_before_is_taken_along(self, path: Path) -> None:
        """
        A ledger from before shortlists is migrated in place: its chain verifies, partners and tokens are there, and
        its partner can keep a shortlist.
        """
        connection = sqlite3.connect(path)
        connection.executescript(WRITTEN_BY_0002.read_text(encoding="utf-8"))
        connection.close()
        with Ledger.open(f"sqlite:///{path}") as ledger:
            assert ledger.verify() == ledger.head == 2
            (partner,) = ledger.partners.all()
            assert [token.label for token in ledger.partners.tokens(partner.slug)] == ["miljø"]
            (waiting,) = ledger.contributions(state=State.SUBMITTED)
            assert waiting.options == {"mode": "replace"}
            assert ledger.shortlists.entries(partner.slug) == ()
            entry, new = ledger.shortlists.add(partner.slug, NEED, SENSOR, "synthetic/miljø")
            assert new
            assert ledger.shortlists.share(entry.id, partner.slug, "synthetic/miljø", waiting.id).contribution_id
        with Ledger.open(f"sqlite:///{path}") as ledger:
            assert len(ledger.shortlists.entries("synthetic")) == 1

"""What lies beside the chain: notes, things waiting to be checked, answers to requests that come twice."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from ecograph.errors import BadParameter, KeyReused, UnknownThing
from ecograph.identifiers import thing_iri
from ecograph.ledger.records import JsonValue
from ecograph.ledger.sql import Ledger

from .conftest import record, tamper


def needs(*names: str) -> list[NamedNode]:
    return [thing_iri("need", name) for name in names]


class TestNotes:
    def test_notes_stand_in_their_order(self, ledger: Ledger) -> None:
        """
        Notes about a contribution are read in the order they were written, each with who and when, and no other's.
        """
        contribution_id, another = ledger.receive(record()), ledger.receive(record(b"x"))
        written = tuple(ledger.note(contribution_id, "synthetic/desk", f"række {number}") for number in range(3))
        ledger.note(another, "synthetic/desk", "noget andet")
        assert ledger.notes(contribution_id) == written
        assert (written[0].who, written[0].words) == ("synthetic/desk", "række 0")
        assert written[0].when <= written[1].when
        with pytest.raises(UnknownThing):
            ledger.note("nothing", "synthetic/desk", "x")


class TestQueue:
    def test_longest_waiting_first(self, ledger: Ledger) -> None:
        """
        Things are checked in the order in which they were first queued, each once.
        """
        ledger.queue_checks(needs("b", "b", "a"), 1)
        ledger.queue_checks(needs("c", "a"), 2)
        assert ledger.queued_checks(2) == tuple(needs("a", "b"))
        ledger.checked(needs("a", "b", "z"))
        assert ledger.queued_checks(9) == tuple(needs("c"))

    def test_what_is_queued_again_meanwhile_goes_on_waiting(self, ledger: Ledger) -> None:
        """
        A check of an older revision does not answer for what a later one has changed.
        """
        ledger.queue_checks(needs("a", "b"), 1)
        ledger.queue_checks(needs("a"), 2)
        ledger.checked(needs("a", "b"), 1)
        assert ledger.queued_checks(9) == tuple(needs("a"))

    def test_a_hub_is_queued_whole(self, ledger: Ledger) -> None:
        """
        Thousands of things that one change reaches are queued and taken off together.
        """
        many = needs(*(f"n{number:05}" for number in range(2500)))
        ledger.queue_checks(many, 1)
        ledger.queue_checks(many, 2)
        assert ledger.queued_checks(9999) == tuple(many)
        ledger.checked(many, 2)
        assert ledger.queued_checks(1) == ()


class TestAnswers:
    def test_same_request_gets_the_same_answer(self, ledger: Ledger) -> None:
        """
        A request that is sent again within a day is answered as the first time, for its owner and no other.
        """
        assert ledger.recall("k", "synthetic/desk", "f") is None
        answer: dict[str, JsonValue] = {"id": "7", "findings": [{"row": 3, "value": "Ærø"}], "ok": True}
        assert ledger.remember("k", "synthetic/desk", "f", answer) == answer
        assert ledger.recall("k", "synthetic/desk", "f") == answer
        assert ledger.recall("k", "another/desk", "g") is None

    def test_key_for_another_request_is_refused(self, ledger: Ledger) -> None:
        """
        A key that stood for one request cannot stand for another.
        """
        ledger.remember("k", "synthetic/desk", "f", {})
        with pytest.raises(KeyReused):
            ledger.recall("k", "synthetic/desk", "g")
        with pytest.raises(KeyReused):
            ledger.remember("k", "synthetic/desk", "g", {})

    @pytest.mark.parametrize("key", ["", "k" * 201])
    def test_key_has_a_length(self, ledger: Ledger, key: str) -> None:
        """
        An empty key and one that fills the database are refused.
        """
        with pytest.raises(BadParameter):
            ledger.recall(key, "synthetic/desk", "f")

    def test_a_day_later_the_key_is_free(self, ledger: Ledger, path: Path) -> None:
        """
        After twenty-four hours an answer is no longer given, and the next one that is kept clears it away.
        """
        ledger.remember("k", "synthetic/desk", "f", {"id": "old"})
        ledger.remember("j", "synthetic/desk", "f", {"id": "old"})
        tamper(path, "UPDATE answer SET at = replace(at, substr(at, 1, 4), '2020')")
        assert ledger.recall("k", "synthetic/desk", "g") is None
        ledger.remember("k", "synthetic/desk", "g", {"id": "new"})
        assert ledger.recall("k", "synthetic/desk", "g") == {"id": "new"}
        with sqlite3.connect(path) as connection:
            assert connection.execute("SELECT count(*) FROM answer").fetchone() == (1,)

    def test_of_two_at_once_the_first_answers_both(self, ledger: Ledger) -> None:
        """
        When the same request is answered twice at the same moment, everybody gets one and the same answer.
        """
        given: list[object] = []

        def answer(number: int) -> None:
            given.append(ledger.remember("k", "synthetic/desk", "f", {"id": number})["id"])

        threads = [threading.Thread(target=answer, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(given) == 8
        assert len(set(given)) == 1

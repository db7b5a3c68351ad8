"""Deciding about contributions: versions, two people at once, expiry and renewal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ecograph.errors import EcoGraphError, UnknownThing, VersionConflict, WrongState
from ecograph.ledger.records import TRANSITIONS, Kind, State, steps
from ecograph.ledger.sql import Ledger
from ecograph.rdf.patch import Patch

from .conftest import publish, record, said


def race(*calls: Callable[[], object]) -> list[EcoGraphError | None]:
    """Start the calls at the same moment; what each raised."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[EcoGraphError | None] = []

    def run(call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            call()
        except EcoGraphError as error:
            outcomes.append(error)
        else:
            outcomes.append(None)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


class TestStates:
    def test_a_returned_contribution_comes_back_over_its_check(self) -> None:
        """
        What was sent back is checked again before anybody decides about it; what has left is not published again.
        """
        assert steps(State.RETURNED, State.SUBMITTED) == (State.CHECKED, State.SUBMITTED)
        assert TRANSITIONS[State.PUBLISHED] == {State.WITHDRAWN, State.EXPIRED}
        assert not TRANSITIONS[State.EXPIRED] | TRANSITIONS[State.WITHDRAWN]
        assert set(TRANSITIONS) == set(State)

    def test_what_was_chosen_at_sending_is_kept(self, ledger: Ledger) -> None:
        """
        The name of the file, how it is to be read and the day it expires come back as they were given.
        """
        options = {"mode": "replace", "leave_out": {"Behov på svensk.xlsx": [3, 7]}, "note": "sædvanlig\ud800 fil\0"}
        day = date(2027, 6, 30)
        contribution = ledger.contribution(
            ledger.receive(record(file_name="Behov på\0 svensk.xlsx", options=options, expires_on=day))
        )
        assert (contribution.file_name, contribution.options) == ("Behov på svensk.xlsx", options)
        assert (contribution.expires_on, contribution.version) == (day, 1)

    def test_what_no_database_keeps_is_left_out(self, ledger: Ledger) -> None:
        """
        A reason with a NUL or half a character in it is kept without it, instead of failing.
        """
        contribution_id = ledger.receive(record())
        ledger.decide(contribution_id, State.RETURNED, "reviewer", "se r\u00e6kke\0 3\ud800")
        assert ledger.events(contribution_id)[-1].why == "se række 3?"


class TestVersions:
    def test_everything_that_is_done_counts(self, ledger: Ledger) -> None:
        """
        Each decision, note, publication, renewal and withdrawal makes a new version, and a decision returns it.
        """
        contribution_id = ledger.receive(record())
        assert ledger.decide(contribution_id, State.SUBMITTED, "partner", version=1).version == 2
        ledger.note(contribution_id, "reviewer", "fint")
        assert ledger.decide(contribution_id, State.APPROVED, "reviewer", version=3).version == 4
        ledger.publish(contribution_id, Patch((said("a"),)), "reviewer", version=4)
        assert ledger.renew(contribution_id, date(2030, 1, 1), "partner", version=5).version == 6
        ledger.withdraw(contribution_id, Patch((), (said("a"),)), "partner", "forkert", version=6)
        assert ledger.contribution(contribution_id).version == 7
        assert ledger.verify() == 2

    def test_who_saw_an_older_version_learns_it(self, ledger: Ledger) -> None:
        """
        Whoever decides about a version that is no more is told which one there is, and nothing has changed.
        """
        contribution_id = ledger.receive(record())
        ledger.decide(contribution_id, State.APPROVED, "reviewer", version=1)
        old: list[Callable[[], object]] = [
            lambda: ledger.decide(contribution_id, State.RETURNED, "another", "nej", version=1),
            lambda: ledger.publish(contribution_id, Patch((said("a"),)), "another", version=1),
            lambda: ledger.withdraw(contribution_id, Patch(), "another", "nej", version=3),
            lambda: ledger.renew(contribution_id, date(2030, 1, 1), "another", version=1),
        ]
        for call in old:
            with pytest.raises(VersionConflict) as caught:
                call()
            assert caught.value.values["current"] == 2
        kept = ledger.contribution(contribution_id)
        assert (kept.state, kept.version, ledger.head) == (State.APPROVED, 2, 0)
        assert "another" not in {event.who for event in ledger.events(contribution_id)}

    def test_two_reviewers_at_once(self, path: Path) -> None:
        """
        Of two who decide about the same version at the same moment, in one process or in two, exactly one decides.
        """
        with Ledger.open(f"sqlite:///{path}") as one, Ledger.open(f"sqlite:///{path}") as two:
            for another in [one, two] * 10:
                contribution_id = one.receive(record())
                outcomes = race(
                    lambda: one.decide(contribution_id, State.APPROVED, "a", version=1),  # noqa: B023
                    lambda: another.decide(contribution_id, State.RETURNED, "b", "nej", version=1),  # noqa: B023
                )
                lost = [outcome for outcome in outcomes if outcome is not None]
                assert [type(error) for error in lost] == [VersionConflict]
                assert one.contribution(contribution_id).version == 2
                assert len({event.who for event in one.events(contribution_id)} - {"partner"}) == 1

    def test_publication_and_return_at_once(self, ledger: Ledger) -> None:
        """
        A contribution that is published and sent back at the same moment is one of the two.
        """
        for number in range(10):
            contribution_id = ledger.receive(record())
            version = ledger.decide(contribution_id, State.APPROVED, "reviewer").version
            outcomes = race(
                lambda: ledger.publish(contribution_id, Patch((said(f"{number}"),)), "a", version=version),  # noqa: B023
                lambda: ledger.decide(contribution_id, State.RETURNED, "b", "nej", version=version),  # noqa: B023
            )
            assert outcomes.count(None) == 1
        assert ledger.verify() == ledger.head == len(ledger.contributions(state=State.PUBLISHED))


class TestExpiry:
    def test_what_expires_is_withdrawn(self, ledger: Ledger) -> None:
        """
        A contribution whose day has come leaves the graph like a withdrawn one, and its state says why.
        """
        published = publish(ledger, Patch((said("a"),)), expires_on=date(2026, 12, 31))
        assert published.contribution_id
        revision = ledger.withdraw(
            published.contribution_id, published.patch.inverse(), "ecograph", "2026-12-31", expired=True
        )
        assert (revision.kind, revision.patch.removals) == (Kind.WITHDRAWAL, (said("a"),))
        assert ledger.contribution(published.contribution_id).state == State.EXPIRED
        assert ledger.events(published.contribution_id)[-1].transition == "expired"
        with pytest.raises(WrongState):
            ledger.withdraw(published.contribution_id, Patch(), "partner", "igen")
        assert ledger.verify() == 2

    def test_those_that_are_due_come_soonest_first(self, ledger: Ledger) -> None:
        """
        Published contributions whose day has come are listed by that day; a renewal puts one off, and brings another
        forward.
        """
        days = [date(2027, 3, 1), date(2027, 1, 1), None, date(2027, 2, 1)]
        ids = [publish(ledger, Patch((said(str(day)),)), expires_on=day).contribution_id or "" for day in days]
        waiting = ledger.receive(record(expires_on=date(2026, 1, 1)))
        due = [each.id for each in ledger.due(date(2027, 2, 1))]
        assert due == [ids[1], ids[3]]
        assert waiting not in due
        ledger.renew(ids[1], date(2028, 1, 1), "partner")
        ledger.renew(ids[2], date(2026, 12, 1), "partner")
        assert [each.id for each in ledger.due(date(2027, 3, 1))] == [ids[2], ids[3], ids[0]]
        assert [each.expires_on for each in ledger.due(date(2026, 12, 1))] == [date(2026, 12, 1)]

    def test_renewal_is_noted_and_chained(self, ledger: Ledger) -> None:
        """
        A renewal says who gave which new day; the date as contributed stays in the chain, and what left is not
        renewed.
        """
        published = publish(ledger, Patch((said("a"),)), expires_on=date(2027, 1, 1))
        assert published.contribution_id
        renewed = ledger.renew(published.contribution_id, date(2028, 1, 1), "synthetic/desk")
        event = ledger.events(published.contribution_id)[-1]
        assert renewed.expires_on == date(2028, 1, 1)
        assert (event.transition, event.who, event.why) == ("renewed", "synthetic/desk", "2028-01-01")
        assert ledger.verify() == 1
        ledger.withdraw(published.contribution_id, published.patch.inverse(), "partner", "forkert")
        with pytest.raises(WrongState) as caught:
            ledger.renew(published.contribution_id, date(2029, 1, 1), "partner")
        assert "fornyet" in caught.value.message("da")
        with pytest.raises(UnknownThing):
            ledger.renew("nothing", date(2029, 1, 1), "partner")
        assert ledger.verify() == 2

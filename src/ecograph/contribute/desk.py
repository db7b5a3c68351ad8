"""
The way of a contribution, for everybody who takes part in it: the one set of steps behind REST, pages and commands.

    received -> checked -> submitted -> returned | approved -> published -> withdrawn | expired

Each step is in the ledger with who, when and why. Files are read where `run` runs them, so that what is in them cannot
harm the process that decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final, Literal

from ecograph.contribute import difference, system
from ecograph.contribute.difference import Difference
from ecograph.contribute.door import publishable
from ecograph.contribute.options import Options
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.publishing import Publisher
from ecograph.contribute.rights import OPERATOR, Step, Who, possible
from ecograph.contribute.rules import Rules
from ecograph.contribute.staged import LeaveOut, Staged
from ecograph.contribute.tasks import Runner
from ecograph.contribute.upkeep import Upkeep
from ecograph.contribute.uploads import NOBODY, Uploads
from ecograph.errors import BadParameter, Forbidden, Rejected, UnknownThing, VersionConflict, WrongState
from ecograph.identifiers import graph_iri
from ecograph.ledger.partners import Role
from ecograph.ledger.records import Contribution, ContributionRecord, Event, Note, State
from ecograph.ledger.sql import Ledger
from ecograph.shacl.report import Report
from ecograph.store.base import Projection

__all__ = ["NOBODY", "OPERATOR", "Case", "Desk", "Options", "Who"]

_OPEN: Final = frozenset({State.RECEIVED, State.CHECKED, State.SUBMITTED, State.RETURNED, State.APPROVED})


@dataclass(frozen=True)
class Case:
    """
    A contribution with everything that belongs to it.

    Args:
        contribution: As the ledger knows it.
        staged: What is in its files, checked against what is published now; None when that is over, or the files were
            erased.
        events: What happened to it, oldest first.
        notes: What people wrote about it, oldest first.
        allowed: What the person who asked may do with it now.
    """

    contribution: Contribution
    staged: Staged | None
    events: tuple[Event, ...]
    notes: tuple[Note, ...]
    allowed: frozenset[Step]


class Desk:
    """
    Takes contributions from step to step; safe to use from several threads.

    Args:
        ledger: Where they are kept.
        projection: What readers see.
        publisher: The writer of both.
        rules: What contributions are held against.
        run: Runs the tasks of `contribute.tasks` on uploaded bytes.

    Source:
        docs/contributing-data.md.
    """

    def __init__(self, ledger: Ledger, projection: Projection, publisher: Publisher, rules: Rules, run: Runner) -> None:
        self._ledger = ledger
        self._projection = projection
        self._publisher = publisher
        self._rules = rules
        self._uploads = Uploads(ledger, projection, run)
        self._upkeep = Upkeep(ledger, projection, publisher, rules)

    def check(self, files: Sequence[SourceFile], options: Options, partner: str | None) -> Staged:
        """
        What is in files, with every finding; nothing is kept.

        Args:
            files: The files.
            options: How to read them.
            partner: Slug of whose they are; None for somebody who has not said.

        Raises:
            UnknownThing: No such partner.
            ContributionTimeout, ContributionTooBig, ContributionBusy: They could not be checked.
        """
        publisher = self._ledger.partners.get(partner) if partner is not None else None
        return self._uploads.check(files, options, publisher)

    def receive(self, files: Sequence[SourceFile], options: Options, who: Who, *, partner: str | None = None) -> Case:
        """
        Keep a contribution and check it; it waits to be submitted, or to be put right.

        Args:
            files: The files.
            options: How to read them.
            who: Who brings them.
            partner: Slug of whose they are, where an administrator brings them for a partner.

        Raises:
            Forbidden: They may not contribute for that partner.
            BadParameter: No file, nobody whose it is, or a day of expiry that is not to come.
            UnknownThing: It corrects a contribution that is not there.
            ContributionTimeout, ContributionTooBig, ContributionBusy: It could not be checked; nothing was kept.
        """
        slug = partner or who.partner
        if not files:
            raise BadParameter(name="file", value="", expected=".xlsx, .csv, .ttl, .nt")
        if slug is None:
            known = ", ".join(each.slug for each in self._ledger.partners.all())
            raise BadParameter(name="partner", value="", expected=known)
        who.require("submit", slug)
        if options.expires_on:
            _require_to_come(options.expires_on)
        if options.corrects and self._ledger.contribution(options.corrects).publisher != slug:
            raise UnknownThing(kind="contribution", id=options.corrects)
        publisher = self._ledger.partners.get(slug)
        staged = self._uploads.check(files, options, publisher)
        single = files[0].name if len(files) == 1 else ""
        record = ContributionRecord(
            publisher=slug,
            title=", ".join(file.name for file in files),
            licence=publisher.licence,
            source=options.source,
            sha256=staged.sha256,
            payload=staged.payload,
            submitted_by=who.name,
            file_name=single,
            options=options.as_json(),
            expires_on=options.expires_on,
        )
        contribution_id = self._ledger.receive(record)
        contribution = self._ledger.decide(contribution_id, State.CHECKED, who.name)
        self._uploads.keep(contribution, staged)
        if options.note:
            self._ledger.note(contribution_id, who.name, options.note)
        return self._case(contribution_id, who, staged)

    def submit(
        self,
        contribution_id: str,
        who: Who,
        *,
        version: int | None = None,
        leave_out: LeaveOut | Literal["faulty"] | None = None,
    ) -> Case:
        """
        Hand a contribution to the reviewers.

        Args:
            contribution_id: One that is checked or was returned.
            who: Who submits it.
            version: The version they saw; None for whichever it has.
            leave_out: What does not go on: `faulty` for all that has a violation and what refers to that; None for
                what was left out before.

        Raises:
            Forbidden: It is not theirs to submit.
            Rejected: It has a violation; it stays where it is.
            WrongState, VersionConflict, UnknownThing: It cannot be submitted, or has changed, or is not there.
        """
        contribution = self._begin("submit", State.SUBMITTED, contribution_id, who, version)
        options = Options.from_json(contribution.options)
        staged = self._uploads.of(contribution, options, leave_out)
        staged.require_publishable()
        chosen = replace(options, leave_out=staged.left_out).as_json() if leave_out is not None else None
        seen = contribution.version
        contribution = self._ledger.decide(contribution_id, State.SUBMITTED, who.name, version=seen, options=chosen)
        self._uploads.keep(contribution, staged)
        return self._case(contribution_id, who, staged)

    def approve(self, contribution_id: str, who: Who, why: str = "", *, version: int | None = None) -> Case:
        """
        Approve a contribution and publish it: durable, and what the next reader sees, when this returns.

        It is checked once more against what is published by then. If it does not hold there, it goes back to its
        contributor.

        Raises:
            Forbidden: It is not theirs to approve.
            Rejected: It has a violation by now; it was returned, and nothing is written.
            WrongState, VersionConflict, UnknownThing: It cannot be approved, or has changed, or is not there.
            DiskFull, StoreBehind: As for `Publisher.publish`.
        """
        contribution = self._begin("approve", State.APPROVED, contribution_id, who, version)
        options = Options.from_json(contribution.options)
        try:
            staged = self._uploads.of(contribution, options)
            staged.require_publishable()
            if contribution.state is not State.APPROVED:
                contribution = self._ledger.decide(
                    contribution_id, State.APPROVED, who.name, why, version=contribution.version
                )
            said = self._uploads.publication(contribution, options, who.partner)
            make_patch = publishable(staged, self._rules, self._ledger, said)
            self._publisher.publish(contribution_id, make_patch, who.name, version=contribution.version)
        except Rejected as rejected:
            reason = rejected.message(self._upkeep.language(contribution))
            self._ledger.decide(contribution_id, State.RETURNED, who.name, reason)
            raise
        return self._case(contribution_id, who)

    def send_back(self, contribution_id: str, who: Who, why: str, *, version: int | None = None) -> Case:
        """
        Return a contribution to its contributor.

        Raises:
            BadParameter: No reason.
            Forbidden: It is not theirs to return.
            WrongState, VersionConflict, UnknownThing: It cannot be returned, or has changed, or is not there.
        """
        contribution = self._begin("return", State.RETURNED, contribution_id, who, version)
        self._ledger.decide(contribution_id, State.RETURNED, who.name, _given("why", why), version=contribution.version)
        return self._case(contribution_id, who)

    def withdraw(self, contribution_id: str, who: Who, why: str, *, version: int | None = None) -> Case:
        """
        Take a contribution back: what it changed in the graph is undone. One that waits for review is returned.

        What that leaves broken at others waits to be checked, and is then noted with their contributions.

        Raises:
            BadParameter: No reason.
            Forbidden: It is not theirs to take back.
            WithdrawalConflict: Later contributions changed the same statements.
            WrongState, VersionConflict, UnknownThing: It cannot be taken back, or has changed, or is not there.
        """
        reason = _given("why", why)
        contribution = self._begin("withdraw", State.WITHDRAWN, contribution_id, who, version)
        if contribution.state is State.SUBMITTED:
            self._ledger.decide(contribution_id, State.RETURNED, who.name, reason, version=contribution.version)
        else:
            self._upkeep.undo(contribution, who.name, reason, contribution.version)
        return self._case(contribution_id, who)

    def renew(self, contribution_id: str, who: Who, until: date, *, version: int | None = None) -> Case:
        """
        Let a published contribution stay longer.

        Raises:
            BadParameter: The day is not to come.
            Forbidden: It is not theirs to renew.
            WrongState, VersionConflict, UnknownThing: It is not published, or has changed, or is not there.
        """
        contribution = self._begin("renew", State.PUBLISHED, contribution_id, who, version)
        _require_to_come(until)
        self._ledger.renew(contribution_id, until, who.name, version=contribution.version)
        return self._case(contribution_id, who)

    def note(self, contribution_id: str, who: Who, words: str) -> Case:
        """
        Write something about a contribution, for those who work with it.

        Raises:
            BadParameter: No words.
            Forbidden: They may not.
            UnknownThing: It is not there.
        """
        self._begin("note", State.CHECKED, contribution_id, who, None)
        self._ledger.note(contribution_id, who.name, _given("note", words))
        return self._case(contribution_id, who)

    def contribution(self, contribution_id: str, who: Who) -> Contribution:
        """
        A contribution as the ledger knows it.

        Raises:
            UnknownThing: It is not there.
            Forbidden: It is not shown to them.
        """
        contribution = self._ledger.contribution(contribution_id)
        if not who.sees(contribution.publisher):
            raise Forbidden(needed="own")
        return contribution

    def file(self, contribution_id: str, who: Who) -> SourceFile:
        """
        The bytes as contributed: the file, or a ZIP of several.

        Raises:
            WrongState: They were erased with a person's data.
            UnknownThing, Forbidden: As for `contribution`.
        """
        contribution = self.contribution(contribution_id, who)
        payload = self._ledger.payload(contribution_id)
        if payload is None:
            raise WrongState(id=contribution_id, state=contribution.state, wanted=State.CHECKED)
        return SourceFile(contribution.file_name or f"{contribution_id}.zip", payload)

    def case(self, contribution_id: str, who: Who, *, checked: bool = True) -> Case:
        """
        A contribution with all that belongs to it.

        Args:
            contribution_id: Which one.
            who: Who asks.
            checked: Whether what is in its files is asked for as well, which may mean to read them again.

        Raises:
            UnknownThing: It is not there.
            Forbidden: It is not shown to them.
            ContributionTimeout, ContributionTooBig, ContributionBusy: Its files could not be checked.
        """
        contribution = self.contribution(contribution_id, who)
        wanted = checked and contribution.state in _OPEN and contribution.sha256
        staged = self._uploads.of(contribution) if wanted else None
        return self._case(contribution_id, who, staged)

    def cases(
        self, who: Who, *, state: State | str | None = None, partner: str | None = None
    ) -> tuple[Contribution, ...]:
        """
        The contributions that are shown to a person, oldest first; what comes with the software is not among them.

        Args:
            who: Who asks.
            state: Only those in this state.
            partner: Only those of this partner.

        Raises:
            Forbidden: Those of that partner are not shown to them.
        """
        if partner is None and not who.sees(""):
            partner = who.partner
        if partner is not None and not who.sees(partner):
            raise Forbidden(needed="own")
        found = self._ledger.contributions(partner, state)
        return tuple(contribution for contribution in found if contribution.publisher != system.PUBLISHER)

    def difference(self, contribution_id: str, who: Who) -> Difference:
        """
        What publishing a contribution changes, or what it changed when it was published.

        Raises:
            UnknownThing: It is not there.
            Forbidden: It is not shown to them.
            WrongState: Its files were erased before it was published.
        """
        contribution = self.contribution(contribution_id, who)
        with self._projection.snapshot() as snapshot:
            if contribution.state in _OPEN:
                patch = self._uploads.of(contribution).patch(snapshot)
            else:
                patch = self._ledger.revision_of(contribution_id).patch
            return difference.between(patch, graph_iri(contribution.publisher), snapshot, self._rules)

    def consequences(self, contribution_id: str) -> Report:
        """What withdrawing a published contribution would break; see `Upkeep.consequences`."""
        return self._upkeep.consequences(contribution_id)

    def expire(self, on: date, who: Who = OPERATOR) -> tuple[str, ...]:
        """
        Take out of the graph what was to stay there until a day; see `Upkeep.expire`.

        Raises:
            Forbidden: They are no administrator.
        """
        if who.role is not Role.ADMINISTRATOR:
            raise Forbidden(needed="administrator")
        return self._upkeep.expire(on, who.name)

    def work_off(self, limit: int = 500, who: Who = OPERATOR) -> int:
        """Check some of the things that wait to be checked; see `Upkeep.work_off`."""
        return self._upkeep.work_off(limit, who.name)

    def _begin(self, step: Step, wanted: State, contribution_id: str, who: Who, version: int | None) -> Contribution:
        contribution = self.contribution(contribution_id, who)
        who.require(step, contribution.publisher)
        if version is not None and version != contribution.version:
            raise VersionConflict(id=contribution_id, current=contribution.version, given=version)
        if not possible(step, contribution.state):
            raise WrongState(id=contribution_id, state=contribution.state, wanted=wanted)
        return contribution

    def _case(self, contribution_id: str, who: Who, staged: Staged | None = None) -> Case:
        contribution = self._ledger.contribution(contribution_id)
        events, notes = self._ledger.events(contribution_id), self._ledger.notes(contribution_id)
        return Case(contribution, staged, events, notes, who.steps(contribution))


def _given(name: str, words: str) -> str:
    if not words.strip():
        raise BadParameter(name=name, value="", expected="…")
    return words.strip()


def _require_to_come(day: date) -> None:
    if day <= (today := datetime.now(UTC).date()):
        raise BadParameter(name="expires_on", value=day.isoformat(), expected=f"> {today.isoformat()}")

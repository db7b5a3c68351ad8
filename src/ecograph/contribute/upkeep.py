"""What is done about published contributions: they are taken out again, and checked again when others change things."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pyoxigraph import NamedNode

from ecograph.contribute import difference
from ecograph.contribute.publishing import Publisher
from ecograph.contribute.rules import Rules
from ecograph.contribute.undoing import undo
from ecograph.errors import UnknownThing
from ecograph.ledger.records import Contribution
from ecograph.ledger.sql import Ledger
from ecograph.messages import Language, text
from ecograph.namespaces import ID, RDF
from ecograph.rdf.patch import Patch
from ecograph.shacl import impact
from ecograph.shacl.report import Report
from ecograph.store.base import Projection, Snapshot


class Upkeep:
    """
    Looks after what is published; safe to use from several threads.

    Args:
        ledger: Where it is recorded.
        projection: What readers see.
        publisher: The writer of both.
        rules: What contributions are held against.
    """

    def __init__(self, ledger: Ledger, projection: Projection, publisher: Publisher, rules: Rules) -> None:
        self._ledger = ledger
        self._projection = projection
        self._publisher = publisher
        self._rules = rules

    def consequences(self, contribution_id: str) -> Report:
        """
        What withdrawing a published contribution would break.

        Raises:
            UnknownThing: It is not there.
            WrongState: It has never been published.
        """
        published = self._ledger.revision_of(contribution_id)
        with self._projection.snapshot() as snapshot:
            change = undo(published.patch, published.publisher, snapshot).patch
            left = Patch(
                tuple(quad for quad in change.additions if quad not in snapshot),
                tuple(quad for quad in change.removals if quad in snapshot),
            )
            return impact.check((), left, snapshot, self._rules.background, self._rules.shapes).report

    def undo(
        self, contribution: Contribution, who: str, why: str, version: int | None, *, expired: bool = False
    ) -> None:
        """
        Take a contribution out of the graph; what that leaves broken at others waits to be checked.

        Raises:
            WithdrawalConflict: Later contributions changed the same statements.
            WrongState, VersionConflict: It is not published, or has changed.
        """
        broken = [finding.focus for finding in self.consequences(contribution.id).findings]
        revision = self._publisher.withdraw(contribution.id, who, why, version=version, expired=expired)
        self._ledger.queue_checks((node for node in broken if isinstance(node, NamedNode)), revision.number)

    def expire(self, on: date, who: str) -> tuple[str, ...]:
        """
        Take out of the graph what was to stay there until a day.

        Things that later contributions have changed stay as they are: they are the later ones' now. A note says so.

        Args:
            on: The day; those that were to stay until then or less go.
            who: Who does this.

        Returns:
            The contributions that went, soonest due first.
        """
        gone: list[str] = []
        for contribution in self._ledger.due(on):
            day = contribution.expires_on.isoformat() if contribution.expires_on else ""
            with self._projection.snapshot() as snapshot:
                published = self._ledger.revision_of(contribution.id)
                kept = undo(published.patch, published.publisher, snapshot, sparing=True).conflicts
                lang = self.language(contribution)
                named = sorted({difference.label(q.subject, snapshot, lang) for q in kept if q.subject in ID})  # type: ignore[arg-type]
            self.undo(contribution, who, day, None, expired=True)
            if named:
                self._note_once(contribution, who, text("desk.expired-partly", lang, things=", ".join(named)))
            gone.append(contribution.id)
        return tuple(gone)

    def work_off(self, limit: int, who: str) -> int:
        """
        Check some of the things that wait to be checked; what is found is noted with the contributions they come from.

        Args:
            limit: How many things at most.
            who: Who signs the notes.

        Returns:
            How many were checked; 0 when none waits.
        """
        nodes = self._ledger.queued_checks(limit)
        if not nodes:
            return 0
        with self._projection.snapshot() as snapshot:
            report = impact.recheck(nodes, snapshot, self._rules.background, self._rules.shapes)
            for finding in report.violations:
                if isinstance(finding.focus, NamedNode):
                    for contribution in self._brought_by(finding.focus, snapshot):
                        lang = self.language(contribution)
                        thing = difference.label(finding.focus, snapshot, lang)
                        words = text("desk.checked-later", lang, thing=thing, said=finding.message(lang))
                        self._note_once(contribution, who, words)
            self._ledger.checked(nodes, snapshot.revision)
        return len(nodes)

    def language(self, contribution: Contribution) -> Language:
        """The language that the publisher of a contribution reads."""
        try:
            return self._ledger.partners.get(contribution.publisher).language
        except UnknownThing:
            return "en"

    def _brought_by(self, thing: NamedNode, snapshot: Snapshot) -> Iterator[Contribution]:
        for quad in snapshot.quads(thing, RDF.type):
            origin = self._ledger.origin(quad)
            if origin is not None and origin.contribution_id is not None:
                yield self._ledger.contribution(origin.contribution_id)

    def _note_once(self, contribution: Contribution, who: str, words: str) -> None:
        if words not in {note.words for note in self._ledger.notes(contribution.id)}:
            self._ledger.note(contribution.id, who, words)

"""
Publishing: the one place where the ledger and the store meet, and the one writer of both.

    publisher = Publisher(ledger, store)
    publisher.catch_up()                                              # once, after opening
    revision = publisher.publish(contribution_id, make_patch, who)    # durable and visible when it returns

The order is what keeps the promises: the ledger commits, then the store follows, then readers are switched. What ends
in between is put right by `catch_up`, from the ledger.

Whoever prepares a contribution takes it to the state `approved` with `Ledger.receive` and `Ledger.decide`, and then
calls `publish` with a patch, or better with a function of the writer's state, so that the difference is taken against
what the patch will really meet. Loading many contributions: `with publisher.batch(): ...` switches once at the end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ecograph.contribute.undoing import undo
from ecograph.errors import StoreBehind, WithdrawalConflict
from ecograph.ledger.records import Kind, Revision, State
from ecograph.ledger.sql import Ledger
from ecograph.rdf.parsing import normalised
from ecograph.rdf.patch import Patch
from ecograph.store.base import Progress, Projection, Snapshot, room_in

PatchMaker = Callable[[Snapshot], Patch]
"""Makes the patch from the state that it will be applied to."""


@dataclass(frozen=True)
class Verified:
    """What `Publisher.verify` looked at."""

    revisions: int
    statements: int


class Publisher:
    """
    Writes to a ledger and the projection that follows it; safe to call from several threads.

    Args:
        ledger: Where it is recorded.
        projection: The store that readers see; opened for writing.
        shown: Called whenever readers are about to be answered from another revision, before a publication returns.

    Source:
        docs/durability.md, "Publishing".
    """

    def __init__(self, ledger: Ledger, projection: Projection, shown: Callable[[], object] = lambda: None) -> None:
        self._shown = shown
        self._ledger = ledger
        self._projection = projection
        self._writing = threading.RLock()
        self._switching = threading.RLock()
        self._batches = threading.local()

    def publish(
        self, contribution_id: str, patch: Patch | PatchMaker, who: str, *, version: int | None = None
    ) -> Revision:
        """
        Publish an approved contribution.

        Args:
            contribution_id: A contribution in the state `approved`.
            patch: What it changes; or a function of the current state that returns it. Statements that are already
                there, and removals of what is not, are left out of the record, so that undo restores what was.
                It may raise, and then nothing is written.
            who: Who publishes.
            version: The contribution's version that the decision rests on; None for whichever it has.

        Returns:
            The new revision: durable, and (outside a `batch`) what the next snapshot shows.

        Raises:
            UnknownThing: No such contribution.
            WrongState: Not approved, or published already.
            VersionConflict: Somebody changed it meanwhile.
            DiskFull: The ledger could not be written; nothing was published.
            StoreBehind: Published and durable, but the store could not follow; it will when there is room again.
        """
        with self._writing:
            self._follow()
            state = self._projection.state()
            wanted = patch(state) if callable(patch) else patch
            revision = self._ledger.publish(contribution_id, _effective(wanted, state), who, version=version)
            self._apply(revision)
        self._show(revision.number)
        return revision

    def withdraw(
        self, contribution_id: str, who: str, why: str, *, version: int | None = None, expired: bool = False
    ) -> Revision:
        """
        Undo exactly what a contribution changed.

        Args:
            contribution_id: A published contribution.
            who: Who withdraws it.
            why: The reason.
            version: The contribution's version that the decision rests on; None for whichever it has.
            expired: Whether its time is over, rather than that somebody takes it back. Things that later contributions
                have changed then stay.

        Returns:
            The new revision, as `publish` does.

        Raises:
            UnknownThing: No such contribution.
            WrongState: It is not published.
            VersionConflict: Somebody changed it meanwhile.
            WithdrawalConflict: Later revisions changed the same statements: they removed what this one added, or
                added again what it removed. Withdraw those first.
            DiskFull: The ledger could not be written; nothing was withdrawn.
            StoreBehind: Withdrawn and durable, but the store could not follow.
        """
        with self._writing:
            self._follow()
            published = self._ledger.revision_of(contribution_id)
            way_back = undo(published.patch, published.publisher, self._projection.state(), sparing=expired)
            if way_back.conflicts and not expired:
                later = [
                    revision.number
                    for revision in self._ledger.revisions(after=published.number)
                    if self._stands(revision)
                    and not way_back.conflicts.isdisjoint(revision.patch.additions + revision.patch.removals)
                ]
                numbers = ", ".join(map(str, later))
                raise WithdrawalConflict(id=contribution_id, count=len(way_back.conflicts), revisions=numbers)
            revision = self._ledger.withdraw(
                contribution_id, way_back.patch, who, why, version=version, expired=expired
            )
            self._apply(revision)
        self._show(revision.number)
        return revision

    def erase(self, person: NamedNode, who: str, why: str) -> Revision:
        """
        Forget a person, in the ledger and in the store; the store is built anew.

        Snapshots that are being read keep the person until they are closed.

        Raises:
            UnknownThing: No published statement describes such a person.
            DiskFull: Nothing was erased.
        """
        with self._writing:
            self._follow()
            revision = self._ledger.erase(person, who, why)
            self.rebuild()
        return revision

    @contextmanager
    def batch(self) -> Iterator[None]:
        """
        Publish much and switch readers once, at the end; for the thread that is in it.

        Each publication is as durable as any other. What was published before an exception becomes visible as well.
        """
        self._batches.depth = self._depth + 1
        try:
            yield
        finally:
            self._batches.depth -= 1
            self._show(self._ledger.head)

    def catch_up(self, progress: Progress | None = None) -> int:
        """
        Bring the store to the ledger's head: replay what is missing, or rebuild when that is not enough.

        A rebuild is needed when the store is empty, ahead of the ledger, or holds what was erased since.

        Returns:
            How many revisions were missing; negative if the store was ahead.
        """
        with self._writing:
            missing = self._follow(progress)
        self._show(self._ledger.head)
        return missing

    def rebuild(self, progress: Progress | None = None) -> None:
        """
        Build the store anew from the first revision; readers are switched when it is whole.

        Raises:
            StoreBehind: It could not be written; readers see what they saw before.
        """
        with self._writing:
            head = self._ledger.head
            try:
                self._projection.rebuild((revision.step for revision in self._ledger.revisions()), head, progress)
            except OSError as error:
                raise StoreBehind(revision=head, detail=error) from error
        self._shown()

    def verify(self) -> Verified:
        """
        Prove that the ledger holds together and that readers see what it says. Publishing waits meanwhile.

        Raises:
            LedgerBroken: The first revision that is not as it was written.
            StoreMismatch: The store says something else, or is not at the ledger's head.
        """
        with self._switching, self._writing:
            if self._projection.revision == self._ledger.head:
                # Applied by a thread that is only waiting to switch.
                self._projection.switch()
            revisions = self._ledger.verify()
            statements = self._projection.verify(revision.step for revision in self._ledger.revisions())
        return Verified(revisions, statements)

    def _stands(self, revision: Revision) -> bool:
        """Whether a revision published a contribution that is still published."""
        if revision.kind is not Kind.PUBLICATION or revision.contribution_id is None:
            return False
        return self._ledger.contribution(revision.contribution_id).state is State.PUBLISHED

    @property
    def _depth(self) -> int:
        return getattr(self._batches, "depth", 0)

    def _follow(self, progress: Progress | None = None) -> int:
        """
        Apply what the ledger has and the store has not.

        Raises:
            DiskFull: The store cannot even be opened for want of space; nothing was begun.
            StoreBehind: The store could not follow.
        """
        try:
            with room_in(self._ledger.place):
                return self._replay(progress)
        except OSError as error:
            raise StoreBehind(revision=self._ledger.head, detail=error) from error

    def _replay(self, progress: Progress | None) -> int:
        head, applied = self._ledger.head, self._projection.revision
        if head < applied or (head > applied and (applied == 0 or self._ledger.erased_after(applied))):
            self.rebuild(progress)
        elif head > applied:
            for revision in self._ledger.revisions(after=applied):
                self._apply(revision)
                if progress:
                    progress(revision.number, head)
        return head - applied

    def _apply(self, revision: Revision) -> None:
        try:
            self._projection.apply(revision.number, revision.patch)
        except OSError as error:
            raise StoreBehind(revision=revision.number, detail=error) from error

    def _show(self, number: int) -> None:
        """Switch readers, unless somebody did so since; those who wait here share one switch."""
        if self._depth:
            return
        with self._switching:
            if self._projection.shown < number:
                with self._writing:
                    try:
                        self._projection.switch()
                    except OSError as error:
                        raise StoreBehind(revision=number, detail=error) from error
        self._shown()


def _effective(patch: Patch, state: Snapshot) -> Patch:
    """The patch as the store will feel it: normalised, and without what is so already."""
    removals = {quad for quad in normalised(patch.removals) if quad in state}
    additions = {quad for quad in normalised(patch.additions) if quad not in state}
    return Patch(tuple(additions), tuple(removals))

"""The projection in memory: for a notebook, a test, or a graph that need not outlive its process."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Store

from ecograph.rdf.patch import Patch, Step
from ecograph.store.base import Progress
from ecograph.store.building import compare, replay
from ecograph.store.snapshots import StoreSnapshot, follow, revision_of


class MemoryStore:
    """
    The projection on an engine in memory. A switch copies the graph, so this is for graphs that are small or stay.

    Example:
        >>> MemoryStore().revision
        0
    """

    def __init__(self) -> None:
        self._live = Store()
        self._shown = Store()

    @property
    def revision(self) -> int:
        """The revision that was applied last; 0 for an empty store."""
        return revision_of(self._live)

    @property
    def shown(self) -> int:
        """The revision that readers see."""
        return revision_of(self._shown)

    def apply(self, number: int, patch: Patch) -> None:
        """
        Follow the ledger by one revision.

        Raises:
            ValueError: `number` is not the next revision.
        """
        before = self.revision
        if number != before + 1:
            raise ValueError(f"revision {number} cannot follow revision {before}")
        follow(self._live, before, patch)

    def switch(self) -> None:
        """Let readers see what has been applied; those who hold a snapshot keep theirs."""
        copy = Store()
        copy.bulk_extend(self._live)
        self._shown = copy

    def state(self) -> StoreSnapshot:
        """What has been applied, for the writer alone and only until its next `apply`."""
        return StoreSnapshot(self._live, self.revision)

    def snapshot(self) -> StoreSnapshot:
        """What readers see."""
        return StoreSnapshot(self._shown, self.shown)

    def rebuild(self, steps: Iterable[Step], total: int = 0, progress: Progress | None = None) -> None:
        """Build the store anew from the first revision on, and switch to it when it is whole."""
        building = Store()
        replay(building, steps, total, progress)
        self._live = building
        self.switch()

    def verify(self, steps: Iterable[Step]) -> int:
        """
        Compare what readers see with a replay of the ledger.

        Raises:
            StoreMismatch: How many statements are missing, and how many are too many.
        """
        replayed = Store()
        replay(replayed, steps)
        return compare(replayed, self._shown)

    def close(self) -> None:
        """Let the graph go."""
        self._live, self._shown = Store(), Store()

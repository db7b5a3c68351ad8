"""The view that readers get: how the next one takes its place, and who gets an earlier one."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ecograph.contribute import system
from ecograph.errors import NoHistory, ReadOnly
from ecograph.history import History
from ecograph.ledger.records import Kind
from ecograph.ledger.sql import Ledger
from ecograph.store.base import Projection, Snapshot
from ecograph.view import View
from ecograph.vocabulary.concepts import Concepts

_FOLLOWED_BYTES: Final = 4_000_000
"""Of written patches, some hundred thousand statements: after more, reading the whole graph anew is quicker."""

_COSTLY: Final = frozenset({"concepts", "matcher", "datasets"})
"""Parts of a view that a reader would wait for."""


class Current:
    """
    The view that answers at present, shared by all readers; safe to use from several threads.

    Args:
        store: Holds the revision that readers see.
        make: Makes the view of a snapshot, with the concepts of an earlier one where they are the same.
        ledger: The memory, in the process that publishes; None where another process may.
        history: Past revisions, where there is a ledger.
    """

    def __init__(
        self,
        store: Projection,
        make: Callable[[Snapshot, Concepts | None], View],
        ledger: Ledger | None = None,
        history: History[View] | None = None,
    ) -> None:
        self._store = store
        self._make = make
        self._ledger = ledger
        self._history = history
        self._view: View | None = None
        self._switching = threading.Lock()
        self._refreshing = threading.Lock()
        self._switches: list[Callable[[Path], object]] = []
        self.before_showing: list[Callable[[View], object]] = []
        """What else is built for a new view before readers get it."""

    @property
    def history(self) -> History[View]:
        """
        The graph as it was.

        Raises:
            NoHistory: There is no ledger here.
        """
        if self._history is None:
            raise NoHistory()
        return self._history

    def view(self) -> View:
        """The current revision with everything that answers questions about it; shared, so do not close it."""
        with self._switching:
            return self._shown()

    @contextmanager
    def at(self, moment: str | None) -> Iterator[View]:
        """
        The view of a past revision; shared, so do not close it.

        Args:
            moment: See `History.moment`; None for the current revision.

        Raises:
            BadParameter: It is no moment.
            UnknownMoment: There is no revision of that moment.
            NoHistory: There is no ledger here.
            QueryBusy: Too many wait for past revisions already.
        """
        entry = self.history.moment(moment) if moment is not None else None
        view = self.view()
        if entry is None or entry.number == view.revision:
            yield view
        else:
            with self.history.at(entry) as past:
                yield past

    def also_switch(self, switch: Callable[[Path], object]) -> None:
        """
        Have somebody else answer from the generation that the view stands on: now, and of every view to come.

        Args:
            switch: Called with the directory of the generation (`Snapshot.path`), where it has one.
        """
        with self._switching:
            path = self._shown().snapshot.path
            if path is not None:
                switch(path)
            self._switches.append(switch)

    def refresh(self) -> None:
        """
        Answer from the newest revision from now on.

        Whoever reads meanwhile keeps the old view, until the new one has all the parts that the old one had. Of many
        who ask at once, most find that another's refresh has reached what they wrote.

        Raises:
            ReadOnly: There is another revision, and no ledger that tells what it changed.
        """
        with self._refreshing:
            with self._switching:  # so that a first view is either there or will be of this revision
                old = self._view
            if old is None or old.revision == self._store.shown:
                return
            new = self._after(old)
            for part in old.built & _COSTLY:
                getattr(new, part)
            self._show_built(new)

    def reread(self) -> None:
        """Take into account what has been read of the texts since the view was built."""
        with self._refreshing:
            old = self.view()
            if "matcher" in old.built and old.revision == self._store.shown:
                self._show_built(old.reread(self._store.snapshot()))

    def warm(self) -> None:
        """Build what answers the first visitor before they come."""
        view = self.view()
        _ = (view.matcher, view.datasets, view.property_names)
        for build in self.before_showing:
            build(view)
        # What stays for good need not be looked through for garbage: with a large graph that would take seconds.
        gc.freeze()

    def close(self) -> None:
        """Let all revisions go."""
        if self._view:
            self._view.close()
        if self._history:
            self._history.close()

    def _shown(self) -> View:
        # The process that publishes refreshes the view before a publication returns; others look for news here.
        if self._view is None or (self._ledger is None and self._view.revision != self._store.shown):
            self._view = None  # so that it is not shown again should its number come back, as after a rebuild
            return self._show(self._make(self._store.snapshot(), None))
        return self._view

    def _after(self, old: View) -> View:
        """The view of the newest revision, which takes over what has not changed since an old one."""
        if self._ledger is None:
            raise ReadOnly()
        snapshot = self._store.snapshot()
        # Read after the snapshot was taken, so that none of those it shows is missing.
        steps = list(self._ledger.revisions(after=old.revision))
        vocabulary = any(step.publisher == system.PUBLISHER for step in steps)
        new = self._make(snapshot, old.__dict__.get("concepts") if not vocabulary else None)
        size_bytes = sum(len(part) for step in steps for part in step.parts)
        # What was erased is in no patch any more.
        erased = any(step.kind is Kind.ERASURE for step in steps)
        if not vocabulary and not erased and size_bytes <= _FOLLOWED_BYTES:
            new.follow(old, [quad for step in steps for quad in (*step.patch.additions, *step.patch.removals)])
        return new

    def _show_built(self, view: View) -> None:
        for build in self.before_showing:
            build(view)
        with self._switching:
            self._show(view)

    def _show(self, view: View) -> View:
        view.published_at = self._published_at(view.snapshot)
        self._view = view
        if view.snapshot.path is not None:
            for switch in self._switches:
                switch(view.snapshot.path)
        return view

    def _published_at(self, snapshot: Snapshot) -> datetime | None:
        """When a revision was published, or without a ledger when its generation was made."""
        if self._ledger is not None:
            entry = self._ledger.timeline.entry(snapshot.revision)
            return entry.published_at if entry else None
        return datetime.fromtimestamp(snapshot.path.stat().st_mtime, UTC) if snapshot.path else None

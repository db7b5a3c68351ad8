"""
The graph as it was: earlier revisions, replayed from the ledger and kept for a while.

Source:
    docs/history.md.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar
from uuid import uuid4

from ecograph.errors import BadParameter, QueryBusy, UnknownMoment
from ecograph.ledger.sql import Ledger
from ecograph.ledger.timeline import Entry
from ecograph.ledger.touched import Touched
from ecograph.store.base import Snapshot, room_in
from ecograph.store.oxigraph import StoreSnapshot, build

_BUILDING: Final = "building-"
_GONE: Final = "gone-"

_WAITING: Final = 8
"""Requests that may wait while a past revision is built; each would hold one of the service's threads."""

_RETRY_S: Final = 5
"""What a replay of the shipped graph takes, rounded up."""

MOMENT: Final = (
    r"^([0-9]{1,9}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+ -][0-9]{2}:[0-9]{2})?)?)$"
)
"""A revision's number, a date or a dateTime; in an address + is a space."""

_MOMENT: Final = re.compile(MOMENT)
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


class Shown(Protocol):
    """What is made of a past revision for its readers."""

    @property
    def revision(self) -> int:
        """The ledger's revision that it shows."""
        ...

    def close(self) -> None:
        """Let the revision go."""
        ...


S = TypeVar("S", bound=Shown)


@dataclass(slots=True)
class _Kept(Generic[S]):
    """A past revision on the disk, opened once for all who read it."""

    name: str
    path: Path
    shown: S
    users: int = 0


class History(Generic[S]):
    """
    Past revisions by number or moment. For the process that holds the ledger; safe to use from several threads.

    A revision is replayed beside the others, and readers get it when it is whole. Those that nobody has asked for
    lately are removed, and after an erasure all, since they hold what was erased: whoever reads one meanwhile keeps it
    until they let go.

    Args:
        ledger: The memory.
        directory: Where past revisions are kept; what is there from an earlier run is removed.
        kept: How many at most, beside those that are being read.
        show: Makes of an opened revision what readers get.
    """

    def __init__(self, ledger: Ledger, directory: Path, kept: int, show: Callable[[Snapshot], S]) -> None:
        self.timeline = ledger.timeline
        """Who published what when."""
        self._ledger = ledger
        self._directory = directory
        self._limit = kept
        self._show = show
        self._kept: OrderedDict[str, _Kept[S]] = OrderedDict()
        self._changing = threading.Lock()
        self._building = threading.Lock()
        self._places = threading.BoundedSemaphore(_WAITING + 1)
        self._touched = Touched(self.timeline)
        shutil.rmtree(directory, ignore_errors=True)

    def touched(self) -> Mapping[str, int]:
        """Things by IRI, each with the number of the revision that changed it last."""
        return self._touched.now()

    def moment(self, text: str) -> Entry:
        """
        The revision that a number, a date or a dateTime means.

        Args:
            text: `17` is revision 17; `2026-11-01` the last revision of that day, `2026-11-01T12:00:00Z` the last one
                by then. Without a time zone it is UTC.

        Raises:
            BadParameter: It is none of these.
            UnknownMoment: There was no graph yet, or the moment has not come.
        """
        if _NUMBER.fullmatch(text):
            found = self.timeline.entry(int(text))
        else:
            begins, ends = self.span(text)
            found = self.timeline.at(ends) if begins <= datetime.now(UTC) else None
        if found is None:
            raise self._unknown(text)
        return found

    def span(self, text: str) -> tuple[datetime, datetime]:
        """
        When a date or dateTime begins and ends.

        Raises:
            BadParameter: It is neither.
            UnknownMoment: The calendar has no such day.
        """
        if not _MOMENT.fullmatch(text):
            raise BadParameter(name="at", value=text[:100], expected="17 | 2026-11-01 | 2026-11-01T12:00:00Z")
        try:
            return span(text)
        except (ValueError, OverflowError):
            raise self._unknown(text) from None

    def _unknown(self, text: str) -> UnknownMoment:
        first, last = self.timeline.first, self.timeline.last
        return UnknownMoment(
            moment=text,
            first=first.number if first else 0,
            last=last.number if last else 0,
            begins=_second(first),
            ends=_second(last),
        )

    def erased(self) -> int:
        """The number of the newest erasure, 0 for none: what was built before must not be shown any more."""
        return self.timeline.erased()

    @contextmanager
    def at(self, entry: Entry) -> Iterator[S]:
        """
        A past revision, for as long as the context lasts. Others may hold the same, so do not close it.

        Raises:
            QueryBusy: Too many wait for past revisions already.
            DiskFull: There is no room for it.
        """
        kept = self._hold(entry)
        try:
            yield kept.shown
        finally:
            self._let_go(kept)

    def clean(self) -> None:
        """Forget what holds more than the ledger does, because somebody was erased since it was built."""
        with self._changing:
            if not self._kept:
                return
        erased = self.erased()
        with self._changing:
            self._collect({kept.name for kept in self._kept.values() if not kept.name.endswith(_ending(erased))})

    def close(self) -> None:
        """Let all of them go."""
        with self._changing:
            for kept in self._kept.values():
                kept.shown.close()
            self._kept.clear()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _hold(self, entry: Entry) -> _Kept[S]:
        name = _name(entry, self.erased())
        if found := self._found(name):
            return found
        if not self._places.acquire(blocking=False):
            raise QueryBusy(seconds=_RETRY_S)
        try:
            with self._building:
                return self._found(name) or self._made(entry)
        finally:
            self._places.release()

    def _found(self, name: str) -> _Kept[S] | None:
        with self._changing:
            kept = self._kept.get(name)
            if kept:
                kept.users += 1
                self._kept.move_to_end(name)
            return kept

    def _made(self, entry: Entry) -> _Kept[S]:
        """A revision replayed and opened; anew if somebody was erased while it was replayed."""
        while True:
            erased = self.erased()
            name = _name(entry, erased)
            path = self._directory / name
            self._replay(entry.number, path)
            if erased == self.erased():
                break
            shutil.rmtree(path, ignore_errors=True)
        kept = _Kept(name, path, self._show(StoreSnapshot.at(path)), users=1)
        with self._changing:
            self._kept[name] = kept
            self._collect()
        return kept

    def _replay(self, number: int, path: Path) -> None:
        building = self._directory / f"{_BUILDING}{uuid4().hex[:8]}"
        self._directory.mkdir(parents=True, exist_ok=True)
        wanted = takewhile(lambda revision: revision.number <= number, self._ledger.revisions())
        try:
            with room_in(self._directory):
                reached = build(building, (revision.step for revision in wanted))
                assert reached == number
                building.rename(path)
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def _let_go(self, kept: _Kept[S]) -> None:
        with self._changing:
            kept.users -= 1
            if kept.users == 0:
                if self._kept.get(kept.name) is not kept:
                    self._remove(kept)
                self._collect()

    def _collect(self, stale: frozenset[str] | set[str] = frozenset()) -> None:
        """Forget what is stale and the oldest ones beyond the limit; what is being read is removed when let go."""
        for name in stale:
            kept = self._kept.pop(name)
            if kept.users == 0:
                self._remove(kept)
        for name, kept in list(self._kept.items()):
            if len(self._kept) <= self._limit:
                break
            if kept.users == 0:
                del self._kept[name]
                self._remove(kept)

    def _remove(self, kept: _Kept[S]) -> None:
        kept.shown.close()
        # Nobody finds half of it under its name.
        gone = self._directory / f"{_GONE}{uuid4().hex[:8]}"
        if kept.path.exists():
            kept.path.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)


def _name(entry: Entry, erased: int) -> str:
    """A name that another ledger's revision of that number, or the same before an erasure, does not have."""
    return f"{entry.number}-{hashlib.sha256(entry.hash.encode()).hexdigest()[:12]}{_ending(erased)}"


def _ending(erased: int) -> str:
    return f"-{erased}"


def span(text: str) -> tuple[datetime, datetime]:
    """
    When a date or dateTime begins and ends.

    Example:
        >>> [moment.isoformat() for moment in span("2026-11-01")]
        ['2026-11-01T00:00:00+00:00', '2026-11-01T23:59:59.999999+00:00']

    Raises:
        ValueError, OverflowError: The calendar has no such day.
    """
    if len(text) == len("2026-11-01"):
        begins = datetime.combine(date.fromisoformat(text), time(), UTC)
        return begins, begins + timedelta(days=1, microseconds=-1)
    # In an address, + is a space.
    when = datetime.fromisoformat(text.replace(" ", "+"))
    when = when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC)
    return when, when


def _second(entry: Entry | None) -> str:
    return entry.published_at.strftime("%Y-%m-%dT%H:%M:%SZ") if entry else "-"

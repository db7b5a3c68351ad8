"""The revisions in the order of time: who published what when, without the patches themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select

from ecograph.ledger import rows, tables
from ecograph.ledger.database import Database
from ecograph.ledger.records import Kind
from ecograph.rdf.patch import n_quads


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One revision, as others may know it: no names of persons, no reasons in somebody's own words.

    Args:
        number: Of the revision.
        kind: What it is.
        publisher: Slug of whose contribution it is; empty for an erasure.
        title: What the contribution is called; empty for an erasure, and where the contribution was reached by one.
        contribution_id: Whose revision it is; None for an erasure.
        published_at: When.
        hash: Its link in the chain.
    """

    number: int
    kind: Kind
    publisher: str
    title: str
    contribution_id: str | None
    published_at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class Size:
    """How many statements a revision added and removed, without what was erased since."""

    added: int
    removed: int


class Timeline:
    """
    The ledger's revisions by number and by time.

    Source:
        docs/history.md.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sizes: tuple[int, dict[int, Size]] = (0, {})

    def entry(self, number: int) -> Entry | None:
        """One revision; None if there is none of that number."""
        return self._one(_ENTRIES.where(tables.revision.c.number == number))

    def at(self, when: datetime) -> Entry | None:
        """The last revision of a moment; None before the first."""
        text = when.astimezone(UTC).isoformat(timespec="microseconds")
        query = _ENTRIES.where(tables.revision.c.published_at <= text)
        return self._one(query.order_by(tables.revision.c.number.desc()).limit(1))

    @property
    def first(self) -> Entry | None:
        """The first revision, if there is one."""
        return self._one(_ENTRIES.order_by(tables.revision.c.number).limit(1))

    @property
    def last(self) -> Entry | None:
        """The newest revision, if there is one."""
        return self._one(_ENTRIES.order_by(tables.revision.c.number.desc()).limit(1))

    def page(
        self,
        limit: int,
        *,
        before: int | None = None,
        after: int = 0,
        since: datetime | None = None,
        until: datetime | None = None,
        publisher: str | None = None,
    ) -> tuple[Entry, ...]:
        """
        Revisions, the newest first.

        Args:
            limit: At most so many.
            before: Only those with a smaller number.
            after: Only those with this number or a larger one.
            since: Only those of this moment or later.
            until: Only those of this moment or earlier.
            publisher: Only those of this publisher.
        """
        columns = tables.revision.c
        query = _ENTRIES.order_by(columns.number.desc()).limit(limit)
        if after:
            query = query.where(columns.number >= after)
        if before is not None:
            query = query.where(columns.number < before)
        if since is not None:
            query = query.where(columns.published_at >= since.astimezone(UTC).isoformat(timespec="microseconds"))
        if until is not None:
            query = query.where(columns.published_at <= until.astimezone(UTC).isoformat(timespec="microseconds"))
        if publisher is not None:
            query = query.where(columns.publisher == publisher)
        with self._database.read() as connection:
            return tuple(_as_entry(row) for row in connection.execute(query))

    def sizes(self, numbers: Sequence[int]) -> Mapping[int, Size]:
        """How much each of a few revisions changed; read from its patch once, and anew after an erasure."""
        erased = self.erased()
        if self._sizes[0] != erased:
            self._sizes = erased, {}
        found = self._sizes[1]
        for number, parts in self.patches(number for number in numbers if number not in found):
            lines = [n_quads(part) for part in parts]
            found[number] = Size(sum(a.count(b"\n") for a, _ in lines), sum(r.count(b"\n") for _, r in lines))
        return {number: found[number] for number in numbers if number in found}

    def patches(self, numbers: Iterable[int]) -> Iterator[tuple[int, tuple[bytes, ...]]]:
        """The written patches of revisions as asked for, one in memory at a time, without what was erased."""
        for number in numbers:
            with self._database.read() as connection:
                public = connection.scalar(select(tables.revision.c.patch).where(tables.revision.c.number == number))
                if public is not None:
                    personal = rows.parts_of(connection, [number]).get(number, ())
                    yield number, (public, *(part.patch for part in personal if part.patch is not None))

    def erased(self) -> int:
        """The number of the newest erasure; 0 if nobody was ever erased. What was built before it holds too much."""
        query = select(func.max(tables.revision.c.number)).where(tables.revision.c.kind == Kind.ERASURE)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def _one(self, query: Select[Any]) -> Entry | None:
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return _as_entry(row) if row is not None else None


_ENTRIES = select(
    tables.revision.c.number,
    tables.revision.c.kind,
    tables.revision.c.publisher,
    tables.revision.c.contribution_id,
    tables.revision.c.published_at,
    tables.revision.c.hash,
    tables.contribution.c.title,
    tables.contribution.c.sha256,
).outerjoin(tables.contribution, tables.contribution.c.id == tables.revision.c.contribution_id)


def _as_entry(row: Any) -> Entry:
    return Entry(
        number=row.number,
        kind=Kind(row.kind),
        publisher=row.publisher,
        title=(row.title or "") if row.sha256 is not None else "",
        contribution_id=row.contribution_id,
        published_at=datetime.fromisoformat(row.published_at),
        hash=row.hash,
    )

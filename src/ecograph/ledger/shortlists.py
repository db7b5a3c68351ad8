"""
Shortlists: the candidates that a partner considers for a need, how far the conversation has come, and why not.

They are the partner's own. Everything here is asked for by partner, so that no other partner can meet them; the graph,
and so the score of anybody, knows nothing of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from pyoxigraph import NamedNode
from sqlalchemy import ColumnElement, Connection, Row, or_, select

from ecograph.errors import BadParameter, EntryChanged, UnknownThing
from ecograph.ledger import rows, tables
from ecograph.ledger.database import Database
from ecograph.ledger.entries import RESTORABLE, About, Change, Entry, Happened, Status, as_entry, said_of
from ecograph.ledger.records import JsonValue
from ecograph.ledger.writing import as_json, moment, plain

MAX_ENTRIES: Final = 5000
"""Entries of one partner: more than anybody talks to, and some 50 MB with their reasons."""


class Shortlists:
    """
    The shortlists of a ledger; safe to use from several threads.

    Source:
        docs/shortlist.md.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        partner: str,
        about: About,
        candidate: NamedNode,
        who: str,
        *,
        status: Status = Status.CONSIDERING,
        why: str = "",
        note: str = "",
        kept: Mapping[str, JsonValue] | None = None,
    ) -> tuple[Entry, bool]:
        """
        Put a candidate on the shortlist for a need. One that is there already stays as it is.

        Returns:
            The entry, and whether it was put there now: newly, or again after it was removed.

        Raises:
            UnknownThing: No such partner.
            BadParameter: Words that are too long, or missing where a reason is needed; or too many entries.
            DiskFull: Nothing was kept.
        """
        said = said_of(status, why, note)
        columns = tables.shortlist_entry.c
        with self._database.write() as connection:
            rows.lock_head(connection)
            _require_partner(connection, partner)
            known = connection.execute(
                select(tables.shortlist_entry).where(
                    columns.partner == partner,
                    columns.need_key == about.key,
                    columns.candidate == candidate.value,
                )
            ).one_or_none()
            if known is not None and known.removed_at is None:
                return as_entry(known), False
            now, who = moment(), plain(who)
            values = {**said, "kept": as_json(kept or {}), "changed_at": now}
            if known is not None:
                _change(connection, known.id, now, removed_at=None, who=who, added_at=now, **values)
                _happened(connection, known.id, Happened.RESTORED, status, who, now)
                return as_entry(_row(connection, known.id, partner)), True
            count = len(connection.scalars(select(columns.id).where(columns.partner == partner)).all())
            if count >= MAX_ENTRIES:
                raise BadParameter(name="shortlist", value=count + 1, expected=f"≤ {MAX_ENTRIES}")
            entry_id = uuid4().hex
            connection.execute(
                tables.shortlist_entry.insert().values(
                    id=entry_id,
                    partner=partner,
                    need=about.iri.value if about.iri else None,
                    need_text=about.text,
                    need_key=about.key,
                    candidate=candidate.value,
                    who=who,
                    added_at=now,
                    version=1,
                    **values,
                )
            )
            _happened(connection, entry_id, Happened.ADDED, status, who, now)
            return as_entry(_row(connection, entry_id, partner)), True

    def change(
        self,
        entry_id: str,
        partner: str,
        who: str,
        *,
        status: Status | None = None,
        why: str | None = None,
        note: str | None = None,
        version: int | None = None,
    ) -> Entry:
        """
        Say something else of an entry; what is None stays.

        Raises:
            UnknownThing: The partner has no such entry, or has removed it.
            EntryChanged: Somebody changed it since that version.
            BadParameter: Words that are too long, or missing where a reason is needed.
            DiskFull: Nothing was changed.
        """
        with self._database.write() as connection:
            row = _opened(connection, entry_id, partner, version)
            was = as_entry(row)
            status = was.status if status is None else status
            said = said_of(status, was.why if why is None else why, was.note if note is None else note)
            if any(said[name] != getattr(row, name) for name in said):
                now = moment()
                _change(connection, entry_id, now, **said)
                _happened(connection, entry_id, Happened.CHANGED, status, plain(who), now)
            return as_entry(_row(connection, entry_id, partner))

    def remove(self, entry_id: str, partner: str, who: str, *, version: int | None = None) -> Entry:
        """
        Take an entry off the list; `restore` brings it back, until it is deleted for good.

        Raises:
            UnknownThing, EntryChanged, DiskFull: As for `change`.
        """
        with self._database.write() as connection:
            row, now = _opened(connection, entry_id, partner, version), moment()
            _change(connection, entry_id, now, removed_at=now)
            _happened(connection, entry_id, Happened.REMOVED, Status(row.status), plain(who), now)
            return as_entry(_row(connection, entry_id, partner))

    def restore(self, entry_id: str, partner: str, who: str, *, version: int | None = None) -> Entry:
        """
        Bring a removed entry back as it was; one that is there stays.

        Raises:
            UnknownThing, EntryChanged, DiskFull: As for `change`.
        """
        with self._database.write() as connection:
            row, now = _opened(connection, entry_id, partner, version, removed=True), moment()
            if row.removed_at is not None:
                _change(connection, entry_id, now, removed_at=None)
                _happened(connection, entry_id, Happened.RESTORED, Status(row.status), plain(who), now)
            return as_entry(_row(connection, entry_id, partner))

    def share(
        self, entry_id: str, partner: str, who: str, contribution_id: str, *, version: int | None = None
    ) -> Entry:
        """
        Note with which contribution a verdict was sent to others.

        Raises:
            UnknownThing, EntryChanged, DiskFull: As for `change`.
        """
        with self._database.write() as connection:
            row, now = _opened(connection, entry_id, partner, version), moment()
            _change(connection, entry_id, now, contribution_id=contribution_id)
            _happened(connection, entry_id, Happened.SHARED, Status(row.status), plain(who), now)
            return as_entry(_row(connection, entry_id, partner))

    def get(self, entry_id: str, partner: str) -> Entry:
        """
        One entry, also one that was removed.

        Raises:
            UnknownThing: The partner has no such entry; whether another has, is not said.
        """
        with self._database.read() as connection:
            return as_entry(_row(connection, entry_id, partner))

    def entries(self, partner: str, about: About | None = None, *, removed: bool | None = False) -> tuple[Entry, ...]:
        """
        A partner's entries, the last changed first.

        Args:
            partner: Whose.
            about: Only those for this need.
            removed: Only those that were removed, or only those that were not; None for all.
        """
        columns = tables.shortlist_entry.c
        query = select(tables.shortlist_entry).where(columns.partner == partner)
        if about is not None:
            query = query.where(columns.need_key == about.key)
        if removed is not None:
            query = query.where(columns.removed_at.is_not(None) if removed else columns.removed_at.is_(None))
        with self._database.read() as connection:
            found = connection.execute(query.order_by(columns.changed_at.desc(), columns.id))
            return tuple(map(as_entry, found))

    def history(self, partner: str) -> Mapping[str, tuple[Change, ...]]:
        """What happened to a partner's entries, by entry, oldest first."""
        table = tables.shortlist_change
        query = select(table).join(tables.shortlist_entry).where(tables.shortlist_entry.c.partner == partner)
        found: dict[str, list[Change]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query.order_by(table.c.id)):
                when = datetime.fromisoformat(row.at)
                change = Change(row.entry_id, Happened(row.what), Status(row.status), row.who, when)
                found.setdefault(row.entry_id, []).append(change)
        return {entry_id: tuple(changes) for entry_id, changes in found.items()}

    def delete(self, partner: str, entry_id: str | None = None) -> int:
        """
        Delete an entry for good, or all of a partner's, with their history. Nothing brings them back.

        Returns:
            How many there were.

        Raises:
            DiskFull: Nothing was deleted.
        """
        columns = tables.shortlist_entry.c
        condition = columns.partner == partner
        if entry_id is not None:
            condition &= columns.id == entry_id
        with self._database.write() as connection:
            return _delete(connection, condition)

    def expire(self, unchanged_since: datetime) -> int:
        """
        Delete for good what nobody has changed for long, and what was removed longer ago than `RESTORABLE`.

        Args:
            unchanged_since: Entries last changed before that moment go.

        Returns:
            How many went.
        """
        columns = tables.shortlist_entry.c
        before = unchanged_since.isoformat(timespec="microseconds")
        with self._database.write() as connection:
            return _delete(connection, or_(columns.changed_at < before, columns.removed_at < moment(-RESTORABLE)))


def forget(connection: Connection, nodes: Iterable[str], names: Iterable[str], who: str) -> None:
    """
    Forget a person: entries about them go, others lose the reasons and notes that name them.

    Args:
        connection: The transaction of the erasure.
        nodes: IRIs of the person and of what is said of them.
        names: What the person is called.
        who: Who erases.
    """
    people = set(nodes)
    iris = tuple(json.dumps(node) for node in sorted(people))
    called = tuple(name.casefold() for name in names if name.strip())
    now = moment()
    for row in connection.execute(select(tables.shortlist_entry)).all():
        if row.candidate in people or row.need in people or _names(row.need_text, called):
            _delete(connection, tables.shortlist_entry.c.id == row.id)
            continue
        kept = json.loads(row.kept)
        reasons = kept.get("reasons", [])
        clean = [each for each in reasons if not _mentions(each, iris, called)]
        blanked: dict[str, object] = {name: "" for name in ("why", "note") if _names(getattr(row, name), called)}
        if len(clean) < len(reasons):
            blanked["kept"] = as_json({**kept, "reasons": clean})
        if blanked:
            # The age of an entry is that of what its partner did.
            _change(connection, row.id, row.changed_at, **blanked)
            _happened(connection, row.id, Happened.ERASED, Status(row.status), plain(who), now)


def _mentions(reason: Mapping[str, JsonValue], iris: Sequence[str], called: Sequence[str]) -> bool:
    written = as_json(reason)
    return any(iri in written for iri in iris) or _names(json.dumps(reason, ensure_ascii=False), called)


def _names(words: str, called: Sequence[str]) -> bool:
    folded = words.casefold()
    return any(name in folded for name in called)


def _require_partner(connection: Connection, partner: str) -> None:
    if connection.scalar(select(tables.partner.c.slug).where(tables.partner.c.slug == partner)) is None:
        raise UnknownThing(kind="partner", id=partner)


def _row(connection: Connection, entry_id: str, partner: str, lock: bool = False) -> Row[Any]:
    columns = tables.shortlist_entry.c
    query = select(tables.shortlist_entry).where(columns.id == entry_id, columns.partner == partner)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownThing(kind="shortlist-entry", id=plain(entry_id[:64]))
    return row


def _opened(
    connection: Connection, entry_id: str, partner: str, seen: int | None, *, removed: bool = False
) -> Row[Any]:
    """An entry that nobody else changes until the transaction ends, in the version that the caller saw."""
    row = _row(connection, entry_id, partner, lock=True)
    if row.removed_at is not None and not removed:
        raise UnknownThing(kind="shortlist-entry", id=entry_id)
    if seen is not None and seen != row.version:
        raise EntryChanged(current=row.version, given=seen)
    return row


def _change(connection: Connection, entry_id: str, now: str, **values: object) -> None:
    columns = tables.shortlist_entry.c
    changed = tables.shortlist_entry.update().where(columns.id == entry_id)
    connection.execute(changed.values(version=columns.version + 1, **{"changed_at": now, **values}))


def _happened(connection: Connection, entry_id: str, what: Happened, status: Status, who: str, now: str) -> None:
    connection.execute(
        tables.shortlist_change.insert().values(entry_id=entry_id, what=what, status=status, who=who, at=now)
    )


def _delete(connection: Connection, condition: ColumnElement[bool]) -> int:
    going = connection.scalars(select(tables.shortlist_entry.c.id).where(condition)).all()
    for entry_id in going:
        connection.execute(tables.shortlist_change.delete().where(tables.shortlist_change.c.entry_id == entry_id))
        connection.execute(tables.shortlist_entry.delete().where(tables.shortlist_entry.c.id == entry_id))
    return len(going)

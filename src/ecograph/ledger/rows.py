"""Reading the ledger's tables: the rows that are asked for, and the records they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from ecograph.errors import UnknownThing
from ecograph.ledger import personal, tables
from ecograph.ledger.records import ERASED, Contribution, Event, Kind, Note, Revision, State
from ecograph.rdf.patch import Patch

CONTRIBUTION: Final = tuple(column for column in tables.contribution.c if column.name != "payload")
"""The columns of a contribution without its file."""

PAGE: Final = 16
"""Revisions fetched at once while replaying: few enough that their patches fit in memory."""


def lock_head(connection: Connection) -> Row[Any]:
    """The head, locked until the transaction ends."""
    return connection.execute(select(tables.head).with_for_update()).one()


def contribution(connection: Connection, contribution_id: str, lock: bool = False) -> Row[Any]:
    """
    One contribution, without its file; locked until the transaction ends, if asked for.

    Raises:
        UnknownThing: No such contribution.
    """
    query = select(*CONTRIBUTION).where(tables.contribution.c.id == contribution_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownThing(kind="contribution", id=contribution_id)
    return row


def as_contribution(row: Row[Any]) -> Contribution:
    """A row of `contribution` as a value."""
    expires_on = row.renewed_until or row.expires_on
    return Contribution(
        id=row.id,
        publisher=row.publisher,
        title=row.title,
        licence=row.licence,
        source=row.source,
        sha256=row.sha256,
        submitted_by=row.submitted_by,
        received_at=datetime.fromisoformat(row.received_at),
        state=State(row.state),
        version=row.version,
        file_name=row.file_name,
        options=json.loads(row.options),
        expires_on=date.fromisoformat(expires_on) if expires_on else None,
    )


def as_event(row: Row[Any]) -> Event:
    """A row of `event` as a value."""
    return Event(row.contribution_id, row.transition, row.who, datetime.fromisoformat(row.at), row.why)


def as_note(row: Row[Any]) -> Note:
    """A row of `note` as a value."""
    return Note(row.id, row.contribution_id, row.who, datetime.fromisoformat(row.at), row.words)


def uncovered_events(connection: Connection, contribution_id: str) -> Sequence[Row[Any]]:
    """What happened to a contribution since its last revision, oldest first: what the next one's hash covers."""
    query = select(tables.event).where(
        tables.event.c.contribution_id == contribution_id,
        tables.event.c.revision.is_(None),
        tables.event.c.transition != ERASED,
    )
    return connection.execute(query.order_by(tables.event.c.id)).all()


def revisions(connection: Connection, after: int) -> Sequence[Row[Any]]:
    """The revisions after a number, oldest first, `PAGE` of them at most."""
    query = select(tables.revision).where(tables.revision.c.number > after)
    return connection.execute(query.order_by(tables.revision.c.number).limit(PAGE)).all()


def as_revision(row: Row[Any], parts: Iterable[Row[Any]]) -> Revision:
    """A row of `revision` and those of its personal parts as a value, without what was erased."""
    return Revision(
        number=row.number,
        kind=Kind(row.kind),
        contribution_id=row.contribution_id,
        publisher=row.publisher,
        published_by=row.published_by,
        published_at=datetime.fromisoformat(row.published_at),
        why=row.why,
        previous_hash=row.previous_hash,
        hash=row.hash,
        parts=(row.patch, *(part.patch for part in parts if part.patch is not None)),
    )


def parts_of(connection: Connection, numbers: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
    """The personal parts of revisions, by the revision's number, in their order; also those that were erased."""
    query = select(tables.personal_part).where(tables.personal_part.c.revision.in_(numbers))
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query.order_by(tables.personal_part.c.revision, tables.personal_part.c.position)):
        found.setdefault(row.revision, []).append(row)
    return found


def parts_about(connection: Connection, person: str) -> Sequence[str]:
    """Ids, sorted, of every part that mentions the person, or a thing that exists only to say something of them."""
    nodes, waiting, found = {person}, {person}, dict[str, None]()
    while waiting:
        query = (
            select(tables.personal_part.c.id, tables.personal_part.c.patch)
            .join(tables.personal_node)
            .where(tables.personal_node.c.node.in_(waiting))
            .order_by(tables.personal_part.c.id)
        )
        waiting = set()
        for row in connection.execute(query):
            if row.id not in found:
                found[row.id] = None
                waiting.update(personal.said_of(Patch.from_bytes(row.patch), person))
        waiting -= nodes
        nodes |= waiting
    return sorted(found)

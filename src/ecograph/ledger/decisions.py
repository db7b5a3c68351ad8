"""
The life of a contribution in the tables: received, decided upon, published, withdrawn, renewed; each step is noted.

Whoever changes one says which version they saw. Of two who saw the same, the second learns that it has changed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Row

from ecograph.errors import VersionConflict, WrongState
from ecograph.ledger import chain, links, rows, tables
from ecograph.ledger.records import RENEWED, ContributionRecord, JsonValue, Kind, Revision, State, steps
from ecograph.ledger.writing import as_json, moment, plain
from ecograph.rdf.patch import Patch

_REVISIONS: Final = frozenset({State.PUBLISHED, State.WITHDRAWN, State.EXPIRED})
"""States that a revision leads to, and no mere decision."""


def receive(connection: Connection, record: ContributionRecord) -> str:
    """Keep a contribution as it arrived; returns its new id."""
    contribution_id, salt, now = uuid4().hex, chain.salt(), moment()
    file_name, options = plain(record.file_name), as_json(record.options)
    submitted_by = plain(record.submitted_by)
    connection.execute(
        tables.contribution.insert().values(
            id=contribution_id,
            publisher=record.publisher,
            title=plain(record.title),
            licence=plain(record.licence),
            source=plain(record.source),
            sha256=record.sha256,
            payload=zlib.compress(record.payload),
            payload_salt=salt,
            payload_digest=chain.salted_digest(salt, record.payload),
            submitted_by=submitted_by,
            received_at=now,
            state=State.RECEIVED,
            version=1,
            file_name=file_name,
            options=options,
            details_digest=links.details_digest(salt, file_name, options),
            expires_on=record.expires_on.isoformat() if record.expires_on else None,
        )
    )
    happened(connection, contribution_id, State.RECEIVED, submitted_by, "", now)
    return contribution_id


def decide(
    connection: Connection,
    contribution_id: str,
    wanted: State,
    who: str,
    why: str,
    seen: int | None,
    options: Mapping[str, JsonValue] | None = None,
) -> None:
    """Take a contribution to a state of the door, over the steps that lead there, perhaps to be read in another way."""
    contribution = opened(connection, contribution_id, seen)
    path = steps(State(contribution.state), wanted)
    if not path or wanted in _REVISIONS:
        raise WrongState(id=contribution_id, state=contribution.state, wanted=wanted)
    now = moment()
    for step in path:
        happened(connection, contribution_id, step, plain(who), plain(why) if step == wanted else "", now)
    values: dict[str, object] = {"state": wanted}
    if options is not None and contribution.payload_salt is not None:
        written = as_json(options)
        digest = links.details_digest(contribution.payload_salt, contribution.file_name, written)
        values |= {"options": written, "details_digest": digest}
    change(connection, contribution_id, **values)


def revise(
    connection: Connection,
    kind: Kind,
    contribution_id: str,
    wanted: State,
    patch: Patch,
    who: str,
    why: str,
    seen: int | None,
) -> Revision:
    """Publish, withdraw or let expire: the contribution changes its state, and the graph becomes another."""
    previous = rows.lock_head(connection)
    contribution = opened(connection, contribution_id, seen)
    if steps(State(contribution.state), wanted) != (wanted,):
        raise WrongState(id=contribution_id, state=contribution.state, wanted=wanted)
    who, why = plain(who), plain(why)
    number, now = previous.revision + 1, moment()
    happened(connection, contribution_id, wanted, who, why, now)
    change(connection, contribution_id, state=wanted)
    row = links.append(connection, previous, number, kind, contribution, patch, who, why, now)
    return rows.as_revision(row, rows.parts_of(connection, [number]).get(number, ()))


def renew(connection: Connection, contribution_id: str, expires_on: date, who: str, seen: int | None) -> None:
    """Give a published contribution another day to expire on."""
    contribution = opened(connection, contribution_id, seen)
    if contribution.state != State.PUBLISHED:
        raise WrongState(id=contribution_id, state=contribution.state, wanted=RENEWED)
    day = expires_on.isoformat()
    happened(connection, contribution_id, RENEWED, plain(who), day, moment())
    change(connection, contribution_id, renewed_until=day)


def opened(connection: Connection, contribution_id: str, seen: int | None) -> Row[Any]:
    """
    A contribution that nobody else changes until the transaction ends, in the version that the caller saw.

    Raises:
        UnknownThing: No such contribution.
        VersionConflict: It has another version by now; never raised if `seen` is None.
    """
    contribution = rows.contribution(connection, contribution_id, lock=True)
    if seen is not None and seen != contribution.version:
        raise VersionConflict(id=contribution_id, current=contribution.version, given=seen)
    return contribution


def change(connection: Connection, contribution_id: str, **values: object) -> None:
    """Set columns of a contribution, and count its version up."""
    columns = tables.contribution.c
    changed = tables.contribution.update().where(columns.id == contribution_id)
    connection.execute(changed.values(version=columns.version + 1, **values))


def happened(connection: Connection, contribution_id: str, transition: str, who: str, why: str, now: str) -> None:
    """Keep that something happened to a contribution."""
    connection.execute(
        tables.event.insert().values(contribution_id=contribution_id, transition=transition, who=who, at=now, why=why)
    )

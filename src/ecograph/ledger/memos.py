"""What a ledger keeps beside its chain: notes, things waiting to be checked, answers to requests that come twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final
from uuid import uuid4

from pyoxigraph import NamedNode
from sqlalchemy import Connection, select

from ecograph.errors import BadParameter, KeyReused
from ecograph.ledger import decisions, rows, tables
from ecograph.ledger.database import Database
from ecograph.ledger.records import JsonValue, Note
from ecograph.ledger.writing import as_json, moment, plain

ANSWERS_KEPT: Final = timedelta(hours=24)
"""How long a request that is sent twice gets its first answer: what failed in the evening is sent again by morning."""

_MAX_KEY: Final = 200  # characters of an idempotency key; a UUID has 36
_AT_ONCE: Final = 500  # values in one statement; databases limit them


class Memos:
    """
    The part of a ledger that no revision depends on.

    Source:
        docs/durability.md, "The ledger".
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, contribution_id: str, who: str, words: str) -> Note:
        """
        Keep what somebody has to say about a contribution. An erasure that reaches the contribution removes it.

        Raises:
            UnknownThing: No such contribution.
            DiskFull: Nothing was kept.
        """
        values = {"contribution_id": contribution_id, "who": plain(who), "words": plain(words)}
        with self._database.write() as connection:
            decisions.opened(connection, contribution_id, None)
            note_id = uuid4().hex
            connection.execute(tables.note.insert().values(id=note_id, at=moment(), **values))
            decisions.change(connection, contribution_id)
            return rows.as_note(connection.execute(select(tables.note).where(tables.note.c.id == note_id)).one())

    def notes(self, contribution_id: str) -> tuple[Note, ...]:
        """What was said about a contribution, oldest first."""
        columns = tables.note.c
        query = select(tables.note).where(columns.contribution_id == contribution_id)
        with self._database.read() as connection:
            return tuple(map(rows.as_note, connection.execute(query.order_by(columns.at, columns.id))))

    def queue_checks(self, nodes: Iterable[NamedNode], revision: int) -> None:
        """
        Let things wait to be checked, because a revision may have changed what is true of them.

        One that waits already keeps its place.

        Raises:
            DiskFull: None was queued.
        """
        table, now = tables.queued_check, moment()
        with self._database.write() as connection:
            rows.lock_head(connection)
            for some in _batches(nodes):
                waiting = set(connection.scalars(select(table.c.node).where(table.c.node.in_(some))))
                connection.execute(table.update().where(table.c.node.in_(waiting)).values(revision=revision))
                fresh = [{"node": node, "revision": revision, "queued_at": now} for node in some if node not in waiting]
                if fresh:
                    connection.execute(table.insert(), fresh)

    def queued_checks(self, limit: int) -> tuple[NamedNode, ...]:
        """The things that have waited longest to be checked."""
        columns = tables.queued_check.c
        query = select(columns.node).order_by(columns.queued_at, columns.node).limit(limit)
        with self._database.read() as connection:
            return tuple(map(NamedNode, connection.scalars(query)))

    def checked(self, nodes: Iterable[NamedNode], revision: int | None = None) -> None:
        """
        Take things off the queue.

        Args:
            nodes: What was checked.
            revision: The revision that was looked at: what a later one asks for again goes on waiting.

        Raises:
            DiskFull: They go on waiting.
        """
        columns = tables.queued_check.c
        with self._database.write() as connection:
            for some in _batches(nodes):
                done = tables.queued_check.delete().where(columns.node.in_(some))
                connection.execute(done if revision is None else done.where(columns.revision <= revision))

    def remember(
        self, key: str, owner: str, fingerprint: str, answer: Mapping[str, JsonValue]
    ) -> Mapping[str, JsonValue]:
        """
        Keep the answer to a request for a day, for when the same request comes again.

        Args:
            key: What the client sent as `Idempotency-Key`, at most 200 characters.
            owner: Whose key it is.
            fingerprint: A digest of the request.
            answer: What JSON can write.

        Returns:
            The answer to give: the first one, if two requests raced.

        Raises:
            KeyReused: The key stood for another request.
            BadParameter: The key is empty or too long.
            DiskFull: Nothing was kept.
        """
        table = tables.answer
        written = as_json(answer)
        with self._database.write() as connection:
            rows.lock_head(connection)
            connection.execute(table.delete().where(table.c.at <= moment(-ANSWERS_KEPT)))
            known = _answer(connection, key, owner, fingerprint)
            if known is not None:
                return known
            values = {"owner": owner, "key": key, "fingerprint": fingerprint, "answer": written}
            connection.execute(table.insert().values(at=moment(), **values))
        return dict(json.loads(written))

    def recall(self, key: str, owner: str, fingerprint: str) -> Mapping[str, JsonValue] | None:
        """
        The answer that was given to the same request within the last day.

        Raises:
            KeyReused: The key stood for another request.
            BadParameter: The key is empty or too long.
        """
        with self._database.read() as connection:
            return _answer(connection, key, owner, fingerprint)


def _answer(connection: Connection, key: str, owner: str, fingerprint: str) -> Mapping[str, JsonValue] | None:
    if not 0 < len(key) <= _MAX_KEY:
        raise BadParameter(name="Idempotency-Key", value=plain(key[:_MAX_KEY]), expected=f"1–{_MAX_KEY}")
    columns = tables.answer.c
    known = select(tables.answer).where(columns.owner == owner, columns.key == key)
    row = connection.execute(known.where(columns.at > moment(-ANSWERS_KEPT))).one_or_none()
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise KeyReused(key=key)
    return dict(json.loads(row.answer))


def _batches(nodes: Iterable[NamedNode]) -> Iterator[Sequence[str]]:
    values = iter(dict.fromkeys(node.value for node in nodes))
    while some := list(islice(values, _AT_ONCE)):
        yield some

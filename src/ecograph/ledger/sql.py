"""
The ledger on SQLite or PostgreSQL: one writer at a time, and what a method returned is on the disk.

SQLite runs with a write-ahead log that is synced at every commit (`synchronous=FULL`); PostgreSQL does the same by
default. Nothing here knows the triple store: `contribute.publishing` joins the two.
"""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pyoxigraph import NamedNode
from sqlalchemy import Connection, Engine, Row, StaticPool, create_engine, func, select
from sqlalchemy import event as engine_event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from ecograph.errors import DiskFull, LedgerBroken, UnknownThing, WrongState
from ecograph.identifiers import kind_and_slug
from ecograph.ledger import chain, migrations, personal, tables
from ecograph.ledger.records import (
    Contribution,
    ContributionRecord,
    Event,
    Kind,
    Revision,
    State,
    steps,
)
from ecograph.rdf.patch import Patch, digest_of

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
    # What is erased is overwritten, not only unlinked.
    "PRAGMA secure_delete = ON",
)
# Revisions fetched at once while replaying: few enough that their patches fit in memory.
_PAGE: Final = 16
_POSTGRESQL_DISK_FULL: Final = "53100"
_ERASED: Final = "erased"


class Ledger:
    """
    What was contributed, by whom, decided when, and the patches it became.

    Every method that writes returns after the durable commit; what it returned survives a power cut. Safe to use from
    several threads.

    Example:
        >>> with Ledger.open("sqlite://") as ledger:
        ...     ledger.head
        0

    Source:
        docs/durability.md.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = threading.Lock()

    @classmethod
    def open(cls, url: str) -> Ledger:
        """
        Open a ledger, creating or migrating its tables.

        Args:
            url: SQLAlchemy URL, such as `sqlite:////var/lib/ecograph/ledger.sqlite` or `postgresql+psycopg://...`;
                `sqlite://` keeps it in memory, for one thread and for tests.

        Raises:
            LedgerBroken: Its newest revision does not verify; `verify` looks at all of them.
            DiskFull: No space to create it.
        """
        address = make_url(url)
        directory: Path | None = None
        if address.get_backend_name() == "sqlite":
            memory = address.database in (None, "", ":memory:")
            engine = create_engine(url, poolclass=StaticPool) if memory else create_engine(url)
            _durable_sqlite(engine)
            if not memory:
                directory = Path(str(address.database)).resolve().parent
                directory.mkdir(parents=True, exist_ok=True)
        else:
            engine = create_engine(url)
        ledger = cls(engine)
        try:
            with ledger._write() as connection:
                migrations.upgrade(connection)
                if connection.scalar(select(func.count()).select_from(tables.head)) == 0:
                    connection.execute(tables.head.insert().values(only=True, revision=0, hash=chain.GENESIS))
            if directory:
                _sync_directory(directory)
            head = ledger.head
            with ledger._read() as connection:
                ledger._check(connection, after=max(head - 1, 0))
        except BaseException:
            engine.dispose()
            raise
        return ledger

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def place(self) -> str:
        """Where it is kept, for messages: the file, or the name of the database."""
        return self._engine.url.database or "memory"

    @property
    def head(self) -> int:
        """Number of the newest revision; 0 before the first."""
        with self._read() as connection:
            return int(connection.execute(select(tables.head.c.revision)).scalar_one())

    def receive(self, record: ContributionRecord) -> str:
        """
        Keep a contribution as it arrived.

        Returns:
            Its id, in the state `received`.

        Raises:
            DiskFull: Nothing was kept.
        """
        contribution_id, salt, now = uuid4().hex, chain.salt(), _now()
        with self._write() as connection:
            connection.execute(
                tables.contribution.insert().values(
                    id=contribution_id,
                    publisher=record.publisher,
                    title=record.title,
                    licence=record.licence,
                    source=record.source,
                    sha256=record.sha256,
                    payload=zlib.compress(record.payload),
                    payload_salt=salt,
                    payload_digest=chain.salted_digest(salt, record.payload),
                    submitted_by=record.submitted_by,
                    received_at=now,
                    state=State.RECEIVED,
                )
            )
            _note(connection, contribution_id, State.RECEIVED, record.submitted_by, "", now)
        return contribution_id

    def decide(self, contribution_id: str, state: State | str, who: str, why: str = "") -> None:
        """
        Take a contribution a step further: `checked`, `submitted`, `approved` or `returned`.

        Steps left out on the way are noted as taken by the same person. Publishing and withdrawing are not decisions
        but revisions; see `publish` and `withdraw`.

        Raises:
            UnknownThing: No such contribution.
            WrongState: Its state does not lead there.
            DiskFull: Nothing was decided.
        """
        wanted = State(state)
        with self._write() as connection:
            row = _contribution(connection, contribution_id, lock=True)
            path = steps(State(row.state), wanted)
            if not path or wanted in (State.PUBLISHED, State.WITHDRAWN):
                raise WrongState(id=contribution_id, state=row.state, wanted=wanted)
            now = _now()
            for step in path:
                _note(connection, contribution_id, step, who, why if step == wanted else "", now)
            _set_state(connection, contribution_id, wanted)

    def publish(self, contribution_id: str, patch: Patch, who: str) -> Revision:
        """
        Record that a contribution is published as `patch`. What describes persons is kept apart, so it can be erased.

        Args:
            contribution_id: A contribution in the state `approved`.
            patch: What it changes, compared with the revision before, statements as a store keeps them.
            who: Who publishes.

        Returns:
            The new revision, durable.

        Raises:
            UnknownThing: No such contribution.
            WrongState: Not approved, or published already.
            DiskFull: Nothing was published.
        """
        return self._change(Kind.PUBLICATION, contribution_id, State.PUBLISHED, patch, who, "")

    def withdraw(self, contribution_id: str, patch: Patch, who: str, why: str) -> Revision:
        """
        Record that a published contribution is withdrawn by `patch`, the inverse of the one that published it.

        Raises:
            UnknownThing: No such contribution.
            WrongState: Not published.
            DiskFull: Nothing was withdrawn.
        """
        return self._change(Kind.WITHDRAWAL, contribution_id, State.WITHDRAWN, patch, who, why)

    def erase(self, person: NamedNode, who: str, why: str) -> Revision:
        """
        Forget a person: their statements in every revision, and the files that brought them.

        The chain keeps the salted digests of what was there and still verifies. A projection built before has to be
        rebuilt; see `contribute.publishing.Publisher.erase`.

        Args:
            person: IRI `id/person/...`.
            who: Who erases.
            why: The reason, without the person's name: it stays.

        Returns:
            The revision that records the erasure; its patch is empty.

        Raises:
            UnknownThing: No published statement describes such a person.
            DiskFull: Nothing was erased.
        """
        with self._write() as connection:
            previous = _lock_head(connection)
            parts = _parts_about(connection, person.value)
            if not parts:
                raise UnknownThing(kind="person", id=(kind_and_slug(person) or ("", person.value))[1])
            number, now = previous.revision + 1, _now()
            row = self._append(connection, previous, number, Kind.ERASURE, None, Patch(), who, why, now, erased=parts)
            revision = _revision(row, ())
            of_parts = select(tables.personal_part.c.revision).where(tables.personal_part.c.id.in_(parts))
            contributions = connection.scalars(
                select(tables.revision.c.contribution_id).where(tables.revision.c.number.in_(of_parts)).distinct()
            ).all()
            connection.execute(
                tables.personal_part.update()
                .where(tables.personal_part.c.id.in_(parts))
                .values(patch=None, salt=None, erased_by=number)
            )
            connection.execute(tables.personal_node.delete().where(tables.personal_node.c.part_id.in_(parts)))
            connection.execute(
                tables.contribution.update()
                .where(tables.contribution.c.id.in_(contributions))
                .values(payload=None, payload_salt=None, sha256=None)
            )
            for contribution_id in contributions:
                _note(connection, str(contribution_id), _ERASED, who, why, now)
        if self._engine.dialect.name == "sqlite":
            # The write-ahead log still holds the old pages; write them over and cut it.
            with self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return revision

    def contribution(self, contribution_id: str) -> Contribution:
        """
        One contribution, without its file.

        Raises:
            UnknownThing: No such contribution.
        """
        with self._read() as connection:
            return _as_contribution(_contribution(connection, contribution_id))

    def contributions(self, publisher: str | None = None, state: State | str | None = None) -> tuple[Contribution, ...]:
        """Contributions of a publisher and in a state, where given; oldest first."""
        query = select(*_CONTRIBUTION).order_by(tables.contribution.c.received_at, tables.contribution.c.id)
        if publisher is not None:
            query = query.where(tables.contribution.c.publisher == publisher)
        if state is not None:
            query = query.where(tables.contribution.c.state == State(state))
        with self._read() as connection:
            return tuple(_as_contribution(row) for row in connection.execute(query))

    def payload(self, contribution_id: str) -> bytes | None:
        """
        The bytes as contributed; None if they were erased with a person's data.

        Raises:
            UnknownThing: No such contribution.
        """
        query = select(tables.contribution.c.payload).where(tables.contribution.c.id == contribution_id)
        with self._read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise UnknownThing(kind="contribution", id=contribution_id)
        return None if row.payload is None else zlib.decompress(row.payload)

    def events(self, contribution_id: str) -> tuple[Event, ...]:
        """What happened to a contribution, oldest first."""
        query = (
            select(tables.event).where(tables.event.c.contribution_id == contribution_id).order_by(tables.event.c.id)
        )
        with self._read() as connection:
            return tuple(
                Event(row.contribution_id, row.transition, row.who, datetime.fromisoformat(row.at), row.why)
                for row in connection.execute(query)
            )

    def revisions(self, after: int = 0) -> Iterator[Revision]:
        """
        The revisions after a number, oldest first, a few in memory at a time.

        A revision that is published while the iteration runs may or may not come.
        """
        while True:
            with self._read() as connection:
                rows = _revisions(connection, after, _PAGE)
                parts = _parts_of(connection, [row.number for row in rows])
            for row in rows:
                kept = [part.patch for part in parts.get(row.number, ()) if part.patch is not None]
                yield _revision(row, kept)
                after = row.number
            if len(rows) < _PAGE:
                return

    def revision_of(self, contribution_id: str) -> Revision:
        """
        The revision that published a contribution.

        Raises:
            UnknownThing: No such contribution.
            WrongState: It has not been published.
        """
        query = select(tables.revision).where(
            tables.revision.c.contribution_id == contribution_id, tables.revision.c.kind == Kind.PUBLICATION
        )
        with self._read() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                state = _contribution(connection, contribution_id).state
                raise WrongState(id=contribution_id, state=state, wanted=State.PUBLISHED)
            parts = _parts_of(connection, [row.number]).get(row.number, ())
            return _revision(row, [part.patch for part in parts if part.patch is not None])

    def erased_after(self, number: int) -> bool:
        """Whether anybody was erased after a revision, so that what was built up to it holds too much."""
        query = select(func.count()).where(tables.revision.c.number > number, tables.revision.c.kind == Kind.ERASURE)
        with self._read() as connection:
            return bool(connection.scalar(query))

    def verify(self) -> int:
        """
        Check the whole chain: numbers, links, hashes, statements, personal parts, contributed files.

        Returns:
            How many revisions were checked.

        Raises:
            LedgerBroken: The first revision that is not as it was written, and what is wrong with it.
        """
        with self._read() as connection:
            return self._check(connection, after=0)

    def _change(self, kind: Kind, contribution_id: str, wanted: State, patch: Patch, who: str, why: str) -> Revision:
        with self._write() as connection:
            previous = _lock_head(connection)
            contribution = _contribution(connection, contribution_id, lock=True)
            if steps(State(contribution.state), wanted) != (wanted,):
                raise WrongState(id=contribution_id, state=contribution.state, wanted=wanted)
            number, now = previous.revision + 1, _now()
            _note(connection, contribution_id, wanted, who, why, now)
            _set_state(connection, contribution_id, wanted)
            row = self._append(connection, previous, number, kind, contribution, patch, who, why, now)
            parts = _parts_of(connection, [number]).get(number, ())
            return _revision(row, [part.patch for part in parts])

    def _append(
        self,
        connection: Connection,
        previous: Row[Any],
        number: int,
        kind: Kind,
        contribution: Row[Any] | None,
        patch: Patch,
        who: str,
        why: str,
        now: str,
        erased: Sequence[str] = (),
    ) -> Row[Any]:
        known = connection.scalars(select(tables.personal_node.c.node).distinct()).all()
        public, parts = personal.split(patch, known)
        values: dict[str, Any] = {
            "number": number,
            "kind": kind,
            "contribution_id": contribution.id if contribution else None,
            "publisher": contribution.publisher if contribution else "",
            "patch_digest": public.digest,
            "published_by": who,
            "published_at": now,
            "why": why,
            "previous_hash": previous.hash,
        }
        salts = [chain.salt() for _ in parts]
        written = [part.patch.to_bytes() for part in parts]
        digests = [chain.salted_digest(salt, data) for salt, data in zip(salts, written, strict=True)]
        events = _uncovered_events(connection, contribution.id) if contribution else []
        values["hash"] = chain.link(previous.hash, _covered(values, contribution, events, digests, erased))
        connection.execute(tables.revision.insert().values(patch=public.to_bytes(), **values))
        if contribution:
            connection.execute(
                tables.event.update().where(tables.event.c.id.in_([row.id for row in events])).values(revision=number)
            )
        for position, (part, salt, data, digest) in enumerate(zip(parts, salts, written, digests, strict=True)):
            part_id = uuid4().hex
            connection.execute(
                tables.personal_part.insert().values(
                    id=part_id, revision=number, position=position, salt=salt, patch=data, digest=digest
                )
            )
            connection.execute(
                tables.personal_node.insert(), [{"node": node, "part_id": part_id} for node in part.nodes]
            )
        connection.execute(tables.head.update().values(revision=number, hash=values["hash"]))
        return connection.execute(select(tables.revision).where(tables.revision.c.number == number)).one()

    def _check(self, connection: Connection, after: int) -> int:
        head = connection.execute(select(tables.head)).one()
        expected = chain.GENESIS
        if after:
            found = connection.scalar(select(tables.revision.c.hash).where(tables.revision.c.number == after))
            expected = found or expected
        number = after
        while rows := _revisions(connection, number, _PAGE):
            parts = _parts_of(connection, [row.number for row in rows])
            for row in rows:
                number += 1
                _check_revision(connection, row, number, expected, parts.get(row.number, ()))
                expected = row.hash
        if (number, expected) != (head.revision, head.hash):
            raise LedgerBroken(revision=number, fault="head")
        return number - after

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._writing:
            try:
                with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                    yield connection
            except DBAPIError as error:
                if _is_full(error):
                    raise DiskFull(directory=self.place) from error
                raise


_CONTRIBUTION: Final = tuple(column for column in tables.contribution.c if column.name != "payload")


def _durable_sqlite(engine: Engine) -> None:
    @engine_event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        # Transactions are begun below; the driver's own habit would leave reads outside of them.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma).close()

    @engine_event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: taking it later, after a read, could fail with no way to wait.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sync_directory(directory: Path) -> None:
    """Make the names of new files durable, not only their content."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_full(error: DBAPIError) -> bool:
    cause = error.orig
    return (
        "database or disk is full" in str(cause)
        or getattr(cause, "sqlstate", None) == _POSTGRESQL_DISK_FULL
        or getattr(cause, "errno", None) == errno.ENOSPC
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _lock_head(connection: Connection) -> Row[Any]:
    return connection.execute(select(tables.head).with_for_update()).one()


def _contribution(connection: Connection, contribution_id: str, lock: bool = False) -> Row[Any]:
    query = select(*_CONTRIBUTION).where(tables.contribution.c.id == contribution_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownThing(kind="contribution", id=contribution_id)
    return row


def _as_contribution(row: Row[Any]) -> Contribution:
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
    )


def _set_state(connection: Connection, contribution_id: str, state: State) -> None:
    connection.execute(
        tables.contribution.update().where(tables.contribution.c.id == contribution_id).values(state=state)
    )


def _note(connection: Connection, contribution_id: str, transition: str, who: str, why: str, now: str) -> None:
    connection.execute(
        tables.event.insert().values(contribution_id=contribution_id, transition=transition, who=who, at=now, why=why)
    )


def _uncovered_events(connection: Connection, contribution_id: str) -> Sequence[Row[Any]]:
    query = select(tables.event).where(
        tables.event.c.contribution_id == contribution_id,
        tables.event.c.revision.is_(None),
        tables.event.c.transition != _ERASED,
    )
    return connection.execute(query.order_by(tables.event.c.id)).all()


def _revisions(connection: Connection, after: int, limit: int) -> Sequence[Row[Any]]:
    query = select(tables.revision).where(tables.revision.c.number > after)
    return connection.execute(query.order_by(tables.revision.c.number).limit(limit)).all()


def _parts_of(connection: Connection, numbers: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
    query = select(tables.personal_part).where(tables.personal_part.c.revision.in_(numbers))
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query.order_by(tables.personal_part.c.revision, tables.personal_part.c.position)):
        found.setdefault(row.revision, []).append(row)
    return found


def _parts_about(connection: Connection, person: str) -> Sequence[str]:
    """Every part that mentions the person, or a thing that exists only to say something of them."""
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


def _revision(row: Row[Any], personal_parts: Iterable[bytes]) -> Revision:
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
        parts=(row.patch, *personal_parts),
    )


def _covered(
    revision: Mapping[str, Any],
    contribution: Row[Any] | None,
    events: Sequence[Row[Any]],
    digests: Sequence[str],
    erased: Sequence[str],
) -> dict[str, object]:
    """Everything that a revision's hash covers."""
    names: tuple[str, ...] = ("number", "kind", "publisher", "patch_digest", "published_by", "published_at", "why")
    fields: dict[str, object] = {name: revision[name] for name in names}
    fields["personal"] = list(digests)
    fields["erased"] = sorted(erased)
    if contribution:
        names = ("id", "publisher", "title", "licence", "source", "payload_digest", "submitted_by", "received_at")
        fields["contribution"] = {name: getattr(contribution, name) for name in names}
        fields["events"] = [[row.transition, row.who, row.at, row.why] for row in events]
    return fields


def _check_revision(
    connection: Connection, row: Row[Any], number: int, previous: str, parts: Sequence[Row[Any]]
) -> None:
    def broken(fault: str) -> LedgerBroken:
        return LedgerBroken(revision=row.number, fault=fault)

    if row.number != number:
        raise broken("number")
    if row.previous_hash != previous:
        raise broken("previous")
    query = select(*_CONTRIBUTION).where(tables.contribution.c.id == row.contribution_id)
    contribution = connection.execute(query).one_or_none()
    events = connection.execute(
        select(tables.event).where(tables.event.c.revision == number).order_by(tables.event.c.id)
    ).all()
    erased = connection.scalars(
        select(tables.personal_part.c.id).where(tables.personal_part.c.erased_by == number)
    ).all()
    digests = [part.digest for part in parts]
    if chain.link(previous, _covered(row._asdict(), contribution, events, digests, erased)) != row.hash:
        raise broken("hash")
    if digest_of(row.patch) != row.patch_digest:
        raise broken("patch")
    for part in parts:
        if part.patch is None or part.salt is None:
            if part.erased_by is None:
                raise broken("erasure")
        elif chain.salted_digest(part.salt, part.patch) != part.digest:
            raise broken("personal")
    if contribution and row.kind == Kind.PUBLICATION:
        _check_payload(connection, contribution, may_be_gone=any(part.erased_by for part in parts), broken=broken)


def _check_payload(
    connection: Connection, contribution: Row[Any], may_be_gone: bool, broken: Callable[[str], LedgerBroken]
) -> None:
    query = select(tables.contribution.c.payload).where(tables.contribution.c.id == contribution.id)
    packed = connection.scalar(query)
    if packed is None:
        if not may_be_gone:
            raise broken("erasure")
        return
    try:
        payload = zlib.decompress(packed)
    except zlib.error as error:
        raise broken("payload") from error
    salted = chain.salted_digest(contribution.payload_salt or b"", payload)
    if (salted, hashlib.sha256(payload).hexdigest()) != (contribution.payload_digest, contribution.sha256):
        raise broken("payload")

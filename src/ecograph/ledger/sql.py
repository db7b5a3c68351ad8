"""
The ledger on SQLite or PostgreSQL: one writer at a time, and what a method returned is on the disk.

Nothing here knows the triple store: `contribute.publishing` joins the two.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

from pyoxigraph import NamedNode
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

from ecograph.errors import DiskFull, UnknownThing, WrongState
from ecograph.identifiers import kind_and_slug
from ecograph.ledger import chain, database, links, migrations, rows, tables
from ecograph.ledger.records import ERASED, Contribution, ContributionRecord, Event, Kind, Revision, State, steps
from ecograph.rdf.patch import Patch


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
        engine = database.connect(url)
        ledger = cls(engine)
        try:
            with ledger._write() as connection:
                migrations.upgrade(connection)
                if connection.scalar(select(func.count()).select_from(tables.head)) == 0:
                    connection.execute(tables.head.insert().values(only=True, revision=0, hash=chain.GENESIS))
            database.sync_names(engine)
            head = ledger.head
            with ledger._read() as connection:
                links.check(connection, after=max(head - 1, 0))
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
            row = rows.contribution(connection, contribution_id, lock=True)
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
            previous = rows.lock_head(connection)
            parts = rows.parts_about(connection, person.value)
            if not parts:
                raise UnknownThing(kind="person", id=(kind_and_slug(person) or ("", person.value))[1])
            number, now = previous.revision + 1, _now()
            row = links.append(connection, previous, number, Kind.ERASURE, None, Patch(), who, why, now, erased=parts)
            revision = rows.as_revision(row, ())
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
                _note(connection, str(contribution_id), ERASED, who, why, now)
        database.cut_log(self._engine)
        return revision

    def contribution(self, contribution_id: str) -> Contribution:
        """
        One contribution, without its file.

        Raises:
            UnknownThing: No such contribution.
        """
        with self._read() as connection:
            return rows.as_contribution(rows.contribution(connection, contribution_id))

    def contributions(self, publisher: str | None = None, state: State | str | None = None) -> tuple[Contribution, ...]:
        """Contributions of a publisher and in a state, where given; oldest first."""
        query = select(*rows.CONTRIBUTION).order_by(tables.contribution.c.received_at, tables.contribution.c.id)
        if publisher is not None:
            query = query.where(tables.contribution.c.publisher == publisher)
        if state is not None:
            query = query.where(tables.contribution.c.state == State(state))
        with self._read() as connection:
            return tuple(rows.as_contribution(row) for row in connection.execute(query))

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
            return tuple(rows.as_event(row) for row in connection.execute(query))

    def revisions(self, after: int = 0) -> Iterator[Revision]:
        """
        The revisions after a number, oldest first, a few in memory at a time.

        A revision that is published while the iteration runs may or may not come.
        """
        while True:
            with self._read() as connection:
                page = rows.revisions(connection, after)
                parts = rows.parts_of(connection, [row.number for row in page])
            for row in page:
                yield rows.as_revision(row, parts.get(row.number, ()))
                after = row.number
            if len(page) < rows.PAGE:
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
                state = rows.contribution(connection, contribution_id).state
                raise WrongState(id=contribution_id, state=state, wanted=State.PUBLISHED)
            return rows.as_revision(row, rows.parts_of(connection, [row.number]).get(row.number, ()))

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
            return links.check(connection, after=0)

    def _change(self, kind: Kind, contribution_id: str, wanted: State, patch: Patch, who: str, why: str) -> Revision:
        with self._write() as connection:
            previous = rows.lock_head(connection)
            contribution = rows.contribution(connection, contribution_id, lock=True)
            if steps(State(contribution.state), wanted) != (wanted,):
                raise WrongState(id=contribution_id, state=contribution.state, wanted=wanted)
            number, now = previous.revision + 1, _now()
            _note(connection, contribution_id, wanted, who, why, now)
            _set_state(connection, contribution_id, wanted)
            row = links.append(connection, previous, number, kind, contribution, patch, who, why, now)
            return rows.as_revision(row, rows.parts_of(connection, [number]).get(number, ()))

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
                if database.is_full(error):
                    raise DiskFull(directory=self.place) from error
                raise


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _set_state(connection: Connection, contribution_id: str, state: State) -> None:
    connection.execute(
        tables.contribution.update().where(tables.contribution.c.id == contribution_id).values(state=state)
    )


def _note(connection: Connection, contribution_id: str, transition: str, who: str, why: str, now: str) -> None:
    connection.execute(
        tables.event.insert().values(contribution_id=contribution_id, transition=transition, who=who, at=now, why=why)
    )

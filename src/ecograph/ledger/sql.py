"""
The ledger on SQLite or PostgreSQL: one writer at a time, and what a method returned is on the disk.

Nothing here knows the triple store: `contribute.publishing` joins the two.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pyoxigraph import NamedNode, Quad
from sqlalchemy import func, select

from ecograph.errors import UnknownThing, WrongState
from ecograph.ledger import chain, decisions, erasure, links, migrations, origins, rows, tables
from ecograph.ledger.database import Database
from ecograph.ledger.memos import Memos
from ecograph.ledger.partners import Partners
from ecograph.ledger.records import Contribution, ContributionRecord, Event, JsonValue, Kind, Revision, State
from ecograph.ledger.shortlists import Shortlists
from ecograph.ledger.timeline import Timeline
from ecograph.rdf.patch import Patch


class Ledger(Memos):
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
        database = Database(url)
        try:
            with database.write() as connection:
                migrations.upgrade(connection)
                if connection.scalar(select(func.count()).select_from(tables.head)) == 0:
                    connection.execute(tables.head.insert().values(only=True, revision=0, hash=chain.GENESIS))
            database.sync_names()
            ledger = cls(database)
            head = ledger.head
            with database.read() as connection:
                links.check(connection, after=max(head - 1, 0))
        except BaseException:
            database.close()
            raise
        return ledger

    def close(self) -> None:
        """Let the database go."""
        self._database.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def place(self) -> str:
        """Where it is kept, for messages: the file, or the name of the database."""
        return self._database.place

    @property
    def head(self) -> int:
        """Number of the newest revision; 0 before the first."""
        with self._database.read() as connection:
            return int(connection.execute(select(tables.head.c.revision)).scalar_one())

    @property
    def partners(self) -> Partners:
        """Who may contribute."""
        return Partners(self._database)

    @property
    def shortlists(self) -> Shortlists:
        """The candidates that partners consider, each partner's for itself."""
        return Shortlists(self._database)

    @property
    def timeline(self) -> Timeline:
        """Its revisions by number and by time."""
        return Timeline(self._database)

    def receive(self, record: ContributionRecord) -> str:
        """
        Keep a contribution as it arrived.

        Returns:
            Its id, in the state `received`.

        Raises:
            DiskFull: Nothing was kept.
        """
        with self._database.write() as connection:
            return decisions.receive(connection, record)

    def decide(
        self,
        contribution_id: str,
        state: State | str,
        who: str,
        why: str = "",
        *,
        version: int | None = None,
        options: Mapping[str, JsonValue] | None = None,
    ) -> Contribution:
        """
        Take a contribution a step further: `checked`, `submitted`, `approved` or `returned`.

        Steps left out on the way are noted as taken by the same person. Publishing, withdrawing and expiring are not
        decisions but revisions; see `publish` and `withdraw`.

        Args:
            contribution_id: Which one.
            state: Where it shall come to.
            who: Who decides.
            why: The reason, where one is given.
            version: The version that was decided about; None decides about whatever it is by now.
            options: How its files are to be read from now on; None for as before.

        Returns:
            The contribution as it is now.

        Raises:
            UnknownThing: No such contribution.
            VersionConflict: It was changed since that version.
            WrongState: Its state does not lead there.
            DiskFull: Nothing was decided.
        """
        with self._database.write() as connection:
            decisions.decide(connection, contribution_id, State(state), who, why, version, options)
            return rows.as_contribution(rows.contribution(connection, contribution_id))

    def publish(self, contribution_id: str, patch: Patch, who: str, *, version: int | None = None) -> Revision:
        """
        Record that a contribution is published as `patch`. What describes persons is kept apart, so it can be erased.

        Args:
            contribution_id: A contribution in the state `approved`.
            patch: What it changes, compared with the revision before, statements as a store keeps them.
            who: Who publishes.
            version: As for `decide`.

        Returns:
            The new revision, durable.

        Raises:
            UnknownThing: No such contribution.
            VersionConflict: It was changed since that version.
            WrongState: Not approved, or published already.
            DiskFull: Nothing was published.
        """
        with self._database.write() as connection:
            return decisions.revise(
                connection, Kind.PUBLICATION, contribution_id, State.PUBLISHED, patch, who, "", version
            )

    def withdraw(
        self,
        contribution_id: str,
        patch: Patch,
        who: str,
        why: str,
        *,
        version: int | None = None,
        expired: bool = False,
    ) -> Revision:
        """
        Record that a published contribution is withdrawn by `patch`, the inverse of the one that published it.

        Args:
            contribution_id: A contribution in the state `published`.
            patch: What it changes.
            who: Who withdraws.
            why: The reason.
            version: As for `decide`.
            expired: Whether it is withdrawn because its day has come; the state is then `expired`.

        Raises:
            UnknownThing: No such contribution.
            VersionConflict: It was changed since that version.
            WrongState: Not published.
            DiskFull: Nothing was withdrawn.
        """
        wanted = State.EXPIRED if expired else State.WITHDRAWN
        with self._database.write() as connection:
            return decisions.revise(connection, Kind.WITHDRAWAL, contribution_id, wanted, patch, who, why, version)

    def renew(self, contribution_id: str, expires_on: date, who: str, *, version: int | None = None) -> Contribution:
        """
        Give a published contribution another day to expire on; the event `renewed` says which.

        Raises:
            UnknownThing: No such contribution.
            VersionConflict: It was changed since that version.
            WrongState: Not published.
            DiskFull: Nothing was renewed.
        """
        with self._database.write() as connection:
            decisions.renew(connection, contribution_id, expires_on, who, version)
            return rows.as_contribution(rows.contribution(connection, contribution_id))

    def due(self, on: date) -> tuple[Contribution, ...]:
        """The published contributions that expire on a day or should have before, soonest first."""
        columns = tables.contribution.c
        day = func.coalesce(columns.renewed_until, columns.expires_on)
        query = select(*rows.CONTRIBUTION).where(columns.state == State.PUBLISHED, day <= on.isoformat())
        with self._database.read() as connection:
            return tuple(map(rows.as_contribution, connection.execute(query.order_by(day, columns.id))))

    def erase(self, person: NamedNode, who: str, why: str) -> Revision:
        """
        Forget a person: their statements in every revision, and the files that brought them with names and notes.

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
        with self._database.write() as connection:
            revision = erasure.erase(connection, person, who, why)
        self._database.cut_log()
        return revision

    def contribution(self, contribution_id: str) -> Contribution:
        """
        One contribution, without its file.

        Raises:
            UnknownThing: No such contribution.
        """
        with self._database.read() as connection:
            return rows.as_contribution(rows.contribution(connection, contribution_id))

    def contributions(self, publisher: str | None = None, state: State | str | None = None) -> tuple[Contribution, ...]:
        """Contributions of a publisher and in a state, where given; oldest first."""
        query = select(*rows.CONTRIBUTION).order_by(tables.contribution.c.received_at, tables.contribution.c.id)
        if publisher is not None:
            query = query.where(tables.contribution.c.publisher == publisher)
        if state is not None:
            query = query.where(tables.contribution.c.state == State(state))
        with self._database.read() as connection:
            return tuple(rows.as_contribution(row) for row in connection.execute(query))

    def payload(self, contribution_id: str) -> bytes | None:
        """
        The bytes as contributed; None if they were erased with a person's data.

        Raises:
            UnknownThing: No such contribution.
        """
        query = select(tables.contribution.c.payload).where(tables.contribution.c.id == contribution_id)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise UnknownThing(kind="contribution", id=contribution_id)
        return None if row.payload is None else zlib.decompress(row.payload)

    def events(self, contribution_id: str) -> tuple[Event, ...]:
        """What happened to a contribution, oldest first."""
        query = (
            select(tables.event).where(tables.event.c.contribution_id == contribution_id).order_by(tables.event.c.id)
        )
        with self._database.read() as connection:
            return tuple(rows.as_event(row) for row in connection.execute(query))

    def revisions(self, after: int = 0) -> Iterator[Revision]:
        """
        The revisions after a number, oldest first, a few in memory at a time.

        A revision that is published while the iteration runs may or may not come.
        """
        while True:
            with self._database.read() as connection:
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
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                state = rows.contribution(connection, contribution_id).state
                raise WrongState(id=contribution_id, state=state, wanted=State.PUBLISHED)
            return rows.as_revision(row, rows.parts_of(connection, [row.number]).get(row.number, ()))

    def origin(self, quad: Quad) -> Revision | None:
        """
        The revision that a published statement comes from: who said this, when, from what.

        Returns:
            None if the statement is not published, or if finding out would mean to read more than
            `origins.SCAN_BYTES` of patches, newest first.
        """
        with self._database.read() as connection:
            return origins.find(connection, quad)

    def removals(self, quads: Iterable[Quad], after: int) -> Mapping[Quad, Revision]:
        """
        The newest revision after a number that took each of the statements out of the graph.

        Returns:
            Nothing for a statement that none took out, or where finding out would mean to read more than
            `origins.SCAN_BYTES` of patches.
        """
        with self._database.read() as connection:
            return origins.removals(connection, quads, after)

    def erased_after(self, number: int) -> bool:
        """Whether anybody was erased after a revision, so that what was built up to it holds too much."""
        query = select(func.count()).where(tables.revision.c.number > number, tables.revision.c.kind == Kind.ERASURE)
        with self._database.read() as connection:
            return bool(connection.scalar(query))

    def verify(self) -> int:
        """
        Check the whole chain: numbers, links, hashes, statements, personal parts, contributed files.

        Returns:
            How many revisions were checked.

        Raises:
            LedgerBroken: The first revision that is not as it was written, and what is wrong with it.
        """
        with self._database.read() as connection:
            return links.check(connection, after=0)

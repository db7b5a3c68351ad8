"""Ledgers that an earlier EcoGraph wrote."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from ecograph.errors import LedgerBroken
from ecograph.ledger import migrations, tables
from ecograph.ledger.records import Kind, State
from ecograph.ledger.sql import Ledger
from ecograph.rdf.patch import Patch

from .conftest import BO, publish, said, tamper

WRITTEN_BY_0001 = Path(__file__).parent / "v0001.sql"


@pytest.fixture
def old(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(WRITTEN_BY_0001.read_text(encoding="utf-8"))
    connection.close()
    return path


class TestMigrations:
    def test_migrations_make_the_tables_that_the_code_uses(self) -> None:
        """
        The migration steps end at exactly the tables that the ledger's code describes.
        """
        engine = create_engine("sqlite://")
        with engine.begin() as connection:
            migrations.upgrade(connection)
            assert compare_metadata(MigrationContext.configure(connection), tables.METADATA) == []
        engine.dispose()

    def test_old_ledger_is_taken_along(self, old: Path) -> None:
        """
        A ledger from before partners came is migrated in place when it is opened: its chain still verifies, and
        everything in it is as it was.
        """
        with Ledger.open(f"sqlite:///{old}") as ledger:
            assert ledger.verify() == ledger.head == 4
            kinds = [revision.kind for revision in ledger.revisions()]
            assert kinds == [Kind.PUBLICATION, Kind.PUBLICATION, Kind.WITHDRAWAL, Kind.ERASURE]
            states = {each.state for each in ledger.contributions()}
            assert states == {State.WITHDRAWN, State.PUBLISHED, State.SUBMITTED}
            (waiting,) = ledger.contributions(state=State.SUBMITTED)
            assert (waiting.version, waiting.file_name, waiting.options, waiting.expires_on) == (1, "", {}, None)
            assert ledger.payload(waiting.id) == b"synthetic waiting"
        with Ledger.open(f"sqlite:///{old}") as ledger:
            assert ledger.verify() == 4

    def test_old_ledger_goes_on(self, old: Path) -> None:
        """
        Contributions of an old ledger are decided about, renewed, withdrawn and erased like any other, in one chain
        with new ones.
        """
        with Ledger.open(f"sqlite:///{old}") as ledger:
            (waiting,) = ledger.contributions(state=State.SUBMITTED)
            (published,) = ledger.contributions(state=State.PUBLISHED)
            ledger.decide(waiting.id, State.APPROVED, "reviewer", version=1)
            ledger.publish(waiting.id, Patch((said("c"),)), "reviewer")
            publish(ledger, Patch((said("d"),)), file_name="behov.csv", expires_on=date(2030, 1, 1))
            ledger.renew(published.id, date(2029, 1, 1), "partner")
            found = ledger.origin(said("b"))
            assert found
            assert found.contribution_id == published.id
            ledger.withdraw(published.id, ledger.revision_of(published.id).patch.inverse(), "partner", "forkert")
            ledger.erase(BO, "operator", "on request")
            assert ledger.verify() == ledger.head == 8

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE contribution SET details_digest = payload_digest",
            "UPDATE contribution SET expires_on = '2030-01-01'",
            "UPDATE contribution SET title = 'another'",
        ],
    )
    def test_nothing_can_be_added_to_old_contributions(self, old: Path, change: str) -> None:
        """
        What an old contribution did not say cannot be put into its mouth afterwards.
        """
        with Ledger.open(f"sqlite:///{old}") as ledger:
            tamper(old, change)
            with pytest.raises(LedgerBroken) as caught:
                ledger.verify()
        assert caught.value.values == {"revision": 1, "fault": "hash"}

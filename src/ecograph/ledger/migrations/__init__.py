"""How the ledger's tables came to be, step by step; run when a ledger is opened."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """
    Bring the tables to the newest form, inside the connection's transaction.

    Example:
        >>> from sqlalchemy import create_engine, inspect
        >>> with create_engine("sqlite://").begin() as connection:
        ...     upgrade(connection)
        ...     "revision" in inspect(connection).get_table_names()
        True
    """
    scripts = ScriptDirectory(str(Path(__file__).parent))
    if MigrationContext.configure(connection).get_current_revision() == scripts.get_current_head():
        return

    def steps(current: str | tuple[str, ...] | None, _: MigrationContext) -> list[RevisionStep]:
        return scripts._upgrade_revs("head", current)  # type: ignore[arg-type]

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()

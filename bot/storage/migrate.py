"""Bring the database to the layout that this version needs, at start.

An empty database gets today's tables at once. An older one is brought up to date by Alembic, which is imported only
then: it would stay in memory (8 MB) for as long as the bot runs.
Several replicas may start at once; the first migrates, the others wait for it.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.errors import DatabaseNewerError, StorageUnavailableError
from bot.storage.tables import metadata

VERSION_TABLE = "mailports_version"
"""A name of our own: the database may be shared with another program that uses Alembic."""

HEAD = "0002"
"""The newest step; a test compares it with the files."""

# Any number will do that no other program is likely to use for its own lock.
_POSTGRESQL_LOCK = 0x6D61696C706F7274


def migrate(engine: sa.Engine) -> str | None:
    """Run the steps that are missing, all or none.

    Args:
        engine: From `bot.storage.database.open_engine`.

    Returns:
        The step the database was at before, None if it was empty.

    Raises:
        DatabaseNewerError: A newer version of the bot has been here.
        StorageUnavailableError: It could not be reached or written.
    """
    try:
        with engine.begin() as connection:
            found = _version(connection)
            if found == HEAD:
                return found
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRESQL_LOCK)))
                found = _version(connection)
            if found is None:
                _build(connection)
            elif found != HEAD:
                upgrade(connection, found)
            return found
    except SQLAlchemyError as error:
        kind = getattr(error, "orig", None) or error
        raise StorageUnavailableError(type(kind).__name__) from error


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.scalar(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 (ours)
    return version


def _build(connection: sa.Connection) -> None:
    """Create all tables as they are now, and note it where Alembic looks for it."""
    version = sa.Table(
        VERSION_TABLE,
        sa.MetaData(),
        sa.Column("version_num", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
    )
    metadata.create_all(connection, checkfirst=False)
    version.create(connection)
    connection.execute(sa.insert(version).values(version_num=HEAD))


def upgrade(connection: sa.Connection, found: str | None) -> None:
    """Run the steps after *found*; None runs them all, from nothing.

    Args:
        connection: With an open transaction.
        found: The step the database is at.

    Raises:
        DatabaseNewerError: We do not know that step.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if found is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(found)
        except CommandError:
            raise DatabaseNewerError(found) from None
    command.upgrade(config, HEAD)

"""Bring the database to the layout that this version needs, at start.

Alembic does the work, and is imported only if there is work: a start with an up-to-date database does not pay for it.
Several replicas may start at once; the first migrates, the others wait for it.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.errors import DatabaseNewerError, StorageUnavailableError

VERSION_TABLE = "mailports_version"
"""A name of our own: the database may be shared with another program that uses Alembic."""

HEAD = "0001"
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
            _upgrade(connection, found)
            return found
    except SQLAlchemyError as error:
        kind = getattr(error, "orig", None) or error
        raise StorageUnavailableError(type(kind).__name__) from error


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.scalar(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 (ours)
    return version


def _upgrade(connection: sa.Connection, found: str | None) -> None:
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

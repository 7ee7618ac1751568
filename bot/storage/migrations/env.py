"""Run by Alembic with the open transaction of `bot.storage.migrate`; there is no other way in."""

from __future__ import annotations

from alembic import context

from bot.storage.migrate import VERSION_TABLE
from bot.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # Our SQLite connections begin transactions themselves, so a failed step leaves nothing behind there either.
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()

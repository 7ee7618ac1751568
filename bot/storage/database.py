"""From a database URL to an engine that is set up for our kind of work.

SQLite is for one bot, PostgreSQL for several replicas of it. Both are spoken to synchronously, from the threads of
`bot.storage.lanes`; the event loop never waits for a disk.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from bot.storage.errors import DatabaseUrlError

_BUSY_TIMEOUT_MS = 10_000
_WAL_TRIES = 100


def parse_url(text: str) -> sa.URL:
    """Read MAILPORTS_DATABASE_URL.

    Args:
        text: `sqlite:///mailports.sqlite3`, `sqlite:////var/lib/…`, `postgresql://user:password@host/name` (the driver
            may be left out; `postgres://` is taken too).

    Returns:
        The URL with the driver that we use.

    Raises:
        DatabaseUrlError: It cannot be read, or names a database that we do not speak. Never quotes the URL, which may
            hold a password.
    """
    try:
        url = sa.make_url(text.strip())
    except (ArgumentError, ValueError):
        raise DatabaseUrlError("malformed") from None
    scheme = url.drivername.partition("+")[0]
    if scheme in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if scheme == "sqlite":
        return url.set(drivername="sqlite")
    raise DatabaseUrlError("scheme", scheme)


def open_engine(url: sa.URL) -> sa.Engine:
    """Make the engine; connects to nothing yet.

    Args:
        url: From `parse_url`.

    Raises:
        DatabaseUrlError: The driver is not installed, or the directory of the SQLite file is missing.
    """
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    try:
        # One connection per lane and one to spare. Connections are not tested before each use (a round trip more);
        # where one died while idle, `bot.storage.lanes` does the operation once more on a new one.
        return sa.create_engine(url, pool_size=5, max_overflow=2, connect_args={"connect_timeout": 5})
    except ModuleNotFoundError:
        raise DatabaseUrlError("driver", "postgresql") from None


def is_in_memory(url: sa.URL) -> bool:
    """A SQLite database without a file: every connection would see its own."""
    return url.get_backend_name() == "sqlite" and (url.database in (None, "", ":memory:"))


def switch_to_wal(connection: sqlite3.Connection) -> None:
    """Turn write-ahead logging on, waiting for another process that does the same at this moment.

    Here SQLite does not heed the busy timeout where two connections would wait for each other: it fails at once.
    """
    for _ in range(_WAL_TRIES - 1):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(_BUSY_TIMEOUT_MS / 1000 / _WAL_TRIES)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


def _open_sqlite(url: sa.URL) -> sa.Engine:
    if is_in_memory(url):
        raise DatabaseUrlError("memory", "sqlite")
    if not Path(url.database or "").absolute().parent.is_dir():
        raise DatabaseUrlError("directory", "sqlite")
    engine = sa.create_engine(url, pool_size=1, max_overflow=4, connect_args={"check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver is not to begin transactions by itself: it does so too late for ours (below).
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        switch_to_wal(connection)
        # With WAL this survives the death of the process; only a power cut may cost the last moment's commits,
        # and what they acknowledged to Slack can at worst be answered twice.
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # IMMEDIATE: a transaction that reads first and writes later would fail at once where another process has
        # written in between, whatever the busy timeout says.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine

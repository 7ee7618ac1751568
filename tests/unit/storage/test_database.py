"""MAILPORTS_DATABASE_URL: what is taken, and what is said of the rest."""

from __future__ import annotations

import pytest

from bot.storage.database import open_engine, parse_url
from bot.storage.errors import DatabaseUrlError


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:///mailports.sqlite3", "sqlite"),
        (" sqlite:////var/lib/mailports/db.sqlite3\n", "sqlite"),
        ("postgresql+psycopg://bot@db/mailports", "postgresql+psycopg"),
        ("postgresql://bot:pass@db/mailports", "postgresql+psycopg"),
        ("postgres://bot@db/mailports", "postgresql+psycopg"),
    ],
)
def test_usual_urls_are_taken(text: str, driver: str) -> None:
    """The forms that administrators and hosting platforms write all work, with the driver that we bring."""
    assert parse_url(text).drivername == driver


@pytest.mark.parametrize(
    ("text", "message_key"),
    [
        ("", "error.database_url_malformed"),
        ("mailports.sqlite3", "error.database_url_malformed"),
        ("mysql://root:hunter2@db/x", "error.database_url_scheme"),
        ("postgresql://bot:hunter2@db:port/x", "error.database_url_malformed"),
    ],
)
def test_other_urls_are_refused_without_quoting_them(text: str, message_key: str) -> None:
    """What cannot be used is named by its fault; the URL, which may hold a password, is not repeated."""
    with pytest.raises(DatabaseUrlError) as caught:
        parse_url(text)
    assert caught.value.message_key == message_key
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message_key"),
    [
        ("sqlite://", "error.database_url_memory"),
        ("sqlite:///:memory:", "error.database_url_memory"),
        ("sqlite:////nowhere/at/all/db.sqlite3", "error.database_url_directory"),
    ],
)
def test_sqlite_needs_a_file_in_a_directory_that_exists(text: str, message_key: str) -> None:
    """A database that would vanish, or has nowhere to be, is refused before anything is answered."""
    with pytest.raises(DatabaseUrlError) as caught:
        open_engine(parse_url(text))
    assert caught.value.message_key == message_key

"""What storage raises; keys of `knowledge/wording/`, so that it can be said in the administrator's language."""

from __future__ import annotations

from bot.errors import BotError


class StorageError(BotError):
    """Base of what can be wrong with the database."""


class StorageUnavailableError(StorageError):
    """The database did not do what it was asked, now; it may later. Nothing is known to be kept.

    Args:
        kind: The driver's class of error, for the log. Never its message, which may quote what was to be written.
    """

    def __init__(self, kind: str) -> None:
        super().__init__("error.storage_unavailable", kind=kind)


class DatabaseUrlError(StorageError):
    """MAILPORTS_DATABASE_URL cannot be used. *reason* ends the message key: `malformed`, `scheme`, `driver`,
    `memory`, `directory`."""

    def __init__(self, reason: str, scheme: str = "") -> None:
        super().__init__(f"error.database_url_{reason}", scheme=scheme)


class DatabaseNewerError(StorageError):
    """The database was written by a newer version of the bot."""

    def __init__(self, found: str) -> None:
        super().__init__("error.database_newer", found=found)

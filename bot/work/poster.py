"""What the delivery needs from whoever can really post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.storage.model import PostedAs, QuestionKey

Payload = Mapping[str, object]
"""Any JSON object; only the poster knows what is in it."""


class Poster(Protocol):
    """Posts, looks and deletes. Implemented by the Slack layer; raises only `bot.work.errors.PostError`s on purpose."""

    async def post(self, payload: Payload) -> PostedAs | None:
        """Send one message, once, without sleeping on a 429.

        Args:
            payload: What `Composed` carried, after a trip through JSON.

        Returns:
            The message; None where the other side does not say (a response URL).

        Raises:
            PostRateLimitedError, PostTransientError, PostRefusedError, PostTooLargeError: See there.
        """
        ...

    async def find_posted(self, key: QuestionKey, payload: Payload) -> PostedAs | None:
        """Look whether the answer to *key* is already there (by its metadata).

        Raises:
            CannotLookError: There is no way to look.
            PostRateLimitedError, PostTransientError: Look again later.
        """
        ...

    async def unpost(self, posted: PostedAs) -> None:
        """Delete a message of ours: its question was deleted while we answered."""
        ...

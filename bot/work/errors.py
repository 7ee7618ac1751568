"""What the poster tells the delivery when a message did not go out.

The Slack layer turns Slack's answers into these; nothing above it needs to know Slack's words.
None of them carries a user's text.
"""

from __future__ import annotations


class PostError(Exception):
    """Base of everything that a poster raises on purpose."""


class PostRateLimitedError(PostError):
    """The other side asked to wait (429). Nothing was posted.

    Args:
        retry_after_s: Seconds, as `Retry-After` says.
    """

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"rate limited for {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class PostTransientError(PostError):
    """It may work later: 5xx, time-out, connection lost.

    Args:
        reason: A short code for logs and metrics, such as `http_500` or `timeout`.
        may_be_out: The message may have been posted all the same (after a 5xx, a time-out or a reset it may;
            after a refused connection it cannot be): then the next try looks first.
    """

    def __init__(self, reason: str, *, may_be_out: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_be_out = may_be_out


class PostRefusedError(PostError):
    """It will never work: channel_not_found, is_archived, not_in_channel, account_inactive. Nothing was posted.

    Args:
        reason: The other side's code; it becomes a label of a metric, so never a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PostTooLargeError(PostRefusedError):
    """The card was refused for its form (msg_blocks_too_long, invalid_blocks): plain text may still pass."""


class CannotLookError(PostError):
    """`find_posted` has no way to look (scope declined, an ephemeral message): posting again is the lesser evil."""

"""What is owed: every question answered once, none lost that was acknowledged.

How the surface uses it (`open_work` builds it all, `close` ends it):

    work = await open_work(settings.database_url, poster=poster)
    …
    result = await work.delivery.answer(key, compose=compose)
    if result.acknowledge:
        await ack()
    else:                      # not safe yet: let Slack deliver it again
        return a 503 (HTTP), or no acknowledgement (Socket Mode)
    …
    await work.close(grace_s=8)

*poster* (see `Poster`) is three coroutines: `post(payload) -> PostedAs | None`, `find_posted(key, payload)` and
`unpost(posted)`. A payload is any JSON object: the poster alone knows what is in it, and must be able to post from it
after a restart, in another process (so: method, arguments and team, no token, no open request).

*compose* is a coroutine function that returns `Composed` (payload, plain-text payload, summary, memory) or None to stay
silent. It runs after the claim, at most once per delivery. Overheard messages are best decided before `answer` is
called, so that silence costs no row.
"""

from bot.storage.model import (
    AlreadyDone,
    Claim,
    InProgress,
    Memory,
    PostedAs,
    QuestionKey,
    QuestionRow,
    Summary,
)
from bot.work.delivery import Composed, Delivery, Result
from bot.work.errors import (
    CannotLookError,
    PostError,
    PostRateLimitedError,
    PostRefusedError,
    PostTooLargeError,
    PostTransientError,
)
from bot.work.ledger import Ledger
from bot.work.poster import Payload, Poster
from bot.work.start import Work, open_ledger, open_work

__all__ = [
    "AlreadyDone",
    "CannotLookError",
    "Claim",
    "Composed",
    "Delivery",
    "InProgress",
    "Ledger",
    "Memory",
    "Payload",
    "PostError",
    "PostRateLimitedError",
    "PostRefusedError",
    "PostTooLargeError",
    "PostTransientError",
    "PostedAs",
    "Poster",
    "QuestionKey",
    "QuestionRow",
    "Result",
    "Summary",
    "Work",
    "open_ledger",
    "open_work",
]

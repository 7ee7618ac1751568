"""The second event about one message ends at the door.

Slack announces a mention twice, as `app_mention` and as `message`, at the same moment, and repeats what it believes
lost. The ledger would tell, but a look at it and Bolt's whole way there cost a third of an answer. So the questions that
this process is at, or has just been at, are remembered here. A question that is not known here takes the usual way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from bot.slack.inbound import SPOKEN, Identity
from bot.work import QuestionKey, metrics

# Twins come within a second; what Slack repeats after a minute may as well ask the ledger.
_KEPT = 512


class Twins:
    """Remembers what became of the last questions.

    Args:
        identity: Who we are, for events that do not name their team.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        # None: it is settled.
        self._known: dict[QuestionKey, asyncio.Future[bool] | None] = {}

    async def first(self, key: QuestionKey, answering: Awaitable[bool]) -> bool:
        """Answer a question, while its twin waits for the outcome.

        Args:
            key: The question.
            answering: Answers it, and says whether its delivery may be acknowledged.

        Returns:
            What *answering* says. Only if it may be acknowledged is it remembered as settled.
        """
        outcome: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._known[key] = outcome
        safe = False
        try:
            safe = await answering
        finally:
            outcome.set_result(safe)
            if self._known.get(key) is outcome:
                del self._known[key]
            if safe:
                self._known[key] = None
                while len(self._known) > _KEPT:
                    del self._known[next(iter(self._known))]
        return safe

    async def fate(self, body: Mapping[str, Any]) -> bool | None:
        """Say what became of the question that an event is about.

        Args:
            body: The outer event, as Slack sent it.

        Returns:
            Whether the event may be acknowledged, after waiting for the first to come to its end; None if nobody is
            at this question.
        """
        key = _key(body, self._identity)
        if key is None or key not in self._known:
            return None
        outcome = self._known[key]
        safe = True
        if outcome is not None:
            # Not awaited itself: when this request is cancelled, the first one's future must stay.
            await asyncio.wait({outcome})
            safe = outcome.result()
        metrics.RESULTS.labels("duplicate" if safe else "in_progress").inc()
        return safe


def _key(body: Mapping[str, Any], identity: Identity) -> QuestionKey | None:
    """Return the key of a new message; None for anything else, and for edits and deletions of one."""
    event = body.get("event")
    if not isinstance(event, dict) or event.get("type") not in ("app_mention", "message"):
        return None
    channel, ts = event.get("channel"), event.get("ts")
    if (
        event.get("subtype") not in SPOKEN
        or "edited" in event
        or not isinstance(channel, str)
        or not isinstance(ts, str)
    ):
        return None
    return QuestionKey(str(body.get("team_id") or "") or identity.team, channel, ts)

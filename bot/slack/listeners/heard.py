"""Messages in channels and direct messages: mentions, what is overheard, edits and deletions."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.answering import Answering, key_of
from bot.slack.inbound import Edit, Question, read_event
from bot.slack.twins import Twins

# "Again, please", and no fault of ours: Slack repeats at once, after one minute and after five.
NOT_YET = 503


def register(app: AsyncApp, answering: Answering, twins: Twins) -> None:
    """Listen to messages and mentions.

    Args:
        app: Where to.
        answering: Answers.
        twins: Is told which questions are being answered.
    """

    async def heard(body: dict[str, Any], request: AsyncBoltRequest) -> BoltResponse | None:
        incoming = read_event(body, answering.identity, redelivered="x-slack-retry-num" in request.headers)
        if incoming is None:
            return None
        if isinstance(incoming, Question):
            hearing = answering.hear(incoming)
            safe = await (twins.first(key_of(incoming), hearing) if incoming.addressed else hearing)
        elif isinstance(incoming, Edit):
            safe = await answering.hear_edit(incoming)
        else:
            safe = await answering.hear_removal(incoming)
        return None if safe else BoltResponse(status=NOT_YET, body="")

    # One listener for both: Bolt tries them one after the other, and prepares thirty arguments for each try.
    app.event(re.compile(r"(app_mention|message)$"))(heard)

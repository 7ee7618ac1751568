"""The bot comes into a channel: one short greeting, with how to silence it."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.slack.answering import Answering
from bot.slack.listeners.heard import NOT_YET
from bot.slack.words import Words
from bot.work import Composed, QuestionKey, Summary


def register(app: AsyncApp, answering: Answering, words: Words) -> None:
    """Greet once in each channel that the bot is invited to."""

    async def joined(body: dict[str, Any], event: dict[str, Any]) -> BoltResponse | None:
        identity = answering.identity
        channel = event.get("channel")
        if event.get("user") != identity.user_id or not isinstance(channel, str):
            return None
        team = str(body.get("team_id") or identity.team)
        # Its own row in the ledger: invited, removed and invited again, it greets once.
        key = QuestionKey(team, channel, "greeting")

        async def compose() -> Composed:
            inviter = event.get("inviter")
            language = await answering.people.language(team, inviter) if isinstance(inviter, str) else None
            payload, plain = words.channel_greeting(channel, key, language)
            return Composed(payload, Summary(intent="greeting"), plain)

        result = await answering.delivery.answer(key, compose=compose)
        return None if result.acknowledge else BoltResponse(status=NOT_YET, body="")

    app.event("member_joined_channel")(joined)

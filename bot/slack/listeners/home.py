"""The app's own pages: the home tab, and the Messages tab where direct messages are written."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.slack.answering import Answering
from bot.slack.listeners.heard import NOT_YET
from bot.slack.words import Words
from bot.work import Composed, PostError, QuestionKey, Summary

log = structlog.get_logger(__name__)

Json = dict[str, Any]

_PROMPTS_LAST_S = 3600.0
_KEPT = 10_000


def register(app: AsyncApp, answering: Answering, words: Words) -> None:
    """Listen to the opening of both tabs."""
    prompted: dict[str, float] = {}

    async def opened(body: dict[str, Any], event: dict[str, Any]) -> BoltResponse | None:
        team = str(body.get("team_id") or answering.identity.team)
        user, channel = str(event.get("user") or ""), str(event.get("channel") or "")
        if event.get("tab") == "home":
            await publish_home(answering, words, team, user)
            return None
        if event.get("tab") != "messages" or not channel:
            return None
        safe = await _greet(answering, words, QuestionKey(team, channel, "greeting"), user)
        if time.monotonic() > prompted.get(user, 0.0):
            if len(prompted) > _KEPT:
                prompted.clear()
            prompted[user] = time.monotonic() + _PROMPTS_LAST_S
            await _prompt(answering, words, team, user, channel)
        return None if safe else BoltResponse(status=NOT_YET, body="")

    app.event("app_home_opened")(opened)


async def publish_home(answering: Answering, words: Words, team: str, user: str) -> None:
    """Show somebody their home tab. It is shown anew whenever it is opened, so a failure costs nothing."""
    chosen = await answering.people.chosen(team, user)
    language = chosen or await answering.people.language_of_slack(user)
    try:
        await answering.outbound.call("views.publish", user_id=user, view=words.home(language, chosen))
    except PostError as error:
        log.warning("home_failed", kind=type(error).__name__)


async def _greet(answering: Answering, words: Words, key: QuestionKey, user: str) -> bool:
    """Greet once per person; the ledger remembers."""

    async def compose() -> Composed:
        language = await answering.people.language(key.team, user)
        payload, plain = words.direct_greeting(key.channel, key, language)
        return Composed(payload, Summary(intent="greeting", language=language), plain)

    return (await answering.delivery.answer(key, compose=compose)).acknowledge


async def _prompt(answering: Answering, words: Words, team: str, user: str, channel: str) -> None:
    language = await answering.people.language(team, user)
    with contextlib.suppress(PostError):
        await answering.outbound.call(
            "assistant.threads.setSuggestedPrompts", channel_id=channel, prompts=words.prompts(language)
        )

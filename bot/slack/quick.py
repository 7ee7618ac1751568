"""Acknowledge within Slack's three seconds, whatever else is slow.

Commands, buttons and shortcuts come once: Slack does not repeat them. So they are acknowledged in any case, their work
is kept in sight until it is done, and if it fails the person is told.
"""

from __future__ import annotations

import contextlib
from collections.abc import Coroutine
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.outbound import SlackOutbound
from bot.slack.people import People
from bot.slack.tasks import Tasks
from bot.slack.words import Words
from bot.storage.errors import StorageUnavailableError
from bot.work import PostError

log = structlog.get_logger(__name__)

Json = dict[str, Any]

_BUDGET_S = 2.2


class Quick:
    """Runs what a person asked for by command or button.

    Args:
        tasks: Keeps it in sight.
        outbound: Brings a late reply.
        people: Languages, for saying that it failed.
        words: The sentence for that.
    """

    def __init__(self, tasks: Tasks, outbound: SlackOutbound, people: People, words: Words) -> None:
        self._tasks = tasks
        self._outbound = outbound
        self._people = people
        self._words = words

    async def run(self, ack: AsyncAck, work: Coroutine[Any, Any, Json | None], *, in_ack: bool, body: Json) -> None:
        """Run *work* and acknowledge; its reply goes with the acknowledgement or, if that is too late, after it.

        Args:
            ack: Of this request.
            work: Returns a message for the person alone, or None when all is said.
            in_ack: Whether Slack shows what the acknowledgement says (commands do, buttons do not).
            body: The payload, for the response URL and who it was.
        """
        state = {"acknowledged": False}

        async def guarded() -> Json | None:
            try:
                reply = await work
            except Exception as error:  # noqa: BLE001 - whatever failed, the person is told and the bot lives on
                log.error("request_fault", kind=type(error).__name__)
                reply = await self._apology(body)
            if reply is not None and (state["acknowledged"] or not in_ack):
                with contextlib.suppress(PostError):
                    await self._outbound.respond(str(body.get("response_url")), reply)
                return None
            return reply

        reply = await self._tasks.within(guarded(), "request", budget_s=_BUDGET_S)
        state["acknowledged"] = True
        if reply is None:
            await ack()
        else:
            await ack(reply)

    async def _apology(self, body: Json) -> Json:
        team, user = whose(body)
        try:
            language = await self._people.language(team, user)
        except StorageUnavailableError:
            # The records are what failed: their Slack's locale will do.
            language = await self._people.language_of_slack(user)
        return self._words.note("try_again", language)


def whose(body: Json) -> tuple[str, str]:
    """Return the team and the user of a command (flat) or an interaction (nested)."""
    team, user = body.get("team"), body.get("user")
    team_id = team.get("id") if isinstance(team, dict) else body.get("team_id")
    user_id = user.get("id") if isinstance(user, dict) else body.get("user_id")
    return str(team_id or ""), str(user_id or "")

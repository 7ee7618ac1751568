"""A whole small world for conversation tests: a Slack on this machine with the bot connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.answer.wording import Wording
from bot.app import Bot
from bot.kb.lookup import Lookup
from bot.kb.model import Language
from bot.local_slack import LocalSlack, Message
from bot.settings import Settings, load_settings
from bot.slack.scopes import EVENTS, OPTIONAL, REQUIRED
from bot.slack.web import EVENTS_PATH

Mode = Literal["http", "socket"]

# Slack waits 0, 60 and 300 seconds before it repeats; here the same three times, sooner.
RETRY_DELAYS_S = (0.05, 0.3, 1.0)


@dataclass
class Town:
    """The local Slack, the bot in it, and short words for what people do."""

    slack: LocalSlack
    bot: Bot
    mode: Mode
    settings: Settings
    lookup: Lookup
    bot_options: dict[str, Any] = field(default_factory=dict)

    @property
    def me(self) -> str:
        """Return the mention of the bot."""
        return f"<@{self.slack.bot.id}>"

    async def ask(self, text: str, *, user: str = "tanaka", channel: str = "helpdesk", **more: Any) -> Message:
        """Mention the bot and wait for its answer."""
        asked = await self.slack.say(user, channel, f"{self.me} {text}", **more)
        return await self.slack.wait_for_reply(channel, more.get("thread_ts") or asked.ts)

    async def settle(self) -> None:
        """Wait until nothing is on its way to the bot any more."""
        await self.slack.all_delivered()

    def answers(self, channel: str, thread_ts: str) -> list[Message]:
        """List what the bot wrote in a thread."""
        return self.slack.replies(channel, thread_ts)

    def bot_says(self, key: str, language: Language) -> str:
        """Return a sentence of the bot's wording, for comparing."""
        return Wording(self.lookup).say(key, language)

    def last_private(self, user: str) -> Message:
        """Return what a person alone was shown last."""
        return self.slack.ephemerals(user)[-1]

    async def restart(self, **work_options: Any) -> None:
        """End the bot and start it anew on the same database."""
        await self.bot.stop()
        await self.start(**work_options)

    async def start(self, **work_options: Any) -> None:
        """Start a bot and point Slack at it."""
        self.bot = Bot(self.settings, self.lookup, **self.bot_options, **work_options)
        await self.bot.start()
        if self.mode == "http":
            self.slack.deliver_to(f"http://127.0.0.1:{self.bot.port}{EVENTS_PATH}")


def settings_for(slack: LocalSlack, mode: Mode, folder: Path, **more: str) -> Settings:
    """Return the settings of a bot that belongs to *slack*; *more* are further variables."""
    return load_settings(
        {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_APP_TOKEN": slack.app_token if mode == "socket" else "",
            "MAILPORTS_SLACK_API_URL": slack.api_url,
            "MAILPORTS_DATABASE_URL": f"sqlite:///{folder / 'town.sqlite3'}",
            "MAILPORTS_PORT": "0",
            **more,
        }
    )


@asynccontextmanager
async def open_town(
    mode: Mode,
    folder: Path,
    lookup: Lookup,
    *,
    slack_options: dict[str, Any] | None = None,
    variables: dict[str, str] | None = None,
    bot_options: dict[str, Any] | None = None,
    **work_options: Any,
) -> AsyncIterator[Town]:
    """Open a town and close it.

    Args:
        mode: How Slack reaches the bot.
        folder: For the database.
        lookup: The knowledge.
        slack_options: For `LocalSlack`.
        variables: Further variables of the environment.
        bot_options: For `Bot`.
        work_options: For `bot.work.open_work`.
    """
    options: dict[str, Any] = {
        "scopes": (*REQUIRED, *OPTIONAL),
        "subscriptions": tuple(EVENTS),
        "retry_delays_s": RETRY_DELAYS_S,
        **(slack_options or {}),
    }
    async with LocalSlack(**options) as slack:
        settings = settings_for(slack, mode, folder, **(variables or {}))
        town = Town(slack, Bot(settings, lookup), mode, settings, lookup, bot_options or {})
        await town.start(**work_options)
        try:
            yield town
        finally:
            await town.bot.stop()

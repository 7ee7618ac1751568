"""Slack over a WebSocket: it goes on through everything that happens to connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.kb.lookup import Lookup
from tests.support.town import Town, open_town


@pytest.fixture
async def town(tmp_path: Path, lookup: Lookup) -> AsyncIterator[Town]:
    """A bot that is connected by Socket Mode."""
    async with open_town("socket", tmp_path, lookup) as town:
        yield town


async def test_slack_asks_to_reconnect(town: Town) -> None:
    """After a refresh the bot is back, and questions on both sides of it are answered."""
    before = await town.ask("port 993?", user="alice")
    await town.slack.sockets.disconnect("refresh_requested")
    after = await town.ask("port 995?", user="alice")

    assert "993" in before.text
    assert "995" in after.text


async def test_a_question_during_a_reconnection_is_not_lost(town: Town) -> None:
    """What Slack could not deliver it delivers again; answered once."""
    asked = await town.slack.say("alice", "helpdesk", f"{town.me} port 993?")
    await town.slack.sockets.disconnect("refresh_requested")
    await town.slack.wait_for_reply("helpdesk", asked.ts, timeout_s=15)
    await town.slack.all_delivered()

    assert len(town.answers("helpdesk", asked.ts)) == 1


async def test_health_tells_whether_anything_can_come_through(town: Town) -> None:
    """Connected it is well."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{town.bot.port}/healthz") as response,
    ):
        details = await response.json()

    assert response.status == 200
    assert details["connected"] is True
    assert details["last_sign_of_life_s"] < 40


async def test_a_connection_without_a_sign_of_life_is_not_healthy(town: Town) -> None:
    """Open but deaf is told apart from well."""
    receiver = town.bot._receiver
    assert receiver is not None
    client = receiver._client
    client.last_ping_pong_time = 1.0

    well, details = receiver.health()
    assert not well
    assert details["connected"] is True

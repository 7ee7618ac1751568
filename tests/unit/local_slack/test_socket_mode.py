"""Socket Mode keeps Slack's promises: hello, envelopes, acknowledgements, reconnection, redelivery."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack


async def _connect(slack: LocalSlack, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    answer = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
    socket = await session.ws_connect(answer["url"])
    assert (await socket.receive_json())["type"] == "hello"
    return socket


async def test_event_comes_in_an_envelope_and_again_without_acknowledgement(slack: LocalSlack) -> None:
    """An envelope that is not acknowledged comes again with another id, the retry counted."""
    slack.outbox.ack_timeout_s = 0.05
    async with aiohttp.ClientSession() as session:
        socket = await _connect(slack, session)
        said = await slack.say("tanaka", "helpdesk", "hello")
        first: dict[str, Any] = await socket.receive_json()
        second: dict[str, Any] = await socket.receive_json()
        await socket.send_json({"envelope_id": second["envelope_id"]})
        await said.finished()
        await socket.close()
    assert (first["type"], first["payload"]["event"]["text"]) == ("events_api", "hello")
    assert first["envelope_id"] != second["envelope_id"]
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")


async def test_each_envelope_goes_to_one_of_several_connections(slack: LocalSlack) -> None:
    """Two connections share the events, none gets all and none comes twice."""
    async with aiohttp.ClientSession() as session:
        sockets = [await _connect(slack, session), await _connect(slack, session)]
        got: list[list[str]] = [[], []]

        async def read(index: int) -> None:
            async for message in sockets[index]:
                envelope = message.json()
                got[index].append(envelope["payload"]["event"]["text"])
                await sockets[index].send_json({"envelope_id": envelope["envelope_id"]})

        readers = [asyncio.create_task(read(0)), asyncio.create_task(read(1))]
        for number in range(10):
            await slack.say("tanaka", "helpdesk", str(number))
        await slack.all_delivered()
        for socket in sockets:
            await socket.close()
        await asyncio.gather(*readers)
    assert sorted(got[0] + got[1], key=int) == [str(n) for n in range(10)]
    assert got[0]
    assert got[1]


async def test_command_is_answered_in_the_acknowledgement(slack: LocalSlack) -> None:
    """The payload of the acknowledgement is shown to the person."""
    async with aiohttp.ClientSession() as session:
        socket = await _connect(slack, session)
        using = asyncio.create_task(slack.slash("tanaka", "helpdesk", "/mailports", "587"))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "submission"}})
        used = await using
        await socket.close()
    assert used.shown is not None
    assert used.shown.text == "submission"


async def test_ticket_opens_one_connection(slack: LocalSlack) -> None:
    """A connection URL works once; without a good ticket nobody gets in."""
    answer = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(answer["url"])
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(answer["url"])
        await socket.close()


async def test_connection_that_breaks_loses_nothing(slack: LocalSlack) -> None:
    """An envelope on a connection that is cut comes again on the next one."""
    async with aiohttp.ClientSession() as session:
        first = await _connect(slack, session)
        said = await slack.say("tanaka", "helpdesk", "hello")
        await first.receive_json()
        await slack.sockets.drop()
        second = await _connect(slack, session)
        envelope = await second.receive_json()
        await second.send_json({"envelope_id": envelope["envelope_id"]})
        await said.finished()
        await first.close()
        await second.close()
    assert envelope["payload"]["event"]["text"] == "hello"
    assert said.deliveries[0].acknowledged


async def test_refresh_makes_bolt_reconnect(slack: LocalSlack, socket_bolt: AsyncApp) -> None:
    """After `refresh_requested` the handler opens a new connection and events go on."""
    await slack.sockets.disconnect("refresh_requested")
    await slack.wait_for(lambda: slack.sockets.connected == 1)
    asked = await slack.say("tanaka", "helpdesk", f"<@{slack.bot.id}> IMAP?")
    assert (await slack.wait_for_reply("helpdesk", asked.ts)).text == "IMAP is 993"

"""What goes to the bot is signed, timed, repeated and disturbed as Slack does it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from bot.local_slack import DeliveryFaults, LocalSlack

Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[None]]


async def test_signature_covers_the_raw_body(slack: LocalSlack, bot_url: Serve) -> None:
    """The v0 signature is the HMAC of the time stamp and the bytes that were sent."""
    good: list[bool] = []

    async def handler(request: web.Request) -> web.Response:
        stamp, body = request.headers["X-Slack-Request-Timestamp"], await request.read()
        base = f"v0:{stamp}:".encode() + body
        expected = "v0=" + hmac.new(slack.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        good.append(request.headers["X-Slack-Signature"] == expected and abs(slack.workspace.clock() - int(stamp)) < 5)
        return web.Response()

    await bot_url(handler)
    await (await slack.say("tanaka", "helpdesk", "「ポート」は？")).finished()
    await slack.slash("tanaka", "helpdesk", "/mailports", "メール")
    assert good == [True, True]


async def test_event_that_is_not_acknowledged_comes_three_times_more(slack: LocalSlack, bot_url: Serve) -> None:
    """A failing bot sees the same event four times, the retries numbered and with the reason."""
    seen: list[tuple[str | None, str | None, str]] = []

    async def handler(request: web.Request) -> web.Response:
        headers = request.headers
        event_id = (await request.json())["event_id"]
        seen.append((headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason"), event_id))
        return web.Response(status=500)

    await bot_url(handler)
    await (await slack.say("tanaka", "helpdesk", "hello")).finished()
    assert [row[:2] for row in seen] == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({row[2] for row in seen}) == 1


async def test_slow_acknowledgement_is_delivered_again(slack: LocalSlack, bot_url: Serve) -> None:
    """A bot that takes longer than the limit gets the event again with http_timeout, and the attempt shows it."""
    held = asyncio.Event()
    reasons: list[str | None] = []

    async def handler(request: web.Request) -> web.Response:
        reasons.append(request.headers.get("X-Slack-Retry-Reason"))
        if len(reasons) == 1:
            await held.wait()
        return web.Response()

    slack.outbox.ack_timeout_s = 0.05
    await bot_url(handler)
    await (await slack.say("tanaka", "helpdesk", "hello")).finished()
    held.set()
    assert reasons == [None, "http_timeout"]
    first, second = slack.deliveries
    assert (first.status, first.attempt, second.status, second.attempt) == (None, 0, 200, 1)
    assert first.ack_ms >= 50


async def test_no_retry_header_ends_it(slack: LocalSlack, bot_url: Serve) -> None:
    """A bot that answers x-slack-no-retry is left alone."""

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=500, headers={"x-slack-no-retry": "1"})

    await bot_url(handler)
    await (await slack.say("tanaka", "helpdesk", "hello")).finished()
    assert len(slack.deliveries) == 1


async def test_bot_that_is_not_there(slack: LocalSlack, unused_tcp_port: int) -> None:
    """Nobody listening counts as connection_failed, and the person who used a command is told."""
    slack.deliver_to(f"http://127.0.0.1:{unused_tcp_port}/events")
    await (await slack.say("tanaka", "helpdesk", "hello")).finished()
    assert {attempt.reason for attempt in slack.deliveries} == {"connection_failed"}
    used = await slack.slash("tanaka", "helpdesk", "/mailports", "587")
    assert used.status is None
    assert slack.notices[0].user == "U0TANAKA01"
    assert set(slack.notices[0].text or {}) == {"ja", "en"}


async def test_command_is_sent_once_as_a_form(slack: LocalSlack, bot_url: Serve) -> None:
    """A command has Slack's fields and no retry, even when the bot fails."""
    bodies: list[dict[str, list[str]]] = []

    async def handler(request: web.Request) -> web.Response:
        bodies.append(parse_qs((await request.read()).decode()))
        return web.Response(status=404)

    await bot_url(handler)
    used = await slack.slash("alice", slack.dm("alice"), "/mailports", "gmail & imap")
    assert used.status == 404
    (body,) = bodies
    assert body["text"] == ["gmail & imap"]
    assert body["channel_name"] == ["directmessage"]
    assert body["response_url"][0].startswith(slack.base_url + "/response/")
    assert slack.notices[-1].text is not None
    assert "404" in slack.notices[-1].text["en"]


async def test_interaction_is_a_form_with_a_payload(slack: LocalSlack, bot_url: Serve) -> None:
    """A shortcut arrives as JSON in the form field `payload`."""
    payloads: list[dict[str, Any]] = []

    async def handler(request: web.Request) -> web.Response:
        payloads.append(json.loads(parse_qs((await request.read()).decode())["payload"][0]))
        return web.Response()

    await bot_url(handler)
    await slack.global_shortcut("tanaka", "ask")
    assert (payloads[0]["type"], payloads[0]["callback_id"]) == ("shortcut", "ask")


async def test_lost_duplicated_and_repeated_events(slack: LocalSlack, bot_url: Serve) -> None:
    """Faults on the way lose a first try, send twice at once, and repeat after the acknowledgement."""
    seen: list[tuple[str, str | None]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(((await request.json())["event"]["text"], request.headers.get("X-Slack-Retry-Num")))
        return web.Response()

    await bot_url(handler)
    for name, fault in (
        ("lost", DeliveryFaults(drop_first_every=1)),
        ("twice", DeliveryFaults(duplicate_every=1)),
        ("again", DeliveryFaults(redeliver_every=1)),
    ):
        slack.faults.deliveries = fault
        await (await slack.say("tanaka", "helpdesk", name)).finished()
    assert seen == [("lost", "1"), ("twice", None), ("twice", None), ("again", None), ("again", "1")]


async def test_events_overtake_each_other(slack: LocalSlack, bot_url: Serve) -> None:
    """With reordering on, events do not arrive in the order of the messages, and none is lost."""
    seen: list[int] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(int((await request.json())["event"]["text"]))
        return web.Response()

    await bot_url(handler)
    slack.faults.deliveries = DeliveryFaults(reorder_within_s=0.05)
    for number in range(30):
        await slack.say("tanaka", "helpdesk", str(number))
    await slack.all_delivered()
    assert sorted(seen) == list(range(30))
    assert seen != sorted(seen)

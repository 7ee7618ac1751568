"""A local Slack with a small Bolt app on it, by HTTP and by Socket Mode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack

BUTTON = {
    "type": "actions",
    "block_id": "choices",
    "elements": [
        {"type": "button", "action_id": "more", "value": "993", "text": {"type": "plain_text", "text": "More"}},
    ],
}
MODAL = {
    "type": "modal",
    "callback_id": "note",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Note"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "what",
            "label": {"type": "plain_text", "text": "What"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """Start a local Slack whose retries come quickly."""
    async with LocalSlack(retry_delays_s=(0.0, 0.01, 0.01), ack_timeout_s=1.0) as running:
        yield running


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    """Return a Web API client with the good bot token."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


def build_app(slack: LocalSlack) -> AsyncApp:
    """Build an app that answers mentions, a command, a button and a modal."""
    retry = [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=retry)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    @app.event("app_mention")
    async def on_mention(event: dict[str, Any], say: Callable[..., Awaitable[Any]]) -> None:
        await say(text="IMAP is 993", thread_ts=event["ts"], blocks=[BUTTON])

    @app.event("message")
    async def on_message() -> None:
        return

    @app.command("/mailports")
    async def on_command(ack: Any, respond: Any, command: dict[str, Any]) -> None:
        await ack(f"looking for {command['text']}")
        await respond(f"found {command['text']}", replace_original=True)

    @app.action("more")
    async def on_more(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("note")
    async def on_note(ack: Any, view: dict[str, Any]) -> None:
        text = view["state"]["values"]["what"]["text"]["value"]
        if text == "bad":
            await ack(response_action="errors", errors={"what": "not this"})
        else:
            await ack()

    @app.view_closed("note")
    async def on_closed(ack: Any) -> None:
        await ack()

    @app.shortcut("ask")
    async def on_shortcut(ack: Any, shortcut: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        channel, ts = shortcut["channel"]["id"], shortcut["message_ts"]
        await client.chat_postMessage(channel=channel, thread_ts=ts, text="about " + shortcut["message"]["text"])

    return app


@asynccontextmanager
async def by_http(slack: LocalSlack) -> AsyncIterator[AsyncApp]:
    """Run the app behind a URL."""
    app = build_app(slack)
    runner = web.AppRunner(app.web_app(path="/slack/events"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield app
    finally:
        await runner.cleanup()


@asynccontextmanager
async def by_socket(slack: LocalSlack) -> AsyncIterator[AsyncApp]:
    """Run the app on a Socket Mode connection."""
    app = build_app(slack)
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.05)
    handler.client.web_client = AsyncWebClient(base_url=slack.api_url)
    await handler.connect_async()
    tasks = (handler.client.message_processor, handler.client.current_session_monitor, handler.client.message_receiver)
    try:
        yield app
    finally:
        await handler.close_async()
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)


@pytest.fixture(params=[by_http, by_socket], ids=["http", "socket"])
async def bolt(request: pytest.FixtureRequest, slack: LocalSlack) -> AsyncIterator[AsyncApp]:
    """Run the same app by HTTP and by Socket Mode."""
    async with request.param(slack) as app:
        yield app


@pytest.fixture
async def socket_bolt(slack: LocalSlack) -> AsyncIterator[AsyncApp]:
    """Run the app by Socket Mode only."""
    async with by_socket(slack) as app:
        yield app


Responder = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def bot_url(slack: LocalSlack) -> AsyncIterator[Callable[[Responder], Awaitable[None]]]:
    """Let a test answer what is delivered, with a handler of its own."""
    runners: list[web.AppRunner] = []

    async def serve(handler: Responder) -> None:
        app = web.Application()
        app.router.add_post("/events", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/events")

    yield serve
    slack.deliver_to(None)
    for runner in runners:
        await runner.cleanup()

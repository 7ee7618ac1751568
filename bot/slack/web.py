"""Slack over HTTP: `/slack/events` for events, commands and interactions, `/healthz` for whoever watches the process.

Signatures are checked here, before Bolt: a time stamp that is no number is refused like any other bad signature
(inside Bolt it ends as an error 500), and nothing of a refused request is logged.

Source: docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.slack.wire import from_json

log = structlog.get_logger(__name__)

Json = dict[str, Any]

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"
# The largest that Slack sends is a message of 40,000 characters, its blocks and the previous version of both.
MAX_BODY = 1024 * 1024
# At the end: for requests under way, and then for connections that say nothing.
_GRACE_S = 4.0
_IDLE_GRACE_S = 0.2

Health = Callable[[], tuple[bool, Json]]


class SlackServer:
    """The web server. In Socket Mode it serves `/healthz` alone.

    Args:
        host: Address to listen on.
        port: Port; 0 takes any free one.
        health: Says whether all is well, and details.
        app: The Bolt app; None in Socket Mode.
        signing_secret: Needed with an app.
    """

    def __init__(
        self, host: str, port: int, health: Health, *, app: AsyncApp | None = None, signing_secret: str | None = None
    ) -> None:
        self._host = host
        self._port = port
        self._health = health
        self._app = app
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._leaving = False
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def start(self) -> int:
        """Listen, and return the port.

        Raises:
            OSError: The address cannot be used.
        """
        application = web.Application(client_max_size=MAX_BODY)
        application.router.add_get(HEALTH_PATH, self._answer_health)
        if self._app is not None:
            application.router.add_post(EVENTS_PATH, self._answer_slack)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=_IDLE_GRACE_S)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, self._host, self._port, reuse_address=True, backlog=512)
        try:
            await self._site.start()
        except OSError:
            await self.close()
            raise
        address: tuple[str, int] = self._runner.addresses[0]
        return address[1]

    def leave(self) -> None:
        """Take nothing new: Slack gets "not now" and asks again, by then another process."""
        self._leaving = True

    async def close(self) -> None:
        """Stop listening, let the requests under way end, and close the connections."""
        self.leave()
        if self._site is not None:
            await self._site.stop()
            self._site = None
        # Waited for here and not by aiohttp: it would wait as long for a connection that was just opened.
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_S):
                await self._idle.wait()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer_health(self, _: web.Request) -> web.Response:
        well, details = self._health()
        well = well and not self._leaving
        return web.json_response({"status": "ok" if well else "degraded", **details}, status=200 if well else 503)

    async def _answer_slack(self, request: web.Request) -> web.Response:
        if self._leaving:
            return web.Response(status=503)
        self._busy += 1
        self._idle.clear()
        try:
            return await self._dispatch(request)
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def _dispatch(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if not self._is_signed(raw, request.headers):
            log.warning("bad_signature")
            return web.json_response({"error": "invalid request"}, status=401)
        try:
            body = read_body(raw, request.content_type)
        except ValueError:
            log.warning("unreadable_body")
            return web.Response(status=400)
        assert self._app is not None  # the route exists with it alone
        # "socket_mode" is Bolt's word for a body that was read and checked already. Bolt's own reader of forms takes
        # any that contains the word "payload" for an interaction, and so loses `/mailports payload`.
        headers: dict[str, str | Sequence[str]] = {
            name: value for name, value in request.headers.items() if name.lower().startswith("x-slack-")
        }
        response = await self._app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode", headers=headers))
        content_type = "application/json" if response.body.startswith("{") else "text/plain"
        return web.Response(status=response.status, text=response.body, content_type=content_type)

    def _is_signed(self, raw: bytes, headers: Mapping[str, str]) -> bool:
        timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        if self._verifier is None or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            return False
        try:
            return signature.isascii() and self._verifier.is_valid(raw, timestamp, signature)
        except UnicodeDecodeError:
            return False  # Slack sends UTF-8, and the verifier reads nothing else.


def read_body(raw: bytes, content_type: str) -> Json:
    """Read what Slack posts: JSON for events, a form for commands, JSON inside a form for interactions.

    Raises:
        ValueError: It is none of these.
    """
    text = raw.decode("utf-8")
    if content_type == "application/json" or text.startswith("{"):
        value = from_json(text)
    else:
        form = dict(parse_qsl(text, keep_blank_values=True))
        value = from_json(form["payload"]) if "payload" in form and "command" not in form else form
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one kind of error for every unreadable body
    return value

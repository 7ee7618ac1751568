"""Slack over a WebSocket (Socket Mode): for a bot inside a network that Slack cannot reach.

An envelope is acknowledged when its work is done or safely written down, like a request over HTTP.

Known failure of every client: the connection looks open and nothing comes through. So the age of the last sign of life
is part of `/healthz`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import logs

log = structlog.get_logger(__name__)

Json = dict[str, Any]

_PING_S = 10.0
# Two pings without an answer may be a hiccup; after four the connection is deaf.
_DEAF_AFTER_S = 4 * _PING_S


class SocketReceiver:
    """Takes envelopes from Slack and hands them to the Bolt app.

    Args:
        app: The Bolt app.
        client: For `apps.connections.open`.
        app_token: `xapp-…`.
        use_proxy: Whether the machine's proxy is on the way; not for a Slack on this machine.
    """

    def __init__(self, app: AsyncApp, client: AsyncWebClient, app_token: str, *, use_proxy: bool = True) -> None:
        self._app = app
        self._busy: set[asyncio.Task[Any]] = set()
        self._leaving = False
        self._client = SocketModeClient(
            app_token=app_token, web_client=client, logger=logs.quiet_logger(), ping_interval=_PING_S
        )
        if not use_proxy:
            self._client.proxy = None
        self._client.socket_mode_request_listeners.append(self._take)
        self._connected_at = time.time()

    async def start(self, first_url: str) -> None:
        """Connect.

        Args:
            first_url: From `apps.connections.open`, which was called to see whether the token holds.
        """
        self._client.wss_uri = first_url
        await self._client.connect()  # type: ignore[no-untyped-call]

    def health(self) -> tuple[bool, Json]:
        """Say whether something can come through, and how long ago something did."""
        session = self._client.current_session
        is_open = session is not None and not session.closed
        last = self._client.last_ping_pong_time or self._connected_at
        age_s = max(time.time() - last, 0.0)
        details = {"connected": is_open, "last_sign_of_life_s": round(age_s, 1), "busy": len(self._busy)}
        return is_open and age_s < _DEAF_AFTER_S, details

    def leave(self) -> None:
        """Take nothing new: what still comes is not acknowledged, and Slack sends it to another connection."""
        self._leaving = True

    async def drain(self, *, grace_s: float) -> None:
        """Wait until what was taken is acknowledged."""
        if self._busy:
            await asyncio.wait(set(self._busy), timeout=grace_s)

    async def close(self) -> None:
        """Disconnect."""
        self._leaving = True
        ends = [self._client.message_processor, self._client.current_session_monitor, self._client.message_receiver]
        await self._client.close()  # type: ignore[no-untyped-call]
        for end in ends:
            if end is not None:
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await end

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._leaving:
            return
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            headers: dict[str, Any] = {}
            if request.retry_attempt:
                headers["x-slack-retry-num"] = [str(request.retry_attempt)]
            if request.retry_reason:
                headers["x-slack-retry-reason"] = [request.retry_reason]
            bolt_request = AsyncBoltRequest(mode="socket_mode", body=request.payload, headers=headers)
            response = await self._app.async_dispatch(bolt_request)
            if response.status == 200:
                payload = None
                if response.body:
                    payload = json.loads(response.body) if response.body.startswith("{") else {"text": response.body}
                await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))
        except Exception as error:  # noqa: BLE001 - not acknowledged, so Slack repeats it; the next envelope must live
            log.error("envelope_fault", kind=type(error).__name__, where=logs.frames(error))
        finally:
            self._busy.discard(task)

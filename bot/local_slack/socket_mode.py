"""Socket Mode: the bot opens a WebSocket, and everything that Slack sends comes through it in envelopes.

Each envelope goes to one of the open connections in turn and must be acknowledged there; what was not acknowledged is
sent again by the caller, and at once if the connection went away meanwhile.

Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSMsgType, web

from bot.local_slack.limits import MAX_SOCKET_CONNECTIONS
from bot.local_slack.state import Json


@dataclass(slots=True)
class Answer:
    """What one try to deliver brought back, by a socket or by HTTP."""

    status: int | None
    body: Any = None
    reason: str | None = None
    no_retry: bool = False


@dataclass(slots=True, eq=False)
class Connection:
    """One open WebSocket of the bot."""

    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    """Envelopes that were sent here and not acknowledged yet, by their id."""
    leaving: bool = False
    """It was told to reconnect and gets nothing new."""


class SocketHub:
    """The Socket Mode connections of one app.

    Args:
        app_id: Id of the app, named in the hello.
        on_change: Called when a connection comes or goes.
    """

    def __init__(self, app_id: str, on_change: Callable[[], None] = lambda: None) -> None:
        self._app_id = app_id
        self._on_change = on_change
        self._tickets: set[str] = set()
        self._connections: list[Connection] = []
        self._next = 0
        self._arrived = asyncio.Event()

    @property
    def connected(self) -> int:
        """Count the connections that take envelopes."""
        return sum(not c.leaving for c in self._connections)

    def open_ticket(self) -> str:
        """Return a ticket that opens one connection once."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Take a connection that carries a good ticket and keep it until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401, text="bad ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(max_msg_size=4 * 1024 * 1024)
        await socket.prepare(request)
        if len(self._connections) >= MAX_SOCKET_CONNECTIONS:
            await self._say_goodbye(socket, "too_many_websockets")
            await socket.close()
            return socket
        connection = Connection(socket)
        self._connections.append(connection)
        await socket.send_str(json.dumps(self._hello()))
        self._arrived.set()
        self._on_change()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._take(connection, message.data)
        finally:
            self._connections.remove(connection)
            if not self.connected:
                self._arrived.clear()
            for future in connection.waiting.values():
                if not future.done():
                    future.set_exception(ConnectionResetError())
            self._on_change()
        return socket

    async def send(self, kind: str, payload: Json, number: int, reason: str | None, *, timeout_s: float) -> Answer:
        """Send one envelope and wait for its acknowledgement.

        Waits for a connection when there is none, since Slack too keeps an event while an app reconnects.

        Returns:
            Status 200 with the payload of the acknowledgement, or no status with the reason.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        envelope_id = str(uuid.uuid4())
        connection: Connection | None = None
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope.update(retry_attempt=number, retry_reason=reason or "")
        try:
            async with asyncio.timeout(timeout_s):
                while (connection := self._choose()) is None:
                    await self._arrived.wait()
                connection.waiting[envelope_id] = future
                await connection.socket.send_str(json.dumps(envelope, ensure_ascii=False))
                return Answer(200, await future)
        except TimeoutError:
            return Answer(None, reason="timeout" if connection is not None else "connection_failed")
        except ConnectionError:
            return Answer(None, reason="connection_failed")
        finally:
            if connection is not None:
                connection.waiting.pop(envelope_id, None)
            if future.done() and not future.cancelled():
                future.exception()  # looked at, so that asyncio does not report it

    async def disconnect(
        self, reason: Literal["warning", "refresh_requested", "link_disabled"] = "refresh_requested"
    ) -> None:
        """Ask every connection to reconnect; after `warning` they stay in use, otherwise they are closed."""
        for connection in tuple(self._connections):
            await self._say_goodbye(connection.socket, reason)
            if reason != "warning":
                connection.leaving = True
        if not self.connected:
            self._arrived.clear()

    async def drop(self) -> None:
        """Cut every connection without a word, as a broken network does."""
        for connection in tuple(self._connections):
            transport = connection.socket._req.transport if connection.socket._req else None
            if transport is not None:
                transport.abort()

    async def stop(self) -> None:
        """Close every connection."""
        for connection in tuple(self._connections):
            await connection.socket.close(code=1001)

    def _choose(self) -> Connection | None:
        usable = [c for c in self._connections if not c.leaving and not c.socket.closed]
        if not usable:
            return None
        self._next += 1
        return usable[self._next % len(usable)]

    def _take(self, connection: Connection, data: str) -> None:
        try:
            reply = json.loads(data)
        except ValueError:
            return
        future = connection.waiting.get(str(reply.get("envelope_id"))) if isinstance(reply, dict) else None
        if future is not None and not future.done():
            future.set_result(reply.get("payload"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app_id},
        }

    async def _say_goodbye(self, socket: web.WebSocketResponse, reason: str) -> None:
        await socket.send_str(
            json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}})
        )

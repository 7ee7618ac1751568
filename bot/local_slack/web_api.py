"""The Web API as a server: tokens, scopes, faults, the pace limit, and the record of every call."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.local_slack import api_chat, api_lookup, api_misc, api_views
from bot.local_slack.api_base import Api, ApiError, Method, read_arguments
from bot.local_slack.faults import Fault, Faults
from bot.local_slack.state import Json

METHODS: dict[str, Method] = {**api_chat.METHODS, **api_lookup.METHODS, **api_misc.METHODS, **api_views.METHODS}

# Methods that post into a channel, for the pace limit of about one message a second.
_PACED = frozenset({"chat.postMessage"})


@dataclass(slots=True)
class Call:
    """One call that the bot made."""

    method: str
    arguments: Json
    response: Json
    status: int
    at: float
    """Seconds since the epoch."""
    took_ms: float
    fault: str | None = None
    """The fault that struck, if any."""

    @property
    def ok(self) -> bool:
        """Say whether Slack took it and the bot was told so."""
        return self.status == 200 and self.response.get("ok") is True

    @property
    def error(self) -> str | None:
        """Return Slack's word for what went wrong."""
        return self.response.get("error")


class WebApi:
    """Answers calls under /api/.

    Args:
        api: What the methods may use.
        bot_token: The only bot token that is good.
        app_token: The only app-level token that is good.
        faults: What shall go wrong.
        stopping: Set when the server ends; held-back answers are let go then.
        keep_calls: How many calls to remember; None for all.
        pace_per_channel_s: Least time between two posts into one channel; None for no limit.
        on_call: Called after each call.
    """

    def __init__(
        self,
        api: Api,
        *,
        bot_token: str,
        app_token: str,
        faults: Faults,
        stopping: asyncio.Event,
        keep_calls: int | None = None,
        pace_per_channel_s: float | None = None,
        on_call: Callable[[], None] = lambda: None,
    ) -> None:
        self.calls: deque[Call] = deque(maxlen=keep_calls)
        self.pace_per_channel_s = pace_per_channel_s
        self._api = api
        self._kinds = {bot_token: "bot", app_token: "app"}
        self._faults = faults
        self._stopping = stopping
        self._on_call = on_call
        self._last_post: dict[str, float] = {}
        self._scopes = ",".join(sorted(api.scopes))

    async def serve(self, request: web.BaseRequest, method: str) -> web.StreamResponse:
        """Answer one call."""
        started = time.perf_counter()
        body = await request.read()
        arguments: Json = {}
        fault: Fault | None = None
        status, headers = 200, {"x-oauth-scopes": self._scopes}
        try:
            arguments = read_arguments(request.content_type, body, dict(request.query))
            token = self._token(request, arguments)
            fault = self._faults.strike(method, arguments.get("channel"))
            if fault is not None:
                refused = await self._before(request, fault)
                if refused is not None:
                    status, answer, more = refused
                    headers.update(more)
                    return self._answer(method, arguments, answer, status, started, fault, headers)
            answer = self._call(method, token, arguments)
        except ApiError as error:
            answer = error.as_json()
            if error.code == "ratelimited":
                status = 429
                headers["Retry-After"] = "1"
        except ConnectionResetError:
            self._record(method, arguments, {"ok": False, "error": "(no answer)"}, 0, started, fault)
            raise
        if fault is not None and fault.kind == "applied_then_reset":
            self._record(method, arguments, answer, 0, started, fault)
            _cut(request)
            raise ConnectionResetError
        if fault is not None and fault.kind == "applied_then_lost":
            self._record(method, arguments, answer, 500, started, fault)
            return web.Response(status=500, text="internal_error")
        return self._answer(method, arguments, answer, status, started, fault, headers)

    def _token(self, request: web.BaseRequest, arguments: Json) -> str | None:
        header = request.headers.get("Authorization", "")
        given = arguments.pop("token", None)
        return header[7:].strip() if header[:7].lower() == "bearer " else given

    def _call(self, name: str, token: str | None, arguments: Json) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise ApiError("unknown_method", req_method=name)
        if method.token is not None:
            if not token:
                raise ApiError("not_authed")
            kind = self._kinds.get(token)
            if kind is None:
                raise ApiError("invalid_auth")
            if kind != method.token:
                raise ApiError("not_allowed_token_type")
            if method.scopes and self._api.scopes.isdisjoint(method.scopes):
                raise ApiError("missing_scope", needed=method.scopes[0], provided=self._scopes)
        if self.pace_per_channel_s is not None and name in _PACED:
            self._keep_pace(str(arguments.get("channel")))
        return method.handler(self._api, arguments)

    def _keep_pace(self, channel: str) -> None:
        now = self._api.workspace.clock()
        if self.pace_per_channel_s and now - self._last_post.get(channel, 0.0) < self.pace_per_channel_s:
            raise ApiError("ratelimited")
        self._last_post[channel] = now

    async def _before(self, request: web.BaseRequest, fault: Fault) -> tuple[int, Json, dict[str, str]] | None:
        """Do what a fault does before the call takes effect; None lets the call go on."""
        kind = fault.kind
        if kind == "ratelimited":
            return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(fault.retry_after_s)}
        if kind.startswith("error:"):
            return 200, {"ok": False, "error": kind.removeprefix("error:")}, {}
        if kind.startswith("http_"):
            return int(kind.removeprefix("http_")), {"ok": False, "error": "internal_error"}, {}
        if kind == "reset":
            _cut(request)
            raise ConnectionResetError
        if kind == "timeout":
            await self._stopping.wait()
            raise ConnectionResetError
        if kind == "slow":
            await asyncio.sleep(fault.delay_s)
        return None

    def _answer(
        self,
        method: str,
        arguments: Json,
        answer: Json,
        status: int,
        started: float,
        fault: Fault | None,
        headers: dict[str, str],
    ) -> web.Response:
        self._record(method, arguments, answer, status, started, fault)
        body = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return web.Response(body=body, status=status, headers=headers, content_type="application/json", charset="utf-8")

    def _record(
        self, method: str, arguments: Json, answer: Json, status: int, started: float, fault: Fault | None
    ) -> None:
        took_ms = (time.perf_counter() - started) * 1000
        at = self._api.workspace.clock()
        self.calls.append(Call(method, arguments, answer, status, at, took_ms, fault.kind if fault else None))
        self._on_call()


def _cut(request: web.BaseRequest) -> None:
    """Cut the connection as a broken network does, without an answer."""
    transport: Any = request.transport
    if transport is not None:
        transport.abort()

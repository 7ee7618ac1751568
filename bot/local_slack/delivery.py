"""Bring events, commands and interactions to the bot, as Slack does: signed, within 3 seconds, with retries.

Two ways lead there: HTTP requests to the bot's URL, or the Socket Mode connections that the bot opened. What Slack
promises is the same for both: an event that was not acknowledged comes again up to three times, a command or an
interaction comes once.

Source: docs.slack.dev/apis/events-api (retries, headers), docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

from bot.local_slack.faults import Faults
from bot.local_slack.limits import ACK_TIMEOUT_S, RETRY_DELAYS_S
from bot.local_slack.socket_mode import Answer, SocketHub
from bot.local_slack.state import Clock, Json

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(slots=True)
class Attempt:
    """One try to deliver one thing."""

    event_id: str
    """The event id; for commands and interactions their trigger id or callback."""
    kind: Kind
    event_type: str
    attempt: int
    """0 for the first delivery, then the number of the retry."""
    status: int | None
    """HTTP status; 200 for an acknowledged envelope; None when nothing was answered."""
    ack_ms: float
    """Milliseconds from sending to the answer (or to giving up)."""
    reason: str | None = None
    """Slack's word for what went wrong, which the next try carries: http_timeout, http_error, connection_failed."""

    @property
    def acknowledged(self) -> bool:
        """Say whether the bot took it."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(slots=True)
class Delivery:
    """One event, command or interaction on its way; awaited through `finished`."""

    kind: Kind
    event_id: str
    event_type: str
    attempts: list[Attempt] = field(default_factory=list)
    body: Any = None
    """What the bot answered with the acknowledgement (commands, view submissions)."""
    task: asyncio.Task[None] | None = None

    @property
    def acknowledged(self) -> bool:
        """Say whether any try was taken by the bot."""
        return any(attempt.acknowledged for attempt in self.attempts)

    async def finished(self) -> Delivery:
        """Wait until it was acknowledged or given up, all retries and redeliveries included."""
        if self.task is not None:
            await asyncio.shield(self.task)
        return self


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Compute the v0 signature over the raw body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Outbox:
    """Everything that goes to the bot.

    Args:
        signing_secret: Signs HTTP requests.
        faults: What shall go wrong on the way.
        sockets: The Socket Mode connections, used while no URL is set.
        clock: Seconds since the epoch, for the time stamp that is signed.
        retry_delays_s: Waits before the first, second and third retry.
        ack_timeout_s: How long the bot has to acknowledge.
        parallel: How many deliveries may be under way at once; others wait for their turn before their time starts.
        on_change: Called after each try.
    """

    def __init__(
        self,
        *,
        signing_secret: str,
        faults: Faults,
        sockets: SocketHub,
        clock: Clock = time.time,
        retry_delays_s: Sequence[float] = RETRY_DELAYS_S,
        ack_timeout_s: float = ACK_TIMEOUT_S,
        parallel: int = 100,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.url: str | None = None
        self.attempts: deque[Attempt] = deque()
        self._secret = signing_secret
        self._faults = faults
        self._sockets = sockets
        self._clock = clock
        self._retry_delays_s = tuple(retry_delays_s)
        self.ack_timeout_s = ack_timeout_s
        self._turns = asyncio.Semaphore(parallel)
        self._on_change = on_change
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._events = 0

    @property
    def pending(self) -> int:
        """Count what is still on its way, waiting retries included."""
        return len(self._tasks)

    async def stop(self) -> None:
        """Give up what is under way and close the connections."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    # -- what is sent ----------------------------------------------------------------------------------------------

    def send_event(self, payload: Json) -> Delivery:
        """Start the delivery of an event, with its retries, in the background."""
        delivery = Delivery("events_api", payload["event_id"], payload["event"]["type"])
        raw = json.dumps(payload, ensure_ascii=False).encode()

        async def once(number: int, reason: str | None) -> Answer:
            return await self._try(delivery, raw, "application/json", payload, number, reason)

        delivery.task = self._spawn(self._with_retries(delivery, once))
        return delivery

    async def send_now(self, kind: Kind, name: str, payload: Json) -> Delivery:
        """Deliver a command or an interaction once and return with the bot's answer; there are no retries."""
        delivery = Delivery(kind, str(payload.get("trigger_id", name)), name)
        if kind == "slash_commands":
            raw = urlencode(payload).encode()
        else:
            raw = urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()
        answer = await self._try(delivery, raw, "application/x-www-form-urlencoded", payload, 0, None)
        delivery.body = answer.body
        return delivery

    # -- tries -----------------------------------------------------------------------------------------------------

    async def _with_retries(self, delivery: Delivery, once: Callable[[int, str | None], Awaitable[Answer]]) -> None:
        self._events += 1
        faults, number = self._faults.deliveries, self._events
        lost = bool(faults.drop_first_every) and number % faults.drop_first_every == 0
        twice = bool(faults.duplicate_every) and number % faults.duplicate_every == 0
        again = bool(faults.redeliver_every) and number % faults.redeliver_every == 0
        wait_s = self._faults.delay_s()
        if wait_s:
            await asyncio.sleep(wait_s)
        reason: str | None = None
        for attempt in range(1 + len(self._retry_delays_s)):
            if attempt and self._retry_delays_s[attempt - 1]:
                await asyncio.sleep(self._retry_delays_s[attempt - 1])
            if lost and attempt == 0:
                answer = Answer(None, reason="http_timeout")
                self._record(delivery, 0, answer, 0.0)
            elif twice and attempt == 0:
                answer, _ = await asyncio.gather(once(0, None), once(0, None))
            else:
                answer = await once(attempt, reason)
            reason = answer.reason
            if answer.status is not None and 200 <= answer.status < 300:
                if not again or attempt == len(self._retry_delays_s):
                    return
                again, reason = False, "http_timeout"  # as if the acknowledgement had been lost
            elif answer.no_retry:
                return

    async def _try(
        self, delivery: Delivery, raw: bytes, content_type: str, payload: Json, number: int, reason: str | None
    ) -> Answer:
        async with self._turns:
            started = time.perf_counter()
            if self.url is not None:
                answer = await self._post(raw, content_type, number, reason)
            else:
                answer = await self._sockets.send(delivery.kind, payload, number, reason, timeout_s=self.ack_timeout_s)
            self._record(delivery, number, answer, (time.perf_counter() - started) * 1000)
        return answer

    def _record(self, delivery: Delivery, number: int, answer: Answer, ack_ms: float) -> None:
        attempt = Attempt(
            delivery.event_id, delivery.kind, delivery.event_type, number, answer.status, ack_ms, answer.reason
        )
        delivery.attempts.append(attempt)
        self.attempts.append(attempt)
        self._on_change()

    async def _post(self, raw: bytes, content_type: str, number: int, reason: str | None) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._secret, timestamp, raw),
        }
        if number:
            headers["X-Slack-Retry-Num"] = str(number)
            headers["X-Slack-Retry-Reason"] = reason or "unknown_error"
        assert self.url is not None
        try:
            async with (
                asyncio.timeout(self.ack_timeout_s),
                self._session.post(self.url, data=raw, headers=headers, allow_redirects=False) as response,
            ):
                body: Any = await response.text()
                if response.content_type == "application/json" and body:
                    body = json.loads(body)
                failed = None if 200 <= response.status < 300 else "http_error"
                return Answer(response.status, body, failed, response.headers.get("x-slack-no-retry") == "1")
        except TimeoutError:
            return Answer(None, reason="http_timeout")
        except aiohttp.ClientConnectorError:
            return Answer(None, reason="connection_failed")
        except (aiohttp.ClientError, ValueError):
            return Answer(None, reason="unknown_error")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._on_change()

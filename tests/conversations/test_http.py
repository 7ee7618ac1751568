"""Slack over HTTP: who may come in, and what happens to everybody else."""

from __future__ import annotations

import io
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.kb.lookup import Lookup
from bot.local_slack import sign
from bot.slack.web import MAX_BODY
from tests.support.town import Town, open_town


@pytest.fixture
async def town(tmp_path: Path, lookup: Lookup) -> AsyncIterator[Town]:
    """A bot that is reached by HTTP."""
    async with open_town("http", tmp_path, lookup) as town:
        yield town


async def post(town: Town, raw: bytes, **headers: str) -> tuple[int, str]:
    """Send a request as Slack does; headers may be replaced, or left out with an empty value."""
    timestamp = headers.pop("timestamp", str(int(time.time())))
    secret = headers.pop("secret", town.slack.signing_secret)
    sent = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(secret, timestamp, raw),
        **headers,
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"http://127.0.0.1:{town.bot.port}/slack/events",
            data=io.BytesIO(raw),
            headers={name: value for name, value in sent.items() if value},
        ) as response,
    ):
        return response.status, await response.text()


def event(text: str = "x") -> bytes:
    """Return some event."""
    inner = {"type": "message", "channel": "C0HELPDESK", "user": "U0ALICE001", "ts": "1.000001", "text": text}
    return json.dumps({"type": "event_callback", "team_id": "T0MAILPORT", "event": inner}).encode()


async def test_a_signed_request_is_taken(town: Town) -> None:
    """The ordinary case."""
    assert (await post(town, event()))[0] == 200


@pytest.mark.parametrize("age_s", [299, -299])
async def test_five_minutes_are_allowed(town: Town, age_s: int) -> None:
    """Clocks differ; within five minutes a request is good."""
    assert (await post(town, event(), timestamp=str(int(time.time()) - age_s)))[0] == 200


@pytest.mark.parametrize("age_s", [302, -302, 1_000_000])
async def test_an_old_request_is_refused(town: Town, age_s: int) -> None:
    """A request that somebody recorded cannot be used again."""
    assert (await post(town, event(), timestamp=str(int(time.time()) - age_s)))[0] == 401


@pytest.mark.parametrize("timestamp", ["abc", "1e5", "１２３", "-1", "12345678901234567890"])
async def test_a_time_stamp_that_is_no_number_is_refused(town: Town, timestamp: str) -> None:
    """It is refused like any bad signature, not answered with an error of ours."""
    refused = await post(town, event(), **{"X-Slack-Request-Timestamp": timestamp.encode().decode("latin-1")})

    assert refused[0] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Signature": "v0=0000"},
        {"secret": "somebody-elses"},
    ],
    ids=["no signature", "no time stamp", "wrong signature", "another secret"],
)
async def test_unsigned_requests_are_refused(town: Town, headers: dict[str, str]) -> None:
    """Only Slack may tell the bot anything."""
    assert (await post(town, event(), **headers))[0] == 401


async def test_a_changed_body_is_refused(town: Town) -> None:
    """The signature is over every byte."""
    timestamp = str(int(time.time()))
    signature = sign(town.slack.signing_secret, timestamp, event())

    assert (await post(town, event("y"), timestamp=timestamp, **{"X-Slack-Signature": signature}))[0] == 401


async def test_what_is_refused_is_not_logged(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither its text nor its signature is in any log."""
    await post(town, event("secret words of a user"), secret="wrong")
    seen = capfd.readouterr()

    assert "secret words" not in seen.out + seen.err
    assert "v0=" not in seen.out + seen.err


async def test_slacks_check_of_the_address_is_answered(town: Town) -> None:
    """url_verification gets its challenge back, ssl_check a plain yes, both only when signed."""
    challenge = json.dumps({"type": "url_verification", "challenge": "c-1"}).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    assert "c-1" in (await post(town, challenge))[1]
    assert (await post(town, urlencode({"ssl_check": "1", "token": "t"}).encode(), **form))[0] == 200
    assert (await post(town, urlencode({"ssl_check": "1", "token": "t"}).encode(), secret="wrong", **form))[0] == 401


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff\xfe", b"payload=%7B", b"", b"payload=[1]"], ids=repr)
async def test_a_signed_body_that_is_nothing_is_refused_plainly(town: Town, raw: bytes) -> None:
    """Nonsense is a bad request or nothing, never an error of ours."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    assert (await post(town, raw, **form))[0] in {400, 401, 404}


async def test_a_huge_body_is_refused(town: Town) -> None:
    """Nobody can fill the memory."""
    assert (await post(town, b"x" * (MAX_BODY + 1)))[0] == 413


async def test_health_and_nothing_else(town: Town) -> None:
    """`/healthz` answers, every other path is unknown."""
    base = f"http://127.0.0.1:{town.bot.port}"
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{base}/healthz") as response:
            details: dict[str, Any] = await response.json()
            assert (response.status, details) == (200, {"status": "ok", "mode": "http"})
        async with session.get(f"{base}/slack/events") as response:
            assert response.status == 405
        async with session.get(f"{base}/") as response:
            assert response.status == 404

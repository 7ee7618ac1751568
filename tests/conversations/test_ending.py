"""The program ends: what was taken is finished, what was promised is kept, and it is quick."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from bot.local_slack import Fault, LocalSlack
from bot.slack.scopes import EVENTS, OPTIONAL, REQUIRED
from tests.support.town import RETRY_DELAYS_S

ROOT = Path(__file__).parents[2]


def make_slack() -> LocalSlack:
    """Make a Slack that asks for the scopes of the manifest."""
    return LocalSlack(scopes=(*REQUIRED, *OPTIONAL), subscriptions=tuple(EVENTS), retry_delays_s=RETRY_DELAYS_S)


async def serve(slack: LocalSlack, folder: Path, **more: str) -> Process:
    """Run `mailports serve` against *slack*."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "MAILPORTS_"))}
    environment = {
        **inherited,
        "LANG": "en_US.UTF-8",
        "LC_ALL": "",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "MAILPORTS_SLACK_API_URL": slack.api_url,
        "MAILPORTS_DATABASE_URL": f"sqlite:///{folder / 'serve.sqlite3'}",
        "MAILPORTS_PORT": "0",
        **more,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env=environment, stdout=PIPE, stderr=PIPE, cwd=ROOT
    )


async def connected(slack: LocalSlack, process: Process) -> None:
    """Wait until the bot is connected."""
    del process
    await slack.wait_for(lambda: slack.sockets.connected, timeout_s=20)


async def ended(process: Process, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, float]:
    """End a process; return its status, what it logged, and the seconds it took."""
    began = time.monotonic()
    process.send_signal(number)
    _, errors = await asyncio.wait_for(process.communicate(), timeout=20)
    return process.returncode or 0, errors.decode(), time.monotonic() - began


async def test_sigterm_ends_it_cleanly_and_quickly(tmp_path: Path) -> None:
    """Idle, it ends at once with status 0 and without a stack trace."""
    async with make_slack() as slack:
        process = await serve(slack, tmp_path)
        await connected(slack, process)
        asked = await slack.say("alice", "helpdesk", f"<@{slack.bot.id}> port 993?")
        await slack.wait_for_reply("helpdesk", asked.ts)
        status, log, seconds = await ended(process)

    assert status == 0
    assert "Traceback" not in log
    assert "port 993" not in log
    assert seconds < 5


async def test_a_question_in_hand_at_sigterm_is_answered_once(tmp_path: Path) -> None:
    """Taken but slow: the old process or the next one answers it, and only one of them."""
    async with make_slack() as slack:
        slow = slack.faults.add(Fault("chat.postMessage", "slow", delay_s=1.0, times=1))
        process = await serve(slack, tmp_path)
        await connected(slack, process)
        asked = await slack.say("alice", "helpdesk", f"<@{slack.bot.id}> port 993?")
        await slack.wait_for(lambda: slack.calls_to("chat.postMessage") or slow.hits, timeout_s=5)
        status, log, seconds = await ended(process)
        second = await serve(slack, tmp_path)
        await slack.wait_for_reply("helpdesk", asked.ts, timeout_s=30)
        await slack.all_delivered()
        await ended(second)
        answers = slack.replies("helpdesk", asked.ts)

    assert status == 0
    assert "Traceback" not in log
    assert seconds < 11
    assert len(answers) == 1


async def test_killed_after_posting_it_does_not_answer_again(tmp_path: Path) -> None:
    """A crash between posting and writing it down: the message is found, not repeated."""
    async with make_slack() as slack:
        process = await serve(slack, tmp_path)
        await connected(slack, process)
        # The post takes effect, its answer never comes, and then the process dies.
        slack.faults.add(Fault("chat.postMessage", "applied_then_lost", times=1))
        asked = await slack.say("alice", "helpdesk", f"<@{slack.bot.id}> port 993?")
        await slack.wait_for_reply("helpdesk", asked.ts)
        await ended(process, signal.SIGKILL)
        second = await serve(slack, tmp_path)
        await connected(slack, second)
        await slack.all_delivered(timeout_s=60)
        await ended(second)

        assert len(slack.replies("helpdesk", asked.ts)) == 1


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_SIGNING_SECRET"),
        ({"MAILPORTS_DATABASE_URL": "sqlite:////no/such/folder/x.sqlite3"}, "MAILPORTS_DATABASE_URL"),
    ],
)
async def test_what_keeps_it_from_starting_is_named(tmp_path: Path, variables: dict[str, str], named: str) -> None:
    """One look at the message tells which variable, and no secret is in it."""
    async with make_slack() as slack:
        process = await serve(slack, tmp_path, **variables)
        _, errors = await asyncio.wait_for(process.communicate(), timeout=20)

    said = errors.decode()
    assert process.returncode == 2
    assert named in said
    assert "Traceback" not in said
    assert not any(value in said for value in variables.values() if value.startswith("x"))

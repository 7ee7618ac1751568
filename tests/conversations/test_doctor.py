"""`mailports doctor` says what is wrong and how to mend it; `mailports demo` runs without any Slack."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import aiohttp

from bot.local_slack import LocalSlack
from bot.slack.scopes import OPTIONAL, REQUIRED

ROOT = Path(__file__).parents[2]


def environment(**variables: str) -> dict[str, str]:
    """Return this process's environment without what belongs to Slack or to us, and with *variables*."""
    dropped = ("SLACK_", "MAILPORTS_", "LC_", "LANG", "BROWSER", "DISPLAY")
    return {**{name: value for name, value in os.environ.items() if not name.startswith(dropped)}, **variables}


def left_in(folder: Path) -> list[str]:
    """Name what is in a folder."""
    return [path.name for path in folder.iterdir()]


async def doctor(slack: LocalSlack, folder: Path, **more: str) -> tuple[int, str]:
    """Run the doctor against *slack*; return its status and what it printed."""
    variables = {
        "LANG": "en_US.UTF-8",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "MAILPORTS_SLACK_API_URL": slack.api_url,
        "MAILPORTS_DATABASE_URL": f"sqlite:///{folder / 'doctor.sqlite3'}",
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "doctor", env=environment(**variables), stdout=PIPE, stderr=PIPE, cwd=ROOT
    )
    said, errors = await asyncio.wait_for(process.communicate(), timeout=30)
    assert b"Traceback" not in errors
    return process.returncode or 0, said.decode()


async def test_all_is_well(tmp_path: Path) -> None:
    """Every check is named, none complains, the status is 0."""
    async with LocalSlack(scopes=(*REQUIRED, *OPTIONAL)) as slack:
        status, said = await doctor(slack, tmp_path)

    assert status == 0
    assert said.count("[ok]") == 6
    assert "[problem]" not in said


async def test_a_refused_token_names_its_variable_and_where_to_find_it(tmp_path: Path) -> None:
    """Slack's own word is there, and the way to the right token; the token itself is not."""
    async with LocalSlack(scopes=REQUIRED) as slack:
        status, said = await doctor(slack, tmp_path, SLACK_BOT_TOKEN="xoxb-wrong-one")

    assert status == 1
    assert "SLACK_BOT_TOKEN" in said
    assert "invalid_auth" in said
    assert "OAuth & Permissions" in said
    assert "wrong-one" not in said


async def test_missing_scopes_are_problems_and_declined_ones_are_not(tmp_path: Path) -> None:
    """What the bot cannot do without is a problem; what it can is a note."""
    async with LocalSlack(scopes=[scope for scope in REQUIRED if scope != "im:history"]) as slack:
        status, said = await doctor(slack, tmp_path)

    assert status == 1
    problem = next(line for line in said.splitlines() if line.startswith("[problem]"))
    note = next(line for line in said.splitlines() if line.startswith("[note]"))
    assert "im:history" in problem
    assert "channels:history" in note


async def test_it_speaks_japanese(tmp_path: Path) -> None:
    """With a Japanese locale every line is Japanese."""
    async with LocalSlack(scopes=(*REQUIRED, *OPTIONAL)) as slack:
        status, said = await doctor(slack, tmp_path, LANG="ja_JP.UTF-8", PYTHONUTF8="1")

    assert status == 0
    assert said.count("[正常]") == 6


async def test_a_probe_that_is_switched_off_is_a_note(tmp_path: Path) -> None:
    """Nothing is wrong, but who wonders why nothing is probed finds the reason."""
    async with LocalSlack(scopes=(*REQUIRED, *OPTIONAL)) as slack:
        status, said = await doctor(slack, tmp_path, MAILPORTS_PROBE="off")

    assert status == 0
    assert any("MAILPORTS_PROBE=off" in line for line in said.splitlines() if line.startswith("[note]"))


async def test_a_slack_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Nothing listens: the host and what to look at are named."""
    async with LocalSlack() as slack:
        address = slack.api_url
    status, said = await doctor(slack, tmp_path, MAILPORTS_SLACK_API_URL=address)

    assert status == 1
    assert "127.0.0.1" in said


async def test_the_demo_opens_a_slack_with_the_bot_in_it(tmp_path: Path) -> None:
    """It prints its address, the page is there with the bot online, and Ctrl-C ends it cleanly."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0"),
        env=environment(LANG="en_US.UTF-8", TMPDIR=str(tmp_path)),
        stdout=PIPE,
        stderr=PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), timeout=30)).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found is not None, line
        async with aiohttp.ClientSession() as session:
            async with session.get(found[0]) as response:
                assert response.status == 200
            async with session.get(f"{found[0]}/ui/state?user=U0TANAKA01") as response:
                state = await response.json()
    finally:
        process.send_signal(signal.SIGINT)
        said, errors = await asyncio.wait_for(process.communicate(), timeout=15)

    assert state["bot"]["online"] is True
    assert [command["command"] for command in state["commands"]] == ["/mailports"]
    assert process.returncode == 0
    assert "Ended." in said.decode()
    assert b"Traceback" not in errors
    assert left_in(tmp_path) == []

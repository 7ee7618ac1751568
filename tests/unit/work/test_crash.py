"""kill -9 at the worst moments: the question is answered exactly once all the same."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from bot.work import open_work
from tests.unit.work.crash_child import KEY, MOMENTS, PATIENCE, FileSlack, compose


async def messages_after_a_crash(database_url: str, slack_file: Path, moment: str) -> list[str]:
    """Let a bot die at *moment*, start another, let Slack deliver again where it would, and return the messages."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.unit.work.crash_child", database_url, str(slack_file), moment
    )
    assert await asyncio.wait_for(child.wait(), 30.0) == -signal.SIGKILL
    slack = FileSlack(slack_file)
    acknowledged = moment != "after_the_post"
    assert len(slack.messages()) == (moment != "after_the_promise")
    work = await open_work(
        database_url, poster=slack, budget_s=0.4, lease_s=1.0, sweep_s=0.2, late_s=0.2, patience=PATIENCE
    )
    async with asyncio.timeout(30.0):
        while not acknowledged:  # Slack's redelivery.
            acknowledged = (await work.delivery.answer(KEY, compose=compose)).acknowledge
        while (row := await work.ledger.find(KEY)) is None or row.state != "done":  # noqa: ASYNC110 (it is in a file)
            await asyncio.sleep(0.02)
    assert (await work.delivery.answer(KEY, compose=compose)).name == "duplicate"
    await work.close()
    assert row.posted is not None
    return slack.messages()


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_and_started_again(database_url: str, tmp_path: Path, moment: str) -> None:
    """Whether the bot dies between posting and recording, or after promising, the asker sees one answer."""
    assert await messages_after_a_crash(database_url, tmp_path / "slack.txt", moment) == [KEY.encode()]

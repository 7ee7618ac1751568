"""Probes in Slack: begun and stopped by buttons, interrupted by the end of the program, switched off."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot.local_slack import Fault, Message
from bot.slack.action_ids import SHARE
from tests.support.probe_town import HOST, ProbeTown, has_button, open_probe_town
from tests.support.town import Mode

# -- buttons ------------------------------------------------------------------------------------------------------------


async def test_the_button_under_an_answer_checks_its_servers_below_it(here: ProbeTown) -> None:
    """The settings stay as they are; the report comes below them, once however often it is pressed."""
    answer = await here.town.ask("まちメールのIMAP設定を教えて")
    thread = answer.thread_ts
    assert thread is not None
    assert has_button(answer, "probe_check")
    before = answer.text
    here.gate.opened.clear()
    for _ in range(2):
        await here.town.slack.press("tanaka", answer, "probe_check")
    assert "確認しているところ" in here.town.last_private("tanaka").text
    here.gate.opened.set()
    report = (await here.town.slack.wait_for(lambda: here.town.answers("helpdesk", thread)[1:]))[0]
    await here.finished(report)

    assert answer.text == before
    assert len(here.town.answers("helpdesk", thread)) == 2
    assert "まちメールの案内にある設定" in report.text


async def test_two_presses_at_once_start_one_probe(here: ProbeTown) -> None:
    """A double click is one wish."""
    answer = await here.town.ask("まちメールのIMAP設定を教えて")
    thread = answer.thread_ts
    assert thread is not None
    await asyncio.gather(*(here.town.slack.press("tanaka", answer, "probe_check") for _ in range(2)))
    report = (await here.town.slack.wait_for(lambda: here.town.answers("helpdesk", thread)[1:]))[0]
    await here.finished(report)
    assert len(here.town.answers("helpdesk", thread)) == 2


async def test_the_button_under_a_private_answer_reports_in_its_place(here: ProbeTown) -> None:
    """One private message: first the settings, then the report."""
    await here.town.slack.slash("alice", "general", "/mailports", "machi mail imap settings")
    shown = here.town.last_private("alice")
    assert has_button(shown, SHARE)
    await here.town.slack.press("alice", shown, "probe_check")
    await here.town.slack.wait_for(lambda: "documents" in here.town.last_private("alice").text, timeout_s=10)

    assert len(here.town.slack.ephemerals("alice")) == 1
    assert [m for m in here.town.slack.messages("general") if m.user == here.town.slack.bot.id] == []


async def test_answers_without_a_concrete_host_have_no_such_button(here: ProbeTown) -> None:
    """Where the server's name is personal, or nothing but ports was asked, there is nothing to check."""
    for question in ("エックスサーバーのIMAP設定を教えて", "IMAPのポートは？"):
        assert not has_button(await here.town.ask(question), "probe_check")


@pytest.mark.parametrize("who", ["tanaka", "sato"])
async def test_only_the_asker_can_stop(here: ProbeTown, who: str) -> None:
    """What was seen is kept, every connection is closed; somebody else is told that it is not theirs to stop."""
    here.gate.opened.clear()
    message = await here.town.ask(f"{HOST} につながるか確認して")
    await here.gate.until_inside(3)
    await here.town.slack.press(who, message, "probe_stop")
    if who == "tanaka":
        await here.finished(message)
        assert "途中で止めました" in message.text
        assert here.records() == [("U0TANAKA01", HOST, "allowed", "stopped")]
    else:
        assert "始めた人だけ" in here.town.last_private("sato").text
        assert has_button(message, "probe_stop")
    here.gate.opened.set()
    await here.finished(message)
    await here.gate.until_inside(0)


async def test_a_stop_that_comes_too_late_says_so(here: ProbeTown) -> None:
    """A button of a card that somebody still has on the screen."""
    here.gate.opened.clear()
    message = await here.town.ask(f"{HOST} につながるか確認して")
    old = Message(
        **{name: getattr(message, name) for name in ("ts", "channel", "user", "text", "bot", "thread_ts", "blocks")}
    )
    here.gate.opened.set()
    await here.finished(message)
    await here.town.slack.press("tanaka", old, "probe_stop")

    assert "もう終わっています" in here.town.last_private("tanaka").text


# -- the end of the program, and the switch -------------------------------------------------------------------------------


@pytest.mark.parametrize("private", [True, False])
async def test_at_the_end_of_the_program_a_running_probe_says_so(here: ProbeTown, private: bool) -> None:
    """The message does not stay at "checking": it says that it was interrupted, and the end is not held up by it."""
    here.gate.opened.clear()
    if private:
        await here.town.slack.slash("tanaka", "helpdesk", "/mailports", f"probe {HOST}")
        message = here.town.last_private("tanaka")
    else:
        message = await here.town.ask(f"{HOST} につながるか確認して")
    await here.gate.until_inside(3)
    began = time.monotonic()
    await here.town.bot.stop()

    assert time.monotonic() - began < 5
    assert "再起動" in message.text
    assert not has_button(message, "probe_stop")
    assert here.records() == [("U0TANAKA01", HOST, "allowed", "stopped")]
    left = [str(task.get_coro()) for task in asyncio.all_tasks()]
    assert not [name for name in left if "Prob" in name and "FaultServer" not in name]


async def test_switched_off_nothing_connects_and_everybody_is_told(mode: Mode, tmp_path: Path) -> None:
    """MAILPORTS_PROBE=off: no button, no line in the help, a sentence for who asks."""
    async with open_probe_town(mode, tmp_path, variables={"MAILPORTS_PROBE": "off"}) as here:
        await here.town.slack.slash("tanaka", "helpdesk", "/mailports", f"probe {HOST}")
        assert "管理者の設定" in here.town.last_private("tanaka").text
        await here.town.slack.slash("tanaka", "helpdesk", "/mailports", "help")
        assert "probe" not in here.town.last_private("tanaka").text
        assert "管理者の設定" in (await here.town.ask(f"{HOST} につながるか確認して")).text
        assert not has_button(await here.town.ask("まちメールのIMAP設定を教えて"), "probe_check")
        assert here.connections == 0


async def test_a_slow_slack_gets_the_report_in_the_end(here: ProbeTown) -> None:
    """Where updates are refused for a while, the report is owed and comes."""
    here.gate.opened.clear()
    message = await here.town.ask(f"{HOST} につながるか確認して")
    here.town.slack.faults.add(Fault("chat.update", "ratelimited", retry_after_s=1, times=3))
    here.gate.opened.set()
    await here.finished(message)

    assert "おすすめの設定" in message.text


async def test_help_names_the_command(here: ProbeTown) -> None:
    """People find it where they look."""
    await here.town.slack.slash("tanaka", "helpdesk", "/mailports", "help")
    assert "/mailports probe" in here.town.last_private("tanaka").text

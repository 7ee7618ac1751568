"""Probes in Slack, by command and by mention: shown while they run, refused, too often, twice, forgotten, taken back."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.local_slack import Fault, Message
from tests.support.fault_server import Talk, imap, imaps
from tests.support.probe_town import HOST, ProbeTown, has_button, open_probe_town
from tests.support.town import Mode


async def command(here: ProbeTown, text: str = HOST, user: str = "tanaka", channel: str = "helpdesk") -> Message:
    """Use `/mailports probe` and wait for the report."""
    deed = await here.town.slack.slash(user, channel, "/mailports", f"probe {text}")
    assert deed.status == 200
    return await here.finished(here.town.last_private(user))


# -- command ------------------------------------------------------------------------------------------------------------


async def test_the_command_shows_the_report_to_its_asker_alone(here: ProbeTown) -> None:
    """Settings first, every port, agreement with the manual, and a record; the response URL is used four times at most."""
    report = await command(here)
    slack = here.town.slack

    assert report.text.splitlines()[0].startswith(HOST)
    assert all(str(server.port) in report.text for server in here.servers)
    assert "おすすめの設定" in report.text
    assert "まちメールの案内にある設定" in report.text
    assert [message for message in slack.messages("helpdesk") if message.user == slack.bot.id] == []
    assert len(slack.ephemerals("tanaka")) == 1
    assert len(slack.response_uses) <= 4
    assert here.records() == [("U0TANAKA01", HOST, "allowed", "")]


async def test_the_first_message_is_there_within_a_second_and_fills_as_ports_answer(here: ProbeTown) -> None:
    """While the servers are slow the asker sees that it began, and can stop it; the event loop is free meanwhile."""
    here.gate.opened.clear()
    began = time.monotonic()
    deed = await here.town.slack.slash("alice", "random", "/mailports", f"probe {HOST}")
    first = here.town.last_private("alice")
    assert time.monotonic() - began < 1.0
    assert deed.status == 200
    assert HOST in first.text
    assert has_button(first, "probe_stop")
    other = await here.town.ask("port 993?", user="alice")
    assert "993" in other.text
    here.gate.opened.set()
    assert "Recommended settings" in (await here.finished(first)).text


async def test_partial_results_are_shown_while_one_port_is_silent(mode: Mode, tmp_path: Path) -> None:
    """What is known stands there with the number of ports that are open, long before the deadline."""

    async def silent(talk: Talk) -> None:
        await talk.wait_for_the_end()

    async with open_probe_town(mode, tmp_path, scripts=(imaps, imap, silent)) as here:
        await here.town.slack.slash("tanaka", "helpdesk", "/mailports", f"probe {HOST}")
        message = here.town.last_private("tanaka")
        await here.town.slack.wait_for(lambda: "残り1個" in message.text, timeout_s=5)
        assert "これまでに使えるとわかった設定" in message.text
        assert has_button(message, "probe_stop")
        report = await here.finished(message)
        assert "残り" not in report.text.split("\n\n")[1]
        assert str(here.servers[2].port) in report.text


async def test_ports_can_be_named(here: ProbeTown) -> None:
    """One port of one's own, as on the command line."""
    port = here.servers[1].port
    report = await command(here, f"{HOST} {port}=imap/starttls")

    assert str(port) in report.text
    assert str(here.servers[0].port) not in report.text.split("調べたポート")[1].split("まちメール")[0]


async def test_the_report_can_be_shown_to_everyone_without_probing_again(here: ProbeTown) -> None:
    """One press: the channel sees it, in the presser's language; the private copy goes; no server is bothered again."""
    report = await command(here, channel="random")
    connections = here.connections
    await here.town.slack.press("tanaka", report, "probe_share")
    shared = [m for m in here.town.slack.messages("random") if m.user == here.town.slack.bot.id]

    assert len(shared) == 1
    assert HOST in shared[0].text
    assert "<@U0TANAKA01>" in str(shared[0].blocks)
    assert here.town.slack.ephemerals("tanaka") == []
    assert here.connections == connections


@pytest.mark.parametrize(
    "typed", ["", "mail", "http://mail.fault.test/", "taro@fault.test", "mail.fault.test 22", "mail.fault.test x=y"]
)
async def test_what_is_no_host_is_explained(here: ProbeTown, typed: str) -> None:
    """Nothing is looked at; one sentence says what to type."""
    deed = await here.town.slack.slash("tanaka", "helpdesk", "/mailports", f"probe {typed}")

    assert deed.status == 200
    assert here.town.last_private("tanaka").text
    assert not has_button(here.town.last_private("tanaka"), "probe_stop")
    assert here.connections == 0
    assert here.records() == []


@pytest.mark.parametrize("host", ["10.0.0.1", "127.0.0.2", "[::ffff:127.0.0.2]", "169.254.169.254"])
async def test_a_target_inside_the_network_is_refused(here: ProbeTown, host: str) -> None:
    """The card says why, and the record that it was refused."""
    report = await command(here, host)

    assert "MAILPORTS_PROBE_ALLOW" in report.text
    assert not has_button(report, "probe_share")
    [(_, _, outcome, reason)] = here.records()
    assert (outcome, reason) == ("refused", "refused_not_public")


async def test_an_unknown_name_is_told(here: ProbeTown) -> None:
    """The DNS knows nothing of it."""
    assert "見つかりません" in (await command(here, "nowhere.fault.test")).text


async def test_the_seventh_in_ten_minutes_is_refused(here: ProbeTown) -> None:
    """With the number and how long to wait; somebody else may still ask, and what is remembered costs nothing."""
    for number in range(6):
        await command(here, f"mail.n{number}.test")
    assert "6回" in (await command(here, "mail.n9.test")).text
    assert "6回" not in (await command(here, "mail.n0.test")).text
    assert "6回" not in (await command(here, "mail.n9.test", user="sato")).text
    assert [record for record in here.records() if record[3]] == [
        ("U0TANAKA01", "mail.n9.test", "refused", "quota_user")
    ]


async def test_the_same_host_again_is_answered_from_memory_and_says_so(here: ProbeTown) -> None:
    """Within a minute no server is asked twice."""
    await command(here)
    connections = here.connections
    report = await command(here, user="alice")

    assert here.connections == connections
    assert "This was seen" in report.text
    assert [record[2] for record in here.records()] == ["allowed", "remembered"]


async def test_guests_and_strangers_start_none(here: ProbeTown) -> None:
    """They are told why, by command and by mention; nothing is looked at. The known settings are not kept from them."""
    deed = await here.town.slack.slash("guest", "helpdesk", "/mailports", f"probe {HOST}")
    assert deed.status == 200
    assert "members" in here.town.last_private("guest").text
    asked = await here.town.ask(f"please test if {HOST} is up", user="guest")
    assert "members" in asked.text
    assert not has_button(asked, "probe_stop")
    assert here.connections == 0


async def test_who_cannot_be_looked_up_starts_none(here: ProbeTown) -> None:
    """Where Slack does not tell who somebody is, that is no yes."""
    here.town.slack.faults.add(Fault("users.info", "http_500", times=50))
    await here.town.slack.slash("alice", "helpdesk", "/mailports", f"probe {HOST}")
    assert "cannot tell right now" in here.town.last_private("alice").text
    assert here.connections == 0


async def test_forget_me_deletes_the_records(here: ProbeTown) -> None:
    """Who had what probed is forgotten with everything else."""
    await command(here)
    assert here.records()
    await here.town.slack.slash("tanaka", "helpdesk", "/mailports", "forget me")
    assert here.records() == []


async def test_forget_me_stops_what_runs_first(here: ProbeTown) -> None:
    """Nothing about somebody is written down after they wanted to be forgotten."""
    here.gate.opened.clear()
    message = await here.town.ask(f"{HOST} につながるか確認して")
    await here.gate.until_inside(3)
    await here.town.slack.slash("tanaka", "helpdesk", "/mailports", "forget me")
    await here.finished(message)
    with closing(sqlite3.connect(here.folder / "town.sqlite3")) as connection:
        kept = connection.execute(
            "SELECT count(*) FROM questions WHERE asker IS NOT NULL OR text IS NOT NULL"
        ).fetchone()

    assert "途中で止めました" in message.text
    assert kept == (0,)
    assert here.records() == []


async def test_a_question_that_is_taken_back_ends_its_probe(here: ProbeTown) -> None:
    """Its message goes, no report comes, and its text is not written down again."""
    here.gate.opened.clear()
    slack = here.town.slack
    asked = await slack.say("tanaka", "helpdesk", f"{here.town.me} {HOST} につながるか確認して")
    await slack.wait_for_reply("helpdesk", asked.ts)
    await here.gate.until_inside(3)
    assert asked.message is not None
    await slack.delete("tanaka", "helpdesk", asked.ts)
    await slack.wait_for(lambda: here.town.answers("helpdesk", asked.ts) == [])
    here.gate.opened.set()
    await here.gate.until_inside(0)
    await here.town.bot.stop()

    assert here.town.answers("helpdesk", asked.ts) == []
    assert [call.error for call in slack.calls if call.error] == []
    assert here.records() == [("U0TANAKA01", HOST, "allowed", "stopped")]


# -- mention and direct message ------------------------------------------------------------------------------------------


async def test_a_question_that_is_asked_anew_keeps_its_new_answer(here: ProbeTown) -> None:
    """An edit ends the probe: its report does not replace the answer to the new words."""
    here.gate.opened.clear()
    slack = here.town.slack
    asked = await slack.say("tanaka", "helpdesk", f"{here.town.me} {HOST} につながるか確認して")
    await slack.wait_for_reply("helpdesk", asked.ts)
    await here.gate.until_inside(3)
    await slack.edit("tanaka", "helpdesk", asked.ts, f"{here.town.me} GmailのIMAP設定を教えて")
    answer = here.town.answers("helpdesk", asked.ts)[0]
    await slack.wait_for(lambda: "Gmail" in answer.text)
    here.gate.opened.set()
    await here.gate.until_inside(0)
    await here.town.bot.stop()
    assert "Gmail" in answer.text
    assert HOST not in answer.text


async def test_a_mention_is_answered_in_its_thread_and_filled_in_place(here: ProbeTown) -> None:
    """One message: posted at once, updated, and at the end the whole report."""
    here.gate.opened.clear()
    message = await here.town.ask(f"{HOST} につながるか確認して")
    thread = message.thread_ts
    assert thread is not None
    assert has_button(message, "probe_stop")
    here.gate.opened.set()
    await here.finished(message)

    assert [each.ts for each in here.town.answers("helpdesk", thread)] == [message.ts]
    assert "おすすめの設定" in message.text
    assert "役に立った" in str(message.blocks)
    assert here.records() == [("U0TANAKA01", HOST, "allowed", "")]


async def test_a_provider_is_probed_at_its_documented_ports(here: ProbeTown) -> None:
    """Naming a provider is enough; its name stands in the title, and only its own ports are looked at."""
    message = await here.finished(await here.town.ask("can you test the machi mail server?", user="alice"))

    assert message.text.splitlines()[0].startswith("Machi Mail")
    assert len(here.servers[1].talks) == 0
    assert "This agrees with what Machi Mail documents" in message.text


async def test_a_direct_message_is_answered_there(here: ProbeTown) -> None:
    """In direct messages, no mention is needed."""
    slack = here.town.slack
    asked = await slack.say("tanaka", slack.dm("tanaka"), f"{HOST} につながるか確認して")
    message = await here.finished(await slack.wait_for_reply(slack.dm("tanaka"), asked.ts))

    assert "おすすめの設定" in message.text


async def test_a_redelivered_question_is_probed_once(here: ProbeTown) -> None:
    """Slack repeats what it believes lost: one message, one probe."""
    slack = here.town.slack
    slack.faults.add(Fault("chat.postMessage", "applied_then_lost", times=1))
    message = await here.town.ask(f"{HOST} につながるか確認して")
    assert message.thread_ts is not None
    await slack.all_delivered(timeout_s=30)
    await here.finished(message)

    assert len(here.town.answers("helpdesk", message.thread_ts)) == 1
    assert len(here.records()) == 1


async def test_the_same_command_delivered_twice_is_probed_once(here: ProbeTown) -> None:
    """A second delivery with the same trigger finds the question answered."""
    deed = await here.town.slack.slash("tanaka", "helpdesk", "/mailports", f"probe {HOST}")
    await here.finished(here.town.last_private("tanaka"))
    again = {
        "command": "/mailports",
        "text": f"probe {HOST}",
        "team_id": here.town.slack.workspace.team_id,
        "user_id": "U0TANAKA01",
        "channel_id": "C0HELPDESK",
        "response_url": deed.response_url,
        "trigger_id": deed.trigger_id,
    }
    delivery = await here.town.slack.outbox.send_now("slash_commands", "/mailports", again)
    assert delivery.acknowledged

    assert len(here.town.slack.ephemerals("tanaka")) == 1
    assert len(here.records()) == 1

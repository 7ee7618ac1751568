"""Somebody mentions the bot: one answer, in the thread, whatever Slack does on the way."""

from __future__ import annotations

from pathlib import Path

from bot.local_slack import DeliveryFaults
from tests.support.town import Town


def bytes_in(folder: Path) -> bytes:
    """Return everything that the files of a folder hold."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_a_mention_is_answered_once_in_its_thread(town: Town) -> None:
    """A question with a mention gets one card in the thread, in its own language, complete as plain text."""
    answer = await town.ask("エックスサーバーをThunderbirdで使いたい。ポート番号は？")
    await town.settle()

    assert answer.thread_ts is not None
    assert len(town.answers("helpdesk", answer.thread_ts)) == 1
    for value in ("993", "995", "465", "xserver.jp"):
        assert value in answer.text
    assert any(block["type"] == "table" for block in answer.blocks or [])
    assert answer.metadata is not None
    assert answer.metadata["event_payload"]["question"].endswith(answer.thread_ts)


async def test_an_english_question_gets_an_english_answer(town: Town) -> None:
    """The language of the message decides, not the locale of the asker's Slack."""
    answer = await town.ask("Which outgoing port does Gmail use?", user="tanaka")

    assert "smtp.gmail.com" in answer.text
    assert answer.text.splitlines()[0].isascii()


async def test_a_follow_up_needs_no_mention_and_keeps_the_provider(town: Town) -> None:
    """In a thread that was answered, the asker simply writes on."""
    first = await town.ask("エックスサーバーをThunderbirdで使いたい。ポート番号は？")
    thread = first.thread_ts
    assert thread is not None
    await town.slack.say("tanaka", "helpdesk", "じゃあiPhoneだと？", thread_ts=thread)
    second = await town.slack.wait_for_reply("helpdesk", thread, count=2)

    assert "iPhone" in second.text
    assert "xserver.jp" in second.text


async def test_small_talk_of_the_asker_in_the_thread_is_left_alone(town: Town) -> None:
    """Only what is plainly a question goes on without a mention."""
    first = await town.ask("エックスサーバーをThunderbirdで使いたい。ポート番号は？")
    thread = first.thread_ts
    assert thread is not None
    for text in ("ありがとうございます、できました", "お昼行ってきます"):
        await town.slack.say("tanaka", "helpdesk", text, thread_ts=thread)
    await town.settle()

    assert len(town.answers("helpdesk", thread)) == 1


async def test_a_thread_in_which_somebody_else_speaks_is_left_to_people(town: Town) -> None:
    """When somebody else speaks in an answered thread, the thread is left to people."""
    first = await town.ask("Which outgoing port does Gmail use?", user="alice")
    thread = first.thread_ts
    assert thread is not None
    await town.slack.say("sato", "helpdesk", "I would use port 465 with Gmail", thread_ts=thread)
    await town.settle()
    await town.slack.say("alice", "helpdesk", "and the imap port?", thread_ts=thread)
    await town.settle()

    assert len(town.answers("helpdesk", thread)) == 1


async def test_every_event_three_times_gives_one_answer(town: Town) -> None:
    """Slack's repetitions, and the message event beside each mention, change nothing."""
    town.slack.faults.deliveries = DeliveryFaults(redeliver_every=1, duplicate_every=2)
    asked = [await town.slack.say("alice", "helpdesk", f"{town.me} port {port}?") for port in (993, 995, 465, 587)]
    await town.settle()

    for question in asked:
        assert len(town.answers("helpdesk", question.ts)) == 1


async def test_an_event_that_arrives_only_by_its_retry_is_answered(town: Town) -> None:
    """A repetition of something never seen is the only copy, and is answered."""
    town.slack.faults.deliveries = DeliveryFaults(drop_first_every=1)
    answer = await town.ask("port 993?", user="alice")

    assert "993" in answer.text


async def test_events_that_overtake_each_other_are_all_answered(town: Town) -> None:
    """The order of delivery does not matter."""
    town.slack.faults.deliveries = DeliveryFaults(reorder_within_s=0.05)
    asked = [await town.slack.say("alice", "helpdesk", f"{town.me} port {port}?") for port in (25, 110, 143, 993)]
    for question in asked:
        await town.slack.wait_for_reply("helpdesk", question.ts)
    await town.settle()

    assert [len(town.answers("helpdesk", question.ts)) for question in asked] == [1, 1, 1, 1]


async def test_only_a_mention_gets_help(town: Town) -> None:
    """Nothing but the name is answered with what can be asked."""
    answer = await town.ask("", user="alice")

    assert "port" in answer.text.lower()


async def test_a_very_long_question_is_answered_or_said_to_be_too_long(town: Town) -> None:
    """40,000 characters get an answer that Slack accepts."""
    answer = await town.ask("Which port for Gmail? " + "bla " * 9_900, user="alice")

    assert answer.text
    assert all(call.error is None for call in town.slack.calls)


async def test_markup_from_users_stays_harmless(town: Town) -> None:
    """Nobody is notified by what a user typed: `<!channel>` never comes back."""
    answer = await town.ask(
        "<!channel> &lt;!here&gt; port 587 for <https://x.example|y> &amp; <@U0ALICE001>?", user="alice"
    )

    assert "587" in answer.text
    assert "<!" not in answer.text
    assert "<@" not in answer.text
    assert "&lt;!here" not in answer.text


async def test_a_host_name_that_slack_made_a_link_of_is_a_host_name(town: Town) -> None:
    """Slack turns `imap.gmail.com` into a link; the bot reads the name."""
    asked = await town.slack.say("alice", "helpdesk", "@mailports is imap.gmail.com port 993 right?", typed=True)
    answer = await town.slack.wait_for_reply("helpdesk", asked.ts)

    assert "<http" in asked.message.text if asked.message else False
    assert "imap.gmail.com" in answer.text


async def test_a_reply_also_sent_to_the_channel_is_answered_once(town: Town) -> None:
    """`thread_broadcast` comes instead of a plain message and counts like one."""
    root = await town.slack.say("alice", "helpdesk", "good morning")
    await town.slack.say("alice", "helpdesk", f"{town.me} port 993?", thread_ts=root.ts, broadcast=True)
    await town.slack.wait_for_reply("helpdesk", root.ts)
    await town.settle()

    assert len(town.answers("helpdesk", root.ts)) == 1


async def test_bots_and_slack_itself_get_no_answer(town: Town) -> None:
    """Own words, other bots' and Slack's own messages are no questions."""
    slack = town.slack
    await slack.say(slack.bot, "helpdesk", f"{town.me} port 993?")
    await slack.say("alice", "helpdesk", "alice has joined, port 993?", subtype="channel_join")
    inner = {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": "B0OTHER",
        "text": f"{town.me} port 993?",
        "channel": "C0HELPDESK",
        "channel_type": "channel",
        "ts": "1700000000.000100",
    }
    await slack.send_event(inner)
    await town.settle()

    assert slack.calls_to("chat.postMessage") == []


async def test_a_question_from_before_an_outage_is_not_answered_hours_later(town: Town) -> None:
    """Slack replays old events after an outage; an answer to yesterday's question would be noise."""
    inner = {
        "type": "app_mention",
        "user": "U0ALICE001",
        "text": f"{town.me} port 993?",
        "channel": "C0HELPDESK",
        "ts": "1700000000.000200",
    }
    payload = town.slack.announcer._payloads.event(inner)  # the event's own time is what is old here
    payload["event_time"] = 1_700_000_000
    town.slack.outbox.send_event(payload)
    await town.settle()

    assert town.slack.calls_to("chat.postMessage") == []


async def test_a_screenshot_alone_is_asked_for_in_words(town: Town) -> None:
    """An image cannot be read yet, and the bot says so instead of guessing."""
    picture = [{"id": "F1", "mimetype": "image/png", "name": "screen.png"}]
    asked = await town.slack.say("alice", "helpdesk", town.me, files=picture)
    answer = await town.slack.wait_for_reply("helpdesk", asked.ts)

    assert answer.metadata is not None
    assert answer.metadata["event_payload"]["decision"] == "hand_off"


async def test_events_that_mean_nothing_to_us_are_acknowledged(town: Town) -> None:
    """An unknown event is acknowledged: Slack would repeat it, and at last switch the app off."""
    delivery = await town.slack.send_event({"type": "emoji_changed", "subtype": "add", "event_ts": "1.1"})
    await delivery.finished()

    assert [attempt.status for attempt in delivery.attempts] == [200]


async def test_a_pasted_password_is_neither_shown_nor_kept(town: Town) -> None:
    """The asker alone is warned; the password is in no message and in no file of the database."""
    secret = "S3cret-Pa55word"
    asked = await town.slack.say("alice", "helpdesk", f"{town.me} my gmail password is {secret}, which imap port?")
    await town.slack.wait_for_reply("helpdesk", asked.ts)
    notice = await town.slack.wait_for(lambda: town.slack.ephemerals("alice"))
    await town.settle()

    assert "password" in notice[-1].text.lower()
    assert all(secret not in str(call.arguments) for call in town.slack.calls)
    await town.bot.stop()
    kept = bytes_in(Path(town.settings.database_url.removeprefix("sqlite:///")).parent)
    assert b"SQLite format 3" in kept
    assert secret.encode() not in kept

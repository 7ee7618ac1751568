"""What is a question to us, and which one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.inbound import Edit, Identity, Question, Removal, mentions, question_of_message, read_event

ME = Identity("T1", "U0BOT", "B0BOT")


def body(event: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an outer event."""
    return {"type": "event_callback", "team_id": "T1", "event_time": 1_800_000_000, "event": event, **more}


def said(**more: Any) -> dict[str, Any]:
    """Return a message event in a channel."""
    plain = {
        "type": "message",
        "channel_type": "channel",
        "channel": "C1",
        "user": "U1",
        "ts": "1.000001",
        "text": "993?",
    }
    return {**plain, **more}


def asked(event: dict[str, Any]) -> Question:
    """Read an event that must be a question."""
    found = read_event(body(event), ME)
    assert isinstance(found, Question)
    return found


def test_a_mention_and_its_message_event_are_one_question() -> None:
    """Both become the same question, so that it is answered once."""
    text = "<@U0BOT> 993?"
    mention = {"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.000001", "text": text}

    assert asked(mention) == asked(said(text=text))
    assert asked(mention).surface == "mention"
    assert asked(mention).text == "993?"


@pytest.mark.parametrize(
    ("more", "surface"),
    [
        ({}, "channel"),
        ({"text": "<@U0BOT> 993?"}, "mention"),
        ({"channel": "D1", "channel_type": "im"}, "dm"),
        ({"channel": "D1", "channel_type": "im", "text": "<@U0BOT> 993?"}, "dm"),
        ({"subtype": "thread_broadcast", "thread_ts": "0.9"}, "channel"),
        ({"subtype": "file_share", "files": [{"id": "F1"}]}, "channel"),
    ],
)
def test_where_it_was_said(more: dict[str, Any], surface: str) -> None:
    """Channel, mention and direct message are told apart."""
    assert asked(said(**more)).surface == surface


@pytest.mark.parametrize(
    "more",
    [
        {"user": "U0BOT"},
        {"bot_id": "B9", "subtype": "bot_message"},
        {"bot_id": "B9"},
        {"user": "USLACKBOT"},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"subtype": "reminder_add"},
        {"user": None},
        {"ts": "yesterday"},
        {"ts": None},
        {"channel": None},
        {"text": None, "user": 5},
    ],
)
def test_what_is_nothing_to_us(more: dict[str, Any]) -> None:
    """Machines, Slack itself and malformed events are no questions."""
    assert read_event(body(said(**more)), ME) is None


@pytest.mark.parametrize("event", [None, "text", [], {"type": "message"}, {}])
def test_a_malformed_event_is_nothing(event: Any) -> None:
    """Nothing that arrives makes it fail."""
    assert read_event({"event": event}, ME) is None


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return a message_changed event."""
    return said(subtype="message_changed", message=after, previous_message=before, text=None, user=None)


def test_an_edit_carries_the_new_words() -> None:
    """The words after the edit, and when it happened."""
    after = said(text="995?", edited={"user": "U1", "ts": "1800000001.000000"})
    found = read_event(body(changed(said(), after)), ME)

    assert isinstance(found, Edit)
    assert found.question.text == "995?"
    assert found.edited_at == 1_800_000_001.0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (said(), said(attachments=[{"id": 1}])),
        (said(), said(reply_count=1, thread_ts="1.000001")),
        (said(user="U0BOT"), said(user="U0BOT", text="other")),
        (said(bot_id="B9"), said(bot_id="B9", text="other")),
    ],
    ids=["unfurl", "new reply", "our own answer", "another bot's"],
)
def test_what_slack_calls_a_change_and_is_no_edit(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Previews, new replies and bots' messages are left alone: answering them would loop."""
    assert read_event(body(changed(before, after)), ME) is None


def test_an_app_mention_that_repeats_after_an_edit_is_left_to_the_edit() -> None:
    """Otherwise the edit would be answered like a new question."""
    event = {
        "type": "app_mention",
        "channel": "C1",
        "user": "U1",
        "ts": "1.1",
        "text": "<@U0BOT> x",
        "edited": {"ts": "2.2", "user": "U1"},
    }

    assert read_event(body(event), ME) is None


def test_a_deleted_message_is_a_removal() -> None:
    """Also where replies keep a tombstone in its place."""
    gone = said(subtype="message_deleted", deleted_ts="1.000001", previous_message=said(), user=None)
    tombstone = changed(said(), said(subtype="tombstone", text="This message was deleted."))

    assert read_event(body(gone), ME) == Removal("T1", "C1", "1.000001")
    assert read_event(body(tombstone), ME) == Removal("T1", "C1", "1.000001")


def test_our_own_deleted_answer_is_nothing() -> None:
    """Somebody removed our answer: that is all."""
    gone = said(subtype="message_deleted", deleted_ts="1.2", previous_message=said(user="U0BOT", bot_id="B0BOT"))

    assert read_event(body(gone), ME) is None


def test_the_first_message_of_a_thread_is_no_reply() -> None:
    """Slack sets thread_ts on it once it has replies."""
    assert asked(said(thread_ts="1.000001")).thread_ts is None
    assert asked(said(thread_ts="0.5", ts="1.000001")).root == "0.5"


def test_a_shortcut_reads_any_persons_message() -> None:
    """Whatever message is pointed at becomes the question, with the key of that message."""
    question = question_of_message({"ts": "1.5", "text": "<@U1> 993?", "user": "U2"}, team="T1", channel="C1")

    assert question is not None
    assert (question.surface, question.ts, question.text) == ("shortcut", "1.5", "993?")
    assert question_of_message({"text": "993?"}, team="T1", channel="C1") is None


def test_forty_thousand_characters_are_the_most() -> None:
    """More than Slack itself lets through is cut."""
    assert len(asked(said(text="a" * 50_000)).text) == 40_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<@U0BOT> x", True), ("<@U0BOT|bot> x", True), ("<@U0BOTHER> x", False), ("U0BOT", False)],
)
def test_a_mention_is_recognised(text: str, expected: bool) -> None:
    """With or without a label, and not another user whose id begins alike."""
    assert mentions(text, "U0BOT") is expected

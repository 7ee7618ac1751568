"""Channels: silent unless asked, listening in where it was switched on, one greeting."""

from __future__ import annotations

import pytest

from tests.support.town import Town


async def test_unasked_the_bot_says_nothing(town: Town) -> None:
    """Without a mention nothing is answered, not even a plain mail question."""
    for text in ("Gmailの送信ポートは？", "lunch at 12?", "port 993"):
        await town.slack.say("tanaka", "helpdesk", text)
    await town.settle()

    assert town.slack.calls_to("chat.postMessage") == []


async def test_watch_on_answers_mail_questions_and_nothing_else(town: Town) -> None:
    """In a watched channel mail questions are answered; lunch is not."""
    await town.slack.slash("sato", "helpdesk", "/mailports", "watch on")
    question = await town.slack.say("tanaka", "helpdesk", "Gmailの送信サーバーのポート番号を教えてください")
    lunch = await town.slack.say("alice", "helpdesk", "lunch at 12?")
    answer = await town.slack.wait_for_reply("helpdesk", question.ts)
    await town.settle()

    assert "smtp.gmail.com" in answer.text
    assert town.answers("helpdesk", lunch.ts) == []


async def test_watch_concerns_one_channel(town: Town) -> None:
    """Switching it on here does not switch it on there."""
    await town.slack.slash("sato", "helpdesk", "/mailports", "watch on")
    said = await town.slack.say("tanaka", "general", "Gmailの送信サーバーのポート番号を教えてください")
    await town.settle()

    assert town.answers("general", said.ts) == []


async def test_watch_off_makes_it_silent_again(town: Town) -> None:
    """Off is off, at once."""
    await town.slack.slash("sato", "helpdesk", "/mailports", "watch on")
    await town.slack.slash("sato", "helpdesk", "/mailports", "watch off")
    said = await town.slack.say("tanaka", "helpdesk", "Gmailの送信サーバーのポート番号を教えてください")
    await town.settle()

    assert town.answers("helpdesk", said.ts) == []


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("sato", True), ("tanaka", True), ("alice", False), ("guest", False)],
    ids=["administrator", "creator of the channel", "member", "guest"],
)
async def test_who_may_switch(town: Town, who: str, allowed: bool) -> None:
    """Administrators and the channel's creator may; others are told who may."""
    await town.slack.slash(who, "helpdesk", "/mailports", "watch on")
    said = await town.slack.say("tanaka", "helpdesk", "Gmailの送信サーバーのポート番号を教えてください")
    await town.settle()

    assert len(town.answers("helpdesk", said.ts)) == int(allowed)
    assert town.last_private(who).text


async def test_people_who_answer_each_other_are_left_alone(town: Town) -> None:
    """A reply in somebody's thread is for that person, also in a watched channel."""
    await town.slack.slash("sato", "helpdesk", "/mailports", "watch on")
    root = await town.slack.say("alice", "helpdesk", "my mail is broken since today")
    await town.slack.say("tanaka", "helpdesk", "Gmailの送信ポートは465です", thread_ts=root.ts)
    await town.settle()

    assert town.answers("helpdesk", root.ts) == []


async def test_a_late_question_that_somebody_answered_is_left_alone(town: Town) -> None:
    """When our answer would come late, a colleague's answer is enough."""
    slack = town.slack
    await slack.slash("sato", "helpdesk", "/mailports", "watch on")
    from bot.local_slack import DeliveryFaults

    slack.faults.deliveries = DeliveryFaults(drop_first_every=1)
    asked = await slack.say("tanaka", "helpdesk", "Gmailの送信サーバーのポート番号を教えてください")
    await slack.say("alice", "helpdesk", "465です", thread_ts=asked.ts)
    await town.settle()

    assert town.answers("helpdesk", asked.ts) == []


async def test_the_greeting_is_said_once(town: Town) -> None:
    """Invited to a channel, the bot says what it is and how to silence it; invited again, nothing."""
    for _ in range(2):
        await town.slack.join("random", inviter="tanaka")
    await town.settle()
    greetings = [message for message in town.slack.messages("random") if message.user == town.slack.bot.id]

    assert len(greetings) == 1
    assert "/mailports watch on" in greetings[0].text


async def test_other_people_joining_are_not_greeted(town: Town) -> None:
    """Only the bot's own arrival is an occasion."""
    await town.slack.join("helpdesk", "guest")
    await town.settle()

    assert town.slack.calls_to("chat.postMessage") == []


async def test_a_private_channel_works_like_any_other(town: Town) -> None:
    """Mentions in private channels are answered in their thread."""
    answer = await town.ask("port 995?", user="alice", channel="it-staff")

    assert "995" in answer.text

"""The installed Bolt and its Socket Mode handler work against the local Slack."""

from __future__ import annotations

import asyncio

from slack_bolt.async_app import AsyncApp

from bot.local_slack import Fault, LocalSlack


async def test_mention_is_answered_in_the_thread(slack: LocalSlack, bolt: AsyncApp) -> None:
    """A mention reaches the bot, and its reply stands in the thread with its blocks."""
    asked = await slack.say("tanaka", "helpdesk", f"<@{slack.bot.id}> IMAP?")
    answer = await slack.wait_for_reply("helpdesk", asked.ts)
    assert answer.text == "IMAP is 993"
    assert answer.blocks is not None
    assert answer.blocks[0]["elements"][0]["value"] == "993"


async def test_command_is_answered_where_the_bot_is_no_member(slack: LocalSlack, bolt: AsyncApp) -> None:
    """A command's acknowledgement is shown to its user alone, and the response URL replaces it."""
    used = await slack.slash("alice", "random", "/mailports", "587")
    assert used.status == 200
    await slack.wait_for(lambda: slack.response_uses)
    assert [m.text for m in slack.ephemerals("alice")] == ["found 587"]
    assert slack.ephemerals("tanaka") == []
    assert slack.messages("random") == []


async def test_button_opens_a_modal_that_is_refused_then_taken(slack: LocalSlack, bolt: AsyncApp) -> None:
    """A button opens a modal; errors keep it open, a good answer closes it."""
    asked = await slack.say("tanaka", "helpdesk", f"<@{slack.bot.id}> IMAP?")
    answer = await slack.wait_for_reply("helpdesk", asked.ts)
    pressed = await slack.press("tanaka", answer, "more")
    assert pressed.status == 200
    (view,) = await slack.wait_for(lambda: slack.views("tanaka"))
    assert slack.views("alice") == []
    empty = await slack.submit_view("tanaka", view)
    assert "required" in empty.errors["what"]
    refused = await slack.submit_view("tanaka", view, {"what": "bad"})
    assert refused.errors == {"what": "not this"}
    assert slack.views("tanaka") == [view]
    taken = await slack.submit_view("tanaka", view, {"text": "good"})
    assert (taken.errors, slack.views("tanaka")) == ({}, [])


async def test_closing_a_modal_is_told_to_the_bot(slack: LocalSlack, bolt: AsyncApp) -> None:
    """A modal that asked for it reports that it was closed."""
    asked = await slack.say("tanaka", "helpdesk", f"<@{slack.bot.id}> IMAP?")
    await slack.press("tanaka", await slack.wait_for_reply("helpdesk", asked.ts), "more")
    (view,) = await slack.wait_for(lambda: slack.views("tanaka"))
    closed = await slack.close_view("tanaka", view)
    assert (closed.status, closed.deliveries[0].event_type, slack.views("tanaka")) == (200, "view_closed", [])


async def test_message_shortcut_carries_the_message(slack: LocalSlack, bolt: AsyncApp) -> None:
    """A message shortcut hands the bot the message it was used on."""
    said = await slack.say("alice", "helpdesk", "which port is POP3?")
    used = await slack.message_shortcut("tanaka", "helpdesk", said.ts, "ask")
    assert used.status == 200
    answer = await slack.wait_for_reply("helpdesk", said.ts)
    assert answer.text == "about which port is POP3?"


async def test_rate_limit_then_success(slack: LocalSlack, bolt: AsyncApp) -> None:
    """A 429 with Retry-After is what slack_sdk's retry handler waits out; then the post goes through."""
    fault = slack.faults.add(Fault("chat.postMessage", "ratelimited", times=1, retry_after_s=0))
    asked = await slack.say("tanaka", "helpdesk", f"<@{slack.bot.id}> IMAP?")
    await slack.wait_for_reply("helpdesk", asked.ts)
    assert fault.hits == 1
    assert [call.status for call in slack.calls_to("chat.postMessage")] == [429, 200]


async def test_bot_hears_its_own_message_and_bolt_ignores_it(slack: LocalSlack, bolt: AsyncApp) -> None:
    """As in Slack, the bot's own post comes back to it as an event."""
    asked = await slack.say("tanaka", "helpdesk", f"<@{slack.bot.id}> IMAP?")
    await slack.wait_for_reply("helpdesk", asked.ts)
    await slack.all_delivered()
    assert sorted(a.event_type for a in slack.deliveries) == ["app_mention", "message", "message"]
    assert len({a.event_id for a in slack.deliveries}) == 3


async def test_many_questions_at_once(slack: LocalSlack, bolt: AsyncApp) -> None:
    """A hundred mentions at once are each answered once."""
    deeds = [await slack.say("tanaka", "helpdesk", f"<@{slack.bot.id}> {n}") for n in range(100)]
    await asyncio.gather(*(slack.wait_for_reply("helpdesk", deed.ts, timeout_s=20) for deed in deeds))
    assert all(len(slack.replies("helpdesk", deed.ts)) == 1 for deed in deeds)

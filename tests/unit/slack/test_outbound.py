"""Slack's answers become ours: wait, try again, send plainly, or give up."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.local_slack import Fault, LocalSlack
from bot.slack.connect import make_client, open_session
from bot.slack.messages import EVENT_TYPE
from bot.slack.outbound import SlackOutbound
from bot.work import (
    CannotLookError,
    PostedAs,
    PostError,
    PostRateLimitedError,
    PostRefusedError,
    PostTooLargeError,
    PostTransientError,
    QuestionKey,
)

CHANNEL = "C0HELPDESK"


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A Slack without a bot."""
    async with LocalSlack() as slack:
        slack.deliver_to(None)
        yield slack


@pytest.fixture
async def outbound(slack: LocalSlack) -> AsyncIterator[SlackOutbound]:
    """What posts into it."""
    async with open_session() as session:
        yield SlackOutbound(make_client(session, slack.api_url, slack.bot_token))


def message(text: str = "x", **more: object) -> dict[str, object]:
    """Return a payload that posts."""
    return {"method": "chat.postMessage", "arguments": {"channel": CHANNEL, "text": text, **more}}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ratelimited", PostRateLimitedError),
        ("http_500", PostTransientError),
        ("http_503", PostTransientError),
        ("reset", PostTransientError),
        ("error:internal_error", PostTransientError),
        ("error:invalid_blocks", PostTooLargeError),
        ("error:msg_blocks_too_long", PostTooLargeError),
        ("error:channel_not_found", PostRefusedError),
        ("error:account_inactive", PostRefusedError),
        ("error:something_new", PostRefusedError),
    ],
)
async def test_each_failure_becomes_one_of_ours(
    slack: LocalSlack, outbound: SlackOutbound, kind: str, expected: type[PostError]
) -> None:
    """One call, no retry, and the right kind of error."""
    slack.faults.add(Fault("chat.postMessage", kind, retry_after_s=7))
    with pytest.raises(expected) as caught:
        await outbound.post(message())

    assert type(caught.value) is expected
    assert len(slack.calls_to("chat.postMessage")) <= 1
    if isinstance(caught.value, PostRateLimitedError):
        assert caught.value.retry_after_s == 7.0


async def test_a_refused_connection_cannot_have_posted(slack: LocalSlack, outbound: SlackOutbound) -> None:
    """Where nobody listens nothing is out, and nobody has to look for it."""
    await slack.stop()
    with pytest.raises(PostTransientError) as caught:
        await outbound.post(message())

    assert not caught.value.may_be_out


async def test_a_lost_connection_may_have_posted(slack: LocalSlack, outbound: SlackOutbound) -> None:
    """After a reset the next try has to look first."""
    slack.faults.add(Fault("chat.postMessage", "applied_then_reset"))
    with pytest.raises(PostTransientError) as caught:
        await outbound.post(message())

    assert caught.value.may_be_out


async def test_our_message_is_found_by_its_metadata(slack: LocalSlack, outbound: SlackOutbound) -> None:
    """Among many replies, ours to this question is found; to another question it is not."""
    root = await slack.say("alice", CHANNEL, "993?")
    for number in range(3):
        await slack.say("tanaka", CHANNEL, f"reply {number}", thread_ts=root.ts)
    key = QuestionKey("T0MAILPORT", CHANNEL, root.ts)
    payload = message(
        thread_ts=root.ts, metadata={"event_type": EVENT_TYPE, "event_payload": {"question": key.encode()}}
    )
    posted = await outbound.post(payload)

    assert posted is not None
    assert await outbound.find_posted(key, payload) == posted
    assert await outbound.find_posted(QuestionKey("T0MAILPORT", CHANNEL, "1.1"), payload) is None


async def test_what_cannot_be_looked_for_is_said(outbound: SlackOutbound) -> None:
    """A private answer and a message outside threads cannot be read back."""
    key = QuestionKey("T0MAILPORT", CHANNEL, "1.1")
    with pytest.raises(CannotLookError):
        await outbound.find_posted(key, {"method": "respond", "url": "http://127.0.0.1/", "arguments": {}})
    with pytest.raises(CannotLookError):
        await outbound.find_posted(key, message())


async def test_without_the_scope_nothing_can_be_looked_for() -> None:
    """An administrator may decline the history scope."""
    async with LocalSlack(scopes=["chat:write"]) as slack, open_session() as session:
        outbound = SlackOutbound(make_client(session, slack.api_url, slack.bot_token))
        root = await slack.say("alice", CHANNEL, "993?")
        with pytest.raises(CannotLookError):
            await outbound.find_posted(QuestionKey("T0MAILPORT", CHANNEL, root.ts), message(thread_ts=root.ts))


async def test_deleting_what_is_gone_is_no_error(slack: LocalSlack, outbound: SlackOutbound) -> None:
    """Gone is what was wanted."""
    await outbound.unpost(PostedAs(CHANNEL, "1.000001"))
    assert [call.error for call in slack.calls_to("chat.delete")] == ["message_not_found"]


async def test_a_response_url_that_is_used_up_is_refused_for_good(slack: LocalSlack, outbound: SlackOutbound) -> None:
    """The sixth use never works, so it is not tried again."""
    from bot.local_slack import Message

    shown = Message(ts=slack.workspace.new_ts(), channel=CHANNEL, user=slack.bot.id, text="x", bot=True)
    slack.workspace.post(shown)
    with pytest.raises(PostRefusedError):
        await outbound.respond(f"{slack.base_url}/response/no-such-url", {"text": "x"})

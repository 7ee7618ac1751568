"""Slack is slow, refuses, or breaks: every question is answered once, none is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.kb.lookup import Lookup
from bot.local_slack import Fault
from bot.work.courier import Patience
from tests.support.town import Town, open_town

# The same as in earnest, only sooner.
BUDGET_S = 0.4
PATIENCE = Patience(first_wait_s=0.1, longest_wait_s=0.5)


@pytest.fixture(params=["http", "socket"])
async def town(request: pytest.FixtureRequest, tmp_path: Path, lookup: Lookup) -> AsyncIterator[Town]:
    """A Slack with a bot that is quick to hand over."""
    async with open_town(request.param, tmp_path, lookup, budget_s=BUDGET_S, patience=PATIENCE) as town:
        yield town


@pytest.mark.parametrize("kind", ["ratelimited", "http_500", "http_503", "reset", "error:internal_error"])
async def test_what_passes_is_tried_again(town: Town, kind: str) -> None:
    """After a failure that may pass, the answer comes, once."""
    town.slack.faults.add(Fault("chat.postMessage", kind, times=2, retry_after_s=1))
    asked = await town.slack.say("alice", "helpdesk", f"{town.me} port 993?")
    answer = await town.slack.wait_for_reply("helpdesk", asked.ts, timeout_s=20)
    await town.settle()

    assert "993" in answer.text
    assert len(town.answers("helpdesk", asked.ts)) == 1


@pytest.mark.parametrize("kind", ["applied_then_lost", "applied_then_reset"])
async def test_a_message_that_is_out_is_found_and_not_repeated(town: Town, kind: str) -> None:
    """Slack posted but its answer got lost: the message is found by its metadata."""
    town.slack.faults.add(Fault("chat.postMessage", kind, times=1))
    asked = await town.slack.say("alice", "helpdesk", f"{town.me} port 993?")
    await town.slack.wait_for(lambda: town.slack.calls_to("conversations.replies"), timeout_s=20)
    await town.settle()

    assert len(town.answers("helpdesk", asked.ts)) == 1
    assert len(town.slack.calls_to("chat.postMessage")) == 1


async def test_a_slow_post_does_not_hold_up_the_acknowledgement(town: Town) -> None:
    """The acknowledgement comes in time, and the slow message is not sent twice."""
    town.slack.faults.add(Fault("chat.postMessage", "slow", delay_s=1.5, times=1))
    asked = await town.slack.say("alice", "helpdesk", f"{town.me} port 993?")
    await town.slack.wait_for_reply("helpdesk", asked.ts, timeout_s=20)
    await town.settle()

    assert len(town.answers("helpdesk", asked.ts)) == 1
    assert max(attempt.ack_ms for attempt in town.slack.deliveries) < 3000
    assert len(town.slack.calls_to("chat.postMessage")) == 1


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long"])
async def test_a_refused_card_goes_out_as_plain_text(town: Town, code: str) -> None:
    """The answer matters more than its form."""
    town.slack.faults.add(Fault("chat.postMessage", f"error:{code}", times=1))
    answer = await town.ask("port 993?", user="alice")

    assert "993" in answer.text
    assert not answer.blocks


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived", "not_in_channel", "account_inactive"])
async def test_what_will_never_work_is_given_up(town: Town, code: str) -> None:
    """A refusal for good is not tried forever, and the delivery is acknowledged."""
    town.slack.faults.add(Fault("chat.postMessage", f"error:{code}"))
    await town.slack.say("alice", "helpdesk", f"{town.me} port 993?")
    await town.settle()

    assert len(town.slack.calls_to("chat.postMessage")) == 1
    assert all(attempt.acknowledged for attempt in town.slack.deliveries)


async def test_a_restart_keeps_what_was_promised(town: Town) -> None:
    """An acknowledged question whose answer could not go out is answered after a restart."""
    fault = town.slack.faults.add(Fault("chat.postMessage", "ratelimited", retry_after_s=2))
    asked = await town.slack.say("alice", "helpdesk", f"{town.me} port 993?")
    await town.settle()
    assert town.answers("helpdesk", asked.ts) == []
    assert fault.hits >= 1
    await town.restart(budget_s=BUDGET_S, patience=PATIENCE)
    town.slack.faults.clear()
    await town.slack.wait_for_reply("helpdesk", asked.ts, timeout_s=30)
    await town.settle()

    assert len(town.answers("helpdesk", asked.ts)) == 1


async def test_without_the_history_scope_the_bot_still_answers(tmp_path: Path, lookup: Lookup) -> None:
    """An administrator may decline the optional scopes."""
    from bot.slack.scopes import REQUIRED

    async with open_town("http", tmp_path, lookup, slack_options={"scopes": REQUIRED}, patience=PATIENCE) as town:
        town.slack.faults.add(Fault("chat.postMessage", "http_500", times=1))
        answer = await town.ask("port 993?", user="alice")

        assert "993" in answer.text


async def test_fifty_commands_at_once_are_acknowledged_while_slack_hangs(town: Town) -> None:
    """No pool is used up by slow answers: every command is acknowledged within three seconds."""
    import asyncio

    town.slack.faults.add(Fault("users.info", "timeout"))
    deeds = await asyncio.gather(
        *(town.slack.slash("alice", "general", "/mailports", str(port)) for port in range(5000, 5050))
    )

    assert {deed.status for deed in deeds} == {200}

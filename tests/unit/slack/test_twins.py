"""The second event about one message ends at the door, with the fate of the first."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.slack.inbound import Identity
from bot.slack.twins import Twins
from bot.work import QuestionKey

KEY = QuestionKey("T1", "C1", "1700000000.000100")


def event(kind: str = "message", **fields: Any) -> dict[str, Any]:
    return {"team_id": KEY.team, "event": {"type": kind, "channel": KEY.channel, "ts": KEY.key, **fields}}


@pytest.fixture
def twins() -> Twins:
    return Twins(Identity("T1", "U0BOT", "B0BOT"))


async def answered(safe: bool) -> bool:
    return safe


async def test_an_unknown_question_takes_the_usual_way(twins: Twins) -> None:
    """What nobody has heard here is not taken for a twin."""
    assert await twins.fate(event()) is None


@pytest.mark.parametrize("safe", [True, False])
async def test_a_twin_waits_for_the_first_and_shares_its_fate(twins: Twins, safe: bool) -> None:
    """While a mention is being answered its message event waits, and is acknowledged only if the mention is."""
    gate = asyncio.Event()

    async def answering() -> bool:
        await gate.wait()
        return safe

    first = asyncio.create_task(twins.first(KEY, answering()))
    second = asyncio.create_task(twins.fate(event("app_mention")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not second.done()
    gate.set()
    assert await second is safe
    assert await first is safe


async def test_a_repetition_of_an_answered_question_is_acknowledged(twins: Twins) -> None:
    """What was answered here a moment ago needs no second look."""
    await twins.first(KEY, answered(True))
    assert await twins.fate(event()) is True


async def test_a_question_that_was_not_safe_is_tried_again(twins: Twins) -> None:
    """A delivery that could not be acknowledged is repeated by Slack, and then takes the usual way."""
    await twins.first(KEY, answered(False))
    assert await twins.fate(event()) is None


async def test_a_fault_in_the_first_is_not_hidden_and_refuses_the_twin(twins: Twins) -> None:
    """If answering fails, neither event counts as done, and the next delivery is tried again."""
    gate = asyncio.Event()

    async def fails() -> bool:
        await gate.wait()
        raise RuntimeError("database gone")

    first = asyncio.create_task(twins.first(KEY, fails()))
    await asyncio.sleep(0)
    second = asyncio.create_task(twins.fate(event()))
    await asyncio.sleep(0)
    gate.set()
    assert await second is False
    with pytest.raises(RuntimeError):
        await first
    assert await twins.fate(event()) is None


async def test_a_twin_that_is_cancelled_leaves_the_first_alone(twins: Twins) -> None:
    """A connection that Slack closes takes only its own request with it."""
    gate = asyncio.Event()

    async def answering() -> bool:
        await gate.wait()
        return True

    first = asyncio.create_task(twins.first(KEY, answering()))
    await asyncio.sleep(0)
    second = asyncio.create_task(twins.fate(event()))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    gate.set()
    assert await first is True


@pytest.mark.parametrize(
    "body",
    [
        event(subtype="message_changed"),
        event(subtype="message_deleted"),
        event(edited={"ts": "1700000009.000000"}),
        event("reaction_added"),
        event(ts="1700000000.000200"),
        event(channel="C2"),
        {**event(), "team_id": "T2"},
        {"type": "block_actions"},
        {"event": "text"},
    ],
    ids=["edit", "deletion", "edited", "reaction", "other_message", "other_channel", "other_team", "button", "broken"],
)
async def test_everything_else_about_a_message_is_let_through(twins: Twins, body: dict[str, Any]) -> None:
    """Edits, deletions and other messages reach their listeners although the question is settled."""
    await twins.first(KEY, answered(True))
    assert await twins.fate(body) is None


async def test_old_questions_are_forgotten(twins: Twins) -> None:
    """The memory does not grow: after some hundred other questions the ledger is asked again."""
    await twins.first(KEY, answered(True))
    for number in range(512):
        await twins.first(QuestionKey("T1", "C1", f"18{number:08}.000100"), answered(True))
    assert await twins.fate(event()) is None

"""The way of an answer out, up to the acknowledgement."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import REGISTRY

from bot.storage.errors import StorageUnavailableError
from bot.work import (
    AlreadyDone,
    Claim,
    Composed,
    Memory,
    PostedAs,
    PostRateLimitedError,
    PostRefusedError,
    PostTooLargeError,
    PostTransientError,
    QuestionKey,
    Summary,
    Work,
    open_work,
)
from bot.work.courier import Courier
from bot.work.delivery import Delivery
from tests.unit.work.fake_poster import ANSWER, Author, FakePoster

KEY = QuestionKey("T1", "C1", "1700000000.000100")


def _counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_an_answer_is_out_before_the_acknowledgement(work: Work, poster: FakePoster) -> None:
    """In the normal case the message is posted and recorded when `answer` returns, and the engine is not loaded."""
    result = await work.delivery.answer(KEY, compose=Author(KEY))
    assert (result.name, result.posted, result.acknowledge) == ("answered", PostedAs("C1", "1.000"), True)
    assert await work.ledger.claim(KEY, lease_s=1.0) == AlreadyDone("done", PostedAs("C1", "1.000"))
    assert work.engine.launched is False


async def test_every_further_delivery_is_acknowledged_and_posts_nothing(work: Work, poster: FakePoster) -> None:
    """Slack's redeliveries and the mention's twin find the question answered."""
    author = Author(KEY)
    await work.delivery.answer(KEY, compose=author)
    again = await work.delivery.answer(KEY, compose=author)
    assert (again.name, again.posted, again.acknowledge) == ("duplicate", PostedAs("C1", "1.000"), True)
    assert (author.asked, len(poster.out)) == (1, 1)


async def test_fifty_deliveries_at_once_give_one_answer(work: Work, poster: FakePoster) -> None:
    """Deliveries of one question that overlap wait for the first, and all may be acknowledged."""
    author = Author(KEY)
    results = await asyncio.gather(*(work.delivery.answer(KEY, compose=author) for _ in range(50)))
    assert len(poster.out) == 1
    assert sorted({result.name for result in results}) == ["answered", "duplicate"]


async def test_a_duplicate_is_not_acknowledged_while_the_first_is_unsettled(work: Work, poster: FakePoster) -> None:
    """If the first delivery may still die, its repetition must stay with Slack."""
    gate = asyncio.Event()

    async def slow_compose() -> Composed | None:
        await gate.wait()
        return None

    lost = await work.ledger.claim(KEY, lease_s=5.0)  # Another replica is at it.
    assert isinstance(lost, Claim)
    result = await work.delivery.answer(KEY, compose=slow_compose)
    assert (result.name, result.acknowledge) == ("in_progress", False)


async def test_who_waits_for_another_replica_sees_it_finish(work: Work, poster: FakePoster) -> None:
    """A repetition that comes while another replica is answering is acknowledged as soon as that one is done."""
    claim = await work.ledger.claim(KEY, lease_s=5.0)
    assert isinstance(claim, Claim)
    waiting = asyncio.create_task(work.delivery.answer(KEY, compose=Author(KEY)))
    await asyncio.sleep(0)
    await work.ledger.finish(claim, PostedAs("C1", "7.7"), Summary("answer"))
    result = await waiting
    assert (result.name, result.posted) == ("duplicate", PostedAs("C1", "7.7"))
    assert poster.tried == 0


async def test_silence_is_kept_and_acknowledged(work: Work, poster: FakePoster) -> None:
    """A question that gets no answer is not composed again when it is delivered again."""

    async def silent() -> Composed | None:
        return None

    assert (await work.delivery.answer(KEY, compose=silent)).name == "silent"
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "duplicate"
    assert poster.tried == 0


async def test_a_fault_while_composing_gives_the_question_back(work: Work, poster: FakePoster) -> None:
    """When composing fails the delivery fails too, and its repetition is answered."""

    async def broken() -> Composed | None:
        raise RuntimeError("a fault")

    with pytest.raises(RuntimeError):
        await work.delivery.answer(KEY, compose=broken)
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "answered"
    assert poster.looked == 0


async def test_composing_that_takes_too_long_is_left_to_the_repetition(work: Work, poster: FakePoster) -> None:
    """Whatever composing waits for, the acknowledgement's three seconds are kept."""

    async def stuck() -> Composed | None:
        await asyncio.Event().wait()
        return None

    async with asyncio.timeout(1.0):
        result = await work.delivery.answer(KEY, compose=stuck)
    assert result.acknowledge is False
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "answered"


async def test_a_slow_post_is_owed_acknowledged_and_not_doubled(work: Work, poster: FakePoster) -> None:
    """When Slack is slow the delivery is acknowledged in time, and the request under way stays the only one."""
    gate = asyncio.Event()
    poster.script = [lambda: _wait(gate)]
    result = await work.delivery.answer(KEY, compose=Author(KEY))
    assert (result.name, result.acknowledge) == ("owed", True)
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "duplicate"
    await asyncio.sleep(0.5)  # Long enough for two sweeps that must leave it alone.
    gate.set()
    await poster.until(lambda: len(poster.out) == 1)
    await _until_done(work)
    assert poster.tried == 1
    assert work.engine.launched is False


async def test_a_short_429_is_waited_out_within_the_budget(work: Work, poster: FakePoster) -> None:
    """Where Slack asks for less time than there is, the answer is still out before the acknowledgement."""
    poster.script = [PostRateLimitedError(0.05)]
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "answered"
    assert (poster.tried, poster.looked) == (2, 0)


async def test_a_429_closes_its_channel_for_everybody(work: Work, poster: FakePoster) -> None:
    """After a 429 nobody knocks in that channel before it is time; other channels are served."""
    poster.script = [PostRateLimitedError(60.0)]
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "owed"
    second = QuestionKey("T1", "C1", "2.2")
    elsewhere = QuestionKey("T1", "C2", "3.3")
    assert (await work.delivery.answer(second, compose=Author(second))).name == "owed"
    assert (await work.delivery.answer(elsewhere, compose=Author(elsewhere))).name == "answered"
    assert poster.tried == 2


async def test_a_500_that_posted_all_the_same_is_found_and_not_repeated(work: Work, poster: FakePoster) -> None:
    """When the message is out although Slack said 500, we look before we post again."""
    poster.applied_then_failed = [PostTransientError("http_500")]
    result = await work.delivery.answer(KEY, compose=Author(KEY))
    assert (result.name, result.posted) == ("answered", PostedAs("C1", "1.000"))
    assert (len(poster.out), poster.looked) == (1, 1)


async def test_a_refused_connection_needs_no_look(work: Work, poster: FakePoster) -> None:
    """A try that cannot have posted is simply repeated."""
    poster.script = [PostTransientError("connection_refused", may_be_out=False)]
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "answered"
    assert (poster.tried, poster.looked) == (2, 0)


async def test_what_can_never_be_posted_is_dropped_visibly(work: Work, poster: FakePoster) -> None:
    """A channel that is gone is acknowledged, counted by its reason, and never tried again."""
    before = _counted("mailports_answers_dropped_total", reason="is_archived")
    poster.script = [PostRefusedError("is_archived")]
    result = await work.delivery.answer(KEY, compose=Author(KEY))
    assert (result.name, result.acknowledge) == ("dropped", True)
    assert _counted("mailports_answers_dropped_total", reason="is_archived") == before + 1
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "duplicate"


async def test_a_refused_card_goes_out_once_as_plain_text(work: Work, poster: FakePoster) -> None:
    """When Slack refuses the form of a card, the asker still gets its text; if that is refused too, it is dropped."""
    author = Author(KEY)
    author.plain = {"question": KEY.encode(), "text": "plain"}
    poster.script = [PostTooLargeError("msg_blocks_too_long")]
    assert (await work.delivery.answer(KEY, compose=author)).name == "answered"
    assert [payload["text"] for payload in poster.out.values()] == ["plain"]
    second = QuestionKey("T1", "C1", "2.2")
    author = Author(second)
    author.plain = {"text": "plain"}
    poster.script = [PostTooLargeError("msg_blocks_too_long"), PostTooLargeError("msg_too_long")]
    assert (await work.delivery.answer(second, compose=author)).name == "dropped"


async def test_a_repetition_after_a_crash_looks_before_it_posts(work: Work, poster: FakePoster) -> None:
    """When the first delivery died between posting and recording, the second finds its message."""
    author = Author(KEY)
    await poster.post(author.payload)
    dead = await work.ledger.claim(KEY, lease_s=0.0)
    assert isinstance(dead, Claim)
    result = await work.delivery.answer(KEY, compose=author)
    assert (result.name, result.posted, len(poster.out)) == ("answered", PostedAs("C1", "1.000"), 1)


async def test_where_nobody_can_look_one_doubled_answer_beats_a_lost_one(work: Work, poster: FakePoster) -> None:
    """Without the scope to look, a suspect question is answered anyway, and counted."""
    before = _counted("mailports_posts_unverified_total")
    poster.can_look = False
    assert isinstance(await work.ledger.claim(KEY, lease_s=0.0), Claim)
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "answered"
    assert _counted("mailports_posts_unverified_total") == before + 1


async def test_an_unreachable_ledger_is_an_error_that_must_not_be_acknowledged(
    work: Work, poster: FakePoster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When nothing can be kept, nothing is posted and Slack keeps the question."""

    async def fail(*_: object, **__: object) -> None:
        raise StorageUnavailableError("OperationalError")

    monkeypatch.setattr(type(work.ledger), "claim", fail)
    with pytest.raises(StorageUnavailableError):
        await work.delivery.answer(KEY, compose=Author(KEY))
    assert poster.tried == 0


async def test_a_posted_answer_that_cannot_be_recorded_is_acknowledged(
    work: Work, poster: FakePoster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the database goes away after the post, a repetition could only double: acknowledge, and count it."""
    before = _counted("mailports_posts_unrecorded_total")

    async def fail(*_: object, **__: object) -> None:
        raise StorageUnavailableError("OperationalError")

    monkeypatch.setattr(type(work.ledger), "finish", fail)
    result = await work.delivery.answer(KEY, compose=Author(KEY))
    assert (result.name, result.acknowledge) == ("answered", True)
    assert _counted("mailports_posts_unrecorded_total") == before + 1


async def test_what_the_conversation_should_remember_is_kept_with_the_answer(work: Work) -> None:
    """A follow-up in the thread finds the context of the question before."""

    async def compose() -> Composed:
        return Composed({"text": ANSWER}, Summary("answer"), memory=Memory("1.1", '{"providers": ["xserver"]}'))

    await work.delivery.answer(KEY, compose=compose)
    assert await work.ledger.recall("T1", "C1", "1.1") == '{"providers": ["xserver"]}'


async def test_closing_finishes_what_is_under_way_and_takes_nothing_new(work: Work, poster: FakePoster) -> None:
    """At SIGTERM an answer under way goes out; a question that comes then stays with Slack."""
    gate = asyncio.Event()
    poster.script = [lambda: _wait(gate)]
    under_way = asyncio.create_task(work.delivery.answer(KEY, compose=Author(KEY)))
    await poster.until(lambda: poster.tried == 1)
    closing = asyncio.create_task(work.delivery.close(grace_s=5.0))
    await asyncio.sleep(0)
    late = QuestionKey("T1", "C1", "2.2")
    refused = await work.delivery.answer(late, compose=Author(late))
    assert (refused.name, refused.acknowledge) == ("closing", False)
    gate.set()
    await closing
    assert (await under_way).acknowledge is True
    assert len(poster.out) == 1
    assert await work.ledger.find(late) is None


async def test_closing_leaves_a_post_that_never_ends_to_the_next_start(database_url: str, poster: FakePoster) -> None:
    """A post that outlives even the grace is owed, and the next process looks whether it went out."""
    work = await open_work(database_url, poster=poster, budget_s=0.05, lease_s=5.0)
    poster.script = [lambda: _wait(asyncio.Event())]
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "owed"
    await work.close(grace_s=0.1)
    again = await open_work(database_url, poster=poster, budget_s=0.05, lease_s=5.0)
    await poster.until(lambda: len(poster.out) == 1)
    await _until_done(again)
    assert poster.looked == 1
    await again.close()


def test_a_lease_that_could_end_within_the_budget_is_refused(poster: FakePoster) -> None:
    """Settings that would let two processes post at the same time do not start."""
    with pytest.raises(ValueError, match="outlast"):
        Delivery(None, None, lambda row, attempt: None, budget_s=2.0, lease_s=3.0)  # type: ignore[arg-type]


async def test_a_process_held_up_beyond_its_lease_does_not_post(
    work: Work, poster: FakePoster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a long stall somebody else may have the question; then this delivery leaves it."""
    delivery = Delivery(work.ledger, Courier(work.ledger, poster), work.engine.hand_over, budget_s=0.1, lease_s=0.2)

    async def stalled() -> Composed:
        import time

        time.sleep(0.15)  # noqa: ASYNC251 (a stall is what this is about)
        return await Author(KEY)()

    result = await delivery.answer(KEY, compose=stalled)
    assert (result.acknowledge, poster.tried) == (False, 0)


async def _wait(gate: asyncio.Event) -> None:
    await gate.wait()


async def _until_done(work: Work, key: QuestionKey = KEY) -> None:
    async with asyncio.timeout(15.0):
        while True:
            row = await work.ledger.find(key)
            if row is not None and row.state == "done":
                return
            await asyncio.sleep(0.02)

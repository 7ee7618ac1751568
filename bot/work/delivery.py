"""The way of an answer out: claim, compose, post, finish; and only then the acknowledgement.

The recipe, and why each line is where it is:

1. **Claim** the question in the ledger. Done or owed already: acknowledge, nothing to do. Claimed by somebody who is
   still at it: wait for them within the budget; if they do not come to an end, do **not** acknowledge, for if they die
   this delivery's repetition is the only copy left.
2. **Compose** (a millisecond). None means silence, which is an answer too: it is written down and acknowledged.
3. **Look** if the claim was taken over from somebody who went silent: their message may be out.
4. **Post**, within a budget of two seconds.
5. **Finish** in the ledger, **then acknowledge**. Slack repeats what is not acknowledged (at once, after one minute,
   after five), so a crash anywhere above costs nothing.

Where the post is late or refused for now, the answer is written down as **owed**, then acknowledged:
- late: the request that is under way goes on, for a second one could double it. The row says "hands off" for longer
  than a request can last. If the request succeeds, the row is finished; if not, or if we die, the durable engine has it.
- 429, or an error that may pass: the durable engine has it at once, and waits as long as it was told.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import structlog

from bot.storage.errors import StorageUnavailableError
from bot.storage.model import AlreadyDone, Claim, InProgress, Memory, PostedAs, QuestionKey, Summary
from bot.work import metrics
from bot.work.courier import Again, Courier, Outcome, Parcel, Refused, Sent
from bot.work.ledger import Ledger
from bot.work.poster import Payload

log = structlog.get_logger(__name__)

ResultName = Literal["answered", "owed", "silent", "duplicate", "in_progress", "dropped", "withdrawn", "closing"]


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer, ready to be posted."""

    payload: Payload
    """What the poster posts: JSON, complete in itself."""
    summary: Summary
    """What the ledger keeps."""
    plain: Payload | None = None
    """Posted once instead where the card is refused for its form."""
    memory: Memory | None = None
    """What the conversation should remember next."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one delivery."""

    name: ResultName
    posted: PostedAs | None = None

    @property
    def acknowledge(self) -> bool:
        """May the delivery be acknowledged? If not, let it be repeated."""
        return self.name not in ("in_progress", "closing")


Compose = Callable[[], Awaitable[Composed | None]]
HandOver = Callable[[int, int], None]
"""Give an owed row (id, attempt) to the durable engine; returns at once."""


class Delivery:
    """Answers each question once.

    Args:
        ledger: The truth about what was asked, answered and is owed.
        courier: Tries to post.
        hand_over: Gives an owed row to the durable engine.
        budget_s: Seconds until the answer must be out or owed; the acknowledgement is due after three.
        lease_s: Seconds that a claim lasts. Longer than the budget by a good margin, shorter than the minute after
            which Slack repeats a delivery for the second time.
    """

    _LOOK_AGAIN_S = 0.2

    def __init__(
        self,
        ledger: Ledger,
        courier: Courier,
        hand_over: HandOver,
        *,
        budget_s: float = 2.0,
        lease_s: float = 15.0,
    ) -> None:
        if lease_s < 2.0 * budget_s:
            raise ValueError("a claim must outlast the budget by far, or two processes could post at the same time")
        self.ledger = ledger
        self._courier = courier
        self._hand_over = hand_over
        self._budget_s = budget_s
        self._lease_s = lease_s
        self._closing = False
        self._running: dict[QuestionKey, asyncio.Future[None]] = {}
        self._late: set[asyncio.Task[None]] = set()

    async def answer(self, key: QuestionKey, *, compose: Compose) -> Result:
        """Answer a question that was delivered, for the first time or again.

        Args:
            key: The same for every delivery of the same question.
            compose: Makes the answer; called after the claim, or not at all. What it waits for comes out of the budget.

        Returns:
            What became of it; `Result.acknowledge` says whether the delivery may be acknowledged.

        Raises:
            StorageUnavailableError: The ledger cannot be reached; do not acknowledge.
            Exception: Whatever *compose* raised; the question was given back, do not acknowledge.
        """
        result = await self._answer(key, compose)
        metrics.RESULTS.labels(result.name).inc()
        return result

    async def revise(
        self,
        key: QuestionKey,
        edit_key: QuestionKey,
        *,
        compose: Callable[[PostedAs | None], Awaitable[Composed | None]],
    ) -> Result:
        """Bring an answer up to date with its edited question, in place.

        Args:
            key: The question.
            edit_key: This edit (`<ts>:edit:<edited ts>`), so that its repetition is known.
            compose: Is given the message that answers the question now, or None if there is none yet; returns the
                payload that updates it (or posts the first one), or None to leave all as it is.

        Returns:
            As `answer`; `withdrawn` when the question is gone.
        """
        deadline = time.monotonic() + self._budget_s
        if not await self._wait_for_running(key, deadline):
            return Result("in_progress")
        row = await self.ledger.find(key)
        if row is not None and row.state == "owed":
            composed = await compose(None)
            if composed is None:
                return Result("owed")
            parcel = Parcel(composed.payload, composed.plain)
            if await self.ledger.revise_owed(key, parcel.to_json(), composed.summary):
                return Result("owed")
            row = await self.ledger.find(key)  # It went out while we composed: update it like any other.
        if row is not None and row.state == "dropped":
            return Result("withdrawn")
        if row is not None and row.posted is not None:
            posted = row.posted

            async def update() -> Composed | None:
                composed = await compose(posted)
                if composed is None:
                    return None
                await self.ledger.amend(key, composed.summary)
                # The edit is a row of its own for its delivery's sake only; the question stays one question.
                return Composed(composed.payload, Summary(), composed.plain, composed.memory)

            return await self.answer(edit_key, compose=update)
        if row is not None and not await self.ledger.reopen(key):
            return Result("in_progress")
        return await self.answer(key, compose=lambda: compose(None))

    async def withdraw(self, key: QuestionKey, *, compose: Callable[[PostedAs], Awaitable[Composed | None]]) -> Result:
        """The question was deleted: owe nothing, forget its text, take the answer away.

        Args:
            key: The question.
            compose: Is given the message that answers it and returns the payload that deletes it. Not called when
                no message is out.
        """
        if not await self._wait_for_running(key, time.monotonic() + self._budget_s):
            return Result("in_progress")
        posted = await self.ledger.withdraw(key)
        if posted is None:
            return Result("withdrawn")
        gone = QuestionKey(key.team, key.channel, f"{key.key}:deleted")
        return await self.answer(gone, compose=lambda: compose(posted))

    async def close(self, *, grace_s: float = 8.0) -> None:
        """Take no more questions; finish those under way within *grace_s* seconds.

        What is late even then stays in the ledger as owed (it was acknowledged) or claimed (it was not, and Slack
        repeats it).
        """
        self._closing = True
        under_way: set[asyncio.Future[None]] = {*self._running.values(), *self._late}
        if under_way:
            await asyncio.wait(under_way, timeout=grace_s)
        for task in self._late:
            task.cancel()
        if self._late:
            await asyncio.wait(set(self._late), timeout=1.0)

    async def _answer(self, key: QuestionKey, compose: Compose) -> Result:
        if self._closing:
            return Result("closing")
        started = time.monotonic()
        deadline = started + self._budget_s
        while key in self._running:
            # The mention's twin, or a repetition while we are at it. What the ledger says afterwards counts.
            if not await self._wait_for_running(key, deadline) or self._closing:
                return Result("in_progress")
        mark: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._running[key] = mark
        try:
            claim = await self._claim(key, deadline)
            if isinstance(claim, AlreadyDone):
                return Result("duplicate", claim.posted)
            if isinstance(claim, InProgress):
                return Result("in_progress")
            result = await self._answer_claimed(claim, compose, deadline, started + self._lease_s / 2)
            if result.name == "answered":
                metrics.ANSWER_SECONDS.observe(time.monotonic() - started)
            return result
        finally:
            del self._running[key]
            mark.set_result(None)

    async def _claim(self, key: QuestionKey, deadline: float) -> Claim | AlreadyDone | InProgress:
        while True:
            claim = await self.ledger.claim(key, lease_s=self._lease_s)
            rest_s = deadline - time.monotonic()
            if not isinstance(claim, InProgress) or rest_s <= 0.0:
                return claim
            await asyncio.sleep(min(self._LOOK_AGAIN_S, rest_s, max(claim.for_s, 0.01)))

    async def _answer_claimed(self, claim: Claim, compose: Compose, deadline: float, must_post_before: float) -> Result:
        if claim.suspect:
            metrics.RETAKEN.inc()
        try:
            async with asyncio.timeout(max(deadline - time.monotonic(), 0.1)):
                composed = await compose()
        except TimeoutError:
            # Something that composing waited for is slow; the repetition will find it in a cache, or quicker.
            await self.ledger.release(claim)
            return Result("in_progress")
        except Exception:
            await self.ledger.release(claim)
            raise
        if composed is None:
            await self.ledger.finish(claim, None, Summary(decision="silent"))
            return Result("silent")
        parcel = Parcel(composed.payload, composed.plain)
        tries = 0
        may_be_out = claim.suspect
        while True:
            tries += 1
            if time.monotonic() > must_post_before:
                # This process was held up so long that somebody else may have the question by now.
                return Result("in_progress")
            task = asyncio.create_task(self._courier.send(claim.key, parcel, may_be_out=may_be_out, tries=tries))
            try:
                await asyncio.wait({task}, timeout=max(deadline - time.monotonic(), 0.1))
            except asyncio.CancelledError:
                task.cancel()  # Not acknowledged: the claim lapses, and who takes it next looks first.
                raise
            if not task.done():
                return await self._owe_late(claim, composed, parcel, task)
            outcome = task.result()
            if isinstance(outcome, Sent):
                return await self._finish(claim, outcome.posted, composed)
            if isinstance(outcome, Refused):
                await self._courier.give_up(claim, outcome.reason)
                return Result("dropped")
            may_be_out = outcome.may_be_out
            if time.monotonic() + outcome.wait_s >= deadline:
                return await self._owe_now(claim, composed, parcel, outcome)
            await asyncio.sleep(outcome.wait_s)

    async def _finish(self, claim: Claim, posted: PostedAs | None, composed: Composed) -> Result:
        try:
            finished = await self.ledger.finish(claim, posted, composed.summary, composed.memory)
        except StorageUnavailableError:
            # The answer is out. Repeating the delivery could only double it.
            metrics.UNRECORDED.inc()
            log.error("answer_unrecorded", channel=claim.key.channel, key=claim.key.key)
            return Result("answered", posted)
        await self._courier.after_finish(claim.key, posted, finished)
        return Result("withdrawn" if finished == "withdrawn" else "answered", posted)

    async def _owe_now(self, claim: Claim, composed: Composed, parcel: Parcel, again: Again) -> Result:
        kept = await self.ledger.owe(
            claim,
            parcel.to_json(),
            wait_s=again.wait_s,
            may_be_out=again.may_be_out,
            summary=composed.summary,
            memory=composed.memory,
        )
        if not kept:
            return Result("in_progress")
        self._hand_over(claim.row_id, claim.attempt)
        return Result("owed")

    async def _owe_late(self, claim: Claim, composed: Composed, parcel: Parcel, task: asyncio.Task[Outcome]) -> Result:
        patience = self._courier.patience
        try:
            kept = await self.ledger.owe(
                claim,
                parcel.to_json(),
                wait_s=max(patience.lease_s, patience.post_timeout_s),
                may_be_out=True,
                summary=composed.summary,
                memory=composed.memory,
            )
        except BaseException:
            task.cancel()
            raise
        late = asyncio.create_task(self._see_out(claim, task))
        self._late.add(late)
        late.add_done_callback(self._late.discard)
        return Result("owed") if kept else Result("in_progress")

    async def _see_out(self, claim: Claim, task: asyncio.Task[Outcome]) -> None:
        """Await a post that outlived its budget; what it did not bring out goes to the engine."""
        try:
            outcome = await task
            if isinstance(outcome, Sent):
                await self._courier.settle(claim, outcome.posted)
            elif isinstance(outcome, Refused):
                await self._courier.give_up(claim, outcome.reason)
            else:
                await self.ledger.defer(claim, wait_s=outcome.wait_s, may_be_out=outcome.may_be_out)
                self._hand_over(claim.row_id, claim.attempt)
        except asyncio.CancelledError:
            task.cancel()
            # Closing: let the next process look at once instead of after the lease.
            await self.ledger.defer(claim, wait_s=0.0, may_be_out=True)
            raise
        except StorageUnavailableError:
            # The row still says "owed, hands off until …"; the sweeper takes it from there, and looks first.
            log.error("late_answer_unrecorded", channel=claim.key.channel, key=claim.key.key)

    async def _wait_for_running(self, key: QuestionKey, deadline: float) -> bool:
        """Wait until this process is no longer at *key*; False if that takes too long."""
        mark = self._running.get(key)
        if mark is None:
            return True
        await asyncio.wait({mark}, timeout=max(deadline - time.monotonic(), 0.0))
        return mark.done()

"""One try to bring one answer out, and what follows from its outcome.

Both roads use it: the quick one before the acknowledgement (`bot.work.delivery`) and the durable one after it
(`bot.work.durable`). It knows the ledger and the poster, neither Slack nor the engine.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import SystemRandom

import structlog

from bot.storage.errors import StorageUnavailableError
from bot.storage.model import Claim, Finished, OwedAnswer, PostedAs, QuestionKey
from bot.work import metrics
from bot.work.errors import (
    CannotLookError,
    PostRateLimitedError,
    PostRefusedError,
    PostTooLargeError,
    PostTransientError,
)
from bot.work.ledger import Ledger
from bot.work.pace import Pace
from bot.work.poster import Payload, Poster

log = structlog.get_logger(__name__)
_dice = SystemRandom()


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is posted, and what is posted instead where the card is refused for its form."""

    payload: Payload
    plain: Payload | None = None

    def to_json(self) -> str:
        """For the ledger, so that the answer can be posted from there alone."""
        return json.dumps({"payload": dict(self.payload), "plain": dict(self.plain) if self.plain else None})

    @classmethod
    def from_json(cls, text: str) -> Parcel:
        """Read what `to_json` wrote."""
        data: Mapping[str, Mapping[str, object] | None] = json.loads(text)
        return cls(data["payload"] or {}, data["plain"])


@dataclass(frozen=True, slots=True)
class Sent:
    """The message is out; *posted* is None where the other side does not say as what."""

    posted: PostedAs | None


@dataclass(frozen=True, slots=True)
class Again:
    """Not now."""

    wait_s: float
    may_be_out: bool
    """The message may be there although we were not told."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Never."""

    reason: str


Outcome = Sent | Again | Refused


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often. Seconds."""

    post_timeout_s: float = 45.0
    """For one try, whatever the poster's own time-outs are."""
    lease_s: float = 60.0
    """How long an owed answer is ours while we post it; longer than one try."""
    first_wait_s: float = 1.0
    """After a failure that named no wait; doubled each time."""
    longest_wait_s: float = 300.0
    give_up_s: float = 86_400.0
    """After this an answer helps nobody; it is dropped and counted."""
    unavailable_wait_s: float = 5.0
    """When the ledger cannot be reached."""
    at_once: int = 8
    """Owed answers posted at the same time."""


class Courier:
    """Tries, waits where it was told to wait, and keeps the ledger true.

    Args:
        ledger: The truth about what is owed.
        poster: Who can really post.
        patience: How long and how often.
        pace: Where Slack has asked us to wait.
    """

    def __init__(
        self, ledger: Ledger, poster: Poster, *, patience: Patience | None = None, pace: Pace | None = None
    ) -> None:
        self._ledger = ledger
        self._poster = poster
        self.patience = patience or Patience()
        self._pace = pace or Pace()
        self._at_once = asyncio.Semaphore(self.patience.at_once)

    async def send(self, key: QuestionKey, parcel: Parcel, *, may_be_out: bool, tries: int) -> Outcome:
        """Try once, looking first if an earlier try may have succeeded.

        Args:
            key: Which question this answers.
            parcel: What to post.
            may_be_out: An earlier try ended without a word.
            tries: How many tries there were, this one included; sets the wait after a failure.

        Returns:
            What came of it. Raises nothing but cancellation.
        """
        closed_s = self._pace.wait_s(key.team, key.channel)
        if closed_s > 0.0:
            return Again(closed_s, may_be_out)
        try:
            async with asyncio.timeout(self.patience.post_timeout_s):
                if may_be_out:
                    found = await self._look(key, parcel)
                    if found is not None:
                        metrics.TRIES.labels("found").inc()
                        return Sent(found)
                    # Looked and saw nothing, or could not look: from here on only this try can be out.
                    may_be_out = False
                return await self._post(key, parcel)
        except PostRateLimitedError as error:
            metrics.TRIES.labels("rate_limited").inc()
            self._pace.hold(key.team, key.channel, error.retry_after_s)
            return Again(error.retry_after_s, may_be_out)
        except PostTransientError as error:
            metrics.TRIES.labels("transient").inc()
            log.info("post_failed", reason=error.reason, tries=tries)
            return Again(self.wait_after(tries), may_be_out or error.may_be_out)
        except PostRefusedError as error:
            metrics.TRIES.labels("refused").inc()
            return Refused(error.reason)
        except TimeoutError:
            metrics.TRIES.labels("transient").inc()
            return Again(self.wait_after(tries), may_be_out=True)
        except Exception as error:  # noqa: BLE001
            # A fault of ours in the poster must not lose the answer; it is tried again until it is too old.
            metrics.TRIES.labels("transient").inc()
            log.error("post_fault", kind=type(error).__name__, tries=tries)
            return Again(self.wait_after(tries), may_be_out=True)

    async def settle(self, claim: Claim, posted: PostedAs | None) -> Finished:
        """Write down that an owed answer is out; take it back if its question was deleted meanwhile."""
        return await self.after_finish(claim.key, posted, await self._ledger.finish(claim, posted))

    async def after_finish(self, key: QuestionKey, posted: PostedAs | None, finished: Finished) -> Finished:
        """Count a doubled answer; delete one whose question is gone."""
        if finished == "doubled":
            metrics.DOUBLED.inc()
            log.warning("answer_doubled", channel=key.channel, key=key.key)
        elif finished == "withdrawn" and posted is not None:
            try:
                await self._poster.unpost(posted)
            except Exception as error:  # noqa: BLE001 (the deletion is a courtesy; the answer is settled either way)
                log.warning("unpost_failed", kind=type(error).__name__)
        return finished

    async def attempt(self, row_id: int) -> float | None:
        """The durable road's step: post one owed answer from its row.

        Args:
            row_id: Its row.

        Returns:
            Seconds after which to try again, or None when nothing is owed any more. Never raises but for cancellation:
            what a step raises ends up in the engine's tables.
        """
        try:
            # In this order: a lease must not run out in the queue for a turn.
            async with self._at_once:
                taken = await self._ledger.take_owed(row_id, lease_s=self.patience.lease_s)
                if taken is None or isinstance(taken, float):
                    return taken
                return await self._attempt_taken(taken)
        except StorageUnavailableError:
            return self.patience.unavailable_wait_s
        except Exception as error:  # noqa: BLE001 (see Returns)
            log.error("attempt_fault", kind=type(error).__name__, row_id=row_id)
            return self.patience.longest_wait_s

    async def _attempt_taken(self, owed: OwedAnswer) -> float | None:
        claim = owed.claim
        if owed.age_s > self.patience.give_up_s:
            await self.give_up(claim, "too_old")
            return None
        outcome = await self.send(
            claim.key, Parcel.from_json(owed.payload_json), may_be_out=claim.suspect, tries=claim.attempt
        )
        if isinstance(outcome, Sent):
            await self.settle(claim, outcome.posted)
            return None
        if isinstance(outcome, Refused):
            await self.give_up(claim, outcome.reason)
            return None
        await self._ledger.defer(claim, wait_s=outcome.wait_s, may_be_out=outcome.may_be_out)
        return outcome.wait_s

    async def give_up(self, claim: Claim, reason: str) -> None:
        """Drop an answer for good, visibly."""
        metrics.DROPPED.labels(reason).inc()
        log.warning("answer_dropped", reason=reason, channel=claim.key.channel, key=claim.key.key)
        await self._ledger.drop(claim, reason)

    def wait_after(self, tries: int) -> float:
        """Seconds to wait after so many failures: doubling, capped, and never the same twice."""
        wait_s = min(self.patience.longest_wait_s, self.patience.first_wait_s * 2.0 ** min(tries - 1, 20))
        return wait_s * _dice.uniform(0.8, 1.2)

    async def _look(self, key: QuestionKey, parcel: Parcel) -> PostedAs | None:
        try:
            return await self._poster.find_posted(key, parcel.payload)
        except CannotLookError:
            metrics.UNVERIFIED.inc()
            return None

    async def _post(self, key: QuestionKey, parcel: Parcel) -> Outcome:
        try:
            posted = await self._poster.post(parcel.payload)
        except PostTooLargeError as error:
            if parcel.plain is None:
                raise
            log.warning("card_refused", reason=error.reason, channel=key.channel)
            metrics.TRIES.labels("plain").inc()
            posted = await self._poster.post(parcel.plain)
        metrics.TRIES.labels("posted").inc()
        return Sent(posted)

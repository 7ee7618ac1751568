"""Probes for many people at once: who may, how often, how many at the same time, and what was seen a moment ago.

Everything that a surface needs besides showing the result. Each probe leaves one line in the log, and a record for whoever
keeps them: who, which host, allowed or not, how long; never what somebody wrote.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

import structlog

from bot.errors import BotError
from bot.probe.facts import PortFacts
from bot.probe.plan import ProbePlan
from bot.probe.quota import Limits, Quotas
from bot.probe.run import DEADLINE_S, probe
from bot.probe.target import Guard, Resolver

log = structlog.get_logger(__name__)

_TURN_S: Final = 4.0
"""At most so much of the deadline is spent waiting for a turn: less than the rest would make slow servers look dead."""
_KEPT: Final = 500

Outcome = Literal["allowed", "remembered", "refused"]


class ProbesBusyError(BotError):
    """So many probes are running that this one did not get its turn."""

    def __init__(self) -> None:
        super().__init__("probe.busy")


@dataclass(frozen=True)
class Asker:
    """Who wants to know."""

    team: str
    user: str


@dataclass(frozen=True)
class ProbeRecord:
    """What is kept of a probe."""

    team: str
    user: str
    host: str
    outcome: Outcome
    reason: str
    """Why it was refused or failed, as the end of a message key; empty otherwise."""
    elapsed_ms: int
    ended_at: datetime


@dataclass(frozen=True)
class HostProgress:
    """One host, as far as it has been seen."""

    plan: ProbePlan
    facts: Mapping[int, PortFacts] = field(default_factory=dict)
    """By port."""
    error: BotError | None = None
    """Why there will be no facts."""
    seen_at: datetime | None = None
    """Set where the facts were remembered from an earlier probe."""

    @property
    def waiting(self) -> int:
        """Say how many ports are still without a result."""
        return 0 if self.error is not None else len(self.plan.ports) - len(self.facts)


Progress = tuple[HostProgress, ...]
"""All hosts of one question, in its order."""


class ProbeService:
    """Probes on behalf of people.

    Args:
        guard: Says what may be reached.
        resolver: Finds addresses.
        limits: How much is allowed.
        note: Is handed the record of each probe; returns at once and raises nothing.
        deadline_s: Seconds for one host, the wait for a turn included.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        guard: Guard,
        resolver: Resolver,
        *,
        limits: Limits | None = None,
        note: Callable[[ProbeRecord], None] | None = None,
        deadline_s: float = DEADLINE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guard = guard
        self._resolver = resolver
        self._limits = limits or Limits()
        self._note = note
        self._deadline_s = deadline_s
        self._clock = clock
        self._quotas = Quotas(self._limits, clock)
        self._turns = asyncio.Semaphore(self._limits.at_once)
        self._running: dict[ProbePlan, asyncio.Event] = {}
        self._known: OrderedDict[ProbePlan, tuple[float, HostProgress]] = OrderedDict()

    async def probe(self, asker: Asker, plans: Sequence[ProbePlan]) -> AsyncGenerator[Progress, None]:
        """Probe the hosts of one question, all at once.

        To stop, close the generator or cancel the task that reads it.

        Args:
            asker: Who wants to know.
            plans: Which hosts and ports.

        Yields:
            How far it has come, whenever something became known; the last one has nothing waiting. A host that cannot be
            probed carries its error and does not hold up the others.

        Raises:
            QuotaError: The asker, the workspace or a host has had enough for now.
        """
        latest = {plan: self._recall(plan) or HostProgress(plan) for plan in plans}
        for plan, progress in latest.items():
            if progress.seen_at is not None:
                self._record(asker, plan, "remembered", "", 0.0)
        open_ = [plan for plan, progress in latest.items() if progress.waiting]
        try:
            if open_:
                self._quotas.take(asker.team, asker.user, (plan.host for plan in open_))
        except BotError as error:
            for plan in open_:
                self._record(asker, plan, "refused", _reason(error), 0.0)
            raise
        if len(open_) < len(latest):
            yield tuple(latest.values())
        changed: asyncio.Queue[HostProgress | None] = asyncio.Queue()
        tasks = [asyncio.create_task(self._follow(asker, plan, changed)) for plan in open_]
        try:
            left = len(tasks)
            while left:
                news = await changed.get()  # Each task ends at its deadline, and says so with None.
                if news is None:
                    left -= 1
                    continue
                latest[news.plan] = news
                yield tuple(latest.values())
            await asyncio.gather(*tasks)  # A fault of ours is raised here.
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, asker: Asker, plan: ProbePlan, changed: asyncio.Queue[HostProgress | None]) -> None:
        """Probe one host, hand over each change, and leave a record whatever happens."""
        began = self._clock()
        outcome: Outcome = "allowed"
        reason = "stopped"
        try:
            async with aclosing(self._one(plan)) as steps:
                async for progress in steps:
                    changed.put_nowait(progress)
                    if progress.seen_at is not None:
                        outcome = "remembered"
            reason = ""
        except BotError as error:
            reason = _reason(error)
            outcome = "refused" if reason.startswith("refused_") or isinstance(error, ProbesBusyError) else "allowed"
            changed.put_nowait(HostProgress(plan, error=error))
        except Exception:
            reason = "fault"
            raise
        finally:
            self._record(asker, plan, outcome, reason, self._clock() - began)
            changed.put_nowait(None)

    async def _one(self, plan: ProbePlan) -> AsyncGenerator[HostProgress, None]:
        # Somebody else is at this very host: their result is ours, and comes within their deadline.
        while (under_way := self._running.get(plan)) is not None:
            await under_way.wait()
        known = self._recall(plan)
        if known is not None:
            yield known
            return
        mark = self._running[plan] = asyncio.Event()  # Nothing is awaited between the look and this mark.
        deadline = self._clock() + self._deadline_s
        try:
            try:
                async with asyncio.timeout(min(_TURN_S, self._deadline_s / 2)):
                    await self._turns.acquire()
            except TimeoutError:
                raise ProbesBusyError from None
            try:
                async with aclosing(self._look(plan, deadline - self._clock())) as steps:
                    async for progress in steps:
                        yield progress
            finally:
                self._turns.release()
        finally:
            self._end(plan, mark)

    async def _look(self, plan: ProbePlan, deadline_s: float) -> AsyncGenerator[HostProgress, None]:
        await asyncio.to_thread(_warm_up)
        facts: dict[int, PortFacts] = {}
        async with aclosing(probe(plan, guard=self._guard, resolver=self._resolver, deadline_s=deadline_s)) as results:
            async for each in results:
                facts[each.port] = each
                yield HostProgress(plan, dict(facts))
        self._known[plan] = (self._clock(), HostProgress(plan, facts, seen_at=datetime.now(UTC)))
        self._known.move_to_end(plan)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)

    def _recall(self, plan: ProbePlan) -> HostProgress | None:
        at, progress = self._known.get(plan, (0.0, None))
        return progress if progress is not None and self._clock() - at < self._limits.memory_s else None

    def _end(self, plan: ProbePlan, mark: asyncio.Event) -> None:
        del self._running[plan]
        mark.set()

    def _record(self, asker: Asker, plan: ProbePlan, outcome: Outcome, reason: str, seconds: float) -> None:
        log.info(
            "probe",
            team=asker.team,
            user=asker.user,
            host=plan.host,
            outcome=outcome,
            reason=reason,
            seconds=round(seconds, 3),
        )
        if self._note is not None:
            elapsed_ms = round(seconds * 1000)
            self._note(ProbeRecord(asker.team, asker.user, plan.host, outcome, reason, elapsed_ms, datetime.now(UTC)))


def _warm_up() -> None:
    """Import what a probe needs, beside the event loop: TLS and DNS take a tenth of a second the first time."""
    import dns.asyncresolver  # noqa: F401
    import OpenSSL.SSL  # noqa: F401
    import service_identity  # noqa: F401


def _reason(error: BotError) -> str:
    return error.message_key.removeprefix("probe.")

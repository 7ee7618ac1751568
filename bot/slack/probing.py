"""Probes in Slack: a first message at once, what is known so far in its place, the whole report at the end.

A probe runs as a task of its own, so no listener waits for it. The first message goes the way of every answer (claimed in
the ledger, posted once), and only who brought it out starts the probe: a redelivery finds the question answered. The report
goes the same way, as a revision of that answer, and is owed where Slack is slow. What is shown in between is a courtesy.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog

from bot.answer.model import Answer
from bot.errors import BotError
from bot.kb.model import Language
from bot.probe.service import Asker, ProbeService
from bot.slack.logs import frames
from bot.slack.messages import Json
from bot.slack.probe_cards import ProbeCards
from bot.slack.probe_run import Private, Run, Thread
from bot.slack.tasks import Tasks
from bot.slack.wishes import Wishes
from bot.work import Composed, Delivery, PostedAs, PostError, PostRefusedError, QuestionKey, Result

if TYPE_CHECKING:
    from bot.answer.probe_report import State
    from bot.match.model import Slots
    from bot.slack.outbound import SlackOutbound
    from bot.slack.people import People

log = structlog.get_logger(__name__)

# A response URL works five times: the first message, these, and the report are four. chat.update may go on.
_PAUSES_PRIVATE_S: Final = (1.2, 2.5)
_PAUSE_THREAD_S: Final = 1.0
_SHOW_S: Final = 2.0
_LONGEST_S: Final = 30.0
"""Far beyond the deadline of a probe: where this is reached, something is broken."""
_KEPT: Final = 300
_KEPT_S: Final = 1800.0
"""As long as a response URL works, a report can be shown to everyone."""
_TRIES: Final = 3
_TRY_AGAIN_S: Final = 0.5
_FORGET_S: Final = 1.5
_OWED_S: Final = 120.0
"""For so long it is watched whether an owed first message comes out."""


class Probing:
    """Starts, shows and ends probes.

    Args:
        service: Probes.
        wishes: Reads what is to be probed.
        delivery: Brings the first message and the report out, once.
        outbound: Shows what is known in between.
        people: Who may start a probe.
        tasks: Keeps the probes in sight.
        cards: Makes the messages.
    """

    def __init__(
        self,
        service: ProbeService,
        wishes: Wishes,
        delivery: Delivery,
        outbound: SlackOutbound,
        people: People,
        tasks: Tasks,
        cards: ProbeCards,
    ) -> None:
        self.wishes = wishes
        self._service = service
        self._delivery = delivery
        self._outbound = outbound
        self._people = people
        self._tasks = tasks
        self._cards = cards
        self._running: dict[str, Run] = {}
        self._finished: OrderedDict[str, Run] = OrderedDict()
        self._following: set[asyncio.Task[None]] = set()
        self._closing = False

    async def refusal(self, team: str, user: str) -> str | None:
        """Return the key of why a person may not have anything probed; None where they may."""
        member = await self._people.is_member(team, user)
        return None if member else "probe_unsure" if member is None else "probe_guest"

    def check_button(self, answer: Answer, slots: Slots) -> list[Json]:
        """Return the button below an answer that probes the servers it names; empty where it names none."""
        value = self.wishes.button_value(answer, slots)
        return self._cards.check_button(value, answer.language) if value is not None else []

    # -- the way of one probe --------------------------------------------------------------------------------------

    def first(self, run: Run) -> Composed:
        """Return the first message of a probe."""
        cards = self._cards
        payload, plain = cards.message(run, cards.start(run), None, cards.stop_button(run))
        return Composed(payload, run.summary, plain)

    async def start(self, run: Run) -> Result:
        """Bring the first message out and begin; for questions that are nothing but the wish for a probe."""

        async def compose() -> Composed:
            return self.first(run)

        self._running[run.id] = run  # Before anything is awaited: a second press finds it.
        try:
            result = await self._delivery.answer(run.key, compose=compose)
            self.begin(run, result)
        finally:
            if run.following is None:
                self._running.pop(run.id, None)
        return result

    def begin(self, run: Run, result: Result) -> None:
        """Begin to probe, if it was this delivery of the question that brought the first message out."""
        if result.name not in ("answered", "owed"):
            return
        if self._closing:
            self._end(run, "interrupted")
        self._running[run.id] = run
        task = run.following = self._tasks.start(self._follow(run, result.posted), "probe")
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    def is_running(self, origin: str) -> bool:
        """Say whether what was used to start a probe has one running."""
        return any(run.origin == origin for run in self._running.values())

    def stop(self, id_: str, user: str) -> str | None:
        """End a probe on its asker's wish; what was seen is kept.

        Returns:
            The key of what to tell whoever wanted it, or None.
        """
        run = self._running.get(id_)
        if run is None:
            return "probe_over"
        if run.user != user:
            return "probe_not_yours"
        self._end(run, "stopped")
        return None

    def report_of(self, id_: str, language: Language) -> Answer | None:
        """Return the report of a finished probe in somebody's language; None where it is not kept any more."""
        run = self._finished.get(id_)
        if run is None or run.ended is None or time.monotonic() - run.ended > _KEPT_S:
            return None
        return self._cards.report(run, language)

    def abandon(self, key: QuestionKey) -> None:
        """A question was taken back or asked anew: probe no further, and show nothing."""
        for run in self._running.values():
            if run.key == key:
                run.is_gone = True
                run.ending.set()

    async def forget(self, team: str, user: str) -> None:
        """Stop what somebody has running, so that nothing about them is written down after they wanted to be forgotten."""
        mine = [run for run in self._running.values() if run.key.team == team and run.user == user]
        for run in mine:
            run.summary = replace(run.summary, text=None, asker=None)
            self._end(run, "stopped")
        following = {run.following for run in mine if run.following is not None}
        if following:
            await asyncio.wait(following, timeout=_FORGET_S)

    def interrupt(self) -> None:
        """The program ends: nothing new begins, and what runs is shown as interrupted."""
        self._closing = True
        for run in list(self._running.values()):
            self._end(run, "interrupted")

    async def close(self, *, grace_s: float) -> None:
        """Wait until every interrupted probe has said so."""
        self.interrupt()
        if self._following:
            await asyncio.wait(set(self._following), timeout=grace_s)

    # -- one probe, as a task --------------------------------------------------------------------------------------

    async def _follow(self, run: Run, posted: PostedAs | None) -> None:
        reading = asyncio.create_task(self._read(run))
        ending = asyncio.create_task(run.ending.wait())
        try:
            shown = run.latest
            for pause_s in self._pauses(run):
                done, _ = await asyncio.wait({reading, ending}, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
                if done or run.is_gone:
                    break
                if run.latest is not shown:
                    shown = run.latest
                    await self._show(run, posted)
        finally:
            reading.cancel()
            ending.cancel()
            await asyncio.gather(reading, ending, return_exceptions=True)
            self._running.pop(run.id, None)
        if run.is_gone:
            return
        run.ended, run.ended_at = time.monotonic(), datetime.now(UTC)
        if run.state == "running":
            # Neither done nor ended by anybody: a fault of ours, already in the log.
            run.state, run.error = "stopped", run.error or BotError("probe.fault")
        self._keep(run)
        await self._finish(run)

    async def _read(self, run: Run) -> None:
        try:
            async with aclosing(self._service.probe(Asker(run.key.team, run.user), run.wish.plans)) as steps:
                async for progress in steps:
                    run.latest = progress
        except BotError as error:
            run.error = error
        except Exception as error:  # noqa: BLE001 - whatever failed, the asker is told
            log.error("probe_fault", kind=type(error).__name__, where=frames(error))
            run.error = BotError("probe.fault")
        if run.state == "running":
            run.state = "complete"

    def _pauses(self, run: Run) -> Iterator[float]:
        latest = run.began + _LONGEST_S
        yield from _PAUSES_PRIVATE_S if isinstance(run.place, Private) else ()
        while (left_s := latest - time.monotonic()) > 0:
            yield left_s if isinstance(run.place, Private) else _PAUSE_THREAD_S

    async def _show(self, run: Run, posted: PostedAs | None) -> None:
        """Show what is known so far. A courtesy: tried once, and not for long."""
        if posted is None and isinstance(run.place, Thread):
            return  # The first message is not out yet.
        cards = self._cards
        payload, _ = cards.message(run, cards.report(run), posted, cards.stop_button(run))
        try:
            async with asyncio.timeout(_SHOW_S):
                await self._outbound.post(payload)
        except PostRefusedError as refused:
            run.is_gone = refused.reason == "message_not_found"
        except (PostError, TimeoutError):
            pass

    async def _finish(self, run: Run) -> None:
        """Bring the report out in place of the first message."""
        answer = self._cards.report(run)
        more = self._cards.share_button(run) if run.id in self._finished else []

        async def compose(posted: PostedAs | None) -> Composed:
            payload, plain = self._cards.message(run, answer, posted, more, is_last=True)
            return Composed(payload, run.summary, plain)

        for number in range(_TRIES):
            key = QuestionKey(run.key.team, run.key.channel, f"{run.key.key}:probe:{number}")
            with contextlib.suppress(BotError):  # The records cannot be reached: they may in a moment.
                result = await self._delivery.revise(run.key, key, compose=compose)
                if result.acknowledge and not (result.name == "owed" and await self._came_out_late(run)):
                    return
            await asyncio.sleep(_TRY_AGAIN_S)
        log.error("probe_unshown", channel=run.key.channel)

    async def _came_out_late(self, run: Run) -> bool:
        """Say whether the first message itself was owed and is out by now.

        Then it may be the first message that was found there, and not the report that was owed in its stead.
        """
        if isinstance(run.place, Private):
            return False  # Nothing can be found there, so what is owed is posted: the report.
        row = await self._delivery.ledger.find(run.key)
        if row is None or row.state != "owed":
            return False  # The change is owed, and comes.
        deadline = time.monotonic() + _OWED_S
        while row is not None and row.state == "owed" and time.monotonic() < deadline:
            await asyncio.sleep(_TRY_AGAIN_S)
            row = await self._delivery.ledger.find(run.key)
        return row is not None and row.posted is not None

    # -- helpers -------------------------------------------------------------------------------------------------------

    def _end(self, run: Run, state: State) -> None:
        if run.state == "running":
            run.state = state
            run.ending.set()

    def _keep(self, run: Run) -> None:
        can_share = isinstance(run.place, Private) and run.place.can_share
        if can_share and run.state == "complete" and any(each.facts for each in run.latest):
            self._finished[run.id] = run
            while len(self._finished) > _KEPT:
                self._finished.popitem(last=False)

"""Probes in Slack: a first message at once, what is known so far in its place, the whole report at the end.

A probe runs as a task of its own, so no listener waits for it. The first message goes the way of every answer (claimed in
the ledger, posted once), and only who brought it out starts the probe: a redelivery finds the question answered. The report
goes the same way, as a revision of that answer, and is owed where Slack is slow. What is shown in between is a courtesy.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog
from msgspec.structs import replace

from bot.answer.model import Answer
from bot.cards import action_ids
from bot.errors import BotError
from bot.kb.model import Language
from bot.probe.service import Asker, HostProgress, ProbeService, Progress
from bot.slack import messages
from bot.slack.messages import Json
from bot.slack.tasks import Tasks
from bot.slack.wishes import Wish, Wishes
from bot.work import Composed, Delivery, PostedAs, PostError, PostRefusedError, QuestionKey, Result, Summary

if TYPE_CHECKING:
    from bot.answer.engine import Engine
    from bot.answer.probe_report import HostSeen, State
    from bot.match.model import Slots
    from bot.slack.outbound import SlackOutbound
    from bot.slack.people import People
    from bot.slack.words import Words

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
_OWED_S: Final = 120.0
"""For so long it is watched whether an owed first message comes out."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Where everybody sees it."""

    channel: str
    root: str


@dataclass(frozen=True, slots=True)
class Private:
    """Where its asker alone sees it."""

    url: str
    replace: bool = False
    """Put it in place of the message whose button was pressed."""
    can_share: bool = True


@dataclass
class Run:
    """One question's probe."""

    wish: Wish
    key: QuestionKey
    user: str
    language: Language
    place: Thread | Private
    origin: str
    """What was used to start it: while it runs, the same cannot start another."""
    notice: str | None = None
    """Said to the asker alone above what they alone see (a password was pasted)."""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    summary: Summary = field(default_factory=Summary)
    latest: Progress = ()
    state: State = "running"
    error: BotError | None = None
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    ended_at: datetime | None = None
    is_gone: bool = False
    """Its message was deleted."""
    ending: asyncio.Event = field(default_factory=asyncio.Event)


class Probing:
    """Starts, shows and ends probes.

    Args:
        service: Probes.
        wishes: Reads what is to be probed.
        engine: Holds the knowledge and the words.
        delivery: Brings the first message and the report out, once.
        outbound: Shows what is known in between.
        people: Who may start a probe.
        tasks: Keeps the probes in sight.
        words: Labels of the buttons.
    """

    def __init__(
        self,
        service: ProbeService,
        wishes: Wishes,
        engine: Engine,
        delivery: Delivery,
        outbound: SlackOutbound,
        people: People,
        tasks: Tasks,
        words: Words,
    ) -> None:
        self.wishes = wishes
        self._service = service
        self._engine = engine
        self._delivery = delivery
        self._outbound = outbound
        self._people = people
        self._tasks = tasks
        self._words = words
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
        label = self._words.say("probe_check", answer.language)
        return messages.button(action_ids.PROBE_CHECK, label, value) if value is not None else []

    # -- the way of one probe --------------------------------------------------------------------------------------

    def first(self, run: Run) -> Composed:
        """Return the first message of a probe."""
        from bot.answer.probe_report import compose_start

        kit = self._engine.kit(run.language)
        answer = compose_start(kit, run.wish.hosts, self._name(run))
        payload, plain = self._message(run, answer, None, self._stop_button(run))
        return Composed(payload, run.summary, plain)

    async def start(self, run: Run) -> Result:
        """Bring the first message out and begin; for questions that are nothing but the wish for a probe."""

        async def compose() -> Composed:
            return self.first(run)

        result = await self._delivery.answer(run.key, compose=compose)
        self.begin(run, result)
        return result

    def begin(self, run: Run, result: Result) -> None:
        """Begin to probe, if it was this delivery of the question that brought the first message out."""
        if result.name not in ("answered", "owed"):
            return
        if self._closing:
            self._end(run, "interrupted")
        self._running[run.id] = run
        task = self._tasks.start(self._follow(run, result.posted), "probe")
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
        return self._report(run, language)

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
            log.error("probe_fault", kind=type(error).__name__)
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
        payload, _ = self._message(run, self._report(run, run.language), posted, self._stop_button(run))
        try:
            async with asyncio.timeout(_SHOW_S):
                await self._outbound.post(payload)
        except PostRefusedError as refused:
            run.is_gone = refused.reason == "message_not_found"
        except (PostError, TimeoutError):
            pass

    async def _finish(self, run: Run) -> None:
        """Bring the report out in place of the first message."""
        answer = self._report(run, run.language)
        more: list[Json] = []
        if isinstance(run.place, Private) and run.place.can_share and run.id in self._finished:
            more = messages.button(action_ids.PROBE_SHARE, self._words.say("share", run.language), run.id)

        async def compose(posted: PostedAs | None) -> Composed:
            payload, plain = self._message(run, answer, posted, more, is_last=True)
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

    # -- words and messages ----------------------------------------------------------------------------------------

    def _report(self, run: Run, language: Language) -> Answer:
        from bot.answer.probe_report import Course, compose_refusal, compose_report

        kit = self._engine.kit(language)
        if run.error is not None:
            return compose_refusal(kit, [run.error], run.wish.hosts)
        # Nothing was handed over yet where the probe was ended at its very beginning.
        progress = run.latest or tuple(HostProgress(plan) for plan in run.wish.plans)
        errors = [each.error for each in progress if each.error is not None]
        if errors and len(errors) == len(progress):
            return compose_refusal(kit, errors, run.wish.hosts)
        seen_at = min((each.seen_at for each in progress if each.seen_at is not None), default=None)
        until = run.ended_at or datetime.now(UTC)
        course = Course(
            state=run.state,
            waiting=sum(each.waiting for each in progress),
            seconds=(run.ended or time.monotonic()) - run.began,
            seen_at=seen_at,
            age_s=max(0, round((until - seen_at).total_seconds())) if seen_at is not None else 0,
        )
        lookup = kit.lookup
        owners = [lookup.provider_of_host(host) for host in run.wish.hosts]
        named = lookup.provider(run.wish.provider) if run.wish.provider is not None else None
        return compose_report(
            kit,
            _seen(progress, until),
            course,
            client=lookup.client(run.wish.client) if run.wish.client is not None else None,
            provider=named or (owners[0] if len({owner.id if owner else "" for owner in owners}) == 1 else None),
            name=self._name(run, language),
            errors=errors,
        )

    def _name(self, run: Run, language: Language | None = None) -> str | None:
        kit = self._engine.kit(language or run.language)
        provider = kit.lookup.provider(run.wish.provider or "") if run.wish.by_name else None
        return kit.text(provider.names) if provider is not None else None

    def _message(
        self, run: Run, answer: Answer, posted: PostedAs | None, more: list[Json], *, is_last: bool = False
    ) -> tuple[Json, Json]:
        place = run.place
        if isinstance(place, Private):
            is_first = not run.latest and not is_last
            answer = replace(answer, private_notice=run.notice)
            return messages.private(answer, run.key, place.url, more=more, replace=place.replace or not is_first)
        if posted is not None:
            return messages.update(answer, run.key, posted, more)
        return messages.posting(answer, run.key, place.channel, place.root, more)

    def _stop_button(self, run: Run) -> list[Json]:
        return messages.button(action_ids.PROBE_STOP, self._words.say("probe_stop", run.language), run.id)

    def _end(self, run: Run, state: State) -> None:
        if run.state == "running":
            run.state = state
            run.ending.set()

    def _keep(self, run: Run) -> None:
        if run.state == "complete" and any(each.facts for each in run.latest):
            self._finished[run.id] = run
            while len(self._finished) > _KEPT:
                self._finished.popitem(last=False)


def _seen(progress: Progress, now: datetime) -> list[HostSeen]:
    from bot.answer.probe_report import HostSeen
    from bot.probe.verdict import judge_host, judge_port

    found = []
    for each in progress:
        if each.error is None:
            host = each.plan.host
            known = [each.facts[port.port] for port in each.plan.ports if port.port in each.facts]
            verdict = judge_host(tuple(judge_port(facts, host, now) for facts in known), host)
            found.append(HostSeen(verdict, each.facts))
    return found

"""Discover, then probe, under one deadline for each, and hand on what is known after every step.

What our own knowledge names is probed while the others are still being asked: a dead web server of the domain costs up to
five seconds, and nothing that it could say comes before a reviewed fact.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.discovery.agree import Discovery, judge_agreement
from bot.discovery.candidates import Found
from bot.errors import BotError
from bot.probe.facts import PortFacts
from bot.probe.plan import USUAL_PORTS, PortPlan, ProbePlan, plan_ports
from bot.probe.run import DEADLINE_S, probe
from bot.probe.verdict import judge_host, judge_port
from bot.survey.means import Means
from bot.survey.plan import MOST_HOSTS, choose_hosts, choose_ports
from bot.survey.result import HostLook, Survey, recommend
from bot.survey.target import Target


async def look_up(
    target: Target,
    means: Means,
    *,
    ports: tuple[PortPlan, ...] | None = None,
    deadline_s: float = DEADLINE_S,
) -> AsyncGenerator[Survey, None]:
    """Look at a server or a domain from all sides.

    To stop, close the generator (`contextlib.aclosing`) or cancel the task that reads it: nothing keeps running.

    Args:
        target: As `bot.survey.target.read_target` returns it.
        means: What to work with.
        ports: To be probed on every host instead of the usual ones.
        deadline_s: Seconds for the probes, counted from the end of the discovery, which has a deadline of its own.

    Yields:
        What is known, after each step; the last one is complete. A host that cannot be probed carries its error.
    """
    work = _Work(target, means, ports, deadline_s)
    try:
        work.begin()
        while not work.is_over:
            await work.next_event()
            yield work.survey()
    finally:
        await work.end()


class _Work:
    """The state of one survey: tasks put what they find into a queue, and one reader takes it from there."""

    def __init__(self, target: Target, means: Means, ports: tuple[PortPlan, ...] | None, deadline_s: float) -> None:
        self._target = target
        self._means = means
        self._ports = ports
        self._deadline_s = deadline_s
        self._events: asyncio.Queue[tuple[object, ...]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._steps: list[Found] = []
        self._discovery: Discovery | None = None
        self._is_discovered = not target.is_discovered
        self._looks: dict[str, HostLook] = {}
        self._open: set[str] = set()
        self._owner = means.lookup.hosts.owner(target.name) if target.kind == "server" else None

    @property
    def is_over(self) -> bool:
        return self._is_discovered and not self._open

    def begin(self) -> None:
        if self._target.is_probed:
            usual = USUAL_PORTS if self._target.port is None else (self._target.port,)
            self._probe(self._target.name, self._ports or plan_ports(usual))
        if self._target.is_discovered:
            self._discovery = judge_agreement(self._target.name, ())
            self._start(self._discover())

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def next_event(self) -> None:
        """Wait for what a task has found and take it in."""
        match await self._events.get():
            case ("found", Found() as found):
                self._steps.append(found)
                self._discovery = judge_agreement(self._target.name, self._steps)
                self._probe_chosen()
            case ("discovered",):
                self._is_discovered = True
                self._probe_chosen()
            case ("seen", str(host), PortFacts() as facts):
                self._see(host, facts)
            case ("probed", str(host), error):
                self._open.discard(host)
                if isinstance(error, BotError):
                    self._looks[host] = replace(self._looks[host], error=error)
            case ("broken", BaseException() as error):
                raise error

    def survey(self) -> Survey:
        hosts = tuple(self._looks.values())
        return Survey(
            self._target,
            self._discovery,
            hosts,
            recommend(self._target, self._discovery, hosts, self._owner),
            self._is_discovered,
            self.is_over,
        )

    def _probe_chosen(self) -> None:
        """Probe what is sure to be chosen: reviewed facts at once, everything else when nothing more can come before it."""
        found = self._discovery.agreements if self._discovery is not None else ()
        if not self._is_discovered:
            found = tuple(each for each in found if each.trust == "reviewed")
        for host in choose_hosts(found):
            if len(self._looks) < MOST_HOSTS and host not in self._looks:
                self._probe(host, self._ports or choose_ports(host, found))

    def _probe(self, host: str, ports: tuple[PortPlan, ...]) -> None:
        plan = ProbePlan(host, ports, self._means.ca_file)
        self._looks[host] = HostLook(plan, (), judge_host((), host))
        self._open.add(host)
        self._start(self._probe_host(plan))

    def _see(self, host: str, facts: PortFacts) -> None:
        look = self._looks[host]
        seen = {each.port: each for each in (*look.facts, facts)}
        ordered = tuple(seen[port.port] for port in look.plan.ports if port.port in seen)
        now = datetime.now(UTC)
        verdict = judge_host(tuple(judge_port(each, host, now) for each in ordered), host)
        self._looks[host] = replace(look, facts=ordered, verdict=verdict)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(asyncio.create_task(self._watched(work)))

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - raised again where the results are read, which would wait for ever otherwise
            self._events.put_nowait(("broken", error))

    async def _discover(self) -> None:
        async with aclosing(self._means.discoverer.steps(self._target.name)) as steps:
            async for found in steps:
                self._events.put_nowait(("found", found))
        self._events.put_nowait(("discovered",))

    async def _probe_host(self, plan: ProbePlan) -> None:
        failed: BotError | None = None
        results = probe(plan, guard=self._means.guard, resolver=self._means.resolver, deadline_s=self._deadline_s)
        try:
            async with aclosing(results):
                async for facts in results:
                    self._events.put_nowait(("seen", plan.host, facts))
        except BotError as error:
            failed = error
        self._events.put_nowait(("probed", plan.host, failed))

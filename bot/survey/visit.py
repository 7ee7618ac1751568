"""Visit many hosts gently: nobody whose server is documented should notice that we looked.

One connection at a time, a pause between two, the hosts of one provider one after the other; no second connection for old
TLS or for a silent port. What fails in a way that a bad moment explains is tried once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Final

import msgspec

from bot.errors import BotError
from bot.probe.plan import PortPlan, ProbePlan, start_of
from bot.probe.run import DEADLINE_S, probe
from bot.probe.target import Address, Guard, Resolver
from bot.survey.documented import DocumentedHost, DocumentedPort
from bot.survey.drift import HostState, PortState, port_state

_DNS_S: Final = 5.0
_BAD_MOMENT: Final = frozenset({"timed_out", "unreachable", "reset", "temporarily_refused"})


class Pace(msgspec.Struct, frozen=True):
    """How gently."""

    at_once: int = 8
    """Hosts, each of another provider."""
    pause_s: float = 0.5
    """Between two connections to one provider's hosts."""
    deadline_s: float = DEADLINE_S
    """For one connection."""


class _Once:
    """The addresses of one host, looked up once for all its ports."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses

    async def addresses(self, host: str) -> Sequence[Address]:
        return self._addresses


async def visit_all(
    hosts: Iterable[DocumentedHost],
    *,
    guard: Guard,
    resolver: Resolver,
    ca_file: str | None = None,
    pace: Pace | None = None,
) -> AsyncGenerator[HostState, None]:
    """Visit hosts and yield each as it is done; to stop, close the generator (`aclosing`).

    Args:
        hosts: As documented.
        guard: Checks every connection.
        resolver: Finds the addresses.
        ca_file: Roots to trust instead of the system's.
        pace: How gently.
    """
    pace = pace or Pace()
    groups: dict[str, list[DocumentedHost]] = {}
    for host in hosts:
        groups.setdefault(host.providers[0], []).append(host)
    waiting = iter(list(groups.values()))
    done: asyncio.Queue[HostState | BaseException | None] = asyncio.Queue()

    async def work() -> None:
        try:
            for group in waiting:
                for host in group:
                    done.put_nowait(await _visit(host, guard, resolver, ca_file, pace))
                    await asyncio.sleep(pace.pause_s)
        except Exception as error:  # noqa: BLE001 - raised again where the results are read
            done.put_nowait(error)
        else:
            done.put_nowait(None)

    tasks = [asyncio.create_task(work()) for _ in range(min(pace.at_once, len(groups)))]
    try:
        left = len(tasks)
        while left:
            result = await done.get()
            if isinstance(result, BaseException):
                raise result
            if result is None:
                left -= 1
            else:
                yield result
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _visit(host: DocumentedHost, guard: Guard, resolver: Resolver, ca_file: str | None, pace: Pace) -> HostState:
    try:
        async with asyncio.timeout(_DNS_S):
            once = _Once(await resolver.addresses(host.hostname))
    except BotError as error:
        return HostState(host.hostname, datetime.now(UTC), error=error.message_key)
    except TimeoutError:
        return HostState(host.hostname, datetime.now(UTC), error="probe.dns_failed")
    seen: list[PortState] = []
    try:
        for number, port in enumerate(host.ports):
            if number:
                await asyncio.sleep(pace.pause_s)
            state = await _visit_port(host.hostname, port, guard, once, ca_file, pace)
            if state.code in _BAD_MOMENT:
                await asyncio.sleep(pace.pause_s)
                state = await _visit_port(host.hostname, port, guard, once, ca_file, pace)
            seen.append(state)
    except BotError as error:
        return HostState(host.hostname, datetime.now(UTC), error=error.message_key)
    return HostState(host.hostname, datetime.now(UTC), tuple(seen))


async def _visit_port(
    hostname: str, port: DocumentedPort, guard: Guard, once: _Once, ca_file: str | None, pace: Pace
) -> PortState:
    start = PortPlan(port.port, port.protocol, start_of(port.security))
    plan = ProbePlan(hostname, (start,), ca_file, checks_old_tls=False, tries_tls_on_silence=False)
    async with aclosing(probe(plan, guard=guard, resolver=once, deadline_s=pace.deadline_s)) as results:
        facts = await anext(results)
    return port_state(facts, hostname, datetime.now(UTC))

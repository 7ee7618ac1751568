"""Probe all ports of a host at once and hand each port's facts over as soon as they are there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from bot.probe.dns import DnsFailedError
from bot.probe.facts import PortFacts
from bot.probe.plan import ProbePlan
from bot.probe.port import PortProbe
from bot.probe.target import Guard, Resolver, resolve

DEADLINE_S: Final = 8.0


async def probe(
    plan: ProbePlan, *, guard: Guard, resolver: Resolver, deadline_s: float = DEADLINE_S
) -> AsyncGenerator[PortFacts, None]:
    """Probe a host.

    The name is resolved once; connections go to the addresses found, never to the name. To stop, close the generator
    (`contextlib.aclosing`) or cancel the task that reads it: every connection is closed before it returns.

    Args:
        plan: The host and its ports.
        guard: Checks every address, and again every connection.
        resolver: Finds the addresses.
        deadline_s: Seconds after which everything has ended, the look-up included.

    Yields:
        The facts of each port, in the order in which they became known.

    Raises:
        BotError: The name has no address (as the resolver says it), or the DNS did not answer in time.
        TargetRefusedError: No port has an address that may be reached.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + deadline_s
    try:
        async with asyncio.timeout_at(deadline):
            addresses = await resolve(plan.host, resolver)
    except TimeoutError:
        raise DnsFailedError("timed_out", plan.host) from None
    probes: list[PortProbe] = []
    found = [guard.sort(addresses, port.port) for port in plan.ports]
    refusals = [error for each in found for error in each.refused]
    if refusals and not any(each.allowed for each in found):
        raise refusals[0]
    for port, each in zip(plan.ports, found, strict=True):
        refused = [error.target for error in each.refused]
        probes.append(PortProbe(plan, port, each.allowed, refused, guard, deadline))
    tasks = [asyncio.create_task(each.run()) for each in probes]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

"""Many probes at once in a process of their own: how late the last ones end, and how much memory they take.

Run as `python -m bot.bench.probing_crowd`, with the ports as JSON on standard input; prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_address

from bot.bench.memory import peak_mb
from bot.probe.plan import PortPlan, ProbePlan
from bot.probe.run import probe
from bot.probe.target import Address, Guard, parse_allowed


def raise_file_limit() -> int:
    """Allow this process as many open files as the system lets it, and return how many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


class _Here:
    async def addresses(self, host: str) -> Sequence[Address]:
        return [ip_address("127.0.0.1")]


async def _crowd(groups: list[list[list[object]]], host: str, ca_file: str, count: int) -> dict[str, object]:
    """Probe *count* times at once, taking the groups of ports in turn."""
    ports = sorted({int(str(port)) for group in groups for port, _, _ in group})
    guard = Guard(parse_allowed(f"127.0.0.1/32:{','.join(map(str, ports))}"))
    plans = [
        ProbePlan(host, tuple(PortPlan(*port) for port in group), ca_file)  # type: ignore[arg-type]
        for group in groups
    ]
    endings: Counter[str] = Counter()

    async def one(number: int) -> float:
        started = time.monotonic()
        async for facts in probe(plans[number % len(plans)], guard=guard, resolver=_Here()):
            endings[facts.ending.value] += 1
        return time.monotonic() - started

    seconds = await asyncio.gather(*(one(number) for number in range(count)))
    return {
        "longest_s": max(seconds),
        "peak_mb": peak_mb(),
        "endings": endings,
        "late": sum(each > 8.3 for each in seconds),
    }


if __name__ == "__main__":
    raise_file_limit()
    given = json.load(sys.stdin)
    print(json.dumps(asyncio.run(_crowd(given["groups"], given["host"], given["ca_file"], given["count"]))))

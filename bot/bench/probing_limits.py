"""What the probe may cost at the worst: a host that drops everything, and two hundred probes at once in one process."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from bot.bench.probing_crowd import raise_file_limit
from bot.bench.report import Figure, at_most
from bot.probe.plan import PortPlan, ProbePlan
from bot.probe.run import DEADLINE_S, probe
from bot.probe.target import Address, Guard, parse_allowed

SERVICES: Final[dict[str, tuple[str, str]]] = {
    "imaps": ("imap", "implicit_tls"),
    "pop3s": ("pop3", "implicit_tls"),
    "submissions": ("smtp", "implicit_tls"),
    "submission": ("smtp", "starttls"),
    "imap": ("imap", "starttls"),
    "pop3": ("pop3", "starttls"),
    "sieve": ("sieve", "starttls"),
}
"""The seven ports that a person's probe looks at."""
_CROWD: Final = 200
_CROWD_TIMEOUT_S: Final = 120


class At:
    """A DNS in which every name has one address."""

    def __init__(self, address: str) -> None:
        self._address = ip_address(address)

    async def addresses(self, host: str) -> Sequence[Address]:
        """Return it."""
        return [self._address]


async def measure_limits() -> list[Figure]:
    """Measure both."""
    return [*await _silent_host(), *await _crowds()]


async def _silent_host() -> list[Figure]:
    """Probe a host that drops every packet: it has to end at the deadline."""
    with dropping_ports(len(SERVICES)) as ports:
        guard = Guard(parse_allowed(f"127.0.0.1/32:{','.join(map(str, ports))}"))
        kinds = SERVICES.values()
        plan = ProbePlan("silent.test", tuple(PortPlan(port, *kind) for port, kind in zip(ports, kinds, strict=True)))  # type: ignore[arg-type]
        started = time.perf_counter()
        endings = [facts.ending async for facts in probe(plan, guard=guard, resolver=At("127.0.0.1"))]
        seconds = time.perf_counter() - started
    print(f"  a host that drops everything: {sorted({each.value for each in endings})}")
    return [at_most("a host that drops everything, off the deadline", abs(seconds - DEADLINE_S), "s", 0.3)]


@contextmanager
def dropping_ports(number: int) -> Iterator[list[int]]:
    """Keep ports whose queue of new connections is full: Linux drops what comes then, as a firewall would."""
    listeners, clients = [], []
    try:
        for _ in range(number):
            listener = socket.socket()
            listeners.append(listener)
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            for _ in range(3):
                client = socket.socket()
                clients.append(client)
                client.setblocking(False)
                client.connect_ex(listener.getsockname())
        yield [listener.getsockname()[1] for listener in listeners]
    finally:
        for each in (*clients, *listeners):
            each.close()


async def _crowds() -> list[Figure]:
    from tests.support.fault_certificates import HOST, authority, server_context
    from tests.support.fault_server import FaultServer, imap, imaps, pop3, sieve, smtp

    async def pop3s(talk: Any) -> None:
        await talk.start_tls()
        await pop3(talk)

    async def smtps(talk: Any) -> None:
        await talk.start_tls()
        await smtp(talk, is_tls=True)

    raise_file_limit()
    scripts = {
        "imaps": imaps,
        "pop3s": pop3s,
        "submissions": smtps,
        "submission": smtp,
        "imap": imap,
        "pop3": pop3,
        "sieve": sieve,
    }
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        ca_file = str(authority().write_root(Path(folder) / "ca.pem"))
        context = server_context(authority().issue("good"), Path(folder))
        async with AsyncExitStack() as stack:
            groups = []
            for _ in range(10):  # several of each, so that no queue of new connections runs over
                running = [
                    (name, await stack.enter_async_context(FaultServer(script, context).running()))
                    for name, script in scripts.items()
                ]
                groups.append([[server.port, *SERVICES[name]] for name, server in running])
            figures += await _crowd("sound servers", groups, HOST, ca_file)
        with dropping_ports(len(SERVICES)) as ports:
            group = [[port, *kind] for port, kind in zip(ports, SERVICES.values(), strict=True)]
            figures += await _crowd("silent hosts", [group], "silent.test", ca_file)
    return figures


async def _crowd(what: str, groups: list[list[list[object]]], host: str, ca_file: str) -> list[Figure]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.bench.probing_crowd"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    given = {"groups": groups, "host": host, "ca_file": ca_file, "count": _CROWD}
    async with asyncio.timeout(_CROWD_TIMEOUT_S):
        out, _ = await process.communicate(json.dumps(given).encode())
    seen = json.loads(out)
    print(f"  {_CROWD} at once, {what}: {seen['endings']}")
    return [
        Figure(f"{_CROWD} at once, {what}: the longest", seen["longest_s"], "s"),
        at_most(f"{_CROWD} at once, {what}: over the deadline", seen["late"], "probes", 0),
        at_most(f"{_CROWD} at once, {what}: peak memory", seen["peak_mb"], "MB", 150),
    ]

"""A survey while it runs: partial results, deadlines, and nothing left when it is stopped."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import date
from ipaddress import ip_address
from pathlib import Path

import pytest

from bot.discovery.discover import Discoverer, Sources
from bot.discovery.dns import MailDns
from bot.discovery.fetch import Fetcher
from bot.errors import BotError
from bot.probe.plan import PortPlan
from bot.probe.target import Address, Guard, parse_allowed
from bot.survey.look_up import look_up
from bot.survey.means import Means
from bot.survey.result import Survey
from bot.survey.target import Target
from tests.support.fault_certificates import authority, server_context
from tests.support.fault_server import FaultServer, Talk, imaps
from tests.unit.answer.sample import lookup

KNOWN = "hoshi.example.jp"


class Everywhere:
    """A DNS in which every name is this machine."""

    async def addresses(self, host: str) -> Sequence[Address]:
        """Return loopback."""
        return [ip_address("127.0.0.1")]


@asynccontextmanager
async def silent_dns() -> AsyncIterator[tuple[str, int]]:
    """Run a DNS server that never answers."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, ("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")
    finally:
        transport.close()


@asynccontextmanager
async def means(server: FaultServer, *, discovery_s: float = 0.6) -> AsyncIterator[Means]:
    """Return means whose discovery finds nothing but our own knowledge, and ends at its deadline."""
    async with silent_dns() as address:
        dns = MailDns(address)
        guard = Guard(parse_allowed(f"127.0.0.1/32:{server.port}"))
        discoverer = Discoverer(
            lookup(),
            dns,
            Fetcher(dns, guard),
            Sources(None, None),
            deadline_s=discovery_s,
            today=lambda: date(2026, 11, 24),
        )
        yield Means(lookup(), discoverer, guard, Everywhere())


def ports(server: FaultServer) -> tuple[PortPlan, ...]:
    """Return the one port of the server."""
    return (PortPlan(server.port, "imap", "implicit_tls"),)


async def silence(talk: Talk) -> None:
    """Take the connection and say nothing."""
    await talk.wait_for_the_end()


def left_running() -> list[str]:
    """Return the tasks that are neither the test's own nor the server's."""
    names = [str(task.get_coro()) + str(task.get_stack(limit=1)) for task in asyncio.all_tasks()]
    return [name for name in names if not any(part in name for part in ("/tests/", "/pytest", "FaultServer"))]


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something has become true, five seconds at the most."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not become true")


async def read_all(target: Target, using: Means, server: FaultServer | None = None) -> list[Survey]:
    """Return every result of a survey."""
    more = {} if server is None else {"ports": ports(server)}
    async with aclosing(look_up(target, using, **more)) as surveys:
        return [each async for each in surveys]


async def test_what_we_know_is_probed_while_others_are_asked(tmp_path: Path) -> None:
    """A dead DNS costs the discovery's deadline; the servers of our own knowledge are seen long before it."""
    context = server_context(authority().issue("good"), tmp_path)
    async with FaultServer(imaps, context).running() as server, means(server, discovery_s=3.0) as using:
        surveys = await read_all(Target("domain", KNOWN), using, server)
    early = [each for each in surveys if not each.is_discovered and any(look.facts for look in each.hosts)]
    assert early
    assert [each.is_complete for each in surveys] == [False] * (len(surveys) - 1) + [True]
    assert {look.hostname for look in surveys[-1].hosts} == {f"{name}.{KNOWN}" for name in ("imap", "pop", "smtp")}
    assert left_running() == []


async def test_a_server_is_not_discovered(tmp_path: Path) -> None:
    """Nobody is told its name."""
    context = server_context(authority().issue("good"), tmp_path)
    async with FaultServer(imaps, context).running() as server, means(server) as using:
        surveys = await read_all(Target("server", "mail.fault.test"), using, server)
    assert [each.discovery for each in surveys] == [None] * len(surveys)
    assert surveys[-1].is_server


@pytest.mark.parametrize("name", [KNOWN, "unknown.example.jp"])
async def test_silence_everywhere_ends_at_the_deadlines(name: str) -> None:
    """The probe's deadline is counted from the end of the discovery, and nothing waits longer."""
    async with FaultServer(silence).running() as server, means(server, discovery_s=0.6) as using:
        started = time.monotonic()
        target = Target("either", name)
        async with aclosing(look_up(target, using, ports=ports(server), deadline_s=1.0)) as surveys:
            last = [each async for each in surveys][-1]
        elapsed = time.monotonic() - started
        await until(lambda: not server.open)
    assert last.is_complete
    assert last.recommended == ()
    assert elapsed < 1.9
    assert left_running() == []


async def test_stopping_leaves_nothing_behind() -> None:
    """Closing the generator after the first result ends discovery, probes and sockets before it returns."""
    async with FaultServer(silence).running() as server, means(server) as using:
        async with aclosing(look_up(Target("either", KNOWN), using, ports=ports(server))) as surveys:
            first = await anext(surveys)
            assert not first.is_complete
            await until(lambda: server.open > 0)
        assert left_running() == []
        await until(lambda: not server.open)
    gc.collect()


async def test_cancelling_leaves_nothing_behind() -> None:
    """The same when the task that reads is cancelled."""
    async with FaultServer(silence).running() as server, means(server) as using:
        task = asyncio.create_task(read_all(Target("either", KNOWN), using, server))
        await until(lambda: server.open > 0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert left_running() == []
        await until(lambda: not server.open)
    gc.collect()


async def test_a_mistake_of_ours_is_raised_and_hangs_nobody() -> None:
    """An error that is no fault of the other side comes out where the results are read."""

    class Broken:
        """A resolver with a mistake in it."""

        async def addresses(self, host: str) -> Sequence[Address]:
            """Fail."""
            raise RuntimeError("a mistake")

    async with FaultServer(silence).running() as server, means(server) as using:
        broken = Means(using.lookup, using.discoverer, using.guard, Broken())
        with pytest.raises(RuntimeError, match="a mistake"):
            await asyncio.wait_for(read_all(Target("server", "mail.example.jp"), broken), 5)
    assert left_running() == []


async def test_a_host_that_cannot_be_probed_carries_its_error() -> None:
    """The others go on."""
    async with FaultServer(silence).running() as server, means(server) as using:
        closed = Means(using.lookup, using.discoverer, Guard(), Everywhere())
        last = (await read_all(Target("domain", KNOWN), closed))[-1]
    assert {type(look.error).__name__ for look in last.hosts} == {"TargetRefusedError"}
    assert isinstance(last.error, BotError)

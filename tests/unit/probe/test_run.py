"""A probe as a whole: results as they come, one deadline, no trace left behind, and never an address nobody checked."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing, contextmanager
from ipaddress import ip_address
from pathlib import Path

import psutil
import pytest

from bot.probe.dial import alternate, dial
from bot.probe.dns import DnsFailedError, DnsResolver
from bot.probe.facts import EndedError, Ending, PortFacts, clean_text
from bot.probe.plan import PortPlan, ProbePlan, plan_probe
from bot.probe.run import probe
from bot.probe.target import Address, Guard, TargetRefusedError, parse_allowed
from tests.support.fault_certificates import HOST, authority, server_context
from tests.support.fault_server import FaultServer, Talk, imap, imaps, smtp

LOOPBACK = ip_address("127.0.0.1")


class Names:
    """A resolver with fixed answers, one list after the other."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = [[ip_address(text) for text in answer] for answer in answers]
        self.asked = 0

    async def addresses(self, host: str) -> Sequence[Address]:
        """Return the next answer; the last one again and again."""
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@contextmanager
def dropping_port() -> Iterator[int]:
    """A port that never answers: its queue is full, so the system drops every new connection's first packet."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = []
        try:
            for _ in range(4):
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
                fillers.append(filler)
            yield listener.getsockname()[1]
        finally:
            for filler in fillers:
                filler.close()


async def collect(plan: ProbePlan, ports: Sequence[int], deadline_s: float = 2.0, **more: object) -> list[PortFacts]:
    """Probe loopback."""
    guard = Guard(parse_allowed(f"127.0.0.0/8:{','.join(map(str, ports))} [::1]/128:{','.join(map(str, ports))}"))
    return [facts async for facts in probe(plan, guard=guard, resolver=Names(["127.0.0.1"]), deadline_s=deadline_s)]


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, two seconds at most."""
    for _ in range(200):
        if is_so():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not happen")


def open_files() -> int:
    """Count this process's open files."""
    return int(psutil.Process().num_fds())


@pytest.fixture
async def sound(tmp_path: Path) -> AsyncIterator[tuple[list[int], str]]:
    """Seven sound ports, and their CA."""
    ca_file = authority().write_root(tmp_path / "ca.pem")
    context = server_context(authority().issue("good"), tmp_path)
    async with AsyncExitStack() as stack:
        scripts = [imaps, imap, smtp, imaps, imap, smtp, imaps]
        servers = [await stack.enter_async_context(FaultServer(each, context).running()) for each in scripts]
        yield [server.port for server in servers], str(ca_file)


def seven(ports: list[int], ca_file: str) -> ProbePlan:
    """Plan the seven sound ports."""
    kinds = [("imap", "implicit_tls"), ("imap", "starttls"), ("smtp", "starttls")] * 3
    planned = [PortPlan(port, *kind) for port, kind in zip(ports, kinds, strict=False)]  # type: ignore[arg-type]
    return ProbePlan(HOST, tuple(planned), ca_file)


async def test_seven_ports_take_hardly_longer_than_the_slowest_of_them(sound: tuple[list[int], str]) -> None:
    """All ports are probed at once: the whole takes at most 1.3 times the slowest port's own time, and a little."""
    ports, ca_file = sound
    await collect(seven(ports, ca_file), ports)
    started = time.monotonic()
    seen = await collect(seven(ports, ca_file), ports)
    took = (time.monotonic() - started) * 1000
    assert {facts.ending for facts in seen} == {Ending.COMPLETED}
    assert took <= max(facts.elapsed_ms for facts in seen) * 1.3 + 20


async def test_a_host_that_drops_everything_ends_at_the_deadline() -> None:
    """No answer at all: the facts of all ports are there at the deadline, and each says "timed out"."""
    with dropping_port() as first, dropping_port() as second:
        plan = ProbePlan(HOST, (PortPlan(first, "imap", "starttls"), PortPlan(second, "smtp", "implicit_tls")))
        before, started = open_files(), time.monotonic()
        seen = await collect(plan, [first, second], deadline_s=1.0)
        assert abs(time.monotonic() - started - 1.0) < 0.3
        assert open_files() <= before
    assert [facts.ending for facts in seen] == [Ending.TIMED_OUT, Ending.TIMED_OUT]


async def test_the_first_port_does_not_wait_for_the_last(sound: tuple[list[int], str]) -> None:
    """A sound port's facts are there at once, also beside one that never answers."""
    ports, ca_file = sound
    with dropping_port() as silent:
        plan = ProbePlan(
            HOST, (PortPlan(silent, "imap", "starttls"), PortPlan(ports[0], "imap", "implicit_tls")), ca_file
        )
        guard = Guard(parse_allowed(f"127.0.0.1/32:{silent},{ports[0]}"))
        started = time.monotonic()
        async with aclosing(probe(plan, guard=guard, resolver=Names(["127.0.0.1"]))) as results:
            first = await anext(results)
        # Leaving the block is what a Stop button does.
        assert time.monotonic() - started < 1.0
    assert (first.port, first.ending) == (ports[0], Ending.COMPLETED)


async def test_stopping_leaves_no_task_and_no_socket() -> None:
    """Cancelled in the middle of everything, a probe closes all it opened before it returns."""

    async def hold(talk: Talk) -> None:
        await talk.say(b"* OK ready\r\n")
        await talk.wait_for_the_end()

    async with FaultServer(hold).running() as server:
        plan = ProbePlan(
            HOST, (PortPlan(server.port, "imap", "starttls"), PortPlan(server.port, "imap", "implicit_tls"))
        )
        tasks = asyncio.all_tasks()
        task = asyncio.create_task(collect(plan, [server.port]))
        await until(lambda: len(server.talks) >= 3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not [left for left in asyncio.all_tasks() - tasks if "bot/probe" in repr(left)]
        await until(lambda: not server.open)  # every connection of ours has come to its end


async def test_a_name_is_resolved_once_and_the_checked_address_is_used(sound: tuple[list[int], str]) -> None:
    """A DNS that answers differently the second time (rebinding) is never asked a second time."""
    ports, ca_file = sound
    names = Names(["127.0.0.1"], ["127.0.0.9"])
    guard = Guard(parse_allowed(f"127.0.0.1/32:{','.join(map(str, ports))}"))
    seen = [facts async for facts in probe(seven(ports, ca_file), guard=guard, resolver=names)]
    assert {facts.address for facts in seen} == {"127.0.0.1"}
    assert names.asked == 1


async def test_refused_addresses_are_left_out_and_named(sound: tuple[list[int], str]) -> None:
    """Of several addresses only the allowed ones are used; the facts name the others."""
    ports, ca_file = sound
    guard = Guard(parse_allowed(f"127.0.0.1/32:{','.join(map(str, ports))}"))
    names = Names(["169.254.169.254", "127.0.0.1", "10.0.0.1"])
    seen = [facts async for facts in probe(seven(ports, ca_file), guard=guard, resolver=names)]
    assert {facts.refused_addresses for facts in seen} == {("169.254.169.254", "10.0.0.1")}
    assert {facts.address for facts in seen} == {"127.0.0.1"}


async def test_a_host_of_refused_addresses_alone_is_refused() -> None:
    """Where no port may be reached there is no probe, but the reason."""
    with pytest.raises(TargetRefusedError) as caught:
        await anext(probe(plan_probe(HOST), guard=Guard(), resolver=Names(["10.0.0.1"])))
    assert caught.value.reason == "private"


async def test_the_guard_is_asked_again_at_the_socket(sound: tuple[list[int], str]) -> None:
    """Whatever list reaches the socket, a refused address in it is not connected to."""
    with pytest.raises(TargetRefusedError):
        await dial([LOOPBACK], sound[0][0], guard=Guard(), deadline=asyncio.get_running_loop().time() + 1)


async def test_the_other_family_is_tried_when_one_does_not_answer(sound: tuple[list[int], str]) -> None:
    """An address that fails at once costs nothing, and the family that worked is told."""
    ports, ca_file = sound
    guard = Guard(parse_allowed(f"127.0.0.1/32:{ports[0]} [::1]/128:{ports[0]}"))
    plan = ProbePlan(HOST, seven(ports, ca_file).ports[:1], ca_file)
    seen = [facts async for facts in probe(plan, guard=guard, resolver=Names(["127.0.0.1", "::1"]))]
    assert seen[0].family == "ipv4"
    assert seen[0].ending is Ending.COMPLETED


async def test_a_silent_address_costs_a_quarter_of_a_second() -> None:
    """RFC 8305: the next address is tried after 250 ms."""
    loop = asyncio.get_running_loop()
    with dropping_port() as silent, socket.socket() as listener:
        listener.bind(("127.0.0.3", silent))
        listener.listen()
        guard = Guard(parse_allowed(f"127.0.0.0/8:{silent}"))
        started = loop.time()
        sock, address = await dial([LOOPBACK, ip_address("127.0.0.3")], silent, guard=guard, deadline=started + 2)
        sock.close()
        assert str(address) == "127.0.0.3"
        assert 0.2 < loop.time() - started < 0.6


async def test_a_refusal_says_more_than_silence() -> None:
    """With one address refused and one unreachable, the answer is "refused"."""
    with socket.socket() as placeholder:
        placeholder.bind(("127.0.0.1", 0))
        port = placeholder.getsockname()[1]
    guard = Guard(parse_allowed(f"127.0.0.0/8:{port} [::1]/128:{port}"))
    deadline = asyncio.get_running_loop().time() + 1
    with pytest.raises(EndedError) as caught:
        await dial([ip_address("::1"), LOOPBACK], port, guard=guard, deadline=deadline)
    assert caught.value.ending is Ending.REFUSED


def test_families_alternate() -> None:
    """IPv6 first, then by turns."""
    four = [ip_address(f"192.0.2.{n}") for n in range(3)]
    six = [ip_address("2001:db8::1")]
    assert alternate([*four, *six]) == [six[0], *four]


async def test_many_probes_at_once_all_keep_their_deadline(sound: tuple[list[int], str]) -> None:
    """Forty probes of seven ports each in one process: none misses the deadline, no file stays open."""
    ports, ca_file = sound
    plan = ProbePlan(HOST, seven(ports, ca_file).ports[:3], ca_file, checks_old_tls=False)
    before, started = open_files(), time.monotonic()
    results = await asyncio.gather(*(collect(plan, ports, deadline_s=8.0) for _ in range(40)))
    assert time.monotonic() - started < 8.3
    assert {facts.ending for seen in results for facts in seen} == {Ending.COMPLETED}
    await until(lambda: open_files() <= before)  # the server's own ends close a moment later


async def test_a_dns_that_does_not_answer_ends_in_time() -> None:
    """A silent DNS server is a failure of the DNS, not of the name, after the resolver's own limit."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = DnsResolver(silent.getsockname(), timeout_s=0.3)
        started = time.monotonic()
        with pytest.raises(DnsFailedError):
            await resolver.addresses("mail.example.jp")
        assert time.monotonic() - started < 1.0


def test_a_servers_text_is_one_harmless_line() -> None:
    """Control characters, direction marks and backticks are gone, and the text is cut."""
    assert clean_text("\x1b[31mred\u202e\u200b `x`\r\n<@U1> é".encode() + b"\xff") == "[31mred 'x' <@U1> é�"
    assert len(clean_text("x" * 10_000)) == 200

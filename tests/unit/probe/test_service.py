"""Probes for many: quotas, turns, memory, and a record of each, against servers that really listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pytest

from bot.errors import BotError
from bot.probe.dns import HostUnknownError
from bot.probe.plan import PortPlan, ProbePlan
from bot.probe.quota import Limits, QuotaError, Quotas
from bot.probe.service import Asker, ProbeRecord, ProbesBusyError, ProbeService, Progress
from bot.probe.target import Address, Guard, TargetRefusedError, parse_allowed
from tests.support.fault_certificates import HOST, authority, server_context
from tests.support.fault_server import FaultServer, Talk, imaps

TANAKA = Asker("T1", "U1")


@dataclass
class Names:
    """Knows every name but one."""

    asked: list[str] = field(default_factory=list)

    async def addresses(self, host: str) -> Sequence[Address]:
        self.asked.append(host)
        if host == "nowhere.test":
            raise HostUnknownError("nxdomain", host)
        return (ip_address("10.0.0.1" if host == "inside.test" else "127.0.0.1"),)


@dataclass
class World:
    """A service with one server to probe."""

    service: ProbeService
    server: FaultServer
    names: Names
    records: list[ProbeRecord]
    clock: list[float]
    ca_file: str

    def plan(self, host: str = HOST) -> ProbePlan:
        return ProbePlan(
            host, (PortPlan(self.server.port, "imap", "implicit_tls"),), self.ca_file, checks_old_tls=False
        )

    async def run(self, *plans: ProbePlan, asker: Asker = TANAKA) -> list[Progress]:
        return [progress async for progress in self.service.probe(asker, plans or (self.plan(),))]


@asynccontextmanager
async def world(
    folder: Path, *, script: object = imaps, deadline_s: float = 3.0, **limits: float
) -> AsyncIterator[World]:
    context = server_context(authority().issue("good"), folder)
    async with FaultServer(script, context).running() as server:  # type: ignore[arg-type]
        guard = Guard(parse_allowed(f"127.0.0.1/32:{server.port}"))
        names, records, clock = Names(), [], [1000.0]
        loop = asyncio.get_running_loop()
        began = loop.time()
        service = ProbeService(
            guard,
            names,
            limits=Limits(**limits),  # type: ignore[arg-type]
            note=records.append,
            deadline_s=deadline_s,
            clock=lambda: clock[0] + loop.time() - began,
        )
        yield World(service, server, names, records, clock, str(authority().write_root(folder / "ca.pem")))


async def silence(talk: Talk) -> None:
    await talk.wait_for_the_end()


async def test_a_probe_is_shown_and_recorded(tmp_path: Path) -> None:
    """The last progress has every port; the record says who, which host, and that it was allowed."""
    async with world(tmp_path) as town:
        steps = await town.run()
    assert [each.waiting for each in steps[-1]] == [0]
    assert steps[-1][0].seen_at is None
    [record] = town.records
    assert (record.team, record.user, record.host, record.outcome, record.reason) == ("T1", "U1", HOST, "allowed", "")


async def test_the_same_question_within_a_minute_is_answered_from_memory(tmp_path: Path) -> None:
    """No second connection, no quota, and the time of the first look; after a minute it is looked at anew."""
    async with world(tmp_path, per_user=2) as town:
        await town.run()
        for _ in range(3):
            [(again,)] = await town.run(asker=Asker("T2", "U9"))
            assert again.seen_at is not None
            assert again.waiting == 0
        connections = len(town.server.talks)
        town.clock[0] += 61
        assert (await town.run())[-1][0].seen_at is None
    assert (connections, len(town.server.talks)) == (1, 2)
    assert [record.outcome for record in town.records] == ["allowed", *["remembered"] * 3, "allowed"]


async def test_two_at_the_same_moment_share_one_probe(tmp_path: Path) -> None:
    """Whoever comes second waits for the first and gets its result."""
    async with world(tmp_path) as town:
        both = await asyncio.gather(town.run(), town.run(asker=Asker("T1", "U2")))
    assert len(town.server.talks) == 1
    assert all(steps[-1][0].waiting == 0 for steps in both)
    assert sorted(record.outcome for record in town.records) == ["allowed", "remembered"]


async def test_whoever_waits_for_a_slow_probe_gets_its_result(tmp_path: Path) -> None:
    """Waiting for somebody else's result is no waiting for a turn: it may take as long as their probe."""

    async def slow(talk: Talk) -> None:
        await asyncio.sleep(0.9)
        await imaps(talk)

    async with world(tmp_path, script=slow, deadline_s=1.4) as town:
        first = asyncio.create_task(town.run())
        await asyncio.sleep(0.1)
        [(second,)] = (await town.run(asker=Asker("T1", "U2")))[-1:]
        await first
    assert second.error is None
    assert second.seen_at is not None
    assert sorted(record.outcome for record in town.records) == ["allowed", "remembered"]


async def test_a_quota_that_is_used_up_refuses_and_is_recorded(tmp_path: Path) -> None:
    """The seventh host in ten minutes is refused with a reason; others are not held back by it."""
    async with world(tmp_path, per_user=2) as town:
        for number in range(2):
            await town.run(town.plan(f"mail{number}.test"))
        with pytest.raises(QuotaError) as caught:
            await town.run(town.plan("mail9.test"))
        await town.run(town.plan("mail9.test"), asker=Asker("T1", "U2"))
        town.clock[0] += 601
        await town.run(town.plan("mail8.test"))
    assert caught.value.kind == "user"
    assert caught.value.params == {"count": 2, "minutes": 10}
    assert [record.reason for record in town.records if record.outcome == "refused"] == ["quota_user"]


def test_each_quota_counts_its_own() -> None:
    """Per person, per host and per workspace; what is refused counts for nobody."""
    now = [0.0]
    quotas = Quotas(Limits(per_user=3, per_host=4, per_team=6), lambda: now[0])
    for _ in range(3):
        quotas.take("T1", "U1", ["a.test"])
    with pytest.raises(QuotaError, match="quota_user"):
        quotas.take("T1", "U1", ["b.test"])
    quotas.take("T2", "U1", ["a.test"])
    with pytest.raises(QuotaError, match="quota_host"):
        quotas.take("T2", "U3", ["c.test", "a.test"])
    for user in ("U4", "U5", "U6"):
        quotas.take("T1", user, ["c.test"])
    with pytest.raises(QuotaError, match="quota_team"):
        quotas.take("T1", "U7", ["d.test"])
    now[0] = 600.0
    quotas.take("T1", "U1", ["a.test"])


async def test_a_refused_target_and_an_unknown_name_do_not_hold_up_the_others(tmp_path: Path) -> None:
    """Of three hosts one is shown, and two say why not; the record tells a refusal from a failure."""
    async with world(tmp_path) as town:
        last = (await town.run(town.plan("inside.test"), town.plan(), town.plan("nowhere.test")))[-1]
    assert [type(each.error) for each in last] == [TargetRefusedError, type(None), HostUnknownError]
    assert [each.waiting for each in last] == [0, 0, 0]
    assert {(record.host, record.outcome, record.reason) for record in town.records} == {
        ("inside.test", "refused", "refused_not_public"),
        (HOST, "allowed", ""),
        ("nowhere.test", "allowed", "host_unknown"),
    }


async def test_only_so_many_run_at_once(tmp_path: Path) -> None:
    """Who gets no turn within half the deadline is told that it is busy, in time; afterwards the turns are free again."""
    async with world(tmp_path, script=silence, deadline_s=1.0, at_once=2, per_user=50) as town:
        results = await asyncio.gather(*(town.run(town.plan(f"mail{number}.test")) for number in range(4)))
        errors = [type(steps[-1][0].error) for steps in results]
        assert errors.count(ProbesBusyError) == 2
        assert errors.count(type(None)) == 2
        assert town.service._turns._value == 2
        assert not town.service._running


async def test_a_stop_closes_every_connection_and_remembers_nothing(tmp_path: Path) -> None:
    """Left in the middle, a probe ends at once, is recorded as stopped, and the next one looks anew."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def watched(talk: Talk) -> None:
        begun.set()
        await talk.wait_for_the_end()
        ended.set()

    async with world(tmp_path, script=watched, deadline_s=20.0) as town, asyncio.timeout(5):
        reading = asyncio.create_task(town.run())
        await begun.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await ended.wait()
        assert not town.service._running
        assert town.service._turns._value == 20
    assert [(record.outcome, record.reason) for record in town.records] == [("allowed", "stopped")]


async def test_leaving_after_the_first_result_ends_the_rest(tmp_path: Path) -> None:
    """A reader that wants no more closes the generator, and no task is left."""
    async with world(tmp_path) as town:
        async with aclosing(town.service.probe(TANAKA, [town.plan(), town.plan("other.test")])) as steps:
            async for _ in steps:
                break
        left = [str(task.get_coro()) for task in asyncio.all_tasks()]
        assert not [name for name in left if "ProbeService" in name or "PortProbe" in name]
        assert not town.service._running


def test_errors_can_be_said() -> None:
    """Each refusal is a key of the wording."""
    assert isinstance(ProbesBusyError(), BotError)
    assert QuotaError("host", 10, 30.0, "a.test").params == {"count": 10, "minutes": 1, "host": "a.test"}

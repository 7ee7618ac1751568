"""Each broken server gets its own verdict, within its time, and never more than our caps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import psutil
import pytest

from bot.probe import port, sieve
from bot.probe.plan import PortPlan, ProbePlan
from bot.probe.run import probe
from bot.probe.target import Address, Guard, parse_allowed
from bot.probe.verdict import judge_port
from tests.support.fault_certificates import HOST, authority, server_context
from tests.support.fault_server import FaultServer
from tests.unit.probe.faults import FAULTS, Fault

DEADLINE_S = 2.0


class Loopback:
    """Every name is this machine."""

    async def addresses(self, host: str) -> Sequence[Address]:
        """Return loopback."""
        return [ip_address("127.0.0.1")]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_each_fault_has_its_own_verdict(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code, the closer wording, what else is wrong, and the time are those of the fault."""
    monkeypatch.setattr(port, "SILENCE_S", dict.fromkeys(port.SILENCE_S, 0.8))
    monkeypatch.setattr(sieve, "UNASKED_S", 0.3)
    ca_file = authority().write_root(tmp_path / "ca.pem")
    context = server_context(authority().issue(fault.certificate), tmp_path, oldest=fault.old)
    tasks, sockets = asyncio.all_tasks(), psutil.Process().num_fds()
    async with FaultServer(fault.script, context).running() as server:
        plan = ProbePlan(HOST, (PortPlan(server.port, fault.protocol, fault.security),), str(ca_file))
        guard = Guard(parse_allowed(f"127.0.0.1/32:{server.port}"))
        started = time.monotonic()
        seen = [facts async for facts in probe(plan, guard=guard, resolver=Loopback(), deadline_s=DEADLINE_S)]
        took = time.monotonic() - started
    assert len(seen) == 1
    verdict = judge_port(seen[0], HOST, datetime.now(UTC))
    assert (verdict.code, verdict.main.variant) == (fault.code, fault.variant), seen[0]
    assert tuple(each.code for each in verdict.others) == fault.others, seen[0]
    assert took < fault.within_s
    commands = [line for talk in server.talks for line in talk.heard]
    assert not [line for line in commands if line.upper().split()[-1:] in ([b"LOGIN"], [b"AUTHENTICATE"])]
    assert not [task for task in asyncio.all_tasks() - tasks if "bot/probe" in repr(task)]
    assert psutil.Process().num_fds() <= sockets

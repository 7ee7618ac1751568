"""Whatever strangers publish and servers do: what a survey recommends keeps its promises, and a stop leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing, suppress
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.discovery.candidates import TRUSTS, Candidate, Origin
from bot.discovery.domain import base_domain
from bot.kb.model import Security
from bot.probe.facts import PortFacts
from bot.survey.look_up import look_up
from bot.survey.plan import MOST_HOSTS, choose_hosts, choose_ports
from bot.survey.target import Target
from tests.support.fault_certificates import authority, server_context
from tests.support.fault_server import FaultServer, Talk, imaps
from tests.unit.survey.sample import DOMAIN, discovery, look, port, survey
from tests.unit.survey.test_look_up import KNOWN, left_running, means, ports

HOSTS = some.sampled_from(["imap.a.example", "mail.a.example", DOMAIN, "imap.evil.example", "a.example.evil.example"])
PORTS = some.sampled_from([("imap", 993), ("imap", 143), ("pop3", 995), ("smtp", 465), ("smtp", 587), ("smtp", 25)])
CANDIDATES = some.lists(
    some.builds(
        lambda place, host, security, origin, trust, recommended: Candidate(
            place[0], host, place[1], security, None, (), origin, "x", trust, None, recommended
        ),
        PORTS,
        HOSTS,
        some.sampled_from(get_args(Security)),
        some.sampled_from(get_args(Origin)),
        some.sampled_from(TRUSTS),
        some.booleans(),
        # Our own knowledge never comes over plain HTTP, and is no guess.
    ).filter(lambda each: each.origin != "knowledge" or each.trust in ("reviewed", "dns")),
    max_size=12,
)
SEEN = some.dictionaries(
    HOSTS, some.lists(some.tuples(PORTS, some.booleans()), max_size=4, unique_by=lambda each: each[0]), max_size=4
)


def facts(place: tuple[str, int], works: bool) -> PortFacts:
    """Return what was seen on a port, started as the standard has it."""
    return port(place[1], place[0], works=works, starttls=place[1] in (25, 143, 587))  # type: ignore[arg-type]


@settings(max_examples=400, deadline=None)
@given(CANDIDATES, SEEN, some.sampled_from(["domain", "either"]))
def test_a_recommendation_keeps_its_promises(
    candidates: list[Candidate], seen: dict[str, list[tuple[tuple[str, int], bool]]], kind: str
) -> None:
    """Never plaintext, never port 25, only what was seen to work; no stranger without a warning, none over plain HTTP."""
    found = discovery(*candidates)
    looks = [look(host, *(facts(*each) for each in of_host)) for host, of_host in seen.items()]
    result = survey(found, *looks, target=Target(kind, DOMAIN))  # type: ignore[arg-type]
    assert len({each.protocol for each in result.recommended}) == len(result.recommended)
    for each in result.recommended:
        assert each.security != "plaintext"
        assert each.port != 25
        host = result.host(each.hostname)
        assert host is not None
        verdict = host.verdict_of(each.port)
        assert verdict is not None
        assert verdict.is_usable
        words = [one for one in candidates if (one.protocol, one.hostname) == (each.protocol, each.hostname)]
        assert words or (kind == "either" and each.hostname == DOMAIN)
        if words and base_domain(each.hostname) != base_domain(DOMAIN):
            trusts = {one.trust for one in words}
            assert trusts != {"insecure"}
            stated = {one.origin for one in words if one.trust != "guess"}
            assert each.needs_confirmation or "knowledge" in stated or trusts & {"reviewed", "published"} or not stated


@settings(max_examples=200, deadline=None)
@given(CANDIDATES)
def test_few_hosts_and_few_ports_are_probed(candidates: list[Candidate]) -> None:
    """Whatever is named."""
    agreements = discovery(*candidates).agreements
    hosts = choose_hosts(agreements)
    assert len(hosts) == len(set(hosts)) <= MOST_HOSTS
    for host in hosts:
        planned = choose_ports(host, agreements)
        assert 0 < len(planned) <= 10
        assert len({each.port for each in planned}) == len(planned)


@pytest.mark.parametrize("after_s", [0, 0.001, 0.01, 0.05, 0.15, 0.4])
async def test_a_stop_at_any_moment_leaves_nothing_behind(after_s: float, tmp_path: Path) -> None:
    """Tasks, sockets and connections are gone when the cancelled survey returns."""

    async def slow(talk: Talk) -> None:
        await asyncio.sleep(0.05)
        await imaps(talk)

    async def read() -> None:
        async with aclosing(look_up(Target("either", KNOWN), using, ports=ports(server))) as surveys:
            async for _ in surveys:
                pass

    context = server_context(authority().issue("good"), tmp_path)
    async with FaultServer(slow, context).running() as server, means(server, discovery_s=0.3) as using:
        task = asyncio.create_task(read())
        await asyncio.sleep(after_s)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert left_running() == []
    gc.collect()

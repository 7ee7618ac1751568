"""Look-ups over real UDP: both families, names that are not there, servers that fail or leave one question unanswered."""

from __future__ import annotations

import time

import pytest

from bot.probe.dns import DnsFailedError, HostUnknownError
from tests.support.small_dns import zone


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("both.test", ["2001:db8::1", "192.0.2.1", "192.0.2.2"]),
        ("four.test", ["192.0.2.1"]),
        ("alias.test", ["192.0.2.9"]),
    ],
)
async def test_all_addresses_are_found(name: str, addresses: list[str]) -> None:
    """Both families, IPv6 first, through an alias too; each question is asked once and with no search domain."""
    async with zone() as (resolver, server):
        assert sorted(map(str, await resolver.addresses(name))) == sorted(addresses)
    assert sorted(server.asked) == [f"{name}. A", f"{name}. AAAA"]


async def test_a_name_that_is_not_there_is_told_from_a_dns_that_fails() -> None:
    """NXDOMAIN and a name without addresses are about the name; SERVFAIL and silence are not."""
    async with zone() as (resolver, _):
        for name in ("nowhere.test", "empty.test"):
            with pytest.raises(HostUnknownError):
                await resolver.addresses(name)
        for name in ("broken.test", "silent.test"):
            with pytest.raises(DnsFailedError):
                await resolver.addresses(name)


async def test_an_unanswered_question_for_ipv6_costs_little() -> None:
    """Where only IPv4 is answered, the probe goes on with it after a moment."""
    async with zone() as (resolver, _):
        started = time.monotonic()
        assert list(map(str, await resolver.addresses("silent6.test"))) == ["192.0.2.1"]
        assert time.monotonic() - started < 0.8

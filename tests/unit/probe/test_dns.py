"""Look-ups over real UDP: both families, names that are not there, servers that fail or leave one question unanswered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from bot.probe.dns import DnsFailedError, DnsResolver, HostUnknownError


class Zone(asyncio.DatagramProtocol):
    """A DNS server of a few names."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Answer one question, or do not."""
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}")
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        first = name.split(".")[0]
        addresses = {
            "both": {"A": ["192.0.2.1", "192.0.2.2"], "AAAA": ["2001:db8::1"]},
            "four": {"A": ["192.0.2.1"]},
            "silent6": {"A": ["192.0.2.1"]},
        }.get(first, {})
        if first == "silent" or (first == "silent6" and kind == "AAAA"):
            return
        if first == "alias":
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", "both.test."))
            addresses, name = {"A": ["192.0.2.9"]}, "both.test."
        if first in {"nowhere", "broken"}:
            answer.set_rcode(dns.rcode.NXDOMAIN if first == "nowhere" else dns.rcode.SERVFAIL)
        if kind in addresses:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *addresses[kind]))
        self.transport.sendto(answer.to_wire(), address)  # type: ignore[attr-defined]


@asynccontextmanager
async def zone() -> AsyncIterator[tuple[DnsResolver, Zone]]:
    """Run the server on a free port, and a resolver that asks it."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(Zone, ("127.0.0.1", 0))
    try:
        yield DnsResolver(transport.get_extra_info("sockname"), timeout_s=1.0), server
    finally:
        transport.close()


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

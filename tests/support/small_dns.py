"""A DNS server of a few names over real UDP, for tests that need no whole name server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from bot.probe.dns import DnsResolver


class Zone(asyncio.DatagramProtocol):
    """A DNS server of a few names."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.port = 0

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
            "mail": {"A": ["127.0.0.1"]},
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
    """Run the server on a free port, with a resolver that asks it."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(Zone, ("127.0.0.1", 0))
    try:
        server.port = transport.get_extra_info("sockname")[1]
        yield DnsResolver(transport.get_extra_info("sockname"), timeout_s=1.0), server
    finally:
        transport.close()

"""The usual names, last of all: only those that exist, and never where the domain answers to every name."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from typing import Final

from bot.discovery.candidates import Candidate, Fault, Found, sound
from bot.discovery.dns import MailDns
from bot.kb.model import Protocol
from bot.kb.ports import PORT_SECURITY
from bot.probe.dns import NOTHING_THERE, DnsFailedError
from bot.probe.target import Address

_NAMES: Final[dict[str, tuple[tuple[Protocol, int], ...]]] = {
    "imap": (("imap", 993),),
    "pop": (("pop3", 995),),
    "smtp": (("smtp", 465), ("smtp", 587)),
    "mail": (("imap", 993), ("pop3", 995), ("smtp", 465), ("smtp", 587)),
}


async def find_by_guessing(dns: MailDns, domain: str) -> Found:
    """Look which usual names of the domain exist.

    Args:
        dns: The DNS.
        domain: Of the address.
    """
    chance = f"{secrets.token_hex(8)}.{domain}"
    hosts = [f"{label}.{domain}" for label in _NAMES]
    wild, *looked_up = await asyncio.gather(*(_addresses(dns, host) for host in (chance, *hosts)))
    if not isinstance(wild, DnsFailedError):
        return Found("guess", faults=(Fault("guess", f"*.{domain}", "wildcard"),))
    there = [host for host, found in zip(hosts, looked_up, strict=True) if not isinstance(found, DnsFailedError)]
    broken = [
        Fault("guess", host, found.reason)
        for host, found in zip(hosts, looked_up, strict=True)
        if isinstance(found, DnsFailedError) and found.reason not in NOTHING_THERE
    ]
    if not there and not broken:
        broken = [Fault("guess", f"mail.{domain}", "nxdomain")]
    return Found("guess", sound(_candidates(there)), tuple(broken))


async def _addresses(dns: MailDns, host: str) -> Sequence[Address] | DnsFailedError:
    try:
        return await dns.addresses(host)
    except DnsFailedError as error:
        return error


def _candidates(hosts: list[str]) -> Iterator[Candidate]:
    for host in hosts:
        for protocol, port in _NAMES[host.partition(".")[0]]:
            yield Candidate(
                protocol,
                host,
                port,
                PORT_SECURITY[port],
                None,
                (),
                "guess",
                host,
                "guess",
                recommended=PORT_SECURITY[port] == "implicit_tls",
            )

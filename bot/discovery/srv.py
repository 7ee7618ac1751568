"""SRV records: what a domain says in the DNS about its mail servers.

Source: RFC 6186 (_imap, _imaps, _pop3, _pop3s, _submission), RFC 8314 section 5.1 (_submissions), RFC 2782.
"""

from __future__ import annotations

import asyncio
from typing import Final

from bot.discovery.candidates import Candidate, Fault, Found, sound
from bot.discovery.dns import MailDns
from bot.kb.model import Protocol, Security
from bot.probe.dns import NOTHING_THERE, DnsFailedError

_SERVICES: Final[dict[str, tuple[Protocol, Security]]] = {
    "_imaps": ("imap", "implicit_tls"),
    "_imap": ("imap", "starttls"),
    "_pop3s": ("pop3", "implicit_tls"),
    "_pop3": ("pop3", "starttls"),
    "_submissions": ("smtp", "implicit_tls"),
    "_submission": ("smtp", "starttls"),
}


async def find_by_srv(dns: MailDns, domain: str) -> Found:
    """Ask for all six services at once.

    Args:
        dns: The DNS.
        domain: Of the address.

    Returns:
        A candidate for each record, by priority and weight; a domain that has none of them has one fault and not six.
    """
    steps = await asyncio.gather(
        *(_service(dns, f"{service}._tcp.{domain}", *kind) for service, kind in _SERVICES.items())
    )
    candidates = tuple(candidate for step in steps for candidate in step.candidates)
    faults: dict[tuple[str, str], Fault] = {}
    for step in steps:
        for fault in step.faults:
            if fault.reason not in NOTHING_THERE:
                # A server that does not answer does so six times; what is not offered is said of each service.
                faults.setdefault((fault.reason, fault.detail if fault.reason == "not_offered" else ""), fault)
    if not candidates and not faults:
        return Found("srv", faults=(Fault("srv", domain, "no_records"),))
    return Found(
        "srv",
        candidates,
        tuple(faults.values()),
        not_offered=frozenset(kind for step in steps for kind in step.not_offered),
    )


async def _service(dns: MailDns, name: str, protocol: Protocol, security: Security) -> Found:
    try:
        records = await dns.srv(name)
    except DnsFailedError as error:
        return Found("srv", faults=(Fault("srv", name, error.reason),))
    if all(record.target == "" for record in records):
        return Found("srv", faults=(Fault("srv", name, "not_offered"),), not_offered=frozenset({(protocol, security)}))
    best = min(record.priority for record in records if record.target)
    named = (
        Candidate(
            protocol,
            record.target,
            record.port,
            security,
            None,
            (),
            "srv",
            name,
            "dns",
            recommended=record.priority == best,
        )
        for record in records
        if record.target
    )
    kept = sound(named)
    return Found("srv", kept, () if kept else (Fault("srv", name, "impossible_server"),))

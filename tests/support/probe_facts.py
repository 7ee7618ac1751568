"""Facts of a made-up server, for tests of what is said about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.answer.probe_report import HostSeen
from bot.probe.facts import CertificateFacts, Ending, OldTlsFacts, PortFacts, Stage, TlsFacts
from bot.probe.verdict import judge_host, judge_port

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOST = "mail.example.jp"
HOSTILE = "554 <!channel> <https://evil.example|click> `code` *bold* _it_ :tada: @here & https://evil.example/x"


def leaf_for(host: str) -> CertificateFacts:
    """Return a good certificate for a host."""
    return CertificateFacts(
        subject=host,
        issuer="Example CA",
        names=(host,),
        addresses=(),
        not_before=NOW - timedelta(days=10),
        not_after=NOW + timedelta(days=80),
        is_self_issued=False,
        issuer_urls=(),
        sha256="00",
    )


def tls_for(host: str) -> TlsFacts:
    """Return a handshake with a good certificate for a host."""
    return TlsFacts(
        "TLSv1.3",
        "TLS_AES_128_GCM_SHA256",
        (leaf_for(host),),
        (),
        host,
        is_for_hostname=True,
        is_issuer_family_trusted=False,
    )


def works(port: int, protocol: Any, security: Any = "implicit_tls", host: str = HOST) -> PortFacts:
    """Return the facts of a port with which nothing is wrong."""
    return PortFacts(
        protocol,
        port,
        security,
        Ending.COMPLETED,
        Stage.DONE,
        address="192.0.2.7",
        elapsed_ms=42,
        tls=tls_for(host),
        starttls_offered=True,
    )


def refused(port: int, protocol: Any) -> PortFacts:
    """Return the facts of a closed port."""
    return PortFacts(protocol, port, "starttls", Ending.REFUSED, Stage.CONNECT, address="192.0.2.7", elapsed_ms=3)


def seen(*facts: PortFacts, host: str = HOST) -> HostSeen:
    """Return a host with its verdict."""
    verdicts = tuple(judge_port(each, host, NOW) for each in facts)
    return HostSeen(judge_host(verdicts, host), {each.port: each for each in facts})


GOOD = (
    works(993, "imap"),
    works(465, "smtp"),
    works(587, "smtp", "starttls"),
    refused(143, "imap"),
    replace(works(995, "pop3"), old_tls=OldTlsFacts(tls_1_0=True, tls_1_1=True)),
    PortFacts("pop3", 110, "starttls", Ending.TURNED_AWAY, Stage.GREETING, detail=HOSTILE),
)
"""Most things work; one port is closed, one takes old TLS, one turns us away with a banner full of markup."""

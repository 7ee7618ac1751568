"""A candidate: one server that somebody names for a domain, with who named it and how far that can be believed.

Discovery collects candidates and judges none of them; `bot.discovery.agree` holds them against each other, and whether a
server is there at all only the probe can say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

import msgspec

from bot.kb.model import Authentication, Protocol, Security, Username
from bot.kb.rules import is_hostname, protocol_port_problems

Origin = Literal["knowledge", "autoconfig", "ispdb", "mx_autoconfig", "mx_ispdb", "mx", "srv", "autodiscover", "guess"]
"""Who named it; `mx` is for what the look-up of the mail exchangers itself says."""
ORIGINS: Final[tuple[Origin, ...]] = (
    "knowledge",
    "autoconfig",
    "ispdb",
    "mx_autoconfig",
    "mx_ispdb",
    "mx",
    "srv",
    "autodiscover",
    "guess",
)
"""In the order in which they are believed where their trust is the same."""

_MOST: Final = 20

Trust = Literal["reviewed", "published", "dns", "insecure", "guess"]
"""How far an origin can be believed.

`reviewed`: our own knowledge, with a source; `published`: fetched over verified HTTPS from a name that belongs to the domain,
or from the ISPDB; `dns`: rests on DNS answers, which anybody on the way can forge; `insecure`: came over plain HTTP; `guess`:
a usual name that exists.

Source: draft-ietf-mailmaint-autoconfig, section "Security considerations" (DNS, HTTP).
"""
TRUSTS: Final[tuple[Trust, ...]] = ("reviewed", "published", "dns", "insecure", "guess")

FetchReason = Literal[
    "nxdomain",
    "no_records",
    "servfail",
    "timed_out",
    "unreachable",
    "certificate",
    "http_status",
    "too_large",
    "encoding",
    "redirects",
    "downgrade",
    "refused_by_guard",
]
"""Why a document could not be fetched."""
FaultReason = Literal[
    FetchReason,
    "null_mx",
    "not_offered",
    "invalid_xml",
    "invalid_json",
    "no_server",
    "impossible_server",
    "wildcard",
    "failed",
]
"""Why an origin has nothing; each is said by the wording `discovery.fault_…`."""


class Candidate(msgspec.Struct, frozen=True):
    """One server that an origin names for the domain."""

    protocol: Protocol
    hostname: str
    """Lower case, an A-label where it is international."""
    port: int
    security: Security
    username: Username | None
    """None where the origin does not say."""
    authentication: tuple[Authentication, ...]
    """Best first; empty where the origin does not say."""
    origin: Origin
    origin_detail: str
    """The address or the DNS name that it was read at; the provider's id for our own knowledge. Text of strangers."""
    trust: Trust
    as_of: date | None = None
    """How old the statement is; None where nobody says."""
    recommended: bool = True
    """False where the origin itself puts it behind another."""

    @property
    def key(self) -> tuple[Protocol, str, int, Security]:
        """Return what two origins have to say alike in order to agree."""
        return self.protocol, self.hostname, self.port, self.security


class Fault(msgspec.Struct, frozen=True):
    """Why one origin, or one of its places, has nothing to say."""

    origin: Origin
    detail: str
    """The address or the DNS name that was asked."""
    reason: FaultReason
    status: int | None = None
    """Of `http_status`."""


class Found(msgspec.Struct, frozen=True):
    """What one step of the discovery brought."""

    origin: Origin
    candidates: tuple[Candidate, ...] = ()
    faults: tuple[Fault, ...] = ()
    mx: tuple[str, ...] = ()
    """Mail exchangers, best first."""
    hosted_by: str | None = None
    """Id of the provider that this step points to."""
    not_offered: frozenset[tuple[Protocol, Security]] = frozenset()
    """What the domain says outright that it does not offer (SRV target `.`)."""


def sound(candidates: Iterator[Candidate]) -> tuple[Candidate, ...]:
    """Return the possible ones without repetition, twenty at the most: a stranger's list may be endless.

    A server is possible that has a host name, and an encryption that fits a well-known port. A bare address is nothing that
    a stranger may name (no certificate would fit, and it may lie inside); a company's own file may.
    """
    kept: dict[tuple[Protocol, str, int, Security], Candidate] = {}
    for each in candidates:
        if len(kept) == _MOST:
            break
        named = is_hostname(each.hostname) and (each.origin == "knowledge" or not _is_address(each.hostname))
        if named and not any(protocol_port_problems(each.protocol, each.port, each.security)):
            kept.setdefault(each.key, each)
    return tuple(kept.values())


def _is_address(hostname: str) -> bool:
    return ":" in hostname or hostname.rpartition(".")[2].isdigit()

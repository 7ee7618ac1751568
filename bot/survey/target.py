"""What somebody typed: a server to look at, a domain to discover, or a name that may be either.

Only the DNS and the ports could tell for sure, so a name that may be both is treated as both. What is before an @ is dropped
here and goes no further.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from bot.discovery.domain import base_domain, domain_of
from bot.kb.hosts import Hosts
from bot.probe.host import is_ip_address
from bot.probe.target import read_host

TargetKind = Literal["server", "domain", "either"]
_SERVER_LABEL: Final = re.compile(
    r"(?:e?mail|imaps?|pop3?s?|smtps?|mx|submissions?|sieve|relay|incoming|outgoing)[0-9]*(?:-[a-z0-9-]+)?"
)


class Target(msgspec.Struct, frozen=True):
    """What is to be looked at."""

    kind: TargetKind
    name: str
    """Lower case, A-labels; never with the part before an @."""
    port: int | None = None
    """Where one was typed behind a server's name."""

    @property
    def is_discovered(self) -> bool:
        """Say whether what is published for it is asked for."""
        return self.kind != "server"

    @property
    def is_probed(self) -> bool:
        """Say whether the name itself is probed."""
        return self.kind != "domain"


def read_target(text: str, hosts: Hosts, *, forced: Literal["server", "domain"] | None = None) -> Target:
    """Read what somebody typed.

    A server is: an address in numbers, a name with a port, a name that our knowledge documents as a server, and one below
    a domain that begins like a server's (`mail.`, `imap.`). A domain is: what stands behind an @, and a name under which
    our knowledge has addresses and no server.

    Args:
        text: `taro@example.jp`, `example.jp`, `mail.example.jp:993`, `192.0.2.1`.
        hosts: The servers that our knowledge documents.
        forced: What it is, where the asker says so.

    Raises:
        HostInvalidError: It is none of these; the error never carries what was typed.
    """
    if forced == "domain" or (forced is None and ("@" in text or "＠" in text)):
        return Target("domain", domain_of(text))
    typed = read_host(text)
    if forced == "server" or typed.port is not None or is_ip_address(typed.host):
        return Target("server", typed.host, typed.port)
    if typed.host in hosts.services:
        return Target("domain", typed.host)
    return Target("server" if hosts.owner(typed.host) or _is_named_like_a_server(typed.host) else "either", typed.host)


def _is_named_like_a_server(name: str) -> bool:
    # `mail.com` and `pop.co.jp` are domains that somebody registered, not servers below one.
    return _SERVER_LABEL.fullmatch(name.partition(".")[0]) is not None and base_domain(name) not in (name, None)

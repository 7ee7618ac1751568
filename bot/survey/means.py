"""What a survey works with: our knowledge, the guard, the DNS, the web. Built once from what the administrator set."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.discovery.autodiscover import V2
from bot.discovery.discover import Discoverer, Sources
from bot.discovery.dns import MailDns
from bot.discovery.fetch import Fetcher
from bot.discovery.web import ISPDB
from bot.kb.lookup import Lookup
from bot.probe.target import AllowedNetwork, Guard, Network, Resolver


@dataclass(frozen=True)
class Means:
    """Shared by all surveys of a process."""

    lookup: Lookup
    discoverer: Discoverer
    guard: Guard
    resolver: Resolver
    """Of the probe."""
    ca_file: str | None = None
    """Roots that the probe trusts instead of the system's."""


def build_means(
    lookup: Lookup,
    *,
    allow: Sequence[AllowedNetwork] = (),
    deny: Sequence[Network] = (),
    dns_server: tuple[str, int] | None = None,
    ca_file: str | None = None,
    ispdb: str | None = ISPDB,
    autodiscover: bool = True,
) -> Means:
    """Build them.

    Args:
        lookup: Our knowledge.
        allow: Networks that may be reached although they are not public.
        deny: Networks that are never reached.
        dns_server: Asked instead of this machine's own.
        ca_file: Roots of a company; the probe trusts them instead of the system's, and fetching from the web beside them,
            because published settings come from public servers too.
        ispdb: Base address of the ISPDB or a mirror; None to leave it out.
        autodiscover: Whether Autodiscover is asked: the domain's own, and Microsoft's service.
    """
    guard = Guard(allow, deny)
    dns = MailDns(dns_server)
    sources = Sources(ispdb, V2 if autodiscover else None, autodiscover_v1=autodiscover)
    discoverer = Discoverer(lookup, dns, Fetcher(dns, guard, trust=partial(_trust, ca_file)), sources)
    return Means(lookup, discoverer, guard, dns, ca_file)


def _trust(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context

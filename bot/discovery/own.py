"""What our own knowledge names for a domain, or for the hoster that its mail exchangers point to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase

from bot.discovery.candidates import Candidate, Found, Trust, sound
from bot.kb.lookup import Lookup
from bot.kb.model import Provider


def find_by_domain(lookup: Lookup, domain: str, today: date) -> Found:
    """Return what we know about addresses at *domain*; nothing where several services share it.

    Args:
        lookup: Our knowledge.
        domain: Of the address.
        today: Decides what is closed.
    """
    providers = lookup.providers_for_domain(domain)
    if len(providers) != 1:
        # Which of them it is only the asker knows: a conversation, not a discovery.
        return Found("knowledge")
    return _found(providers[0], "reviewed", today)


def find_by_mx(lookup: Lookup, mx: Sequence[str], today: date) -> Found:
    """Return what we know about the hoster of the best mail exchanger.

    The facts are reviewed; that they are this domain's rests on the DNS.

    Args:
        lookup: Our knowledge.
        mx: Mail exchangers, best first. One that fits a personal host name (`sv*.xserver.jp`) is that name.
        today: Decides what is closed.
    """
    provider = lookup.provider_for_mx(mx[0]) if mx else None
    return Found("knowledge") if provider is None else _found(provider, "dns", today, mx)


def _found(provider: Provider, trust: Trust, today: date, mx: Sequence[str] = ()) -> Found:
    # What has ended, or never worked in a mail program, is recognised without handing on its servers.
    usable = provider.status_on(today) not in ("closed", "broken")
    return Found("knowledge", sound(_candidates(provider, trust, mx)) if usable else (), hosted_by=provider.id)


def _candidates(provider: Provider, trust: Trust, mx: Sequence[str]) -> Iterator[Candidate]:
    for row in provider.servers:
        hostname = row.hostname
        if hostname is None:
            hostname = next((name for name in mx if fnmatchcase(name, row.hostname_pattern or "")), None)
        if hostname is not None and row.protocol != "sieve":
            yield Candidate(
                row.protocol,
                hostname,
                row.port,
                row.security,
                row.username or provider.username,
                provider.authentication,
                "knowledge",
                provider.id,
                trust,
                _as_of(provider),
                row.recommended,
            )


def _as_of(provider: Provider) -> date:
    return min(source.source_as_of or source.checked_on for source in provider.sources)

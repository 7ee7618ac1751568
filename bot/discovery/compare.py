"""Hold our servers against what somebody else publishes, and find the reviewed reason for each difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from bot.discovery.autoconfig import OWN_DOMAIN, PublishedConfig, PublishedServer
from bot.kb.documents import Comparison, Difference
from bot.kb.lookup import Lookup
from bot.kb.model import Provider, Server

Kind = Literal["agrees", "differs", "closed"]


class Compared(msgspec.Struct, frozen=True):
    """One published server beside ours."""

    provider: str
    kind: Kind
    """`closed`: the service has ended, so that what is published of it is of no use."""
    theirs: str
    """As `PublishedServer` says it, with ` user …` where only the form of the user name differs."""
    ours: tuple[str, ...] = ()
    reason: Difference | None = None
    file: str = ""


def compare(
    configs: Iterable[tuple[str, PublishedConfig]], lookup: Lookup, reasons: Comparison | None, today: date
) -> list[Compared]:
    """Compare every published server of a domain that we know with our servers for it.

    Args:
        configs: Published configurations with the names of their files.
        lookup: Our knowledge.
        reasons: The reviewed reasons for differences.
        today: Decides what is closed.

    Returns:
        One row for each published server of each provider, in the order of *configs*; equal rows once.
    """
    by_domain: dict[str, list[Provider]] = {}
    for provider in lookup.knowledge.providers:
        for domain in provider.domains:
            by_domain.setdefault(domain, []).append(provider)
    rows: dict[tuple[str, str], Compared] = {}
    known = reasons.reasons if reasons is not None else {}
    for file, config in configs:
        owners = {provider.id: provider for domain in config.domains for provider in by_domain.get(domain, ())}
        for provider in owners.values():
            for server in config.servers:
                row = _compare_server(server, provider, config, today)
                row = msgspec.structs.replace(row, reason=_reason(row, known), file=file)
                rows.setdefault((row.provider, row.theirs), row)
    return list(rows.values())


def _compare_server(server: PublishedServer, provider: Provider, config: PublishedConfig, today: date) -> Compared:
    ours = tuple(_line(own) for own in provider.servers if own.protocol == server.protocol)
    if provider.status_on(today) == "closed":
        return Compared(provider.id, "closed", str(server), ours)
    same = [own for own in provider.servers if _is_same(own, server, config)]
    if not same:
        return Compared(provider.id, "differs", str(server), ours)
    forms = {own.username or provider.username for own in same}
    if server.username not in forms and "other" not in (server.username, *forms):
        user = f"{server} user {server.username}"
        return Compared(provider.id, "differs", user, tuple(f"user {form}" for form in sorted(forms)))
    return Compared(provider.id, "agrees", str(server), ours)


def _is_same(own: Server, server: PublishedServer, config: PublishedConfig) -> bool:
    if (own.protocol, own.port, own.security) != (server.protocol, server.port, server.security):
        return False
    names = {server.hostname.replace(OWN_DOMAIN, domain) for domain in config.domains}
    if own.hostname is not None:
        return own.hostname in names
    return any(fnmatchcase(name, own.hostname_pattern or "") for name in names)


def _line(own: Server) -> str:
    return f"{own.protocol} {own.hostname or own.hostname_pattern}:{own.port} {own.security}"


def _reason(row: Compared, known: Mapping[str, tuple[Difference, ...]]) -> Difference | None:
    if row.kind != "differs":
        return None
    return next((entry for entry in known.get(row.provider, ()) if fnmatchcase(row.theirs, entry.theirs)), None)


def unused(rows: Iterable[Compared], reasons: Comparison | None) -> list[str]:
    """Return the reasons that no difference needs any more, as `provider: theirs`."""
    needed = {(row.provider, row.reason.theirs) for row in rows if row.reason is not None}
    given = reasons.reasons if reasons is not None else {}
    return [f"{id_}: {e.theirs}" for id_, entries in given.items() for e in entries if (id_, e.theirs) not in needed]

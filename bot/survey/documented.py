"""The hosts that our knowledge documents, each with what it is said to offer. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import msgspec

from bot.kb.model import Protocol, Provider, Security


class DocumentedPort(msgspec.Struct, frozen=True):
    """One port, as our knowledge has it."""

    protocol: Protocol
    port: int
    security: Security


class DocumentedHost(msgspec.Struct, frozen=True):
    """One host, as our knowledge has it."""

    hostname: str
    ports: tuple[DocumentedPort, ...]
    providers: tuple[str, ...]
    """Ids of those whose server it is."""


def documented_hosts(
    providers: Iterable[Provider], today: date, only: Collection[str] = ()
) -> tuple[DocumentedHost, ...]:
    """Return every host that can be visited, once.

    Personal names (`sv*.example.jp`) are patterns and no hosts; a service that has ended has none.

    Args:
        providers: Of our knowledge.
        today: Decides which service has ended.
        only: Ids of the providers to look at; all if empty.
    """
    ports: dict[str, dict[tuple[Protocol, int], DocumentedPort]] = {}
    owners: dict[str, dict[str, None]] = {}
    for provider in providers:
        if (only and provider.id not in only) or provider.status_on(today) == "closed":
            continue
        for server in provider.servers:
            if server.hostname is not None:
                port = DocumentedPort(server.protocol, server.port, server.security)
                ports.setdefault(server.hostname, {}).setdefault((server.protocol, server.port), port)
                owners.setdefault(server.hostname, {})[provider.id] = None
    return tuple(DocumentedHost(name, tuple(ports[name].values()), tuple(owners[name])) for name in ports)

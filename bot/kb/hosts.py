"""Whose server a host name is, found without walking through every provider."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from bot.kb.model import Protocol, Provider


class Hosts:
    """The documented servers of all providers. Where several have one name, the first provider counts."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        """Build the indexes.

        Args:
            providers: In their order.
        """
        self._owners: dict[str, Provider] = {}
        self._patterns: dict[str, list[tuple[str, Provider]]] = {}
        self._begun: dict[tuple[Protocol, str], str] = {}
        self._by_length: dict[tuple[Protocol, int], dict[str, None]] = {}
        domains: set[str] = set()
        for provider in providers:
            domains.update(provider.domains)
            for server in provider.servers:
                if server.hostname_pattern is not None:
                    fixed = server.hostname_pattern.rpartition("*")[2].lstrip(".")
                    self._patterns.setdefault(fixed, []).append((server.hostname_pattern, provider))
                elif server.hostname is not None:
                    self._add(server.protocol, server.hostname, provider)
        self.services = frozenset(domains - self._owners.keys())
        """Domains that name a service and no server: outlook.com, mail.ru."""

    def _add(self, protocol: Protocol, hostname: str, provider: Provider) -> None:
        self._owners.setdefault(hostname, provider)
        self._by_length.setdefault((protocol, len(hostname)), {})[hostname] = None
        begun = hostname
        while "." in begun:
            begun = begun.rpartition(".")[0]
            self._begun.setdefault((protocol, begun), hostname)

    def owner(self, hostname: str) -> Provider | None:
        """Return the provider whose server that is, by its name or by a pattern such as `sv*.xserver.jp`."""
        if hostname in self._owners:
            return self._owners[hostname]
        # `smtp.*` would make every server theirs: the fixed part has to be a domain of the provider's own.
        parent = hostname
        while "." in parent:
            for pattern, provider in self._patterns.get(parent, ()):
                if fnmatchcase(hostname, pattern):
                    return provider
            parent = parent.partition(".")[2]
        return None

    def whole(self, protocol: Protocol, beginning: str) -> str | None:
        """Return the server of which only the beginning was given: imap.gmail for imap.gmail.com."""
        return self._begun.get((protocol, beginning))

    def of_length(self, protocol: Protocol, lengths: Iterable[int]) -> list[str]:
        """Return the servers of a protocol with names of these lengths (characters)."""
        return [name for length in lengths for name in self._by_length.get((protocol, length), ())]

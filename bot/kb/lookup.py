"""Find entries of the knowledge by what they are called."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, TypeVar

from bot.kb.hosts import Hosts
from bot.kb.model import Article, Client, Knowledge, MailError, PortUse, Provider
from bot.kb.shelf import Shelf

_Entry = TypeVar("_Entry", Provider, Client, Article, MailError)


class Lookup:
    """The knowledge, with its indexes. Built once, shared by every layer, never changed."""

    def __init__(self, knowledge: Knowledge, shelf: Shelf | None = None) -> None:
        """Build the indexes.

        Args:
            knowledge: Everything that was loaded.
            shelf: Keeps what other layers make from the knowledge; without one they make it anew.
        """
        self.knowledge = knowledge
        self.shelf = shelf or Shelf()
        self._providers = _by_id(knowledge.providers)
        self._clients = _by_id(knowledge.clients)
        self._articles = _by_id(knowledge.articles)
        self._errors = _by_id(knowledge.errors)
        self._ports = {entry.port: entry for entry in knowledge.ports}
        self._domains: dict[str, list[Provider]] = {}
        for provider in knowledge.providers:
            for domain in provider.domains:
                self._domains.setdefault(domain, []).append(provider)

    def provider(self, id_: str) -> Provider | None:
        """Return the provider of that id."""
        return self._providers.get(id_)

    def client(self, id_: str) -> Client | None:
        """Return the mail program of that id."""
        return self._clients.get(id_)

    def article(self, id_: str) -> Article | None:
        """Return the free answer or word of that id."""
        return self._articles.get(id_)

    def error(self, id_: str) -> MailError | None:
        """Return the error of that id."""
        return self._errors.get(id_)

    def port(self, number: int) -> PortUse | None:
        """Return what is known of a port number."""
        return self._ports.get(number)

    def providers_for_domain(self, domain: str) -> tuple[Provider, ...]:
        """Return the providers of addresses at *domain*: the nearest parent domain that is listed.

        Args:
            domain: Lower-case, without a final dot; `xxx.sakura.ne.jp` finds `sakura.ne.jp`.
        """
        name = domain
        while "." in name:
            if name in self._domains:
                return tuple(self._domains[name])
            name = name.partition(".")[2]
        return ()

    def provider_of_host(self, hostname: str) -> Provider | None:
        """Return whose server that is: by its name, else by the domain it belongs to where that names one provider alone.

        Args:
            hostname: Lower-case, without a final dot.
        """
        found = self.hosts.owner(hostname)
        if found is None:
            among = self.providers_for_domain(hostname)
            found = among[0] if len(among) == 1 else None
        return found

    @cached_property
    def hosts(self) -> Hosts:
        """Whose server a host name is; made when it is first asked for."""
        return Hosts(self.knowledge.providers)

    def provider_for_mx(self, hostname: str) -> Provider | None:
        """Return the provider that a mail exchanger belongs to: the one with the longest suffix that fits.

        Args:
            hostname: Lower-case, without a final dot; `mx1.mail.example.jp` fits the suffix `mail.example.jp`.
        """
        fitting = [
            (len(suffix), provider)
            for provider in self.knowledge.providers
            for suffix in provider.mx_suffixes
            if hostname == suffix or hostname.endswith(f".{suffix}")
        ]
        return max(fitting, key=lambda pair: pair[0])[1] if fitting else None

    def is_own(self, provider: Provider) -> bool:
        """Say whether the entry comes from the company's own folder."""
        return f"providers/{provider.id}" in self.knowledge.own

    def document(self, path: str) -> dict[str, Any]:
        """Return a file that another layer owns, such as `terms` or `wording/ja/slack`; empty if there is none."""
        value = self.knowledge.documents.get(path)
        return value if isinstance(value, dict) else {}

    def documents(self, prefix: str) -> dict[str, dict[str, Any]]:
        """Return every such file below *prefix* (`phrases/ja/`), by its path."""
        found = self.knowledge.documents.items()
        return {path: value for path, value in found if path.startswith(prefix) and isinstance(value, dict)}


def _by_id(entries: Iterable[_Entry]) -> dict[str, _Entry]:
    return {entry.id: entry for entry in entries}

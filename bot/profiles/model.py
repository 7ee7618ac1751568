"""The settings that a profile carries: what may be installed on somebody's device, and nothing else.

A file that installs itself is obeyed without being read. So plaintext never gets into one, a personal host name only when
it is known, and what cannot be expressed in a format is refused with its reason and not left to chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final, Literal
from typing import Protocol as TypingProtocol

import msgspec

from bot.errors import BotError
from bot.kb.model import Authentication, Language, Protocol, Provider, Security, Server, Text, Username
from bot.kb.ports import SECURITY_RANK
from bot.kb.rules import is_address, is_hostname

Incoming = Literal["imap", "pop3"]
Reason = Literal["incoming", "outgoing", "sign_in", "username", "domain", "address", "too_long", "text"]
"""Why there is no profile: no encrypted server for receiving or sending; a way to sign in or a user name that the format
cannot say; no domain to publish it for; what was given is no address; too much for one QR code, or none at all."""

_MOST_SERVERS: Final = 20
_LONGEST_ADDRESS: Final = 254
"""Source: RFC 5321 section 4.5.3.1.3 (a path of 256 octets with its brackets)."""


class ProfileImpossibleError(BotError):
    """These settings cannot be made into that file. *reason* is a word of `profile.impossible_…`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"profile.impossible_{reason}")
        self.reason = reason


class Says(TypingProtocol):
    """Says a sentence of the wording in a language; `bot.answer.wording.Wording` does."""

    def say(self, key: str, language: Language, /, **params: object) -> str:
        """Return the sentence of *key*, its placeholders filled."""


class MailServer(msgspec.Struct, frozen=True):
    """One server as it is typed in."""

    protocol: Protocol
    hostname: str
    port: int
    security: Security
    username: Username
    authentication: tuple[Authentication, ...]
    """Best first."""


class MailSettings(msgspec.Struct, frozen=True):
    """Everything that one profile is made from."""

    id: str
    """Stays the same for the same service: a provider's id or a domain. A device replaces the older profile by it."""
    names: Text
    servers: tuple[MailServer, ...]
    """Best first; none in plaintext."""
    domains: tuple[str, ...] = ()
    """Address domains that these settings are for."""
    manual_url: str | None = None

    def name(self, language: Language, longest: int) -> str:
        """Return the name of the service as one printable line of at most *longest* letters."""
        text = self.names.ja if language == "ja" else self.names.en
        line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
        return line[:longest].strip() or self.id

    def best(self, protocol: Protocol) -> MailServer | None:
        """Return the server to install for *protocol*; None where there is no encrypted one."""
        return next((server for server in self.servers if server.protocol == protocol), None)

    def pair(self, incoming: Incoming) -> tuple[MailServer, MailServer]:
        """Return the servers for receiving and for sending.

        Raises:
            ProfileImpossibleError: One of them is missing.
        """
        receiving, sending = self.best(incoming), self.best("smtp")
        if receiving is None:
            raise ProfileImpossibleError("incoming")
        if sending is None:
            raise ProfileImpossibleError("outgoing")
        return receiving, sending


def settings_of(
    id_: str,
    names: Text,
    servers: Iterable[MailServer],
    *,
    domains: Iterable[str] = (),
    manual_url: str | None = None,
) -> MailSettings:
    """Return settings with what may be installed: no plaintext, no impossible host; implicit TLS before STARTTLS.

    Args:
        id_: A provider's id or a domain.
        names: What the service is called.
        servers: In the order of their own preference, which decides between equally good ones.
        domains: Address domains that the settings are for.
        manual_url: The provider's own page.
    """
    safe = [server for server in servers if server.security != "plaintext" and is_hostname(server.hostname)]
    ordered = sorted(dict.fromkeys(safe), key=lambda server: SECURITY_RANK[server.security])
    return MailSettings(
        id_,
        names,
        tuple(ordered[:_MOST_SERVERS]),
        tuple(domain for domain in dict.fromkeys(domains) if is_hostname(domain)),
        manual_url if manual_url is not None and manual_url.isprintable() and is_address(manual_url) else None,
    )


def settings_of_provider(provider: Provider, *, hostname: str | None = None, domain: str | None = None) -> MailSettings:
    """Return the settings of a provider's file.

    Args:
        provider: Our knowledge; servers that it does not recommend stand behind the others.
        hostname: The asker's own server, where the provider gives everybody another name (`sv1234.xserver.jp`).
            Without one such servers are left out.
        domain: The asker's own domain, where it is not one of the provider's.
    """
    rows = sorted(provider.servers, key=lambda row: not row.recommended)
    servers = [
        MailServer(
            row.protocol, name, row.port, row.security, row.username or provider.username, provider.authentication
        )
        for row in rows
        if (name := _hostname(row, hostname)) is not None
    ]
    manual = next((page for entry in provider.manuals if (page := entry.ja or entry.en) is not None), None)
    return settings_of(
        provider.id,
        provider.names,
        servers,
        domains=provider.domains if domain is None else (domain,),
        manual_url=None if manual is None else manual.url,
    )


def _hostname(row: Server, own: str | None) -> str | None:
    if row.hostname is not None:
        return row.hostname
    if own is not None and row.hostname_pattern is not None and fnmatchcase(own.lower(), row.hostname_pattern):
        return own.lower()
    return None


def check_address(address: str) -> tuple[str, str]:
    """Return the two halves of an address that goes into a profile.

    Raises:
        ProfileImpossibleError: It is none, or holds what has no place in one line of a form.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or len(address) > _LONGEST_ADDRESS or not address.isprintable() or " " in address:
        raise ProfileImpossibleError("address")
    if not is_hostname(domain.lower()):
        raise ProfileImpossibleError("address")
    return local, domain

"""Read autoconfig XML, the form in which Thunderbird's ISPDB and many providers publish their settings.

Source: draft-ietf-mailmaint-autoconfig, section 4 (the file format).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from bot.kb.model import Authentication, Protocol, Security, Username
from bot.kb.ports import LAST_PORT
from bot.kb.rules import is_hostname

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PROTOCOLS: Final[dict[str, Protocol]] = {"imap": "imap", "pop3": "pop3", "smtp": "smtp"}
_SECURITIES: Final[dict[str, Security]] = {"SSL": "implicit_tls", "STARTTLS": "starttls", "plain": "plaintext"}
_USERNAMES: Final[dict[str, Username]] = {"%EMAILADDRESS%": "email_address", "%EMAILLOCALPART%": "local_part"}
_WAYS: Final[dict[str, Authentication]] = {
    "password-cleartext": "password",
    "password-encrypted": "password",
    "plain": "password",
    "secure": "password",
    "OAuth2": "oauth2",
    "OAuth": "oauth2",
}
"""Other ways (NTLM, GSSAPI, client-IP-address, none) are nothing that a person types in."""
OWN_DOMAIN: Final = "%EMAILDOMAIN%"
"""Stands in a host name for the domain of the asker's address."""


class PublishedServer(msgspec.Struct, frozen=True):
    """One server as it was published."""

    protocol: Protocol
    hostname: str
    """Lower case; may hold `%EMAILDOMAIN%`."""
    port: int
    security: Security
    username: Username
    authentication: tuple[Authentication, ...]
    """Empty where none of the published ways is known to us."""

    def __str__(self) -> str:
        """Return it as one short line: `imap imap.example.com:993 implicit_tls`."""
        return f"{self.protocol} {self.hostname}:{self.port} {self.security}"


class PublishedConfig(msgspec.Struct, frozen=True):
    """What was published for some domains."""

    display_name: str
    domains: tuple[str, ...]
    servers: tuple[PublishedServer, ...]
    """In the order of the file, which is the order of preference."""
    documentation: tuple[tuple[str, str], ...] = ()
    """Pages of the provider: title and address."""
    mx_domains: tuple[str, ...] = ()
    """Where the provider's mail exchangers are (`purpose="mx"`); no domains of addresses."""


def read_autoconfig(xml: bytes) -> PublishedConfig:
    """Read one file.

    Servers for other protocols (Exchange, JMAP) are passed over.

    Args:
        xml: The whole file.

    Raises:
        ValueError: It is no XML, holds a document type or entities, or is no autoconfig file. The text says which.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(xml, forbid_dtd=True)
    except DefusedXmlException:
        raise ValueError("document types and entities are not allowed") from None
    except (ParseError, UnicodeDecodeError, LookupError):
        raise ValueError("not well-formed XML") from None
    provider = root.find("emailProvider") if root.tag == "clientConfig" else None
    if provider is None:
        raise ValueError("no clientConfig with an emailProvider")
    names = [(node.get("purpose") == "mx", _text(node).lower()) for node in provider.findall("domain") if _text(node)]
    domains = tuple(dict.fromkeys(name for for_mx, name in names if not for_mx))
    mx_domains = tuple(dict.fromkeys(name for for_mx, name in names if for_mx))
    nodes = [*provider.findall("incomingServer"), *provider.findall("outgoingServer")]
    servers = [found for node in nodes if (found := _server(node)) is not None]
    name = _text(provider.find("displayName")) or provider.get("id") or (domains[0] if domains else "")
    pages = tuple(
        (_text(node.find("descr")) or node.get("url", ""), node.get("url", ""))
        for node in provider.findall("documentation")
        if node.get("url", "").startswith(("http://", "https://"))
    )
    return PublishedConfig(name, domains, tuple(servers), pages, mx_domains)


def _server(node: Element) -> PublishedServer | None:
    return server_or_none(
        node.get("type", ""),
        _text(node.find("hostname")),
        _text(node.find("port")),
        _text(node.find("socketType")),
        _text(node.find("username")),
        tuple(_text(way) for way in node.findall("authentication")),
    )


def server_or_none(
    kind: str, hostname: str, port: str, socket_type: str, username: str, ways: tuple[str, ...]
) -> PublishedServer | None:
    """Return a server from the words of the format, or None where one of them is unknown or impossible."""
    protocol, security = _PROTOCOLS.get(kind.lower()), _SECURITIES.get(socket_type)
    name = hostname.lower()
    if protocol is None or security is None or not port.isascii() or not port.isdigit():
        return None
    if not is_hostname(name.replace(OWN_DOMAIN.lower(), "example.com")) or not 1 <= int(port[:6]) <= LAST_PORT:
        return None
    known = tuple(dict.fromkeys(_WAYS[way] for way in ways if way in _WAYS))
    return PublishedServer(
        protocol,
        name.replace(OWN_DOMAIN.lower(), OWN_DOMAIN),
        int(port),
        security,
        _USERNAMES.get(username, "other"),
        known,
    )


def _text(node: Element | None) -> str:
    return " ".join((node.text or "").split()) if node is not None else ""

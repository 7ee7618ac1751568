"""Find what is wrong with pasted settings. Facts only: `bot.answer.check` puts them into words."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from bot.answer.pasted import Pasted, host_protocol
from bot.kb.model import Authentication, Protocol, Provider, Security, Server, Username
from bot.kb.ports import PORT_PROTOCOL, PORT_SECURITY, TLS_PORTS

FaultKind = str

_MAX_FAULTS = 12
_GENERIC_NAMES = frozenset({"mail", "smtp", "imap", "pop", "pop3", "smtps", "imaps", "www"})


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong: a key of the wording `check.<kind>`, and the values for it."""

    kind: FaultKind
    protocol: Protocol
    port: int | None = None
    security: Security | None = None
    """What it should be."""
    hostname: str | None = None
    """What it should be."""
    better_port: int | None = None
    given: str | None = None
    """The server's name as it was pasted. A user name is not repeated: people put passwords there."""
    other: Protocol | None = None
    """The protocol that the server's name or the port speaks for."""


def find_faults(entries: tuple[Pasted, ...], provider: Provider | None, *, one_switch: bool = False) -> list[Fault]:
    """Return what is wrong with pasted settings: by the port rules, and by the provider's own servers.

    Args:
        entries: As `bot.answer.pasted.read_settings` found them.
        provider: Whose settings they should be; None checks only what holds everywhere.
        one_switch: The mail program has one switch for SSL/TLS and STARTTLS and tells them apart by the port.
    """
    faults: list[Fault] = []
    for entry in entries:
        if entry.protocol is not None:
            faults += _port_faults(entry, entry.protocol, _servers(provider, entry.protocol), one_switch)
            if provider is not None:
                faults += _provider_faults(entry, entry.protocol, provider, faults)
            else:
                faults += _host_faults(entry, entry.protocol)
    if provider is not None:
        faults += _username_faults(entries, provider)
    return list(dict.fromkeys(faults))[:_MAX_FAULTS]


def find_authentication_faults(said: frozenset[Authentication], provider: Provider) -> list[Fault]:
    """Return the ways to sign in that were pasted and that the provider does not take.

    Args:
        said: As `bot.answer.sign_in.read_authentication` found them.
        provider: Whose settings they should be.
    """
    # An app password goes where a password goes.
    taken = {"password" if way == "app_password" else way for way in provider.authentication}
    return [Fault(f"authentication_{way}", "imap") for way in sorted(said - taken)]


def find_doubts(entries: tuple[Pasted, ...]) -> list[Fault]:
    """Return what is often wrong and cannot be told without knowing the provider.

    Args:
        entries: As `bot.answer.pasted.read_settings` found them.
    """
    doubts = []
    for entry in entries:
        # Under one's own domain answers a certificate of the hosting company, with another name.
        name = entry.hostname or ""
        if name.partition(".")[0] in _GENERIC_NAMES and name.count(".") > 1 and entry.protocol is not None:
            doubts.append(Fault("own_domain", entry.protocol))
            break
    if any(entry.username is not None and "@" not in entry.username for entry in entries):
        doubts.append(Fault("username_short", "imap"))
    return doubts


def _servers(provider: Provider | None, protocol: Protocol) -> list[Server]:
    """Return the encrypted servers of *protocol*, the best first; none without a provider."""
    servers = provider.servers if provider is not None else ()
    found = [server for server in servers if server.protocol == protocol and server.security != "plaintext"]
    return sorted(found, key=lambda server: not server.recommended)


def _port_faults(entry: Pasted, protocol: Protocol, servers: list[Server], one_switch: bool) -> Iterator[Fault]:
    """Name what is wrong with port and encryption; what belongs there is what the provider has, where it is known."""
    port = entry.port
    better = servers[0].port if servers else TLS_PORTS.get(protocol)
    best = servers[0].security if servers else "implicit_tls"
    plaintext = Fault("plaintext", protocol, security=best, better_port=better)
    expected = PORT_PROTOCOL.get(port or 0)
    if port == 25 and protocol == "smtp":
        yield Fault("port_25", protocol, port, best, better_port=better)
    elif expected is not None and expected != protocol:
        kind = "port_of_receiving" if protocol == "smtp" else "port_of_sending" if expected == "smtp" else "port_other"
        yield Fault(kind, protocol, port, best, better_port=better, other=expected)
    elif port is None or not servers or any(server.port == port for server in servers):
        implicit = next((server.port for server in servers if server.security == "implicit_tls"), None)
        choice = implicit if servers else TLS_PORTS.get(protocol)
        yield from _encryption_faults(entry, protocol, choice, plaintext, one_switch)
        return
    # A port that this provider does not have is named as such, with what it has; the sentence about a port that is
    # wrong everywhere gives the encryption too.
    if entry.security == "plaintext" and expected is None:
        yield plaintext


def _encryption_faults(
    entry: Pasted, protocol: Protocol, implicit_port: int | None, plaintext: Fault, one_switch: bool
) -> Iterator[Fault]:
    """Name encryption that does not belong to its port; *implicit_port* is the way out of STARTTLS, where there is one."""
    port, right = entry.port, PORT_SECURITY.get(entry.port or 0)
    if right is None and entry.security == "plaintext":
        yield plaintext
    elif right is None or entry.security is None or entry.security == right:
        return
    elif entry.security == "plaintext":
        kind = "port_plaintext_starttls" if right == "starttls" and implicit_port is not None else "port_plaintext"
        yield Fault(kind, protocol, port, right, better_port=implicit_port)
    elif not one_switch:
        kinds = {"implicit_tls": "needs_implicit_tls", "starttls": "needs_starttls"}
        kind = "needs_starttls_only" if right == "starttls" and implicit_port is None else kinds[right]
        yield Fault(kind, protocol, port, right, better_port=implicit_port)


def _host_faults(entry: Pasted, protocol: Protocol) -> Iterator[Fault]:
    """Name a server that is called pop. where IMAP was chosen: the only thing that shows without a provider."""
    other = host_protocol(entry.hostname)
    if other is not None and other != protocol:
        yield Fault("host_kind", protocol, given=entry.hostname, other=other)


def _provider_faults(entry: Pasted, protocol: Protocol, provider: Provider, known: list[Fault]) -> Iterator[Fault]:
    servers = [server for server in provider.servers if server.protocol == protocol]
    if not servers:
        if not entry.direction_only:
            yield Fault("not_offered", protocol)
        return
    if entry.hostname is not None and not any(server.is_host(entry.hostname) for server in servers):
        others = [s for s in provider.servers if s.protocol != protocol and s.is_host(entry.hostname)]
        kind = "host_of_other" if others else "host"
        # The first name is the best one; each is wrong only if all are.
        right = servers[0].hostname or servers[0].hostname_pattern
        yield Fault(kind, protocol, hostname=right, given=entry.hostname)
    port_is_faulty = any(fault.protocol == protocol and fault.port == entry.port for fault in known)
    if entry.port is not None and not port_is_faulty and all(server.port != entry.port for server in servers):
        best = servers[0]
        yield Fault("port_not_listed", protocol, entry.port, best.security, better_port=best.port)


def _username_faults(entries: tuple[Pasted, ...], provider: Provider) -> Iterator[Fault]:
    """Judge each user name by the forms that fit; one that is right for any of its servers is no fault."""
    forms: dict[str, set[Username]] = {}
    first: dict[str, Protocol] = {}
    for entry in entries:
        if entry.username is not None and entry.protocol is not None:
            wanted = {s.username or provider.username for s in provider.servers if s.protocol == entry.protocol}
            forms.setdefault(entry.username, set()).update(wanted)
            first.setdefault(entry.username, entry.protocol)
    for name, wanted in forms.items():
        if wanted == {"email_address"} and "@" not in name:
            yield Fault("username_needs_address", first[name])
        elif wanted == {"local_part"} and "@" in name:
            yield Fault("username_needs_local_part", first[name])

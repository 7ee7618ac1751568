"""Choose which servers of a provider a question asks for, and put them into words."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

import msgspec

from bot.answer.kit import Kit
from bot.answer.model import SettingRow, SettingsTable
from bot.kb.model import Authentication, Client, Protocol, Provider, Security, Server, Text, Username
from bot.kb.ports import PORT_PROTOCOL
from bot.match.model import Slots

RECEIVING: tuple[Protocol, ...] = ("imap", "pop3")
ACCOUNT: tuple[Protocol, ...] = (*RECEIVING, "smtp")
_ORDER: tuple[Protocol, ...] = (*ACCOUNT, "sieve")


class Selection(msgspec.Struct, frozen=True):
    """The servers for the table, the second-best ones for a line below, and those that must not be used."""

    chosen: tuple[Server, ...]
    alternatives: tuple[Server, ...]
    plaintext: tuple[Server, ...]

    def all(self) -> tuple[Server, ...]:
        """Return every server that the answer mentions."""
        return (*self.chosen, *self.alternatives, *self.plaintext)

    def notes(self, *, chosen: bool) -> tuple[Text, ...]:
        """Return what is noted on the chosen servers, or on all the others; equal notes once."""
        servers = self.chosen if chosen else (*self.alternatives, *self.plaintext)
        return tuple(dict.fromkeys(server.note for server in servers if server.note is not None))


def asked_protocols(slots: Slots) -> tuple[Protocol, ...]:
    """Return the protocols that were named or follow from 受信 / 送信; empty if the question left them open."""
    found = list(slots.protocols)
    if "receive" in slots.directions and not any(protocol in RECEIVING for protocol in found):
        found += RECEIVING
    if "send" in slots.directions and "smtp" not in found:
        found.append("smtp")
    return tuple(found)


def wanted_protocols(slots: Slots, *, whole_account: bool) -> tuple[Protocol, ...]:
    """Return the protocols to show, in the order of the table.

    Args:
        slots: What the question named; a port number stands for its protocol.
        whole_account: The asker sets up an account, so sending belongs to it even if only IMAP was named.
    """
    asked = set(asked_protocols(slots)) or {PORT_PROTOCOL[port] for port in slots.ports if port in PORT_PROTOCOL}
    if not asked:
        return ACCOUNT
    if whole_account:
        asked |= {"smtp"} if asked & set(RECEIVING) else set(RECEIVING)
    return tuple(protocol for protocol in _ORDER if protocol in asked)


def select(provider: Provider, protocols: Iterable[Protocol], slots: Slots) -> Selection:
    """Choose the best server of each protocol and host name.

    An asked encryption or port comes first where the provider has it; plaintext is never chosen.
    """
    chosen: list[Server] = []
    alternatives: list[Server] = []
    plaintext: list[Server] = []
    for protocol in protocols:
        servers = [server for server in provider.servers if server.protocol == protocol]
        plaintext += [server for server in servers if server.security == "plaintext"]
        safe = [server for server in servers if server.security != "plaintext"]
        best = [server for server in safe if server.recommended] or safe[:1]
        asked = [server for server in safe if server.port in slots.ports]
        if not asked and len(slots.securities) == 1:
            asked = [server for server in safe if server.security in slots.securities]
        # A second-best port that was asked for does not push the better one out of the table.
        hosts = {_host(server) for server in asked if server.recommended}
        chosen += asked
        for server in best:
            if server not in chosen and _host(server) not in hosts:
                chosen.append(server)
            hosts.add(_host(server))
        alternatives += [server for server in safe if server not in chosen]
    return Selection(tuple(chosen), tuple(alternatives), tuple(plaintext))


def settings_table(
    kit: Kit, provider: Provider, servers: Iterable[Server], client: Client | None, slots: Slots
) -> SettingsTable:
    """Put *servers* into a table, in the labels of *client* where one was named."""
    return SettingsTable(
        "", tuple(_row(kit, provider, server, client, slots) for server in servers), header(kit, client)
    )


def seen_table(
    kit: Kit, servers: Iterable[tuple[str, Protocol, int, Security]], client: Client | None, provider: Provider | None
) -> SettingsTable:
    """Put servers that were seen to work (host name, protocol, port, encryption) into a table like a provider's.

    The form of the user name, which cannot be seen from outside, is the one that *provider* documents.
    """
    rows = tuple(
        SettingRow(
            provider=provider.id if provider is not None else "",
            protocol=protocol,
            hostname=hostname,
            hostname_is_pattern=False,
            port=port,
            security=security,
            security_label=security_label(kit, security, client, protocol),
            username_form=_documented_form(provider, hostname, protocol),
            recommended=True,
            purpose=purpose(kit, protocol),
        )
        for hostname, protocol, port, security in servers
    )
    return SettingsTable("", rows, header(kit, client))


def _documented_form(provider: Provider | None, hostname: str, protocol: Protocol) -> Username:
    if provider is None:
        return "other"
    server = next((each for each in provider.servers if each.protocol == protocol and each.is_host(hostname)), None)
    return (server.username if server is not None else None) or provider.username


def header(kit: Kit, client: Client | None) -> tuple[str, str, str, str]:
    """Return the names of the four columns."""
    purpose, server = kit.say("column.purpose"), kit.say("column.server")
    if client is None:
        return purpose, server, kit.say("column.port"), kit.say("column.encryption")
    return purpose, server, kit.text(client.labels.port), kit.text(client.labels.encryption)


def security_label(kit: Kit, security: Security, client: Client | None, protocol: Protocol | None = None) -> str:
    """Return what to choose for *security*, in the program's own word (for *protocol*) where one was named."""
    if client is None:
        return kit.say(f"security.{security}")
    own = client.labels_by_protocol.get(protocol) if protocol is not None else None
    label: Text | None = getattr(own, security) if own is not None else None
    return kit.text(label or getattr(client.labels, security))


def server_fields(kit: Kit, client: Client, protocols: Iterable[Protocol]) -> str:
    """Return the names of the program's fields for the servers of *protocols*, each once."""
    labels = []
    for protocol in protocols:
        own = client.labels_by_protocol.get(protocol)
        general = client.labels.outgoing_server if protocol == "smtp" else client.labels.incoming_server
        labels.append(kit.text((own.server if own is not None else None) or general))
    return kit.join(dict.fromkeys(labels))


def purpose(kit: Kit, protocol: Protocol) -> str:
    """Return 「受信 (IMAP)」 and the like."""
    return kit.say(f"purpose.{protocol}")


def short_line(kit: Kit, server: Server) -> str:
    """Return a server as one short phrase, for the line of second-best ports.

    The encryption has its general name here: some programs have one label for both kinds and tell them by the port.
    """
    return kit.say(
        "settings.port_line",
        purpose=purpose(kit, server.protocol),
        port=server.port,
        encryption=security_label(kit, server.security, None),
    )


def plaintext_line(kit: Kit, server: Server) -> str:
    """Return a server without encryption in one phrase, for the warning about it."""
    return kit.say(
        "settings.plaintext_line", purpose=purpose(kit, server.protocol), hostname=_host(server), port=server.port
    )


def username_words(kit: Kit, provider: Provider, form: Username) -> str:
    """Return the form of the user name in words, with an example at the provider's own domain or the customer's."""
    shows_own = provider.domains and not provider.own_domains
    domain = provider.domains[0] if shows_own else kit.say("username.example_domain")
    return kit.say(f"username.{form}", domain=domain)


def authentication_words(kit: Kit, provider: Provider, client: Client | None = None) -> str:
    """Return the ways to sign in, in words; as what to choose in *client* where its choices are known."""
    offered = provider.authentication
    if client is not None and client.labels.password_authentication is not None and not opens_sign_in(client):
        # Its field has no OAuth2: naming it would send the reader to look for what is not there.
        offered = tuple(way for way in offered if way != "oauth2") or offered
    ways: list[str] = []
    for way in offered:
        label = _choice(client, way)
        if label is not None and way != "oauth2" and {"password", "app_password"} <= set(provider.authentication):
            # Both are one choice on the screen, and differ in what goes into the field for the password.
            words = kit.say("choose.password_or_app_password", label=kit.text(label))
        elif label is not None:
            words = kit.say(f"choose.{way}", label=kit.text(label))
        else:
            words = kit.say(f"authentication.{way}")
        if words not in ways:
            ways.append(words)
    return kit.say("list.or").join(ways)


def opens_sign_in(client: Client) -> bool:
    """Say whether the program is known to sign in with OAuth2, by a choice in its field or by the account itself."""
    return client.labels.oauth2_authentication is not None or client.oauth2_by_account


def _choice(client: Client | None, way: Authentication) -> Text | None:
    """Return what to choose in *client* for *way*; None where no choice of it is known."""
    if client is None:
        return None
    return client.labels.oauth2_authentication if way == "oauth2" else client.labels.password_authentication


def _host(server: Server) -> str:
    return server.hostname or server.hostname_pattern or ""


def _row(kit: Kit, provider: Provider, server: Server, client: Client | None, slots: Slots) -> SettingRow:
    hostname, is_pattern = _host(server), server.hostname is None
    if is_pattern:
        # The asker's own server name was in the question: show it instead of the pattern.
        own = next((host for host in slots.hosts if fnmatchcase(host.lower(), hostname)), None)
        if own is not None:
            hostname, is_pattern = own.lower(), False
    form = server.username or provider.username
    return SettingRow(
        provider=provider.id,
        protocol=server.protocol,
        hostname=hostname,
        hostname_is_pattern=is_pattern,
        port=server.port,
        security=server.security,
        security_label=security_label(kit, server.security, client, server.protocol),
        username_form=form,
        recommended=server.recommended,
        purpose=purpose(kit, server.protocol),
    )

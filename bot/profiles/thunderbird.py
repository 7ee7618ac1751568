"""Autoconfig XML: the file that Thunderbird and many other programs read by themselves once a domain publishes it.

Meant to be put at `https://autoconfig.DOMAIN/mail/config-v1.1.xml`. It holds placeholders and never an address.
"""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bot.kb.model import Authentication, Language, Protocol, Security, Username
from bot.profiles.model import MailServer, MailSettings, ProfileImpossibleError, Reason

_VERSION: Final = "1.1"
"""Nothing newer is used, and 1.1 is what the older programs know."""
_LONGEST_NAME: Final = 60
_LONGEST_SHORT_NAME: Final = 20
_SOCKETS: Final[dict[Security, str]] = {"implicit_tls": "SSL", "starttls": "STARTTLS"}
_USERNAMES: Final[dict[Username, str]] = {"email_address": "%EMAILADDRESS%", "local_part": "%EMAILLOCALPART%"}
_WAYS: Final[dict[Authentication, str]] = {
    "password": "password-cleartext",
    "app_password": "password-cleartext",
    "oauth2": "OAuth2",
}
_INCOMING: Final[tuple[Protocol, ...]] = ("imap", "pop3")


def render_autoconfig(settings: MailSettings, language: Language) -> bytes:
    """Return the file for the domains of *settings*, the best server first.

    Args:
        settings: The servers. Those whose user name no placeholder can say (an account id) are left out.
        language: Of the name that the program shows.

    Returns:
        XML in UTF-8.

    Raises:
        ProfileImpossibleError: There is no domain, or no server for receiving or for sending is left.

    Source: draft-ietf-mailmaint-autoconfig, sections "Data format" and "Placeholders".
    """
    if not settings.domains:
        raise ProfileImpossibleError("domain")
    receiving = [server for protocol in _INCOMING for server in _usable(settings, protocol)]
    sending = _usable(settings, "smtp")
    if not receiving:
        raise _refused(settings, _INCOMING, "incoming")
    if not sending:
        raise _refused(settings, ("smtp",), "outgoing")
    name = settings.name(language, _LONGEST_NAME)
    root = Element("clientConfig", version=_VERSION)
    provider = SubElement(root, "emailProvider", id=settings.domains[0])
    for domain in settings.domains:
        SubElement(provider, "domain").text = domain
    SubElement(provider, "displayName").text = name
    SubElement(provider, "displayShortName").text = settings.name(language, _LONGEST_SHORT_NAME)
    for server in (*receiving, *sending):
        _add(provider, server)
    if settings.manual_url is not None:
        page = SubElement(provider, "documentation", url=settings.manual_url)
        SubElement(page, "descr", lang=language).text = name
    indent(root)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _usable(settings: MailSettings, protocol: Protocol) -> list[MailServer]:
    return [
        server
        for server in settings.servers
        if server.protocol == protocol and server.username in _USERNAMES and server.authentication
    ]


def _refused(settings: MailSettings, protocols: tuple[Protocol, ...], missing: Reason) -> ProfileImpossibleError:
    """Say why no server for *protocols* is left: a user name or a way to sign in that cannot be said, or none at all."""
    there = [server for server in settings.servers if server.protocol in protocols]
    if not there:
        return ProfileImpossibleError(missing)
    return ProfileImpossibleError("sign_in" if any(server.username in _USERNAMES for server in there) else "username")


def _add(provider: Element, server: MailServer) -> None:
    tag = "outgoingServer" if server.protocol == "smtp" else "incomingServer"
    node = SubElement(provider, tag, type=server.protocol)
    SubElement(node, "hostname").text = server.hostname
    SubElement(node, "port").text = str(server.port)
    SubElement(node, "socketType").text = _SOCKETS[server.security]
    # In the order of preference; an app password is a password to the program.
    for way in dict.fromkeys(_WAYS[way] for way in server.authentication):
        SubElement(node, "authentication").text = way
    SubElement(node, "username").text = _USERNAMES[server.username]

"""Microsoft's Autodiscover, asked without signing in: v1 (POX, an XML file) and v2 (JSON, which only tells who hosts).

Both want an address. They get a made-up one at the domain: the asker's never leaves us.

Source: MS-OXDSCLI (v1, the XML of requests and answers); v2 is described by its answers alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from bot.discovery.candidates import Candidate, Fault, FaultReason, Found, sound
from bot.discovery.dns import MailDns
from bot.discovery.fetch import Fetched, Fetcher, FetchFailedError
from bot.discovery.web import WebPorts, first_found
from bot.kb.lookup import Lookup
from bot.kb.model import Protocol, Security, Username
from bot.kb.ports import LAST_PORT, PORT_SECURITY, TLS_PORTS
from bot.probe.dns import NOTHING_THERE, DnsFailedError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

V2: Final = "https://autodiscover-s.outlook.com/"
PLACEHOLDER: Final = "mail-settings"
"""Local part of the made-up address."""
_PATH: Final = "/autodiscover/autodiscover.xml"
_PROTOCOLS: Final[dict[str, Protocol]] = {"IMAP": "imap", "POP3": "pop3", "SMTP": "smtp"}
_SECURITIES: Final[dict[str, Security]] = {"ssl": "implicit_tls", "tls": "starttls", "none": "plaintext"}
_MICROSOFT: Final = (".outlook.com", ".office365.com", ".office.com")
_MICROSOFT_PROVIDER: Final = "microsoft365"
_REQUEST: Final = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>'
    "<EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>"
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
    "</AcceptableResponseSchema></Request></Autodiscover>"
)


async def find_by_pox(fetcher: Fetcher, dns: MailDns, domain: str, ports: WebPorts) -> Found:
    """Ask the domain's own Autodiscover: the two usual hosts and the one that SRV names, all at once.

    Returns:
        IMAP, POP3 and SMTP servers, if any are named without signing in.
    """
    asks = [
        _ask(fetcher, ports.url("https", f"autodiscover.{domain}", _PATH), domain, through_dns=False),
        _ask(fetcher, ports.url("https", domain, _PATH), domain, through_dns=False),
        _through_srv(fetcher, dns, domain),
    ]
    return await first_found("autodiscover", asks)


async def find_by_v2(fetcher: Fetcher, lookup: Lookup, domain: str, base: str) -> Found:
    """Ask Microsoft's v2 service whether it hosts the domain; it names no servers.

    Args:
        fetcher: Fetches.
        lookup: Has to know the provider that it points to.
        domain: Of the address.
        base: Where the service is.
    """
    address = f"{PLACEHOLDER}@{domain}"
    url = f"{base.removesuffix('/')}/autodiscover/autodiscover.json/v1.0/{address}?Protocol=AutodiscoverV1"
    try:
        fetched = await fetcher.get(url)
    except FetchFailedError as error:
        return _fault(url, error.reason, error.status)
    try:
        answer = json.loads(fetched.body)
        host = urlsplit(answer["Url"]).hostname or ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _fault(url, "invalid_json")
    hosted = host.endswith(_MICROSOFT) and lookup.provider(_MICROSOFT_PROVIDER) is not None
    return Found("autodiscover", hosted_by=_MICROSOFT_PROVIDER if hosted else None)


async def _through_srv(fetcher: Fetcher, dns: MailDns, domain: str) -> Found:
    name = f"_autodiscover._tcp.{domain}"
    try:
        records = await dns.srv(name)
    except DnsFailedError as error:
        # Hardly anybody has this record: its absence is no news.
        return Found("autodiscover") if error.reason in NOTHING_THERE else _fault(name, error.reason)
    target = records[0]
    if not target.target:
        return _fault(name, "not_offered")
    port = "" if target.port == 443 else f":{target.port}"
    return await _ask(fetcher, f"https://{target.target}{port}{_PATH}", domain, through_dns=True)


async def _ask(fetcher: Fetcher, url: str, domain: str, *, through_dns: bool) -> Found:
    address = f"{PLACEHOLDER}@{domain}"
    try:
        fetched = await fetcher.post_xml(url, _REQUEST.format(address=address).encode())
    except FetchFailedError as error:
        return _fault(url, error.reason, error.status)
    try:
        root = _read(fetched.body)
    except ValueError:
        return _fault(url, "invalid_xml")
    kept = sound(_candidates(root, fetched, address, through_dns=through_dns))
    return Found("autodiscover", kept) if kept else _fault(url, "no_server")


def _fault(detail: str, reason: FaultReason, status: int | None = None) -> Found:
    return Found("autodiscover", faults=(Fault("autodiscover", detail, reason, status),))


def _read(xml: bytes) -> Element:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root: Element = fromstring(xml, forbid_dtd=True)
    except (DefusedXmlException, ParseError, UnicodeDecodeError, LookupError):
        raise ValueError("not well-formed XML, or with a document type") from None
    return root


def _candidates(root: Element, fetched: Fetched, address: str, *, through_dns: bool) -> Iterator[Candidate]:
    for node in root.iter():
        if _name(node) != "protocol":
            continue
        values: dict[str, Any] = {_name(child): " ".join((child.text or "").split()) for child in node}
        protocol = _PROTOCOLS.get(values.get("type", "").upper())
        if protocol is None:
            continue
        port = values.get("port") or str(TLS_PORTS[protocol])
        if not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) <= LAST_PORT:
            continue
        yield Candidate(
            protocol,
            values.get("server", "").lower().removesuffix("."),
            int(port),
            _security(int(port), values),
            _username(values.get("loginname", ""), address),
            (),
            "autodiscover",
            fetched.url,
            "dns" if through_dns else "published",
        )


def _security(port: int, values: dict[str, Any]) -> Security:
    """Return how encryption starts. On a well-known port only one way works, whatever the word for it was."""
    named = _SECURITIES.get(values.get("encryption", "").lower())
    if named is None:
        # SSL is on unless it is switched off (MS-OXDSCLI section 2.2.4.1.1.2.6.52).
        named = "plaintext" if values.get("ssl", "").lower() == "off" else "implicit_tls"
    return PORT_SECURITY.get(port, named) if named != "plaintext" else named


def _username(login: str, address: str) -> Username | None:
    if not login:
        return None
    if login.lower() == address.lower():
        return "email_address"
    return "local_part" if login == PLACEHOLDER else "other"


def _name(node: Element) -> str:
    return node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""

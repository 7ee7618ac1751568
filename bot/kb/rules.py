"""What a sound entry looks like, beyond its types. Each rule yields sentences about what is wrong."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from bot.kb.model import Client, PortUse, Provider, Server, Source, Steps, Text, Words
from bot.kb.ports import LAST_PORT, PORT_PROTOCOL, PORT_SECURITY

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_SENTENCE_LENGTH = 25


def is_hostname(name: str) -> bool:
    """Say whether *name* can be the name of a mail server: lower-case labels with a dot, or an IP address.

    Source: RFC 1123 section 2.1, RFC 1035 section 2.3.4 (63 octets a label, 253 in all).
    """
    try:
        ipaddress.ip_address(name)
    except ValueError:
        labels = name.split(".")
        return len(name) <= 253 and len(labels) >= 2 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    return True


def is_address(url: str) -> bool:
    """Say whether *url* is the full address of a web page."""
    return re.match(r"https?://[^\s/]+\.[^\s]+$", url) is not None


def text_problems(entry: Any) -> Iterator[str]:
    """Both languages are there, quotes are balanced, steps are as many in one language as in the other."""
    for path, node in walk(entry):
        if isinstance(node, Text):
            for language, text in (("ja", node.ja), ("en", node.en)):
                if not text.strip():
                    yield f"{path}.{language}: is empty"
                if text.count("`") % 2:
                    yield f"{path}.{language}: a backtick is not closed"
            # A name may be the same in both languages, however long: "Plataforma EducaMadrid".
            if path != "names" and len(node.ja) > _SENTENCE_LENGTH and not _JAPANESE.search(node.ja):
                yield f"{path}.ja: is not Japanese"
            if len(node.en) > _SENTENCE_LENGTH and len(_JAPANESE.findall(node.en)) > len(node.en) / 2:
                yield f"{path}.en: is not English"
        elif isinstance(node, Steps):
            if len(node.ja) != len(node.en):
                yield f"{path}: {len(node.ja)} steps in ja, {len(node.en)} in en"
            if not node.ja or not all(step.strip() for step in (*node.ja, *node.en)):
                yield f"{path}: has an empty step"
        elif isinstance(node, Words) and not all(word.strip() for word in (*node.ja, *node.en)):
            yield f"{path}: has an empty word"


def source_problems(entry: Any, today: date) -> Iterator[str]:
    """Each fact has a readable source, not read in the future."""
    if not getattr(entry, "sources", ()):
        yield "sources: at least one is needed"
    for path, node in walk(entry):
        if isinstance(node, Source):
            if not is_address(node.url):
                yield f"{path}.url: '{node.url}' is not an address"
            if node.checked_on > today:
                yield f"{path}.checked_on: {node.checked_on} is in the future"
            if node.source_as_of and node.source_as_of > node.checked_on:
                yield f"{path}.source_as_of: is after checked_on"


def provider_problems(provider: Provider) -> Iterator[str]:
    """Servers can exist, encryption fits the port, and a step is named where one is needed."""
    for i, server in enumerate(provider.servers):
        yield from (f"servers[{i}]: {problem}" for problem in _server_problems(server, provider))
    if provider.status != "works" and provider.before_you_start is None:
        yield f"before_you_start: is needed for status {provider.status}"
    if (provider.status == "closed") != (provider.closed_on is not None):
        yield "closed_on: belongs to status closed, and only there"
    if provider.closes_on is not None and provider.status == "closed":
        yield "closes_on: is for an end to come; a closed service has closed_on"
    if any(server.evidence == "unreviewed" for server in provider.servers):
        yield "servers: evidence unreviewed is said of a whole file, not of one server"
    if provider.status in ("works", "needs_step") and not (provider.servers or provider.manuals):
        yield "servers: without a confirmed server the file needs a manual to lead to"
    for i, manual in enumerate(provider.manuals):
        if manual.ja is None and manual.en is None:
            yield f"manuals[{i}]: needs a page in ja or en"
        for page in (manual.ja, manual.en):
            if page is not None and not is_address(page.url):
                yield f"manuals[{i}]: '{page.url}' is not an address"
    for domain in (*provider.domains, *provider.mx_suffixes):
        if not is_hostname(domain):
            yield f"domains: '{domain}' cannot be a domain"
    if provider.evidence != "unreviewed":
        yield from _asks_problems(provider.asks)


def _server_problems(server: Server, provider: Provider) -> Iterator[str]:
    yield from protocol_port_problems(server.protocol, server.port, server.security)
    if (server.hostname is None) == (server.hostname_pattern is None):
        yield "needs either hostname or hostname_pattern"
    if server.hostname is not None and not is_hostname(server.hostname):
        yield f"hostname: '{server.hostname}' cannot be a host"
    if server.hostname_pattern is not None:
        if "*" not in server.hostname_pattern or not is_hostname(server.hostname_pattern.replace("*", "x")):
            yield f"hostname_pattern: '{server.hostname_pattern}' is not a pattern such as sv*.example.jp"
        if provider.host_hint is None:
            yield "hostname_pattern: the provider needs a host_hint that says where the name is found"
    if server.security == "plaintext" and server.recommended:
        yield "plaintext is never recommended: set recommended: false"


def protocol_port_problems(protocol: str, port: int, security: str | None) -> Iterator[str]:
    """The encryption and the protocol that a well-known mail port stands for."""
    if not 1 <= port <= LAST_PORT:
        yield f"port: {port} is not between 1 and {LAST_PORT}"
    right = PORT_SECURITY.get(port)
    if right == "implicit_tls" and security not in ("implicit_tls", None):
        yield f"port {port} is implicit_tls, not {security}"
    if right == "starttls" and security == "implicit_tls":
        yield f"port {port} starts in the clear: starttls or plaintext, not implicit_tls"
    if (expected := PORT_PROTOCOL.get(port, protocol)) != protocol:
        yield f"port {port} is for {expected}, not {protocol}"


def client_problems(client: Client) -> Iterator[str]:
    """Every program is reached from its own example questions."""
    yield from _asks_problems(client.asks)


def port_problems(entry: PortUse) -> Iterator[str]:
    """A row of the port table agrees with the registry."""
    if entry.protocol is not None:
        yield from protocol_port_problems(entry.protocol, entry.port, entry.security)


def _asks_problems(asks: Words) -> Iterator[str]:
    for language, questions in (("ja", asks.ja), ("en", asks.en)):
        if not questions:
            yield f"asks.{language}: at least one example question is needed"


def walk(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every struct below *node* with its path, *node* itself not included."""
    if isinstance(node, msgspec.Struct):
        for name in node.__struct_fields__:
            child = getattr(node, name)
            where = f"{path}.{name}" if path else name
            if isinstance(child, msgspec.Struct):
                yield where, child
            yield from walk(child, where)
    elif isinstance(node, tuple):
        for i, child in enumerate(node):
            where = f"{path}[{i}]"
            if isinstance(child, msgspec.Struct):
                yield where, child
            yield from walk(child, where)

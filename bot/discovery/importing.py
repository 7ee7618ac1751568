"""Turn published configurations into provider files for a company's own folder, marked as unreviewed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Literal

import msgspec

from bot.discovery.autoconfig import OWN_DOMAIN, PublishedConfig, PublishedServer
from bot.kb.ports import SECURITY_RANK
from bot.kb.rules import protocol_port_problems

Reason = Literal["known", "no_domain", "plaintext_only", "no_server", "no_name"]
"""Why a configuration is not taken over."""


class Imported(msgspec.Struct, frozen=True):
    """A provider file to be written."""

    id: str
    value: dict[str, Any]
    left_out: tuple[str, ...]
    """Servers of it that were not taken over."""


def provider_id(name: str) -> str:
    """Return the id for a file name or domain: `bay.wind.ne.jp.xml` becomes `bay_wind_ne_jp`."""
    stem = name.rpartition("/")[2].removesuffix(".xml").lower()
    return re.sub(r"[^a-z0-9]+", "_", stem).strip("_")


def to_provider(
    name: str,
    config: PublishedConfig,
    *,
    known_domains: Collection[str],
    source_url: str,
    today: date,
    as_of: date | None = None,
    plaintext: bool = False,
) -> Imported | Reason:
    """Return the provider file for a configuration, or why there is none.

    Args:
        name: Of the file that it came from; becomes the id.
        config: What was published.
        known_domains: Domains of our own knowledge; they are ours already.
        source_url: Where the file can be read. Ends with `/` for a folder: the file's name is added.
        today: The day of the import.
        as_of: The age of the copy, where it is known.
        plaintext: Take over servers without encryption too (never recommended).
    """
    id_ = provider_id(name)
    domains = [domain for domain in config.domains if domain not in known_domains]
    if not id_ or not config.display_name:
        return "no_name"
    if not config.domains:
        return "no_domain"
    if not domains:
        return "known"
    servers = [settled for server in config.servers if (settled := _settle(server, config)) is not None]
    safe = [server for server in servers if server.security != "plaintext"]
    taken = servers if plaintext else safe
    if not taken:
        return "plaintext_only" if servers else "no_server"
    taken = sorted(taken, key=lambda server: SECURITY_RANK[server.security])
    url = source_url + name if source_url.endswith("/") else source_url
    value: dict[str, Any] = {
        "id": id_,
        "status": "works",
        "names": {"ja": config.display_name, "en": config.display_name},
        "domains": domains,
        "servers": [_server_value(server, taken) for server in taken],
        "username": taken[0].username,
        "authentication": list(dict.fromkeys(way for server in taken for way in server.authentication)),
        "evidence": "unreviewed",
        "sources": [{"url": url, "title": f"autoconfig: {name}", "checked_on": today}],
    }
    if config.mx_domains:
        value["mx_suffixes"] = list(config.mx_domains)
    if as_of is not None:
        value["sources"][0]["source_as_of"] = as_of
    manuals = [{"topic": "settings", "en": {"title": title, "url": page}} for title, page in config.documentation]
    if manuals:
        value["manuals"] = manuals
    return Imported(id_, value, tuple(str(server) for server in config.servers if not _is_in(server, taken)))


def _settle(server: PublishedServer, config: PublishedConfig) -> PublishedServer | None:
    """Return the server with a host name that can be typed in.

    None where it has none, where nobody can sign in, and where the port contradicts the protocol or the encryption.
    """
    if not server.authentication or any(protocol_port_problems(server.protocol, server.port, server.security)):
        return None
    if OWN_DOMAIN not in server.hostname:
        return server
    if len(config.domains) != 1:
        return None
    return msgspec.structs.replace(server, hostname=server.hostname.replace(OWN_DOMAIN, config.domains[0]))


def _server_value(server: PublishedServer, servers: Iterable[PublishedServer]) -> dict[str, Any]:
    value: dict[str, Any] = {
        "protocol": server.protocol,
        "hostname": server.hostname,
        "port": server.port,
        "security": server.security,
    }
    if server.username != next(iter(servers)).username:
        value["username"] = server.username
    best = min(SECURITY_RANK[other.security] for other in servers if other.protocol == server.protocol)
    if server.security == "plaintext" or SECURITY_RANK[server.security] > best:
        value["recommended"] = False
    return value


def _is_in(server: PublishedServer, taken: Iterable[PublishedServer]) -> bool:
    return any((server.protocol, server.port, server.security) == (t.protocol, t.port, t.security) for t in taken)

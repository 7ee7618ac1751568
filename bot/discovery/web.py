"""Autoconfig files on the web: the domain's own, the ISPDB's, and those of the hoster that the mail exchanger points to.

Only domains are ever part of an address that is fetched; the optional `emailaddress` of the draft is left out.

Source: draft-ietf-mailmaint-autoconfig, section "Configuration retrieval by mail clients" (steps 1.1 to 3.4).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any, Final

import msgspec

from bot.discovery.autoconfig import OWN_DOMAIN, PublishedConfig, read_autoconfig
from bot.discovery.candidates import Candidate, Fault, Found, Origin, Trust, sound
from bot.discovery.domain import mx_domains
from bot.discovery.fetch import Fetched, Fetcher, FetchFailedError

ISPDB: Final = "https://v1.ispdb.net/"
_FILE: Final = "/mail/config-v1.1.xml"


class WebPorts(msgspec.Struct, frozen=True):
    """Where web servers listen."""

    https: int = 443
    http: int = 80

    def url(self, scheme: str, host: str, path: str) -> str:
        """Return an address; the usual port is left out."""
        port = self.https if scheme == "https" else self.http
        usual = 443 if scheme == "https" else 80
        return f"{scheme}://{host}{'' if port == usual else f':{port}'}{path}"


async def find_at_domain(fetcher: Fetcher, domain: str, ports: WebPorts) -> Found:
    """Fetch the domain's own file: over HTTPS from two places at once, over HTTP only where neither has one.

    Plain HTTP is kept for old servers, as the draft has it, and everything from it is marked `insecure`.
    """
    places = (
        ports.url("https", f"autoconfig.{domain}", _FILE),
        ports.url("https", domain, f"/.well-known/autoconfig{_FILE}"),
    )
    secure = await _first(fetcher, "autoconfig", places, domain, "published")
    if secure.candidates:
        return secure
    plain = await _read(fetcher, "autoconfig", ports.url("http", f"autoconfig.{domain}", _FILE), domain, "published")
    return _with_faults(plain, secure.faults)


async def find_in_ispdb(fetcher: Fetcher, domain: str, base: str) -> Found:
    """Fetch the domain's file from the ISPDB at *base*."""
    return await _read(fetcher, "ispdb", _in_ispdb(base, domain), domain, "published")


async def find_at_hoster(fetcher: Fetcher, domain: str, mx: str, ports: WebPorts) -> Found:
    """Fetch the file of the hoster that the mail exchanger belongs to; what is found rests on the DNS."""
    places = [ports.url("https", f"autoconfig.{name}", _FILE) for name in mx_domains(mx) if name != domain]
    return await _first(fetcher, "mx_autoconfig", places, domain, "dns")


async def find_hoster_in_ispdb(fetcher: Fetcher, domain: str, mx: str, base: str) -> Found:
    """Fetch the hoster's file from the ISPDB at *base*."""
    places = [_in_ispdb(base, name) for name in mx_domains(mx) if name != domain]
    return await _first(fetcher, "mx_ispdb", places, domain, "dns")


async def _first(fetcher: Fetcher, origin: Origin, places: Sequence[str], domain: str, trust: Trust) -> Found:
    return await first_found(origin, [_read(fetcher, origin, place, domain, trust) for place in places])


async def first_found(origin: Origin, asks: Iterable[Coroutine[Any, Any, Found]]) -> Found:
    """Ask everywhere at once; the first in their order that has something wins, and nobody waits for those behind it."""
    tasks = [asyncio.create_task(ask) for ask in asks]
    faults: list[Fault] = []
    try:
        for task in tasks:
            found = await task
            if found.candidates:
                return _with_faults(found, faults)
            faults += found.faults
        return Found(origin, faults=tuple(faults))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(fetcher: Fetcher, origin: Origin, url: str, domain: str, trust: Trust) -> Found:
    try:
        fetched = await fetcher.get(url)
    except FetchFailedError as error:
        return Found(origin, faults=(Fault(origin, url, error.reason, error.status),))
    try:
        config = read_autoconfig(fetched.body)
    except ValueError:
        return Found(origin, faults=(Fault(origin, url, "invalid_xml"),))
    kept = sound(_candidates(config, fetched, domain, origin, trust if fetched.secure else "insecure"))
    if kept:
        return Found(origin, kept)
    return Found(origin, faults=(Fault(origin, url, "impossible_server" if config.servers else "no_server"),))


def _candidates(
    config: PublishedConfig, fetched: Fetched, domain: str, origin: Origin, trust: Trust
) -> Iterator[Candidate]:
    as_of = _day(fetched.last_modified)
    for server in config.servers:
        yield Candidate(
            server.protocol,
            server.hostname.replace(OWN_DOMAIN, domain),
            server.port,
            server.security,
            server.username,
            server.authentication,
            origin,
            fetched.url,
            trust,
            as_of,
        )


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else parsedate_to_datetime(text).date()
    except (ValueError, OverflowError):
        return None


def _with_faults(found: Found, faults: Sequence[Fault]) -> Found:
    return msgspec.structs.replace(found, faults=(*faults, *found.faults))


def _in_ispdb(base: str, domain: str) -> str:
    return f"{base.removesuffix('/')}/{domain}"

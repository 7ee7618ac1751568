"""The domains of the discovery tests: one zone, a web, and a knowledge that knows two of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import msgspec
import trustme

from bot.discovery.discover import Discoverer, Sources
from bot.discovery.dns import MailDns
from bot.discovery.fetch import Fetcher
from bot.discovery.web import WebPorts
from bot.kb.lookup import Lookup
from bot.probe.target import Guard, parse_allowed
from tests.support.dns_server import Front, NsdServer, front_of
from tests.support.web_town import WebTown, web_town
from tests.unit.answer.sample import lookup as sample_lookup

ZONE = """
$ORIGIN test.
mx.hosted MX 10 mx1.eu.hoster
own-hoster MX 20 b.hoster
own-hoster MX 10 a.known
mx-file MX 10 mx1.premium.eu.hosting
autoconfig.hosting A 127.0.0.1
autoconfig.premium.eu.hosting A 127.0.0.1
autoconfig.ac A 127.0.0.1
wk A 127.0.0.1
autoconfig.http A 127.0.0.1
autoconfig.cname CNAME autoconfig.target.ac
autoconfig.target.ac A 127.0.0.1
cname CNAME mx-file
autoconfig.xn--4dkua4c A 127.0.0.1
autodiscover.pox A 127.0.0.1
_autodiscover._tcp.poxsrv SRV 0 0 HTTPSPORT elsewhere.pox
elsewhere.pox A 127.0.0.1
ispdb A 127.0.0.1
v2 A 127.0.0.1
imap.guess A 127.0.0.1
smtp.guess A 127.0.0.1
*.wild A 127.0.0.1
nomail MX 0 .
_imaps._tcp.srv SRV 10 0 993 second.srv
_imaps._tcp.srv SRV 5 10 993 light.srv
_imaps._tcp.srv SRV 5 90 1993 heavy.srv
_imap._tcp.srv SRV 0 0 143 imap.srv
_pop3._tcp.srv SRV 0 0 0 .
_pop3s._tcp.srv SRV 0 0 0 .
_submissions._tcp.srv SRV 0 1 465 smtp.srv
_submission._tcp.srv SRV 0 1 587 smtp.srv
_imaps._tcp.odd SRV 0 1 0 imap.odd
_submissions._tcp.odd SRV 0 1 587 smtp.odd
_imap._tcp.odd SRV 0 1 143 bad_name.odd
autoconfig.fight A 127.0.0.1
autodiscover.fight A 127.0.0.1
imap.fight A 127.0.0.1
_imaps._tcp.fight SRV 0 1 993 imap.dns.fight
_pop3s._tcp.fight SRV 0 0 0 .
fight MX 10 mx.hosting
autoconfig.agree A 127.0.0.1
imap.agree A 127.0.0.1
_imaps._tcp.agree SRV 0 1 993 imap.agree
private A 10.0.0.1
metadata A 169.254.169.254
loop A 127.0.0.1
mapped AAAA ::ffff:127.0.0.1
mixed A 10.0.0.1
mixed A 127.0.0.1
evil A 127.0.0.1
autoconfig.evil A 127.0.0.1
notls A 127.0.0.1
big MX 1 mx.big
"""
BIG = "".join(
    f"_imaps._tcp.big SRV {number} 1 993 a-rather-long-name-for-a-server-{number}.big\n" for number in range(200)
)
# Every name of the zone that a web server may be asked for; `notls` is missing on purpose.
NAMES = sorted(
    {f"{line.split()[0]}.test" for line in ZONE.splitlines() if " A " in line} - {"notls.test", "*.wild.test"}
)
NAMES += ["autoconfig.cname.test", "mapped.test"]


def knowledge() -> Lookup:
    """Return a knowledge with a provider for `own.test` and `fight.test`, one for the MX suffix `known.test`, Microsoft's."""
    sample = sample_lookup()
    hoshi = sample.provider("hoshi")
    assert hoshi is not None
    replace = msgspec.structs.replace
    providers = (
        replace(hoshi, domains=("own.test", "fight.test")),
        replace(hoshi, id="known", domains=(), mx_suffixes=("known.test",)),
        replace(hoshi, id="microsoft365", domains=(), mx_suffixes=("mail.protection.outlook.com",)),
    )
    return Lookup(replace(sample.knowledge, providers=providers))


class Town:
    """Everything that a discovery talks to."""

    def __init__(self, web: WebTown, front: Front) -> None:
        self.web = web
        self.front = front
        self.dns = MailDns(front.address)

    def guard(self, more: str = "") -> Guard:
        """Return a guard that lets the two ports of the web through on 127.0.0.1, and *more*."""
        return Guard(parse_allowed(f"127.0.0.1/32:{self.web.https_port},{self.web.http_port} {more}"))

    def fetcher(self, guard: Guard | None = None, **more: Any) -> Fetcher:
        """Return a fetcher that trusts the tests' authority."""
        return Fetcher(self.dns, guard or self.guard(), trust=lambda: self.web.trust, **more)

    def url(self, host: str, path: str = "/x", scheme: str = "https") -> str:
        """Return an address with the right port."""
        return f"{scheme}://{host}:{self.web.https_port if scheme == 'https' else self.web.http_port}{path}"

    def discoverer(self, *, ispdb: bool = False, v2: bool = False, **more: Any) -> Discoverer:
        """Return a discoverer in this town."""
        ports = WebPorts(self.web.https_port, self.web.http_port)
        sources = Sources(
            self.url("ispdb.test", "/v1.1/") if ispdb else None, self.url("v2.test", "/") if v2 else None, ports
        )
        return Discoverer(knowledge(), self.dns, self.fetcher(), sources, **more)


@contextmanager
def zone() -> Iterator[NsdServer]:
    """Run NSD with the zone."""
    with NsdServer(ZONE.replace("HTTPSPORT", "443") + BIG) as server:
        yield server


@asynccontextmanager
async def town_before(server: NsdServer, authority: trustme.CA) -> AsyncIterator[Town]:
    """Run the web and the front."""
    async with web_town(authority, NAMES) as web, front_of(server) as front:
        yield Town(web, front)

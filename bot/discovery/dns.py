"""Ask the DNS what a domain says about its mail: MX, SRV, addresses.

Every failure has a name of its own, because "there is none", "nobody answered" and "the server is broken" lead to different
advice.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from bot.errors import BotError
from bot.kb.ports import LAST_PORT
from bot.kb.rules import is_hostname
from bot.probe.target import Address

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver

DnsReason = Literal["nxdomain", "no_records", "servfail", "timed_out", "unreachable"]
_MOST_RECORDS: Final = 20
_OTHER_FAMILY_S: Final = 0.3
"""What the second family of addresses may take once the first is there: many servers leave AAAA unanswered (RFC 8305)."""


class DnsFailedError(BotError):
    """A look-up brought nothing. *reason* says why."""

    def __init__(self, reason: DnsReason, name: str) -> None:
        super().__init__(f"discovery.fault_{reason}", name=name)
        self.reason: DnsReason = reason


class NullMxError(Exception):
    """The domain says that it takes no mail at all. Source: RFC 7505."""


class Srv(msgspec.Struct, frozen=True):
    """One SRV record."""

    priority: int
    weight: int
    port: int
    target: str
    """Empty for `.`: the service is decidedly not offered (RFC 2782)."""


class MailDns:
    """Asks one DNS server, or those of this machine.

    Args:
        server: `(address, port)` to ask; None for the servers of this machine.
        timeout_s: Seconds for one look-up, retries included.
    """

    def __init__(self, server: tuple[str, int] | None = None, *, timeout_s: float = 3.0) -> None:
        self._server = server
        self._timeout_s = timeout_s
        self._resolver: Resolver | None = None

    async def mx(self, domain: str) -> tuple[str, ...]:
        """Return the mail exchangers, best first.

        Raises:
            DnsFailedError: There is none, or no answer.
            NullMxError: The domain takes no mail.
        """
        records = sorted((record.preference, _host(record.exchange)) for record in await self._ask(domain, "MX"))
        names = tuple(dict.fromkeys(name for _, name in records if is_hostname(name)))
        if not names:
            if any(name == "" for _, name in records):
                raise NullMxError
            raise DnsFailedError("no_records", domain)
        return names

    async def srv(self, name: str) -> tuple[Srv, ...]:
        """Return the records of one service, best first: by priority, then the heavier.

        Clients choose by chance among equals; for showing, the likeliest first is the truer order.

        Raises:
            DnsFailedError: There is none, or no answer.

        Source: RFC 2782.
        """
        records = [
            Srv(record.priority, record.weight, record.port, target)
            for record in await self._ask(name, "SRV")
            if (target := _host(record.target)) == "" or (is_hostname(target) and 0 < record.port <= LAST_PORT)
        ]
        if not records:
            raise DnsFailedError("no_records", name)
        return tuple(sorted(records, key=lambda record: (record.priority, -record.weight, record.target)))

    async def addresses(self, host: str) -> tuple[Address, ...]:
        """Return the addresses of a name, IPv6 first; CNAMEs are followed.

        Raises:
            DnsFailedError: There is none, or no answer.
        """
        found: list[Address] = []
        failed: list[DnsFailedError] = []
        for answer in await self._both_families(host):
            if isinstance(answer, DnsFailedError):
                failed.append(answer)
            else:
                found += answer
        if found:
            return tuple(sorted(found, key=lambda address: -address.version))
        # "There is none" of one family says nothing where the other could not be asked.
        raise max(failed, key=lambda error: error.reason not in ("no_records", "nxdomain"))

    async def _both_families(self, host: str) -> list[list[Address] | DnsFailedError]:
        tasks = [asyncio.create_task(self._family(host, kind)) for kind in ("AAAA", "A")]
        try:
            waiting, there = set(tasks), False
            while waiting and not there:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                there = any(not isinstance(task.result(), DnsFailedError) for task in done)
            if waiting:
                await asyncio.wait(waiting, timeout=_OTHER_FAMILY_S)
            return [task.result() for task in tasks if task.done()]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _family(self, host: str, kind: str) -> list[Address] | DnsFailedError:
        try:
            return [ip_address(record.address) for record in await self._ask(host, kind)]
        except DnsFailedError as error:
            return error

    async def _ask(self, name: str, kind: str) -> list[Any]:
        import dns.exception
        import dns.name
        import dns.resolver

        try:
            absolute = dns.name.from_text(name, dns.name.root)
        except (dns.exception.DNSException, ValueError, UnicodeError):
            raise DnsFailedError("nxdomain", name) from None
        try:
            answer = await self._asks().resolve(absolute, kind, search=False, lifetime=self._timeout_s)
        except dns.resolver.NXDOMAIN:
            raise DnsFailedError("nxdomain", name) from None
        except (dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            raise DnsFailedError("no_records", name) from None
        except dns.exception.Timeout:
            raise DnsFailedError("timed_out", name) from None
        except dns.resolver.NoNameservers:
            raise DnsFailedError("servfail", name) from None
        except (dns.exception.DNSException, OSError, EOFError):
            raise DnsFailedError("unreachable", name) from None
        return list(answer)[:_MOST_RECORDS]

    def _asks(self) -> Resolver:
        from dns.asyncresolver import Resolver

        if self._resolver is None:
            self._resolver = Resolver(configure=self._server is None)
            # A third of the time for each try, so that a lost packet is not the end.
            self._resolver.timeout = self._timeout_s / 3
            if self._server is not None:
                self._resolver.nameservers = [self._server[0]]
                self._resolver.port = self._server[1]
        return self._resolver


def _host(name: object) -> str:
    return str(name).lower().removesuffix(".")

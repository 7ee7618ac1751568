"""Ask a DNS server: a name's addresses of both families at once, or any records, with a limit on the time.

Not `getaddrinfo`: it runs in a thread that cannot be stopped, reads /etc/hosts (where a company machine may have anything),
and tries search domains. Every failure has a name of its own, because "there is none", "nobody answered" and "the server is
broken" lead to different advice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.errors import BotError
from bot.probe.target import Address

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver

DnsReason = Literal["nxdomain", "no_records", "servfail", "timed_out", "unreachable"]
NOTHING_THERE: Final = frozenset({"nxdomain", "no_records"})
"""Reasons that are an answer: the DNS works, and there is no such thing."""
TIMEOUT_S: Final = 3.0
_TRIES: Final = 3
_OTHER_FAMILY_S: Final = 0.3
"""What the second family may take once the first is there: many servers leave AAAA unanswered. RFC 8305 section 3 gives
50 ms, for programs that a person waits for at every click."""


class DnsFailedError(BotError):
    """A look-up brought nothing. *reason* says why."""

    def __init__(self, reason: DnsReason, name: str) -> None:
        super().__init__("probe.host_unknown" if reason in NOTHING_THERE else "probe.dns_failed", host=name)
        self.reason: DnsReason = reason


class HostUnknownError(DnsFailedError):
    """The DNS says that there is no such name, or that it has no such record."""


class DnsResolver:
    """Asks the machine's DNS servers, or a chosen one.

    Args:
        server: `(address, port)` to ask instead.
        timeout_s: Seconds for one look-up, retries included.
    """

    def __init__(self, server: tuple[str, int] | None = None, *, timeout_s: float = TIMEOUT_S) -> None:
        self._server = server
        self._timeout_s = timeout_s
        self._resolver: Resolver | None = None

    async def addresses(self, host: str) -> Sequence[Address]:
        """Return the addresses of *host*, IPv6 first; CNAMEs are followed.

        Raises:
            HostUnknownError: There is no such name, or it has no address.
            DnsFailedError: No answer in time, or a faulty one.
        """
        found: list[Address] = []
        failed: list[DnsFailedError] = []
        for answer in await self._both_families(host):
            if isinstance(answer, DnsFailedError):
                failed.append(answer)
            else:
                found += answer
        if found:
            return sorted(found, key=lambda address: -address.version)
        # "There is none" of one family says nothing where the other could not be asked.
        raise max(failed, key=lambda error: error.reason not in NOTHING_THERE)

    async def records(self, name: str, kind: str) -> list[Any]:
        """Return the records of one kind, as dnspython makes them.

        Raises:
            HostUnknownError: There is none.
            DnsFailedError: No answer in time, or a faulty one.
        """
        import dns.exception
        import dns.name
        import dns.resolver

        try:
            # From the root: no search domain of this machine is tried.
            absolute = dns.name.from_text(name, dns.name.root)
        except (dns.exception.DNSException, ValueError, UnicodeError):
            raise HostUnknownError("nxdomain", name) from None
        try:
            return list(await self._ready().resolve(absolute, kind, search=False, lifetime=self._timeout_s))
        except dns.resolver.NXDOMAIN:
            raise HostUnknownError("nxdomain", name) from None
        except (dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            raise HostUnknownError("no_records", name) from None
        except dns.exception.Timeout:
            raise DnsFailedError("timed_out", name) from None
        except dns.resolver.NoNameservers:
            raise DnsFailedError("servfail", name) from None
        except (dns.exception.DNSException, OSError, EOFError):
            raise DnsFailedError("unreachable", name) from None

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
            return [ip_address(record.address) for record in await self.records(host, kind)]
        except DnsFailedError as error:
            return error

    def _ready(self) -> Resolver:
        from dns.asyncresolver import Resolver

        if self._resolver is None:
            self._resolver = Resolver(configure=self._server is None)
            # A third of the time for each try, so that a lost packet is not the end.
            self._resolver.timeout = self._timeout_s / _TRIES
            if self._server is not None:
                self._resolver.nameservers = [self._server[0]]
                self._resolver.port = self._server[1]
        return self._resolver

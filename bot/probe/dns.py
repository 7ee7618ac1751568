"""Find a host's addresses by asking a DNS server: both families at once, with a limit on the time.

Not `getaddrinfo`: it runs in a thread that cannot be stopped, reads /etc/hosts (where a company machine may have anything),
and tries search domains.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from bot.errors import BotError
from bot.probe.target import Address

if TYPE_CHECKING:
    import dns.asyncresolver
    import dns.resolver

TIMEOUT_S: Final = 3.0
_OTHER_FAMILY_S: Final = 0.3
"""RFC 8305 section 3 gives 50 ms, for programs that a person waits for at every click."""


class HostUnknownError(BotError):
    """The DNS says that there is no such name, or that it has no address."""

    def __init__(self, host: str) -> None:
        super().__init__("probe.host_unknown", host=host)


class DnsFailedError(BotError):
    """The DNS did not answer, or not usefully."""

    def __init__(self, host: str) -> None:
        super().__init__("probe.dns_failed", host=host)


class DnsResolver:
    """Asks the machine's DNS servers, or a chosen one.

    Args:
        server: `(address, port)` to ask instead.
        timeout_s: For the whole look-up of one name.
    """

    def __init__(self, server: tuple[str, int] | None = None, *, timeout_s: float = TIMEOUT_S) -> None:
        self._server = server
        self._timeout_s = timeout_s
        self._resolver: dns.asyncresolver.Resolver | None = None

    async def addresses(self, host: str) -> Sequence[Address]:
        """Return the addresses of *host*, IPv6 first.

        Raises:
            HostUnknownError: There is no such name, or it has no address.
            DnsFailedError: No answer in time, or a faulty one.
        """
        import dns.exception
        import dns.resolver

        found: list[Address] = []
        failures = 0
        for answer in await self._both_families(host):
            if isinstance(answer, dns.resolver.Answer):
                found += [ip_address(record.address) for record in answer]
            elif not isinstance(answer, dns.resolver.NXDOMAIN | dns.resolver.NoAnswer):
                if not isinstance(answer, dns.exception.DNSException | OSError):
                    raise answer
                failures += 1
        if not found:
            raise DnsFailedError(host) if failures else HostUnknownError(host)
        return sorted(found, key=lambda address: -address.version)

    async def _both_families(self, host: str) -> list[dns.resolver.Answer | BaseException]:
        """Ask for both at once; when one is there, the other gets a moment more: many servers leave AAAA unanswered."""
        import dns.exception
        import dns.resolver

        try:
            resolver = self._ready()
        except dns.exception.DNSException as error:
            return [error]
        tasks = [
            asyncio.create_task(resolver.resolve(f"{host}.", kind, lifetime=self._timeout_s)) for kind in ("AAAA", "A")
        ]
        try:
            waiting, has_answer = set(tasks), False
            while waiting:
                done, waiting = await asyncio.wait(
                    waiting, timeout=_OTHER_FAMILY_S if has_answer else None, return_when=asyncio.FIRST_COMPLETED
                )
                if has_answer:
                    break
                has_answer = any(task.exception() is None for task in done)
            return [task.exception() or task.result() for task in tasks if task.done()]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _ready(self) -> dns.asyncresolver.Resolver:
        import dns.asyncresolver

        if self._resolver is None:
            self._resolver = dns.asyncresolver.Resolver(configure=self._server is None)
            if self._server is not None:
                self._resolver.nameservers = [self._server[0]]
                self._resolver.port = self._server[1]
        return self._resolver

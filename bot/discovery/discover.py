"""Ask every origin at once, under one deadline, and hand on what each brings as it comes.

Own knowledge answers at once, the DNS in milliseconds, a dead web server never: whoever shows the result can begin with what
is there. At the deadline the rest is called off and named as timed out; nothing keeps running afterwards.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
import structlog

from bot.discovery.agree import Discovery, judge_agreement
from bot.discovery.autodiscover import V2, find_by_pox, find_by_v2
from bot.discovery.candidates import Fault, Found, Origin
from bot.discovery.dns import MailDns, NullMxError
from bot.discovery.fetch import Fetcher
from bot.discovery.guess import find_by_guessing
from bot.discovery.own import find_by_domain, find_by_mx
from bot.discovery.srv import find_by_srv
from bot.discovery.web import ISPDB, WebPorts, find_at_domain, find_at_hoster, find_hoster_in_ispdb, find_in_ispdb
from bot.kb.lookup import Lookup
from bot.probe.dns import DnsFailedError

log = structlog.get_logger(__name__)
_Ask = Callable[[], Coroutine[Any, Any, Found]]
DEADLINE_S: Final = 5.0


class Sources(msgspec.Struct, frozen=True):
    """Whom to ask beside the domain itself; each learns the domain, so each can be switched off."""

    ispdb: str | None = ISPDB
    """Base address of the ISPDB or of a mirror of it; None to leave it out."""
    autodiscover_v2: str | None = V2
    """Microsoft's service; None to leave it out."""
    ports: WebPorts = WebPorts()
    autodiscover_v1: bool = True
    """Whether the domain's own Autodiscover is asked."""


class Discoverer:
    """Finds what is published about a domain's mail servers.

    Args:
        lookup: Our knowledge.
        dns: The DNS.
        fetcher: Fetches from the web, behind the guard.
        sources: Whom to ask beside the domain itself.
        deadline_s: Seconds for everything.
        today: The day that decides which service has ended; by default the day in UTC.
    """

    def __init__(
        self,
        lookup: Lookup,
        dns: MailDns,
        fetcher: Fetcher,
        sources: Sources | None = None,
        *,
        deadline_s: float = DEADLINE_S,
        today: Callable[[], date] | None = None,
    ) -> None:
        self._lookup = lookup
        self._dns = dns
        self._fetcher = fetcher
        self._sources = sources or Sources()
        self._deadline_s = deadline_s
        self._today = today or _today

    async def discover(self, domain: str) -> Discovery:
        """Return everything that was found until the deadline.

        Args:
            domain: As `bot.discovery.domain.domain_of` returns it.
        """
        async with aclosing(self.steps(domain)) as steps:
            return judge_agreement(domain, [found async for found in steps])

    async def steps(self, domain: str) -> AsyncGenerator[Found, None]:
        """Yield what each origin brings, as it comes; whoever stops early closes the generator (`aclosing`).

        Args:
            domain: As `bot.discovery.domain.domain_of` returns it.
        """
        ends_at = time.monotonic() + self._deadline_s
        yield find_by_domain(self._lookup, domain, self._today())
        tasks: dict[asyncio.Task[Found], tuple[Origin, str]] = {}

        def start(origin: Origin, detail: str, ask: _Ask) -> None:
            tasks[asyncio.create_task(_guarded(origin, detail, ask))] = origin, detail

        try:
            for origin, detail, ask in self._first(domain):
                start(origin, detail, ask)
            while tasks and (left_s := ends_at - time.monotonic()) > 0:
                done, _ = await asyncio.wait(tasks, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    del tasks[task]
                    found = task.result()
                    yield found
                    if found.mx:
                        yield find_by_mx(self._lookup, found.mx, self._today())
                        for origin, detail, ask in self._after_mx(domain, found.mx[0]):
                            start(origin, detail, ask)
            for origin, detail in tasks.values():
                yield Found(origin, faults=(Fault(origin, detail, "timed_out"),))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _first(self, domain: str) -> list[tuple[Origin, str, _Ask]]:
        """Return what can be asked without knowing anything more."""
        sources, fetcher, dns = self._sources, self._fetcher, self._dns
        asks: list[tuple[Origin, str, _Ask]] = [
            ("mx", domain, lambda: _mail_exchangers(dns, domain)),
            ("srv", domain, lambda: find_by_srv(dns, domain)),
            ("autoconfig", f"autoconfig.{domain}", lambda: find_at_domain(fetcher, domain, sources.ports)),
            ("guess", domain, lambda: find_by_guessing(dns, domain)),
        ]
        if sources.autodiscover_v1:
            pox = f"autodiscover.{domain}"
            asks.append(("autodiscover", pox, lambda: find_by_pox(fetcher, dns, domain, sources.ports)))
        if (ispdb := sources.ispdb) is not None:
            asks.append(("ispdb", domain, lambda: find_in_ispdb(fetcher, domain, ispdb)))
        if (base := sources.autodiscover_v2) is not None:
            asks.append(("autodiscover", base, lambda: find_by_v2(fetcher, self._lookup, domain, base)))
        return asks

    def _after_mx(self, domain: str, mx: str) -> list[tuple[Origin, str, _Ask]]:
        """Return what can be asked once the best mail exchanger is known."""
        sources, fetcher = self._sources, self._fetcher
        asks: list[tuple[Origin, str, _Ask]] = [
            ("mx_autoconfig", mx, lambda: find_at_hoster(fetcher, domain, mx, sources.ports))
        ]
        if (ispdb := sources.ispdb) is not None:
            asks.append(("mx_ispdb", mx, lambda: find_hoster_in_ispdb(fetcher, domain, mx, ispdb)))
        return asks


async def _mail_exchangers(dns: MailDns, domain: str) -> Found:
    try:
        return Found("mx", mx=await dns.mx(domain))
    except DnsFailedError as error:
        return Found("mx", faults=(Fault("mx", domain, error.reason),))
    except NullMxError:
        return Found("mx", faults=(Fault("mx", domain, "null_mx"),))


async def _guarded(origin: Origin, detail: str, ask: _Ask) -> Found:
    """Ask one origin; a mistake of ours in reading a stranger's answer must not cost the other origins."""
    try:
        return await ask()
    except Exception as error:  # noqa: BLE001 - see above; it is logged by its type, never with a stranger's text
        log.error("discovery_failed", origin=origin, error=type(error).__name__)
        return Found(origin, faults=(Fault(origin, detail, "failed"),))


def _today() -> date:
    return datetime.now(UTC).date()

"""Ask the DNS what a domain says about its mail: MX and SRV."""

from __future__ import annotations

from typing import Final

import msgspec

from bot.kb.ports import LAST_PORT
from bot.kb.rules import is_hostname
from bot.probe.dns import DnsResolver, HostUnknownError

_MOST_RECORDS: Final = 20


class NullMxError(Exception):
    """The domain says that it takes no mail at all. Source: RFC 7505."""


class Srv(msgspec.Struct, frozen=True):
    """One SRV record."""

    priority: int
    weight: int
    port: int
    target: str
    """Empty for `.`: the service is decidedly not offered (RFC 2782)."""


class MailDns(DnsResolver):
    """Asks for addresses, and for what a domain says about its mail."""

    async def mx(self, domain: str) -> tuple[str, ...]:
        """Return the mail exchangers, best first; twenty at most.

        Raises:
            HostUnknownError: There is none.
            DnsFailedError: No answer in time, or a faulty one.
            NullMxError: The domain takes no mail.
        """
        records = sorted((record.preference, _host(record.exchange)) for record in await self.records(domain, "MX"))
        names = tuple(dict.fromkeys(name for _, name in records if is_hostname(name)))
        if not names:
            if any(name == "" for _, name in records):
                raise NullMxError
            raise HostUnknownError("no_records", domain)
        return names[:_MOST_RECORDS]

    async def srv(self, name: str) -> tuple[Srv, ...]:
        """Return the records of one service, best first: by priority, then the heavier; twenty at most.

        Clients choose by chance among equals; for showing, the likeliest first is the truer order.

        Raises:
            HostUnknownError: There is none.
            DnsFailedError: No answer in time, or a faulty one.

        Source: RFC 2782.
        """
        records = [
            Srv(record.priority, record.weight, record.port, target)
            for record in await self.records(name, "SRV")
            if (target := _host(record.target)) == "" or (is_hostname(target) and 0 < record.port <= LAST_PORT)
        ]
        if not records:
            raise HostUnknownError("no_records", name)
        best_first = sorted(records, key=lambda record: (record.priority, -record.weight, record.target))
        return tuple(best_first[:_MOST_RECORDS])


def _host(name: object) -> str:
    return str(name).lower().removesuffix(".")

"""From what somebody typed to the domain that is asked about; the part before the @ goes no further than here."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from bot.probe.target import HostInvalidError, normalise_host

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def domain_of(text: str) -> str:
    """Return the domain of an address or of a domain that was typed, in its one spelling.

    Args:
        text: `taro@example.jp`, `example.jp`, `メール.example`.

    Raises:
        HostInvalidError: There is no domain in it. It never carries what was typed.
    """
    typed = text.strip()
    # The last @ separates: a quoted local part may hold others (RFC 5321 section 4.1.2).
    domain = normalise_host(typed.rpartition("@")[2].rpartition("＠")[2])
    try:
        ip_address(domain)
    except ValueError:
        return domain
    raise HostInvalidError("address")


def mx_domains(mx: str) -> tuple[str, ...]:
    """Return the domains under which a hoster publishes settings for the customers of this mail exchanger.

    Args:
        mx: Name of the best mail exchanger.

    Returns:
        MXFULLDOMAIN, where it is longer, then MXBASEDOMAIN; nothing where the name is a registry's own.

    Source: draft-ietf-mailmaint-autoconfig, section "MX".
    """
    base = base_domain(mx)
    if base is None:
        return ()
    full = mx.partition(".")[2]
    return (full, base) if full.endswith(f".{base}") else (base,)


def base_domain(name: str) -> str | None:
    """Return the domain that somebody registered, as far as the public suffix list knows: `example.co.jp`.

    Args:
        name: Lower case, A-labels.

    Returns:
        None where the name is a registry's own.
    """
    return _suffixes().privatesuffix(name)


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()

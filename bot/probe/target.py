"""What may be probed: public mail servers, and what the administrator named.

The bot may stand inside a company network, where an asker could otherwise use it to look at machines that the asker cannot
reach. So an address is judged, never a name: a name is resolved once, each address is checked, and the connection goes to
exactly that address (a second look-up could answer differently: DNS rebinding).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final, Literal, Protocol

from bot.errors import BotError
from bot.probe.host import MAIL_PORTS, HostInvalidError, TypedHost, normalise_host, read_host
from bot.probe.networks import Address, Network, embedded_addresses, special_kind

__all__ = [
    "HTTP_PORTS",
    "MAIL_PORTS",
    "Address",
    "AllowedNetwork",
    "Guard",
    "HostInvalidError",
    "Network",
    "NetworksInvalidError",
    "Purpose",
    "Resolver",
    "Sorted",
    "TargetRefusedError",
    "TypedHost",
    "normalise_host",
    "parse_allowed",
    "parse_denied",
    "read_host",
    "resolve",
]

Purpose = Literal["mail", "discovery"]
"""What a connection is for: talking to a mail server, or fetching published settings."""
HTTP_PORTS: Final = frozenset({80, 443})
_PORTS: Final[dict[Purpose, frozenset[int]]] = {"mail": MAIL_PORTS, "discovery": HTTP_PORTS}
_MAX_ADDRESSES: Final = 16
"""More addresses than this no mail server needs; a name with hundreds is an attempt to keep us busy."""


class TargetRefusedError(BotError):
    """An address or port that must not be reached from here.

    Args:
        reason: `denied`, `port`, or the kind of the address (`private`, `loopback`, `metadata`, `embedded`, …).
        address: The address that was refused.
        port: Its port.
    """

    def __init__(self, reason: str, address: Address, port: int) -> None:
        key = reason if reason in {"denied", "port"} else "not_public"
        super().__init__(f"probe.refused_{key}", address=str(address), port=port)
        self.reason = reason
        self.target = address


class NetworksInvalidError(BotError):
    """An entry of the allow-list or the deny-list cannot be read."""

    def __init__(self, entry: str) -> None:
        super().__init__("probe.networks_invalid", entry=entry)


@dataclass(frozen=True)
class AllowedNetwork:
    """A network that the administrator opened for probes."""

    network: Network
    ports: frozenset[int] = frozenset()
    """Exactly these, for any purpose; empty for the mail ports."""


class Resolver(Protocol):
    """Finds the addresses of a name."""

    async def addresses(self, host: str) -> Sequence[Address]:
        """Return all addresses of *host*, best first; raises a `BotError` where there are none."""
        ...


@dataclass(frozen=True)
class Sorted:
    """The addresses of a host, sorted by what may be reached."""

    allowed: tuple[Address, ...]
    refused: tuple[TargetRefusedError, ...]
    """One for each address that must not be reached; the card says so."""


class Guard:
    """Judges each address before a connection is made to it.

    Deny wins over allow, and allow wins over the rule that only public addresses are reached. An address that carries another
    one inside is judged by both.

    Args:
        allow: What the administrator opened.
        deny: What the administrator closed, at any port.
    """

    def __init__(self, allow: Sequence[AllowedNetwork] = (), deny: Sequence[Network] = ()) -> None:
        self._allow = tuple(allow)
        self._deny = tuple(deny)

    def check(self, address: Address, port: int, purpose: Purpose = "mail") -> None:
        """Check one address and port.

        Args:
            address: To be connected to.
            port: Its port.
            purpose: Mail ports are for `mail`, 80 and 443 for `discovery`; what an allowed network lists is for both.

        Raises:
            TargetRefusedError: It must not be reached.
        """
        carried = embedded_addresses(address)
        if any(_within(each, network) for each in (address, *carried) for network in self._deny):
            raise TargetRefusedError("denied", address, port)
        if not self._is_allowed(address, port, purpose):
            if special_kind(address) is not None:
                raise TargetRefusedError(_kind(address, carried), address, port)
            if port not in _PORTS[purpose]:
                raise TargetRefusedError("port", address, port)
            return
        # The administrator opened a translator's prefix, not everything behind it.
        for inner in carried:
            if special_kind(inner) is not None and not self._is_allowed(inner, port, purpose):
                raise TargetRefusedError(_kind(inner, ()), address, port)

    def sort(self, addresses: Iterable[Address], port: int, purpose: Purpose = "mail") -> Sorted:
        """Sort addresses into those that may be reached and those that must not."""
        allowed: list[Address] = []
        refused: list[TargetRefusedError] = []
        for address in addresses:
            try:
                self.check(address, port, purpose)
            except TargetRefusedError as error:
                refused.append(error)
            else:
                allowed.append(address)
        return Sorted(tuple(allowed), tuple(refused))

    def _is_allowed(self, address: Address, port: int, purpose: Purpose) -> bool:
        return any(
            _within(address, entry.network)
            and (port in entry.ports if entry.ports else purpose == "mail" and port in MAIL_PORTS)
            for entry in self._allow
        )


async def resolve(host: str, resolver: Resolver) -> tuple[Address, ...]:
    """Find the addresses of a host, once; each still has to pass the guard.

    Args:
        host: As `normalise_host` returns it.
        resolver: Asked for names; an address needs no look-up.

    Returns:
        Its addresses without repetition, sixteen at most.

    Raises:
        BotError: The name has none, or the DNS did not answer; as the resolver says it.
    """
    try:
        return (ip_address(host),)
    except ValueError:
        return tuple(dict.fromkeys(await resolver.addresses(host)))[:_MAX_ADDRESSES]


def parse_allowed(text: str) -> tuple[AllowedNetwork, ...]:
    """Read `MAILPORTS_PROBE_ALLOW`: entries between spaces, semicolons or commas.

    Args:
        text: `10.1.0.0/16` opens the mail ports, `10.2.0.0/16:8143,8993` exactly those ports, `[2001:db8::]/32:8143` (or
            `[2001:db8::/32]:8143`) likewise for IPv6.

    Raises:
        NetworksInvalidError: Names the first entry that cannot be read.
    """
    return tuple(_allowed(entry) for entry in _entries(text))


def parse_denied(text: str) -> tuple[Network, ...]:
    """Read `MAILPORTS_PROBE_DENY`: networks between spaces, semicolons or commas; they are closed at any port.

    Raises:
        NetworksInvalidError: Names the first entry that cannot be read, also one with ports.
    """
    entries = [(entry, _allowed(entry)) for entry in _entries(text)]
    for entry, read in entries:
        if read.ports:
            raise NetworksInvalidError(entry)
    return tuple(read.network for _, read in entries)


def _entries(text: str) -> list[str]:
    entries: list[str] = []
    for word in re.split(r"[\s;,]+", text):
        # A bare number behind a comma is one more port of the entry before it.
        if word.isdigit() and entries and ("]" in entries[-1] or entries[-1].count(":") == 1):
            entries[-1] += f",{word}"
        elif word:
            entries.append(word)
    return entries


def _allowed(entry: str) -> AllowedNetwork:
    bracketed = re.fullmatch(r"\[([^\[\]]+)\](/\d+)?(?::([\d,]+))?", entry)
    plain = re.fullmatch(r"([\d./]+)(?::([\d,]+))?", entry)
    if bracketed is not None:
        network, ports = bracketed[1] + (bracketed[2] or ""), bracketed[3]
    elif plain is not None:
        network, ports = plain[1], plain[2]
    else:
        network, ports = entry, None
    try:
        numbers = frozenset(int(port) for port in ports.split(",")) if ports else frozenset()
        if any(not 0 < number < 65536 for number in numbers):
            raise NetworksInvalidError(entry)
        return AllowedNetwork(ip_network(network), numbers)
    except ValueError:
        raise NetworksInvalidError(entry) from None


def _within(address: Address, network: Network) -> bool:
    return address.version == network.version and address in network


def _kind(address: Address, carried: Sequence[Address]) -> str:
    """Return why an address is refused: what it carries says more than how it carries it."""
    kinds = [kind for each in carried if (kind := special_kind(each)) is not None]
    return kinds[0] if kinds else special_kind(address) or "embedded"

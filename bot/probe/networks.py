"""Networks that are no public mail server's, and addresses that carry another one inside.

Written out instead of `ipaddress.is_global`: its tables differ between Python versions, and 168.63.129.16 is public by every
registry but answers with a cloud machine's own secrets.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SPECIAL: Final[tuple[tuple[Network, str], ...]] = tuple(
    (ip_network(text), kind)
    for kind, networks in {
        # Named before the wider networks around them, so that the audit line says what was meant.
        "metadata": (
            "169.254.169.254/32 169.254.170.0/24 168.63.129.16/32 100.100.100.200/32 192.0.0.192/32 fd00:ec2::/32 "
            "fd20:ce::254/128"
        ),
        "loopback": "127.0.0.0/8 ::1/128",
        "unspecified": "0.0.0.0/8 ::/128",
        "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10",
        "shared": "100.64.0.0/10",
        "link_local": "169.254.0.0/16 fe80::/10",
        "multicast": "224.0.0.0/4 ff00::/8",
        "documentation": "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
        "benchmark": "198.18.0.0/15 2001:2::/48",
        "embedded": "::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16 192.88.99.0/24",
        # 2001::/23 holds ORCHID, drone tags and anycast services of the IETF; 3ffe::/16 was the 6bone.
        "reserved": (
            "192.0.0.0/24 192.31.196.0/24 192.52.193.0/24 192.175.48.0/24 240.0.0.0/4 100::/64 2001::/23 3ffe::/16 "
            "2620:4f:8000::/48 5f00::/16"
        ),
    }.items()
    for text in networks.split()
)
_UNICAST: Final = IPv6Network("2000::/3")
"""All that IANA has given out for IPv6 unicast so far."""
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})
_TEREDO: Final = IPv6Network("2001::/32")
_6TO4: Final = IPv6Network("2002::/16")
_LOCAL_NAT64: Final = IPv6Network("64:ff9b:1::/48")


def special_kind(address: Address) -> str | None:
    """Say what kind of special address it is, by its own form alone.

    Args:
        address: Any address.

    Returns:
        Such as `private` or `metadata`; `embedded` for the forms that carry an IPv4 address; None for public unicast.
    """
    for network, kind in _SPECIAL:
        if address.version == network.version and address in network:
            return kind
    if isinstance(address, IPv6Address):
        if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
            return "embedded"
        if address not in _UNICAST:
            return "reserved"
    return None


def embedded_addresses(address: Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses that a packet to *address* could be handed on to.

    Source: RFC 4291 section 2.5.5 (mapped, compatible), RFC 3056 (6to4), RFC 4380 section 4 (Teredo), RFC 6052 section 2
    (NAT64), RFC 8215 (64:ff9b:1::/48, cut at 32 to 96 bits), RFC 5214 section 6.1 (ISATAP).
    """
    if isinstance(address, IPv4Address):
        return ()
    number = int(address)
    last = IPv4Address(number & 0xFFFFFFFF)
    if address in _6TO4:
        return (IPv4Address(number >> 80 & 0xFFFFFFFF),)
    if address in _TEREDO:
        return (IPv4Address(number >> 64 & 0xFFFFFFFF), IPv4Address(~number & 0xFFFFFFFF))
    if address in _LOCAL_NAT64:
        # Bits 64 to 71 stay zero in the longer forms, so the four octets lie around them.
        octets = address.packed
        return (IPv4Address(octets[6:8] + octets[9:11]), IPv4Address(octets[7:8] + octets[9:12]), last)
    return (last,) if special_kind(address) == "embedded" else ()

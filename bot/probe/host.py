"""Read the host that somebody typed: one spelling afterwards, or a refusal that says what to type instead.

A probe goes where this says, so nothing is guessed: `127.1`, `0x7f000001` and `2130706433` are addresses to some programs
and names to others, and a character that nobody sees makes one host look like another.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from typing import Final

from bot.errors import BotError
from bot.kb.ports import PORT_PROTOCOL

MAIL_PORTS: Final = frozenset(PORT_PROTOCOL)
"""25, 110, 143, 465, 587, 993, 995, 2525, 4190."""

_MAX_TYPED: Final = 1000
_MAX_NAME: Final = 253
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_BRACKETED: Final = re.compile(r"\[([^\[\]]*)\](?::(.*))?", re.DOTALL)
# Letters by their category, yet blank on every screen: Hangul fillers and the empty braille pattern.
_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})


class HostInvalidError(BotError):
    """What was typed names no host. *reason* is the last part of its message key."""

    def __init__(self, reason: str, **params: str | int) -> None:
        super().__init__(f"probe.host_{reason}", **params)
        self.reason = reason


@dataclass(frozen=True)
class TypedHost:
    """A host, and the port where one was typed with it."""

    host: str
    """Lower case without a final dot, names as A-labels, addresses in their short form without brackets."""
    port: int | None = None


def normalise_host(text: str) -> str:
    """Return the one spelling of the host that somebody typed; see `read_host`.

    Args:
        text: As typed; a mail port behind it is allowed and left out.

    Raises:
        HostInvalidError: It is no host.
    """
    return read_host(text).host


def read_host(text: str) -> TypedHost:
    """Read the host, and the port where there is one, that somebody typed.

    Full-width letters and other forms of one character are read as that character; names in other scripts become their
    A-label, which is also what is shown, so that look-alikes are seen.

    Args:
        text: Such as `mail.example.jp`, `ｍａｉｌ．ｅｘａｍｐｌｅ．ｊｐ`, `メール.example.jp`, `[2001:db8::1]:993`.

    Returns:
        The host in its one spelling, and its port.

    Raises:
        HostInvalidError: A URL, a name with a user, a port that is no mail port, an address in a spelling that programs
            read differently, a zone, control or invisible characters, or a name that cannot exist.

    Source: RFC 1123 section 2.1 (names), RFC 5890 (A-labels), UTS 46 (what is folded), RFC 4291 section 2.2 (IPv6).
    """
    if len(text) > _MAX_TYPED:
        raise HostInvalidError("too_long")
    typed = text.strip(" \t\r\n\u3000")
    if not typed:
        raise HostInvalidError("empty")
    if any(letter in _BLANK or unicodedata.category(letter) in _INVISIBLE for letter in typed):
        raise HostInvalidError("invisible")
    if any("\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef" for letter in typed):
        raise HostInvalidError("invisible")
    # Only the signs that stand around a name are folded here; the name itself is folded by UTS 46.
    folded = unicodedata.normalize("NFKC", typed).replace("。", ".")
    if "%" in folded:
        raise HostInvalidError("zone" if ":" in folded else "letters")
    if "://" in folded or any(sign in folded for sign in "/\\?#"):
        raise HostInvalidError("url")
    if "@" in folded:
        raise HostInvalidError("user")
    bracketed = _BRACKETED.fullmatch(folded)
    if bracketed is not None:
        return TypedHost(_ipv6(bracketed[1]), _port(bracketed[2]))
    if folded.count(":") > 1:
        return TypedHost(_ipv6(folded))
    name, colon, port = folded.partition(":")
    return TypedHost(_ipv4_or_name(name), _port(port if colon else None))


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 5 or int(text) not in MAIL_PORTS:
        raise HostInvalidError("port")
    return int(text)


def _ipv6(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except AddressValueError:
        raise HostInvalidError("address") from None


def _ipv4_or_name(text: str) -> str:
    name = text.removesuffix(".").lower()
    if not name or name.startswith(".") or name.endswith(".") or ".." in name:
        raise HostInvalidError("dots")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        # The last label of a name is never a number, so this is meant as an address: in four plain decimals, or not at all.
        try:
            return str(IPv4Address(name))
        except AddressValueError:
            raise HostInvalidError("address") from None
    if not name.isascii() or name.startswith("xn--") or ".xn--" in name:
        name = _a_labels(name)
    labels = name.split(".")
    if len(name) > _MAX_NAME or any(len(label) > 63 for label in labels):
        raise HostInvalidError("too_long")
    if not all(map(_LABEL.fullmatch, labels)):
        raise HostInvalidError("letters")
    if len(labels) < 2:
        raise HostInvalidError("one_label")
    if _NUMBER.fullmatch(labels[-1]):
        raise HostInvalidError("address")
    return name


def _a_labels(name: str) -> str:
    import idna  # its tables are large, and nearly every name does without

    try:
        return idna.encode(name, uts46=True, std3_rules=True).decode("ascii").lower()
    except idna.IDNAError:
        raise HostInvalidError("idn") from None


def is_ip_address(host: str) -> bool:
    """Say whether a host is written as an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True

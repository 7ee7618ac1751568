"""SMTP and submission: greeting, EHLO, STARTTLS, QUIT.

Source: RFC 5321 sections 3.1, 4.1.1.1 and 4.2 (greeting, EHLO, replies of several lines), RFC 3207 section 4 (STARTTLS),
RFC 4954 section 3 (AUTH).
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address

from bot.probe.dialogue import Capabilities, capabilities, not_this_protocol
from bot.probe.facts import EndedError, Ending, clean_text
from bot.probe.wire import Wire

_REPLY = re.compile(rb"([2-5][0-9]{2})([ -]?)(.*)", re.DOTALL)
_UNKNOWN_COMMAND = frozenset({500, 502})


class Smtp:
    """One SMTP connection.

    Args:
        wire: The connection.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def greet(self) -> str:
        """Wait for the 220.

        Raises:
            EndedError: 421 and other 4xx are `temporarily_refused`, 5xx is `turned_away`.
        """
        code, lines = await self._reply(is_greeting=True)
        if code // 100 != 2:
            raise _no(code, lines)
        return clean_text(b" ".join(lines))

    async def ask_capabilities(self) -> Capabilities:
        """Say EHLO, with our address as a literal, because we may have no name.

        Raises:
            EndedError: The server sent us away.
        """
        await self._wire.send(f"EHLO {_literal(self._wire.local_address)}\r\n".encode("ascii"))
        code, lines = await self._reply()
        if code in _UNKNOWN_COMMAND:
            return Capabilities((), (), offers_starttls=False)  # a server without extensions
        if code // 100 != 2:
            raise _no(code, lines)
        names = lines[1:]
        sasl: list[str] = []
        for name in names:
            # "AUTH=LOGIN" is the form that old Outlook wanted.
            words = name.decode("latin-1").replace("=", " ", 1).split()
            if words and words[0].upper() == "AUTH":
                sasl += words[1:]
        return capabilities(names, sasl, starttls="STARTTLS")

    async def ask_tls(self) -> None:
        """Say STARTTLS and wait for the 220."""
        await self._wire.send(b"STARTTLS\r\n")
        code, lines = await self._reply()
        if code // 100 != 2:
            raise EndedError(Ending.STARTTLS_REFUSED, clean_text(b" ".join(lines)))

    async def after_tls(self) -> None:
        """Nothing: the client speaks first."""

    async def leave(self) -> None:
        """Say QUIT and wait for the 221."""
        await self._wire.send(b"QUIT\r\n")
        await self._reply()

    async def _reply(self, *, is_greeting: bool = False) -> tuple[int, list[bytes]]:
        """Read one reply whole. Some servers send it in pieces, so it ends with the line that has no hyphen."""
        lines: list[bytes] = []
        while True:
            line = await self._wire.read_line()
            found = _REPLY.fullmatch(line)
            if found is None:
                raise not_this_protocol(self._wire, line)
            if is_greeting and b"FTP" in line.upper():
                raise EndedError(Ending.NOT_THIS_PROTOCOL, clean_text(line), "ftp")
            lines.append(found[3])
            if found[2] != b"-":
                return int(found[1]), lines


def _no(code: int, lines: list[bytes]) -> EndedError:
    ending = Ending.TEMPORARILY_REFUSED if code // 100 == 4 else Ending.TURNED_AWAY
    return EndedError(ending, clean_text(f"{code} ".encode() + b" ".join(lines)))


def _literal(address: str) -> str:
    found = ip_address(address.partition("%")[0])
    return f"[IPv6:{found}]" if isinstance(found, IPv6Address) else f"[{found}]"

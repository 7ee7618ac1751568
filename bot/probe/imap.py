"""IMAP: greeting, CAPABILITY, STARTTLS, LOGOUT.

Source: RFC 9051 sections 7.1 (greeting, BYE, PREAUTH), 6.1.1 (CAPABILITY), 6.2.1 (STARTTLS) and 4.3 (literals),
RFC 5530 (UNAVAILABLE, INUSE, LIMIT).
"""

from __future__ import annotations

import re

from bot.probe.dialogue import Capabilities, capabilities, not_this_protocol
from bot.probe.facts import EndedError, Ending, clean_text
from bot.probe.wire import Wire

_GREETING = re.compile(rb"\* (OK|PREAUTH|BYE)( .*)?", re.IGNORECASE | re.DOTALL)
_LITERAL = re.compile(rb"\{([0-9]{1,18})\+?\}$")


class Imap:
    """One IMAP connection.

    Args:
        wire: The connection.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._count = 0

    async def greet(self) -> str:
        """Wait for `* OK`.

        Raises:
            EndedError: `* BYE` is `temporarily_refused`.
        """
        line = await self._wire.read_line()
        found = _GREETING.fullmatch(line)
        if found is None:
            raise not_this_protocol(self._wire, line)
        if found[1].upper() == b"BYE":
            raise EndedError(Ending.TEMPORARILY_REFUSED, clean_text(line))
        return clean_text(line[2:])

    async def ask_capabilities(self) -> Capabilities:
        """Ask for CAPABILITY."""
        status, lines = await self._command(b"CAPABILITY")
        names = [
            name
            for line in lines
            if line[:13].upper() == b"* CAPABILITY "
            for name in line[13:].split()
        ]  # fmt: skip
        if status != b"OK" or not names:
            raise EndedError(Ending.NOT_THIS_PROTOCOL, clean_text(lines[-1]))
        upper = [name.decode("latin-1").upper() for name in names]
        sasl = [name.removeprefix("AUTH=") for name in upper if name.startswith("AUTH=")]
        # The LOGIN command is there unless it is said not to be; SASL LOGIN is another thing with the same risk.
        if "LOGINDISABLED" not in upper:
            sasl.append("LOGIN")
        return capabilities(names, sasl, starttls="STARTTLS")

    async def ask_tls(self) -> None:
        """Ask for STARTTLS and wait for the tagged OK."""
        status, lines = await self._command(b"STARTTLS")
        if status != b"OK":
            raise EndedError(Ending.STARTTLS_REFUSED, clean_text(lines[-1]))

    async def after_tls(self) -> None:
        """Nothing: the client speaks first."""

    async def leave(self) -> None:
        """Say LOGOUT and wait for its OK."""
        await self._command(b"LOGOUT", bye_is_fine=True)

    async def _command(self, name: bytes, *, bye_is_fine: bool = False) -> tuple[bytes, list[bytes]]:
        self._count += 1
        tag = f"p{self._count}".encode("ascii")
        await self._wire.send(tag + b" " + name + b"\r\n")
        lines: list[bytes] = []
        while True:
            line = await self._logical_line()
            lines.append(line)
            if line.startswith(tag + b" "):
                return line[len(tag) + 1 :].split(b" ", 1)[0].upper(), lines
            if not line.startswith((b"* ", b"+")):
                raise not_this_protocol(self._wire, line)
            if line[:6].upper() == b"* BYE " and not bye_is_fine:
                raise EndedError(Ending.TEMPORARILY_REFUSED, clean_text(line))

    async def _logical_line(self) -> bytes:
        """Read a line with its literals: what looks like the next reply inside a literal is none."""
        line = await self._wire.read_line()
        while (literal := _LITERAL.search(line)) is not None:
            line += await self._wire.read_exactly(int(literal[1]))
            line += await self._wire.read_line()
        return line

"""POP3: greeting, CAPA, STLS, QUIT.

Source: RFC 1939 sections 3 and 4 (replies, the line with the dot), RFC 2449 sections 5 and 8 (CAPA, response codes),
RFC 2595 section 4 (STLS), RFC 3206 (SYS/TEMP), RFC 5034 (SASL).
"""

from __future__ import annotations

import re

from bot.probe.dialogue import Capabilities, capabilities, not_this_protocol
from bot.probe.facts import EndedError, Ending, clean_text
from bot.probe.wire import Wire

_STATUS = re.compile(rb"(\+OK|-ERR)( .*)?", re.IGNORECASE | re.DOTALL)
_TEMPORARY = re.compile(rb"\[(SYS/TEMP|IN-USE|LOGIN-DELAY)", re.IGNORECASE)


class Pop3:
    """One POP3 connection.

    Args:
        wire: The connection.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def greet(self) -> str:
        """Wait for `+OK`.

        Raises:
            EndedError: `-ERR` is `temporarily_refused` with a code that says so, else `turned_away`.
        """
        is_ok, line = await self._status()
        if not is_ok:
            ending = Ending.TEMPORARILY_REFUSED if _TEMPORARY.search(line) else Ending.TURNED_AWAY
            raise EndedError(ending, clean_text(line))
        return clean_text(line[4:])

    async def ask_capabilities(self) -> Capabilities:
        """Ask for CAPA; a server that does not know it has the old commands, USER among them."""
        await self._wire.send(b"CAPA\r\n")
        is_ok, line = await self._status()
        if not is_ok:
            if _TEMPORARY.search(line):
                raise EndedError(Ending.TEMPORARILY_REFUSED, clean_text(line))
            return Capabilities((), ("USER",), offers_starttls=False)
        names: list[bytes] = []
        while (line := await self._wire.read_line()) != b".":
            names.append(line.removeprefix(b"."))
        sasl: list[str] = []
        for name in names:
            words = name.decode("latin-1").upper().split()
            if words[:1] == ["SASL"]:
                sasl += words[1:]
            elif words[:1] == ["USER"]:
                sasl.append("USER")
        return capabilities(names, sasl, starttls="STLS")

    async def ask_tls(self) -> None:
        """Say STLS and wait for `+OK`."""
        await self._wire.send(b"STLS\r\n")
        is_ok, line = await self._status()
        if not is_ok:
            raise EndedError(Ending.STARTTLS_REFUSED, clean_text(line))

    async def after_tls(self) -> None:
        """Nothing: the client speaks first."""

    async def leave(self) -> None:
        """Say QUIT and wait for the answer."""
        await self._wire.send(b"QUIT\r\n")
        await self._status()

    async def _status(self) -> tuple[bool, bytes]:
        line = await self._wire.read_line()
        found = _STATUS.fullmatch(line)
        if found is None:
            raise not_this_protocol(self._wire, line)
        return found[1].upper() == b"+OK", line

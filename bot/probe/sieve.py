"""ManageSieve: the capabilities that are its greeting, STARTTLS, LOGOUT.

Source: RFC 5804 sections 1.2 (responses, BYE), 1.7 (capabilities, sent again after TLS), 2.2 (STARTTLS), 4 (literals).
"""

from __future__ import annotations

import asyncio
import re
from typing import Final

from bot.probe.dialogue import Capabilities, capabilities, not_this_protocol
from bot.probe.facts import EndedError, Ending, clean_text
from bot.probe.wire import Wire

_END = re.compile(rb"(OK|NO|BYE)(?:[ (].*)?", re.IGNORECASE | re.DOTALL)
_CAPABILITY = re.compile(rb'"([^"]*)"(?: "(.*)")?\s*', re.DOTALL)
_LITERAL = re.compile(rb"\{([0-9]{1,18})\+?\}$")
UNASKED_S: Final = 2.0
"""Old servers do not send their capabilities unasked."""


class Sieve:
    """One ManageSieve connection.

    Args:
        wire: The connection.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lines: list[bytes] = []

    async def greet(self) -> str:
        """Wait for the capabilities and their OK; the text is the name of the implementation."""
        self._lines = await self._response()
        for line in self._lines:
            found = _CAPABILITY.fullmatch(line)
            if found is not None and found[1].upper() == b"IMPLEMENTATION":
                return clean_text(found[2] or b"")
        return ""

    async def ask_capabilities(self) -> Capabilities:
        """Return what the greeting, or the server's word after TLS, said; it need not be asked again."""
        names: list[bytes] = []
        sasl: list[str] = []
        for line in self._lines:
            found = _CAPABILITY.fullmatch(line)
            if found is None:
                continue
            names.append(found[1] if found[2] is None else found[1] + b" " + found[2])
            if found[1].upper() == b"SASL":
                sasl += (found[2] or b"").decode("latin-1").split()
        return capabilities(names, sasl, starttls="STARTTLS")

    async def ask_tls(self) -> None:
        """Ask for STARTTLS and wait for OK."""
        await self._wire.send(b"STARTTLS\r\n")
        try:
            await self._response()
        except EndedError as error:
            if error.ending is Ending.TURNED_AWAY:
                raise EndedError(Ending.STARTTLS_REFUSED, error.detail) from error
            raise

    async def after_tls(self) -> None:
        """Read the capabilities that the server sends by itself after the handshake; ask for them if it does not."""
        try:
            async with asyncio.timeout(UNASKED_S):
                self._lines = await self._response()
        except TimeoutError:
            await self._wire.send(b"CAPABILITY\r\n")
            self._lines = await self._response()

    async def leave(self) -> None:
        """Say LOGOUT and wait for OK."""
        await self._wire.send(b"LOGOUT\r\n")
        await self._response()

    async def _response(self) -> list[bytes]:
        """Read lines up to the one that ends the response.

        Raises:
            EndedError: NO is `turned_away`, BYE is `temporarily_refused`.
        """
        lines: list[bytes] = []
        while True:
            line = await self._wire.read_line()
            while (literal := _LITERAL.search(line)) is not None:
                text = await self._wire.read_exactly(int(literal[1]))
                line = line[: literal.start()] + b'"' + text.replace(b'"', b"'") + b'"' + await self._wire.read_line()
            end = _END.fullmatch(line)
            if end is not None:
                if end[1].upper() == b"OK":
                    return lines
                ending = Ending.TEMPORARILY_REFUSED if end[1].upper() == b"BYE" else Ending.TURNED_AWAY
                raise EndedError(ending, clean_text(line))
            if not line.startswith(b'"'):
                raise not_this_protocol(self._wire, line)
            lines.append(line)

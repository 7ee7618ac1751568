"""What the four protocols have in common: greet, ask for capabilities, ask for TLS, leave.

Each speaks one command at a time and reads each reply whole before the next; none of them knows how to log in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from bot.probe.facts import MAX_TEXT, EndedError, Ending, clean_text, recognise
from bot.probe.wire import Wire

MAX_CAPABILITIES: Final = 100


@dataclass(frozen=True)
class Capabilities:
    """What a server said that it can do."""

    names: tuple[str, ...]
    """As the server wrote them, cleaned and cut."""
    sasl: tuple[str, ...]
    """Mechanisms in upper case; a plain login command counts by its name (`LOGIN` in IMAP, `USER` in POP3)."""
    offers_starttls: bool


class Dialogue(Protocol):
    """One protocol on one connection."""

    async def greet(self) -> str:
        """Wait for the greeting and return its text; raises `EndedError` where it is none of this protocol."""
        ...

    async def ask_capabilities(self) -> Capabilities:
        """Ask what the server can do."""
        ...

    async def ask_tls(self) -> None:
        """Ask to start TLS; returns when the server agreed, raises `EndedError` where it did not."""
        ...

    async def after_tls(self) -> None:
        """Read what the server says by itself after the handshake."""
        ...

    async def leave(self) -> None:
        """Say goodbye and wait for the answer."""
        ...


def capabilities(names: list[bytes], sasl: list[str], *, starttls: str) -> Capabilities:
    """Put capabilities together, without repetition and within limits."""
    shown = tuple(dict.fromkeys(clean_text(name) for name in names[:MAX_CAPABILITIES]))
    mechanisms = tuple(dict.fromkeys(clean_text(name, 40).upper() for name in sasl[:MAX_CAPABILITIES]))
    return Capabilities(shown, mechanisms, any(name.upper() == starttls for name in shown))


def not_this_protocol(wire: Wire, line: bytes) -> EndedError:
    """Return how a dialogue ends whose other side speaks something else."""
    if wire.first[:1] in {b"\x14", b"\x15", b"\x16", b"\x17"} and wire.first[1:2] == b"\x03":
        return EndedError(Ending.TLS_ON_PLAIN, "", "tls")
    return EndedError(Ending.NOT_THIS_PROTOCOL, clean_text(line, MAX_TEXT), recognise(line))

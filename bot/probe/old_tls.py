"""Ask, on a connection of its own, whether a port still accepts TLS 1.0 or 1.1.

Source: RFC 8996 (both are deprecated).
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.probe.dial import dial
from bot.probe.facts import EndedError, Ending, OldTlsFacts, TlsFacts
from bot.probe.plan import PortPlan, ProbePlan
from bot.probe.protocols import DIALOGUES
from bot.probe.target import Address, Guard
from bot.probe.tls import TLS_1_0, TLS_1_1, shake_old_hands
from bot.probe.wire import Wire

_NO = frozenset({Ending.TLS_FAILED, Ending.RESET, Ending.CLOSED_EARLY})
"""How a server says no to a handshake: with an alert, or by hanging up."""


@dataclass(frozen=True)
class OldTls:
    """What was found out."""

    facts: OldTlsFacts
    tls: TlsFacts | None = None
    """The handshake with an old version, where there was one: all that a server shows that speaks nothing newer."""


@dataclass(frozen=True)
class OldTlsQuestion:
    """Where to ask."""

    plan: ProbePlan
    port: PortPlan
    address: Address
    """That answered the main connection."""
    guard: Guard
    deadline: float

    async def ask(self) -> OldTls:
        """Offer both old versions; where the newer of them is taken, offer the older one alone."""
        newest = await self._offer(TLS_1_1)
        if not isinstance(newest, TlsFacts):
            return OldTls(OldTlsFacts(newest, newest))
        if newest.version == "TLSv1":
            return OldTls(OldTlsFacts(tls_1_0=True, tls_1_1=False), newest)
        oldest = await self._offer(TLS_1_0)
        return OldTls(OldTlsFacts(True if isinstance(oldest, TlsFacts) else oldest, True), newest)

    async def _offer(self, most: int) -> TlsFacts | bool | None:
        """Return the handshake; False where it was refused, None where nobody can tell."""
        is_asked = False
        try:
            sock, _ = await dial([self.address], self.port.port, guard=self.guard, deadline=self.deadline)
            wire = Wire(sock, deadline=self.deadline)
            try:
                if self.port.security == "starttls":
                    dialogue = DIALOGUES[self.port.protocol](wire)
                    await dialogue.greet()
                    if not (await dialogue.ask_capabilities()).offers_starttls:
                        return None
                    await dialogue.ask_tls()
                    if wire.unread:
                        return None
                is_asked = True
                return await shake_old_hands(wire, self.plan.host, self.plan.ca_file, most)
            finally:
                wire.close()
        except EndedError as error:
            return False if is_asked and error.ending in _NO else None

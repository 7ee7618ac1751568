"""Probe one port: connect, talk, shake hands, and write down what was seen up to where it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from bot.kb.model import Protocol
from bot.probe.dial import dial
from bot.probe.dialogue import Dialogue
from bot.probe.facts import EndedError, Ending, PortFacts, Stage, TlsFacts, clean_text
from bot.probe.old_tls import OldTls, OldTlsQuestion
from bot.probe.plan import PortPlan, ProbePlan
from bot.probe.protocols import DIALOGUES
from bot.probe.target import Address, Guard
from bot.probe.tls import shake_hands
from bot.probe.wire import Wire

SILENCE_S: Final[dict[Protocol, float]] = {"imap": 2.5, "pop3": 2.5, "sieve": 2.5, "smtp": 5.5}
"""After this much silence on a port that should greet, a second connection tries whether TLS is spoken there. SMTP servers
often greet late on purpose, to catch clients that speak first."""
_GOODBYE_S: Final = 0.5
_NET_S: Final = 0.1
_OLD_TLS_S: Final = 1.0
"""What the question about old TLS gets at least when everything else is known."""


class PortProbe:
    """The work on one port. The facts grow with the dialogue, so that whatever ends it loses nothing.

    Args:
        plan: The whole probe.
        port: This port.
        addresses: Of the host, all allowed at this port.
        refused: Addresses that the guard refused.
        guard: Asked again for each connection.
        deadline: In the loop's time.
    """

    def __init__(
        self,
        plan: ProbePlan,
        port: PortPlan,
        addresses: Sequence[Address],
        refused: Sequence[Address],
        guard: Guard,
        deadline: float,
    ) -> None:
        self._plan = plan
        self._port = port
        self._addresses = addresses
        self._guard = guard
        self._deadline = deadline
        self._old: asyncio.Task[OldTls] | None = None
        self._facts = PortFacts(
            port.protocol,
            port.port,
            port.security,
            Ending.NOT_ALLOWED if not addresses else Ending.TIMED_OUT,
            Stage.CONNECT,
            refused_addresses=tuple(map(str, refused)),
        )

    async def run(self) -> PortFacts:
        """Probe the port; returns by the deadline, and ends all that it started also when it is cancelled."""
        if not self._addresses:
            return self._facts
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            try:
                # Every wait inside ends by the deadline and knows what it was for; this is the net below them.
                async with asyncio.timeout_at(self._deadline + _NET_S):
                    await self._dialogue(started)
            except EndedError as error:
                self._see(ending=error.ending, detail=error.detail, spoken=error.spoken)
            except TimeoutError:
                if self._facts.stage is not Stage.DONE:
                    self._see(ending=Ending.TIMED_OUT)
            await self._take_old_tls(started)
        finally:
            await _end(self._old)
        self._see(elapsed_ms=_ms(loop.time() - started))
        return self._facts

    async def _dialogue(self, started: float) -> None:
        sock, address = await dial(self._addresses, self._port.port, guard=self._guard, deadline=self._deadline)
        wire = Wire(sock, deadline=self._deadline)
        try:
            self._see(
                address=str(address),
                family="ipv6" if address.version == 6 else "ipv4",
                connect_ms=_ms(asyncio.get_running_loop().time() - started),
            )
            dialogue = DIALOGUES[self._port.protocol](wire)
            if self._port.security == "implicit_tls":
                await self._begin_with_tls(wire, dialogue, address)
            else:
                await self._begin_in_the_clear(wire, dialogue, address)
            if self._facts.tls is not None:
                after = await dialogue.ask_capabilities()
                self._see(capabilities_after=after.names, sasl_after=after.sasl)
            self._see(stage=Stage.DONE, ending=Ending.COMPLETED)
            # A server that is slow to say goodbye changes no fact.
            with suppress(EndedError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await dialogue.leave()
        finally:
            wire.close()

    async def _begin_with_tls(self, wire: Wire, dialogue: Dialogue, address: Address) -> None:
        self._see(stage=Stage.TLS)
        self._ask_about_old_tls(address)
        self._see(tls=await self._shake_hands(wire), stage=Stage.GREETING)
        self._see(greeting=await dialogue.greet(), stage=Stage.CAPABILITIES_AFTER)

    async def _begin_in_the_clear(self, wire: Wire, dialogue: Dialogue, address: Address) -> None:
        self._see(stage=Stage.GREETING)
        self._see(greeting=await self._greet(dialogue, address), stage=Stage.CAPABILITIES)
        # Beside the dialogue, which is about to do the same: waiting for its end would double the time.
        self._ask_about_old_tls(address)
        before = await dialogue.ask_capabilities()
        self._see(capabilities_before=before.names, sasl_before=before.sasl, starttls_offered=before.offers_starttls)
        if not before.offers_starttls:
            return
        self._see(stage=Stage.STARTTLS)
        await dialogue.ask_tls()
        if wire.unread:
            raise EndedError(Ending.BYTES_BEFORE_TLS, clean_text(wire.unread))
        self._see(stage=Stage.TLS)
        try:
            self._see(tls=await self._shake_hands(wire), stage=Stage.CAPABILITIES_AFTER)
        except EndedError as error:
            if error.ending in {Ending.PLAIN_ON_TLS, Ending.NOT_THIS_PROTOCOL}:
                raise EndedError(Ending.BYTES_BEFORE_TLS, error.detail) from error
            raise
        await dialogue.after_tls()

    async def _greet(self, dialogue: Dialogue, address: Address) -> str:
        """Wait for the greeting; after some silence, try on a second connection whether the port speaks TLS."""
        greeting = asyncio.create_task(dialogue.greet())
        attempt: asyncio.Task[EndedError | None] | None = None
        try:
            if not self._plan.tries_tls_on_silence:
                return await greeting
            await asyncio.wait({greeting}, timeout=SILENCE_S[self._port.protocol])
            if not greeting.done():
                attempt = asyncio.create_task(self._try_tls(address))
                await asyncio.wait({greeting, attempt}, return_when=asyncio.FIRST_COMPLETED)
                if not greeting.done() and (other := attempt.result()) is not None:
                    raise other
            return await greeting
        finally:
            await _end(greeting, attempt)

    async def _try_tls(self, address: Address) -> EndedError | None:
        """Return how the port must be understood, if a TLS handshake shows it."""
        try:
            sock, _ = await dial([address], self._port.port, guard=self._guard, deadline=self._deadline)
            wire = Wire(sock, deadline=self._deadline)
            try:
                self._see(tls=await self._shake_hands(wire))
            finally:
                wire.close()
        except EndedError as error:
            if error.ending is Ending.NOT_THIS_PROTOCOL:
                return error
            # A handshake that fails is spoken TLS too.
            return EndedError(Ending.TLS_ON_PLAIN, spoken="tls") if error.ending is Ending.TLS_FAILED else None
        return EndedError(Ending.TLS_ON_PLAIN, spoken="tls")

    def _shake_hands(self, wire: Wire) -> Awaitable[TlsFacts]:
        return shake_hands(wire, self._plan.host, self._plan.ca_file)

    def _ask_about_old_tls(self, address: Address) -> None:
        if self._plan.checks_old_tls:
            question = OldTlsQuestion(self._plan, self._port, address, self._guard, self._deadline)
            self._old = asyncio.create_task(question.ask())

    async def _take_old_tls(self, started: float) -> None:
        """Take the answer about old TLS, where TLS was reached at all."""
        facts = self._facts
        if self._old is None or (facts.tls is None and facts.stage is not Stage.TLS):
            return
        now = asyncio.get_running_loop().time()
        left = min(self._deadline - now, max(_OLD_TLS_S, (now - started) / 4))
        await asyncio.wait({self._old}, timeout=max(0.0, left))
        if self._old.done():
            found = self._old.result()
            self._see(old_tls=found.facts, tls=facts.tls or found.tls)

    def _see(self, **seen: Any) -> None:
        self._facts = replace(self._facts, **seen)


async def _end(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel what still runs and wait until it is gone, its sockets closed."""
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)

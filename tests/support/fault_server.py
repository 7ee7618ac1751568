"""One server of faults: each script is what a broken or hostile mail server does to whoever connects.

A script is a coroutine over a `Talk`, one per connection. TLS runs over the same standard library as any server's, through
`start_tls`, so that a fault can begin at any byte.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Script = Callable[["Talk"], Awaitable[None]]


class Talk:
    """One connection, from the server's side."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext | None
    ) -> None:
        self.reader = reader
        self.writer = writer
        self._context = context
        self.heard: list[bytes] = []

    async def say(self, text: bytes) -> None:
        """Send at once."""
        self.writer.write(text)
        await self.writer.drain()

    async def hear(self) -> bytes:
        """Read one line."""
        line = await self.reader.readline()
        if not line:
            raise ConnectionResetError
        self.heard.append(line.strip())
        return line.strip()

    async def start_tls(self) -> None:
        """Shake hands."""
        assert self._context is not None
        await self.writer.start_tls(self._context)

    async def reset(self) -> None:
        """Cut the connection with RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def wait_for_the_end(self) -> None:
        """Say nothing until the other side has gone."""
        while await self.reader.read(4096):
            pass


class FaultServer:
    """A running server.

    Args:
        script: Played on each connection.
        context: For its TLS.
    """

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._context = context
        self.talks: list[Talk] = []
        self.open = 0
        self.port = 0

    @asynccontextmanager
    async def running(self, address: str = "127.0.0.1") -> AsyncIterator[FaultServer]:
        """Run on a free port; ends every connection at the end."""
        server = await asyncio.start_server(self._serve, address, 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for talk in self.talks:
                talk.writer.transport.abort()
            for _ in range(200):
                if not self.open:
                    break
                await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = Talk(reader, writer, self._context)
        self.talks.append(talk)
        self.open += 1
        try:
            with contextlib.suppress(OSError, ssl.SSLError, asyncio.IncompleteReadError):
                await self._script(talk)
        finally:
            self.open -= 1
            # After a handshake that failed, nobody ever says that the connection is closed.
            with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):
                writer.close()
                await asyncio.wait_for(writer.wait_closed(), 1)


# -- sound dialogues, to which a fault is added ------------------------------------------------------------------------


async def imap(talk: Talk, *, starttls: bool = True, login_disabled: bool = True, is_tls: bool = False) -> None:
    """Speak IMAP until LOGOUT."""
    await talk.say(b"* OK ready\r\n")
    while True:
        tag, _, command = (await talk.hear()).partition(b" ")
        if command == b"CAPABILITY":
            names = b"IMAP4rev1"
            if not is_tls:
                names += (b" STARTTLS" if starttls else b"") + (b" LOGINDISABLED" if login_disabled else b"")
            names += b" AUTH=PLAIN" if is_tls or not login_disabled else b""
            await talk.say(b"* CAPABILITY " + names + b"\r\n" + tag + b" OK done\r\n")
        elif command == b"STARTTLS":
            await talk.say(tag + b" OK begin\r\n")
            await talk.start_tls()
            is_tls = True
        else:
            await talk.say(b"* BYE bye\r\n" + tag + b" OK bye\r\n")
            return


async def imaps(talk: Talk) -> None:
    """Speak IMAP under TLS from the start."""
    await talk.start_tls()
    await imap(talk, is_tls=True)


async def smtp(talk: Talk, *, greeting: bytes = b"220 mail.fault.test ESMTP\r\n", is_tls: bool = False) -> None:
    """Speak SMTP until QUIT."""
    await talk.say(greeting)
    while True:
        command = (await talk.hear()).split(b" ")[0].upper()
        if command == b"EHLO":
            rest = b"250 AUTH PLAIN\r\n" if is_tls else b"250 STARTTLS\r\n"
            await talk.say(b"250-mail.fault.test\r\n250-SIZE 1000\r\n" + rest)
        elif command == b"STARTTLS":
            await talk.say(b"220 go\r\n")
            await talk.start_tls()
            is_tls = True
        else:
            await talk.say(b"221 bye\r\n")
            return


async def sieve(talk: Talk, *, unasked: bool = True) -> None:
    """Speak ManageSieve until LOGOUT; RFC 5804 wants the capabilities again, unasked, after TLS."""
    names = b'"IMPLEMENTATION" {5}\r\nSound\r\n"VERSION" "1.0"\r\n"SASL" "%b"\r\n%bOK "ready"\r\n'
    before, after = names % (b"", b'"STARTTLS"\r\n'), names % (b"PLAIN", b"")
    await talk.say(before)
    is_tls = False
    while True:
        command = await talk.hear()
        if command == b"STARTTLS":
            await talk.say(b'OK "begin"\r\n')
            await talk.start_tls()
            is_tls = True
            if unasked:
                await talk.say(after)
        elif command == b"CAPABILITY":
            await talk.say(after if is_tls else before)
        else:
            await talk.say(b"OK\r\n")
            return


async def pop3(talk: Talk, *, has_capa: bool = True) -> None:
    """Speak POP3 until QUIT."""
    is_tls = False
    await talk.say(b"+OK ready <1.2@mail.fault.test>\r\n")
    while True:
        command = await talk.hear()
        if command == b"CAPA" and has_capa:
            await talk.say(
                b"+OK\r\nTOP\r\nUIDL\r\n" + (b"USER\r\nSASL PLAIN\r\n" if is_tls else b"STLS\r\n") + b".\r\n"
            )
        elif command == b"STLS" and has_capa:
            await talk.say(b"+OK begin\r\n")
            await talk.start_tls()
            is_tls = True
        else:
            await talk.say(b"-ERR what?\r\n" if command == b"CAPA" else b"+OK bye\r\n")
            if command != b"CAPA":
                return

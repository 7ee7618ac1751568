"""The bytes of one connection, in the clear or under TLS, with limits on everything.

TLS runs over memory (OpenSSL never sees the socket), so that a handshake at once and one after STARTTLS share this code, and
each byte from outside is counted before anything looks at it.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from bot.probe.facts import EndedError, Ending, clean_text, recognise

if TYPE_CHECKING:
    from OpenSSL import SSL

MAX_BYTES: Final = 64 * 1024
"""In all, from one connection, the handshake included."""
MAX_LINE: Final = 8 * 1024
READ_TIMEOUT_S: Final = 7.0
"""Longer than servers let a client wait that is to show its manners (5 s in Sendmail, 6 s in Postfix's postscreen)."""
_CHUNK: Final = 4096
_FIRST: Final = 80
_TLS_RECORDS: Final = frozenset({0x14, 0x15, 0x16, 0x17})


class Wire:
    """One connection.

    Args:
        sock: Connected and not blocking; closed by `close`.
        deadline: In the loop's time; nothing waits longer.
        read_timeout_s: The longest wait for any single read.
    """

    def __init__(self, sock: socket.socket, *, deadline: float, read_timeout_s: float = READ_TIMEOUT_S) -> None:
        self._sock = sock
        self._deadline = deadline
        self._read_timeout_s = read_timeout_s
        self._clear = bytearray()
        self._received = 0
        self._tls: SSL.Connection | None = None
        self.first = b""
        """The first bytes the other side sent at all."""

    @property
    def local_address(self) -> str:
        """Our own address on this connection."""
        return str(self._sock.getsockname()[0])

    @property
    def unread(self) -> bytes:
        """What came in and was not asked for yet."""
        return bytes(self._clear)

    async def read_line(self) -> bytes:
        """Return the next line without its end; a bare LF ends a line too.

        Raises:
            EndedError: The other side was too slow, said too much, or is gone.
        """
        while (end := self._clear.find(b"\n")) < 0:
            if len(self._clear) > MAX_LINE:
                raise EndedError(Ending.TOO_MUCH, clean_text(bytes(self._clear)))
            self._clear += await self._read_some()
        if end > MAX_LINE:
            raise EndedError(Ending.TOO_MUCH, clean_text(bytes(self._clear)))
        line = bytes(self._clear[:end])
        del self._clear[: end + 1]
        return line.removesuffix(b"\r")

    async def read_exactly(self, count: int) -> bytes:
        """Return *count* bytes.

        Raises:
            EndedError: As `read_line`; more than the cap is refused before any is read.
        """
        if count > MAX_LINE:
            raise EndedError(Ending.TOO_MUCH)
        while len(self._clear) < count:
            self._clear += await self._read_some()
        data = bytes(self._clear[:count])
        del self._clear[:count]
        return data

    async def send(self, data: bytes) -> None:
        """Send all of *data*.

        Raises:
            EndedError: The other side does not take it.
        """
        if self._tls is not None:
            self._tls.send(data)
            data = _outgoing(self._tls)
        await self._send_raw(data)

    async def start_tls(self, connection: SSL.Connection) -> None:
        """Complete a handshake and read and write through it from now on.

        Args:
            connection: Over memory, in the client's role, its name and callbacks set.

        Raises:
            EndedError: It failed; `plain_on_tls` or `not_this_protocol` where clear text came instead of TLS.
        """
        from OpenSSL import SSL

        is_first = True
        while True:
            try:
                connection.do_handshake()
            except SSL.WantReadError:
                await self._send_raw(_outgoing(connection))
                data = await self._receive()
                if is_first and data[0] not in _TLS_RECORDS:
                    raise await self._not_tls(data) from None
                is_first = False
                connection.bio_write(data)
            except SSL.Error as error:
                with suppress(EndedError):
                    await self._send_raw(_outgoing(connection))  # our alert: the other side's log should say why
                raise EndedError(Ending.TLS_FAILED, clean_text(_reason(error))) from error
            else:
                await self._send_raw(_outgoing(connection))
                self._tls = connection
                return

    async def _not_tls(self, data: bytes) -> EndedError:
        # A greeting may come in pieces; a little more of it tells what is spoken.
        with suppress(EndedError):
            while len(data) < 16 and b"\n" not in data:
                data += await self._receive()
        spoken = recognise(data)
        is_mail = spoken in {"imap", "pop3", "smtp", "sieve"}
        ending = Ending.PLAIN_ON_TLS if is_mail else Ending.NOT_THIS_PROTOCOL
        return EndedError(ending, clean_text(data[:_FIRST]), spoken)

    def close(self) -> None:
        """Close the connection, politely under TLS; may be called twice."""
        if self._tls is not None:
            from OpenSSL import SSL

            with suppress(SSL.Error, OSError):
                self._tls.shutdown()
                self._sock.send(_outgoing(self._tls))
            self._tls = None
        self._sock.close()

    async def _read_some(self) -> bytes:
        if self._tls is None:
            return await self._receive()
        from OpenSSL import SSL

        while True:
            try:
                return self._tls.recv(_CHUNK)
            except SSL.WantReadError:
                # A key update or the like may have to be answered before more comes.
                await self._send_raw(_outgoing(self._tls))
                self._tls.bio_write(await self._receive())
            except SSL.ZeroReturnError:
                raise EndedError(Ending.CLOSED_EARLY) from None
            except SSL.Error as error:
                raise EndedError(Ending.TLS_FAILED, clean_text(_reason(error))) from error

    async def _receive(self) -> bytes:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(min(self._deadline, loop.time() + self._read_timeout_s)):
                data = await loop.sock_recv(self._sock, _CHUNK)
        except TimeoutError:
            raise EndedError(Ending.TIMED_OUT) from None
        except OSError as error:
            raise EndedError(Ending.RESET) from error
        if not data:
            raise EndedError(Ending.CLOSED_EARLY)
        self._received += len(data)
        if len(self.first) < _FIRST:
            self.first = (self.first + data)[:_FIRST]
        if self._received > MAX_BYTES:
            raise EndedError(Ending.TOO_MUCH, clean_text(bytes(self._clear)))
        return data

    async def _send_raw(self, data: bytes) -> None:
        if not data:
            return
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(min(self._deadline, loop.time() + self._read_timeout_s)):
                await loop.sock_sendall(self._sock, data)
        except TimeoutError:
            raise EndedError(Ending.TIMED_OUT) from None
        except OSError as error:
            raise EndedError(Ending.RESET) from error


def _outgoing(connection: SSL.Connection) -> bytes:
    """Return all that OpenSSL wants sent."""
    from OpenSSL import SSL

    data = b""
    with suppress(SSL.WantReadError):
        while True:
            data += connection.bio_read(_CHUNK)
    return data


def _reason(error: SSL.Error) -> str:
    """Return OpenSSL's own words, such as `tlsv1 alert protocol version`."""
    queue = error.args[0] if error.args else ()
    return "; ".join(entry[-1] for entry in queue if entry) if isinstance(queue, list) else type(error).__name__

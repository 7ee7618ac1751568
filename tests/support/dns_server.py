"""A real DNS server (NSD) of the tests' own on loopback, and before it a front that fails where a test wants it to."""

from __future__ import annotations

import asyncio
import shutil
import socket
import struct
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from tests.support.own_server import OwnServer

_AAAA = 28
_HEADER = "$ORIGIN test.\n$TTL 60\n@ SOA ns admin 1 60 60 60 60\n@ NS ns\nns A 127.0.0.1\n"


def missing_reason() -> str | None:
    """Why no DNS server can be started here, in words for a skipped test; None if it can."""
    return (
        None
        if _program() is not None
        else "NSD is not installed here; `make servers` installs it where that is allowed"
    )


class NsdServer(OwnServer):
    """NSD with one zone, `test.`. Use as a context manager.

    Args:
        records: Lines of the zone, after its head.
    """

    name = "NSD"
    start_timeout_s = 15.0
    kind = socket.SOCK_DGRAM

    def __init__(self, records: str) -> None:
        super().__init__()
        self._records = records

    @property
    def address(self) -> tuple[str, int]:
        """Return where it is."""
        return "127.0.0.1", self.port

    def _prepare(self) -> None:
        (self._directory / "test.zone").write_text(_HEADER + self._records, encoding="ascii")

    def _launch(self) -> subprocess.Popen[bytes]:
        here = self._directory
        (here / "nsd.conf").write_text(
            f"""server:
  ip-address: 127.0.0.1@{self.port}
  username: ""
  chroot: ""
  zonesdir: "{here}"
  zonelistfile: "{here}/zone.list"
  xfrdfile: "{here}/xfrd.state"
  xfrdir: "{here}"
  pidfile: ""
  logfile: "{here}/log"
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: test
  zonefile: test.zone
""",
            encoding="ascii",
        )
        program = _program()
        assert program is not None
        return subprocess.Popen(
            [program, "-d", "-c", str(here / "nsd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def _answers(self) -> bool:
        query = struct.pack("!6H", 1, 0, 1, 0, 0, 0) + b"\x04test\x00" + struct.pack("!2H", 6, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.2)
            try:
                asker.connect(("127.0.0.1", self.port))
                asker.send(query)
                return asker.recv(512)[3] & 0x0F == 0
            except OSError:
                return False


class _Front(asyncio.DatagramProtocol):
    """Hands queries on to NSD, but fails for names below `servfail.test`, stays silent below `silent.test`, and leaves AAAA of
    names below `ac.test` unanswered, as many servers do.
    """

    def __init__(self, upstream: tuple[str, int]) -> None:
        self._upstream = upstream
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None
        self.questions: list[str] = []
        self.asked = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for the answers."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one query."""
        assert self._transport is not None
        name = _question(data)
        self.questions.append(name)
        self.asked.set()
        if f".{name}".endswith(".servfail.test"):
            self._transport.sendto(data[:2] + b"\x81\x82" + data[4:6] + b"\0" * 6 + data[12:], addr)
        elif not f".{name}".endswith(".silent.test") and not (f".{name}".endswith(".ac.test") and _kind(data) == _AAAA):
            task = asyncio.create_task(self._hand_on(data, addr))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _hand_on(self, data: bytes, addr: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.setblocking(False)
            asker.connect(self._upstream)
            async with asyncio.timeout(5):
                await loop.sock_sendall(asker, data)
                answer = await loop.sock_recv(asker, 65535)
        assert self._transport is not None
        self._transport.sendto(answer, addr)

    async def stop(self) -> None:
        """End everything."""
        assert self._transport is not None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._transport.close()


class Front:
    """A running front: where it is, which names were asked for, and whether any was."""

    def __init__(self, address: tuple[str, int], questions: list[str], asked: asyncio.Event) -> None:
        self.address = address
        self.questions = questions
        self.asked = asked


@asynccontextmanager
async def front_of(server: NsdServer) -> AsyncIterator[Front]:
    """Run a front before *server*."""
    inbox = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # Clients, front and servers share one loop: what arrives meanwhile must fit into the buffer.
    inbox.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
    inbox.bind(("127.0.0.1", 0))
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Front(("127.0.0.1", server.port)), sock=inbox
    )
    try:
        yield Front(transport.get_extra_info("sockname"), protocol.questions, protocol.asked)
    finally:
        await protocol.stop()


def _question(data: bytes) -> str:
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1 : at + 1 + data[at]].decode("ascii"))
        at += 1 + data[at]
    return ".".join(labels).lower()


def _kind(data: bytes) -> int:
    at = data.index(b"\0", 12) + 1
    return int.from_bytes(data[at : at + 2], "big")


def _program() -> str | None:
    return shutil.which("nsd") or shutil.which("nsd", path="/usr/sbin:/usr/local/sbin")

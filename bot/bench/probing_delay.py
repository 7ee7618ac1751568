"""A relay that holds back every byte for a while, in a process of its own: a server on this machine becomes a distant one.

Run as `python -m bot.bench.probing_delay ADDRESS MILLISECONDS PORT…`; prints its own ports as JSON and ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress


async def _relay(address: str, delay_s: float, ports: list[int]) -> None:
    async def serve(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, away = await asyncio.open_connection(address, port)
        await asyncio.gather(_carry(reader, away, delay_s), _carry(there, writer, delay_s))

    servers = []
    for port in ports:

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int = port) -> None:
            with suppress(OSError):
                await serve(port, reader, writer)

        servers.append(await asyncio.start_server(handle, "127.0.0.1", 0))
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    """Hand on what comes, each piece *delay_s* after it came; what follows a piece does not wait for it."""
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while piece := await reader.read(65536):
            loop.call_later(delay_s, writer.write, piece)
    loop.call_later(delay_s, writer.close)


if __name__ == "__main__":
    asyncio.run(_relay(sys.argv[1], int(sys.argv[2]) / 1000, list(map(int, sys.argv[3:]))))

"""Connect to the first of several checked addresses that answers, IPv6 and IPv4 raced.

Every attempt asks the guard again, with the very address the socket is given: nothing between the look-up and the socket
can change where a probe goes.

Source: RFC 8305 sections 4 and 5 (families alternate, the next attempt after 250 ms or when one failed).
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence
from typing import Final

from bot.probe.facts import EndedError, Ending
from bot.probe.target import Address, Guard, Purpose

ATTEMPT_DELAY_S: Final = 0.25
_UNREACHABLE: Final = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.ENETDOWN, errno.EHOSTDOWN,
     errno.EACCES, errno.EPERM, errno.EINVAL}
)  # fmt: skip
# What one address said outweighs what another did not say: a machine without IPv6 must not hide a refusal over IPv4.
_WEIGHT: Final = (Ending.REFUSED, Ending.RESET, Ending.TIMED_OUT, Ending.UNREACHABLE, Ending.STOPPED)


async def dial(
    addresses: Sequence[Address], port: int, *, guard: Guard, deadline: float, purpose: Purpose = "mail"
) -> tuple[socket.socket, Address]:
    """Connect to one of *addresses*.

    Args:
        addresses: Of one host, already sorted by the guard, in the resolver's order.
        port: The same for all.
        guard: Asked again for each attempt.
        deadline: In the loop's time.
        purpose: What the connection is for.

    Returns:
        The connected socket (yours to close) and the address it leads to.

    Raises:
        EndedError: None answered; with the ending that says most.
        TargetRefusedError: The guard refused an address.
    """
    loop = asyncio.get_running_loop()
    waiting = list(alternate(addresses))
    running: dict[asyncio.Task[socket.socket], Address] = {}
    endings: list[Ending] = []
    winner: socket.socket | None = None
    try:
        while waiting or running:
            if loop.time() >= deadline:
                endings.append(Ending.TIMED_OUT)
                break
            if waiting:
                address = waiting.pop(0)
                guard.check(address, port, purpose)
                running[asyncio.create_task(_connect(address, port))] = address
            left = deadline - loop.time()
            done, _ = await asyncio.wait(
                running, timeout=min(left, ATTEMPT_DELAY_S) if waiting else left, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                error = task.exception()
                if error is None:
                    winner = task.result()
                    return winner, running.pop(task)
                running.pop(task)
                endings.append(error.ending if isinstance(error, EndedError) else Ending.STOPPED)
        raise EndedError(min(endings, key=_WEIGHT.index, default=Ending.TIMED_OUT))
    finally:
        try:
            await _give_up(running)
        except BaseException:
            # Cancelled while the losers are being closed: nobody will get the winner any more.
            if winner is not None:
                winner.close()
            raise


def alternate(addresses: Sequence[Address]) -> list[Address]:
    """Return the addresses with the families alternating, IPv6 first.

    Source: RFC 8305 section 4.
    """
    six = [address for address in addresses if address.version == 6]
    four = [address for address in addresses if address.version == 4]
    pairs = [address for pair in zip(six, four, strict=False) for address in pair]
    rest = min(len(six), len(four))
    return pairs + six[rest:] + four[rest:]


async def _connect(address: Address, port: int) -> socket.socket:
    try:
        sock = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    except OSError as error:
        raise EndedError(_ending(error)) from error
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, (str(address), port))
    except OSError as error:
        sock.close()
        raise EndedError(_ending(error)) from error
    except BaseException:
        sock.close()
        raise
    return sock


def _ending(error: OSError) -> Ending:
    if isinstance(error, ConnectionRefusedError):
        return Ending.REFUSED
    if isinstance(error, ConnectionError):
        return Ending.RESET
    if isinstance(error, TimeoutError):
        return Ending.TIMED_OUT
    return Ending.UNREACHABLE if error.errno in _UNREACHABLE else Ending.STOPPED


async def _give_up(running: dict[asyncio.Task[socket.socket], Address]) -> None:
    """End the attempts that lost; one that got through at the last moment is closed."""
    for task in running:
        task.cancel()
    for result in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(result, socket.socket):
            result.close()

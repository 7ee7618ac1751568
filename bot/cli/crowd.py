"""Many lines answered by several processes: in the order of the lines, and the lines of a thread by one process.

Whoever sends line by line and waits for each answer gets it at once, from this process. Only when more lines are there
than one process should work off does it fork: the children share the engine's memory, and the threads known so far.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from bot.cli.lines import LineAnswerer

_CHUNK: Final = 1 << 16
_WORTH_A_CROWD: Final = 48
"""Lines waiting at once: about as long to answer as it takes to start the processes."""
_BATCH: Final = 32
_READ_AHEAD: Final = 2_000
"""Lines in hand, answered or not, before reading pauses: memory stays flat however long the input is."""


def processors() -> int:
    """Return how many processors this process may use; 1 where it cannot fork."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def answer_stream(answerer: LineAnswerer, source: int, out: IO[bytes], *, processes: int) -> None:
    """Answer every line of a stream, in order.

    Args:
        answerer: What answers a line.
        source: File descriptor to read from.
        out: Gets one line for each.
        processes: How many may work at once; with 1 nothing is forked.
    """
    lines = _Lines(source)
    while not lines.ended:
        arrived = lines.read()
        if processes > 1 and len(arrived) >= _WORTH_A_CROWD:
            _Crowd(answerer, processes).work(arrived, lines, out)
            return
        for line in arrived:
            out.write(answerer.answer(line))
            # One at a time: whoever feeds us line by line waits for each answer.
            out.flush()


class _Lines:
    """Lines of a file descriptor, as many at a time as are there."""

    def __init__(self, source: int) -> None:
        self.source = source
        self.ended = False
        self._rest: list[bytes] = []

    def read(self) -> list[bytes]:
        """Wait until something is there and return the whole lines of it; at the end also a last one without an end."""
        chunk = os.read(self.source, _CHUNK)
        if not chunk:
            self.ended = True
            last = b"".join(self._rest)
            return [last] if last else []
        *whole, rest = chunk.split(b"\n")
        if whole:
            whole[0] = b"".join([*self._rest, whole[0]])
            self._rest = []
        self._rest.append(rest)
        return [line + b"\n" for line in whole]


class _Child:
    """One process, and the lines that only it may answer."""

    def __init__(self, pid: int, connection: Connection) -> None:
        self.pid = pid
        self.connection = connection
        self.own: deque[tuple[int, bytes]] = deque()
        self.busy: list[tuple[int, bytes]] = []


class _Crowd:
    """Processes that answer side by side.

    A child has one batch at a time, so neither side ever writes while the other does: no pipe can fill on both ends.
    """

    def __init__(self, answerer: LineAnswerer, processes: int) -> None:
        self._answerer = answerer
        self._children = _start(answerer, processes)
        self._homes: list[_Child | None] = [*self._children]
        self._anyone: deque[tuple[int, bytes]] = deque()
        self._answered: dict[int, bytes] = {}
        self._taken = 0
        self._written = 0

    def work(self, arrived: list[bytes], lines: _Lines, out: IO[bytes]) -> None:
        """Answer what has arrived and everything that is still to come."""
        from multiprocessing.connection import wait

        self._take(arrived)
        while self._written < self._taken or not lines.ended:
            self._hand_out()
            awaited: list[Connection | int] = [child.connection for child in self._children if child.busy]
            if not lines.ended and self._taken - self._written < _READ_AHEAD:
                awaited.append(lines.source)
            ready = wait(awaited) if awaited else []
            if lines.source in ready:
                self._take(lines.read())
            for child in [child for child in self._children if child.connection in ready]:
                self._collect(child)
            self._write(out)
        for child in self._children:
            _end(child)

    def _take(self, lines: list[bytes]) -> None:
        for line in lines:
            thread = self._answerer.thread_of(line)
            home = self._homes[hash(thread) % len(self._homes)] if thread is not None else None
            queue = self._anyone if home is None else home.own
            queue.append((self._taken, line))
            self._taken += 1

    def _hand_out(self) -> None:
        for child in self._children:
            if child.busy:
                continue
            while len(child.busy) < _BATCH and (child.own or self._anyone):
                child.busy.append((child.own or self._anyone).popleft())
            if child.busy:
                # A child that is gone is noticed when its answer is collected.
                with suppress(OSError):
                    child.connection.send_bytes(_pack([line for _, line in child.busy]))
        if not self._children:
            while self._anyone:
                number, line = self._anyone.popleft()
                self._answered[number] = self._answerer.answer(line)

    def _collect(self, child: _Child) -> None:
        try:
            answers = _unpack(child.connection.recv_bytes())
        except (EOFError, OSError):
            self._bury(child)
            return
        self._answered.update(zip((number for number, _ in child.busy), answers, strict=True))
        child.busy = []

    def _bury(self, child: _Child) -> None:
        """Go on without a child that died: what it had in hand may have killed it, and is not tried again."""
        for number, line in child.busy:
            self._answered[number] = self._answerer.apologise(line)
        self._children.remove(child)
        # Its threads start anew with another child, or here: what was said in them died with it.
        heir = self._children[0] if self._children else None
        self._homes = [heir if home is child else home for home in self._homes]
        (self._anyone if heir is None else heir.own).extend(child.own)
        _end(child)

    def _write(self, out: IO[bytes]) -> None:
        while self._written in self._answered:
            out.write(self._answered.pop(self._written))
            self._written += 1
        out.flush()


def _start(answerer: LineAnswerer, processes: int) -> list[_Child]:
    from multiprocessing import Pipe

    children: list[_Child] = []
    for _ in range(processes):
        ours, theirs = Pipe()
        pid = os.fork()
        if pid == 0:
            for child in children:
                child.connection.close()
            ours.close()
            _serve(answerer, theirs)
        theirs.close()
        children.append(_Child(pid, ours))
    return children


def _end(child: _Child) -> None:
    child.connection.close()
    os.waitpid(child.pid, 0)


def _serve(answerer: LineAnswerer, connection: Connection) -> NoReturn:
    """Answer batches until the other end is closed. Does not return."""
    import signal

    # Ctrl-C reaches the whole group; the parent ends, and the closed pipe ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = 0
    try:
        while True:
            connection.send_bytes(_pack([answerer.answer(line) for line in _unpack(connection.recv_bytes())]))
    except (EOFError, OSError):
        pass
    except BaseException:  # noqa: BLE001 - a child must never run on into the parent's code
        status = 1
    finally:
        os._exit(status)


def _pack(lines: list[bytes]) -> bytes:
    return b"".join(len(line).to_bytes(4, "big") + line for line in lines)


def _unpack(packed: bytes) -> list[bytes]:
    lines: list[bytes] = []
    at = 0
    while at < len(packed):
        end = at + 4 + int.from_bytes(packed[at : at + 4], "big")
        lines.append(packed[at + 4 : end])
        at = end
    return lines

"""A server program of the tests' own: in a temporary directory, on a loopback port, gone afterwards."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

_TRIES = 5


class OwnServer(ABC):
    """Starts a program, waits until it answers, and ends it. Use as a context manager."""

    name: ClassVar[str]
    start_timeout_s: ClassVar[float] = 30.0
    end_with: ClassVar[signal.Signals] = signal.SIGTERM
    kind: ClassVar[socket.SocketKind] = socket.SOCK_STREAM

    def __init__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix=f"mailports-{self.name.lower()}-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        try:
            self._prepare()
            if any(self._start() for _ in range(_TRIES)):
                return self
            raise RuntimeError(f"{self.name} did not start:\n{self._log()}")
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server and remove its directory."""
        if self._process is not None:
            self._process.send_signal(self.end_with)
            self._process.wait(timeout=30.0)
            self._process = None
        shutil.rmtree(self._directory, ignore_errors=True)

    @abstractmethod
    def _prepare(self) -> None:
        """Write what the program needs, once."""

    @abstractmethod
    def _launch(self) -> subprocess.Popen[bytes]:
        """Start the program on `self.port`."""

    @abstractmethod
    def _answers(self) -> bool:
        """Say whether it serves by now."""

    def _start(self) -> bool:
        # Neither program takes port 0. Between our look and its start somebody may take the port: then once more.
        with socket.socket(socket.AF_INET, self.kind) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process = self._launch()
        deadline = time.monotonic() + self.start_timeout_s
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._answers():
                return True
            time.sleep(0.05)
        self._process.kill()
        self._process.wait()
        self._process = None
        return False

    def _log(self) -> str:
        path = self._directory / "log"
        return path.read_text(encoding="utf-8", errors="replace")[-2_000:] if path.exists() else "no log"

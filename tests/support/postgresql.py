"""A PostgreSQL server of the tests' own: in a temporary directory, on loopback, gone afterwards.

PostgreSQL refuses to run as root, so a root's test run starts it as `postgres` or `nobody`.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

_START_TIMEOUT_S = 30.0


def missing_reason() -> str | None:
    """Why no server can be started here, in words for a skipped test; None if it can."""
    if _program("initdb") is None or _program("postgres") is None:
        return "PostgreSQL is not installed here; `make servers` installs it where that is allowed"
    if os.geteuid() == 0 and _unprivileged_user() is None:
        return "running as root, and there is neither a user postgres nor nobody to run PostgreSQL as"
    return None


class PostgresqlServer:
    """One server for a test module; a database of its own for each test.

    Use as a context manager.
    """

    def __init__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="mailports-pg-"))
        self._password = secrets.token_urlsafe(16)
        self._user = _unprivileged_user() if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self.port = 0

    def __enter__(self) -> PostgresqlServer:
        try:
            self._initialise()
            for _ in range(5):
                if self._start():
                    return self
            raise RuntimeError("PostgreSQL did not start:\n" + self._log())
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def new_database(self) -> str:
        """Create an empty database and return its URL."""
        import psycopg

        self._databases += 1
        name = f"test_{self._databases}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self._url(name)

    def end_all_sessions(self) -> None:
        """Cut every client's connection, as a restart of the server would."""
        import psycopg

        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")

    def stop(self) -> None:
        """End the server and remove its directory."""
        if self._process is not None:
            # SIGINT is PostgreSQL's fast shutdown: clients are cut off, data is kept.
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=30.0)
            self._process = None
        shutil.rmtree(self._directory, ignore_errors=True)

    def _url(self, database: str) -> str:
        return f"postgresql://mailports:{self._password}@127.0.0.1:{self.port}/{database}"

    def _initialise(self) -> None:
        password_file = self._directory / "password"
        password_file.write_text(self._password, encoding="ascii")
        if self._user is not None:
            entry = pwd.getpwnam(self._user)
            for path in (self._directory, password_file):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        command = [
            str(_program("initdb")),
            f"--pgdata={self._directory / 'data'}",
            "--username=mailports",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd=self._directory)

    def _start(self) -> bool:
        # PostgreSQL takes no port 0. Between our look and its start somebody may take the port: then once more.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self._directory),
            "fsync": "off",
            "max_connections": "60",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(_program("postgres")), "-D", str(self._directory / "data"), *options],
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self._directory,
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                self._process = None
                return False
            if self._answers():
                return True
            time.sleep(0.05)
        return False

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _log(self) -> str:
        path = self._directory / "log"
        return path.read_text(encoding="utf-8", errors="replace")[-2_000:] if path.exists() else ""


def _program(name: str) -> Path | None:
    # Debian keeps the server's programs off the PATH.
    found = shutil.which(name)
    if found:
        return Path(found)
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return versions[0] if versions else None


def _unprivileged_user() -> str | None:
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None

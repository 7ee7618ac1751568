"""A PostgreSQL server of the tests' own: in a temporary directory, on loopback, gone afterwards.

PostgreSQL refuses to run as root, so a root's test run starts it as `postgres` or `nobody`.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from tests.support.own_server import OwnServer


def missing_reason() -> str | None:
    """Why no server can be started here, in words for a skipped test; None if it can."""
    if _program("initdb") is None or _program("postgres") is None:
        return "PostgreSQL is not installed here; `make servers` installs it where that is allowed"
    if os.geteuid() == 0 and _unprivileged_user() is None:
        return "running as root, and there is neither a user postgres nor nobody to run PostgreSQL as"
    return None


class PostgresqlServer(OwnServer):
    """One server for a test module; a database of its own for each test.

    Use as a context manager.
    """

    name = "PostgreSQL"
    end_with = signal.SIGINT
    """PostgreSQL's fast shutdown: clients are cut off, data is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._password = secrets.token_urlsafe(16)
        self._user = _unprivileged_user() if os.geteuid() == 0 else None
        self._databases = 0

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

    def _url(self, database: str) -> str:
        return f"postgresql://mailports:{self._password}@127.0.0.1:{self.port}/{database}"

    def _prepare(self) -> None:
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

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self._directory),
            "fsync": "off",
            "max_connections": "60",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self._directory / "log").open("ab") as log:
            return subprocess.Popen(
                [str(_program("postgres")), "-D", str(self._directory / "data"), *options],
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self._directory,
            )

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


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

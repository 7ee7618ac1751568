"""What others publish about a mail service, in one form: autoconfig XML, and facts made from it as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from bot.discovery.autoconfig import PublishedConfig, PublishedServer, read_autoconfig, server_or_none
from bot.errors import BotError

_MOST_BYTES: Final = 1_000_000
"""Of one XML file; a real one has some three thousand."""


class UnreadableSourceError(BotError):
    """The file or folder cannot be used. *reason* is a word of `cli.source_…`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cli.source_{reason}", path=path)


class Faulty(msgspec.Struct, frozen=True):
    """A file (or line) that could not be read, and why."""

    reason: str


def read_published(path: Path) -> Iterator[tuple[str, PublishedConfig | Faulty]]:
    """Read every published configuration at *path*, each with the name of its file (or line).

    Args:
        path: An autoconfig XML file, a folder or checkout with such files (those below `ispdb/` where there is one), or a
            `.jsonl` file with one configuration a line.

    Raises:
        UnreadableSourceError: There is nothing of the kind.
    """
    if path.is_dir():
        folder = path / "ispdb" if (path / "ispdb").is_dir() else path
        files = sorted(file for file in folder.rglob("*") if _may_be_config(file, folder))
        if not files:
            raise UnreadableSourceError(str(path), "empty")
        for file in files:
            yield file.relative_to(folder).as_posix(), _read_file(file)
    elif not path.is_file():
        raise UnreadableSourceError(str(path), "missing")
    elif path.suffix == ".jsonl":
        yield from _read_lines(path)
    else:
        yield path.name, _read_file(path)


def _may_be_config(file: Path, folder: Path) -> bool:
    """Say whether a file is meant: `.xml`, or named after a domain as ISPDB's files once were."""
    inside = file.relative_to(folder).parts
    if any(part.startswith(".") for part in inside) or not file.is_file():
        return False
    return file.suffix == ".xml" or (len(inside) == 1 and b"<clientConfig" in file.read_bytes()[:2000])


def _read_file(file: Path) -> PublishedConfig | Faulty:
    try:
        if file.stat().st_size > _MOST_BYTES:
            return Faulty("larger than 1 MB")
        return read_autoconfig(file.read_bytes())
    except OSError as error:
        return Faulty(error.strerror or type(error).__name__)
    except ValueError as error:
        return Faulty(str(error))


def _read_lines(file: Path) -> Iterator[tuple[str, PublishedConfig | Faulty]]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                name = f"line {number}"
                try:
                    value = json.loads(line)
                    yield str(value.get("file") or name), _from_facts(value)
                except (ValueError, AttributeError, TypeError, KeyError):
                    yield name, Faulty("not a configuration")


def _from_facts(value: dict[str, Any]) -> PublishedConfig:
    servers: list[PublishedServer] = []
    for server in (*value["incoming"], *value["outgoing"]):
        found = server_or_none(
            server.get("type") or "",
            server.get("host") or "",
            str(server.get("port") or ""),
            server.get("socketType") or "",
            server.get("username") or "",
            tuple(server.get("auth") or ()),
        )
        servers += [found] if found is not None else []
    return PublishedConfig(
        display_name=str(value.get("display_name") or value["id"]),
        domains=tuple(dict.fromkeys(map(str, value["domains"]))),
        servers=tuple(servers),
    )

"""Commands run in this process, on the sample knowledge."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bot import __main__
from bot.answer.engine import Engine
from bot.cli import ask
from tests.unit.answer.sample import TODAY, lookup

Jsonl = Callable[..., list[dict[str, Any]]]


class Lines:
    """Collects what is written, byte by byte."""

    def __init__(self) -> None:
        self.content = b""
        self.flushes = 0

    def write(self, content: bytes) -> int:
        self.content += content
        return len(content)

    def flush(self) -> None:
        self.flushes += 1


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine on the sample knowledge, in place of the one that the environment names."""
    built = Engine(lookup(), today=lambda: TODAY)
    monkeypatch.setattr(ask, "load_engine", lambda: built)
    return built


@pytest.fixture
def jsonl(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Jsonl:
    """Run `mailports ask --jsonl` on lines; returns the objects that were written."""

    def run(*lines: object, arguments: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        encoded = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        out = Lines()
        with tempfile.TemporaryFile() as source:
            source.write(b"".join(line + b"\n" for line in encoded))
            source.seek(0)
            stdout = SimpleNamespace(buffer=out)
            monkeypatch.setattr(ask, "sys", SimpleNamespace(stdin=source, stdout=stdout, stderr=sys.stderr))
            assert __main__.main(["ask", "--jsonl", *arguments]) == 0
        return [json.loads(line) for line in out.content.splitlines()]

    return run

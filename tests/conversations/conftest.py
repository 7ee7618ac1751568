"""Every conversation runs twice: over signed HTTP and over Socket Mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from tests.support.probe_town import ProbeTown, open_probe_town
from tests.support.town import Mode, Town, open_town


@pytest.fixture(scope="session")
def lookup() -> Lookup:
    """The shipped knowledge."""
    return Lookup(load_knowledge([shipped_root()]))


@pytest.fixture(params=["http", "socket"])
async def town(request: pytest.FixtureRequest, tmp_path: Path, lookup: Lookup) -> AsyncIterator[Town]:
    """A Slack with the bot in it."""
    async with open_town(request.param, tmp_path, lookup) as town:
        yield town


@pytest.fixture(params=["http", "socket"])
async def here(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ProbeTown]:
    """A town with mail servers."""
    async with open_probe_town(request.param, tmp_path) as here:
        yield here


@pytest.fixture(params=["http", "socket"])
def mode(request: pytest.FixtureRequest) -> Mode:
    """Both ways to reach the bot, for towns of a test's own."""
    way: Mode = request.param
    return way

"""Every conversation runs twice: over signed HTTP and over Socket Mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from tests.support.town import Town, open_town


@pytest.fixture(scope="session")
def lookup() -> Lookup:
    """The shipped knowledge."""
    return Lookup(load_knowledge([shipped_root()]))


@pytest.fixture(params=["http", "socket"])
async def town(request: pytest.FixtureRequest, tmp_path: Path, lookup: Lookup) -> AsyncIterator[Town]:
    """A Slack with the bot in it."""
    async with open_town(request.param, tmp_path, lookup) as town:
        yield town

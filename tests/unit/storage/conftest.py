"""A ledger on a SQLite file of its own, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.storage.database import open_engine, parse_url
from bot.storage.lanes import Lanes
from bot.storage.ledger import SqlLedger
from bot.storage.migrate import migrate
from tests.unit.storage.ledger_contract import Clock


@pytest.fixture
def clock() -> Clock:
    """Epoch seconds that stand still."""
    return Clock()


@pytest.fixture
def url(tmp_path: Path) -> sa.URL:
    """A SQLite file that is not there yet."""
    return parse_url(f"sqlite:///{tmp_path}/ledger.sqlite3")


@pytest.fixture
async def ledger(url: sa.URL, clock: Clock) -> AsyncIterator[SqlLedger]:
    """A fresh ledger."""
    engine = open_engine(url)
    migrate(engine)
    opened = SqlLedger(Lanes(engine), clock=clock)
    yield opened
    await opened.close()

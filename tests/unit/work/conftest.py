"""The whole of `bot.work` on a SQLite file, with a poster that does as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.work import Work, open_work
from bot.work.courier import Patience
from tests.unit.work.fake_poster import FakePoster


@pytest.fixture
async def poster() -> FakePoster:
    """Slack, as far as the delivery knows it."""
    return FakePoster()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """A SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path}/work.sqlite3"


@pytest.fixture
async def work(database_url: str, poster: FakePoster) -> AsyncIterator[Work]:
    """Delivery and engine, quick: a budget of 0.3 s."""
    opened = await open_work(
        database_url,
        poster=poster,
        executor_id="replica-1",
        budget_s=0.3,
        lease_s=5.0,
        sweep_s=0.2,
        late_s=0.2,
        patience=Patience(first_wait_s=0.05, post_timeout_s=1.0, lease_s=1.0),
    )
    yield opened
    await opened.close(grace_s=2.0)

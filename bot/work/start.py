"""Build everything that sees to the answers, and end it in the right order."""

from __future__ import annotations

import asyncio
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from bot.storage.database import open_engine, parse_url
from bot.storage.lanes import Lanes
from bot.storage.ledger import SqlLedger
from bot.storage.migrate import migrate
from bot.storage.retention import Keep
from bot.work.courier import Courier, Patience
from bot.work.delivery import Delivery
from bot.work.durable import DurableEngine, Housekeeper
from bot.work.poster import Poster


@dataclass(frozen=True, slots=True)
class Work:
    """What `open_work` built."""

    ledger: SqlLedger
    delivery: Delivery
    engine: DurableEngine
    housekeeper: Housekeeper

    async def close(self, *, grace_s: float = 8.0) -> None:
        """Take nothing more, finish what is under way, keep the rest for the next start.

        Args:
            grace_s: Seconds for the work under way; closing the engine and the database takes about two more.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace_s
        await self.housekeeper.close()
        await self.delivery.close(grace_s=grace_s)
        await self.engine.close(grace_s=max(deadline - loop.time(), 0.1))
        await self.ledger.close()


async def open_work(
    database_url: str,
    *,
    poster: Poster,
    executor_id: str | None = None,
    keep: Keep | None = None,
    patience: Patience | None = None,
    budget_s: float = 2.0,
    lease_s: float = 15.0,
    sweep_s: float = 15.0,
    late_s: float = 20.0,
    clock: Callable[[], float] = time.time,
) -> Work:
    """Open the database, bring it up to date, take up what is owed.

    Args:
        database_url: MAILPORTS_DATABASE_URL.
        poster: Who can really post.
        executor_id: Names this replica, the same after a restart; the host's name if left out.
        keep: How long things are kept.
        patience: How long and how often posting is tried.
        budget_s: See `Delivery`.
        lease_s: See `Delivery`.
        sweep_s: See `Housekeeper`.
        late_s: See `Housekeeper`.
        clock: Epoch seconds, for the ledger.

    Raises:
        DatabaseUrlError: The URL cannot be used.
        DatabaseNewerError: A newer version of the bot wrote the database.
        StorageUnavailableError: The database cannot be reached or written.
    """
    ledger, url = await open_ledger(database_url, clock=clock)
    courier = Courier(ledger, poster, patience=patience)
    engine = DurableEngine(url, ledger, courier.attempt, executor_id=executor_id or platform.node() or "local")
    delivery = Delivery(ledger, courier, engine.hand_over, budget_s=budget_s, lease_s=lease_s)
    kept = keep or Keep()
    housekeeper = Housekeeper(engine, lambda: ledger.purge(kept), sweep_s=sweep_s, late_s=late_s)
    housekeeper.start()
    return Work(ledger, delivery, engine, housekeeper)


async def open_ledger(database_url: str, *, clock: Callable[[], float] = time.time) -> tuple[SqlLedger, sa.URL]:
    """Open the database alone: for commands that look and do not answer, such as `doctor`. Close the ledger after.

    Raises:
        DatabaseUrlError, DatabaseNewerError, StorageUnavailableError: As `open_work`.
    """
    url = parse_url(database_url)
    engine = open_engine(url)
    try:
        await asyncio.to_thread(migrate, engine)
    except BaseException:
        engine.dispose()
        raise
    return SqlLedger(Lanes(engine), clock=clock), url

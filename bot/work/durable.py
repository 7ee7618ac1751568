"""Owed answers, brought out in the background whatever happens to this process.

The promise itself is the ledger's row, committed before the acknowledgement. This module sees to its being kept:
it gives rows to the durable engine, starts that engine only when there is something to give, and sweeps up rows that
nobody is looking after (their process died, or the engine could not be started).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa
import structlog

from bot.storage.errors import StorageUnavailableError
from bot.work import metrics
from bot.work.ledger import Ledger

log = structlog.get_logger(__name__)

_SWEEP_LIMIT = 500
_KEEP_FINISHED = timedelta(hours=6)


class DurableEngine:
    """Gives owed rows to DBOS.

    Args:
        url: Our database.
        ledger: The truth about what is owed.
        attempt: The courier's step: post one owed row, say when to try again.
        executor_id: Names this replica; the same after a restart.
    """

    def __init__(
        self, url: sa.URL, ledger: Ledger, attempt: Callable[[int], Awaitable[float | None]], *, executor_id: str
    ) -> None:
        self.url = url
        self._ledger = ledger
        self._attempt = attempt
        self._executor_id = executor_id
        self._waiting: list[tuple[int, int]] = []
        self._wake = asyncio.Event()
        self._feeder: asyncio.Task[None] | None = None
        self._launched = False
        self._closing = False

    @property
    def launched(self) -> bool:
        """Is the engine running, and so in memory?"""
        return self._launched

    def hand_over(self, row_id: int, attempt: int) -> None:
        """See to an owed row from now on; returns at once. The row itself is the promise, so nothing is lost here."""
        if self._closing:
            return
        metrics.HANDED_OVER.inc()
        self._waiting.append((row_id, attempt))
        self._rouse()

    async def take_up(self) -> int:
        """At the start: launch the engine if anything is owed, so that it resumes its own work; sweep up the rest.

        Returns:
            How many answers are owed.

        Raises:
            StorageUnavailableError: The ledger cannot be reached now.
        """
        owed = await self._ledger.count_owed()
        if owed and not self._closing:
            self._rouse()
            await self.sweep(late_s=0.0)
        return owed

    async def sweep(self, *, late_s: float) -> int:
        """Take up rows that came due *late_s* seconds ago and that nobody touched.

        Args:
            late_s: Seconds that whoever is looking after a row may be late.

        Returns:
            How many were handed over.

        Raises:
            StorageUnavailableError: The ledger cannot be reached now.
        """
        metrics.OWED.set(await self._ledger.count_owed())
        found = await self._ledger.overdue(late_s=late_s, limit=_SWEEP_LIMIT)
        for row_id, attempt in found:
            self.hand_over(row_id, attempt)
        return len(found)

    async def purge(self) -> None:
        """Delete what the engine keeps of finished work."""
        if self._launched and not self._closing:
            from bot.work import dbos_engine

            await asyncio.to_thread(dbos_engine.purge, _KEEP_FINISHED)

    async def close(self, *, grace_s: float = 8.0) -> None:
        """Begin nothing more, let the tries under way end within *grace_s* seconds, end the engine."""
        self._closing = True
        if self._feeder is not None:
            self._feeder.cancel()
            with suppress(asyncio.CancelledError):
                await self._feeder
        if not self._launched:
            return
        from bot.work import dbos_engine

        await dbos_engine.settle(grace_s)
        await asyncio.to_thread(dbos_engine.shut_down)
        self._launched = False

    def _rouse(self) -> None:
        self._wake.set()
        if self._feeder is None:
            self._feeder = asyncio.create_task(self._feed())

    async def _feed(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            rows, self._waiting = self._waiting, []
            # Shielded: a thread cannot be cancelled, and must not be left half-way through a launch.
            giving = asyncio.ensure_future(asyncio.to_thread(self._give, rows, asyncio.get_running_loop()))
            try:
                await asyncio.shield(giving)
            except asyncio.CancelledError:
                with suppress(Exception):
                    await giving
                raise
            except Exception as error:  # noqa: BLE001
                # The rows stay owed; the next sweep brings them again.
                log.error("engine_failed", kind=type(error).__name__, rows=len(rows))

    def _give(self, rows: list[tuple[int, int]], loop: asyncio.AbstractEventLoop) -> None:
        from bot.work import dbos_engine

        if not self._launched:
            dbos_engine.launch(self.url, self._executor_id, self._attempt, loop)
            self._launched = True
        dbos_engine.enqueue(rows)


class Housekeeper:
    """Sweeps and purges, now and then, for as long as the bot runs.

    Args:
        engine: Sweeps up what is owed.
        purge: Deletes what was kept long enough.
        sweep_s: Seconds between sweeps.
        late_s: Seconds that whoever is looking after a row may be late before the row counts as abandoned.
        purge_s: Seconds between purges.
    """

    def __init__(
        self,
        engine: DurableEngine,
        purge: Callable[[], Awaitable[object]],
        *,
        sweep_s: float = 15.0,
        late_s: float = 20.0,
        purge_s: float = 3600.0,
    ) -> None:
        self._engine = engine
        self._purge = purge
        self._sweep_s = sweep_s
        self._late_s = late_s
        self._purge_s = purge_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Sweep at once, then every few seconds."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        next_purge = loop.time() + min(60.0, self._purge_s)
        started = False
        while True:
            try:
                if started:
                    await self._engine.sweep(late_s=self._late_s)
                else:
                    await self._engine.take_up()
                    started = True
                if loop.time() >= next_purge:
                    next_purge = loop.time() + self._purge_s
                    await self._purge()
                    await self._engine.purge()
            except StorageUnavailableError as error:
                log.warning("sweep_failed", kind=str(error.params.get("kind", "")))
            except Exception as error:  # noqa: BLE001 (one bad sweep must not be the last)
                log.error("sweep_fault", kind=type(error).__name__)
            await asyncio.sleep(self._sweep_s)

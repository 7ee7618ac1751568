"""Threads that do the database's work, so that the event loop never waits for a disk.

SQLite has one writer: one lane takes all operations that have arrived meanwhile and commits them together, which is
what makes thousands a second of them. PostgreSQL commits concurrent transactions together by itself, and two replicas
that lock several rows in one transaction could lock each other out: there every operation is a transaction of its own,
on a few lanes.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.storage.errors import StorageUnavailableError

T = TypeVar("T")
Operation = Callable[[sa.Connection], T]

_MOST_TOGETHER = 512


class _Job:
    """One operation and the future that waits for it."""

    __slots__ = ("error", "future", "operation", "value")

    def __init__(self, operation: Operation[Any], future: asyncio.Future[Any]) -> None:
        self.operation = operation
        self.future = future
        self.value: Any = None
        self.error: Exception | None = None


class Lanes:
    """Runs operations on the database, in order of arrival.

    Args:
        engine: Where to.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        sqlite = engine.dialect.name == "sqlite"
        self._together = _MOST_TOGETHER if sqlite else 1
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"mailports-db-{number}", daemon=True)
            for number in range(1 if sqlite else 4)
        ]
        for thread in self._threads:
            thread.start()

    async def run(self, operation: Operation[T]) -> T:
        """Run one operation in a transaction and wait until it is committed.

        Args:
            operation: Is given the connection; returns what the caller wants. It may run again after a failure of
                a neighbour in the same transaction, so it must have no effect outside the database.

        Raises:
            StorageUnavailableError: The database could not do it, or is closed.
        """
        if self._closed:
            raise StorageUnavailableError("closed")
        job = _Job(operation, self._loop.create_future())
        self._jobs.put(job)
        result: T = await job.future
        return result

    async def close(self) -> None:
        """Finish what was taken on, then end the threads and close the connections."""
        if not self._closed:
            self._closed = True
            for _ in self._threads:
                self._jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        self._engine.dispose()

    def _work(self) -> None:
        last = False
        while not last:
            first = self._jobs.get()
            if first is None:
                return
            jobs = [first]
            while len(jobs) < self._together:
                try:
                    following = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    last = True
                    break
                jobs.append(following)
            self._carry_out(jobs)
            self._loop.call_soon_threadsafe(_deliver, jobs)

    def _carry_out(self, jobs: list[_Job]) -> None:
        try:
            self._transact(jobs)
        except Exception as error:  # noqa: BLE001 (handed to whoever waits for it)
            if len(jobs) == 1:
                jobs[0].error = self._once_more(jobs[0], error)
                return
            # One of them spoilt it for all: each alone, so that only the guilty fails.
            for job in jobs:
                self._carry_out([job])

    def _transact(self, jobs: list[_Job]) -> None:
        with self._engine.begin() as connection:
            for job in jobs:
                job.value = job.operation(connection)

    def _once_more(self, job: _Job, error: Exception) -> Exception | None:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            # The server was restarted under us; a fresh connection is worth one try.
            try:
                self._transact([job])
            except Exception as second:  # noqa: BLE001 (handed on)
                return _as_ours(second)
            return None
        return _as_ours(error)


def _as_ours(error: Exception) -> Exception:
    if isinstance(error, DBAPIError) and error.orig is not None:
        return StorageUnavailableError(type(error.orig).__name__)
    if isinstance(error, SQLAlchemyError):
        return StorageUnavailableError(type(error).__name__)
    return error


def _deliver(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue  # Whoever waited was cancelled; the work is done all the same.
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.value)

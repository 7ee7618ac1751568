"""Work that outlives the request it came with, kept in sight so that the end of the program can wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

log = structlog.get_logger(__name__)

_T = TypeVar("_T")


class Tasks:
    """A set of running tasks. Their faults are logged by kind, never with what a user wrote."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, _T], name: str) -> asyncio.Task[_T]:
        """Run *work* and keep it in sight.

        Args:
            work: What to do.
            name: What it is, for the log.
        """
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def within(self, work: Coroutine[Any, Any, _T], name: str, *, budget_s: float) -> _T | None:
        """Run *work* and wait for it as long as the budget lasts; it goes on when the budget is over.

        Returns:
            What it returned, or None when it is not done yet.

        Raises:
            Exception: What *work* raised within the budget.
        """
        task = self.start(work, name)
        done, _ = await asyncio.wait({task}, timeout=budget_s)
        return task.result() if done else None

    async def close(self, *, grace_s: float) -> None:
        """Wait for what is running, then cancel the rest."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=grace_s)
        rest = set(self._running)
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=1.0)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background_fault", task=task.get_name(), kind=type(error).__name__)

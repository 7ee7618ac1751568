"""The one module that knows DBOS. Import it only when something is owed: it costs half a second and 25 MB.

What lives where:
- DBOS runs workflows on an event loop in a thread of its own (it is launched from a thread without a loop, and so adopts
  none). Its waiting and its bookkeeping never hold up the loop that acknowledges Slack.
- The step does its work on *our* loop, where the poster's connections live: it crosses over with
  `asyncio.run_coroutine_threadsafe`, which is public and made for this.
- DBOS's tables hold row ids and numbers of seconds, nothing else; inputs stay there after success.
- The truth is the ledger's row. A workflow asks it before every try, so that two workflows for one row (a restart, a
  second replica, the sweeper) post once. Therefore no private call is needed to take over a dead replica's work:
  its rows come due, and any replica's sweeper starts a new workflow for them.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, SetWorkflowID

from bot.storage.database import switch_to_wal

Attempt = Callable[[int], Awaitable[float | None]]

# A constant, or work in flight would not be taken up after an upgrade. A workflow here is a loop around one step;
# should that ever change, the step must stay able to serve the old ones.
_APPLICATION_VERSION = "mailports-1"
_QUEUE = "mailports-deliver"
# Most of them sleep at any time; the courier limits how many post at once.
_AT_ONCE = 500
_POLL_S = 0.25
_PURGE_AT_ONCE = 500


class _Bridge:
    """From DBOS's loop to ours."""

    def __init__(self, attempt: Attempt, loop: asyncio.AbstractEventLoop) -> None:
        self.attempt = attempt
        self.loop = loop
        self.closing = False
        self._crossing = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def cross(self, row_id: int) -> float | None:
        if self.loop.is_closed():
            await asyncio.Event().wait()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._on_our_loop(row_id), self.loop))

    async def _on_our_loop(self, row_id: int) -> float | None:
        if self.closing:
            # Until we are cancelled with the engine. Nothing is recorded: the workflow stays pending for the next start.
            await asyncio.Event().wait()
        self._crossing += 1
        self._idle.clear()
        try:
            return await self.attempt(row_id)
        finally:
            self._crossing -= 1
            if not self._crossing:
                self._idle.set()

    async def settle(self, grace_s: float) -> None:
        self.closing = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), grace_s)


_bridge: _Bridge | None = None


@DBOS.step(name="attempt")
async def _attempt(row_id: int) -> float | None:
    """One try, on our loop: None when the row is settled, else seconds to wait."""
    if _bridge is None:
        await asyncio.Event().wait()
        return None
    return await _bridge.cross(row_id)


@DBOS.workflow(name="deliver", max_recovery_attempts=None)
async def _deliver(row_id: int) -> None:
    """Try until the row is settled. The courier decides when enough is enough."""
    while (wait_s := await _attempt(row_id)) is not None:
        await DBOS.sleep_async(wait_s)


def system_url(url: sa.URL) -> sa.URL:
    """Where DBOS keeps its tables: a file beside ours, or a schema of its own in the same PostgreSQL database.

    A file of its own, because a writer of SQLite locks the whole file.
    """
    if url.get_backend_name() != "sqlite":
        return url
    name = url.database or ""
    stem = name.removesuffix(".sqlite3")
    return url.set(database=f"{stem}.work.sqlite3")


def launch(url: sa.URL, executor_id: str, attempt: Attempt, loop: asyncio.AbstractEventLoop) -> None:
    """Start DBOS and take up the pending work of this executor. Blocks for a second: call it in a thread.

    Args:
        url: Our own database; see `system_url`.
        executor_id: Names this replica; the same after a restart.
        attempt: The courier's step, run on *loop*.
        loop: Ours.
    """
    global _bridge
    system = system_url(url)
    if system.get_backend_name() == "sqlite" and system.database:
        # WAL is a property of the file: a commit costs one write to disk instead of several.
        with closing(sqlite3.connect(system.database)) as connection:
            switch_to_wal(connection)
    # With a handler of its own DBOS would write to the console past the log of the bot.
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    _bridge = _Bridge(attempt, loop)
    config: DBOSConfig = {
        "name": "mailports",
        "system_database_url": system.render_as_string(hide_password=False),
        "application_version": _APPLICATION_VERSION,
        "executor_id": executor_id,
        "log_level": "ERROR",
        "sys_db_pool_size": 5,
    }
    try:
        DBOS(config=config)
        DBOS.launch()
        DBOS.register_queue(
            _QUEUE, worker_concurrency=_AT_ONCE, polling_interval_sec=_POLL_S, on_conflict="always_update"
        )
    except BaseException:
        shut_down()
        raise


def enqueue(rows: Sequence[tuple[int, int]]) -> None:
    """Start a workflow for each (row id, attempt). Blocks: call it in a thread.

    The id holds the attempt, so that handing the same state of a row over twice starts one workflow.
    """
    for row_id, attempt in rows:
        with SetWorkflowID(f"deliver-{row_id}-{attempt}"):
            DBOS.enqueue_workflow(_QUEUE, _deliver, row_id)


def purge(older_than: timedelta) -> int:
    """Delete finished workflows from DBOS's tables; it would keep them for ever. Blocks: call it in a thread."""
    before = (datetime.now(UTC) - older_than).isoformat()
    found = DBOS.list_workflows(
        status=["SUCCESS", "ERROR", "CANCELLED"],
        completed_before=before,
        limit=_PURGE_AT_ONCE,
        load_input=False,
        load_output=False,
    )
    if found:
        DBOS.delete_workflows([workflow.workflow_id for workflow in found])
    return len(found)


async def settle(grace_s: float) -> None:
    """Begin no further try; wait until those under way have ended, *grace_s* seconds at most."""
    if _bridge is not None:
        await _bridge.settle(grace_s)


def shut_down() -> None:
    """End DBOS; what is pending stays so, in its tables and in ours. Blocks: call it in a thread."""
    global _bridge
    DBOS.destroy()
    _bridge = None

"""The ledger on a SQL database: SQLite for one bot, PostgreSQL for several replicas."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.storage import conversations, probes, questions, retention
from bot.storage.cache import ExpiringCache
from bot.storage.errors import StorageUnavailableError
from bot.storage.lanes import Lanes
from bot.storage.model import (
    AlreadyDone,
    Claim,
    Finished,
    InProgress,
    Memory,
    OwedAnswer,
    PostedAs,
    QuestionKey,
    QuestionRow,
    Summary,
)

if TYPE_CHECKING:
    from bot.probe.service import ProbeRecord

_WATCHED_LASTS_S = 60.0
_LANGUAGE_LASTS_S = 300.0


class SqlLedger:
    """Fulfils `bot.work.ledger.Ledger`, where its methods are described.

    Args:
        lanes: The threads that speak to the database, which is at the layout of `bot.storage.migrate.HEAD`.
        clock: Epoch seconds. Replicas must agree on it to within a few seconds, as servers that keep time do.
    """

    def __init__(self, lanes: Lanes, *, clock: Callable[[], float] = time.time) -> None:
        self._lanes = lanes
        self._clock = clock
        self._watched: ExpiringCache[None, frozenset[tuple[str, str]]] = ExpiringCache(
            lasts_s=_WATCHED_LASTS_S, most=1, clock=clock
        )
        self._languages: ExpiringCache[tuple[str, str], str | None] = ExpiringCache(
            lasts_s=_LANGUAGE_LASTS_S, most=10_000, clock=clock
        )

    async def claim(self, key: QuestionKey, *, lease_s: float) -> Claim | AlreadyDone | InProgress:
        """See `bot.work.ledger.Ledger`, as for all methods below."""
        return await self._lanes.run(lambda connection: questions.claim(connection, key, self._clock(), lease_s))

    async def finish(
        self, claim: Claim, posted: PostedAs | None, summary: Summary | None = None, memory: Memory | None = None
    ) -> Finished:
        def operation(connection: sa.Connection) -> Finished:
            now_s = self._clock()
            finished = questions.finish(connection, claim, posted, summary, now_s)
            if memory is not None and finished == "finished":
                conversations.remember(connection, claim.key.team, claim.key.channel, memory, now_s)
            return finished

        return await self._lanes.run(operation)

    async def release(self, claim: Claim) -> None:
        await self._lanes.run(lambda connection: questions.release(connection, claim, self._clock()))

    async def owe(
        self,
        claim: Claim,
        payload_json: str,
        *,
        wait_s: float,
        may_be_out: bool,
        summary: Summary | None = None,
        memory: Memory | None = None,
    ) -> bool:
        def operation(connection: sa.Connection) -> bool:
            now_s = self._clock()
            kept = questions.owe(connection, claim, payload_json, summary or Summary(), now_s, wait_s, may_be_out)
            if kept and memory is not None:
                conversations.remember(connection, claim.key.team, claim.key.channel, memory, now_s)
            return kept

        return await self._lanes.run(operation)

    async def take_owed(self, row_id: int, *, lease_s: float) -> OwedAnswer | float | None:
        return await self._lanes.run(lambda connection: questions.take_owed(connection, row_id, self._clock(), lease_s))

    async def defer(self, claim: Claim, *, wait_s: float, may_be_out: bool) -> None:
        await self._lanes.run(lambda connection: questions.defer(connection, claim, self._clock(), wait_s, may_be_out))

    async def drop(self, claim: Claim, reason: str) -> None:
        await self._lanes.run(lambda connection: questions.drop(connection, claim, reason))

    async def overdue(self, *, late_s: float, limit: int) -> list[tuple[int, int]]:
        return await self._lanes.run(lambda connection: questions.overdue(connection, self._clock() - late_s, limit))

    async def count_owed(self) -> int:
        return await self._lanes.run(questions.count_owed)

    async def find(self, key: QuestionKey) -> QuestionRow | None:
        return await self._lanes.run(lambda connection: questions.find(connection, key))

    async def revise_owed(self, key: QuestionKey, payload_json: str, summary: Summary) -> bool:
        return await self._lanes.run(lambda connection: questions.revise_owed(connection, key, payload_json, summary))

    async def amend(self, key: QuestionKey, summary: Summary) -> None:
        await self._lanes.run(lambda connection: questions.amend(connection, key, summary))

    async def reopen(self, key: QuestionKey) -> bool:
        return await self._lanes.run(lambda connection: questions.reopen(connection, key, self._clock()))

    async def withdraw(self, key: QuestionKey) -> PostedAs | None:
        return await self._lanes.run(lambda connection: questions.withdraw(connection, key))

    async def remember(self, team: str, channel: str, memory: Memory) -> None:
        await self._lanes.run(
            lambda connection: conversations.remember(connection, team, channel, memory, self._clock())
        )

    async def recall(self, team: str, channel: str, thread: str) -> str | None:
        return await self._lanes.run(
            lambda connection: conversations.recall(connection, team, channel, thread, self._clock())
        )

    async def language(self, team: str, user: str) -> str | None:
        known = self._languages.get((team, user))
        if known is not None:
            return known[0]
        chosen = await self._lanes.run(lambda connection: conversations.language(connection, team, user))
        self._languages.put((team, user), chosen)
        return chosen

    async def set_language(self, team: str, user: str, language: str | None) -> None:
        await self._lanes.run(
            lambda connection: conversations.set_language(connection, team, user, language, self._clock())
        )
        self._languages.put((team, user), language)

    async def watching(self, team: str, channel: str) -> bool:
        known = self._watched.get(None)
        if known is None:
            known = (await self._lanes.run(conversations.watched_channels),)
            self._watched.put(None, known[0])
        return (team, channel) in known[0]

    async def set_watching(self, team: str, channel: str, on: bool, *, by: str) -> None:
        await self._lanes.run(
            lambda connection: conversations.set_watching(connection, team, channel, on, by, self._clock())
        )
        self._watched.drop(None)

    async def give_feedback(self, key: QuestionKey, user: str, helpful: bool) -> None:
        await self._lanes.run(
            lambda connection: conversations.give_feedback(connection, key, user, helpful, self._clock())
        )

    async def forget(self, team: str, user: str) -> None:
        await self._lanes.run(lambda connection: conversations.forget(connection, team, user))
        self._languages.drop((team, user))

    async def note_probe(self, record: ProbeRecord) -> None:
        """Keep who had which host probed. What cannot be written is in the log all the same."""
        with suppress(StorageUnavailableError):
            await self._lanes.run(lambda connection: probes.note(connection, record))

    async def purge(self, keep: retention.Keep) -> retention.Purged:
        """Delete what is older than the settings allow; see `bot.storage.retention`."""
        return await self._lanes.run(lambda connection: retention.purge(connection, keep, self._clock()))

    async def close(self) -> None:
        """Finish what is under way and close the connections."""
        await self._lanes.close()

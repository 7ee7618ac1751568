"""A poster whose every answer is scripted, and which remembers what is out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.work import CannotLookError, Composed, Payload, PostedAs, QuestionKey, Summary

Step = BaseException | Callable[[], Awaitable[None]] | None
"""What one post does first: raises, waits for something, or nothing."""

QUESTION = "受信できません"
ANSWER = "Use port 993."


class FakePoster:
    """Fulfils `bot.work.Poster`."""

    def __init__(self) -> None:
        self.script: list[Step] = []
        self.applied_then_failed: list[BaseException] = []
        self.tried = 0
        self.out: dict[str, Payload] = {}
        self.looked = 0
        self.can_look = True
        self.deleted: list[PostedAs] = []
        self.changed = asyncio.Condition()

    async def post(self, payload: Payload) -> PostedAs:
        self.tried += 1
        await self._tell()
        step = self.script.pop(0) if self.script else None
        if isinstance(step, BaseException):
            raise step
        if step is not None:
            await step()
        ts = f"{len(self.out) + 1}.000"
        self.out[ts] = payload
        await self._tell()
        if self.applied_then_failed:
            raise self.applied_then_failed.pop(0)
        return PostedAs("C1", ts)

    async def find_posted(self, key: QuestionKey, payload: Payload) -> PostedAs | None:
        self.looked += 1
        if not self.can_look:
            raise CannotLookError("no scope")
        for ts, posted in self.out.items():
            if posted.get("question") == payload.get("question"):
                return PostedAs("C1", ts)
        return None

    async def unpost(self, posted: PostedAs) -> None:
        self.deleted.append(posted)
        await self._tell()

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = 15.0) -> None:
        """Wait until something is so, looking after each call."""
        async with asyncio.timeout(timeout_s), self.changed:
            await self.changed.wait_for(condition)

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()


class Author:
    """Composes the answer to one question, and counts how often it was asked to."""

    def __init__(self, key: QuestionKey, **more: object) -> None:
        self.payload = {"question": key.encode(), "text": ANSWER, **more}
        self.plain: Payload | None = None
        self.asked = 0

    async def __call__(self) -> Composed:
        self.asked += 1
        return Composed(self.payload, Summary("answer", "ja", "cannot_receive", None, QUESTION, "U1"), self.plain)

"""Take over a changed folder of knowledge while the bot runs; a broken one is reported and changes nothing."""

from __future__ import annotations

import asyncio

import structlog

from bot.answer.engine import Engine
from bot.errors import KnowledgeInvalidError
from bot.kb.watch import KnowledgeWatch

log = structlog.get_logger(__name__)

_EVERY_S = 2.0
_MOST_LOGGED = 20


class Renewal:
    """Looks for changes every two seconds.

    Args:
        watch: Knows the folders.
        engine: Answers from the new knowledge once it is sound.
    """

    def __init__(self, watch: KnowledgeWatch, engine: Engine) -> None:
        self._watch = watch
        self._engine = engine
        self._task: asyncio.Task[None] | None = None
        self.problems = 0
        """How many problems keep the newest state of the folder from being used."""

    def start(self) -> None:
        """Begin to look, if there is anything that can change."""
        if self._watch.is_needed:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            if await asyncio.to_thread(self._watch.has_changed):
                await self.renew()

    async def renew(self) -> None:
        """Load the folders and answer from them; keep the old knowledge where they are not sound."""
        try:
            lookup = await asyncio.to_thread(self._watch.load)
            await asyncio.to_thread(self._engine.renew, lookup)
        except KnowledgeInvalidError as error:
            self.problems = len(error.problems)
            log.error("knowledge_refused", problems=error.problems[:_MOST_LOGGED], count=self.problems)
        except Exception as error:  # noqa: BLE001 (one folder that cannot be used must not be the last that is looked at)
            self.problems = 1
            log.error("knowledge_refused", kind=type(error).__name__)
        else:
            self.problems = 0
            log.info("knowledge_renewed", providers=len(lookup.knowledge.providers), own=len(lookup.knowledge.own))

"""The ledger of questions, as the rest of the bot sees it.

`bot.storage.ledger.SqlLedger` is the implementation, on SQLite and on PostgreSQL.
Every method may raise `bot.storage.errors.StorageUnavailableError`; then nothing is known to be kept,
so do not acknowledge.
"""

from __future__ import annotations

from typing import Protocol

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


class Ledger(Protocol):
    """One row per question; the truth about what was asked, answered and is owed."""

    async def claim(self, key: QuestionKey, *, lease_s: float) -> Claim | AlreadyDone | InProgress:
        """Take the question in one statement; a claim whose lease ran out may be taken again."""
        ...

    async def finish(
        self, claim: Claim, posted: PostedAs | None, summary: Summary | None = None, memory: Memory | None = None
    ) -> Finished:
        """The answer is out (or there is none to give, *posted* None). A *summary* of None keeps what `owe` stored."""
        ...

    async def release(self, claim: Claim) -> None:
        """Give the question back, this try posted nothing: the next delivery may take it at once."""
        ...

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
        """Promise the answer durably; nobody else touches it for *wait_s* seconds. False if the claim was lost."""
        ...

    async def take_owed(self, row_id: int, *, lease_s: float) -> OwedAnswer | float | None:
        """Take an owed answer to post it. A number: not yet, ask again in so many seconds. None: nothing is owed."""
        ...

    async def defer(self, claim: Claim, *, wait_s: float, may_be_out: bool) -> None:
        """Put an owed answer back for *wait_s* seconds."""
        ...

    async def drop(self, claim: Claim, reason: str) -> None:
        """Give the answer up; *reason* is a code, kept for the report."""
        ...

    async def overdue(self, *, late_s: float, limit: int) -> list[tuple[int, int]]:
        """(row id, attempt) of owed answers that nobody has touched although they were due *late_s* seconds ago."""
        ...

    async def count_owed(self) -> int:
        """How many answers are owed now."""
        ...

    async def find(self, key: QuestionKey) -> QuestionRow | None:
        """What became of a question."""
        ...

    async def revise_owed(self, key: QuestionKey, payload_json: str, summary: Summary) -> bool:
        """The question was edited before its answer went out: change what is owed. False if nothing is owed."""
        ...

    async def amend(self, key: QuestionKey, summary: Summary) -> None:
        """The question was edited after its answer went out: keep the new summary."""
        ...

    async def reopen(self, key: QuestionKey) -> bool:
        """A question without a message (we were silent) may be claimed anew. False if somebody is at it."""
        ...

    async def withdraw(self, key: QuestionKey) -> PostedAs | None:
        """The question was deleted: owe nothing, forget its text, give the message to delete (or None)."""
        ...

    async def remember(self, team: str, channel: str, memory: Memory) -> None:
        """Keep the context of a conversation."""
        ...

    async def recall(self, team: str, channel: str, thread: str) -> str | None:
        """The context of a conversation: one day in a thread, half an hour outside (*thread* empty)."""
        ...

    async def language(self, team: str, user: str) -> str | None:
        """The language that a user chose, or None."""
        ...

    async def set_language(self, team: str, user: str, language: str | None) -> None:
        """Keep a user's choice; None takes it back."""
        ...

    async def watching(self, team: str, channel: str) -> bool:
        """Is the bot to listen in on this channel? Costs no database call but one a minute for all channels."""
        ...

    async def set_watching(self, team: str, channel: str, on: bool, *, by: str) -> None:
        """Switch listening in on or off; *by* is the user who did."""
        ...

    async def give_feedback(self, key: QuestionKey, user: str, helpful: bool) -> None:
        """Keep a user's thumb; the last one counts. Unknown questions are ignored."""
        ...

    async def forget(self, team: str, user: str) -> None:
        """Delete what is kept of a user: choices, thumbs, the texts of their questions, their DM's context."""
        ...

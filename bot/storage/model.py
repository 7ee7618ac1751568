"""What the ledger speaks about, as plain data: no database, no Slack.

One question is one row, whatever event, mention or redelivery it came by.
"Seen" is not "done": a claim runs out unless it is finished, and then the next delivery of the same question takes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["claimed", "owed", "done", "dropped"]
Finished = Literal["finished", "doubled", "withdrawn"]
"""What `finish` found: the row was ours to finish; it was finished before (two messages are out); its question is gone."""


@dataclass(frozen=True, slots=True)
class QuestionKey:
    """Which question: the same for an event, its mention twin and every redelivery."""

    team: str
    """`T…`, or the enterprise's id where there is no team."""
    channel: str
    key: str
    """The message's ts; commands, buttons and edits bring a key of their own (`cmd:<trigger_id>`, `<ts>:edit:<ts>`)."""

    def encode(self) -> str:
        """One string for a button's value or a message's metadata; `decode` reads it back."""
        return f"{self.team}/{self.channel}/{self.key}"

    @classmethod
    def decode(cls, text: str) -> QuestionKey | None:
        """Read what `encode` wrote; None for anything else."""
        parts = text.split("/", 2)
        return cls(*parts) if len(parts) == 3 and all(parts) else None


@dataclass(frozen=True, slots=True)
class PostedAs:
    """The message that answers a question."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What is kept of an answered question, for the desk and the reports."""

    decision: str = ""
    """`answer`, `clarify`, `hand_off` or `silent`."""
    language: str = ""
    intent: str = ""
    provider: str | None = None
    text: str | None = None
    """The question, redacted; deleted after the days that the settings name. Never the original."""
    asker: str | None = None
    """Who asked, so that `forget` can find it."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a conversation should remember next: opaque JSON, kept with the finishing of the question."""

    thread: str
    """The thread's ts; the empty string outside threads (a DM)."""
    context_json: str


@dataclass(frozen=True, slots=True)
class Claim:
    """This process answers the question now, until the lease runs out."""

    row_id: int
    key: QuestionKey
    attempt: int
    """1 for the first try; also the fence that keeps an overtaken claimant from writing."""
    suspect: bool
    """An earlier try ended without a word: its message may be out, so look before you post."""


@dataclass(frozen=True, slots=True)
class AlreadyDone:
    """Answered, owed durably, or given up: the delivery may be acknowledged."""

    state: State
    posted: PostedAs | None


@dataclass(frozen=True, slots=True)
class InProgress:
    """Somebody else holds a live claim. Nothing is safe yet: do not acknowledge."""

    for_s: float
    """Seconds until that claim runs out."""


@dataclass(frozen=True, slots=True)
class OwedAnswer:
    """An answer that is to be posted from the row alone."""

    claim: Claim
    payload_json: str
    age_s: float
    """Seconds since the question came in."""


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """What the ledger knows of a question."""

    row_id: int
    state: State
    posted: PostedAs | None
    decision: str

"""One question's probe: for whom, where it is shown, how far it has come."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.errors import BotError
from bot.kb.model import Language
from bot.probe.service import Progress
from bot.slack.wishes import Wish
from bot.work import QuestionKey, Summary

if TYPE_CHECKING:
    from bot.answer.probe_report import State


@dataclass(frozen=True, slots=True)
class Thread:
    """Where everybody sees it."""

    channel: str
    root: str


@dataclass(frozen=True, slots=True)
class Private:
    """Where its asker alone sees it."""

    url: str
    replace: bool = False
    """Put it in place of the message whose button was pressed."""
    can_share: bool = True


@dataclass
class Run:
    """One question's probe."""

    wish: Wish
    key: QuestionKey
    user: str
    language: Language
    place: Thread | Private
    origin: str
    """What was used to start it: while it runs, the same cannot start another."""
    notice: str | None = None
    """Said to the asker alone above what they alone see (a password was pasted)."""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    summary: Summary = field(default_factory=Summary)
    latest: Progress = ()
    state: State = "running"
    error: BotError | None = None
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    ended_at: datetime | None = None
    is_gone: bool = False
    """Its message was deleted."""
    following: asyncio.Task[None] | None = None
    """Shows it, once it runs."""
    ending: asyncio.Event = field(default_factory=asyncio.Event)

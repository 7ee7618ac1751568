"""Delete what was kept long enough.

Texts go first, the bare facts of a question (when, which intent, was it answered) later: reports need the second, and
a repetition of an old delivery must still be recognised. What is owed is never touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.storage.conversations import THREAD_MEMORY
from bot.storage.tables import conversations, gaps, probes, questions


@dataclass(frozen=True, slots=True)
class Keep:
    """Days to keep things."""

    text_days: float = 90.0
    """Redacted texts and who asked, for probes too."""
    fact_days: float = 400.0
    """Rows of questions without their text, and thumbs: a year's comparison, and a month to make it in."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What one purge deleted."""

    texts: int
    questions: int
    conversations: int


def purge(connection: sa.Connection, keep: Keep, now_s: float) -> Purged:
    """Delete what is older than *keep* allows.

    Args:
        connection: In a transaction.
        keep: How long.
        now_s: Epoch seconds.
    """
    settled = questions.c.state.in_(("done", "dropped", "claimed"))
    texts = connection.execute(
        sa.update(questions)
        .where(
            settled,
            questions.c.created_at < _before(now_s, keep.text_days),
            sa.or_(questions.c.text.is_not(None), questions.c.asker.is_not(None)),
        )
        .values(text=None, asker=None)
    ).rowcount
    connection.execute(sa.delete(gaps).where(gaps.c.created_at < _before(now_s, keep.text_days)))
    connection.execute(sa.delete(probes).where(probes.c.created_at < _before(now_s, keep.text_days)))
    facts = connection.execute(
        sa.delete(questions).where(settled, questions.c.created_at < _before(now_s, keep.fact_days))
    ).rowcount
    talk = connection.execute(
        sa.delete(conversations).where(
            conversations.c.updated_at < _before(now_s, THREAD_MEMORY.total_seconds() / 86_400)
        )
    ).rowcount
    return Purged(texts, facts, talk)


def _before(now_s: float, days: float) -> datetime:
    return datetime.fromtimestamp(now_s - days * 86_400, UTC)

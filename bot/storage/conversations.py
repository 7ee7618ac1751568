"""What a conversation remembers, and what users and channels have chosen: statements on an open connection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.model import Memory, QuestionKey
from bot.storage.tables import (
    channel_preferences,
    conversations,
    feedback,
    gaps,
    probes,
    questions,
    user_preferences,
)

THREAD_MEMORY = timedelta(days=1)
"""In a thread that we answered, a follow-up needs no mention for this long."""

LOOSE_MEMORY = timedelta(minutes=30)
"""Outside threads (a DM) nobody remembers longer what "and for sending?" belonged to."""

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def _upsert(table: sa.Table, keys: tuple[str, ...]) -> Mapping[str, Any]:
    """A statement per database that writes a whole row, new or known."""
    statements = {}
    for name, insert in _INSERT.items():
        statement = insert(table).values({column.name: sa.bindparam(column.name) for column in table.columns})
        statements[name] = statement.on_conflict_do_update(
            index_elements=list(keys),
            set_={column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys},
        )
    return statements


_REMEMBER = _upsert(conversations, ("team", "channel", "thread"))
_SET_LANGUAGE = _upsert(user_preferences, ("team", "user"))
_SET_WATCHING = _upsert(channel_preferences, ("team", "channel"))
_FEEDBACK = _upsert(feedback, ("question_id", "user"))
_RECALL = sa.select(conversations.c.context).where(
    conversations.c.team == sa.bindparam("b_team"),
    conversations.c.channel == sa.bindparam("b_channel"),
    conversations.c.thread == sa.bindparam("b_thread"),
    conversations.c.updated_at >= sa.bindparam("since"),
)


def remember(connection: sa.Connection, team: str, channel: str, memory: Memory, now_s: float) -> None:
    """Keep the context of a conversation, in place of the one before."""
    connection.execute(
        _REMEMBER[connection.dialect.name],
        {
            "team": team,
            "channel": channel,
            "thread": memory.thread,
            "context": memory.context_json,
            "updated_at": datetime.fromtimestamp(now_s, UTC),
        },
    )


def recall(connection: sa.Connection, team: str, channel: str, thread: str, now_s: float) -> str | None:
    """The context of a conversation, unless it is too old."""
    oldest = datetime.fromtimestamp(now_s, UTC) - (THREAD_MEMORY if thread else LOOSE_MEMORY)
    context: str | None = connection.scalar(
        _RECALL, {"b_team": team, "b_channel": channel, "b_thread": thread, "since": oldest}
    )
    return context


def language(connection: sa.Connection, team: str, user: str) -> str | None:
    """The language that a user chose."""
    table = user_preferences.c
    chosen: str | None = connection.scalar(sa.select(table.language).where(table.team == team, table.user == user))
    return chosen


def set_language(connection: sa.Connection, team: str, user: str, chosen: str | None, now_s: float) -> None:
    """Keep or take back a user's choice."""
    if chosen is None:
        table = user_preferences.c
        connection.execute(sa.delete(user_preferences).where(table.team == team, table.user == user))
        return
    connection.execute(
        _SET_LANGUAGE[connection.dialect.name],
        {"team": team, "user": user, "language": chosen, "updated_at": datetime.fromtimestamp(now_s, UTC)},
    )


def watched_channels(connection: sa.Connection) -> frozenset[tuple[str, str]]:
    """Every (team, channel) that we listen in on."""
    table = channel_preferences.c
    found = connection.execute(sa.select(table.team, table.channel).where(table.watch))
    return frozenset((row.team, row.channel) for row in found)


def set_watching(connection: sa.Connection, team: str, channel: str, on: bool, by: str, now_s: float) -> None:
    """Switch listening in, and keep who did."""
    connection.execute(
        _SET_WATCHING[connection.dialect.name],
        {
            "team": team,
            "channel": channel,
            "watch": on,
            "set_by": by,
            "updated_at": datetime.fromtimestamp(now_s, UTC),
        },
    )


def give_feedback(connection: sa.Connection, key: QuestionKey, user: str, helpful: bool, now_s: float) -> None:
    """Keep a thumb, if the question is still known."""
    row_id = connection.scalar(
        sa.select(questions.c.id).where(
            questions.c.team == key.team, questions.c.channel == key.channel, questions.c.key == key.key
        )
    )
    if row_id is None:
        return
    connection.execute(
        _FEEDBACK[connection.dialect.name],
        {
            "question_id": row_id,
            "user": user,
            "team": key.team,
            "helpful": helpful,
            "updated_at": datetime.fromtimestamp(now_s, UTC),
        },
    )


def forget(connection: sa.Connection, team: str, user: str) -> None:
    """Delete what is kept of a user; that a question was answered stays, or it might be answered again."""
    asked = sa.and_(questions.c.team == team, questions.c.asker == user)
    connection.execute(
        sa.delete(user_preferences).where(user_preferences.c.team == team, user_preferences.c.user == user)
    )
    connection.execute(sa.delete(feedback).where(feedback.c.team == team, feedback.c.user == user))
    connection.execute(sa.delete(probes).where(probes.c.team == team, probes.c.user == user))
    connection.execute(sa.delete(gaps).where(gaps.c.question_id.in_(sa.select(questions.c.id).where(asked))))
    # Channels that begin with D are between the user and us alone.
    own = sa.select(questions.c.channel).where(asked, questions.c.channel.like("D%"))
    connection.execute(sa.delete(conversations).where(conversations.c.team == team, conversations.c.channel.in_(own)))
    connection.execute(sa.update(questions).where(asked).values(text=None, asker=None))

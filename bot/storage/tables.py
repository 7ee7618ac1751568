"""The tables. `bot/storage/migrations` builds them; a test holds the two against each other.

Texts of users appear in `questions.text`, `questions.payload` (our answer, until it is out) and `gaps.text`:
redacted before they come here, and deleted by `bot.storage.retention`.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time on both databases; SQLite itself forgets the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse times without a zone: nobody could say what they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give back an aware time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives rowids away again unless told not to, and a workflow id of the durable engine names a row id.
_row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", _row_id, primary_key=True, autoincrement=True),
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    # claimed | owed | done | dropped
    sa.Column("state", sa.Text, nullable=False),
    # Epoch seconds. Claimed: when the claim runs out. Owed: hands off until then.
    sa.Column("claimed_until", sa.Double, nullable=False),
    # Grows with every claim: the fence against an overtaken claimant.
    sa.Column("attempts", sa.Integer, nullable=False),
    # The last attempt of which it is known that neither it nor one before it has posted.
    sa.Column("unposted_attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("posted_channel", sa.Text),
    sa.Column("posted_ts", sa.Text),
    sa.Column("decision", sa.Text, nullable=False, server_default=""),
    sa.Column("language", sa.Text, nullable=False, server_default=""),
    sa.Column("intent", sa.Text, nullable=False, server_default=""),
    sa.Column("provider", sa.Text),
    sa.Column("asker", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("payload", sa.Text),
    sa.Column("dropped_because", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("team", "channel", "key"),
    sqlite_autoincrement=True,
)

# Only what is owed: the many rows that are done cost this index nothing.
sa.Index(
    "ix_questions_owed",
    questions.c.claimed_until,
    sqlite_where=questions.c.state == "owed",
    postgresql_where=questions.c.state == "owed",
)

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("team", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    # The empty string is the conversation outside threads.
    sa.Column("thread", sa.Text, primary_key=True),
    sa.Column("context", sa.Text, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

user_preferences = sa.Table(
    "user_preferences",
    metadata,
    sa.Column("team", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

channel_preferences = sa.Table(
    "channel_preferences",
    metadata,
    sa.Column("team", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("watch", sa.Boolean, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column(
        "question_id", _row_id, sa.ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

gaps = sa.Table(
    "gaps",
    metadata,
    sa.Column(
        "question_id", _row_id, sa.ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

# Who had which host looked at: for the administrator, not for any report.
probes = sa.Table(
    "probes",
    metadata,
    sa.Column("id", _row_id, primary_key=True, autoincrement=True),
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    # allowed | remembered | refused
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("elapsed_ms", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

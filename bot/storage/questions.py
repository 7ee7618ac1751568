"""The statements of the ledger, each one operation on an open connection.

Every function is what `bot.storage.lanes.Lanes.run` takes once its arguments are bound. `now_s` is epoch seconds,
brought by the caller so that a test can bring its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.model import (
    AlreadyDone,
    Claim,
    Finished,
    InProgress,
    OwedAnswer,
    PostedAs,
    QuestionKey,
    QuestionRow,
    State,
    Summary,
)
from bot.storage.tables import gaps, questions

_q = questions.c
_now = sa.bindparam("now_s", type_=sa.Double)
_row: sa.BindParameter[int] = sa.bindparam("row")
_attempt: sa.BindParameter[int] = sa.bindparam("attempt")
_where_key = sa.and_(
    _q.team == sa.bindparam("b_team"), _q.channel == sa.bindparam("b_channel"), _q.key == sa.bindparam("b_key")
)
# Ours to write: still open, and nobody has taken it over.
_ours = sa.and_(_q.id == _row, _q.attempts == _attempt)


def _claim_statement(insert: Any) -> Any:
    values = insert(questions).values(
        team=sa.bindparam("team"),
        channel=sa.bindparam("channel"),
        key=sa.bindparam("key"),
        state="claimed",
        claimed_until=sa.bindparam("until"),
        attempts=1,
        created_at=sa.bindparam("created_at"),
    )
    return values.on_conflict_do_update(
        index_elements=[_q.team, _q.channel, _q.key],
        set_={"claimed_until": values.excluded.claimed_until, "attempts": _q.attempts + 1},
        where=sa.and_(_q.state == "claimed", _q.claimed_until <= _now),
    ).returning(_q.id, _q.attempts, _q.unposted_attempt)


# Built once: a statement that is built anew is compiled anew.
_CLAIM: Mapping[str, Any] = {
    "sqlite": _claim_statement(sqlite.insert),
    "postgresql": _claim_statement(postgresql.insert),
}
_STATE = sa.select(_q.id, _q.state, _q.claimed_until, _q.posted_channel, _q.posted_ts, _q.decision).where(_where_key)
_FINISH = (
    sa.update(questions)
    .where(_q.id == _row, _q.state.in_(("claimed", "owed")))
    .values(state="done", payload=None, posted_channel=sa.bindparam("p_channel"), posted_ts=sa.bindparam("p_ts"))
)
_SUMMARY: Mapping[str, Any] = {
    name: sa.bindparam(f"s_{name}") for name in ("decision", "language", "intent", "provider", "text", "asker")
}
_FINISH_WITH_SUMMARY = _FINISH.values(**_SUMMARY)
_TOO_LATE = (
    sa.update(questions)
    .where(_q.id == _row)
    .values(posted_channel=sa.bindparam("p_channel"), posted_ts=sa.bindparam("p_ts"))
)
_STATE_OF_ROW = sa.select(_q.state, _q.posted_channel, _q.posted_ts).where(_q.id == _row)
_GAP: Mapping[str, Any] = {
    name: insert(gaps)
    .values(
        question_id=_row,
        team=sa.bindparam("g_team"),
        language=sa.bindparam("g_language"),
        text=sa.bindparam("g_text"),
        created_at=sa.bindparam("g_at"),
    )
    .on_conflict_do_nothing()
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_RELEASE = (
    sa.update(questions)
    .where(_ours, _q.state == "claimed")
    .values(claimed_until=_now, unposted_attempt=sa.bindparam("unposted"))
)
_OWE = (
    sa.update(questions)
    .where(_ours, _q.state == "claimed")
    .values(
        state="owed",
        payload=sa.bindparam("b_payload"),
        claimed_until=sa.bindparam("until"),
        unposted_attempt=sa.bindparam("unposted"),
        **_SUMMARY,
    )
)
_TAKE = (
    sa.update(questions)
    .where(_q.id == _row, _q.state == "owed", _q.claimed_until <= _now)
    .values(claimed_until=sa.bindparam("until"), attempts=_q.attempts + 1)
    .returning(_q.team, _q.channel, _q.key, _q.attempts, _q.unposted_attempt, _q.payload, _q.created_at)
)
_WAIT = sa.select(_q.claimed_until).where(_q.id == _row, _q.state == "owed")
_DEFER = (
    sa.update(questions)
    .where(_ours, _q.state == "owed")
    .values(claimed_until=sa.bindparam("until"), unposted_attempt=sa.bindparam("unposted"))
)
_DROP = (
    sa.update(questions)
    .where(_q.id == _row, _q.state.in_(("claimed", "owed")))
    .values(state="dropped", payload=None, dropped_because=sa.bindparam("reason"))
)
_OVERDUE = (
    sa.select(_q.id, _q.attempts)
    .where(_q.state == "owed", _q.claimed_until <= _now)
    .order_by(_q.claimed_until)
    .limit(sa.bindparam("most"))
)
_COUNT_OWED = sa.select(sa.func.count()).select_from(questions).where(_q.state == "owed")
_REVISE_OWED = (
    sa.update(questions).where(_where_key, _q.state == "owed").values(payload=sa.bindparam("b_payload"), **_SUMMARY)
)
_AMEND = sa.update(questions).where(_where_key, _q.state == "done").values(**_SUMMARY)
_REOPEN = (
    sa.update(questions)
    .where(
        _where_key,
        _q.posted_ts.is_(None),
        sa.or_(_q.state == "done", sa.and_(_q.state == "claimed", _q.claimed_until <= _now)),
    )
    .values(
        # A claim that lapsed keeps its doubt; a question that we passed over in silence has nothing out.
        unposted_attempt=sa.case((_q.state == "done", _q.attempts), else_=_q.unposted_attempt),
        state="claimed",
        claimed_until=_now,
    )
)
_WITHDRAW = (
    sa.update(questions)
    .where(_where_key)
    .values(
        state=sa.case((_q.state == "done", "done"), else_="dropped"),
        dropped_because="withdrawn",
        payload=None,
        text=None,
    )
    .returning(_q.id, _q.posted_channel, _q.posted_ts)
)
_FORGET_GAP = sa.delete(gaps).where(gaps.c.question_id == _row)


def claim(
    connection: sa.Connection, key: QuestionKey, now_s: float, lease_s: float
) -> Claim | AlreadyDone | InProgress:
    """Take the question, if it is new or its last claim ran out; otherwise say how it stands."""
    won = connection.execute(
        _CLAIM[connection.dialect.name],
        {
            "team": key.team,
            "channel": key.channel,
            "key": key.key,
            "until": now_s + lease_s,
            "now_s": now_s,
            "created_at": datetime.fromtimestamp(now_s, UTC),
        },
    ).first()
    if won is not None:
        row_id, attempt, unposted_attempt = won
        return Claim(row_id, key, attempt, suspect=unposted_attempt < attempt - 1)
    stands = connection.execute(_STATE, _of(key)).first()
    if stands is None:  # Deleted between the two statements.
        return InProgress(0.0)
    if stands.state == "claimed":
        return InProgress(max(stands.claimed_until - now_s, 0.0))
    return AlreadyDone(stands.state, _posted(stands))


def finish(
    connection: sa.Connection, held: Claim, posted: PostedAs | None, summary: Summary | None, now_s: float
) -> Finished:
    """Write down that the answer is out; a question that nobody could answer becomes a gap."""
    values: dict[str, object] = {
        "row": held.row_id,
        "p_channel": posted.channel if posted else None,
        "p_ts": posted.ts if posted else None,
    }
    if summary is None:
        changed = connection.execute(_FINISH, values).rowcount
    else:
        changed = connection.execute(_FINISH_WITH_SUMMARY, values | _summary(summary)).rowcount
    # An overtaken claimant may finish too: its message is out, and nobody else should post another.
    if changed:
        if summary is not None:
            note_gap(connection, held.row_id, held.key.team, summary, now_s)
        return "finished"
    stands = connection.execute(_STATE_OF_ROW, {"row": held.row_id}).first()
    if stands is not None and stands.state == "done":
        # Whoever overtook us may have found our message instead of posting another.
        return "finished" if posted is None or _posted(stands) == posted else "doubled"
    if posted is not None:
        connection.execute(_TOO_LATE, values)
    return "withdrawn"


def note_gap(connection: sa.Connection, row_id: int, team: str, summary: Summary, now_s: float) -> None:
    """Keep the text of a question that we could not answer."""
    if summary.decision == "hand_off" and summary.text:
        connection.execute(
            _GAP[connection.dialect.name],
            {
                "row": row_id,
                "g_team": team,
                "g_language": summary.language,
                "g_text": summary.text,
                "g_at": datetime.fromtimestamp(now_s, UTC),
            },
        )


def release(connection: sa.Connection, held: Claim, now_s: float) -> None:
    """Let go of a claim that posted nothing."""
    connection.execute(
        _RELEASE,
        {
            "row": held.row_id,
            "attempt": held.attempt,
            "now_s": now_s,
            "unposted": 0 if held.suspect else held.attempt,
        },
    )


def owe(
    connection: sa.Connection,
    held: Claim,
    payload_json: str,
    summary: Summary,
    now_s: float,
    wait_s: float,
    may_be_out: bool,
) -> bool:
    """Turn a claim into a promise."""
    changed = connection.execute(
        _OWE,
        {
            "row": held.row_id,
            "attempt": held.attempt,
            "b_payload": payload_json,
            "until": now_s + wait_s,
            "unposted": 0 if may_be_out else held.attempt,
        }
        | _summary(summary),
    ).rowcount
    if changed:
        note_gap(connection, held.row_id, held.key.team, summary, now_s)
    return bool(changed)


def take_owed(connection: sa.Connection, row_id: int, now_s: float, lease_s: float) -> OwedAnswer | float | None:
    """Take an owed answer, or say how long to wait, or that nothing is owed."""
    taken = connection.execute(_TAKE, {"row": row_id, "now_s": now_s, "until": now_s + lease_s}).first()
    if taken is None:
        until: float | None = connection.scalar(_WAIT, {"row": row_id})
        return None if until is None else max(until - now_s, 0.05)
    held = Claim(
        row_id,
        QuestionKey(taken.team, taken.channel, taken.key),
        taken.attempts,
        suspect=taken.unposted_attempt < taken.attempts - 1,
    )
    return OwedAnswer(held, taken.payload or "{}", max(now_s - taken.created_at.timestamp(), 0.0))


def defer(connection: sa.Connection, held: Claim, now_s: float, wait_s: float, may_be_out: bool) -> None:
    """Put an owed answer back."""
    connection.execute(
        _DEFER,
        {
            "row": held.row_id,
            "attempt": held.attempt,
            "until": now_s + wait_s,
            "unposted": 0 if may_be_out else held.attempt,
        },
    )


def drop(connection: sa.Connection, held: Claim, reason: str) -> None:
    """Give an answer up."""
    connection.execute(_DROP, {"row": held.row_id, "reason": reason})


def overdue(connection: sa.Connection, before_s: float, limit: int) -> list[tuple[int, int]]:
    """Owed answers whose time came before *before_s*."""
    found = connection.execute(_OVERDUE, {"now_s": before_s, "most": limit})
    return [(row.id, row.attempts) for row in found]


def count_owed(connection: sa.Connection) -> int:
    """How many answers are owed."""
    return connection.scalar(_COUNT_OWED) or 0


def find(connection: sa.Connection, key: QuestionKey) -> QuestionRow | None:
    """How a question stands."""
    row = connection.execute(_STATE, _of(key)).first()
    if row is None:
        return None
    state: State = row.state
    return QuestionRow(row.id, state, _posted(row), row.decision)


def revise_owed(connection: sa.Connection, key: QuestionKey, payload_json: str, summary: Summary) -> bool:
    """Change what is owed."""
    values = _of(key) | _summary(summary) | {"b_payload": payload_json}
    return bool(connection.execute(_REVISE_OWED, values).rowcount)


def amend(connection: sa.Connection, key: QuestionKey, summary: Summary) -> None:
    """Keep what an edited question means now."""
    connection.execute(_AMEND, _of(key) | _summary(summary))


def reopen(connection: sa.Connection, key: QuestionKey, now_s: float) -> bool:
    """Let a question without a message be claimed anew."""
    return bool(connection.execute(_REOPEN, _of(key) | {"now_s": now_s}).rowcount)


def withdraw(connection: sa.Connection, key: QuestionKey) -> PostedAs | None:
    """Owe nothing and forget the text; give the message that is out."""
    row = connection.execute(_WITHDRAW, _of(key)).first()
    if row is None:
        return None
    connection.execute(_FORGET_GAP, {"row": row.id})
    return _posted(row)


def _of(key: QuestionKey) -> dict[str, object]:
    return {"b_team": key.team, "b_channel": key.channel, "b_key": key.key}


def _summary(summary: Summary) -> dict[str, object]:
    return {
        "s_decision": summary.decision,
        "s_language": summary.language,
        "s_intent": summary.intent,
        "s_provider": summary.provider,
        "s_text": summary.text,
        "s_asker": summary.asker,
    }


def _posted(row: Any) -> PostedAs | None:
    if row.posted_channel is None or row.posted_ts is None:
        return None
    return PostedAs(row.posted_channel, row.posted_ts)

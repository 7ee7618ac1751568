"""What is deleted when."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.probe.service import ProbeRecord
from bot.storage.ledger import SqlLedger
from bot.storage.model import AlreadyDone, Memory, PostedAs, QuestionKey, Summary
from bot.storage.retention import Keep, Purged
from tests.unit.storage.ledger_contract import KEY, POSTED, SUMMARY, Clock, claimed

_DAY_S = 86_400.0


async def test_texts_go_after_their_days_and_the_question_is_still_known(
    ledger: SqlLedger, url: sa.URL, clock: Clock
) -> None:
    """After ninety days no text and no asker is left, yet a repetition would still not be answered twice."""
    await ledger.finish(await claimed(ledger), POSTED, SUMMARY, Memory("1.1", "{}"))
    other = QuestionKey("T1", "C1", "2.2")
    await ledger.finish(await claimed(ledger, other), POSTED, Summary("hand_off", "en", "", None, "odd", "U2"))
    clock.now_s += 89.0 * _DAY_S
    await ledger.finish(await claimed(ledger, QuestionKey("T1", "C1", "3.3")), PostedAs("C1", "4"), SUMMARY)
    assert await ledger.purge(Keep()) == Purged(texts=0, questions=0, conversations=1)
    clock.now_s += 2.0 * _DAY_S
    assert await ledger.purge(Keep()) == Purged(texts=2, questions=0, conversations=0)
    with closing(sqlite3.connect(url.database or "")) as connection:
        kept = connection.execute("SELECT text, asker FROM questions ORDER BY id").fetchall()
        gaps = connection.execute("SELECT count(*) FROM gaps").fetchone()
    assert kept == [(None, None), (None, None), (SUMMARY.text, SUMMARY.asker)]
    assert gaps == (0,)
    assert await ledger.claim(KEY, lease_s=1.0) == AlreadyDone("done", POSTED)


async def test_what_is_owed_is_never_purged(ledger: SqlLedger, clock: Clock) -> None:
    """A promise outlives every retention period."""
    claim = await claimed(ledger)
    await ledger.owe(claim, "{}", wait_s=0.0, may_be_out=False, summary=SUMMARY)
    clock.now_s += 1_000.0 * _DAY_S
    assert await ledger.purge(Keep(text_days=1.0, fact_days=1.0)) == Purged(0, 0, 0)
    assert await ledger.count_owed() == 1


async def test_old_rows_go_with_their_thumbs(ledger: SqlLedger, url: sa.URL, clock: Clock) -> None:
    """After the days for facts a question is gone, and with it what users thought of its answer."""
    await ledger.finish(await claimed(ledger), POSTED, SUMMARY)
    await ledger.give_feedback(KEY, "U1", True)
    clock.now_s += 3.0 * _DAY_S
    assert (await ledger.purge(Keep(text_days=1.0, fact_days=2.0))).questions == 1
    with closing(sqlite3.connect(url.database or "")) as connection:
        assert connection.execute("SELECT count(*) FROM feedback").fetchone() == (0,)


async def test_probes_go_with_the_texts_and_when_their_asker_wants_it(
    ledger: SqlLedger, url: sa.URL, clock: Clock
) -> None:
    """Who had which host probed is kept as long as the texts, and no longer than its asker wants."""

    def hosts() -> list[str]:
        with closing(sqlite3.connect(url.database or "")) as connection:
            return [row[0] for row in connection.execute("SELECT host FROM probes ORDER BY id")]

    for number, user in enumerate(("U1", "U2", "U1")):
        clock.now_s += 50.0 * _DAY_S
        at = datetime.fromtimestamp(clock.now_s, UTC)
        await ledger.note_probe(ProbeRecord("T1", user, f"mail{number}.example.jp", "allowed", "", 5, at))
    assert hosts() == ["mail0.example.jp", "mail1.example.jp", "mail2.example.jp"]
    await ledger.purge(Keep())
    assert hosts() == ["mail1.example.jp", "mail2.example.jp"]
    await ledger.forget("T1", "U1")
    assert hosts() == ["mail1.example.jp"]

"""The ledger on SQLite: the contract, and what is peculiar to SQLite and to texts."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from bot.storage.database import open_engine
from bot.storage.lanes import Lanes
from bot.storage.ledger import SqlLedger
from bot.storage.migrate import migrate
from bot.storage.model import Claim, Memory, PostedAs, QuestionKey, Summary
from tests.unit.storage.ledger_contract import KEY, POSTED, SUMMARY, Clock, LedgerContract, claimed

_CLAIMANT = """
import asyncio, sys
from bot.storage.database import open_engine, parse_url
from bot.storage.lanes import Lanes
from bot.storage.ledger import SqlLedger
from bot.storage.migrate import migrate
from bot.storage.model import Claim, PostedAs, QuestionKey

async def main() -> None:
    engine = open_engine(parse_url(sys.argv[1]))
    migrate(engine)
    ledger = SqlLedger(Lanes(engine))
    won = 0
    for number in range(200):
        claim = await ledger.claim(QuestionKey("T", "C", str(number)), lease_s=60.0)
        if isinstance(claim, Claim):
            won += 1
            await ledger.finish(claim, PostedAs("C", "1"))
    await ledger.close()
    print(won)

asyncio.run(main())
"""


class TestContract(LedgerContract):
    """Runs the contract on SQLite."""


async def test_two_processes_on_one_file_share_the_questions(url: sa.URL) -> None:
    """Two bots started by mistake on one SQLite file, even at the same moment, answer each question once."""
    address = url.render_as_string()
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _CLAIMANT, address, stdout=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    outputs = [(await process.communicate())[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sum(int(output) for output in outputs) == 200


async def test_an_unwatched_channel_costs_no_database_call(url: sa.URL, clock: Clock) -> None:
    """A message in a channel that we do not watch is passed over without asking the database, for a minute."""
    engine = open_engine(url)
    migrate(engine)
    statements: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    ledger = SqlLedger(Lanes(engine), clock=clock)
    for number in range(100):
        assert await ledger.watching("T1", f"C{number}") is False
    assert sum("channel_preferences" in statement for statement in statements) == 1
    clock.now_s += 61.0
    await ledger.watching("T1", "C1")
    assert sum("channel_preferences" in statement for statement in statements) == 2
    await ledger.close()


async def test_a_question_nobody_could_answer_becomes_a_gap_until_it_is_deleted(ledger: SqlLedger, url: sa.URL) -> None:
    """The desk sees what could not be answered; deleting the message deletes it there too."""
    await ledger.finish(await claimed(ledger), POSTED, Summary("hand_off", "ja", "", None, "謎の質問", "U1"))
    assert _rows(url, "SELECT team, language, text FROM gaps") == [("T1", "ja", "謎の質問")]
    await ledger.withdraw(KEY)
    assert _rows(url, "SELECT * FROM gaps") == []
    assert _rows(url, "SELECT text FROM questions") == [(None,)]


async def test_the_answer_is_not_kept_once_it_is_out(ledger: SqlLedger, url: sa.URL) -> None:
    """The stored payload of an owed answer goes when the answer is out."""
    claim = await claimed(ledger)
    await ledger.owe(claim, '{"payload": {"text": "x"}}', wait_s=0.0, may_be_out=False, summary=SUMMARY)
    assert _rows(url, "SELECT payload FROM questions") == [('{"payload": {"text": "x"}}',)]
    await ledger.finish(claim, POSTED)
    assert _rows(url, "SELECT payload, text FROM questions") == [(None, SUMMARY.text)]


async def test_thumbs_count_once_per_user_and_forget_me_forgets(ledger: SqlLedger, url: sa.URL) -> None:
    """A changed thumb replaces the old one; "forget me" deletes choices, thumbs, texts and the DM's context."""
    dm = QuestionKey("T1", "D1", "5.5")
    await ledger.finish(await claimed(ledger), POSTED, SUMMARY)
    await ledger.finish(
        await claimed(ledger, dm), POSTED, Summary("hand_off", "ja", "", None, "秘密", "U1"), Memory("", "{}")
    )
    await ledger.give_feedback(KEY, "U1", True)
    await ledger.give_feedback(KEY, "U1", False)
    await ledger.give_feedback(KEY, "U2", True)
    await ledger.give_feedback(QuestionKey("T1", "C1", "unknown"), "U1", True)
    assert sorted(_rows(url, 'SELECT "user", helpful FROM feedback')) == [("U1", 0), ("U2", 1)]
    await ledger.set_language("T1", "U1", "ja")
    await ledger.forget("T1", "U1")
    assert _rows(url, 'SELECT "user" FROM feedback') == [("U2",)]
    assert _rows(url, "SELECT text, asker FROM questions") == [(None, None), (None, None)]
    assert _rows(url, "SELECT * FROM gaps") == []
    assert await ledger.recall("T1", "D1", "") is None
    assert await ledger.language("T1", "U1") is None
    assert not isinstance(await ledger.claim(KEY, lease_s=1.0), Claim)


async def test_throughput_is_printed(tmp_path: Path, url: sa.URL) -> None:
    """Two thousand questions that arrive together are claimed and finished; the rate is printed, not judged."""
    engine = open_engine(url)
    migrate(engine)
    ledger = SqlLedger(Lanes(engine))

    async def one(number: int) -> str:
        claim = await claimed(ledger, QuestionKey("T1", "C1", str(number)))
        return await ledger.finish(claim, PostedAs("C1", str(number)), SUMMARY, Memory(str(number), "{}"))

    started = time.perf_counter()
    results = await asyncio.gather(*(one(number) for number in range(2_000)))
    elapsed_s = time.perf_counter() - started
    await ledger.close()
    assert results == ["finished"] * 2_000
    print(f"\nclaim + finish + remember on SQLite: {2_000 / elapsed_s:,.0f} a second")


def _rows(url: sa.URL, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(url.database or "")) as connection:
        return connection.execute(statement).fetchall()

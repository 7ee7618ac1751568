"""Answers that could not go out at once: the durable engine, really running on SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from prometheus_client import REGISTRY

from bot.work import (
    Claim,
    PostRateLimitedError,
    PostRefusedError,
    PostTransientError,
    QuestionKey,
    Summary,
    Work,
    open_work,
)
from bot.work.courier import Parcel, Patience
from tests.unit.work.engine_tables import readable
from tests.unit.work.fake_poster import ANSWER, QUESTION, Author, FakePoster

KEY = QuestionKey("T1", "C1", "1700000000.000100")
QUICK = Patience(first_wait_s=0.05, post_timeout_s=1.0, lease_s=1.0)


async def test_a_long_429_is_waited_out_after_the_acknowledgement(work: Work, poster: FakePoster) -> None:
    """The delivery is acknowledged at once, the answer goes out when Slack's wait is over, not before."""
    poster.script = [PostRateLimitedError(1.2)]
    started = time.monotonic()
    result = await work.delivery.answer(KEY, compose=Author(KEY))
    assert (result.name, result.acknowledge) == ("owed", True)
    assert time.monotonic() - started < 1.0
    await poster.until(lambda: len(poster.out) == 1)
    assert time.monotonic() - started >= 1.2
    assert poster.tried == 2
    await until_state(work, KEY, "done")


async def test_errors_that_pass_are_tried_again_until_they_have_passed(work: Work, poster: FakePoster) -> None:
    """A Slack that is down for a while gets the answer when it is back, once."""
    poster.script = [PostTransientError("http_503")] * 6
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).acknowledge is True
    await poster.until(lambda: len(poster.out) == 1)
    await until_state(work, KEY, "done")
    assert poster.tried == 7


async def test_a_refusal_in_the_background_drops_the_answer_visibly(work: Work, poster: FakePoster) -> None:
    """An owed answer whose channel is gone is dropped and counted, not tried for ever."""
    poster.script = [PostRateLimitedError(0.6), PostRefusedError("channel_not_found")]
    before = _counted("mailports_answers_dropped_total", reason="channel_not_found")
    await work.delivery.answer(KEY, compose=Author(KEY))
    await until_state(work, KEY, "dropped")
    assert _counted("mailports_answers_dropped_total", reason="channel_not_found") == before + 1
    assert await work.ledger.count_owed() == 0


async def test_an_answer_that_is_too_old_is_given_up(database_url: str, poster: FakePoster) -> None:
    """Nobody gets an answer to yesterday's question; it is counted instead."""
    await _leave_an_owed_answer(database_url, poster)
    before = _counted("mailports_answers_dropped_total", reason="too_old")
    work = await open_work(database_url, poster=poster, patience=Patience(give_up_s=0.0))
    await until_state(work, KEY, "dropped")
    await work.close()
    assert poster.tried == 0
    assert _counted("mailports_answers_dropped_total", reason="too_old") == before + 1


async def test_what_is_owed_survives_a_restart(database_url: str, poster: FakePoster) -> None:
    """An answer that waits for Slack when the bot is stopped goes out after the next start."""
    first = await open_work(database_url, poster=poster, budget_s=0.3, lease_s=5.0, patience=QUICK)
    poster.script = [PostRateLimitedError(1.5)]
    assert (await first.delivery.answer(KEY, compose=Author(KEY))).name == "owed"
    await _until_launched(first)
    await first.close(grace_s=1.0)
    assert len(poster.out) == 0
    second = await open_work(database_url, poster=poster, patience=QUICK)
    await poster.until(lambda: len(poster.out) == 1)
    await until_state(second, KEY, "done")
    await second.close()
    assert len(poster.out) == 1


async def test_a_dead_replicas_promise_is_kept_by_another(database_url: str, poster: FakePoster) -> None:
    """What one replica owed when it vanished is posted by any other, without its executor id."""
    await _leave_an_owed_answer(database_url, poster)
    other = await open_work(database_url, poster=poster, executor_id="replica-2", patience=QUICK)
    await until_state(other, KEY, "done")
    await other.close()
    assert len(poster.out) == 1


async def test_two_workflows_for_one_row_post_once(work: Work, poster: FakePoster) -> None:
    """Handing the same answer over again and again (a sweep, a second replica) does not double it."""
    claim = await work.ledger.claim(KEY, lease_s=5.0)
    assert isinstance(claim, Claim)
    parcel = Parcel({"question": KEY.encode(), "text": ANSWER})
    await work.ledger.owe(claim, parcel.to_json(), wait_s=0.0, may_be_out=False)
    for attempt in range(20):
        work.engine.hand_over(claim.row_id, attempt)
    await until_state(work, KEY, "done")
    await until_workflows(work_file(work), {"SUCCESS": 20})
    assert poster.tried == 1


async def test_posting_happens_on_the_loop_of_the_bot(work: Work, poster: FakePoster) -> None:
    """The poster's connections belong to one loop in one thread; the engine's threads never touch them."""
    threads: list[int] = []

    async def note_thread() -> None:
        threads.append(threading.get_ident())

    poster.script = [PostRateLimitedError(0.5), note_thread]
    await work.delivery.answer(KEY, compose=Author(KEY))
    await poster.until(lambda: len(poster.out) == 1)
    assert threads == [threading.get_ident()]


async def test_no_text_is_in_the_tables_of_the_engine(work: Work, poster: FakePoster) -> None:
    """The engine keeps its tables for ever: neither the question nor the answer nor a fault's message is there."""
    poster.script = [PostRateLimitedError(0.4), RuntimeError(f"fault while posting {ANSWER} to {QUESTION}")]
    await work.delivery.answer(KEY, compose=Author(KEY))
    await poster.until(lambda: len(poster.out) == 1)
    await until_workflows(work_file(work), {"SUCCESS": 1})
    dump = readable(_everything(work_file(work)))
    assert "deliver-" in dump
    for text in (ANSWER, QUESTION, KEY.key, "fault while"):
        assert text not in dump


async def test_finished_work_is_deleted_from_the_tables_of_the_engine(work: Work, poster: FakePoster) -> None:
    """The engine's tables do not grow for ever."""
    from bot.work import dbos_engine

    poster.script = [PostRateLimitedError(0.4)]
    await work.delivery.answer(KEY, compose=Author(KEY))
    await poster.until(lambda: len(poster.out) == 1)
    await until_workflows(work_file(work), {"SUCCESS": 1})
    assert await asyncio.to_thread(dbos_engine.purge, timedelta(hours=1)) == 0
    assert await asyncio.to_thread(dbos_engine.purge, timedelta(seconds=-5)) == 1
    await until_workflows(work_file(work), {})


async def test_closing_lets_a_try_in_the_background_end(work: Work, poster: FakePoster) -> None:
    """At SIGTERM an owed answer that is just being posted is posted and recorded, not cut off."""
    gate = asyncio.Event()
    poster.script = [PostRateLimitedError(0.4), gate.wait]  # type: ignore[list-item]
    await work.delivery.answer(KEY, compose=Author(KEY))
    await poster.until(lambda: poster.tried == 2)
    closing_work = asyncio.create_task(work.engine.close(grace_s=5.0))
    ended, _ = await asyncio.wait({closing_work}, timeout=0.4)
    assert not ended
    gate.set()
    await closing_work
    assert len(poster.out) == 1
    await until_state(work, KEY, "done")


async def test_an_engine_that_cannot_start_is_tried_again_at_the_next_sweep(
    work: Work, poster: FakePoster, database_url: str
) -> None:
    """While the engine's own database is unusable nothing is lost; when it is mended, the answer goes out."""
    blocker = work_file(work)
    blocker.mkdir()
    poster.script = [PostRateLimitedError(0.4)]
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).acknowledge is True
    await asyncio.sleep(0.8)
    assert work.engine.launched is False
    blocker.rmdir()
    await poster.until(lambda: len(poster.out) == 1)


def test_the_engine_is_loaded_only_when_something_is_owed(database_url: str) -> None:
    """A bot that owes nothing does not carry the engine: neither its import nor its threads."""
    program = (
        "import asyncio, sys\n"
        "from bot.work import *\n"
        "class P:\n"
        "    async def post(self, payload): return PostedAs('C', '1')\n"
        "async def compose(): return Composed({'text': 'x'}, Summary('answer'))\n"
        "async def main():\n"
        "    work = await open_work(sys.argv[1], poster=P())\n"
        "    await work.delivery.answer(QuestionKey('T', 'C', '1'), compose=compose)\n"
        "    await work.close()\n"
        "asyncio.run(main())\n"
        "print('dbos' in sys.modules, 'slack_sdk' in sys.modules, 'slack_bolt' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, database_url], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False"]


async def until_state(work: Work, key: QuestionKey, state: str) -> None:
    """Wait until the ledger says so."""
    async with asyncio.timeout(15.0):
        while (row := await work.ledger.find(key)) is None or row.state != state:  # noqa: ASYNC110 (it is in a file)
            await asyncio.sleep(0.02)


async def until_workflows(file: Path, wanted: dict[str, int]) -> None:
    """Wait until the engine's table holds so many workflows of each status."""
    async with asyncio.timeout(15.0):
        while True:
            with closing(sqlite3.connect(file)) as connection:
                found = dict(connection.execute("SELECT status, count(*) FROM workflow_status GROUP BY status"))
            if found == wanted:
                return
            await asyncio.sleep(0.05)


def work_file(work: Work) -> Path:
    """The engine's database, beside ours."""
    from bot.work import dbos_engine

    return Path(dbos_engine.system_url(work.engine.url).database or "")


async def _until_launched(work: Work) -> None:
    async with asyncio.timeout(15.0):
        while not work.engine.launched:  # noqa: ASYNC110 (it is a thread that launches)
            await asyncio.sleep(0.02)


async def _leave_an_owed_answer(database_url: str, poster: FakePoster) -> None:
    """What a process leaves that promised an answer and died before it told the engine."""
    work = await open_work(database_url, poster=poster, executor_id="replica-1")
    claim = await work.ledger.claim(KEY, lease_s=5.0)
    assert isinstance(claim, Claim)
    parcel = Parcel({"question": KEY.encode(), "text": ANSWER})
    await work.ledger.owe(claim, parcel.to_json(), wait_s=0.0, may_be_out=False, summary=Summary("answer"))
    await work.ledger.close()
    await work.housekeeper.close()


def _everything(file: Path) -> Iterator[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            yield from connection.execute(f'SELECT * FROM "{table}"')


def _counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0

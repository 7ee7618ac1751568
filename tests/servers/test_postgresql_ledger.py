"""The ledger and the delivery on a real PostgreSQL: the same promises as on SQLite, and several replicas at once."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.storage.database import open_engine, parse_url
from bot.storage.errors import StorageUnavailableError
from bot.storage.lanes import Lanes
from bot.storage.ledger import SqlLedger
from bot.storage.migrate import HEAD, VERSION_TABLE, migrate
from bot.storage.model import AlreadyDone, Claim, Memory, PostedAs, QuestionKey
from bot.storage.tables import metadata
from bot.work import PostRateLimitedError, open_ledger, open_work
from bot.work.courier import Patience
from tests.support.postgresql import PostgresqlServer, missing_reason
from tests.unit.storage.ledger_contract import KEY, POSTED, SUMMARY, Clock, LedgerContract, claimed
from tests.unit.work.crash_child import KEY as CRASH_KEY
from tests.unit.work.crash_child import MOMENTS
from tests.unit.work.engine_tables import readable
from tests.unit.work.fake_poster import ANSWER, QUESTION, Author, FakePoster
from tests.unit.work.test_crash import messages_after_a_crash

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(missing_reason() is not None, reason=missing_reason() or ""),
]

_CLAIMANT = """
import asyncio, random, sys
from bot.work import Claim, PostedAs, QuestionKey, open_ledger

async def main() -> None:
    ledger, _ = await open_ledger(sys.argv[1])
    numbers = list(range(300))
    random.shuffle(numbers)
    async def one(number: int) -> bool:
        claim = await ledger.claim(QuestionKey("T", "C", str(number)), lease_s=60.0)
        if isinstance(claim, Claim):
            await ledger.finish(claim, PostedAs("C", str(number)))
        return isinstance(claim, Claim)
    print(sum(await asyncio.gather(*(one(number) for number in numbers))))
    await ledger.close()

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    """One server for this module."""
    with PostgresqlServer() as started:
        yield started


@pytest.fixture
def database_url(server: PostgresqlServer) -> str:
    """An empty database."""
    return server.new_database()


@pytest.fixture
def clock() -> Clock:
    """Epoch seconds that stand still."""
    return Clock()


@pytest.fixture
async def ledger(database_url: str, clock: Clock) -> AsyncIterator[SqlLedger]:
    """A fresh ledger."""
    opened, _ = await open_ledger(database_url, clock=clock)
    yield opened
    await opened.close()


class TestContract(LedgerContract):
    """Runs the contract on PostgreSQL."""


def test_an_empty_database_gets_the_tables_that_the_code_expects(database_url: str) -> None:
    """After the first start the database has exactly the tables, columns and indexes that the code uses."""
    engine = open_engine(parse_url(database_url))
    assert migrate(engine) is None
    assert migrate(engine) == HEAD
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_replicas_that_start_at_once_migrate_once(database_url: str) -> None:
    """Several replicas may be started at the same moment on an empty database."""
    results: list[str] = []

    def start() -> None:
        engine = open_engine(parse_url(database_url))
        try:
            results.append(str(migrate(engine)))
        except Exception as error:  # noqa: BLE001 (shown by the assertion)
            results.append(repr(error))
        finally:
            engine.dispose()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [HEAD, HEAD, HEAD, "None"]


async def test_three_replicas_share_the_questions(database_url: str) -> None:
    """Replicas that get the same deliveries at the same time, in any order, answer each question once."""
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", _CLAIMANT, database_url, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    outputs = [(await process.communicate())[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum(int(output) for output in outputs) == 300


async def test_a_restarted_server_costs_no_question(ledger: SqlLedger, server: PostgresqlServer) -> None:
    """When the database server restarts under the bot, the next operation works, and what was kept is there."""
    await ledger.finish(await claimed(ledger), POSTED, SUMMARY)
    server.end_all_sessions()
    assert await ledger.claim(KEY, lease_s=1.0) == AlreadyDone("done", POSTED)


async def test_an_unreachable_server_is_an_error_of_ours_without_the_password(
    database_url: str, server: PostgresqlServer
) -> None:
    """A database that is not there is named as such; the password in its URL is in no message."""
    away = database_url.replace(f":{server.port}/", ":1/")
    with pytest.raises(StorageUnavailableError) as caught:
        await open_ledger(away)
    assert caught.value.params == {"kind": "OperationalError"}
    password = parse_url(database_url).password
    assert password
    assert password not in str(caught.value)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_and_started_again(database_url: str, tmp_path: Path, moment: str) -> None:
    """Whether the bot dies between posting and recording, or after promising, the asker sees one answer."""
    assert await messages_after_a_crash(database_url, tmp_path / "slack.txt", moment) == [CRASH_KEY.encode()]


async def test_a_long_429_is_waited_out_and_leaves_no_text_behind(database_url: str) -> None:
    """The durable engine works in the same database, in a schema of its own that holds no text of anybody."""
    poster = FakePoster()
    work = await open_work(
        database_url, poster=poster, budget_s=0.3, lease_s=5.0, patience=Patience(first_wait_s=0.05, lease_s=50.0)
    )
    key = QuestionKey("T1", "C1", "1700000000.000100")
    poster.script = [PostRateLimitedError(0.8)]
    assert (await work.delivery.answer(key, compose=Author(key))).name == "owed"
    await poster.until(lambda: len(poster.out) == 1)
    await work.close()
    dump = await asyncio.to_thread(_dump, database_url, "dbos")
    assert "deliver-" in dump
    for text in (ANSWER, QUESTION, key.key):
        assert text not in dump


async def test_throughput_is_printed(database_url: str) -> None:
    """A thousand questions that arrive together are claimed and finished; the rate is printed, not judged."""
    url = parse_url(database_url)
    engine = open_engine(url)
    migrate(engine)
    ledger = SqlLedger(Lanes(engine))

    async def one(number: int) -> str:
        claim = await ledger.claim(QuestionKey("T1", "C1", str(number)), lease_s=60.0)
        assert isinstance(claim, Claim)
        return await ledger.finish(claim, PostedAs("C1", str(number)), SUMMARY, Memory(str(number), "{}"))

    started = time.perf_counter()
    results = await asyncio.gather(*(one(number) for number in range(1_000)))
    elapsed_s = time.perf_counter() - started
    await ledger.close()
    assert results == ["finished"] * 1_000
    print(f"\nclaim + finish + remember on PostgreSQL: {1_000 / elapsed_s:,.0f} a second")


def _dump(database_url: str, schema: str) -> str:
    engine = sa.create_engine(parse_url(database_url))
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names(schema)
        text = readable(
            tuple(row) for table in tables for row in connection.execute(sa.text(f'SELECT * FROM {schema}."{table}"'))
        )
    engine.dispose()
    return text

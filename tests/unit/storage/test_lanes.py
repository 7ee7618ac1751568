"""The threads that speak to the database."""

from __future__ import annotations

import asyncio
import threading

import pytest
import sqlalchemy as sa

from bot.storage.database import open_engine
from bot.storage.errors import StorageUnavailableError
from bot.storage.lanes import Lanes


@pytest.fixture
def engine(url: sa.URL) -> sa.Engine:
    """A database with one table of numbers."""
    opened = open_engine(url)
    with opened.begin() as connection:
        connection.execute(sa.text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    return opened


def _insert(number: int) -> sa.TextClause:
    return sa.text("INSERT INTO numbers (n) VALUES (:n)").bindparams(n=number)


async def test_operations_that_arrive_together_are_committed_together(engine: sa.Engine) -> None:
    """While one transaction runs, everything that arrives shares the next one."""
    commits: list[int] = []
    sa.event.listen(engine, "commit", lambda connection: commits.append(1))
    lanes = Lanes(engine)
    gate = threading.Event()
    first = asyncio.ensure_future(lanes.run(lambda connection: gate.wait(10.0)))
    rest = [asyncio.ensure_future(lanes.run(lambda c, n=n: c.execute(_insert(n)).rowcount)) for n in range(100)]
    await asyncio.sleep(0)  # All have been put into the queue now.
    gate.set()
    assert await asyncio.gather(first, *rest) == [True] + [1] * 100
    assert len(commits) <= 3
    await lanes.close()


async def test_a_bad_operation_fails_alone(engine: sa.Engine) -> None:
    """One operation that cannot be done does not spoil those that share its transaction."""
    lanes = Lanes(engine)
    gate = threading.Event()
    hold = asyncio.ensure_future(lanes.run(lambda connection: gate.wait(10.0)))
    numbers = [1, 2, 2, 3]
    jobs = [asyncio.ensure_future(lanes.run(lambda c, n=n: c.execute(_insert(n)).rowcount)) for n in numbers]
    await asyncio.sleep(0)
    gate.set()
    await hold
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert [result for result in results if result == 1] == [1, 1, 1]
    failed = [result for result in results if isinstance(result, StorageUnavailableError)]
    assert [error.params for error in failed] == [{"kind": "IntegrityError"}]
    assert await lanes.run(lambda c: c.scalar(sa.text("SELECT count(*) FROM numbers"))) == 3
    await lanes.close()


async def test_an_error_names_its_kind_and_never_what_was_written(engine: sa.Engine) -> None:
    """What a log shows of a failed write is the kind of error; values, which may be texts of users, stay out."""
    lanes = Lanes(engine)
    statement = sa.text("INSERT INTO nowhere (t) VALUES (:t)").bindparams(t="my secret")
    with pytest.raises(StorageUnavailableError) as caught:
        await lanes.run(lambda connection: connection.execute(statement))
    assert caught.value.params == {"kind": "OperationalError"}
    assert "secret" not in str(caught.value)
    await lanes.close()


async def test_close_finishes_what_was_taken_on(engine: sa.Engine) -> None:
    """Everything given before the close is written; what comes after is refused, not lost in silence."""
    lanes = Lanes(engine)
    jobs = [asyncio.ensure_future(lanes.run(lambda c, n=n: c.execute(_insert(n)).rowcount)) for n in range(50)]
    await asyncio.sleep(0)
    await lanes.close()
    assert await asyncio.gather(*jobs) == [1] * 50
    with pytest.raises(StorageUnavailableError):
        await lanes.run(lambda connection: None)


async def test_a_waiter_that_gives_up_disturbs_nobody(engine: sa.Engine) -> None:
    """A cancelled delivery does not break the batch that its operation is in."""
    lanes = Lanes(engine)
    gate = threading.Event()
    hold = asyncio.ensure_future(lanes.run(lambda connection: gate.wait(10.0)))
    given_up = asyncio.ensure_future(lanes.run(lambda c: c.execute(_insert(1)).rowcount))
    other = asyncio.ensure_future(lanes.run(lambda c: c.execute(_insert(2)).rowcount))
    await asyncio.sleep(0)
    given_up.cancel()
    gate.set()
    await hold
    assert await other == 1
    await lanes.close()

"""From an empty database, or an older one, to the layout that this version needs."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import bot.storage.migrations
from bot.storage.database import open_engine
from bot.storage.errors import DatabaseNewerError, StorageUnavailableError
from bot.storage.migrate import HEAD, VERSION_TABLE, migrate, upgrade
from bot.storage.tables import metadata


def test_an_empty_database_gets_the_tables_that_the_code_expects(url: sa.URL) -> None:
    """After the first start the database has exactly the tables, columns and indexes that the code uses."""
    engine = open_engine(url)
    assert migrate(engine) is None
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_an_old_database_and_a_new_one_end_up_alike(url: sa.URL) -> None:
    """Step by step from nothing, or all at once: the tables, columns, indexes and the noted version are the same."""

    def layout(engine: sa.Engine) -> dict[str, object]:
        inspector = sa.inspect(engine)
        found: dict[str, object] = {}
        for table in inspector.get_table_names():
            indexes = inspector.get_indexes(table)
            found[table] = (
                [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(table)],
                inspector.get_pk_constraint(table),
                inspector.get_unique_constraints(table),
                inspector.get_foreign_keys(table),
                [(i["name"], i["column_names"], str(i["dialect_options"]["sqlite_where"])) for i in indexes],
            )
        with engine.connect() as connection:
            found["version"] = connection.scalar(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))
        return found

    step_by_step, at_once = (open_engine(url.set(database=f"{url.database}.{number}")) for number in (1, 2))
    with step_by_step.begin() as connection:
        upgrade(connection, None)
    migrate(at_once)
    assert layout(step_by_step) == layout(at_once)
    step_by_step.dispose()
    at_once.dispose()


def test_a_first_and_a_second_start_need_no_alembic(url: sa.URL) -> None:
    """Only a start with an older database loads the migration tool; the second start changes nothing."""
    program = (
        "import sys; from bot.storage.database import open_engine, parse_url; from bot.storage.migrate import migrate;"
        "print(migrate(open_engine(parse_url(sys.argv[1])))); print('alembic' in sys.modules)"
    )
    for found in ("None", HEAD):
        done = subprocess.run(
            [sys.executable, "-c", program, url.render_as_string()], capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == [found, "False"]


def test_head_is_the_newest_step() -> None:
    """The number in the code is that of the newest file, and the files form one chain."""
    config = Config()
    config.set_main_option("script_location", str(Path(bot.storage.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_two_replicas_that_start_at_once_migrate_once(url: sa.URL) -> None:
    """Several bots may be started at the same moment on an empty database."""
    results: list[str | BaseException | None] = []

    def start() -> None:
        engine = open_engine(url)
        try:
            results.append(migrate(engine))
        except BaseException as error:  # noqa: BLE001
            results.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == [HEAD, HEAD, "None"]


def test_a_newer_database_is_refused_with_its_version(url: sa.URL) -> None:
    """An old bot does not touch what a newer one wrote, and says so."""
    engine = open_engine(url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(DatabaseNewerError) as caught:
        migrate(engine)
    assert caught.value.params == {"found": "9999"}
    engine.dispose()


def test_a_file_that_is_no_database_is_said_to_be_unusable(url: sa.URL) -> None:
    """Pointing the bot at some other file gives an error of ours, and leaves the file alone."""
    path = Path(url.database or "")
    path.write_bytes(b"this is not a database, " * 100)
    engine = open_engine(url)
    with pytest.raises(StorageUnavailableError):
        migrate(engine)
    engine.dispose()
    assert path.read_bytes().startswith(b"this is not a database")

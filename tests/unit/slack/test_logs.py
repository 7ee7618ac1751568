"""The log never holds what people wrote."""

from __future__ import annotations

import json
import logging

import pytest

from bot.slack import logs


@pytest.fixture
def restored() -> object:
    """Put the loggers back afterwards: other tests log too."""
    import structlog

    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("slack_bolt", "slack_sdk", "aiohttp", "asyncio")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)
    structlog.reset_defaults()


@pytest.mark.parametrize("name", ["slack_bolt.AsyncApp", "slack_sdk.web.async_client", "slack_bolt.mailports"])
def test_slacks_libraries_stay_quiet_at_every_level(
    restored: object, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Bolt's bodies (INFO) and the SDK's messages (DEBUG) are not logged, even at DEBUG."""
    logs.configure_logging("DEBUG")
    logger = logging.getLogger(name)
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        logger.log(level, "body: my password is hunter2")

    assert capsys.readouterr().err == ""


def test_an_exception_is_logged_by_its_kind_and_place(restored: object, capsys: pytest.CaptureFixture[str]) -> None:
    """The text of an exception may quote a message; it stays out."""
    logs.configure_logging("INFO")
    try:
        raise ValueError("my password is hunter2")
    except ValueError:
        logging.getLogger("somebody.else").exception("failed to read: my password is hunter2")
    line = json.loads(capsys.readouterr().err)

    assert line["kind"] == "ValueError"
    assert line["where"]
    assert "hunter2" not in json.dumps(line)


def test_our_own_lines_are_json(restored: object, capsys: pytest.CaptureFixture[str]) -> None:
    """One object per line, with a level and a time in UTC."""
    import structlog

    logs.configure_logging("INFO")
    structlog.get_logger("x").info("started", mode="http")
    line = json.loads(capsys.readouterr().err)

    assert (line["event"], line["mode"], line["level"]) == ("started", "http", "info")
    assert line["timestamp"].endswith("Z")

"""The command `mailports` itself: help, unknown commands, and no import that a command does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot import __main__


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """`mailports --help` names every command."""
    with pytest.raises(SystemExit) as stopped:
        __main__.main(["--help"])
    assert stopped.value.code == 0
    out = capsys.readouterr().out
    assert all(command in out for command in __main__.COMMANDS)


@pytest.mark.parametrize("words", [["dance"], ["--dance"]])
def test_unknown_command_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command that does not exist is told, with those that do."""
    with pytest.raises(SystemExit) as stopped:
        __main__.main(words)
    assert stopped.value.code == 2
    assert "usage: mailports" in capsys.readouterr().err


def test_answering_imports_nothing_heavy() -> None:
    """Asking from the command line is quick because it loads no Slack, database, settings or event loop."""
    code = (
        "import sys, bot.__main__, bot.cli.ask, bot.answer.engine, bot.kb.load, bot.cards.blocks\n"
        "heavy = {'pydantic', 'pydantic_settings', 'slack_bolt', 'slack_sdk', 'sqlalchemy', 'asyncio', 'structlog',\n"
        "         'aiohttp', 'dbos', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"

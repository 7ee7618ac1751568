"""What the commands that start something share: saying what is wrong with the settings, and what to do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.cli.output import CANNOT_RUN
from bot.errors import BotError
from bot.settings import SettingsInvalidError, console_language

if TYPE_CHECKING:
    from bot.answer.wording import Wording


def lines_for(error: BotError, wording: Wording) -> list[str]:
    """Say an error in the terminal's language: what is wrong, and what to do."""
    language = console_language()
    if isinstance(error, SettingsInvalidError):
        lines = []
        for key, name in error.problems:
            lines += [wording.say(key, language, variable=name), setting_hint(name, wording)]
        return lines
    lines = [wording.say(error.message_key, language, **error.params)]
    variable = error.params.get("variable")
    if isinstance(variable, str):
        lines.append(setting_hint(variable, wording))
    return lines


def setting_hint(variable: str, wording: Wording) -> str:
    """Say what belongs into a variable and where to find it."""
    return "  " + wording.say(f"cli.hint_{variable.lower()}", console_language())


def refuse_start(error: BotError, wording: Wording) -> int:
    """Print why a command cannot start, and what to do, to standard error.

    Returns:
        The exit status for "could not be run".
    """
    print("\n".join(lines_for(error, wording)), file=sys.stderr)
    return CANNOT_RUN

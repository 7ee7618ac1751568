"""What the commands that start something share: load the knowledge, say what is wrong in the terminal's language."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.errors import BotError, KnowledgeInvalidError
from bot.settings import SettingsInvalidError, cache_dir, console_language, knowledge_paths

if TYPE_CHECKING:
    from bot.answer.wording import Wording
    from bot.kb.lookup import Lookup

CANNOT_RUN = 2


def open_lookup() -> Lookup | None:
    """Load the knowledge; if it has faults, print each of them to standard error and return None."""
    from bot.kb.load import load_lookup

    try:
        return load_lookup(knowledge_paths(), cache_dir())
    except KnowledgeInvalidError as error:
        print("\n".join(error.problems), file=sys.stderr)
    except BotError as error:
        # Without knowledge there is no wording either: the key and the path say what is missing.
        print(f"{error.message_key}: {' '.join(map(str, error.params.values()))}", file=sys.stderr)
    return None


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


def report(error: BotError, wording: Wording) -> int:
    """Print an error to standard error.

    Returns:
        The exit status for "could not be run".
    """
    print("\n".join(lines_for(error, wording)), file=sys.stderr)
    return CANNOT_RUN

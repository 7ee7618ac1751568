"""What several commands share: loading the knowledge, and saying plainly what is wrong with it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.errors import BotError, KnowledgeInvalidError

if TYPE_CHECKING:
    from bot.answer.engine import Engine
    from bot.kb.lookup import Lookup
    from bot.kb.model import Language
    from bot.kb.watch import KnowledgeWatch

CANNOT_RUN = 2


def load_lookup() -> Lookup:
    """Load the knowledge that the environment names.

    Raises:
        BotError: There is no such folder, or a file in it is wrong.
    """
    from bot.kb.load import load_lookup as load
    from bot.settings import cache_folder, knowledge_folders

    return load(knowledge_folders(), cache_folder())


def watch_knowledge() -> KnowledgeWatch:
    """Return the watch over the folders that the environment names. Make it before loading, so that nothing is missed."""
    from bot.kb.watch import KnowledgeWatch
    from bot.settings import cache_folder, knowledge_folders

    return KnowledgeWatch(knowledge_folders(), cache_folder())


def load_engine() -> Engine:
    """Load the knowledge and build the engine on it.

    Raises:
        BotError: As `load_lookup`.
    """
    import gc

    from bot.answer.engine import Engine

    # Loading makes many objects and no garbage, and they live as long as the process: looking through them again and
    # again, at last on the way out, would take a tenth of the time of a question.
    gc.disable()
    try:
        return Engine(load_lookup())
    finally:
        gc.freeze()
        gc.enable()


def report(error: BotError) -> int:
    """Print an error, with every problem that it carries, to standard error.

    Returns:
        The exit status.
    """
    from bot.settings import console_language

    print(f"mailports: {say_error(error.message_key, console_language(), **error.params)}", file=sys.stderr)
    if isinstance(error, KnowledgeInvalidError):
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
    return CANNOT_RUN


def say_error(key: str, language: Language, **params: str | int) -> str:
    """Return the sentence of an error, read from the shipped files themselves: the loaded ones may be what is broken."""
    from bot.kb.load import shipped_root
    from bot.kb.read import parse_yaml

    for area in ("error", "cli"):
        path = shipped_root() / "wording" / language / f"{area}.yaml"
        try:
            document, _ = parse_yaml(area, path.read_bytes())
        except OSError:
            continue
        text = (document or {}).get(key)
        if isinstance(text, str):
            return text.format(**params)
    return " ".join([key, *map(str, params.values())])

"""What the environment says, read here and nowhere else.

Reading a folder name must not cost the import of a settings library, because `mailports ask` needs only that:
the typed settings of `serve`, `demo` and `doctor` live in `bot.settings.model` and are loaded when they are asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import BotError
from bot.kb.load import shipped_root
from bot.kb.model import Language

if TYPE_CHECKING:
    from bot.settings.model import Settings

# Bolt reads these by itself: client id and secret turn its OAuth flow on, which a bot with one fixed token must not
# have, and the others would stand beside what the settings say.
_READ_BY_BOLT = (
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_VERIFICATION_TOKEN",
)


class SettingsInvalidError(BotError):
    """Variables are missing or cannot be used. *problems* names each with the key of what to say about it.

    Args:
        problems: Pairs of message key (`cli.setting_missing`, `cli.setting_invalid`) and variable; never a value.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("cli.settings_invalid", count=len(problems))
        self.problems = problems


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings.

    Args:
        environ: Variables instead of the process's own, for tests and for the demo.

    Returns:
        The frozen settings. Whether the tokens that a surface needs are there is asked by
        `Settings.require_slack`, because not every command needs them.

    Raises:
        SettingsInvalidError: With every variable whose value cannot be used.
    """
    from bot.settings.model import read_settings

    return read_settings(os.environ if environ is None else environ)


def knowledge_paths(environ: Mapping[str, str] | None = None) -> list[Path]:
    """Return the folders of the knowledge, in the order in which they are laid over one another.

    The shipped folder comes first; the folder that `MAILPORTS_KNOWLEDGE` names is laid over it.
    """
    paths = [shipped_root()]
    own = (os.environ if environ is None else environ).get("MAILPORTS_KNOWLEDGE", "").strip()
    if own:
        paths.append(Path(own).expanduser())
    return paths


def cache_dir(environ: Mapping[str, str] | None = None) -> Path | None:
    """Return the folder for compiled knowledge, made if need be; None where none can be made (read-only home)."""
    variables = os.environ if environ is None else environ
    base = variables.get("XDG_CACHE_HOME", "").strip() or variables.get("HOME", "").strip()
    if not base:
        return None
    folder = Path(base) / ("mailports" if variables.get("XDG_CACHE_HOME", "").strip() else ".cache/mailports")
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    return None


def console_language(environ: Mapping[str, str] | None = None) -> Language:
    """Return the language for the terminal: Japanese where the locale says so, English otherwise."""
    variables = os.environ if environ is None else environ
    locale = next((variables[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if variables.get(name)), "")
    return "ja" if locale.lower().startswith("ja") else "en"


@contextmanager
def without_slack_variables() -> Iterator[None]:
    """Hide the variables that Bolt would read by itself, while an app is being built."""
    hidden = {name: os.environ.pop(name) for name in _READ_BY_BOLT if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)

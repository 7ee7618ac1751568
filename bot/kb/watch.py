"""Notice that somebody changed the company's own folder of knowledge, and load it anew."""

from __future__ import annotations

import os
from collections.abc import Sequence

from bot.kb.load import load_lookup
from bot.kb.lookup import Lookup

_Seen = tuple[tuple[str, int, int], ...]


class KnowledgeWatch:
    """Watches the folders that are laid over the shipped one.

    Args:
        folders: All folders, the shipped one first; that one changes only with the program and is not watched.
        cache_dir: Where the compiled form is kept.
    """

    def __init__(self, folders: Sequence[str], cache_dir: str | None) -> None:
        self._folders = list(folders)
        self._cache_dir = cache_dir
        self._seen = self._look()

    @property
    def is_needed(self) -> bool:
        """Say whether there is a folder that can change."""
        return len(self._folders) > 1

    def has_changed(self) -> bool:
        """Say whether a file came, went or was written since the last time that this was asked."""
        now = self._look()
        changed = now != self._seen
        self._seen = now
        return changed

    def load(self) -> Lookup:
        """Load everything anew.

        Raises:
            BotError: A folder is gone.
            KnowledgeInvalidError: With every problem of every file.
        """
        return load_lookup(self._folders, self._cache_dir)

    def _look(self) -> _Seen:
        found = []
        for base in self._folders[1:]:
            for folder, _, names in os.walk(base):
                for name in names:
                    if name.endswith(".yaml"):
                        path = os.path.join(folder, name)  # noqa: PTH118 - as in bot.kb.load
                        try:
                            state = os.stat(path)  # noqa: PTH116
                        except OSError:
                            continue  # Gone between two looks: the next look will see the same.
                        found.append((path, state.st_mtime_ns, state.st_size))
        return tuple(sorted(found))

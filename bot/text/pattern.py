"""Regular expressions that are compiled when they are first used.

Compiling costs more than reading a question does: the expressions of this package together take longer than the
Python interpreter needs to start. One question at the command line uses only some of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence


class LazyPattern:
    """Stands for a compiled expression; takes the same arguments."""

    __slots__ = ("_compiled", "_needs", "pattern")

    def __init__(self, pattern: str, needs: Sequence[str] = ()) -> None:
        """Keep the expression.

        Args:
            pattern: As for `re.compile`.
            needs: Words one of which stands in every match; `finditer` looks for them first, and a text without any
                does not make it compile.
        """
        self.pattern = pattern
        self._needs = needs
        self._compiled: re.Pattern[str] | None = None

    def compiled(self) -> re.Pattern[str]:
        """Return the compiled expression."""
        if self._compiled is None:
            self._compiled = re.compile(self.pattern)
        return self._compiled

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Find the first place; *start* and *end* as in `re.Pattern.search`."""
        return self.compiled().search(text, start, len(text) if end is None else end)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Match at *start*."""
        return self.compiled().match(text, start)

    def fullmatch(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Match everything from *start* to *end*."""
        return self.compiled().fullmatch(text, start, len(text) if end is None else end)

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Find every place; *start* and *end* as in `re.Pattern.finditer`."""
        if self._needs and not any(word in text for word in self._needs):
            return iter(())
        return self.compiled().finditer(text, start, len(text) if end is None else end)

    def findall(self, text: str) -> list[str]:
        """Return the text of every place; for expressions without groups."""
        return [match[0] for match in self.finditer(text)]

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Replace every place."""
        return self.compiled().sub(replacement, text)

    def split(self, text: str) -> list[str]:
        """Cut at every place; for expressions without groups."""
        return self.compiled().split(text)

    def first_group(self, match: re.Match[str]) -> str | None:
        """Return the name of the first group that took part in a match."""
        return next((name for name in self.compiled().groupindex if match[name]), None)

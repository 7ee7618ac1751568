"""A few minutes' memory in this process for what is asked with every message and hardly ever changes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class ExpiringCache(Generic[K, V]):
    """The most recently used entries, none older than *lasts_s*.

    Another replica's change is seen after that time; our own at once.

    Args:
        lasts_s: Seconds for which an entry counts.
        most: Entries kept.
        clock: Monotonic seconds; a test may bring its own.
    """

    def __init__(self, *, lasts_s: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._lasts_s = lasts_s
        self._most = most
        self._clock = clock
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> tuple[V] | None:
        """The value in a tuple (None may be one), or None if it is not known here."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if self._clock() >= entry[0]:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return (entry[1],)

    def put(self, key: K, value: V) -> None:
        """Keep a value from now on."""
        self._entries[key] = (self._clock() + self._lasts_s, value)
        self._entries.move_to_end(key)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def drop(self, key: K) -> None:
        """Ask the database next time."""
        self._entries.pop(key, None)

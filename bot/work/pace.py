"""Where Slack has asked us to wait, nobody knocks again before it is time.

A 429 names a method and, for chat.postMessage, in effect a channel. Remembering it per channel keeps a hundred owed
answers from asking a hundred times; a 429 elsewhere is learnt anew there, which costs one call.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Until when each channel is closed.

    Args:
        clock: Monotonic seconds; a test may bring its own.
    """

    _MOST_CHANNELS = 10_000

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._closed_until: dict[tuple[str, str], float] = {}

    def hold(self, team: str, channel: str, seconds: float) -> None:
        """Close a channel for *seconds* from now; a longer wait already known stays."""
        place = (team, channel)
        until = self._clock() + seconds
        if until <= self._closed_until.get(place, 0.0):
            return
        if len(self._closed_until) >= self._MOST_CHANNELS:
            now = self._clock()
            self._closed_until = {known: end for known, end in self._closed_until.items() if end > now}
        self._closed_until[place] = until

    def wait_s(self, team: str, channel: str) -> float:
        """Seconds until the channel is open; 0.0 if it is."""
        place = (team, channel)
        until = self._closed_until.get(place)
        if until is None:
            return 0.0
        rest = until - self._clock()
        if rest <= 0.0:
            del self._closed_until[place]
            return 0.0
        return rest

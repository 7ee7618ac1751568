"""How often somebody may have a server probed: so much per person, per target and per workspace in a stretch of time.

Counted in the memory of one process: several replicas allow as many times more, and a restart begins anew. That is enough to
keep a person, or a script, from using the bot to bother a server.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from bot.errors import BotError

Kind = Literal["user", "host", "team"]
_MAX_KEYS: Final = 10_000


class QuotaError(BotError):
    """Somebody has had enough for now.

    Args:
        kind: Whose quota is used up.
        count: How many probes it allows.
        wait_s: Seconds until the next one is allowed.
        host: The target, for its own quota.
    """

    def __init__(self, kind: Kind, count: int, wait_s: float, host: str = "") -> None:
        more = {"host": host} if kind == "host" else {}
        super().__init__(f"probe.quota_{kind}", count=count, minutes=max(1, math.ceil(wait_s / 60)), **more)
        self.kind = kind


@dataclass(frozen=True)
class Limits:
    """How much is allowed."""

    per_user: int = 6
    per_host: int = 10
    per_team: int = 60
    window_s: float = 600.0
    """The stretch of time in which the three are counted; their sentences say ten minutes."""
    at_once: int = 20
    """Hosts probed at the same time in this process."""
    memory_s: float = 60.0
    """For so long a result answers the next question about the same host and ports."""


class Quotas:
    """Counts probes in a sliding window.

    Args:
        limits: How many are allowed.
        clock: Seconds that only grow.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._used: dict[tuple[Kind, str], deque[float]] = {}

    def take(self, team: str, user: str, hosts: Iterable[str]) -> None:
        """Count one probe of *hosts* for a person and a workspace, and one for each host; all or none.

        Raises:
            QuotaError: One of them is used up.
        """
        limits, targets = self._limits, list(dict.fromkeys(hosts))
        wanted: list[tuple[Kind, str, int]] = [
            ("user", f"{team}/{user}", limits.per_user),
            *(("host", host, limits.per_host) for host in targets),
            ("team", team, limits.per_team),
        ]
        now = self._clock()
        if len(self._used) > _MAX_KEYS:
            self._used = {
                key: times for key, times in self._used.items() if times and times[-1] > now - limits.window_s
            }
        for kind, name, most in wanted:
            times = self._used.get((kind, name), deque())
            while times and times[0] <= now - limits.window_s:
                times.popleft()
            if len(times) >= most:
                wait_s = times[0] + limits.window_s - now if times else limits.window_s
                raise QuotaError(kind, most, wait_s, name)
        for kind, name, _ in wanted:
            self._used.setdefault((kind, name), deque()).append(now)

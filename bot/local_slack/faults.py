"""Faults on demand: what goes wrong, where, and how often.

A test says `slack.faults.add(Fault("chat.postMessage", "ratelimited", times=2))` and the next two posts get a 429.
Shares are drawn from a seeded generator, so that a failing run can be run again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

WEB_API_KINDS = frozenset(
    {"ratelimited", "http_500", "http_503", "timeout", "slow", "reset", "applied_then_lost", "applied_then_reset"}
)


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong in the Web API (or, as method `response_url`, there).

    Exactly one of *times*, *every* and *share* may say how often; without any of them the fault never ends.
    """

    method: str
    """Name of a Web API method, `response_url`, or `*` for all."""
    kind: str
    """`ratelimited`, `error:<code>`, `http_500`, `http_503`, `timeout` (no answer, no effect), `slow` (answer after
    *delay_s*), `reset` (connection cut, no effect), `applied_then_lost` (effect, then 500), `applied_then_reset`."""
    retry_after_s: int = 1
    delay_s: float = 0.0
    times: int | None = None
    every: int | None = None
    share: float | None = None
    only_channel: str | None = None
    """Only for calls that name this channel id."""
    hits: int = 0
    """How often it struck."""
    seen: int = 0
    """How many calls it was held against."""

    def __post_init__(self) -> None:
        """Refuse what could never strike as meant.

        Raises:
            ValueError: Unknown kind, or more than one way of saying how often.
        """
        if self.kind not in WEB_API_KINDS and not self.kind.startswith("error:"):
            raise ValueError(f"unknown fault {self.kind!r}; one of {sorted(WEB_API_KINDS)} or error:<code>")
        if sum(value is not None for value in (self.times, self.every, self.share)) > 1:
            raise ValueError("say how often by only one of times, every and share")


@dataclass(slots=True)
class DeliveryFaults:
    """What goes wrong on the way from Slack to the bot. Numbers count events; 0 switches a fault off."""

    redeliver_every: int = 0
    """Every nth event comes again after it was acknowledged, as when the acknowledgement was lost."""
    duplicate_every: int = 0
    """Every nth event comes twice at the same moment."""
    drop_first_every: int = 0
    """Every nth event is lost on its first way and arrives only by its retry."""
    reorder_within_s: float = 0.0
    """Each event waits a random time up to this, so that they overtake each other."""


@dataclass(slots=True)
class Faults:
    """All faults of one local Slack."""

    seed: int = 1
    deliveries: DeliveryFaults = field(default_factory=DeliveryFaults)
    _faults: list[Fault] = field(default_factory=list)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Start the generator at the seed."""
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def add(self, fault: Fault) -> Fault:
        """Arm a fault and return it, so that its *hits* can be read."""
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Disarm everything."""
        self._faults.clear()
        self.deliveries = DeliveryFaults()

    def strike(self, method: str, channel: object = None) -> Fault | None:
        """Return the first fault that strikes this call, counting it; None in the normal case."""
        for fault in self._faults:
            if fault.method not in (method, "*") or (fault.only_channel is not None and fault.only_channel != channel):
                continue
            fault.seen += 1
            if fault.every is not None:
                due = fault.seen % fault.every == 0
            elif fault.share is not None:
                due = self._random.random() < fault.share
            else:
                due = fault.times is None or fault.hits < fault.times
            if due:
                fault.hits += 1
                return fault
        return None

    def delay_s(self) -> float:
        """Return the random wait of one event, in seconds; 0 when events keep their order."""
        within = self.deliveries.reorder_within_s
        return self._random.uniform(0, within) if within else 0.0

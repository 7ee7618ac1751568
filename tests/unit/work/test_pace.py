"""Waiting where Slack said so."""

from __future__ import annotations

from bot.work.pace import Pace


class _Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_channel_opens_when_its_time_is_over_and_not_before() -> None:
    """A channel is closed for as long as Slack said, and only that channel."""
    clock = _Clock()
    pace = Pace(clock)
    pace.hold("T1", "C1", 30.0)
    clock.now_s = 29.0
    assert pace.wait_s("T1", "C1") == 1.0
    assert pace.wait_s("T1", "C2") == pace.wait_s("T2", "C1") == 0.0
    clock.now_s = 30.0
    assert pace.wait_s("T1", "C1") == 0.0


def test_a_shorter_wait_does_not_open_a_channel_early() -> None:
    """Of two waits the longer one counts."""
    clock = _Clock()
    pace = Pace(clock)
    pace.hold("T1", "C1", 30.0)
    pace.hold("T1", "C1", 1.0)
    clock.now_s = 2.0
    assert pace.wait_s("T1", "C1") == 28.0

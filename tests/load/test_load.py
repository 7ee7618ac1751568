"""Many questions at once while everything goes wrong."""

from __future__ import annotations

import pytest

from bot.bench.load import run_load

# `mailports bench load --events 10000` runs the same in full.
EVENTS = 1500


@pytest.mark.load
def test_each_question_is_answered_once_whatever_goes_wrong() -> None:
    """None is lost, none is answered twice, and Slack hears of each within three seconds."""
    figures, sound = run_load(EVENTS)

    assert sound, "\n" + "\n".join(figure.line() for figure in figures)

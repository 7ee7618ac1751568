"""The thresholds say where they come from, and the script still finds them good."""

from __future__ import annotations

import re

from bot.bench.thresholds import choose
from bot.kb.load import load_lookup, shipped_root
from bot.match.rules import read_thresholds


def test_each_threshold_carries_its_day_and_figures() -> None:
    """Nobody chose them by hand: the script that did wrote the day and what it saw beside each."""
    text = (shipped_root() / "intents.yaml").read_text(encoding="utf-8")
    for name in ("threshold", "ambiguity_threshold", "channel_threshold"):
        assert re.search(rf"(?m)^{name}: [0-9.]+  # 20\d\d-\d\d-\d\d, tuning part: \d", text)


def test_the_script_would_choose_about_the_same() -> None:
    """Utterances that were added since have not moved them far; if this fails, `python -m bot.bench.thresholds --write`."""
    lookup = load_lookup([shipped_root()], None)
    written = read_thresholds(lookup.document("intents"))
    chosen = {choice.name: choice.value for choice in choose(lookup)}
    assert abs(written.answer - chosen["threshold"]) <= 0.05
    assert abs(written.ambiguity - chosen["ambiguity_threshold"]) <= 0.02
    assert abs(written.channel - chosen["channel_threshold"]) <= 0.03

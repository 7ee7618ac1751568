"""The same question, written otherwise, is the same question."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bench import damage
from bot.match import families
from bot.match.model import Match, Utterance
from bot.text.fold import fold
from tests.hostile.road import engine

_FOLDER = Path(__file__).resolve().parents[1] / "utterances"


def _utterances() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for path in [*sorted(_FOLDER.glob("??/*.yaml")), *sorted((_FOLDER / "scored" / "tuning").glob("*.yaml"))]:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        none = path.stem.startswith("_none")
        for case in document.get("cases", ()):
            if "turns" not in case and "after" not in case and "secrets" not in path.stem:
                surface = case.get("surface") or document.get("surface") or ("channel" if none else "mention")
                found.append((case["say"], surface))
    return found


UTTERANCES = _utterances()


def _gist(text: str, surface: Any) -> tuple[Any, ...]:
    decision = engine().answer(Utterance(text, surface=surface)).decision
    if not isinstance(decision, Match):
        return (type(decision).__name__,)
    return tuple(
        (score.intent, score.article, slots.providers, slots.clients, slots.protocols, slots.ports)
        for score, slots in decision.parts
    )


def _upper(text: str, _: random.Random) -> str:
    return text.upper()


def _lower(text: str, _: random.Random) -> str:
    return text.lower()


@pytest.mark.parametrize("write", [_upper, _lower, damage.half_width, damage.full_width])
def test_case_and_width_change_nothing(write: Callable[[str, random.Random], str]) -> None:
    """Capitals, small letters, full width and half-width kana give the same decision and the same slots, every time."""
    changed = []
    for text, surface in UTTERANCES:
        # What stands in Slack's own markup is no writing of a person's.
        other = write(text, random.Random(0)) if "<" not in text and "://" not in text else text
        if other != text and _gist(other, surface) != _gist(text, surface):
            changed.append((text, other))
    assert not changed


def test_hiragana_for_katakana_changes_hardly_anything() -> None:
    """さーばー and めーる are read as サーバー and メール."""
    tried, changed = 0, []
    for text, surface in UTTERANCES:
        other = damage.hiragana(text, random.Random(0))
        if other != text:
            tried += 1
            if _gist(other, surface) != _gist(text, surface):
                changed.append((text, other))
    assert tried > 500
    assert len(changed) <= tried * 0.02, changed


@pytest.mark.parametrize("seed", range(3))
def test_polite_words_flip_no_intent(seed: int) -> None:
    """A greeting before and thanks behind leave an answered question what it was."""
    flipped = []
    for text, surface in UTTERANCES:
        before = _intents(text, surface)
        if before is None or "<" in text or "\n" in text or text.startswith((">", "&gt;")):
            continue
        other = damage.polite(text, random.Random(f"{seed}{text}"))
        if _intents(other, surface) != before:
            flipped.append((text, other, before, _intents(other, surface)))
    assert len(flipped) <= len(UTTERANCES) * 0.002, flipped


def _intents(text: str, surface: Any) -> tuple[str, ...] | None:
    decision = engine().answer(Utterance(text, surface=surface)).decision
    if not isinstance(decision, Match) or decision.parts[0][0].intent in families.SOCIAL:
        return None
    # One table of settings answers all of these.
    return tuple(
        "provider_settings" if score.intent in families.SETTINGS and slots.providers else score.intent
        for score, slots in decision.parts
    )


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is folded stays as it is when it is folded again."""
    assert fold(fold(text)) == fold(text)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(UTTERANCES), st.integers(0, 2**32))
def test_damage_gives_one_valid_decision(utterance: tuple[str, Any], seed: int) -> None:
    """However a question is damaged, there is one decision, with a confidence from 0 to 1."""
    text, surface = utterance
    decision = engine().answer(Utterance(damage.damage(text, random.Random(seed), strokes=4), surface=surface)).decision
    assert 0.0 <= decision.confidence <= 1.0

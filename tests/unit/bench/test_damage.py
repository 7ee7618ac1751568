"""The damage that questions are measured with leaves their meaning alone."""

from __future__ import annotations

import random
import unicodedata

import pytest

from bot.bench import damage

QUESTIONS = [
    "エックスサーバーをThunderbirdで使いたい。ポート番号は？",
    "What's the incoming server for gmail in Thunderbird?",
    "taro@example.jp で 587 は使えますか",
    "0x800CCC0E が出ます",
    "imap.gmail.com:993 SSL, right?",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_same_seed_gives_the_same_damage(text: str) -> None:
    """A measurement can be repeated."""
    assert damage.damage(text, random.Random(7)) == damage.damage(text, random.Random(7))


@pytest.mark.parametrize("text", QUESTIONS)
@pytest.mark.parametrize("seed", range(40))
def test_numbers_codes_and_addresses_survive(text: str, seed: int) -> None:
    """Whatever is done, the one character that matters is not touched."""
    damaged = unicodedata.normalize("NFKC", damage.damage(text, random.Random(seed))).casefold()
    for literal in ("587", "0x800ccc0e", "imap.gmail.com", "993", "taro@example.jp"):
        if literal in text.casefold():
            assert literal in damaged


@pytest.mark.parametrize(
    "stroke",
    [damage.typo, damage.kana_typo, damage.half_width, damage.full_width, damage.long_vowel, damage.hiragana],
)
def test_each_stroke_changes_something(stroke: damage.Stroke) -> None:
    """No stroke is a measurement of undamaged text."""
    text = "エックスサーバーとThunderbirdのポート"
    assert any(stroke(text, random.Random(seed)) != text for seed in range(5))

"""What is left of a text without its polite words."""

from __future__ import annotations

import pytest

from bot.text.fold import fold
from bot.text.manners import find_core, without_manners


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("Sorry to bother you, which port for IMAP?", "which port for imap?"),
        ("Hi all! IMAP port thanks a lot", "imap port"),
        ("お世話になっております。Gmailの受信サーバーは？よろしくお願いいたします。", "gmailの受信サーバーは?"),
        ("Gmailは？お願いいたします", "gmailは?"),
        ("high ports only", "high ports only"),
    ],
)
def test_polite_words_are_taken_off(text: str, core: str) -> None:
    """A question stays a question, and a word that only begins like a greeting stays."""
    assert without_manners(fold(text)) == core


@pytest.mark.parametrize("text", ["thank you so much", "こんにちは。", "Good morning!", ""])
def test_nothing_but_manners_is_left_as_it_is(text: str) -> None:
    """A greeting alone is what was said."""
    folded = fold(text)
    assert without_manners(folded) == folded
    assert find_core(folded) == (0, len(folded))

"""Damage a question as people do: typos, widths, kana, long vowels, spaces, case, politeness, emoji and Slack's markup.

Seeded, so that every run measures the same text. What carries the meaning by a single character is left alone: numbers,
codes, addresses, hosts, and words of fewer than five letters (nobody can tell which of POP and PPP was meant).
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from typing import Final

_WORD: Final = re.compile(r"(?<![A-Za-z0-9@._%:/+-])[A-Za-z]{5,}(?![A-Za-z0-9@._%:/+-])")
_KATAKANA: Final = re.compile("[ァ-ヺー]{4,}")
_FIXED: Final = re.compile(
    r"[^\s、。「」（）]*[@:/\\=<>{}\"][^\s、。「」（）]*|[^\s、。]*\.[a-z]{2,}[^\s、。]*|[0-9][0-9A-Za-z.]*"
)
_NEIGHBOURS: Final = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wertyuioposdfghjkkxcvbnmn", strict=False))
"""The key to the right."""
_POLITE_JA: Final = ("お世話になっております。", "すみません、", "お疲れさまです。", "恐れ入りますが、", "急ぎです！")
_POLITE_EN: Final = ("Hi all, ", "Sorry to bother you, ", "Quick question: ", "Good morning! ", "Hey, ")
_AFTER_JA: Final = ("よろしくお願いします。", "🙏", "💦", "お願いいたします", "（初心者です）")
_AFTER_EN: Final = (" thanks!", " 🙏", " please", " cheers", " Thank you in advance.")
_HALF: Final = {
    whole: half + mark
    for half in map(chr, range(0xFF66, 0xFF9E))
    for mark in ("", "ﾞ", "ﾟ")
    if len(whole := unicodedata.normalize("NFKC", half + mark)) == 1
}
"""Half-width katakana for each whole one."""


def damage(text: str, chance: random.Random, *, strokes: int = 2) -> str:
    """Return a damaged copy of *text*.

    Args:
        text: A question.
        chance: Source of chance; the same seed gives the same damage.
        strokes: How many kinds of damage are tried; one that finds nothing to damage changes nothing.
    """
    japanese = bool(re.search("[ぁ-ヿ一-鿿]", text))
    kinds = _JAPANESE if japanese else _ENGLISH
    for kind in chance.sample(kinds, strokes):
        text = kind(text, chance)
    return text


def typo(text: str, chance: random.Random) -> str:
    """Swap, drop, double or mistype one letter (never the first) of one longer Latin word."""

    def slip(word: str) -> str:
        at = chance.randrange(1, len(word) - 1)
        return chance.choice(
            [
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + _NEIGHBOURS.get(word[at].lower(), "e") + word[at + 1 :],
            ]
        )

    return _change_one(_WORD, text, chance, slip)


def kana_typo(text: str, chance: random.Random) -> str:
    """Drop or double one character (never the first) of a katakana word."""

    def slip(word: str) -> str:
        at = chance.randrange(1, len(word))
        return chance.choice([word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]])

    return _change_one(_KATAKANA, text, chance, slip)


def _change_one(pattern: re.Pattern[str], text: str, chance: random.Random, slip: Callable[[str], str]) -> str:
    words = _free(pattern, text)
    if not words:
        return text
    match = chance.choice(words)
    return text[: match.start()] + slip(match[0]) + text[match.end() :]


def half_width(text: str, chance: random.Random) -> str:
    """Write katakana in half width."""
    return "".join(_HALF.get(character, character) for character in text)


def full_width(text: str, chance: random.Random) -> str:
    """Write letters and digits in full width."""
    return (
        "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text) if "<" not in text else text
    )


def long_vowel(text: str, chance: random.Random) -> str:
    """Leave the long-vowel mark at the end of a word out, or write it twice."""
    return re.sub("(?<=[ァ-ヺー][ァ-ヺ])ー(?![ァ-ヺー])", chance.choice(["", "ーー"]), text)


def hiragana(text: str, chance: random.Random) -> str:
    """Write words with a long vowel in hiragana."""
    return re.sub(
        "(?=[ァ-ヺ]*ー)[ァ-ヺー]{3,}",
        lambda m: "".join(chr(ord(c) - 0x60) if c != "ー" and ord(c) < 0x30F7 else c for c in m[0]),
        text,
    )


def spaces(text: str, chance: random.Random) -> str:
    """Put a space on either side of a Latin word in Japanese, or two between words."""
    if re.search("[ぁ-ヿ一-鿿]", text):
        return re.sub(
            r"(?<=[ぁ-ヿ一-鿿])(?=[A-Za-z])|(?<=[A-Za-z])(?=[ぁ-ヿ一-鿿])", chance.choice([" ", "\u3000"]), text
        )
    return text.replace(" ", "  ")


def case(text: str, chance: random.Random) -> str:
    """Shout or whisper."""
    return text if _FIXED.search(text) and "<" in text else chance.choice([text.upper(), text.lower()])


def polite(text: str, chance: random.Random) -> str:
    """Say a polite word before and after."""
    japanese = bool(re.search("[ぁ-ヿ一-鿿]", text))
    before, after = (_POLITE_JA, _AFTER_JA) if japanese else (_POLITE_EN, _AFTER_EN)
    return chance.choice(before) + text + chance.choice(after)


def mention(text: str, chance: random.Random) -> str:
    """Mention somebody first, as Slack writes it."""
    return f"<@U024BE7LH> {text}"


def bare(text: str, chance: random.Random) -> str:
    """Leave the question mark out."""
    return text.rstrip("？?。.!！ ")


Stroke = Callable[[str, random.Random], str]
_JAPANESE: Final[tuple[Stroke, ...]] = (
    typo, kana_typo, half_width, full_width, long_vowel, hiragana, spaces, case, polite, mention, bare,
)  # fmt: skip
_ENGLISH: Final[tuple[Stroke, ...]] = (typo, typo, full_width, spaces, case, polite, mention, bare)


def _free(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Return the words that are part of no address, host or code."""
    fixed = [match.span() for match in _FIXED.finditer(text)]
    return [m for m in pattern.finditer(text) if not any(start < m.end() and m.start() < end for start, end in fixed)]

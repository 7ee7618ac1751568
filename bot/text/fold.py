"""Fold what a user typed into one comparable form, and no further.

Japanese users mix full-width ASCII, half-width kana and two kinds of space in one line.
Matching compares folded text with folded phrases, so this is the only place where characters are rewritten.
Folding is lossy on purpose: keep the original for anything shown or stored.
The kana script is kept, because ドコモ is a company and どこも is a word; `fold_kana` unifies it where that is wanted.
"""

from __future__ import annotations

import itertools
import unicodedata

from bot.text.pattern import LazyPattern

JAPANESE = "\u3001-\u303f\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff65-\uff9f"
"""Ranges of a character class: kana, kanji and the punctuation written with them."""

# Surrogates without a partner, controls, zero-width and direction marks, soft hyphens, variation selectors:
# nothing a person can see, and everything a clever paste can hide a word behind.
_INVISIBLE = LazyPattern(
    "[\ud800-\udfff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
# A dash or a wave where a long-vowel mark belongs: サ-バ, メ〜ル. Digits after it make it a real dash: ポート-465.
_LONG_VOWEL = LazyPattern("(?<=[\u3041-\u3096\u30a1-\u30fa\u30fc])[-\u2010-\u2015\u2212~\u301c\u30fc]+(?![0-9a-z])")
_NEEDS_WORK = LazyPattern(r"[ \-\u2010-\u2015\u2212~\u301c\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f]|ーー")
# Of the invisible characters, those that Unicode nevertheless counts as printable.
_PRINTABLE_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0").union(
    map(chr, range(0xFE00, 0xFE10)), map(chr, range(0xE0100, 0xE01F0))
)

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
# What people drop or misspell first: the long-vowel mark, the middle dot, small letters written large.
_LOOSE = _HIRAGANA_TO_KATAKANA | {
    ord("ー"): None,
    ord("・"): None,
    **{ord(small): ord(large) for small, large in zip("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ", strict=True)},
    **{ord(small): ord(large) for small, large in zip("ぁぃぅぇぉっゃゅょゎ", "アイウエオツヤユヨワ", strict=True)},
}


def strip_invisible(text: str) -> str:
    """Return *text* without the characters nobody can see; line breaks and spaces stay."""
    if text.isprintable() and _PRINTABLE_INVISIBLE.isdisjoint(text):
        return text
    return _INVISIBLE.sub("", text)


def fold(text: str, *, keep_lines: bool = False) -> str:
    """Fold *text* for comparison. Folding a folded text changes nothing.

    Args:
        text: Anything, lone surrogates included.
        keep_lines: True leaves one `\\n` per line break, for those who look for sentences.

    Returns:
        NFKC, case folded, invisible characters gone, long-vowel marks made one, white space collapsed to single
        spaces, and no space beside a Japanese character (people put it there at will: `IMAP の ポート`).
    """
    if _is_plain(text):
        return text
    text = strip_invisible(text)
    if not text.isascii():
        # Case folding can undo normal form and the reverse; twice is enough for every assigned character.
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).casefold()
        text = strip_invisible(unicodedata.normalize("NFKC", text))
        text = _LONG_VOWEL.sub("ー", text)
    else:
        text = text.lower()
    if keep_lines:
        lines = [_fold_spaces(line) for line in text.splitlines()]
        return "\n".join(line for line in lines if line)
    return _fold_spaces(text)


def _is_plain(text: str) -> bool:
    """Return whether nothing of *text* would change: most words of the knowledge are written folded already."""
    if not text.isprintable() or text.lower() != text or not _PRINTABLE_INVISIBLE.isdisjoint(text):
        return False
    if text.isascii():
        return "  " not in text and text.strip() == text
    return unicodedata.is_normalized("NFKC", text) and text.casefold() == text and not _NEEDS_WORK.search(text)


def _fold_spaces(text: str) -> str:
    words = text.split()
    if len(words) < 2 or text.isascii():
        return " ".join(words)
    parts = words[:1]
    for before, after in itertools.pairwise(words):
        parts += ("" if is_japanese(before[-1]) or is_japanese(after[0]) else " ", after)
    return "".join(parts)


def is_japanese(character: str) -> bool:
    """Return whether one character is kana, kanji or the punctuation written with them.

    Comparisons, because the class `[JAPANESE]` alone takes two milliseconds to compile.
    """
    return "\u3001" <= character <= "\uff9f" and (
        character <= "\u303f"
        or "\u3041" <= character <= "\u30ff"
        or "\u31f0" <= character <= "\u31ff"
        or "\u3400" <= character <= "\u4dbf"
        or "\u4e00" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
        or character >= "\uff65"
    )


def fold_kana(folded: str) -> str:
    """Return the looser form used to score similarity: one kana script, no long-vowel marks, no small letters."""
    return folded.translate(_LOOSE)

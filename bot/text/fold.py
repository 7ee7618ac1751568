"""Fold what a user typed into one comparable form, and no further.

Japanese users mix full-width ASCII, half-width kana and two kinds of space in one line.
Matching compares folded text with folded phrases, so this is the only place where characters are rewritten.
Folding is lossy on purpose: keep the original for anything shown or stored.
The kana script is kept, because ドコモ is a company and どこも is a word; `fold_kana` unifies it where that is wanted.
"""

from __future__ import annotations

import re
import unicodedata

JAPANESE = "\u3001-\u303f\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff65-\uff9f"
"""Ranges of a character class: kana, kanji and the punctuation written with them."""

# Surrogates without a partner, controls, zero-width and direction marks, soft hyphens, variation selectors:
# nothing a person can see, and everything a clever paste can hide a word behind.
_INVISIBLE = re.compile(
    "[\ud800-\udfff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
# A dash or a wave where a long-vowel mark belongs: サ-バ, メ〜ル. Digits after it make it a real dash: ポート-465.
_LONG_VOWEL = re.compile("(?<=[\u3041-\u3096\u30a1-\u30fa\u30fc])[-\u2010-\u2015\u2212~\u301c\u30fc]+(?![0-9a-z])")
# Single, without the spaces around it: `\s*` before it would cost the square of a run of spaces, and each line is stripped.
_LINE_BREAK = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_SPACE_BESIDE_JAPANESE = re.compile(f"(?<=[{JAPANESE}]) | (?=[{JAPANESE}])")

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
    text = strip_invisible(text)
    if not text.isascii():
        # Case folding can undo normal form and the reverse; twice is enough for every assigned character.
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).casefold()
        text = strip_invisible(unicodedata.normalize("NFKC", text))
        text = _LONG_VOWEL.sub("ー", text)
    else:
        text = text.lower()
    if keep_lines:
        lines = [_fold_spaces(line) for line in _LINE_BREAK.split(text)]
        return "\n".join(line for line in lines if line)
    return _fold_spaces(text)


def _fold_spaces(text: str) -> str:
    text = _SPACE.sub(" ", text).strip()
    return text if text.isascii() else _SPACE_BESIDE_JAPANESE.sub("", text)


def fold_kana(folded: str) -> str:
    """Return the looser form used to score similarity: one kana script, no long-vowel marks, no small letters."""
    return folded.translate(_LOOSE)

"""Tell whether a message is Japanese or English."""

from __future__ import annotations

from typing import Final

from bot.kb.model import Language
from bot.text.pattern import LazyPattern

_LATIN: Final = LazyPattern("[A-Za-zＡ-Ｚａ-ｚ]{2,}")
# Set aside: what is written the same in every language and so tells nothing.
_CODE: Final = LazyPattern(r"```[^`]*(?:```|\Z)|`[^`\n]*`|<[@#!][^>\s]*>")
_ADDRESS: Final = LazyPattern(r"[A-Za-z0-9_%+*/:@.-]*[A-Za-z0-9*](?:://|[.@])[A-Za-z0-9*][A-Za-z0-9_%+*/:@.?&=#-]*")
_EMOJI_OR_CODE: Final = LazyPattern(r":[a-z0-9_+-]+:|0[xX][0-9A-Fa-f]+")
_QUOTED: Final = LazyPattern('「[^」]*」|『[^』]*』|[“"][^”"\n]*[”"]')
_QUOTES: Final = frozenset('「『“"')
_WORDS_OF_A_SENTENCE: Final = 3
_NEUTRAL_LIMIT: Final = 4000


def detect_language(text: str) -> Language | None:
    """Return the language of *text*, or None where nothing tells.

    Any kana or kanji makes it Japanese: Japanese questions are full of Latin words, English ones never hold kana.
    URLs, host names, code and Slack markup count only if nothing else is there, and then only for Japanese.
    An English sentence that quotes a Japanese label or error message stays English.
    """
    text = text[:_NEUTRAL_LIMIT]
    bare = _strip_neutral(text)
    if _is_japanese(bare):
        around = _QUOTED.sub(" ", bare) if not _QUOTES.isdisjoint(bare) else bare
        quotes_only = not _is_japanese(around) and len(_LATIN.findall(around)) >= _WORDS_OF_A_SENTENCE
        return "en" if quotes_only else "ja"
    if _LATIN.search(bare):
        return "en"
    return "ja" if _is_japanese(text) else None


def _strip_neutral(text: str) -> str:
    if "`" in text or "<" in text:
        text = _CODE.sub(" ", text)
    return " ".join(_strip_word(word) for word in text.split())


def _strip_word(word: str) -> str:
    # Word by word: a run without spaces is short enough that no expression can be slow on it.
    if len(word) > 300:
        word = word[:300]
    if "." in word or "@" in word or "://" in word:
        word = _ADDRESS.sub(" ", word)
    if ":" in word or "0x" in word or "0X" in word:
        word = _EMOJI_OR_CODE.sub(" ", word)
    return word


def _is_japanese(text: str) -> bool:
    """Return whether kana or kanji stand in *text*. As an expression this would take two milliseconds to compile."""
    return not text.isascii() and any(
        "\u3041" <= c <= "\u3096"
        or "\u30a1" <= c <= "\u30fa"
        or "\u4e00" <= c <= "\u9fff"
        or "\u3400" <= c <= "\u4dbf"
        or "\uff66" <= c <= "\uff9d"
        or c in "ー々〆"
        for c in text
    )

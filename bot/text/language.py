"""Tell whether a message is Japanese or English."""

from __future__ import annotations

import re
from typing import Final

from bot.kb.model import Language

_JAPANESE: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9d々〆]")
_LATIN: Final = re.compile("[A-Za-zＡ-Ｚａ-ｚ]{2,}")
# Set aside: what is written the same in every language and so tells nothing.
_CODE: Final = re.compile(r"```[^`]*(?:```|\Z)|`[^`\n]*`|<[@#!][^>\s]*>")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9_%+*/:@.-]*[A-Za-z0-9*](?:://|[.@])[A-Za-z0-9*][A-Za-z0-9_%+*/:@.?&=#-]*")
_EMOJI_OR_CODE: Final = re.compile(r":[a-z0-9_+-]+:|0[xX][0-9A-Fa-f]+")
_QUOTED: Final = re.compile('「[^」]*」|『[^』]*』|[“"][^”"\n]*[”"]')
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
    if _JAPANESE.search(bare):
        around = _QUOTED.sub(" ", bare)
        quotes_only = not _JAPANESE.search(around) and len(_LATIN.findall(around)) >= _WORDS_OF_A_SENTENCE
        return "en" if quotes_only else "ja"
    if _LATIN.search(bare):
        return "en"
    return "ja" if _JAPANESE.search(text) else None


def _strip_neutral(text: str) -> str:
    return " ".join(_strip_word(word) for word in _CODE.sub(" ", text).split())


def _strip_word(word: str) -> str:
    # Word by word: a run without spaces is short enough that no expression can be slow on it.
    if len(word) > 300:
        word = word[:300]
    return _EMOJI_OR_CODE.sub(" ", _ADDRESS.sub(" ", word))

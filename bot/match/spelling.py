"""Mend misspelt words of the subject before they are looked up: excpetion, pasword, nmuber.

Names are recognised in spite of a typo by `similar`; here it is the ordinary words of questions and error messages. A
word is only touched where nothing explains it and it is no everyday word, and only by one letter: a swap, a letter too
many, too few or mistyped, never the first.
"""

from __future__ import annotations

from typing import Final

from bot.match.lexicon import Lexicon
from bot.text.ordinary import ORDINARY_WORDS
from bot.text.pattern import LazyPattern

_WORD: Final = LazyPattern(r"(?<![a-z0-9@._/+-])[a-z]{5,20}(?![a-z0-9@._/+-])")
_NAMES: Final = frozenset({"provider", "client", "maybe_provider", "maybe_client", "service"})
_SHORTEST: Final = 5
_MOST_TRIED: Final = 40
"""Words that are looked at in one text; a question holds a few that nothing explains, a pasted log hundreds."""


def spelling_words(lexicon: Lexicon) -> dict[str, list[str]]:
    """Collect the words of the dictionary that are long enough, by first letter and length."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for entry, meanings in lexicon.words().items():
        if not entry.isascii() or any(meaning.kind in _NAMES for meaning in meanings):
            continue  # names are for `similar`, which knows that Foomail is no misspelt Foxmail
        for word in _WORD.findall(entry):
            if word not in seen:
                seen.add(word)
                found.setdefault(f"{word[0]}{len(word)}", []).append(word)
    return found


def mend_spelling(text: str, rest: str, words: dict[str, list[str]]) -> str:
    """Return *text* with the misspelt words replaced; the same object where there are none.

    Args:
        text: Folded.
        rest: The same with everything explained blanked out by `\\0`.
        words: As `spelling_words` made them.
    """
    parts: list[str] = []
    place = tried = 0
    for match in _WORD.finditer(rest):
        word = match[0]
        if word in ORDINARY_WORDS or tried == _MOST_TRIED:
            continue
        tried += 1
        mended = _nearest(word, words)
        if mended is not None:
            parts += [text[place : match.start()], mended]
            place = match.end()
    return "".join([*parts, text[place:]]) if parts else text


def _nearest(word: str, words: dict[str, list[str]]) -> str | None:
    from rapidfuzz import process  # as in similar.py, only where it is needed
    from rapidfuzz.distance import OSA

    lengths = range(max(_SHORTEST, len(word) - 1), len(word) + 2)
    candidates = [known for length in lengths for known in words.get(f"{word[0]}{length}", ())]
    if word in candidates:
        return None
    candidates += [known for known in words.get(f"{word[1]}{len(word)}", ()) if known[1] == word[0] != word[1]]
    found = process.extractOne(word, candidates, scorer=OSA.distance, score_cutoff=1)
    return str(found[0]) if found is not None else None

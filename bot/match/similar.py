"""Recognise a misspelt name: gmal, thunderbrid, エックスサバー, out look.

Only words that nothing explained are tried, only against names and a few words of the subject, and only with a high
cut-off: similarity is good at typos and blind to the one character that matters (受信/送信, IMAP/SMTP).
A typo seldom hits the first letter and changes the length by a letter or two, so an index by both leaves few candidates.
"""

from __future__ import annotations

import itertools
import re
from typing import Final

import msgspec

from bot.match.lexicon import Entry, Lexicon, Span
from bot.text.fold import fold_kana
from bot.text.ordinary import ORDINARY_WORDS
from bot.text.pattern import LazyPattern

_NAME_KINDS: Final = frozenset({"provider", "client", "maybe_provider", "maybe_client"})
_WORD_KINDS: Final = frozenset({"protocol", "direction", "security"})
_CONCEPTS: Final = frozenset(
    {
        "port",
        "server",
        "settings",
        "username",
        "password",
        "app_password",
        "encryption",
        "authentication",
        "certificate",
        "difference",
        "cannot_send",
        "cannot_receive",
        "cannot_sign_in",
    }
)
_LATIN: Final = LazyPattern(r"[a-z][a-z0-9-]{2,24}")
_WORD_AFTER: Final = LazyPattern(r" [a-z0-9]{2,16}(?![a-z0-9])")
_WORD_BEFORE: Final = LazyPattern(r"(?<![a-z0-9])[a-z0-9]{2,16} $")
_KATAKANA: Final = LazyPattern("[ァ-ヺー]{4,16}")
_MOST_TRIED: Final = 100
"""Unexplained words that are tried in one text; a question holds a few, a pasted log hundreds."""
_SHORTEST_LATIN: Final = 4
_SHORTEST_KANA: Final = 4
_SHORTEST_TERM: Final = 6
_LONGEST: Final = 24


class Names(msgspec.Struct, frozen=True, array_like=True):
    """Names and words that may be misspelt, by their first letter and length (`_key`)."""

    latin: dict[str, list[str]]
    kana: dict[str, list[str]]
    """In the loose form."""
    kana_words: dict[str, list[str]]
    """The words of each loose form."""


def index_names(lexicon: Lexicon) -> Names:
    """Collect what may be misspelt from a finished dictionary."""
    names = Names({}, {}, {})
    for word, entries in lexicon.words().items():
        if not _SHORTEST_LATIN <= len(word) <= _LONGEST or not any(_may_be_misspelt(entry, word) for entry in entries):
            continue
        if word.isascii():
            if word.count(" ") < 2 and word.replace("-", "").replace(" ", "").isalnum():
                names.latin.setdefault(_key(word[0], len(word)), []).append(word)
        elif _KATAKANA.fullmatch(word):
            loose = fold_kana(word)
            if loose not in names.kana_words:
                names.kana.setdefault(_key(loose[0], len(loose)), []).append(loose)
            names.kana_words.setdefault(loose, []).append(word)
    return names


class Similar:
    """Names and words of the subject, found in spite of a typo."""

    def __init__(self, lexicon: Lexicon, stored: msgspec.Raw | None = None) -> None:
        """Take the dictionary.

        Args:
            lexicon: Knows the names.
            stored: Their index as `index_names` made it; without it, it is made when a word is first in doubt.
        """
        self._lexicon = lexicon
        self._stored = stored
        self._names: Names | None = None

    def _index(self) -> Names:
        if self._names is None:
            stored = self._stored
            self._names = index_names(self._lexicon) if stored is None else msgspec.msgpack.decode(stored, type=Names)
        return self._names

    def find(self, text: str, whole: str) -> list[Span]:
        """Find misspelt names in what is left of a text.

        Args:
            text: Folded, everything explained blanked out with `\\0`.
            whole: The same with its words, for names of two of which one is spelt right.

        Returns:
            Spans with how = `typo`.
        """
        spans: list[Span] = []
        previous: re.Match[str] | None = None
        tried = 0
        for match in _LATIN.finditer(text):
            joined = self._join(text, previous, match)
            if joined:
                spans += joined
                previous = None
                continue
            previous = match
            word = match[0].strip("-")
            if len(word) >= _SHORTEST_LATIN and word not in ORDINARY_WORDS and not _ends_in_digit(text, match):
                tried += 1
                if tried > _MOST_TRIED:
                    break
                two = self._closest_pair(whole, match)
                if two:
                    spans += two
                    continue
                best = self._closest_latin(word)
                if best:
                    spans += self._spans(match.start(), match.end(), best)
        for match in itertools.islice(_KATAKANA.finditer(text), _MOST_TRIED):
            best = self._closest_kana(match[0])
            if best:
                spans += self._spans(match.start(), match.end(), best)
        return spans

    def _join(self, text: str, previous: re.Match[str] | None, match: re.Match[str]) -> list[Span]:
        """Read two words as one name: `out look`, `thunder bird`."""
        if previous is None or text[previous.end() : match.start()] != " ":
            return []
        joined = previous[0] + match[0]
        if any(entry.kind in _NAME_KINDS for entry in self._lexicon.entries(joined)):
            return self._spans(previous.start(), match.end(), joined)
        return []

    def _closest_pair(self, whole: str, match: re.Match[str]) -> list[Span]:
        """Find a name of two words, of which this is the first or the second: ofice 365, virgin mdeia, aple mail."""
        before = _WORD_BEFORE.search(whole, max(0, match.start() - _LONGEST), match.start())
        after = _WORD_AFTER.match(whole, match.end())
        pairs = [(match.start(), match.end() + len(after[0]))] if after else []
        pairs += [(before.start(), match.end())] if before else []
        for start, end in pairs:
            best = self._closest_latin(whole[start:end])
            words = zip(whole[start:end].split(), best.split(), strict=False) if best is not None else ()
            if best is not None and " " in best and not any(_other_mail(word, name) for word, name in words):
                return self._spans(start, end, best)
        return []

    def _spans(self, start: int, end: int, word: str) -> list[Span]:
        return [Span(start, end, entry.kind, entry.value, word, "typo") for entry in self._lexicon.entries(word)]

    def _closest_latin(self, word: str) -> str | None:
        from rapidfuzz import process  # ten milliseconds that a question without a misspelt word can do without
        from rapidfuzz.distance import OSA

        index = self._index().latin
        allowed = _allowed(len(word))
        lengths = range(len(word) - allowed, len(word) + allowed + 1)
        candidates = [name for length in lengths for name in index.get(_key(word[0], length), ())]
        # The first two letters may have changed places: htunderbird.
        candidates += [
            name for length in lengths for name in index.get(_key(word[1], length), ()) if name[1] == word[0] != word[1]
        ]
        found = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        for name, distance, _ in sorted(found, key=lambda one: one[1]):
            if distance <= _allowed(len(name)) and not _other_mail(word, name):
                return str(name)
        return None

    def _closest_kana(self, word: str) -> str | None:
        names = self._index()
        loose = fold_kana(word)
        exact = names.kana_words.get(loose)
        if exact:
            return exact[0]
        if len(loose) < _SHORTEST_KANA:
            return None
        candidates = [
            name
            for length in range(len(loose) - 2, len(loose) + 3)
            for name in names.kana.get(_key(loose[0], length), ())
        ]
        if not candidates:
            return None
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found = process.extract(loose, candidates, scorer=OSA.distance, score_cutoff=2, limit=None)
        pieces = _pieces(loose)
        for name, distance, _ in sorted(found, key=lambda one: one[1]):
            if distance <= _allowed(len(name)) and len(pieces & _pieces(name)) > 1:
                return names.kana_words[name][0]
        return None


def _may_be_misspelt(entry: Entry, word: str) -> bool:
    return (
        entry.kind in _NAME_KINDS
        or (entry.kind in _WORD_KINDS and len(word) > _SHORTEST_LATIN)
        or (entry.kind == "concept" and entry.value in _CONCEPTS)
        or (entry.kind == "term" and not word.isascii() and len(word) > _SHORTEST_TERM)
    )


def _key(letter: str, length: int) -> str:
    return f"{letter}{length}"


def _pieces(word: str) -> set[str]:
    """Return the two-letter pieces of a word, and its two ends."""
    return {f"{word[0]}\0{word[-1]}", *(word[i : i + 2] for i in range(len(word) - 1))}


def _allowed(length: int) -> int:
    return 1 if length < 8 else 2


def _other_mail(word: str, candidate: str) -> bool:
    """Return whether two names end in "mail" and another letter stands before it: foomail is no misspelt foxmail."""
    if not (word.endswith("mail") and candidate.endswith("mail")) or len(word) != len(candidate):
        return False
    return sorted(word) != sorted(candidate) and len(word) < 10


def _ends_in_digit(text: str, match: re.Match[str]) -> bool:
    return match[0][-1].isdigit()

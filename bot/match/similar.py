"""Recognise a misspelt name: gmal, thunderbrid, エックスサバー, out look.

Only words that nothing explained are tried, only against names and a few words of the subject, and only with a high
cut-off: similarity is good at typos and blind to the one character that matters (受信/送信, IMAP/SMTP).
An index of two-letter pieces leaves a handful of candidates, so the time hardly grows with the number of names.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
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
_KATAKANA: Final = LazyPattern("[ァ-ヺー]{4,16}")
_MOST_TRIED: Final = 100
"""Unexplained words that are tried in one text; a question holds a few, a pasted log hundreds."""
_SHORTEST_LATIN: Final = 4
_LONGEST: Final = 24


class Names(msgspec.Struct, frozen=True, array_like=True):
    """Names and words that may be misspelt, by their pieces."""

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
            if " " not in word and word.replace("-", "").isalnum():
                for piece in _pieces(word):
                    names.latin.setdefault(piece, []).append(word)
        elif _KATAKANA.fullmatch(word):
            loose = fold_kana(word)
            if loose not in names.kana_words:
                for piece in _pieces(loose):
                    names.kana.setdefault(piece, []).append(loose)
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

    def find(self, text: str) -> list[Span]:
        """Find misspelt names in what is left of a text.

        Args:
            text: Folded, everything explained blanked out with `\\0`.

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

    def _spans(self, start: int, end: int, word: str) -> list[Span]:
        return [Span(start, end, entry.kind, entry.value, word, "typo") for entry in self._lexicon.entries(word)]

    def _closest_latin(self, word: str) -> str | None:
        from rapidfuzz.distance import OSA  # ten milliseconds that a question without a misspelt word can do without

        index = self._index().latin
        counts: dict[str, int] = defaultdict(int)
        for piece in _pieces(word):
            for candidate in index.get(piece, ()):
                counts[candidate] += 1
        best, best_distance = None, 99
        for candidate, count in counts.items():
            allowed = _allowed(min(len(word), len(candidate)))
            if count < 1 or abs(len(candidate) - len(word)) > allowed or not _same_start(word, candidate):
                continue
            distance = OSA.distance(word, candidate, score_cutoff=allowed)
            if distance <= allowed and distance < best_distance and not _other_mail(word, candidate):
                best, best_distance = candidate, distance
        return best

    def _closest_kana(self, word: str) -> str | None:
        names = self._index()
        loose = fold_kana(word)
        exact = names.kana_words.get(loose)
        if exact:
            return exact[0]
        if len(loose) < 4:
            return None
        counts: dict[str, int] = defaultdict(int)
        for piece in _pieces(loose):
            for candidate in names.kana.get(piece, ()):
                counts[candidate] += 1
        if not counts:
            return None
        from rapidfuzz.distance import OSA

        best, best_distance = None, 99
        for candidate, count in counts.items():
            allowed = 1 if len(candidate) < 8 else 2
            if count < 2 or abs(len(candidate) - len(loose)) > allowed or loose[0] != candidate[0]:
                continue
            distance = OSA.distance(loose, candidate, score_cutoff=allowed)
            if distance <= allowed and distance < best_distance:
                best, best_distance = candidate, distance
        return names.kana_words[best][0] if best else None


def _may_be_misspelt(entry: Entry, word: str) -> bool:
    return (
        entry.kind in _NAME_KINDS
        or (entry.kind in _WORD_KINDS and len(word) > _SHORTEST_LATIN)
        or (entry.kind == "concept" and entry.value in _CONCEPTS)
    )


def _pieces(word: str) -> list[str]:
    """Return the two-letter pieces of a word, and its two ends: prot and port share no other piece.

    A list in the order of the word: the order of a set changes from one start to the next, and with it the answer
    where two names are equally near.
    """
    return list(dict.fromkeys([*(word[i : i + 2] for i in range(len(word) - 1)), f"{word[0]}\0{word[-1]}"]))


def _allowed(length: int) -> int:
    return 1 if length < 8 else 2


def _same_start(word: str, candidate: str) -> bool:
    """A typo seldom hits the first letter, and letting it (email → gmail) does more harm than good."""
    return word[0] == candidate[0] or (word[:2] == candidate[1::-1])


def _other_mail(word: str, candidate: str) -> bool:
    """Return whether two names end in "mail" and another letter stands before it: foomail is no misspelt foxmail."""
    if not (word.endswith("mail") and candidate.endswith("mail")) or len(word) != len(candidate):
        return False
    return sorted(word) != sorted(candidate) and len(word) < 10


def _ends_in_digit(text: str, match: re.Match[str]) -> bool:
    return match[0][-1].isdigit()

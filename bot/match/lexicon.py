"""A dictionary of exact folded words, and the finding of them in a folded text.

Words are looked up by their first two characters and then by the lengths that exist for those two, longest first.
The time for a text so depends on the text, not on how many providers there are.

What is a word is decided by the script it is written in. Latin words end where letters end; a katakana word must not
begin inside a longer katakana run (サポート holds no ポート) unless a known word ends there (メールサーバー);
kanji and hiragana may stand anywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec

KINDS_INSIDE = frozenset({"protocol", "direction", "security", "concept", "term"})
"""Kinds that still count inside a longer word: SMTP認証 is a term, and speaks of SMTP."""
_APP = ("アプリ", "app")
_APP_PASSWORD = ("アプリパスワード", "app password", "app-password")
_SWALLOWING = frozenset({"decoy", "provider", "client", "service"})
_WORDS_AHEAD = 3
"""How many words after a katakana word are looked at. Without an end, メールサーバー said thirty times would take hours."""


class Entry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a word stands for."""

    kind: str
    """provider, client, protocol, direction, security, term, error, concept, decoy, service,
    or `maybe_provider` / `maybe_client` for words that may also mean something else."""
    value: str


class Span(msgspec.Struct, frozen=True, gc=False):
    """A place in the folded text, and what was read there."""

    start: int
    end: int
    kind: str
    value: str
    word: str
    how: str = "word"
    """word, token (address, host, number), typo, inside."""


def script_of(character: str) -> str:
    """Return `latin`, `digit`, `katakana`, `japanese` or `other`."""
    if character < "\x80":
        if "a" <= character <= "z":
            return "latin"
        return "digit" if "0" <= character <= "9" else "other"
    if "ァ" <= character <= "ヺ" or character == "ー":
        return "katakana"
    if "ぁ" <= character <= "ゖ" or "㐀" <= character <= "鿿" or "豈" <= character <= "\ufaff" or character in "々〆":
        return "japanese"
    return "latin" if character.isalpha() else "other"


class Lexicon:
    """All words, ready to be found."""

    def __init__(self, stored: Mapping[str, msgspec.Raw] | None = None) -> None:
        """Begin an empty dictionary, or one whose words were stored.

        Args:
            stored: What `stored` returned; each part is decoded when a text first holds its two characters.
        """
        self._stored = stored or {}
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._lengths: dict[str, list[int]] = {}
        self._inside: dict[str, tuple[Span, ...]] = {}

    def add(self, folded: str, kind: str, value: str) -> None:
        """Add one folded word; a word may stand for several things."""
        if not folded:
            return
        entries = self._entries[folded]
        entry = Entry(kind, value)
        if entry not in entries:
            entries.append(entry)

    def finish(self) -> None:
        """Build the index; call once after the last word."""
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in self._entries:
            lengths[word[:2]].add(len(word))
        self._lengths = {start: sorted(found, reverse=True) for start, found in lengths.items()}

    def stored(self) -> dict[str, msgspec.Raw]:
        """Return all words in a form that can be kept, by their first two characters."""
        parts: dict[str, dict[str, list[Entry]]] = defaultdict(dict)
        for word, entries in self.words().items():
            parts[word[:2]][word] = entries
        return {start: msgspec.Raw(msgspec.msgpack.encode(part)) for start, part in parts.items()}

    def _lengths_of(self, start: str) -> list[int] | None:
        """Return the lengths of the words that begin so, longest first."""
        lengths = self._lengths.get(start)
        if lengths is None and start in self._stored:
            words = msgspec.msgpack.decode(self._stored[start], type=dict[str, list[Entry]])
            self._entries.update(words)
            lengths = sorted({len(word) for word in words}, reverse=True)
            # Last, because another task that sees the lengths looks for the words.
            self._lengths[start] = lengths
        return lengths

    def __contains__(self, folded: str) -> bool:
        return self._lengths_of(folded[:2]) is not None and folded in self._entries

    def __len__(self) -> int:
        return len(self.words())

    def words(self) -> dict[str, list[Entry]]:
        """Return every word with what it stands for."""
        for start in self._stored:
            self._lengths_of(start)
        return self._entries

    def entries(self, folded: str) -> list[Entry]:
        """Return what exactly this word stands for."""
        return self._entries[folded] if folded in self else []

    def scan(self, text: str) -> list[Span]:
        """Find the words of *text* from left to right, longest first, none inside another.

        Args:
            text: Folded; places already explained are blanked out with `\\0`.

        Returns:
            One span per word and meaning, in the order of the text; also the meanings inside a longer word.
        """
        spans: list[Span] = []
        place, size, last_end = 0, len(text), -1
        while place < size:
            length = self._longest(text, place, last_end)
            if not length:
                place += 1
                continue
            word = text[place : place + length]
            spans += self._read(word, place)
            place += length
            last_end = place
        return spans

    def _longest(self, text: str, place: int, last_end: int, skip: int = 0, ahead: int = _WORDS_AHEAD) -> int:
        lengths = self._lengths_of(text[place : place + 2])
        single = self._lengths_of(text[place]) if lengths is None else None
        for length in lengths or single or ():
            word = text[place : place + length]
            if (
                length != skip
                and len(word) == length
                and word in self._entries
                and self._is_word(text, place, length, last_end, ahead)
            ):
                return length
        return 0

    def _is_word(self, text: str, start: int, length: int, last_end: int, ahead: int) -> bool:
        end = start + length
        first, last = script_of(text[start]), script_of(text[end - 1])
        before = script_of(text[start - 1]) if start else "other"
        after = script_of(text[end]) if end < len(text) else "other"
        if (first == before and first in ("latin", "digit")) or (last == after and last in ("latin", "digit")):
            return False
        if first == "katakana" and before == "katakana" and last_end != start:
            return False
        if text.startswith(_APP_PASSWORD, max(start, end - 3)) and text[start:end].endswith(_APP):
            # 「Gmailアプリパスワード」 is Gmail and a kind of password, not the Gmail app.
            return length <= len(_APP[0])
        if last == "katakana" and after == "katakana":
            return ahead == 0 or self._longest(text, end, end, ahead=ahead - 1) > 0
        return True

    def _read(self, word: str, place: int) -> list[Span]:
        entries = self._entries[word]
        spans = [Span(place, place + len(word), entry.kind, entry.value, word) for entry in entries]
        if not any(entry.kind in _SWALLOWING for entry in entries):
            seen = {(entry.kind, entry.value) for entry in entries}
            spans += [
                Span(place + inner.start, place + inner.end, inner.kind, inner.value, inner.word, "inside")
                for inner in self._read_inside(word)
                if (inner.kind, inner.value) not in seen
            ]
        return spans

    def _read_inside(self, word: str) -> tuple[Span, ...]:
        """Find the shorter words in a longer one, once."""
        known = self._inside.get(word)
        if known is None:
            found: list[Span] = []
            place, last_end = 0, 0
            while place < len(word):
                length = self._longest(word, place, last_end, skip=len(word))
                if length:
                    inner = word[place : place + length]
                    found += [
                        Span(place, place + length, entry.kind, entry.value, inner)
                        for entry in self._entries[inner]
                        if entry.kind in KINDS_INSIDE
                    ]
                    found += [
                        msgspec.structs.replace(deeper, start=place + deeper.start, end=place + deeper.end)
                        for deeper in self._read_inside(inner)
                    ]
                    place += length
                    last_end = place
                else:
                    place += 1
            known = self._inside[word] = tuple(found)
        return known

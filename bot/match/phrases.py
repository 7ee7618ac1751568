"""Whole phrases: those of `knowledge/phrases/` and the example questions (`asks`) of the knowledge.

An exact phrase is found by a dictionary. Otherwise an index of two-letter pieces leaves a dozen candidates, and only
these are compared by rapidfuzz, so a question costs a fraction of a millisecond however many phrases there are.
Names, numbers and protocols are one placeholder each, on both sides: similarity must judge the sentence, not the names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from bot.match.lexicon import Span
from bot.match.model import IntentScore
from bot.match.score import to_confidence
from bot.text.fold import fold, fold_kana
from bot.text.pattern import LazyPattern

_MASKS: Final = {
    "provider": "\ue000",
    "client": "\ue001",
    "protocol": "\ue002",
    "port": "\ue003",
    "term": "\ue004",
    "direction": "\ue005",
    "security": "\ue006",
    "code": "\ue007",
}
_KIND_OF: Final = {
    "provider": "provider",
    "maybe_provider": "provider",
    "host": "provider",
    "address": "provider",
    "client": "client",
    "maybe_client": "client",
    "protocol": "protocol",
    "port": "port",
    "direction": "direction",
    "security": "security",
    "code": "code",
    "reply": "code",
}
_ANY_MASK: Final = LazyPattern("[\ue000-\ue007]")
_NOISE: Final = dict.fromkeys(map(ord, "?!。、,.「」\"'()"), " ") | {
    code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)
}
"""Signs say nothing here, and めーる is メール."""
_CANDIDATES: Final = 10
_LONGEST: Final = 90
"""A longer message is no phrase; its sentences are compared one by one."""
# The one difference that similarity cannot see is whether something works.
_DENIAL: Final = LazyPattern(
    r"ない|ません|なく|ず(?:$|に)|できん|not\b|n't\b|cannot|cant\b|unable|fail|失敗|エラー|error"
)


class Phrase(NamedTuple):
    """One phrase and what it stands for."""

    text: str
    intent: str
    article: str | None


class PhraseIndex:
    """Phrases by their exact form and, once one is needed, by their two-letter pieces."""

    def __init__(self, exact: dict[str, tuple[str, str | None]] | None = None, near: msgspec.Raw | None = None) -> None:
        """Begin an empty index, or one that was stored.

        Args:
            exact: What the attribute `exact_forms` of the stored index was.
            near: What its `stored` returned; decoded when a question is first compared.
        """
        self.exact_forms = exact or {}
        self._stored = near
        self._phrases: list[Phrase] = []
        self._by_piece: dict[str, list[int]] | None = None

    def __len__(self) -> int:
        return len(self._near()[0])

    def stored(self) -> msgspec.Raw:
        """Return what similarity needs, in a form that can be kept."""
        return msgspec.Raw(msgspec.msgpack.encode(self._near()))

    def _near(self) -> tuple[list[Phrase], dict[str, list[int]]]:
        """Return the phrases, and their numbers by their pieces."""
        if self._by_piece is None:
            if self._stored is None:
                self._by_piece = self._index()
            else:
                phrases, pieces = msgspec.msgpack.decode(self._stored, type=tuple[list[Phrase], dict[str, list[int]]])
                # The pieces last: another task that sees them looks for the phrases.
                self._phrases = phrases
                self._by_piece = pieces
        return self._phrases, self._by_piece

    def add(self, text: str, intent: str, article: str | None = None) -> None:
        """Add a phrase; {provider}, {client}, {protocol}, {port}, {term}, {direction}, {security}, {code} stand for names."""
        if "{" in text:
            for name, sign in _MASKS.items():
                text = text.replace(f"{{{name}}}", sign)
        form = normalise(text)
        if form:
            self.exact_forms.setdefault(form, (intent, article))
            self._phrases.append(Phrase(form, intent, article))
            self._by_piece = None

    def exact(self, form: str) -> tuple[str, str | None] | None:
        """Return intent and article of the phrase that reads exactly so."""
        return self.exact_forms.get(form)

    def score(self, forms: Iterable[str]) -> list[IntentScore]:
        """Compare the forms of a question (as written, and with its names masked) with the nearest phrases."""
        scores: list[IntentScore] = []
        for form in dict.fromkeys(forms):
            if not 3 <= len(form) <= _LONGEST:
                continue
            exact = self.exact_forms.get(form)
            if exact:
                scores.append(IntentScore(exact[0], 0.97, f"phrase: {_show(form)}", exact[1]))
                continue
            scores += self._nearest(form)
        return scores

    def _nearest(self, form: str) -> list[IntentScore]:
        phrases, by_piece = self._near()
        counts: Counter[int] = Counter()
        for piece in _pieces(form):
            numbers = by_piece.get(piece)
            if numbers:
                counts.update(numbers)
        masks = frozenset(_ANY_MASK.findall(form))
        denies = bool(_DENIAL.search(form))
        loose = fold_kana(form)
        scores: list[IntentScore] = []
        for number, _ in counts.most_common(_CANDIDATES):
            phrase = phrases[number]
            if bool(_DENIAL.search(phrase.text)) != denies or frozenset(_ANY_MASK.findall(phrase.text)) != masks:
                continue
            from rapidfuzz import fuzz  # ten milliseconds that a question with no phrase like it can do without

            similarity = fuzz.ratio(loose, fold_kana(phrase.text), score_cutoff=62)
            confidence = to_confidence(similarity)
            if confidence > 0:
                scores.append(IntentScore(phrase.intent, confidence, f"phrase: {_show(phrase.text)}", phrase.article))
        return scores

    def _index(self) -> dict[str, list[int]]:
        pieces: dict[str, list[int]] = {}
        for number, phrase in enumerate(self._phrases):
            text = phrase.text
            for piece in _pieces(text):
                pieces.setdefault(piece, []).append(number)
        return pieces


def _pieces(text: str) -> list[str]:
    """Return the two-letter pieces of a text, each once, in its order (that of a set changes from start to start)."""
    return list(dict.fromkeys(text[i : i + 2] for i in range(len(text) - 1)))


def normalise(text: str) -> str:
    """Return the form in which phrases and questions are compared."""
    return _without_signs(fold(text))


def _without_signs(folded: str) -> str:
    return " ".join(folded.translate(_NOISE).split())


def mask(text: str, spans: Iterable[Span], *, start: int = 0, end: int | None = None) -> str:
    """Return a folded text with its names, numbers and protocols replaced by placeholders, ready to compare."""
    end = len(text) if end is None else end
    parts: list[str] = []
    place = start
    for span in spans:
        kind = _KIND_OF.get(span.kind)
        if kind is None or span.start < place or span.end > end:
            continue
        parts += (text[place : span.start], _MASKS[kind])
        place = span.end
    parts.append(text[place:end])
    return _without_signs("".join(parts))


def _show(form: str) -> str:
    """Return a form with its placeholders by name, for people."""
    for kind, sign in _MASKS.items():
        form = form.replace(sign, f"{{{kind}}}")
    return form

"""Find pasted secrets and take their value out, before anything else sees the text.

People paste a password when they ask why it is refused. Everything behind this module (matching, storage, logs)
sees only the redacted text. Two mistakes are possible: a secret that stays in is worse than a word too many taken out,
but 「パスワードが違います」 and "what is an app password?" are everyday questions and must pass untouched.
So a value needs a reason: a separator (`:`, `=`), quotes, a place in the sentence, or the look of a secret.

The words are in `bot.text.secret_words`, the forms beside a word in `bot.text.secret_forms`, and what a value looks
like in `bot.text.secret_value`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from bot.text import secret_words as words
from bot.text.fold import strip_invisible
from bot.text.markup import strip_quotes
from bot.text.pattern import LazyPattern
from bot.text.secret_value import (
    CLOSING,
    has_japanese,
    is_unusual,
    is_word,
    looks_secret,
    looks_very_secret,
    narrow,
    trim,
)

Span = tuple[int, int]


class Redaction(msgspec.Struct, frozen=True, gc=False):
    """A text that may be kept, and whether something had to be taken out."""

    text: str
    found: bool


class _View(dict[int, int]):
    """Small letters, narrow ASCII and plain spaces, one character for one, so that places found are places in the text."""

    def __missing__(self, code: int) -> int:
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        found = ord(plain) if len(plain) == 1 and (plain.isascii() or plain in "「」、。") else code
        if len(self) < 10_000:
            self[code] = found
        return found


_LINE_ENDS: Final = dict.fromkeys([0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029], 0x0A)
_QUOTES: Final = dict.fromkeys(map(ord, "“”„‟″"), ord('"')) | dict.fromkeys(map(ord, "‘’‚′´"), ord("'"))
_VIEW: Final = _View(_LINE_ENDS | _QUOTES)
_QUOTE_MARK: Final = LazyPattern(r"(?:^|\n)[ \t]*(?:>|&gt;)(?:[ \t]|>|&gt;){0,40}")
_FOUR_WORDS: Final = LazyPattern("[a-z]{4}[ -][a-z]{4}[ -][a-z]{4}[ -][a-z]{4}")

# What a text must hold for each of these to be looked for; plain words, because they are looked for in every text.
_OWN_FORMS: Final[tuple[tuple[LazyPattern, Sequence[str]], ...]] = (
    (words.AUTH_LINE, ("auth", "334 ugfz")),
    (words.TOKENS, words.TOKENS_HOLD),
    (words.HASH, words.HASH_HOLDS),
    (words.BEARER, ("bearer", "basic")),
    (words.URL_USER, ("://",)),
    (words.CURL_USER, ("-u", "--user")),
    (words.SIGN_IN_CALL, ("login(", "auth(", "auth=", "auth =", "credential")),
)
_BY_LOOK: Final[tuple[tuple[LazyPattern, Sequence[str]], ...]] = (
    (words.SIGN_IN_LINE, ("login", "auth", "user")),
    (words.SIGN_IN_WITH, ("でログ", "でサイン", "で入", "で認証", "で接続", "で設定")),
    (words.ACCOUNT, words.ACCOUNT_HOLDS),
)
_NEAR: Final = 60
"""How far around a word the expression that reads it as a whole is let loose."""
_SHORT: Final = 1_200
"""Up to this length a text is read as a whole."""
_MOST_WORDS: Final = 100
"""Words that announce a secret which are looked at in one text; nobody who asks something writes as many."""


def redact(text: str) -> Redaction:
    """Replace every secret in *text*.

    Args:
        text: What the user sent, of any length.

    Returns:
        The text with ●●● (Japanese text) or [redacted] in place of each value; untouched, apart from invisible
        characters, where there was none.
    """
    text = strip_invisible(text)
    spans = sorted(set(_find(_view_of(text), text)))
    if not spans:
        return Redaction(text, found=False)
    mark = "●●●" if has_japanese(text) else "[redacted]"
    parts: list[str] = []
    place = 0
    for start, end in spans:
        if end <= place:
            continue
        parts.append(text[place : max(place, start)])
        if start >= place:
            parts.append(mark)
        place = end
    parts.append(text[place:])
    return Redaction("".join(parts), found=True)


def _view_of(text: str) -> str:
    if text.isascii():
        view = text.lower()
        view = view.replace("\r", "\n") if "\r" in view else view
    else:
        view = text.translate(_VIEW)
    if ">" in view or "&gt;" in view:
        # A quoted line is read like any other: "> password:" and below it "> hunter2".
        view = _QUOTE_MARK.sub(lambda match: match[0].replace(">", " ").replace("&gt;", "    "), view)
    return view


def _find(view: str, text: str) -> Iterator[Span]:
    """Yield the place of every secret, in no order; last, everything behind the last word that was looked at.

    Args:
        view: The view of the text.
        text: The text itself.
    """
    yield from _private_keys(view)
    for pattern, needs in _OWN_FORMS:
        if any(need in view for need in needs):
            yield from (
                m.span("value") for m in pattern.finditer(view) if not _is_plain_word(text[slice(*m.span("value"))])
            )
    if any(need in view for need in words.URL_PART_HOLDS):
        yield from (m.span(m.lastgroup or 0) for m in words.URL_PART.finditer(view))
    for pattern, needs in _BY_LOOK:
        if any(need in view for need in needs):
            for match in pattern.finditer(view):
                span = trim(view, match.span("value"))
                if looks_secret(narrow(text[slice(*span)])):
                    yield span
    if any(need in view for need in words.LETTERS_HOLD):
        yield from _by_letters(view, text)
    if "]:" in view or "] " in view:
        yield from (m.span("value") for m in words.RELAY_LINE.finditer(view))
    if "@" in view:
        yield from _beside_addresses(view, text)
    if any(need in view for need in words.CREDENTIALS_HOLD):
        yield from _credentials(view, text)
    if view.count(" ") + view.count("-") > 2 and _FOUR_WORDS.search(view):
        yield from _four_groups(view)
    for number, match in enumerate(_secret_words(view)):
        from bot.text.secret_beside import find_beside  # few questions speak of passwords

        if number == _MOST_WORDS:
            yield match.end(), len(view)
            return
        yield from (with_groups(view, span) for span in find_beside(view, text, match))


def _secret_words(view: str) -> Iterator[re.Match[str]]:
    if any(need in view for need in words.SECRET_WORD_HOLDS):
        for start, end in _around(view, words.SECRET_WORD_HOLDS):
            yield from words.SECRET_WORD.finditer(view, start, end)


def _around(view: str, needs: Sequence[str]) -> Iterator[Span]:
    """Yield the parts of a text in which one of *needs* stands; a short text as a whole."""
    if len(view) <= _SHORT:
        yield 0, len(view)
        return
    places: list[int] = []
    for need in needs:
        place = view.find(need)
        while place >= 0:
            places.append(place)
            place = view.find(need, place + _NEAR)
    start, end = -1, -1
    for place in sorted(places):
        if place - _NEAR > end:
            if end >= 0:
                yield start, end
            start = max(0, place - _NEAR)
        end = place + 2 * _NEAR
    if end >= 0:
        yield start, min(end, len(view))


def _beside_addresses(view: str, text: str) -> Iterator[Span]:
    for match in words.ADDRESS_AND_VALUE.finditer(view):
        span = trim(view, match.span("value"))
        value = narrow(text[slice(*span)])
        if match["alone"] is not None:
            # The next line may be anything; a password stands there by itself.
            likely = match["rest"] is not None and len(value) >= 6 and ":" not in value and looks_secret(value)
        else:
            likely = looks_very_secret(value) if match["beside"] is not None else looks_secret(value)
        if likely:
            yield with_groups(view, span)


def _is_plain_word(value: str) -> bool:
    """Return whether it is a word: "AUTH LOGIN disabled", "Basic Authentication"."""
    value = value.strip(CLOSING)
    return is_word(value.lower()) or (value.isalpha() and value[1:].islower() and 7 < len(value) < 18)


def _by_letters(view: str, text: str) -> Iterator[Span]:
    for match in words.LETTERS.finditer(view):
        span = trim(view, match.span(match.lastgroup or 0))
        if looks_secret(narrow(text[slice(*span)])):
            yield span


def _credentials(view: str, text: str) -> Iterator[Span]:
    for match in words.CREDENTIALS.finditer(view):
        span = trim(view, match.span("value"))
        value = view[slice(*span)]
        if looks_secret(narrow(text[slice(*span)])) or (
            match["link"].strip() and value.isalpha() and is_unusual(value)
        ):
            yield with_groups(view, span)


def _four_groups(view: str) -> Iterator[Span]:
    for match in words.FOUR_GROUPS.finditer(view):
        if "-" in match["value"] or sum(map(is_word, match["value"].split())) < 2:
            yield match.span("value")


def _private_keys(view: str) -> Iterator[Span]:
    start = view.find(words.PRIVATE_KEY)
    end = view.find(words.PRIVATE_KEY_END)
    if end >= 0 and (start < 0 or end < start) and "private key" in view[end : end + 60]:
        # Its beginning was cut off: everything up to here may be the key.
        yield 0, end
    while start >= 0:
        if "private key" in view[start : start + 60]:
            end = view.find(words.PRIVATE_KEY_END, start)
            stop = view.find("\n", end) if end >= 0 else -1
            stop = stop if stop >= 0 else len(view)
            yield start, stop
            start = view.find(words.PRIVATE_KEY, stop)
        else:
            start = view.find(words.PRIVATE_KEY, start + 1)


def with_groups(view: str, span: Span) -> Span:
    """Take an app password written in four groups as a whole."""
    match = words.FOUR_GROUPS.match(view, span[0])
    return match.span() if match and match.end() > span[1] else span


_HEAD: Final = 1600
_TAIL: Final = 800
_MARGIN: Final = 400
"""What is redacted beyond what is kept, so that no value loses the word that gives it away."""
_ELLIPSIS: Final = "\n…\n"
_LONGEST: Final = 40_000
"""What Slack lets anybody write; of what is longer, the rest is neither kept nor looked at."""


def redact_question(text: str) -> Redaction:
    """Return what is kept of a message: its own words without quoted mail, shortened, and without secrets.

    What is not kept is looked through all the same: who pasted a password into it should know.
    """
    kept = redact_windows(strip_quotes(text))
    if kept.found or (len(text) <= _HEAD + _TAIL and ">" not in text and "＞" not in text and "&gt;" not in text):
        return kept
    whole = strip_invisible(text[:_LONGEST])
    found = next(_find(_view_of(whole), whole), None) is not None
    return Redaction(kept.text, found)


def redact_windows(text: str) -> Redaction:
    """Shorten a very long text to its head and tail, both redacted.

    A question is short; what is longer is a pasted mail or a log, and the question stands before or after it.
    The tail begins at a space or line break, so that no value is left without the word that gives it away.
    """
    if len(text) <= _HEAD + _TAIL:
        return redact(text)
    head, tail = redact(text[: _HEAD + _MARGIN]), redact(text[-_TAIL - _MARGIN :])
    rest = tail.text[-_TAIL:]
    cut = re.search(r"\s", rest[: _TAIL // 2])
    rest = rest[cut.end() if cut else _TAIL // 2 :]
    return Redaction(head.text[:_HEAD] + _ELLIPSIS + rest, head.found or tail.found)

"""Read what stands behind a word that announces a secret, and judge whether it is one.

Behind a separator nearly everything is a secret; behind "is" what looks like one, or a single unusual word; with
nothing between only what looks like one by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from bot.text import secret_forms as forms
from bot.text.pattern import LazyPattern
from bot.text.secret_before import find_before
from bot.text.secret_value import (
    CLOSING,
    describes,
    has_japanese,
    is_address_or_host,
    is_unusual,
    is_word,
    looks_secret,
    looks_very_secret,
    narrow,
    trim,
)
from bot.text.secret_words import DIGITS_ARE_SECRET

Span = tuple[int, int]

_CLOSERS: Final = {'"': '"', "'": "'", "`": "`", "「": "」", "『": "』"}
_BRACKETS: Final = "(<[{【〈《"
_MASKS: Final = "*●•○◯■□※x.-_…× "
_LONGEST_QUOTED: Final = 120
_FIRST_WORD: Final = LazyPattern(r"[!-~]{3,}")
_CONTRACTION: Final = LazyPattern(r"[a-z]{1,8}'[a-z]{1,2}(?![!-~])")
_PATH: Final = LazyPattern(r"[~/.]|[a-z]:[\\/]|%")
_ENDS_EN: Final = ".,;:!?\n、。)」"
_ENDS_JA: Final = (
    *(
        "です",
        "でし",
        "だ",
        "なの",
        "なん",
        "にし",
        "に設定",
        "に変",
        "に戻",
        "で、",
        "でログ",
        "で入",
        "で試",
        "でいい",
        "でよ",
        "で良",
    ),
    *(
        "で合",
        "で間違",
        "で正",
        "のはず",
        "のまま",
        "で設定",
        "でやっ",
        "と入",
        "と打",
        "とい",
        "という",
        "って",
        "を使",
        "を入",
        "を打",
        "を設定",
        "から",
        "か",
        "で接続",
        "で認証",
    ),
)
_ENDS: Final = (*_ENDS_JA, "but ", "and ", "or ", "to ")
_UNITS: Final = (
    *("年", "文字", "桁", "番", "回", "日", "月", "時", "人", "個", "件", "分", "%", "円", "字", "種"),
    *(" char", " digit", " day", " year", " time", " letter", " bit", " min", " month", "-char", "-digit", "-bit"),
)
_STARTS_CLAUSE: Final = frozenset(
    """
    but and or why what when where how who which is are was were it does doesn't don't do did not i we my for in on at with without to from via using then
    works work worked fails fail failed error errors gives gets port server host user username login please can can't cannot still keeps because so if
    """.split()  # noqa: SIM905
)
"""Words with which a sentence goes on behind a secret."""
_TECHNICAL_STOPS: Final = frozenset(
    "imap pop pop3 smtp ssl tls starttls gmail outlook thunderbird yahoo icloud iphone android windows mac ios".split()  # noqa: SIM905
)
_SUBJECT: Final = frozenset("password passwords same your use one account login from by must should required".split())  # noqa: SIM905
"""Words that say that a line describes a password."""
_NEXT_FIELD: Final = LazyPattern(
    r"(?:[,;、](?:(?:ports?|hosts?|server|user(?:name)?|login|id|smtps?|imaps?|pop3?s?|ssl|tls|starttls|security|encryption|address|e?mail)(?:[:=][a-z0-9.-]{0,60})?"
    r"|25|110|143|465|587|993|995|2525|4190|[a-z0-9.-]{2,60}\.(?:com|jp|net|org|de|uk|example)))+$"
)
"""What follows a value in a list without spaces. All of it has to be such things: a password may hold `,22!` or `;id;`."""
_MOST_WORDS: Final = 12
_APP_PASSWORD: Final = 16
_TYPED: Final = (
    *("でログ", "で入", "でサイン", "で認証", "を入", "を打", "が通", "が違", "が拒", "が弾", "にし", "に設定", "に変"),
    *("does not", "doesn't", "is rejected", "is refused", "is not", "is wrong", "isn't", "fails", "won't"),
)
_NEARBY: Final = 80
_SHORT_NUMBER: Final = 4
"""No mail port that people ask about has more digits; 995 behind パスワードは is more likely a port."""


def find_beside(view: str, text: str, word: re.Match[str]) -> Iterator[Span]:
    """Yield the places of the secrets that one word announces.

    Args:
        view: The view of the text.
        text: The text itself.
        word: A match of `SECRET_WORD` in the view.
    """
    place = _Place(view, text, word)
    before = find_before(view, text, word)
    if before is not None:
        yield before
    if word.lastgroup == "pin":
        readers: list[Callable[[], Span | None]] = [place.separated, place.said, place.bare]
    else:
        readers = [place.pair, place.markup, place.separated, place.quoted, place.bracketed, place.said, place.bare]
        readers += [place.kana, place.nearby]
    for read in readers:
        span = read()
        if span is not None:
            yield span
            yield from place.chain(span)
            return


class _Place:
    """One word in a text, and the ways of reading on from it."""

    def __init__(self, view: str, text: str, word: re.Match[str]) -> None:
        self._view = view
        self._text = text
        self._word = word[0]
        self._start, self._end = word.span()
        self._kind = word.lastgroup
        self._short_numbers = word[0].startswith(DIGITS_ARE_SECRET)

    def _looks_secret(self, span: Span) -> bool:
        return looks_secret(narrow(self._text[slice(*span)]))

    def pair(self) -> Span | None:
        """ID/PW: taro / xxx."""
        if self._start < 2 or self._view[self._start - 1] not in "/・&,、+とd \t":
            return None
        if not forms.BEFORE_PAIR.search(self._view, max(0, self._start - 24), self._start):
            return None
        match = forms.PAIR.match(self._view, self._end)
        if match is None or is_word(match["value"].strip(CLOSING)):
            return None
        span = match.span("value")
        return span if match["link"].strip() or self._looks_secret(trim(self._view, span)) else None

    def separated(self) -> Span | None:
        """password: xxx."""
        match = forms.SEPARATED.match(self._view, self._end)
        if match is None:
            return None
        opened = match["open"]
        start, end = match.span("value")
        for mark in opened:
            if mark in _CLOSERS:
                close = self._view.find(_CLOSERS[mark], start, start + _LONGEST_QUOTED)
                line_end = self._view.find("\n", start, start + _LONGEST_QUOTED)
                if close > start and not start <= line_end < close:
                    return (start, close) if self._is_quoted_secret((start, close), ":") else None
        if self._view.startswith("mailto:", start):
            # Slack makes a link of a password with an at sign: <mailto:p@ss.jp|p@ss.jp>.
            close = self._view.find(">", start, start + 200)
            return start, close if close > 0 else end
        span = trim(self._view, (start, end))
        if any(mark in _BRACKETS for mark in opened):
            # <your password>, [redacted], (same as webmail)
            return span if self._looks_secret(span) or self._is_number(span) else None
        about = match["about"] is not None
        if about and not match["gap"] and not self._looks_secret(span):
            return None  # password for smtp.example.jp:465
        return self._behind_separator(span, about=about)

    def markup(self) -> Span | None:
        """<add key="Password" value="xxx"/>."""
        if self._view[self._end : self._end + 1] not in ("<", '"', "'"):
            return None
        match = forms.MARKUP.match(self._view, self._end)
        if match is None or match.lastgroup is None or is_word(match[match.lastgroup].strip()):
            return None
        return match.span(match.lastgroup)

    def _behind_separator(self, span: Span, *, about: bool) -> Span | None:
        """Everything but a word that describes (`password: required`, パスワード：メールと同じもの)."""
        value = self._view[slice(*span)]
        if not value.strip(_MASKS) or value[0] in "?？(（<[{":
            return None
        if has_japanese(value):
            head = _FIRST_WORD.match(value)
            if head is not None:
                return span if self._looks_secret((span[0], span[0] + head.end())) else None
            kana = self.kana()
            return kana or (span if re.search("[0-9]", value) and len(value) < 25 and not describes(value) else None)
        if value.isdigit() and self._view.startswith(_UNITS, span[1]):
            return None
        if self._word == "パス" and _PATH.match(value):
            return None
        if is_word(value) or _CONTRACTION.match(self._view, span[0]):
            return None if about else self._phrase(span)
        next_field = _NEXT_FIELD.search(value)
        if next_field is not None and next_field.start() > 2:
            return span[0], span[0] + next_field.start()  # pwd:xxx,port 587,yahoo.com
        if about and (is_address_or_host(value) or value.isdigit()):
            return None
        return self._extended(span)

    def _phrase(self, span: Span, most_known: int = _MOST_WORDS) -> Span | None:
        """A pass phrase that begins with a word of everyday: two unusual words, and none that describes a password."""
        end, found = span[1], [self._view[slice(*span)]]
        while (match := forms.NEXT_WORD.match(self._view, end)) is not None and len(found) < _MOST_WORDS:
            found.append(match[1])
            end = match.end()
            if match[1][-1] in ".,;:!?":
                break
        words = [word.strip(CLOSING) for word in found]
        if len(words) < 3 or not _SUBJECT.isdisjoint(words) or any("=" in word or ":" in word for word in found):
            return None
        if sum(not is_unusual(word) for word in words) > most_known:
            return None
        rest = self._view[end : end + 1]
        return (span[0], end) if sum(map(is_unusual, words)) > 1 and rest in ("", "\n", " ") else None

    def _extended(self, span: Span) -> Span:
        """Take what belongs to a value: what stands behind a quote in its middle, and the other words of a pass phrase."""
        start, end = span
        match = forms.INNER_QUOTE.match(self._view, end)
        if match is not None:
            end = trim(self._view, (start, match.end()))[1]
        mixed = self._looks_secret((start, end)) or not self._view[start:end].isalpha()
        taken = 0
        while taken < _MOST_WORDS and (match := forms.NEXT_WORD.match(self._view, end)) is not None:
            word = match[1]
            plain = word.strip(CLOSING)
            if plain in _STARTS_CLAUSE or "=" in word or ":" in word or not plain or plain[0] in "([<{-/|":
                break
            if any(c.isdigit() for c in plain) and not self._looks_secret(match.span(1)):
                break
            if is_address_or_host(plain) or (mixed and not is_unusual(plain)) or (plain in _TECHNICAL_STOPS):
                break
            end = match.end()
            taken += 1
            if word[-1] in ".,;!?":
                break
        return trim(self._view, (start, end))

    def quoted(self) -> Span | None:
        """password "xxx", パスワードは「xxx」."""
        match = forms.QUOTED.match(self._view, self._end)
        if match is None or match.lastgroup is None:
            return None
        group = next(name for name in forms.QUOTED_GROUPS if match[name] is not None)
        span = match.span(group)
        mark = self._view[span[0] - 1]
        if mark in '"`' and self._view.count(mark, self._line_start(), span[0] - 1) % 2:
            return None  # choose "Normal password" (or "OAuth2"): that mark closes the quotes around the word
        return span if self._is_quoted_secret(span, match["link"] or "") else None

    def _line_start(self) -> int:
        return max(self._view.rfind("\n", 0, self._start) + 1, self._start - 400)

    def _is_quoted_secret(self, span: Span, link: str) -> bool:
        value = self._view[slice(*span)].strip()
        if not value.strip(_MASKS) or not any(map(str.isalnum, value)):
            return False
        if has_japanese(value):
            if re.search("[a-z0-9]{3}", value) and re.search("[0-9]", value) and len(value) < 30:
                return not describes(value) or self._looks_secret(span)
            said = forms.SAID_QUOTED_JA.match(self._view, span[1])
            return (
                len(value) < 25
                and not describes(value)
                and (link in ("", ":") or (link in "はが" and said is not None))
            )
        found = value.split()
        return not all(is_word(word.strip(CLOSING)) for word in found)

    def bracketed(self) -> Span | None:
        """password(xxx)."""
        match = forms.BRACKETED.match(self._view, self._end)
        if match is None:
            return None
        span = match.span("value")
        return span if self._looks_secret(span) or self._is_number(span) else None

    def _is_number(self, span: Span) -> bool:
        value = self._view[slice(*span)]
        return value.isdigit() and len(value) >= (3 if self._short_numbers else 6)

    def said(self) -> Span | None:
        """My password is xxx, パスワードは xxx です: the look of a secret, or a single unusual word that ends the sentence."""
        match = forms.SAID.match(self._view, self._end)
        if match is None and self._view.startswith((")", "]"), self._end):
            match = forms.SAID.match(self._view, self._end + 1)  # the key (app password) is xxx
        if match is None:
            return None
        span = trim(self._view, match.span("value"))
        if self._view[span[0]] in "([<{" and span[1] - span[0] > 2:
            span = span[0] + 1, span[1]
        value = self._view[slice(*span)]
        if len(value) < 3:
            return None
        if is_word(value):
            return self._phrase(span, most_known=1) if match["far"] is None and value.isalpha() else None
        rest = self._view[span[1] : span[1] + 12]
        if value.isdigit() and match["far"] is None:
            enough = len(value) >= (3 if self._short_numbers else _SHORT_NUMBER)
            fits = not rest.startswith(_UNITS) and _ends(rest) and (len(value) > 5 or not _is_asked(rest))
            return span if enough and fits else None
        if self._kind == "pin":
            return None
        if self._looks_secret(span):
            return self._extended_groups(span)
        if match["far"] is not None:
            return None
        if not value.isalpha() or not is_unusual(value):
            return None
        return span if _ends(rest) else None

    def _extended_groups(self, span: Span) -> Span:
        match = forms.INNER_QUOTE.match(self._view, span[1])
        return trim(self._view, (span[0], match.end())) if match is not None else span

    def bare(self) -> Span | None:
        """Password xxx: nothing between, so the value itself must look like a secret."""
        match = forms.BARE.match(self._view, self._end)
        if match is None:
            return None
        span = trim(self._view, match.span("value"))
        if self._is_number(span):
            return None if self._view.startswith(_UNITS, span[1]) else span
        if self._kind == "pin":
            return None
        value = self._view[slice(*span)]
        unusual = value.isalpha() and is_unusual(value)
        rest = self._view[span[1] : span[1] + 16]
        # An app password without its spaces; a word that somebody typed, and what came of it.
        typed = len(value) == _APP_PASSWORD or rest.lstrip(" ").startswith(_TYPED)
        return span if self._looks_secret(span) or (unusual and typed) else None

    def kana(self) -> Span | None:
        """パスワードはさくらもちです: no question, and none of the words that describe a password."""
        match = forms.KANA.match(self._view, self._end)
        if match is None or describes(match["value"]):
            return None
        value = match["value"]
        whole = match["link"] not in "はがって" or not _has_hiragana(value)
        return match.span("value") if match["said"] is not None or whole else None

    def nearby(self) -> Span | None:
        """Whatever stands between: a word of the next sentence that can hardly be anything but a password."""
        return next(self._all_nearby(self._end), None)

    def _all_nearby(self, start: int) -> Iterator[Span]:
        for match in forms.RUN.finditer(self._view, start, min(len(self._view), start + _NEARBY)):
            span = trim(self._view, match.span())
            if "/" not in match[0] and looks_very_secret(narrow(self._text[slice(*span)])):
                yield span

    def chain(self, span: Span) -> Iterator[Span]:
        """Yield what follows a secret as its other: from xxx to yyy; … and the new one is yyy."""
        yield from self._all_nearby(span[1])
        for _ in range(3):
            match = forms.CHAIN.match(self._view, span[1])
            if match is None:
                return
            span = trim(self._view, match.span("value"))
            if not self._looks_secret(span):
                return
            yield span


def _ends(rest: str) -> bool:
    """Return whether the sentence is at its end, or goes on in a way that shows that the value was whole."""
    rest = rest.lstrip(" ")
    return not rest or rest[0] in _ENDS_EN or rest.startswith(_ENDS)


def _is_asked(rest: str) -> bool:
    return rest.lstrip().startswith(("ですか", "でいい", "でよ", "?"))


def _has_hiragana(value: str) -> bool:
    return any("ぁ" <= character <= "ん" for character in value)

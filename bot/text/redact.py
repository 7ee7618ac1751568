"""Find pasted secrets and take their value out, before anything else sees the text.

People paste a password when they ask why it is refused. Everything behind this module (matching, storage, logs)
sees only the redacted text. Two mistakes are possible: a secret that stays in is worse than a word too many taken out,
but 「パスワードが違います」 and "what is an app password?" are everyday questions and must pass untouched.
So a value needs a reason: a separator (`:`, `=`), quotes, or the look of a secret (letters and digits mixed).
Every expression is anchored at a keyword or bounded in length, so hostile text costs no more than honest text.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from bot.text.fold import JAPANESE, strip_invisible
from bot.text.ordinary import ORDINARY_WORDS, TECHNICAL_WORDS
from bot.text.pattern import LazyPattern


class Redaction(msgspec.Struct, frozen=True, gc=False):
    """A text that may be kept, and whether something had to be taken out."""

    text: str
    found: bool


# One character for one character, so that places found here are places in the original.
_NARROW: Final = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys([0x3000, 0xA0, 0x202F, 0x205F, *range(0x2000, 0x200B)], 0x20)
    | dict.fromkeys([0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029], 0x0A)
)
_LOWER: Final = {code: code + 0x20 for code in range(0x41, 0x5B)}
_HAS_JAPANESE: Final = LazyPattern(f"[{JAPANESE}]")

_WORD_JA: Final = (
    "(?:(?:アプリ|専用|ログイン|メール|imap専用|pop|smtp|送信|受信)?(?:パスワ[ーｰ一-]?[ドト]?|ﾊﾟｽﾜｰﾄﾞ|ぱすわーど)|暗証番号"
    "|パスコード|パスフレーズ|(?<![ァ-ヶー])パス(?=[ \t:=は「『])|合言葉)"
)
_WORD_EN: Final = (
    r"(?:(?<![a-z0-9=])(?:(?:app(?:lication)?(?:[- ]specific)?|imap|smtp|pop3?|mail|email|login|user|account)[ _-]?)?"
    r"(?:pass[ -]?words?|passwort|passwrod|pasword|passwd|passcode|passphrase|pswd|pwd|pw|pass)[0-9]{0,2}(?![a-z0-9])"
    r"|(?<=[a-z0-9])password(?=[\"']?[ ]?[:=])"
    r"|(?<![a-z0-9])(?:client[ _-]?secret|secret[ _-]?key|api[ _-]?key|access[ _-]?key|auth[ _-]?token|token|secret)(?![a-z]))"
)
_WORD: Final = f"(?:{_WORD_JA}|{_WORD_EN})"
_BELOW: Final = "は(?:以下|下記|次|こちら)(?:の(?:通り|とおり))?(?:です)?。?"
# What every alternative of `_WORD` holds. Compiling the five expressions below takes longer than reading a question.
_WORD_HOLDS: Final = (
    "pass",
    "pasw",
    "psw",
    "pwd",
    "pw",
    "secret",
    "key",
    "token",
    "パス",
    "ﾊﾟｽ",
    "ぱす",
    "暗証",
    "合言葉",
)
_ASCII_VALUE: Final = r"[!-~]{1,200}"

# `password: xxx`, `PW=xxx`, パスワード：xxx, パスワード(SMTP) → xxx
_SEPARATED: Final = LazyPattern(
    rf"{_WORD}(?:[ ]?[(\[（][^()\[\]（）\n]{{0,30}}[)\]）])?[\"'`*_]?(?:[ ]?(?:is|was|are|は|が|です|{_BELOW}))?[ \t]{{0,40}}(?::|=>?|→|->)[*_]{{0,2}}\s{{0,40}}[\"'`「『*_]{{0,3}}"
    rf"(?P<value>[^\s\"'`「」『』、。]{{1,200}})",
    needs=_WORD_HOLDS,
)
# pass「xxx」, password "xxx"
_QUOTED: Final = LazyPattern(
    rf"{_WORD}[ \t]{{0,3}}(?:は|が|を|に|の|is|was|are|of)?[ \t]{{0,3}}(?:「(?P<a>[^」\n]{{1,100}})」|『(?P<b>[^』\n]{{1,100}})』"
    r"|“(?P<c>[^”\n]{1,100})”|\"(?P<d>[^\"\n]{1,100})\"|'(?P<e>[^'\n]{1,100})'|`(?P<f>[^`\n]{1,100})`)",
    needs=_WORD_HOLDS,
)
# my password is xxx, パスワードは xxx です, パスワードを xxx にした
_SAID: Final = LazyPattern(
    rf"(?:{_WORD_EN}[ \t]{{1,3}}(?:(?:for|of)[ ][!-~]{{1,60}}[ ])?(?:is|was|to|from|should be|=)\s{{1,3}}"
    rf"|(?:{_WORD_JA}|{_WORD_EN})[ \t]{{0,3}}(?:[はがをもで]|には|って)[ \t、,]{{0,3}})(?P<value>{_ASCII_VALUE})",
    needs=_WORD_HOLDS,
)
# password xxx, taro pass xxx: nothing between, so the value itself must look like a secret
_BARE: Final = LazyPattern(
    rf"{_WORD}(?:{_BELOW})?(?:[】」』｣\])>*_■|…・-]{{0,3}}\s{{1,9}}|[】」』｣\]>|…■]{{1,3}})[(|…-]{{0,2}}[ ]?(?P<value>{_ASCII_VALUE})",
    needs=_WORD_HOLDS,
)
# taro@example.jp / xxx, ID/PW: taro / xxx, login taro xxx
_PAIR: Final = LazyPattern(
    r"@[a-z0-9.-]{3,80}(?:[ \t]{0,2}[/:,、・][ \t]{0,2}|[ \t]{1,3}(?:と|and)[ \t]{1,3}|と)(?P<value>[!-~]{4,100})"
)
_ID_AND_PASSWORD: Final = LazyPattern(
    rf"(?:id|ｉｄ|ユーザー?名?|アカウント|user(?:name)?|login)[ \t]{{0,2}}(?:[/・&＆,、]|と|and)[ \t]{{0,2}}{_WORD}"
    r"[ \t]{0,3}(?:[:=：→]|は|is|are)[ \t]{0,3}[!-~]{1,80}?(?:[ \t]{0,2}[/,、・][ \t]{0,2}|[ \t]{1,3}(?:and[ \t]{1,3})?|と)(?P<value>[!-~]{1,100})",
    needs=_WORD_HOLDS,
)
_IMAP_LOGIN: Final = LazyPattern(r"(?<![a-z])login[ \t]{1,3}[!-~]{2,80}[ \t]{1,3}(?P<value>[!-~]{4,100})")
_CURL_USER: Final = LazyPattern(r"(?:(?<= )|^)(?:-u|--user)[ =][^\s:]{1,80}:(?P<value>[!-~]{1,100})")
_URL_USER: Final = LazyPattern(r"://[^\s/:@]{0,100}:(?![0-9]{1,5}[/?#])(?P<value>[^\s]{1,100})@(?=[a-z0-9])")
# An app password in its usual dress: four groups of four letters.
_FOUR_GROUPS: Final = LazyPattern(
    r"(?<![a-z0-9-])(?P<value>[a-z]{4}(?:-[a-z]{4}){3}|[a-z]{4}(?: [a-z]{4}){3})(?![a-z0-9-])"
)
_AUTH_LINE: Final = LazyPattern(
    r"(?:334 ugfzc3dvcmq6\s{1,4}(?:c: ?)?|(?<![a-z])auth(?:enticate|orization:)?[ \t]{1,3}(?:plain|login|basic|cram-md5|xoauth2|oauthbearer)(?:[ \t\n]{1,3}|\s{1,3}(?:s: ?)?(?:334|\+)\s{1,4}(?:c: ?)?))(?P<value>[a-z0-9+/=_-]{8,4000})"
)
_TOKENS: Final = LazyPattern(
    r"(?<![a-z0-9])(?P<value>xox[a-z](?:\.xox[a-z])?-[a-z0-9-]{8,300}|xapp-[a-z0-9-]{8,300}|gh[pousr]_[a-z0-9]{20,255}"
    r"|github_pat_[a-z0-9_]{20,255}|sk-[a-z0-9_-]{20,200}|glpat-[a-z0-9_-]{16,100}|akia[a-z0-9]{12,40}|aiza[a-z0-9_-]{30,60}|ya29\.[a-z0-9_-]{20,400}"
    r"|eyj[a-z0-9_-]{10,2000}\.[a-z0-9_-]{5,2000}(?:\.[a-z0-9_-]{0,2000})?|sg\.[a-z0-9_-]{16,80}\.[a-z0-9_-]{16,80})"
)
_BEARER: Final = LazyPattern(r"(?<![a-z])(?:bearer|basic)[ \t]{1,3}(?P<value>[a-z0-9+/=._~-]{16,4000})")
_PRIVATE_KEY: Final = "-----begin "

_WORDS: Final = ORDINARY_WORDS | TECHNICAL_WORDS
_CLOSING: Final = ".,;:!?)]}>、。\"'"
_MEMBERS: Final = ("value", "a", "b", "c", "d", "e", "f")
# Plain words, because one of them is looked for in every text, and an expression would have to be compiled first.
_TRIGGERS: Final = [
    "pass",
    "pasw",
    "psw",
    "pwd",
    "pw",
    "token",
    "secret",
    "key",
    "auth",
    "login",
    "bearer",
    "basic",
    "-u",
    "://",
    "@",
    "xox",
    "xapp",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_",
    "sk-",
    "akia",
    "aiza",
    "ya29",
    "eyj",
    "glpat-",
    "334 ugfz",
    "sg.",
    "パス",
    "ﾊﾟｽ",
    "ぱす",
    "暗証",
    "合言葉",
]
_FOUR_WORDS: Final = LazyPattern("[a-z]{4}[ -][a-z]{4}[ -][a-z]{4}[ -][a-z]{4}")


def redact(text: str) -> Redaction:
    """Replace every secret in *text*.

    Args:
        text: What the user sent, of any length.

    Returns:
        The text with ●●● (Japanese text) or [redacted] in place of each value; untouched, apart from invisible
        characters, where there was none.
    """
    text = strip_invisible(text)
    narrow = text.translate(_NARROW)
    view = narrow.translate(_LOWER)
    if not _is_suspicious(view):
        return Redaction(text, found=False)
    spans = sorted(set(_find(view, narrow)))
    if not spans:
        return Redaction(text, found=False)
    mark = "●●●" if _HAS_JAPANESE.search(text) else "[redacted]"
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


def _is_suspicious(view: str) -> bool:
    """Return whether anything in a text makes it worth looking for secrets."""
    if any(word in view for word in _TRIGGERS):
        return True
    return view.count(" ") + view.count("-") > 2 and _FOUR_WORDS.search(view) is not None


def _find(view: str, text: str) -> list[tuple[int, int]]:
    spans = _private_keys(view)
    for pattern in (_AUTH_LINE, _TOKENS, _BEARER, _URL_USER, _CURL_USER, _ID_AND_PASSWORD):
        # "AUTH LOGIN disabled", "user name and password are the same": a word of everyday is none.
        spans += [m.span("value") for m in pattern.finditer(view) if m["value"].strip(_CLOSING) not in _WORDS]
    for match in _SEPARATED.finditer(view):
        span = _trim(view, match.span("value"))
        if _may_be_secret(text, view, span):
            spans.append(_with_groups(view, span))
    for match in _QUOTED.finditer(view):
        span = next(match.span(name) for name in _MEMBERS if name in match.re.groupindex and match[name] is not None)
        if _is_quoted_secret(view[slice(*span)]):
            spans.append(span)
    for match in _SAID.finditer(view):
        span = _trim(view, match.span("value"))
        if _is_said_secret(text, view, span):
            spans.append(_with_groups(view, span))
    for pattern in (_BARE, _PAIR, _IMAP_LOGIN):
        for match in pattern.finditer(view):
            span = _trim(view, match.span("value"))
            if looks_secret(text[slice(*span)]):
                spans.append(_with_groups(view, span))
    for match in _FOUR_GROUPS.finditer(view):
        if "-" in match["value"] or not any(group in ORDINARY_WORDS for group in match["value"].split()):
            spans.append(match.span("value"))
    return spans


def _private_keys(view: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = view.find(_PRIVATE_KEY)
    end = view.find("-----end ")
    if end >= 0 and (start < 0 or end < start) and "private key" in view[end : end + 60]:
        # Its beginning was cut off: everything up to here may be the key.
        spans.append((0, end))
    while start >= 0:
        if "private key" in view[start : start + 60]:
            end = view.find("-----end ", start)
            stop = view.find("\n", end) if end >= 0 else -1
            spans.append((start, stop if stop >= 0 else len(view)))
            start = view.find(_PRIVATE_KEY, spans[-1][1])
        else:
            start = view.find(_PRIVATE_KEY, start + 1)
    return spans


def _trim(view: str, span: tuple[int, int]) -> tuple[int, int]:
    """Leave punctuation that ends the sentence outside the value."""
    start, end = span
    while end - start > 1 and view[end - 1] in _CLOSING:
        end -= 1
    return start, end


def _with_groups(view: str, span: tuple[int, int]) -> tuple[int, int]:
    """Take an app password written in four groups as a whole."""
    match = _FOUR_GROUPS.match(view, span[0])
    return match.span() if match else span


def _may_be_secret(text: str, view: str, span: tuple[int, int]) -> bool:
    """After a separator: everything but a word that describes (`password: required`, パスワード：メールと同じもの)."""
    value = view[slice(*span)]
    if not value.strip("*●•x.-_…") or value[0] in "?？(（<[{":
        return False
    if _HAS_JAPANESE.search(value):
        # Labels of settings screens and instructions are words; a secret in kana comes with digits or Latin letters.
        head = re.match(r"[!-~]{3,}", value)
        return (
            looks_secret(text[span[0] : span[0] + head.end()])
            if head
            else bool(re.search("[0-9]", value)) and len(value) < 25
        )
    if value in ORDINARY_WORDS or value in TECHNICAL_WORDS:
        return False
    rest = view[span[1] : span[1] + 24].split()
    # "password: your mailbox password": a description goes on with ordinary words.
    return not (len(rest) > 1 and value in {"use", "same", "enter", "type"})


def _is_quoted_secret(value: str) -> bool:
    value = value.strip()
    if _HAS_JAPANESE.search(value):
        return bool(re.search("[a-z0-9]{3}", value)) and bool(re.search("[0-9]", value)) and len(value) < 30
    words = value.split()
    return not all(word.strip(_CLOSING) in ORDINARY_WORDS or word in TECHNICAL_WORDS for word in words)


def _is_said_secret(text: str, view: str, span: tuple[int, int]) -> bool:
    """After "is" or は: the look of a secret, or a single unusual word that ends the sentence."""
    value = view[slice(*span)]
    if len(value) < 3 or value in ORDINARY_WORDS or value in TECHNICAL_WORDS:
        return False
    if looks_secret(text[slice(*span)]):
        return True
    if not value.isalpha():
        # No port and no year has six digits.
        return value.isdigit() and len(value) > 5
    rest = view[span[1] : span[1] + 12].lstrip(" ")
    return (
        not rest
        or rest[0] in ".,;:!?\n、。)」"
        or rest.startswith(("です", "だ", "なの", "にし", "に設定", "に変", "で、", "でログ", "but ", "and "))
    )


def looks_secret(value: str) -> bool:
    """Return whether *value* looks like a password by itself: four or more characters, letters mixed with digits or signs.

    Host names, addresses, error codes, product names and numbers do not.
    """
    low = value.lower().rstrip(_CLOSING)
    if len(low) < 4 or low in TECHNICAL_WORDS or low in ORDINARY_WORDS or not low.isascii():
        return False
    if _LOOKS_KNOWN.fullmatch(low):
        return False
    kinds = (
        any(character.isalpha() for character in low)
        + any(character.isdigit() for character in low)
        + any(character in "!#$%^&*+=~?@" for character in low[:-1])
    )
    if kinds >= 2:
        return True
    inner = value[1:].rstrip(_CLOSING)
    return inner.isalpha() and any(c.isupper() for c in inner) and any(c.islower() for c in inner) and len(inner) >= 7


_LOOKS_KNOWN: Final = LazyPattern(
    r"0x[0-9a-f]+|[0-9.:/~-]+|[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}|(?:[a-z0-9*_-]{1,63}\.){1,6}[a-z]{2,10}(?::[0-9]+)?"
    r"|(?:outlook|office|ios|windows|win|microsoft|m|port|pop|imap|smtp|tls|sslv?|sv|macos|v|android|oauth|thunderbird|exchange)-?[0-9.]+"
    r"|[0-9]+(?:st|nd|rd|th|番|bit|gb|mb|kb|ms|s)|https?://.*|[a-z]+(?:/[a-z0-9]+)+|[a-z]+'[a-z]{1,2}|[a-z]+=?"
)


_HEAD: Final = 1600
_TAIL: Final = 800
_MARGIN: Final = 400
"""What is redacted beyond what is kept, so that no value loses the word that gives it away."""
_ELLIPSIS: Final = "\n…\n"


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

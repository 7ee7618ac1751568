"""Read what stands before a word that announces a secret: "xxx is my password", 「xxxがパスワードです」.

Here the sentence is the reason: what stands before has no separator and often no space around it.
"""

from __future__ import annotations

import re
from typing import Final

from bot.text.pattern import LazyPattern
from bot.text.secret_value import describes, has_japanese, is_unusual, looks_secret, narrow
from bot.text.secret_words import DIGITS_ARE_SECRET

Span = tuple[int, int]

# xxx がパスワード: what stands between the value and the word
BEFORE_JA: Final = LazyPattern(
    r"[\"'`」』)]{0,2}[ \t]{0,2}(?:(?P<is>が|は)|(?P<called>っ?て(?:いう)?|と(?:いう|いった|か)?|との)|(?P<made>を)|(?P<plain>[(（=←]|<[-=]))[ \t]{0,2}"
    r"(?:[ぁ-んァ-ヶー一-龠a-z0-9]{1,10}の[ ]?|新しい|古い|正しい|その){0,3}$"
)
BEFORE_EN: Final = LazyPattern(
    r"[\"'`)>*_]{0,2}(?:[ ](?:(?P<is>is|was|being|as|are)|(?P<for>for|in|into|to|with|=|<-|<=|←))[ ]"
    r"(?:(?:my|our|the|a|an|your|his|her|their|its|this|old|new|current|correct|right|real|actual|first|second|imap|smtp|pop|mail|email|gmail|account|app|login)[ ]){0,4}"
    r"|[ ]?(?P<plain>[(]|=|←|<[-=])[ ]?(?:(?:my|our|the|new|old)[ ]){0,2})$"
)
# What must follow the word for that: …です, … field
AFTER_IS_JA: Final = LazyPattern(
    "(?:です(?!か)|でし|だ|なの|なん|にな|で(?:、|ログ|入|試|設定|接続|す。|合)|と(?:い|思|聞|書)|として|か(?:も|な)|らし|みたい|[。、!\n]|$)"
)
AFTER_MADE_JA: Final = LazyPattern("(?:に|として|と)")
AFTER_FOR_EN: Final = LazyPattern(
    r"(?:[ ](?:field|box|line|prompt|slot|input|dialog|form)s?)?(?:[ ]?[.,;:!?)\n、。]|$|[ ](?:and|but|it|i|in|on|at|for|with|then|is|does|still|says|error)(?![a-z]))"
)
NOT_AFTER_IS_EN: Final = LazyPattern(
    r"[ -](?:managers?|prompts?|store|safe|vault|generator|hints?|reset|policy|protected|hash|less|protection|recovery|sync)(?![a-z])"
)
_WINDOW: Final = 48
_LONGEST: Final = 100
_SHORTEST_NUMBER: Final = 6
_SHORTEST_PIN: Final = 4


def find_before(view: str, text: str, word: re.Match[str]) -> Span | None:
    """Return the place of the secret that stands before *word*, if one does.

    Args:
        view: The view of the text.
        text: The text itself.
        word: A match of `SECRET_WORD` in the view.
    """
    start, end = word.span()
    if start < 4:
        return None
    link = _find_link(view, start)
    if link is None or link.start() == 0:
        return None
    span = _token_before(view, link.start())
    if span is None:
        return None
    value = view[slice(*span)]
    found = {name for name, part in link.groupdict().items() if part is not None}
    if has_japanese(value):
        said = "is" in found and AFTER_IS_JA.match(view, end) is not None
        return span if (said or "called" in found) and not describes(value) else None
    shortest = _SHORTEST_PIN if word[0].startswith(DIGITS_ARE_SECRET) else _SHORTEST_NUMBER
    alone = value.isdigit() and len(value) >= shortest
    unusual = False
    if word.lastgroup != "pin":
        alone = alone or looks_secret(narrow(text[slice(*span)]))
        unusual = value.isalpha() and is_unusual(value)
    fits = _fits_japanese if link.re is BEFORE_JA.compiled() else _fits_english
    return span if fits(view, end, found, alone=alone, unusual=unusual) else None


def _find_link(view: str, start: int) -> re.Match[str] | None:
    """Find what joins a value to the word behind it."""
    window, last = max(0, start - _WINDOW), view[start - 1]
    if last.isascii() and last not in " \t(=":
        return None
    if last == " " and (link := BEFORE_EN.search(view, window, start)) is not None:
        return link
    return BEFORE_JA.search(view, window, start)


def _token_before(view: str, end: int) -> Span | None:
    """Return the run of ASCII that ends there, without the quotes around it; or what stands in Japanese quotes."""
    while end > 0 and view[end - 1] in " \"'`」』)*_":
        end -= 1
    start = end
    while start > 0 and end - start < _LONGEST and "!" <= view[start - 1] <= "~":
        start -= 1
    while start < end and view[start] in "\"'`([<*_":
        start += 1
    if start < end:
        return start, end
    quote = view.rfind("「", max(0, end - 40), end)
    return (quote + 1, end) if quote >= 0 and view[end : end + 1] == "」" else None


def _fits_japanese(view: str, end: int, found: set[str], *, alone: bool, unusual: bool) -> bool:
    if "is" in found:
        said = AFTER_IS_JA.match(view, end) is not None
        return (alone and (said or view.startswith("ですか", end))) or (said and unusual)
    if "called" in found:
        return alone or (unusual and not view.startswith("マネ", end))
    if "made" in found:
        return AFTER_MADE_JA.match(view, end) is not None and (alone or unusual)
    return alone


def _fits_english(view: str, end: int, found: set[str], *, alone: bool, unusual: bool) -> bool:
    if NOT_AFTER_IS_EN.match(view, end):
        return False
    ends = AFTER_FOR_EN.match(view, end) is not None
    if "is" in found:
        return alone or (ends and unusual)
    return alone and ("plain" in found or ends)

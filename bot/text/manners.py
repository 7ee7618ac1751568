"""Take the polite words around a question away, so that what is compared is the question."""

from __future__ import annotations

from typing import Final

from bot.text.pattern import LazyPattern

_SIGNS: Final = r"[^\w「」『』()?#*<>@/+.-]"
_BEFORE: Final = LazyPattern(
    rf"(?:{_SIGNS}*(?:お世話になって(?:おり|い)ます|お世話になります|お疲れ(?:さま|様)(?:です)?|恐れ入りますが?|恐縮ですが|すみません(?:が)?|すいません(?:が)?|失礼します|急ぎです|至急です|こんにちは|おはようございます|こんばんは|はじめまして"
    r"|(?:hi|hello|hey|dear)(?: (?:all|there|everyone|everybody|team|folks|guys))?|good (?:morning|afternoon|evening|day)|sorry to bother you|excuse me|quick question|sorry)"
    rf"(?:{_SIGNS}|(?<=[ぁ-んァ-ヶ一-龠]))+)+"
)
_AFTER: Final = LazyPattern(
    rf"(?:{_SIGNS}|[?.]|\((?:初心者|急ぎ|至急)(?:です)?\)|よろしく(?:お願い(?:します|いたします|致します))?|お願いいたします|お願い致します"
    r"|(?<![a-z])(?:thanks(?: a lot| so much| in advance)?|thank you(?: (?:in advance|so much|very much))?|thx|cheers|ty)(?![a-z]))+$"
)
_LONGEST_AFTER: Final = 120
"""Thanks are short; looking further back would try every place of a long run of signs."""


def find_core(folded: str) -> tuple[int, int]:
    """Return start and end of a folded text without the greeting before it and the thanks behind it.

    All of it, where nothing else is there.
    """
    before = _BEFORE.match(folded)
    start = before.end() if before is not None else 0
    after = _AFTER.search(folded, max(start, len(folded) - _LONGEST_AFTER))
    end = after.start() if after is not None else len(folded)
    return (start, end) if folded[start:end].strip("? ") else (0, len(folded))


def without_manners(folded: str) -> str:
    """Return a folded text without its polite words; a question stays one: 「Gmailは？お願いします」."""
    return cut_core(folded, *find_core(folded))


def cut_core(folded: str, start: int, end: int) -> str:
    """Return the part that `find_core` found; a question stays one."""
    return folded[start:end] + ("?" if "?" in folded[end:] else "")

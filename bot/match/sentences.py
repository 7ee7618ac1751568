"""Cut a message into sentences, so that two questions in it are two."""

from __future__ import annotations

from typing import Final

from bot.text.pattern import LazyPattern

_END: Final = LazyPattern(
    r"[。!?\n]+|(?<=[a-z0-9)])[.;] (?=[a-z])"
    r"|(?:、|,)?(?=あと(?:は|、|[a-z]|ポート|送信|受信|メール|暗号|ユーザ)|それと|それから|ついでに|また、|もう一つ|加えて|さらに)"
    r"|,? (?=(?:and also|(?<!and )also,? (?:what|how|which|why|where|is|does|do|can|should|explain)|and (?:what|how|which|why|where)|plus,? (?:what|how|which)|another question|second(?:ly)?,|additionally)\b)"
)
_SHORTEST: Final = 3
_MOST: Final = 8
"""Sentences that are read one by one; nobody asks more in one message."""


def cut(text: str) -> list[tuple[int, int]]:
    """Return start and end of every sentence of a folded text, the end mark included.

    Args:
        text: Folded with its line breaks kept.

    Returns:
        The first eight sentences at most, in the order of the text.
    """
    parts: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match.end() - start >= _SHORTEST and match.end() > start:
            parts.append((start, match.end()))
            start = match.end()
            if len(parts) == _MOST:
                return parts
    if len(text) - start >= _SHORTEST:
        parts.append((start, len(text)))
    return parts or [(0, len(text))]

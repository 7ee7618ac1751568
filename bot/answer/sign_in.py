"""Read the way to sign in that a paste names: a password or OAuth2."""

from __future__ import annotations

import re

from bot.kb.model import Authentication
from bot.text.fold import fold

_MAX_LENGTH = 4_000
# "Secure password authentication" (SPA, CRAM-MD5) is another thing than a password behind TLS: it is not read.
_SIGN_IN: dict[Authentication, re.Pattern[str]] = {
    "password": re.compile(
        r"(?:(?:認証|(?<![a-z])auth(?:entication)?)(?:方式|方法| method| type)?[ \t]?[:=はがを|,]?[ \t「\"']*"
        r"(?:通常の|アプリ|normal |plain |app[ -](?:specific )?)?(?:パスワード|password(?![a-z]))"
        r"|通常のパスワード|(?<!された)(?<!された )パスワード認証|(?<!not )(?<!instead of )(?<![a-z])normal password)"
        r"(?![ 」\"']*(?:[:=]|(?:認証)?(?:ではな|でな|じゃな|は(?:オフ|なし|無効|使わ|使え|使って)|から)))"
    ),
    "oauth2": re.compile(
        r"(?<!not )(?<!instead of )(?<!without )(?<![a-z])oauth(?:[ -]?2)?(?:\.0)?(?![a-z0-9])"
        r"(?![ 」\"']*(?:認証)?(?:ではな|でな|じゃな|は(?:オフ|なし|無効|使わ|使え|使って)|から))"
    ),
}


def read_authentication(text: str) -> frozenset[Authentication]:
    """Read the ways to sign in that a paste names: a password, OAuth2, or both; nothing for any other.

    Args:
        text: The redacted question; the first 4,000 characters are read.
    """
    # Word by word, as in `bot.answer.pasted`: folding a whole line would take away the spaces that part fields.
    lines = (" ".join(fold(word) for word in line.split()) for line in text[:_MAX_LENGTH].splitlines())
    folded = "\n".join(lines)
    return frozenset(way for way, pattern in _SIGN_IN.items() if pattern.search(folded))

"""Notice a mail service that was named and that the knowledge does not hold.

Saying "I do not know フーメール" is a good answer; giving the general settings as if they were its own is not.
"""

from __future__ import annotations

from typing import Final

from bot.match.lexicon import Span
from bot.match.slots import Places
from bot.text.ordinary import ORDINARY_WORDS, TECHNICAL_WORDS
from bot.text.pattern import LazyPattern

_GENERIC: Final = frozenset(
    {
        "プロバイダー",
        "プロバイダ",
        "ドメイン",
        "レンタルサーバー",
        "レンタルサーバ",
        "フリー",
        "キャリア",
        "ショップ",
        "オフィス",
    }
)
"""Kinds of services, no names of one."""
_UNEXPLAINED: Final = LazyPattern("[a-z]{3}|[ァ-ヺー]{3}")
_OF_WHAT: Final = "(?:さん)?(?:メール|mail)?(?:アカウント|アドレス)?の(?:メール|アドレス|メアド)?(?:の|を)?(?:設定|imap|pop|smtp|受信|送信|サーバ|ポート|メールサーバ|アカウント|初期設定|ユーザ|暗号)"
_JAPANESE_NAME: Final = LazyPattern(
    rf"(?P<name>[a-z][a-z0-9&!.-]{{2,20}}|[ァ-ヺー]{{3,14}})(?:メール|めーる)?(?:{_OF_WHAT}|(?=メール(?:の|を|は|で))|を(?:thunderbird|outlook|iphone|サンダーバード|アウトルック|アイフォン|メールソフト)(?:で|に))"
)
_ENGLISH_NAME: Final = LazyPattern(
    r"(?:(?:settings?|setup|config(?:uration)?|servers?|ports?|imap|pop3?|smtp|host(?:name)?|mail|email) (?:for|of) (?:my |the |an? )?(?P<after>[a-z][a-z0-9.&-]{2,24})"
    r"|(?:set ?up|configure|add|connect|use) (?:my |the |an? )?(?P<object>[a-z][a-z0-9.&-]{2,24})(?= (?:e?-?mail|account|mailbox|imap|pop3?|smtp|on |in |with ))"
    r"|(?P<before>[a-z][a-z0-9.&-]{2,24})(?:'s)? (?:e?-?mail |webmail )?(?:imap|pop3?|smtp|mail (?:server|settings?)|email settings?|incoming server|outgoing server|server settings?))"
)


def find_unknown(places: Places, language: str, *, known: bool) -> tuple[str, ...]:
    """Return the names of unknown services in a message.

    Args:
        places: What was found in the text; names that were understood are no unknown names.
        language: Language of the message.
        known: A known provider is named too; then only services that `terms.yaml` lists are reported.
    """
    names = [span.value for span in places.spans if span.kind == "service" and not _also_known(span, places.spans)]
    if names or known:
        return tuple(dict.fromkeys(names))
    if not _UNEXPLAINED.search(places.rest):
        return ()
    pattern = _JAPANESE_NAME if language == "ja" else _ENGLISH_NAME
    for match in pattern.finditer(places.text):
        group = pattern.first_group(match)
        if group is None:
            continue
        start, end = match.span(group)
        name = match[group]
        if (
            places.rest[start:end] == name
            and name not in ORDINARY_WORDS
            and name not in TECHNICAL_WORDS
            and name not in _GENERIC
        ):
            names.append(name)
    return tuple(dict.fromkeys(names))


def _also_known(service: Span, spans: tuple[Span, ...]) -> bool:
    """Return whether the same word is (part of) a provider or program that the knowledge holds."""
    return any(
        span.kind in ("provider", "client", "maybe_provider", "maybe_client") and span.start <= service.start < span.end
        for span in spans
    )

"""Tell "what is IMAP?" from "what is the IMAP port?": the term itself is asked for, or only something about it."""

from __future__ import annotations

from typing import Final

from bot.match.lexicon import Span
from bot.text.pattern import LazyPattern

# The term stands right before …
_STRONG_AFTER: Final = LazyPattern(
    r"[」』\"'`)]?(?:メール|方式|接続|プロトコル|サーバー?|という(?:の|言葉|用語|もの)|って(?:いう)?(?:の|言葉|用語|もの))?"
    r"(?:とは|って(?:何|なに|なん|どういう|どんな)(?![をがに番入使書設選])|ってなあに|の意味|の(?:役割|仕組み|説明|定義|解説)|というのは|を(?:簡単に|やさしく|わかりやすく)?(?:説明|解説)|は(?:どういう|どんな)|て(?:何|なに|なん)(?!番))"
    r"|[」』\"'`)]?(?: (?:protocol|port|server|method))? (?:mean|means|meaning|stands? for|definition|explained|used for|good for|work\b|exactly)"
)
_WEAK_AFTER: Final = LazyPattern(
    r"[」』\"'`)]?(?:は(?:何|なに|なん)(?!番|を|ポート|に|で|月|日)|について(?:教|おし|説|知|解説)|[がを](?:よく)?(?:わから|分から|知らな|理解)|って\??$|が何(?:か|な|で)|の違いが|ってどう)"
)
_END: Final = LazyPattern(
    r"[」』\"'`)]?(?: (?:protocol|in (?:email|mail|networking|e-mail|simple terms|plain english|this context|outlook|thunderbird)|and (?:do|why|when|what|how|is|should)|for e?-?mail|for short|exactly|please|again|then|anyway|actually|even|thing|all about|like i'?m (?:five|5|a beginner)|mean|means)\b)*(?: in e?mail)?(?: for)?(?:[^\w「」]*(?:thanks|thank you|thx|cheers|please|pls|in advance))*[^\w「」]*$|[」』\"'`)]?[?.!,]| (?:and|when|in)\b"
)
# … or right after the question.
_BEFORE: Final = LazyPattern(
    r"(?:what(?:'s| is| are|s| exactly is| the heck is| does| do| was| were)|who is|define|explain|describe|understand|meaning of|purpose of|role of|definition of|point of|idea of|concept of|tell me about|about|what do you mean by|what is meant by|difference does)"
    r"(?: to me)?(?: what)?(?: the (?:term|word|acronym|abbreviation))?(?: an?| the| this)?(?: whole)? [\"'`「]?$"
)
_OFFERING: Final = ("what about", "how about", "what about the", "how about the", "and about")
"""Says "and this?", and asks for no meaning."""
_GENITIVE: Final = LazyPattern(r"[^\W_]の$")
_ASKING: Final = frozenset({"ask_what", "ask_tell", "ask_why", "ask_how", "difference", "question_word"})
_SERVER_TERMS: Final = frozenset({"incoming_server", "outgoing_server", "mail_server"})
_NUMBER_ITSELF: Final = "port_number"
_NAMES: Final = frozenset({"provider", "client", "protocol", "host", "address", "port"})


def find_defined(text: str, spans: tuple[Span, ...], kind: str = "term") -> str | None:
    """Return the term whose meaning is asked for.

    Args:
        text: Folded.
        spans: Everything that was found in it.
        kind: `term`, or `concept` for the word "port".

    Returns:
        The value of the longest such span, or None.
    """
    if not any(span.kind == "concept" and span.value in _ASKING for span in spans):
        return None
    best: Span | None = None
    for span in spans:
        if span.kind != kind or (kind == "concept" and span.value != "port"):
            continue
        if best is not None and span.end - span.start <= best.end - best.start:
            continue
        if span.value in _SERVER_TERMS and any(other.kind == "provider" for other in spans):
            continue  # "what is the SMTP server for Gmail?" asks for a name
        if (kind == "concept" or span.value == _NUMBER_ITSELF) and _asks_value(text, span):
            continue
        if _is_defined(text, span, spans):
            best = span
    return best.value if best else None


def _asks_value(text: str, span: Span) -> bool:
    """Return whether a number is asked for: "what is the port number?", 「ポート番号は何ですか」, not "what is a port?"."""
    return text[max(0, span.start - 4) : span.start] == "the " or text.startswith(
        ("は何", "は、何", "はなん"), span.end
    )


def _is_defined(text: str, span: Span, spans: tuple[Span, ...]) -> bool:
    before = text[max(0, span.start - 40) : span.start]
    owned = bool(_GENITIVE.search(before)) and any(
        other.kind in _NAMES and other.end <= span.start and other.end >= span.start - 8 for other in spans
    )
    if _STRONG_AFTER.match(text, span.end) and not owned:
        return True
    if _WEAK_AFTER.match(text, span.end) and not _GENITIVE.search(before):
        return True
    if before.rstrip(" \"'`「").endswith(_OFFERING):
        return False
    return bool(_BEFORE.search(before)) and bool(_END.match(text, span.end))

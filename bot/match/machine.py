"""Read what machines wrote: a pasted bounce, a log or an SMTP dialogue is one message with one decisive line.

The names in it are those of other people's servers. `gmail-smtp-in.l.google.com` in a bounce says where the mail was
going, not where the asker has a mailbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from bot.match.lexicon import Span
from bot.text.fold import is_japanese
from bot.text.pattern import LazyPattern

if TYPE_CHECKING:
    from bot.match.slots import Places

_STRONG: Final = LazyPattern(
    r"reporting-mta|final-recipient|diagnostic-code|remote-mta|original-recipient|x-failed-recipients|action: ?failed"
    r"|(?:this is the mail system at host|mailer-daemon|mail delivery (?:subsystem|failed|system))"
    r"|(?:remote server returned|generating server|host [a-z0-9.-]+ ?\[[0-9a-f.:]+\] ?said|in reply to (?:end of )?[a-z]{4})"
    r"|(?:status=(?:deferred|bounced)|postfix/[a-z]+|dovecot: |esmtp postfix|esmtps? [a-z0-9.]+ ;|sasl_method=|relay=)"
    r"|(?:^|[ :<>])(?:\+ok|-err)(?: |$)|(?:^|\n)[* a-z0-9]{1,6} (?:no|bad) \["
    r"|[45]\d\d[ -][45]\.\d{1,3}\.\d{1,3} [^ ]+ [^ ]+ "
    r"|[a-z](?:exception|error): [a-z]+ [a-z]+ "
    r"|(?:rcpt to|mail from): ?<|smtp [<>] ?\d{3}"
    r"|delivery has failed to these recipients|undelivered mail returned|delivery status notification"
    r"|(?:サーバーの応答|サーバの応答|server response|エラー番号|error number) ?:"
)
_LINE: Final = LazyPattern(
    r" *(?:[a-z][a-z-]{2,30}: ?[^ ]|(?:<[~*-]|[~*-]>|<--|-->|>>>|<<<|[sc]:) ?|\*\*\* |[2-5]\d\d[ -]|[2-5]\.\d\.\d{1,3}[ ;]"
    r"|(?:\d{4}-\d\d-\d\d|[a-z]{3} {1,2}\d{1,2})[ t]\d\d:\d\d:\d\d|<?[a-z0-9._%+-]+@[a-z0-9.-]+>?:?(?: |$))"
)
_FOREIGN: Final = frozenset(
    {
        "provider",
        "maybe_provider",
        "client",
        "maybe_client",
        "host",
        "address",
        "service",
        "port",
        "protocol",
        "security",
    }
)
_GENERAL: Final = LazyPattern(r"[245]\.(?:7\.[01]|0\.0)$")
"""Codes that say hardly more than "refused": the words beside them tell why."""
_CODE: Final = LazyPattern(r"(?<![0-9.])[245]\.\d{1,3}\.\d{1,3}(?![0-9.])")
_FEWEST_LINES: Final = 2


def find_machine_text(text: str) -> tuple[int, int] | None:
    """Return start and end of the part of a folded text that a machine wrote, or None.

    Args:
        text: Folded with its line breaks kept.
    """
    strong = _STRONG.search(text) is not None
    if not strong and text.count("\n") < _FEWEST_LINES:
        return None
    first = last = -1
    found = 0
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if _STRONG.search(line) or _LINE.match(line):
            first = start if first < 0 else first
            last = end
            found += 1
        start = end + 1
    if found == 1:
        first, last = _own_words_apart(text, first, last)
    if not found or (not strong and found < _FEWEST_LINES + 1) or not (strong or _has_dialogue(text)):
        return None
    return first, last


def _own_words_apart(text: str, first: int, last: int) -> tuple[int, int]:
    """Leave the Japanese around a code to its writer: 「535 5.7.139 ... disabled、hotmail.comです」 says whose mailbox it is."""
    code = _CODE.search(text, first, last)
    if code is None:
        return first, last
    end = next((place for place in range(code.end(), last) if is_japanese(text[place])), last)
    if end == last:
        return first, last
    begin = next((place + 1 for place in range(code.start() - 1, first - 1, -1) if is_japanese(text[place])), first)
    return begin, end


def _has_dialogue(text: str) -> bool:
    return _DIALOGUE.search(text) is not None


_DIALOGUE: Final = LazyPattern(r"(?:^|\n) *(?:<[~*-]|[~*-]>|<--|-->|>>>|<<<|[sc]: ?(?:[2-5]\d\d|ehlo|auth|mail from))")


def without_foreign_names(places: Places, part: tuple[int, int]) -> Places:
    """Drop the names, ports and protocols that stand in the machine's own words; codes and messages stay."""
    kept = [span for span in places.spans if not (part[0] <= span.start < part[1] and span.kind in _FOREIGN)]
    return replace(places, spans=tuple(kept))


def decisive(spans: tuple[Span, ...], errors_of_code: dict[str, list[str]]) -> str | None:
    """Return the error for which a message holds the most evidence: long fragments and exact codes.

    Args:
        spans: What was found in the message.
        errors_of_code: Ids of errors by each code that the message holds, alone or with its reply (`552 5.2.2`).
    """
    fragments = {(span.value, span.word) for span in spans if span.kind == "error"}
    weight: dict[str, int] = {}
    for id_, words in fragments:
        weight[id_] = weight.get(id_, 0) + len(words)
    for code, ids in errors_of_code.items():
        exact = 24 if is_exact(code) else 8 if "." in code else 4
        for id_ in ids:
            weight[id_] = weight.get(id_, 0) + exact + (3 if " " in code else 0)
    return max(weight, key=lambda id_: weight[id_]) if weight else None


def is_exact(code: str) -> bool:
    """Say whether a code names one cause: `5.2.2` and `0x800CCC0E` do, `550` and `5.7.1` hardly."""
    return code.startswith("0x") or ("." in code and not _GENERAL.search(code))

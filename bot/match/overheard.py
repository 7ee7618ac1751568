"""Decide on what was overheard in a channel: answer what is plainly a question to anybody, and say nothing else.

Two outcomes only: nobody asked us, so there is no asking back and no apology, and silence is the one for every doubt.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.match import families
from bot.match.model import Decision, Match, Reading, Silent
from bot.match.rules import Thresholds
from bot.text.fold import fold
from bot.text.pattern import LazyPattern

NEEDS_PROVIDER: Final = frozenset({"provider_settings"})
NAMED: Final = frozenset({"provider", "client", "protocol", "term", "error", "host", "domain", "security"})
"""Facts of which one says what a question about settings is about."""
ASKS_FOR_ONE: Final = families.SETTINGS | {"probe"}
_TROUBLED: Final = frozenset(
    {"cannot", "error", "cannot_send", "cannot_receive", "cannot_sign_in", "ask_how", "ask_what", "ask_tell", "warning"}
)
"""Facts of which one makes the naming of an error a cry for help: 「0x800CCC0Eが出る」."""
_OPENING: Final = LazyPattern(
    r"\s*(?:<@[UWuw][^>]*>|[@＠](?P<at>[^\s@＠.]{2,40}?)(?=\s|さん|くん|様|$)|(?P<name>[^\s、。@＠,]{1,8})(?:さん|くん|君|(?<![仕同多模])様)(?=[、,:：\s]))"
)
_EVERYBODY: Final = frozenset({"here", "channel", "everyone", "all"})
"""Slack's own words behind @."""
_ANYBODY: Final = ("みな", "皆", "情シス", "社内", "有識者", "詳しい", "どなた", "誰か", "お疲れ", "ご苦労", "各位")
"""How people are addressed all together, or greeted."""


def overhear(reading: Reading, text: str, thresholds: Thresholds, document: dict[str, Any]) -> Decision:
    """Answer what is plainly a question to anybody about mail settings; else say nothing.

    Args:
        reading: What was read.
        text: The message as it was written.
        thresholds: Those of `intents.yaml`.
        document: The whole of it.
    """
    if _is_to_somebody(text):
        return Silent(1.0)
    silent = Silent(1.0)
    best = reading.scores[0] if reading.scores else None
    if best is None or best.intent in document.get("channel_never", ()):
        return silent
    facts = reading.facts
    if reading.slots.ambiguous and not reading.slots.providers and best.intent in ASKS_FOR_ONE:
        return silent
    if best.confidence < thresholds.channel or not _asks_anybody(facts):
        return Silent(round(1.0 - best.confidence, 3))
    unmistakable = "protocol" in facts or {"provider", "mail"} <= facts or {"exact_code", "known_error"} <= facts
    unmistakable = unmistakable or ({"provider", "question"} <= facts and bool(facts & {"port", "server_name"}))
    if facts & set(document.get("channel_stop", ())) and not unmistakable:
        return silent
    if reading.unknown and best.intent in families.SETTINGS:
        return silent
    if best.intent in NEEDS_PROVIDER and not NAMED & facts:
        return silent
    if best.intent == "explain_error" and not reading.slots.errors:
        return silent
    strict = document.get("channel_strict", {}).get(best.intent)
    if not _has_one(reading, document, document.get("channel_needs", ())) or (
        strict is not None and not _has_one(reading, document, strict)
    ):
        return silent
    parts = reading.parts or ((best, reading.slots),)
    return Match(parts, min(score.confidence for score, _ in parts))


def _is_to_somebody(text: str) -> bool:
    """Return whether a message begins with somebody's name: 「@大野さん …」「田中さん、…」 is for that person."""
    match = _OPENING.match(text[:120])
    if match is None:
        return False
    name = fold(match["at"] or match["name"] or "")
    return name not in _EVERYBODY and not name.startswith(_ANYBODY)


def _asks_anybody(facts: frozenset[str]) -> bool:
    """Return whether a message that is addressed to nobody asks something, by its form or by what it leaves out."""
    if "question" in facts:
        return True
    if facts & {"solved", "report"}:
        return False
    # 「0x800CCC0Eが出る」; "libero.it pop host, grazie"; "spot the mistake please: …"
    wants = "fragment" in facts and "provider" in facts and facts & {"port", "server", "server_name"}
    return bool(
        ("trouble" in facts and facts & _TROUBLED)
        or (wants and not facts & {"number", "host"})
        or {"check", "pasted"} <= facts
    )


def _has_one(reading: Reading, document: dict[str, Any], needs: Iterable[str]) -> bool:
    """Return whether one of *needs* holds; `a+b` needs both."""
    facts = set(reading.facts)
    if set(reading.slots.terms) - set(document.get("weak_terms", ())):
        facts.add("strong_term")
    return any(all(fact in facts for fact in need.split("+")) for need in needs)

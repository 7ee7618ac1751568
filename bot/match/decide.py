"""Decide what to do with a reading: answer, ask back, hand off, or stay silent.

Two questions, as in any dialogue engine: is the best reading good enough, and is it clearly ahead of the second?
Where nobody asked us (an overheard channel) there are only two outcomes, and silence is the one for every doubt.
"""

from __future__ import annotations

from typing import Final

from bot.kb.lookup import Lookup
from bot.match import families
from bot.match.model import Clarify, Decision, HandOff, IntentScore, Match, Reading, Silent, Utterance
from bot.match.overheard import ASKS_FOR_ONE, NAMED, NEEDS_PROVIDER, overhear
from bot.match.rules import Thresholds, read_thresholds

_SAYS_WHOSE: Final = frozenset({"provider", "ambiguous_provider", "host", "domain", "unknown_service"})
_ASKS_ELSE: Final = frozenset(
    {"ask_where", "ask_how", "ask_change", "ask_may", "ask_which", "username", "unknown_to_me", "cannot"}
)
"""Facts of a question that is not "what is its name?": where it is written, whether a field may stay empty."""
_ABOUT_MAIL: Final = frozenset(
    {
        "mail",
        "provider",
        "client",
        "protocol",
        "direction",
        "security",
        "port",
        "term",
        "error",
        "code",
        "host",
        "domain",
        "server",
        "encryption",
        "ambiguous",
        "settings",
        "username",
        "password",
        "certificate",
    }
)


def decide(reading: Reading, utterance: Utterance, lookup: Lookup) -> Decision:
    """Decide on one reading.

    Args:
        reading: What was read.
        utterance: Where it came from; the surface decides whether we may ask back.
        lookup: The knowledge, with the thresholds of `intents.yaml`.
    """
    document = lookup.document("intents")
    thresholds = read_thresholds(document)
    if utterance.surface == "channel":
        # A service that we do not know would be asked back: overheard, that is no answer.
        known = _unknown(reading, lookup) is None
        return overhear(reading, utterance.text, thresholds, document) if known else Silent(1.0)
    if not reading.redacted_text.strip():
        return HandOff("image_only" if utterance.files else "empty", 1.0)
    unknown = _unknown(reading, lookup)
    if unknown is not None:
        return unknown
    return _asked(reading, utterance, thresholds)


def _asked(reading: Reading, utterance: Utterance, thresholds: Thresholds) -> Decision:
    best = reading.scores[0] if reading.scores else None
    if best is None or best.confidence < thresholds.answer:
        if reading.slots.ambiguous and not reading.slots.providers and "not_ours" not in reading.facts:
            return _which(reading, 0.6)
        if _is_vague_trouble(reading, best):
            return _which_trouble(0.6)
        return _not_understood(reading, utterance, best)
    if _is_vague_trouble(reading, best):
        return _which_trouble(best.confidence)
    if reading.parts:
        return Match(reading.parts, min(score.confidence for score, _ in reading.parts))
    if reading.slots.ambiguous and best.intent in ASKS_FOR_ONE and not reading.slots.providers:
        return _which(reading, best.confidence)
    if best.intent in NEEDS_PROVIDER and not NAMED & reading.facts:
        return Clarify("missing_provider", "", (), best.confidence)
    if best.intent == "server_name" and not reading.facts & _SAYS_WHOSE and not reading.facts & _ASKS_ELSE:
        return Clarify("missing_provider", "", (), best.confidence)  # there is no general server name
    second = _rival(reading.scores, best)
    if second is not None and best.confidence - second.confidence < thresholds.ambiguity and best.confidence < 0.7:
        return Clarify("intent", "", (f"intent:{best.intent}", f"intent:{second.intent}"), best.confidence)
    return Match(((best, reading.slots),), best.confidence)


def _is_vague_trouble(reading: Reading, best: IntentScore | None) -> bool:
    """Return whether something about mail does not work, and nothing says what: "my mail doesn't work"."""
    facts = reading.facts
    if "cannot" not in facts or facts & {"trouble", "off_topic", "other_task", "number", "term", "certificate", "code"}:
        return False
    return (
        "provider" not in facts
        and (bool(facts & {"mail", "client", "ambiguous"}) or ("error" in facts and not facts & {"direction", "term"}))
        and (best is None or best.confidence < 0.75)
    )


def _which_trouble(confidence: float) -> Clarify:
    return Clarify("intent", "", tuple(f"intent:{intent}" for intent in families.SYMPTOMS), confidence)


def _rival(scores: tuple[IntentScore, ...], best: IntentScore) -> IntentScore | None:
    """Return the second reading, if it would say something else."""
    for score in scores[1:]:
        same_table = best.intent in families.SETTINGS and score.intent in families.SETTINGS
        if score.intent != best.intent and not same_table:
            return score
    return None


def _which(reading: Reading, confidence: float) -> Clarify:
    word, options = reading.slots.ambiguous[0]
    kinds = {option.partition(":")[0] for option in options}
    return Clarify("client" if kinds == {"client"} else "provider", word, options, confidence)


def _unknown(reading: Reading, lookup: Lookup) -> HandOff | None:
    """Return a hand-off where something is named that we do not know, and knowing it would be the answer."""
    slots = reading.slots
    best = reading.scores[0] if reading.scores else None
    intent = best.intent if best else None
    if intent == "explain_error" and not slots.errors and best is not None:
        return HandOff("unknown_error", best.confidence)
    about_settings = intent is None or intent in families.SETTINGS or (best is not None and best.confidence < 0.7)
    if not about_settings or slots.providers or slots.ambiguous:
        return None
    foreign = any(not lookup.providers_for_domain(name) for name in (*slots.domains, *slots.hosts))
    return HandOff("unknown_provider", 0.9) if reading.unknown or foreign else None


def _not_understood(reading: Reading, utterance: Utterance, best: IntentScore | None) -> HandOff:
    if utterance.files and len(reading.redacted_text) < 40:
        return HandOff("image_only", 0.9)
    about_mail = bool(_ABOUT_MAIL & reading.facts) and "not_ours" not in reading.facts
    confidence = 1.0 - (best.confidence if best else 0.0)
    return HandOff("not_understood" if about_mail else "not_mail", round(confidence, 3))

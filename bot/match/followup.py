"""Carry a conversation on: 「じゃあiPhoneだと？」, "and for sending?" keep what was said and replace what is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.match.model import Context, IntentScore, Reading, Slots
from bot.match.parts import SETTINGS_FAMILY
from bot.match.slots import Places

Rescore = Callable[[Slots, frozenset[str]], tuple[list[IntentScore], frozenset[str]]]

_TROUBLE: Final = frozenset({"cannot_send", "cannot_receive", "cannot_sign_in", "certificate_warning"})
_CARRIED: Final = SETTINGS_FAMILY | _TROUBLE | {"explain_port", "explain_term", "port25", "check_settings"}
_VALUES: Final = frozenset({"port", "server", "encryption", "username", "password", "settings", "authentication", "ask_number"})
_CONFIDENCE: Final = 0.9
_LONGEST_JA: Final = 30
_LONGEST_EN: Final = 60
_SMALL_WORDS: Final = re.compile(
    r"(?:\0|[\s?!。、,.…「」]|じゃあ|じゃ|では|それなら|それでは|だと|だったら|なら|の場合は|の場合|のほうは|の方は|ほうは|方は|どう|ですか|でしょうか|です|でしょう|かな|は|も|で|の|に|を|が|と|へ|か|よ|ね|って|あと|次に|ちなみに|同じ|教えて|ください|下さい|お願いします|お願い|したら|使ったら|使う|とき|時|こっち|側|番|なんですが|なんですけど|なんだけど|です(?:が|けど)?|使って(?:い)?ます|使ってる|アカウント|メール|設定|"
    r"\b(?:and|what|about|how|for|then|ok|okay|so|with|in|on|if|i|we|use|using|the|a|an|my|is|it|same|also|instead|now|please|but|that|this|one|to|of|thanks|no|yes|well|im|i'm|do|would|be|via|from|at|it's|its|account|mail|email|have)\b)+"
)


def continue_conversation(reading: Reading, context: Context, places: Places, rescore: Rescore) -> Reading:
    """Return the reading, with what the conversation already knows filled in where this is a follow-up.

    Args:
        reading: The message read by itself.
        context: Slots and intent of the last answered question.
        places: Where everything was found.
        rescore: Scores intents again for filled-in slots.
    """
    if context.intent is None or context.intent not in _CARRIED:
        return reading
    if "defines" in reading.facts or "defines_port" in reading.facts:
        return reading
    named = _names_something(reading.slots) or (context.intent == "explain_term" and bool(reading.slots.terms))
    if named and _is_bare(places):
        return _replace_slots(reading, context, rescore)
    limit = _LONGEST_JA if reading.language == "ja" else _LONGEST_EN
    if len(places.text) <= limit or "follow_up" in reading.facts:
        return _fill_in(reading, context, rescore)
    return reading


def _names_something(slots: Slots) -> bool:
    return bool(
        slots.providers
        or slots.clients
        or slots.protocols
        or slots.directions
        or slots.ports
        or slots.terms
        or slots.ambiguous
        or slots.securities
    )


def _is_bare(places: Places) -> bool:
    """Return whether nothing is said but names and small words."""
    kept = [span for span in places.spans if span.kind not in ("concept", "decoy")]
    text = places.text
    for span in kept:
        text = text[: span.start] + "\0" * (span.end - span.start) + text[span.end :]
    return _SMALL_WORDS.fullmatch(text) is not None


def _replace_slots(reading: Reading, context: Context, rescore: Rescore) -> Reading:
    own, before = reading.slots, context.slots
    assert context.intent is not None
    intent = context.intent
    slots = _merge(own, before)
    article = None
    if intent == "explain_term":
        if own.terms:
            article = own.terms[0]
        elif own.providers or own.clients or own.ports:
            return reading
    elif intent == "explain_port":
        if not own.ports:
            return reading
        slots = replace(slots, ports=own.ports, providers=own.providers, clients=own.clients)
    elif own.ports and intent in SETTINGS_FAMILY:
        return reading
    elif intent in ("client_setup", "port_for_protocol", "server_name") and slots.providers:
        intent = "provider_settings"
    elif intent == "port25" and not own.providers:
        return reading
    score = IntentScore(intent, _CONFIDENCE, "follow-up: the question before, with other names", article)
    _, names = rescore(slots, reading.facts)
    return replace(
        reading,
        slots=slots,
        scores=(score, *(s for s in reading.scores if s.intent != intent)),
        is_follow_up=True,
        facts=names | {"question"},
    )


def _fill_in(reading: Reading, context: Context, rescore: Rescore) -> Reading:
    """Keep the provider and program of before for a question that names none and needs one."""
    own, before = reading.slots, context.slots
    best = reading.scores[0].intent if reading.scores else None
    if best is not None and best not in SETTINGS_FAMILY | _TROUBLE and not _is_about_values(reading):
        return reading
    if not before.providers and not before.clients:
        return reading
    if own.providers and own.clients:
        return reading
    if best is None and not reading.facts & {
        "port",
        "server",
        "encryption",
        "username",
        "password",
        "settings",
        "authentication",
        "direction",
        "protocol",
        "client",
    }:
        return reading
    slots = replace(
        own,
        providers=own.providers or (() if own.ambiguous else before.providers),
        clients=own.clients or before.clients,
    )
    if best == "client_setup" and not own.protocols and not own.directions:
        slots = replace(slots, protocols=before.protocols, directions=before.directions)
    scores, names = rescore(slots, reading.facts)
    if not scores:
        return reading
    return replace(reading, slots=slots, scores=tuple(scores), is_follow_up=True, facts=names)


def _is_about_values(reading: Reading) -> bool:
    """Return whether a free answer was found, but the question is about one field of the settings: 暗号化はどれ？"""
    return reading.scores[0].intent == "explain_term" and bool(reading.facts & _VALUES) and not reading.slots.ports


def _merge(own: Slots, before: Slots) -> Slots:
    """Return the slots of before, each kind replaced where it was named anew."""
    receiving_or_sending = bool(own.protocols or own.directions)
    return replace(
        before,
        providers=own.providers or (() if own.ambiguous else before.providers),
        clients=own.clients or before.clients,
        protocols=own.protocols if receiving_or_sending else before.protocols,
        directions=own.directions if receiving_or_sending else before.directions,
        securities=own.securities,
        ports=own.ports,
        hosts=own.hosts,
        domains=own.domains or before.domains,
        error_codes=own.error_codes,
        errors=own.errors or before.errors,
        terms=own.terms,
        concepts=own.concepts,
        ambiguous=own.ambiguous,
    )

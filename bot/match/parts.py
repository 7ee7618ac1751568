"""Several questions in one message: all of them are answered, each once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from bot.kb.model import Language
from bot.match import families
from bot.match.facts import Facts
from bot.match.model import IntentScore, Reading, Slots
from bot.match.sentences import cut
from bot.match.slots import Places

ReadPart = Callable[[Places, tuple[int, int], Language, Slots], tuple[Facts, Slots, list[IntentScore]]]

_OWN_SUBJECTS: Final = frozenset(
    {
        "port",
        "server",
        "server_name",
        "settings",
        "username",
        "encryption",
        "certificate",
        "cannot_send",
        "cannot_receive",
        "cannot_sign_in",
    }
)
_AND: Final = frozenset({"と", "や", "、", "&", "and", ",", ", and", "とか", "および", "及び"})
_SURE: Final = 0.8
_SERVER_TERMS: Final = ("incoming_server", "outgoing_server")
_MOST_PARTS: Final = 4
_MOST_SENTENCES: Final = 24


def split_parts(reading: Reading, places: Places, read_part: ReadPart) -> tuple[tuple[IntentScore, Slots], ...]:
    """Return the questions of a message with their own slots; empty if there is only one.

    Args:
        reading: The message read as a whole.
        places: Where everything was found.
        read_part: Reads one sentence.
    """
    parts = _by_sentence(reading, places, read_part)
    if len(parts) > 1:
        return tuple(_by_provider(parts))[:_MOST_PARTS]
    if not reading.scores:
        return ()
    best = reading.scores[0]
    if best.intent in ("cannot_send", "cannot_receive") and {"cannot_send", "cannot_receive"} <= reading.facts:
        both = [score for score in reading.scores if score.intent in ("cannot_send", "cannot_receive")]
        if len(both) > 1:
            return tuple((score, reading.slots) for score in both)
    terms = _compared_terms(reading) or _listed_terms(reading, places)
    if len(terms) > 1:
        score = IntentScore("explain_term", max(best.confidence, _SURE), "each of the words that are compared")
        return tuple((replace(score, article=term), reading.slots) for term in terms[:_MOST_PARTS])
    single = tuple(_by_provider([(best, reading.slots)]))
    return single if len(single) > 1 else ()


def _compared_terms(reading: Reading) -> tuple[str, ...]:
    """Return the terms between which a difference is asked for, where no answer of its own compares them."""
    best = reading.scores[0].intent
    if "difference" not in reading.facts or best.startswith("compare_") or best in ("check_settings", "explain_error"):
        return ()
    if {"direction=send", "direction=receive", "server"} <= reading.facts and not reading.slots.providers:
        return _SERVER_TERMS
    if best != "explain_term" or reading.slots.protocols or reading.scores[0].why.startswith("phrase: as written"):
        return ()
    return reading.slots.terms


def _listed_terms(reading: Reading, places: Places) -> tuple[str, ...]:
    """Return the terms of a list that is asked about as a whole: 「サブミッションポートとSMTP-AUTHについて」."""
    if reading.scores[0].intent != "explain_term" or reading.scores[0].why.startswith("phrase"):
        return ()
    spans = [span for span in places.spans if span.kind == "term" and span.how != "inside"]
    listed = [
        (one.value, two.value)
        for one, two in itertools.pairwise(spans)
        if one.end <= two.start and places.text[one.end : two.start].strip() in _AND
    ]
    return tuple(dict.fromkeys(value for pair in listed for value in pair)) if listed else ()


def _by_sentence(reading: Reading, places: Places, read_part: ReadPart) -> list[tuple[IntentScore, Slots]]:
    sentences = cut(places.text)
    if len(sentences) < 2:
        return []
    if len(sentences) > _MOST_SENTENCES:
        # A pasted log: the questions stand before or after it, and each sentence costs a tenth of a millisecond.
        sentences = [*sentences[: _MOST_SENTENCES // 2], *sentences[-_MOST_SENTENCES // 2 :]]
    inherited = Slots(
        providers=reading.slots.providers if len(reading.slots.providers) == 1 else (),
        clients=reading.slots.clients if len(reading.slots.clients) == 1 else (),
    )
    found: list[tuple[IntentScore, Slots]] = []
    for sentence in sentences:
        facts, slots, scores = read_part(places, sentence, reading.language, inherited)
        scores = [score for score in scores if score.intent not in families.SOCIAL]
        asks = facts.question or "trouble" in facts.names
        if scores and asks and scores[0].confidence >= _SURE and _says_something(slots, inherited):
            found.append((scores[0], slots))
    return _without_symptoms(_merge(found), inherited)


def _without_symptoms(parts: list[tuple[IntentScore, Slots]], inherited: Slots) -> list[tuple[IntentScore, Slots]]:
    """Drop what only describes the error that is answered anyway: 「送信できません」 above the message of the program."""
    if not any(score.intent == "explain_error" and slots.errors for score, slots in parts):
        return parts
    return [
        (score, slots)
        for score, slots in parts
        if not (
            (score.intent in families.TROUBLE and slots.providers == inherited.providers)
            or (score.intent == "client_setup" and slots.clients == inherited.clients)
        )
    ]


def _says_something(slots: Slots, inherited: Slots) -> bool:
    """Return whether a sentence names something itself; 「どうしたらいいですか」 belongs to the sentence before."""
    own = replace(
        slots,
        providers=() if slots.providers == inherited.providers else slots.providers,
        clients=() if slots.clients == inherited.clients else slots.clients,
    )
    named = (
        own.providers,
        own.clients,
        own.protocols,
        own.directions,
        own.ports,
        own.securities,
        own.terms,
        own.errors,
        own.hosts,
    )
    return any(named) or bool(own.concepts & _OWN_SUBJECTS)


def _merge(found: list[tuple[IntentScore, Slots]]) -> list[tuple[IntentScore, Slots]]:
    """Put together what one answer says anyway."""
    merged: list[tuple[IntentScore, Slots]] = []
    for score, slots in found:
        for number, (other, others) in enumerate(merged):
            same_table = (
                other.intent in families.SETTINGS
                and score.intent in families.SETTINGS
                and others.providers == slots.providers
            )
            same_question = (
                other.intent == score.intent and other.article == score.article and others.providers == slots.providers
            )
            if same_table or (same_question and (score.intent != "explain_error" or others.errors == slots.errors)):
                intent = "provider_settings" if slots.providers and other.intent != score.intent else other.intent
                merged[number] = (
                    IntentScore(intent, max(score.confidence, other.confidence), other.why, other.article),
                    _union(others, slots),
                )
                break
        else:
            merged.append((score, slots))
    return merged


def _union(one: Slots, two: Slots) -> Slots:
    def both(name: str) -> Any:
        return tuple(dict.fromkeys((*getattr(one, name), *getattr(two, name))))

    protocols, directions = both("protocols"), both("directions")
    # 「IMAPのサーバーは？あとユーザー名は？」: one sentence narrows, the other does not; the table then shows what was named.
    return replace(
        one,
        providers=both("providers"),
        clients=both("clients"),
        protocols=protocols,
        directions=directions,
        securities=both("securities"),
        ports=both("ports"),
        hosts=both("hosts"),
        domains=both("domains"),
        error_codes=both("error_codes"),
        errors=both("errors"),
        terms=both("terms"),
        concepts=one.concepts | two.concepts,
    )


def _by_provider(parts: list[tuple[IntentScore, Slots]]) -> list[tuple[IntentScore, Slots]]:
    """Give each named provider a part of its own."""
    divided: list[tuple[IntentScore, Slots]] = []
    for score, slots in parts:
        if len(slots.providers) > 1 and score.intent in families.SETTINGS:
            divided += [(score, replace(slots, providers=(provider,))) for provider in slots.providers]
        else:
            divided.append((score, slots))
    return divided

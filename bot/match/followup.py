"""Carry a conversation on: 「じゃあiPhoneだと？」, "and for sending?" keep what was said and replace what is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from bot.kb.ports import PARTNERS, PORT_PROTOCOL
from bot.match import families
from bot.match.model import Context, IntentScore, Reading, Slots
from bot.match.slots import Places
from bot.match.small_words import only_names, only_small_words
from bot.text.ordinary import ORDINARY_WORDS
from bot.text.pattern import LazyPattern

Rescore = Callable[[Slots, frozenset[str]], tuple[list[IntentScore], frozenset[str]]]

_OF_A_SERVICE: Final = (
    families.SETTINGS
    | families.TROUBLE
    | {"explain_error", "check_settings", "compare_ports", "explain_port", "port25"}
)
"""Intents whose answer was about the service that was named beside."""
_LOGIN_PORTS: Final = frozenset(port for port, protocol in PORT_PROTOCOL.items() if protocol != "sieve")
_NEW_SUBJECT: Final = frozenset({"defines", "defines_port", "known_error", "trouble", "certificate"})
"""Facts of a message that asks something of its own, whatever was said before."""
_VALUES: Final = frozenset(
    {"port", "server", "encryption", "username", "password", "settings", "authentication", "ask_number"}
)
"""Facts of a message that asks for one field of the settings."""
_GROUNDS: Final = frozenset(
    {"direction", "protocol", "client", "security", "cannot", "connect", "port_range", "certificate"}
)
_SUBJECTS: Final = frozenset({"port", "server", "encryption", "username", "port_range", "overview"})
"""Concepts that stay the subject when a message names none: 「何番まであるの？」."""
_WHY: Final = frozenset({"ask_why"})
_ASKED_ON: Final = {
    "port25": frozenset({"ask_why", "ask_which"}),
    "explain_port": _WHY,
    "compare_ports": _WHY,
    "compare_protocols": _WHY,
    "compare_encryption": _WHY,
    "certificate_warning": frozenset({"ask_why", "ask_may", "warning"}),
}
"""By the last intent: facts of a message without names of its own that the same answer answers."""
_KINDS: Final = ("ports", "protocols", "securities")
_CONFIDENCE: Final = 0.9
_SURE: Final = 0.8
_WEAK: Final = 0.5
_EXPLAINED: Final = frozenset(
    {"explain_term", "explain_port", "port25", "compare_ports", "compare_encryption", "compare_protocols"}
)
"""Intents with an answer of their own, which says why and how beside what."""
_CORRECTION: Final = LazyPattern(
    r"(?:あ[っー]?、?|え[っ、]|ごめん|すみません|すいません|いや|いえ|違|ちが|まちが|間違|じゃなくて|oops|whoops|sorry|no[, ]|nope|wrong|actually|i meant|i mean|not )"
)
_ABOUT_IT: Final = frozenset({"ask_how", "ask_where", "difference", "account", "program", "number", "app_password"})
_POINTING: Final = LazyPattern(
    r"\b(?:it|that|there|this|those|these|one|they|them|same|still|again|way|all|need|needs|necessary|both|either|instead|else|other)\b"
    r"|それ|これ|そこ|あれ|その|この|ほか|他に|別の|やっぱ|まだ|もう一|必要|同じ|逆|両方|だけ|全部|無理|ダメ|だめ|いらない|要らない"
)
_WORD: Final = LazyPattern("[a-z][a-z']*|[^\\W_a-z]+")
_REST: Final = 0.55
_LONGEST_JA: Final = 32
_LONGEST_EN: Final = 64


def continue_conversation(reading: Reading, context: Context, places: Places, rescore: Rescore) -> Reading:
    """Return the reading, with what the conversation already knows filled in where this is a follow-up.

    Args:
        reading: The message read by itself.
        context: Slots and intent of the last answered question.
        places: Where everything was found.
        rescore: Scores intents again for filled-in slots.
    """
    if context.intent is None:
        return reading
    if _best_intent(reading) == "change_language" and not _names_something(reading.slots):
        return _say_again(reading, context, rescore)
    if "defines" not in reading.facts and not _CORRECTION.match(places.text) and "defines_port" not in reading.facts:
        compared = _compare(reading, context, rescore)
        if compared is not None:
            return compared
    if "port_range" in reading.facts and "port" in reading.facts and not _names_something(reading.slots):
        return reading  # 「ポート番号って最大いくつ？」 is about ports as such, whatever was asked before
    reading = _keep_service(reading, context, places, rescore)
    if reading.is_follow_up:
        return reading
    if _asks_on(reading, context):
        score = IntentScore(context.intent, _CONFIDENCE, "follow-up: more about the answer before")
        return replace(reading, slots=context.slots, scores=(score,), is_follow_up=True)
    reading = _choose_version(reading, context)
    naming = _names_something(reading.slots) or (context.intent == "explain_term" and bool(reading.slots.terms))
    if naming and not _NEW_SUBJECT & reading.facts and _is_replacement(reading, context, places):
        replaced = _replace_slots(reading, context, rescore)
        if replaced.is_follow_up or _best_intent(replaced) is not None:
            return replaced
    if "overview" in reading.facts and context.intent in families.SETTINGS and only_small_words(places.rest):
        # 「全部教えて」: the same settings, no longer narrowed to what was asked first.
        whole = replace(context.slots, protocols=(), directions=(), securities=(), ports=(), ambiguous=())
        score = IntentScore(context.intent, _CONFIDENCE, "follow-up: all of it")
        _, names = rescore(whole, reading.facts)
        return replace(reading, slots=whole, scores=(score,), is_follow_up=True, facts=names | {"question"})
    limit = _LONGEST_JA if reading.language == "ja" else _LONGEST_EN
    if len(places.text) <= limit or "follow_up" in reading.facts:
        reading = _fill_in(reading, context, rescore)
    if not reading.is_follow_up and _best_intent(reading) is None and len(places.text) <= 4 * limit:
        return _stay_with(reading, context, places, rescore)
    return reading


def _points_back(reading: Reading, places: Places) -> bool:
    """Return whether a message speaks of what was said and of nothing new: "does that need 2-step on?"."""
    asks = reading.language == "ja" and "question" in reading.facts and "you" not in reading.facts
    if not asks and not _POINTING.search(places.text):
        return False
    words = _WORD.findall(places.rest)
    return all(word in ORDINARY_WORDS or only_small_words(word) for word in words)


def _stay_with(reading: Reading, context: Context, places: Places, rescore: Rescore) -> Reading:
    """Read what nothing else explains as being about the service of the conversation: "where do I create it?"."""
    about_it = reading.facts & (_VALUES | _GROUNDS | families.TROUBLE | _ABOUT_IT) or _points_back(reading, places)
    if reading.facts & {"off_topic", "other_task"}:
        return reading
    if context.intent in _EXPLAINED and _points_back(reading, places):
        article = next(iter(context.slots.terms), None) if context.intent == "explain_term" else None
        score = IntentScore(context.intent, _REST, "follow-up: more about the answer before", article)
        return replace(reading, slots=context.slots, scores=(score,), is_follow_up=True)
    if not about_it or context.intent not in _OF_A_SERVICE or not context.slots.providers:
        return reading
    slots = replace(context.slots, protocols=(), directions=(), securities=(), ports=(), errors=(), error_codes=())
    score = IntentScore("provider_settings", _REST, "follow-up: the service of the conversation")
    _, names = rescore(slots, reading.facts)
    return replace(reading, slots=slots, scores=(score,), is_follow_up=True, facts=names)


def _say_again(reading: Reading, context: Context, rescore: Rescore) -> Reading:
    """Read 「日本語でお願いします」 as a wish for the same answer in that language."""
    if context.intent in families.SOCIAL or context.intent is None:
        return reading
    article = next(iter(context.slots.terms), None) if context.intent == "explain_term" else None
    score = IntentScore(context.intent, _CONFIDENCE, "follow-up: the same in another language", article)
    wish = replace(reading.scores[0], confidence=_WEAK)
    _, names = rescore(context.slots, reading.facts)
    return replace(reading, slots=context.slots, scores=(score, wish), is_follow_up=True, facts=names)


def _keep_service(reading: Reading, context: Context, places: Places, rescore: Rescore) -> Reading:
    """Read 「465じゃだめ？」 and "it says 535" as being about the service whose settings were the subject."""
    own, before = reading.slots, context.slots
    best = _best_intent(reading)
    short = len(places.text) <= (_LONGEST_JA if reading.language == "ja" else _LONGEST_EN)
    spoken_of = context.intent in _OF_A_SERVICE and bool(before.providers)
    names_another = own.providers or own.ambiguous or own.domains or own.hosts
    if best is None and own.ports and not reading.facts & {"off_topic", "other_task"}:
        best = "explain_port"  # "465 refused", "tried 465, same thing"
    wanted = ["explain_port", "explain_error", "check_settings", "port25"]
    if not reading.facts & {"difference", "ask_why"}:
        # 「POPは無理？」「暗号化はどれ？SSLとSTARTTLSがある」 ask what it is there.
        wanted += ["compare_protocols", "compare_encryption", "compare_ports", "explain_term"]
    if not short or not spoken_of or names_another or best not in wanted:
        return reading
    if {"defines_port", "defines", "iana"} & reading.facts:
        return reading
    if len(own.ports) > 1 and best != "compare_ports":
        return reading
    if best == "explain_port" and own.ports and not _LOGIN_PORTS.intersection(own.ports):
        return reading  # "btw what's 4190?"
    slots = replace(own, providers=before.providers, clients=own.clients or before.clients)
    if best in ("explain_error", "check_settings", "port25"):
        return replace(reading, slots=slots, is_follow_up=True)
    scores, names = rescore(slots, reading.facts | {"question"})
    if best.startswith("compare_"):
        # Two were named and one is asked for: what this service wants of them is the answer.
        scores = [score for score in scores if score.intent == "provider_settings"]
    if not scores or scores[0].intent != "provider_settings":
        return reading
    return replace(reading, slots=slots, scores=tuple(scores), is_follow_up=True, facts=names)


def _asks_on(reading: Reading, context: Context) -> bool:
    """Return whether more is asked about what was just said, and that says it: 「なんで？」, 「無視していい？」."""
    asked = _ASKED_ON.get(context.intent or "", frozenset()) & reading.facts
    weak = not reading.scores or reading.scores[0].confidence < _SURE
    return bool(asked) and weak and not reading.facts & {"named", "off_topic", "other_task"}


def _best_intent(reading: Reading) -> str | None:
    """Return the surest intent, unless it is a mere likeness that nothing would be answered by."""
    if not reading.scores or reading.scores[0].confidence < _WEAK:
        return None
    return reading.scores[0].intent


def _names_something(slots: Slots) -> bool:
    named = (
        slots.providers,
        slots.clients,
        slots.protocols,
        slots.directions,
        slots.ports,
        slots.ambiguous,
        slots.securities,
    )
    return any(named)


def _is_replacement(reading: Reading, context: Context, places: Places) -> bool:
    """Return whether a message only names something else, or adds to a trouble that was told."""
    told = context.intent in families.TROUBLE or context.intent == "explain_error"
    asks_value = "fragment" in reading.facts and reading.facts & _VALUES and "number" not in reading.facts
    if told and asks_value:
        return False
    if only_names(places) or _CORRECTION.match(places.text):
        return True
    if "cannot" in reading.facts and context.intent in families.SETTINGS:
        return False
    if told and "question" not in reading.facts and not reading.slots.terms:
        return True
    short = len(places.text) <= (_LONGEST_JA if reading.language == "ja" else _LONGEST_EN)
    best = _best_intent(reading)
    if (
        short
        and best == "explain_term"
        and context.intent in families.SETTINGS
        and (reading.slots.protocols or reading.slots.securities)
    ):
        return True  # 「POPでも使えますか」 after the settings of a provider
    return short and best is None and not reading.facts & {"off_topic", "other_task"}


def _compare(reading: Reading, context: Context, rescore: Rescore) -> Reading | None:
    """Read 「SSL/TLSとどう違う？」 and "so which one?" as a comparison with what was named before."""
    own, before = reading.slots, context.slots
    if not reading.facts & {"difference", "ask_which"} or own.providers or own.clients:
        return None
    for kind in _KINDS:
        mine, theirs = getattr(own, kind), getattr(before, kind)
        if len(mine) == 1 and "difference" in reading.facts and theirs and theirs != mine:
            return _compared(reading, kind, tuple(dict.fromkeys((*theirs[-1:], *mine))), rescore)
    nothing_named = (
        not any(getattr(own, kind) for kind in _KINDS) and not own.directions and not own.concepts & _SUBJECTS
    )
    if nothing_named and context.intent in ("explain_port", "compare_ports") and before.ports:
        ports = (
            before.ports if len(before.ports) > 1 else (before.ports[0], PARTNERS.get(before.ports[0], before.ports[0]))
        )
        return _compared(reading, "ports", ports, rescore)
    return None


def _compared(reading: Reading, kind: str, values: tuple[object, ...], rescore: Rescore) -> Reading | None:
    slots = replace(reading.slots, **{kind: values})
    scores, names = rescore(slots, reading.facts | {"question"})
    if not scores or not scores[0].intent.startswith("compare_"):
        return None
    return replace(reading, slots=slots, scores=tuple(scores), is_follow_up=True, facts=names)


def _choose_version(reading: Reading, context: Context) -> Reading:
    """Read 「新しいほう」, "the new one" as the other Outlook, where Outlook was the subject."""
    spoken = {"outlook_classic", "outlook_new"} & set(context.slots.clients)
    if reading.slots.clients or not spoken or not reading.facts & {"new_one", "old_one"}:
        return reading
    chosen = "outlook_new" if "new_one" in reading.facts else "outlook_classic"
    return replace(reading, slots=replace(reading.slots, clients=(chosen,)))


def _replace_slots(reading: Reading, context: Context, rescore: Rescore) -> Reading:
    own, before = reading.slots, context.slots
    intent = context.intent or "provider_settings"
    slots = _merge(own, before)
    article = None
    if intent == "explain_term":
        if own.terms:
            article = own.terms[0]
        elif own.clients and not own.providers and not own.ports and (before.securities or before.protocols):
            # "And which one in Outlook?", after a term that is one of the choices there.
            slots = replace(own, securities=before.securities, protocols=before.protocols)
            scores, names = rescore(slots, reading.facts | {"question"})
            return replace(reading, slots=slots, scores=tuple(scores), is_follow_up=True, facts=names)
        elif own.providers or own.clients or own.ports or own.ambiguous:
            return reading
    elif intent in ("explain_port", "compare_ports", "not_mail_port"):
        if not own.ports:
            return reading
        intent = "explain_port"
        slots = replace(slots, ports=own.ports, providers=own.providers, clients=own.clients)
    elif own.ports and intent in families.SETTINGS:
        return reading
    elif intent == "username" and slots.providers and (own.protocols or own.directions or own.securities):
        intent = "provider_settings"
    elif intent in ("explain_error", "client_setup", "port_for_protocol", "server_name", "port25"):
        if slots.providers:
            intent = "provider_settings"
        elif intent == "port25":
            return reading
    elif intent not in families.SETTINGS | families.TROUBLE | {"check_settings", "probe"}:
        return reading
    score = IntentScore(intent, _CONFIDENCE, "follow-up: the question before, with other names", article)
    _, names = rescore(slots, reading.facts)
    others = (other for other in reading.scores if other.intent != intent)
    return replace(reading, slots=slots, scores=(score, *others), is_follow_up=True, facts=names | {"question"})


def _fill_in(reading: Reading, context: Context, rescore: Rescore) -> Reading:
    """Keep provider, program and subject of before for a question that names none and needs them."""
    own, before = reading.slots, context.slots
    best = reading.scores[0] if _best_intent(reading) else None
    needs = best is None or best.intent in families.SETTINGS | families.TROUBLE or _is_about_values(reading)
    asks = bool(reading.facts & (_VALUES | families.TROUBLE | _GROUNDS))
    if not needs or not asks or (own.providers and own.clients):
        return reading
    slots = replace(
        own,
        providers=own.providers or (() if own.ambiguous else before.providers),
        clients=own.clients or before.clients,
    )
    if not own.concepts & (_SUBJECTS - {"port_range"}):
        slots = replace(slots, concepts=own.concepts | (before.concepts & _SUBJECTS))
    keeps_direction = not own.protocols and not own.directions and not own.ports and len(before.protocols) < 2
    if keeps_direction and (best is None or best.intent in families.SETTINGS or _is_about_values(reading)):
        slots = replace(slots, protocols=before.protocols, directions=before.directions)
    if slots == own:
        return reading
    scores, names = rescore(slots, reading.facts | {"question"})
    if not scores or (best is not None and best.confidence > _SURE and scores[0].confidence < best.confidence - 0.1):
        return reading
    return replace(reading, slots=slots, scores=tuple(scores), is_follow_up=True, facts=names)


def _is_about_values(reading: Reading) -> bool:
    """Return whether a free answer was found, but the question is about one field of the settings: 暗号化はどれ？"""
    return (
        bool(reading.scores)
        and reading.scores[0].intent in ("explain_term", "explain_port")
        and not _NEW_SUBJECT & reading.facts
        and bool(reading.facts & _VALUES)
        and not reading.slots.ports
    )


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

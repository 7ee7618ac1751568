"""What was understood, as data: slots, scored intents, a decision.

Structs instead of dataclasses, because making a dataclass costs a millisecond each at every start of `mailports ask`.
`msgspec.structs.replace` changes a field.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.kb.model import Language, Protocol, Security

Surface = Literal["mention", "dm", "slash", "channel", "shortcut"]
Direction = Literal["send", "receive"]


class Utterance(msgspec.Struct, frozen=True):
    """One question as it came in, free of any trace of Slack."""

    text: str
    surface: Surface = "mention"
    locale: str | None = None
    """IETF tag of the asker (`ja-JP`), the last resort for the language of the answer."""
    chosen_language: Language | None = None
    """An explicit choice of the asker; beats everything."""
    files: bool = False
    """An attachment was sent along (a screenshot we cannot read)."""


class Slots(msgspec.Struct, frozen=True):
    """What fills the holes of an intent. Tuples keep the order of the text and hold no doubles."""

    providers: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    protocols: tuple[Protocol, ...] = ()
    directions: tuple[Direction, ...] = ()
    securities: tuple[Security, ...] = ()
    ports: tuple[int, ...] = ()
    hosts: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    error_codes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    """Ids of errors in the knowledge, recognised by code or by text."""
    terms: tuple[str, ...] = ()
    """Ids of articles named by an alias."""
    concepts: frozenset[str] = frozenset()
    """Classes of words of `terms.yaml` that were seen: ask_how, cannot_send, port, server …"""
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """A word with several readings, and those readings as `provider:sakura_rental` or `client:outlook_classic`."""


class IntentScore(msgspec.Struct, frozen=True):
    """One intent and how sure the reading is, 0.0 to 1.0."""

    intent: str
    confidence: float
    why: str
    """The rule or the phrase that gave this, for `ask --explain`."""
    article: str | None = None
    """For explain_term and free answers: which article."""


class Context(msgspec.Struct, frozen=True):
    """What a conversation remembers: the slots of its last answered question."""

    slots: Slots = Slots()
    intent: str | None = None
    language: Language | None = None


class Reading(msgspec.Struct, frozen=True):
    """A question, read."""

    language: Language
    slots: Slots
    scores: tuple[IntentScore, ...]
    redacted_text: str
    redacted: bool
    is_follow_up: bool = False
    parts: tuple[tuple[IntentScore, Slots], ...] = ()
    """Where the message holds several questions: each with its own slots. Empty for one question."""
    facts: frozenset[str] = frozenset()
    """What the rules saw: slots by name, concepts, `question`, `fragment`."""
    unknown: tuple[str, ...] = ()
    """Mail services that were named and that the knowledge does not hold."""


class Match(msgspec.Struct, frozen=True):
    """Good enough, and clearly ahead of the second. *parts* holds one entry per question in the message."""

    parts: tuple[tuple[IntentScore, Slots], ...]
    confidence: float


class Clarify(msgspec.Struct, frozen=True):
    """Several readings: ask which. Each option is a label key or id and the text that asks for it."""

    reason: Literal["provider", "client", "intent", "missing_provider"]
    word: str
    options: tuple[str, ...]
    """`provider:<id>`, `client:<id>`, `intent:<id>`."""
    confidence: float


class HandOff(msgspec.Struct, frozen=True):
    """Not understood, or not known."""

    reason: Literal["empty", "not_understood", "not_mail", "unknown_provider", "unknown_error", "image_only"]
    confidence: float


class Silent(msgspec.Struct, frozen=True):
    """Nobody asked us."""

    confidence: float


Decision = Match | Clarify | HandOff | Silent

"""The road of a question in one call: read, decide, compose.

Pure and synchronous, about a millisecond; any text whatever gives one outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from bot.answer.compose import compose
from bot.answer.kit import Kit
from bot.answer.model import Answer
from bot.answer.wording import Wording
from bot.kb.lookup import Lookup
from bot.kb.model import Language
from bot.match import families
from bot.match.decide import decide
from bot.match.model import Clarify, Context, Match, Reading, Slots, Utterance
from bot.match.reader import Reader

if TYPE_CHECKING:
    from bot.match.model import Decision


class Outcome(msgspec.Struct, frozen=True):
    """What was understood, what was decided, what is said, and what the conversation should remember."""

    reading: Reading
    decision: Decision
    answer: Answer | None
    """None: say nothing."""
    context: Context


class _Parts(msgspec.Struct, frozen=True):
    """What belongs to one state of the knowledge; exchanged as a whole."""

    lookup: Lookup
    wording: Wording
    reader: Reader


class Engine:
    """Answers questions from the loaded knowledge. Safe to call from several threads."""

    def __init__(self, lookup: Lookup, *, today: Callable[[], date] | None = None) -> None:
        """Build the reader and the wording.

        Args:
            lookup: The knowledge.
            today: The day for facts that begin or end on one; by default the day in UTC.
        """
        self._parts: _Parts
        self.renew(lookup)
        self._today = today or _today

    @property
    def lookup(self) -> Lookup:
        """Return the knowledge in use."""
        return self._parts.lookup

    @property
    def wording(self) -> Wording:
        """Return the sentences in use."""
        return self._parts.wording

    def kit(self, language: Language) -> Kit:
        """Return the knowledge and the words in use, for answers that are made of something else than a question."""
        return Kit(self._parts.lookup, self._parts.wording, language, self._today())

    def renew(self, lookup: Lookup) -> None:
        """Answer from *lookup* from now on; an answer under way is finished from the old knowledge."""
        self._parts = _Parts(lookup, Wording(lookup), Reader(lookup))

    def answer(self, utterance: Utterance, context: Context | None = None) -> Outcome:
        """Answer one question.

        Args:
            utterance: Any text; nothing in it can make this fail.
            context: What the conversation remembered of its last answer.

        Returns:
            The outcome; its context is to be kept in place of the old one.
        """
        parts = self._parts
        utterance = replace(utterance, text=_without_surrogates(utterance.text))
        reading = parts.reader.read(utterance, context)
        decision = decide(reading, utterance, parts.lookup)
        kit = Kit(parts.lookup, parts.wording, reading.language, self._today())
        answer = compose(kit, decision, reading)
        return Outcome(reading, decision, answer, _remembered(decision, reading, context))


_ABOUT_THE_SAME: Final = frozenset(
    {"certificate_warning", "explain_error", "cannot_send", "cannot_receive", "cannot_sign_in", "port25"}
    | {"check_settings", "explain_term", "explain_port", "compare_ports", "compare_protocols", "compare_encryption"}
)


def _remembered(decision: Decision, reading: Reading, before: Context | None) -> Context:
    if isinstance(decision, Match) and decision.parts:
        score, slots = decision.parts[-1]
        if before is not None and score.intent in families.SOCIAL:
            return before  # "thanks" ends no conversation
        if before is not None and len(decision.parts) == 1 and score.intent in _ABOUT_THE_SAME and not slots.ambiguous:
            # An error or a word in between is still about the service whose settings were asked for.
            slots = replace(
                slots,
                providers=slots.providers or before.slots.providers,
                clients=slots.clients or before.slots.clients,
            )
        return Context(slots if len(decision.parts) == 1 else reading.slots, score.intent, reading.language)
    if isinstance(decision, Clarify):
        # The answer to our question back names only what was missing: keep the rest.
        intent = next((score.intent for score in reading.scores), "provider_settings")
        slots = reading.slots
        if reading.is_follow_up and before is not None:
            slots = replace(slots, providers=slots.providers or before.slots.providers)
        return Context(slots, intent, reading.language)
    return before or Context(Slots(), None, None)


def _without_surrogates(text: str) -> str:
    """Half a character (a lone surrogate) cannot be encoded by anything below; it stands for nothing."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def _today() -> date:
    return datetime.now(UTC).date()

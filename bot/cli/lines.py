"""Questions as lines of JSON, one after the other: what `ask --jsonl` does with each line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.cli.record import Question, encode, read_question, record, refusal_record
from bot.match.model import Context, Utterance

if TYPE_CHECKING:
    from bot.answer.engine import Engine
    from bot.kb.model import Language
    from bot.match.model import Surface


class LineAnswerer:
    """Answers lines, and remembers what was said in each thread."""

    def __init__(self, engine: Engine, surface: Surface, language: Language | None) -> None:
        """Remember nothing yet.

        Args:
            engine: What answers.
            surface: For lines that name none.
            language: An explicit choice for all answers.
        """
        self._engine = engine
        self._surface = surface
        self._language = language
        self._threads: dict[str, Context] = {}

    def answer(self, line: bytes) -> bytes:
        """Return the line of the answer; for a line that is no question, that of an error."""
        return encode(self._record(line))

    def thread_of(self, line: bytes) -> str | None:
        """Return the thread that a line belongs to; None where it stands alone."""
        if b'"thread"' not in line and b"\\u" not in line:
            return None
        question = read_question(line, self._surface)
        return question.thread if isinstance(question, Question) else None

    def apologise(self, line: bytes) -> bytes:
        """Return the line for a question that was lost by a fault of ours."""
        question = read_question(line, self._surface)
        return encode(self._internal_error(question.id))

    def _record(self, line: bytes) -> dict[str, object]:
        question = read_question(line, self._surface)
        if not isinstance(question, Question):
            sentence = self._engine.wording.say(question.key, self._language or question.language, **question.params)
            return refusal_record(question, sentence)
        utterance = Utterance(question.text, question.surface, chosen_language=self._language)
        before = self._threads.get(question.thread) if question.thread is not None else None
        try:
            outcome = self._engine.answer(utterance, before)
            answered = record(outcome, question.id)
        except Exception as error:  # noqa: BLE001 - a fault of ours on one line must not lose the others
            # The kind alone: a message could quote the question.
            print(f"mailports: {type(error).__name__}", file=sys.stderr)
            return self._internal_error(question.id)
        if question.thread is not None:
            self._threads[question.thread] = outcome.context
        return answered

    def _internal_error(self, id_: object) -> dict[str, object]:
        return {"id": id_, "error": self._engine.wording.say("error.internal", self._language or "en")}

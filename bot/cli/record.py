"""An outcome as one JSON object, with the keys that `mailports ask --json` promises; and a line of JSON as a question."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from bot.answer.model import SettingsTable
from bot.answer.rows import asked_protocols
from bot.cards.blocks import render_blocks
from bot.cards.text import render_text
from bot.match.model import Match, Slots, Surface
from bot.text.language import detect_language

if TYPE_CHECKING:
    from bot.answer.engine import Outcome
    from bot.kb.model import Language

SURFACES: tuple[Surface, ...] = get_args(Surface)
Id = Any
"""Any value that JSON knows: it is the asker's own, and comes back as it was."""
_DEEPEST_ID = 100
"""Levels of lists and objects in an id; the reader and the writer of JSON take more, but not the same number."""


class Question(msgspec.Struct, frozen=True):
    """One line of input."""

    id: Id
    text: str
    surface: Surface
    thread: str | None


class Refusal(msgspec.Struct, frozen=True):
    """A line that is no question: a key of the wording, and the id where it could be read."""

    id: Id
    key: str
    language: Language
    params: dict[str, str]


def read_question(line: bytes, surface: Surface) -> Question | Refusal:
    """Read one line of `--jsonl`.

    Args:
        line: The bytes of the line.
        surface: Where the line names none.
    """
    import json  # one question at a terminal needs neither reader nor writer

    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return _refuse(line, None, "error.line_not_json")
    if not isinstance(value, dict):
        return _refuse(line, None, "error.line_not_object")
    id_ = value.get("id")
    if not _can_be_written(id_, _DEEPEST_ID):
        return _refuse(line, None, "error.wrong_type", name="id")
    text, thread, named = value.get("text"), value.get("thread"), value.get("surface")
    if text is None:
        return _refuse(line, id_, "error.text_missing")
    if not isinstance(text, str):
        return _refuse(line, id_, "error.wrong_type", name="text")
    if thread is not None and (not isinstance(thread, str | int) or isinstance(thread, bool)):
        return _refuse(line, id_, "error.wrong_type", name="thread")
    if named is not None and not isinstance(named, str):
        return _refuse(line, id_, "error.wrong_type", name="surface")
    if named is not None and named not in SURFACES:
        return _refuse(line, id_, "error.wrong_surface")
    return Question(id_, text, named or surface, None if thread is None else str(thread))


def _can_be_written(value: object, levels: int) -> bool:
    """Return whether a value that was read can be written again: NaN and 1e999 are no JSON on the way out."""
    if isinstance(value, float):
        return math.isfinite(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not parts or (levels > 0 and all(_can_be_written(part, levels - 1) for part in parts))


def refusal_record(refusal: Refusal, sentence: str) -> dict[str, object]:
    """Return the object for a line that is no question."""
    return {"id": refusal.id, "error": sentence}


def record(outcome: Outcome, id_: Id = None) -> dict[str, object]:
    """Return an outcome as the object that is written for it."""
    answer, decision, reading = outcome.answer, outcome.decision, outcome.reading
    slots: Slots = decision.parts[0][1] if isinstance(decision, Match) and decision.parts else reading.slots
    intent = next((score.intent for score in reading.scores), None)
    if isinstance(decision, Match) and answer is not None:
        intent = answer.intent
    rows = [row for s in answer.sections if isinstance(s, SettingsTable) for row in s.rows] if answer else []
    return {
        "id": id_,
        "decision": answer.decision if answer is not None else "silent",
        "language": reading.language,
        "intent": intent,
        "confidence": round(decision.confidence, 3),
        "provider": slots.providers[0] if slots.providers else None,
        "client": slots.clients[0] if slots.clients else None,
        "protocols": list(asked_protocols(slots)),
        "text": render_text(answer) if answer is not None else "",
        "blocks": render_blocks(answer) if answer is not None else [],
        "redacted": reading.redacted,
        "settings": [
            {
                "protocol": row.protocol,
                "hostname": row.hostname,
                "port": row.port,
                "security": row.security,
                "username": row.username_form,
            }
            for row in rows
        ],
    }


def encode(value: dict[str, object]) -> bytes:
    """Return an object as one line of JSON; readable characters stay, half characters (in an id) are escaped."""
    import json

    try:
        return json.dumps(value, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(value).encode() + b"\n"


def _refuse(line: bytes, id_: Id, key: str, **params: str) -> Refusal:
    language = detect_language(line[:2_000].decode("utf-8", "ignore")) or "en"
    return Refusal(id_, key, language, params)

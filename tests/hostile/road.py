"""The whole road on the shipped knowledge, and what must be true of every outcome whatever was asked."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, get_args

from bot.answer.engine import Engine, Outcome
from bot.answer.model import DecisionName, SettingsTable
from bot.cards import limits
from bot.cards.blocks import render_blocks, render_private_notice
from bot.cards.text import render_text
from bot.cli.record import encode, record
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.local_slack import check_blocks
from bot.match.model import Clarify, Context, HandOff, Match, Silent, Surface, Utterance

SURFACES: tuple[Surface, ...] = get_args(Surface)
_KIND: dict[DecisionName, type] = {"answer": Match, "clarify": Clarify, "hand_off": HandOff, "silent": Silent}


@cache
def engine() -> Engine:
    """Return the one engine of all these tests."""
    return Engine(Lookup(load_knowledge([shipped_root()])))


def ask(text: str, surface: Surface = "mention", context: Context | None = None) -> Outcome:
    """Ask, and check what holds for every outcome."""
    outcome = engine().answer(Utterance(text, surface), context)
    check(outcome)
    if surface == "channel":
        # Where nobody asked us there is nothing between an answer and silence.
        assert outcome.answer is None or outcome.answer.decision == "answer"
    return outcome


def check(outcome: Outcome) -> None:
    """Check that an outcome is one of the four, and that Slack and a terminal can show it whole."""
    assert 0.0 <= outcome.decision.confidence <= 1.0
    assert outcome.reading.language in ("ja", "en")
    answer = outcome.answer
    if answer is None:
        assert isinstance(outcome.decision, Silent)
    else:
        # A match that no composer could fill is asked back or handed off; nothing else may change its kind.
        kinds = {_KIND[answer.decision]} | ({Match} if answer.decision in ("clarify", "hand_off") else set())
        assert type(outcome.decision) in kinds
        assert check_blocks(render_blocks(answer, question_key="T1:C1:1.2")) == []
        if answer.private_notice is not None:
            assert check_blocks(render_private_notice(answer)) == []
        text = render_text(answer)
        assert text.strip()
        assert len(render_text(answer, limits.MESSAGE_TEXT)) <= limits.MESSAGE_TEXT
        for row in (row for s in answer.sections if isinstance(s, SettingsTable) for row in s.rows):
            assert row.hostname in text
            assert str(row.port) in text
    line = encode(record(outcome))
    assert line.count(b"\n") == 1
    json.loads(line)


def everything_said(outcome: Outcome) -> str:
    """Return all that leaves the engine for a reader, a log of answers or the memory of a conversation, as one text."""
    answer = outcome.answer
    parts: list[Any] = [record(outcome), repr(outcome.context), repr(answer)]
    if answer is not None:
        parts += [render_blocks(answer), render_private_notice(answer), render_text(answer)]
    return json.dumps(parts, ensure_ascii=False)

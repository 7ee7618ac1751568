"""Whole bounces, error windows and logs: each is answered with the error of its decisive line, and with nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.answer.engine import Engine
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.match.model import Match, Utterance

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "pasted_logs.yaml").read_text(encoding="utf-8"))[
    "cases"
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Lookup(load_knowledge([shipped_root()])))


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case['error']}" for i, case in enumerate(CASES)])
def test_the_decisive_line_is_answered(engine: Engine, case: dict[str, Any]) -> None:
    """One error, the right one, in the language of whoever pasted it."""
    outcome = engine.answer(Utterance(case["text"], surface="dm"))
    assert isinstance(outcome.decision, Match)
    (part,) = outcome.decision.parts
    assert part[0].intent == "explain_error"
    assert part[1].errors == (case["error"],)
    assert outcome.answer is not None
    assert outcome.answer.language == case["language"]

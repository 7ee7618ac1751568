"""Services that have closed: each day is named once, and by the sentence that every answer has."""

from __future__ import annotations

import pytest

from bot.answer.engine import Engine
from bot.cards.text import render_text
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.kb.model import Provider
from bot.match.model import Utterance

KNOWLEDGE = load_knowledge([shipped_root()])
CLOSED = [provider for provider in KNOWLEDGE.providers if provider.closed_on is not None]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Lookup(KNOWLEDGE))


@pytest.mark.parametrize("provider", CLOSED, ids=[provider.id for provider in CLOSED])
def test_the_day_of_the_end_is_said_once(engine: Engine, provider: Provider) -> None:
    """The sentence with the day is the answer's own; the provider's text goes on from there."""
    assert provider.closed_on is not None
    day = provider.closed_on
    for question, words in (
        (f"{provider.names.ja}の設定", f"{day.year}年{day.month}月{day.day}日"),
        (f"{provider.names.en} settings", str(day.year)),
    ):
        answer = engine.answer(Utterance(question)).answer
        assert answer is not None
        said = render_text(answer).split("\n\n")
        assert sum(words in paragraph for paragraph in said[1:3]) == 1
        assert "on that day" not in said[2]

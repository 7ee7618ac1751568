"""Whether an overheard message speaks to one person or to anybody."""

from __future__ import annotations

import pytest

from bot.answer.engine import Engine
from bot.kb.load import load_lookup, shipped_root
from bot.match.model import Match, Utterance


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Read with the shipped knowledge."""
    return Engine(load_lookup([shipped_root()], None))


@pytest.mark.parametrize(
    "text",
    [
        "お疲れ様、GmailのIMAPのポートは？",
        "皆様、GmailのIMAPのポートは何番ですか？",
        "Gmailの仕様、IMAPのポートは何番ですか？",
        "@here which port for Gmail IMAP?",
        "@channel which port for Gmail IMAP?",
    ],
)
def test_a_question_to_anybody_is_answered(engine: Engine, text: str) -> None:
    """A greeting, a word that ends like a form of address, and Slack's words for everybody name nobody."""
    assert isinstance(engine.answer(Utterance(text, surface="channel")).decision, Match)


@pytest.mark.parametrize(
    "name", ["@Allan", "@Allison", "@hereward", "@channel-manager", "<@U024BE7LH>", "田中さん、", "田中様、"]
)
def test_a_question_to_one_person_is_theirs(engine: Engine, name: str) -> None:
    """Names that only begin like "all" or "here" are names."""
    text = f"{name} which port for Gmail IMAP?"
    assert not isinstance(engine.answer(Utterance(text, surface="channel")).decision, Match)

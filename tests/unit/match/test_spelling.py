"""Ordinary words of questions and error messages, in spite of a typo."""

from __future__ import annotations

import pytest

from bot.answer.engine import Engine
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.match.model import Match, Utterance
from bot.match.spelling import mend_spelling

WORDS = {"e9": ["exception"], "p8": ["password"], "n6": ["number"], "s6": ["server"], "s7": ["servers"]}


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The shipped knowledge."""
    return Engine(Lookup(load_knowledge([shipped_root()])))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("excpetion", "exception"),
        ("pasword", "password"),
        ("passwword", "password"),
        ("nmuber", "number"),
        ("unmber", "number"),
        ("numbre", "number"),
        ("slumber", "slumber"),
        ("severs", "servers"),
        ("a@pasword.jp", "a@pasword.jp"),
        ("pasword.example.com", "pasword.example.com"),
        ("pass", "pass"),
    ],
)
def test_one_letter_is_mended(written: str, meant: str) -> None:
    """One letter swapped, doubled, missing or mistyped is mended; addresses, hosts and short words are left alone."""
    assert mend_spelling(written, written, WORDS) == meant


def test_understood_words_are_left_alone() -> None:
    """What is blanked out was understood."""
    text = "servor pasword"
    assert mend_spelling(text, "\0\0\0\0\0\0 pasword", WORDS) == "servor password"
    assert mend_spelling(text, "\0" * len(text), WORDS) is text


@pytest.mark.parametrize(
    "text",
    ["explian 143, 993", "certficate warning in thunderbird", "what is the incomming servre for gmail"],
)
def test_misspelt_question_is_answered(engine: Engine, text: str) -> None:
    """A typo in an ordinary word does not lose the question."""
    assert isinstance(engine.answer(Utterance(text)).decision, Match)


@pytest.mark.parametrize(
    ("text", "provider"),
    [("ofice 365 smtp", "microsoft365"), ("virgin mdeia imap", "virgin_media"), ("virgn media imap", "virgin_media")],
)
def test_misspelt_name_of_two_words(engine: Engine, text: str, provider: str) -> None:
    """A slip in one word of a name of two is seen."""
    assert engine.answer(Utterance(text)).reading.slots.providers == (provider,)


def test_another_mail_service_is_no_typo(engine: Engine) -> None:
    """Foomail is no misspelt Foxmail, alone or beside another word."""
    assert engine.answer(Utterance("Foomail IMAP settings")).reading.slots.providers == ()

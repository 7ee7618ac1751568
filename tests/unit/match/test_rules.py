"""Rules of intents.yaml, similarity as confidence, definitions, sentences."""

from __future__ import annotations

import pytest

from bot.match.definition import find_defined
from bot.match.lexicon import Span
from bot.match.model import IntentScore
from bot.match.phrases import PhraseIndex, normalise
from bot.match.rules import Rules
from bot.match.score import combine, to_confidence
from bot.match.sentences import cut

DOCUMENT = {
    "threshold": 0.4,
    "groups": {"asks": ["question", "ask_how"]},
    "intents": {
        "a": {"rules": [{"all": ["x|y", "asks"], "none": ["z"], "confidence": 0.9}]},
        "b": {"never": ["stop"], "rules": [{"all": ["x"], "confidence": 0.5}]},
    },
}


@pytest.mark.parametrize(
    ("facts", "intents"),
    [
        ({"x", "asks"}, ["a", "b"]),
        ({"y", "asks"}, ["a"]),
        ({"x"}, ["b"]),
        ({"x", "asks", "z"}, ["b"]),
        ({"x", "stop"}, []),
    ],
)
def test_rule_holds_when_all_and_none_say_so(facts: set[str], intents: list[str]) -> None:
    """All of `all` (with | as choice), nothing of `none`, and no `never` of the intent."""
    assert [score.intent for score in Rules(DOCUMENT).score(frozenset(facts))] == intents


def test_similarity_becomes_confidence_once() -> None:
    """Unlike sentences give nothing, equal ones less than certainty."""
    assert to_confidence(50) == 0.0
    assert to_confidence(62) == 0.0
    assert 0.9 < to_confidence(100) < 1.0
    assert to_confidence(80) < to_confidence(90)


def test_agreement_of_rule_and_phrase_counts_a_little() -> None:
    """The surest score of an intent is kept, and gains when the other way of reading agrees."""
    scores = combine(
        [IntentScore("a", 0.8, "rule: x"), IntentScore("a", 0.7, "phrase: y"), IntentScore("b", 0.9, "rule: z")]
    )
    assert [(score.intent, score.confidence) for score in scores] == [("b", 0.9), ("a", 0.82)]


def test_phrase_is_found_in_spite_of_politeness_and_names() -> None:
    """A near phrase counts, whatever name stands in it; a denied one does not match an affirmed one."""
    index = PhraseIndex()
    index.add("{provider}のメールが受信できない", "cannot_receive")
    index.add("{provider}のメールを受信できる", "can_receive")
    (best, *_) = index.score([normalise("\ue000のメールが受信できないです")])
    assert best.intent == "cannot_receive"
    assert all(score.intent != "can_receive" for score in index.score([normalise("\ue000のメールが受信できないです")]))


def test_exact_phrase_is_found_at_once() -> None:
    """The wording of an author, question mark or not, is nearly certain."""
    index = PhraseIndex()
    index.add("what goes where?", "username")
    assert index.exact(normalise("What goes where")) == ("username", None)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("imapとは", True),
        ("imapって何?", True),
        ("what is imap?", True),
        ("what does imap mean", True),
        ("explain imap", True),
        ("imapのポートは", False),
        ("what is the imap port", False),
        ("imapって何を入れる", False),
    ],
)
def test_definition_is_told_from_a_value(text: str, asked: bool) -> None:
    """ "What is IMAP?" asks for the word, "what is the IMAP port?" for a number."""
    start = text.index("imap")
    span = Span(start, start + 4, "term", "imap", "imap")
    asking = Span(0, 1, "concept", "ask_what", text[:1])
    assert (find_defined(text, (asking, span)) == "imap") is asked


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("imapのポートは?smtpは?", 2),
        ("what is imap? and what is pop?", 2),
        ("use imap.gmail.com please", 1),
        ("imapのポートは?あと送信は?", 2),
        ("what is the port for imap and also how do i log in", 2),
    ],
)
def test_message_is_cut_into_sentences(text: str, count: int) -> None:
    """Question marks and "and also" part two questions; the dots of a host name part nothing."""
    assert len(cut(text)) == count

"""Reading as a whole: total, quick, and sure of its language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.match.decide import decide
from bot.match.model import Clarify, Context, HandOff, Match, Silent, Slots, Surface, Utterance
from bot.match.reader import Reader
from tests.support.cpu import least_cpu_ms

HOSTILE = [
    "password ",
    "メール",
    "パスワード",
    "993/",
    "a@",
    "a.",
    "> x\n",
    "IMAPのポートは？",
    "gmal ",
    "not ",
    "\ud800",
    "<a",
]


def test_any_text_gives_a_reading_and_a_decision() -> None:
    """No text whatever makes reading or deciding fail, on any surface."""
    lookup = Lookup(load_knowledge([shipped_root()]))
    reader = Reader(lookup)
    context = Context(Slots(providers=("gmail",)), "provider_settings", "ja")

    @settings(max_examples=150, deadline=None)
    @given(
        st.text(alphabet=st.characters(codec=None), max_size=80),
        st.sampled_from(["mention", "dm", "slash", "channel", "shortcut"]),
        st.booleans(),
    )
    def read(text: str, surface: Surface, follows: bool) -> None:
        utterance = Utterance(text, surface)
        reading = reader.read(utterance, context if follows else None)
        decision = decide(reading, utterance, lookup)
        assert isinstance(decision, Match | Clarify | HandOff | Silent)
        assert reading.language in ("ja", "en")
        if surface == "channel":
            assert isinstance(decision, Match | Silent)

    read()


@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_hostile_text_costs_no_more_than_a_moment(piece: str, reader: Reader) -> None:
    """40,000 characters of the worst kind are read in well under a tenth of a second."""
    text = (piece * 40_000)[:40_000]
    assert least_cpu_ms(lambda: reader.read(Utterance(text)), most_ms=50) < 100


@pytest.mark.parametrize(
    ("utterance", "context", "language"),
    [
        (Utterance("IMAPのポートは？", locale="en-US"), None, "ja"),
        (Utterance("what is the IMAP port?", locale="ja-JP"), None, "en"),
        (Utterance("what is the IMAP port?", chosen_language="ja"), None, "ja"),
        (Utterance("587", locale="ja-JP"), None, "ja"),
        (Utterance("587"), None, "en"),
        (Utterance("gmail imap", locale="ja-JP"), None, "ja"),
        (Utterance("gmail imap"), None, "en"),
        (Utterance("gmail imap"), Context(Slots(), "provider_settings", "ja"), "ja"),
        (Utterance("IMAPのポートは？英語で答えて"), None, "en"),
    ],
)
def test_language_of_the_answer(utterance: Utterance, context: Context | None, language: str, reader: Reader) -> None:
    """An explicit choice counts before the message, the message before the conversation, that before the locale."""
    assert reader.read(utterance, context).language == language


def test_reading_never_keeps_a_secret(reader: Reader) -> None:
    """What is kept of a message has no password in it, and says that one was there."""
    reading = reader.read(Utterance("Gmailのパスワードは Himitsu99 です。送れません"))
    assert reading.redacted
    assert "Himitsu99" not in repr(reading)
    assert reading.slots.providers == ("gmail",)


def test_phrases_of_an_author_are_understood(lookup: Lookup) -> None:
    """Who adds a phrase to a file changes the reading without touching code."""
    before = Reader(lookup).read(Utterance("なんか郵便が飛んでいかんのやけど"))
    assert "cannot_send" not in [score.intent for score in before.scores]
    documents = lookup.knowledge.documents | {
        "phrases/ja/cannot_send": {"phrases": ["なんか郵便が飛んでいかんのやけど"]}
    }
    taught = Lookup(_with_documents(lookup, documents))
    assert Reader(taught).read(Utterance("なんか郵便が飛んでいかんのやけど")).scores[0].intent == "cannot_send"


def _with_documents(lookup: Lookup, documents: dict[str, object]):  # type: ignore[no-untyped-def]
    import msgspec

    return msgspec.structs.replace(lookup.knowledge, documents=documents)


def test_two_questions_are_two_parts(reader: Reader, lookup: Lookup) -> None:
    """Both questions of a message are in the decision, each with its own slots."""
    utterance = Utterance("GmailのIMAPサーバーは？それとOCNのSMTPサーバーは？")
    decision = decide(reader.read(utterance), utterance, lookup)
    assert isinstance(decision, Match)
    assert [(slots.providers, slots.protocols) for _, slots in decision.parts] == [
        (("gmail",), ("imap",)),
        (("ocn",), ("smtp",)),
    ]


def test_overheard_doubt_is_silence(reader: Reader, lookup: Lookup) -> None:
    """Where we would ask back or hand off when asked, we say nothing when not."""
    for text in ("メールの設定を教えて", "フーメールのIMAPサーバーは？", "outlook", "0x8ABCDEF1"):
        utterance = Utterance(text, "channel")
        assert isinstance(decide(reader.read(utterance), utterance, lookup), Silent)


def test_screenshot_without_words_is_named_as_such(reader: Reader, lookup: Lookup) -> None:
    """A picture without text is handed off as a picture, so that the asker is asked for the text."""
    utterance = Utterance("", files=True)
    decision = decide(reader.read(utterance), utterance, lookup)
    assert isinstance(decision, HandOff)
    assert decision.reason == "image_only"

"""The whole road in one call: any text gives one outcome, and a conversation keeps what was said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer.engine import Engine, Outcome
from bot.answer.model import SettingRow, SettingsTable
from bot.cards.blocks import render_blocks
from bot.cards.text import render_text
from bot.kb.model import Language
from bot.local_slack.block_kit import check_blocks
from bot.match.model import Clarify, Context, Utterance
from tests.unit.answer.sample import TODAY, lookup

ENGINE = Engine(lookup(), today=lambda: TODAY)


def rows(outcome: Outcome) -> list[SettingRow]:
    assert outcome.answer is not None
    return [row for section in outcome.answer.sections if isinstance(section, SettingsTable) for row in section.rows]


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "　"])
@pytest.mark.parametrize("surface", ["mention", "dm", "slash", "shortcut"])
def test_empty_question_gets_help(text: str, surface: str) -> None:
    """Who only mentions the bot is told what can be asked."""
    found = ENGINE.answer(Utterance(text, surface, chosen_language="en")).answer  # type: ignore[arg-type]
    assert found is not None
    assert found.title == "I answer questions about mail settings"
    assert found.choices


@pytest.mark.parametrize(
    ("first", "then", "ports"),
    [
        ("ほしメールのIMAPの設定を教えて", "じゃあ送信は？", [465]),
        ("What are the IMAP settings for Hoshi Mail?", "and for sending?", [465]),
        ("ほしメールの設定を教えて", "くもサーバーだと？", [993, 587]),
    ],
)
def test_follow_up_keeps_the_conversation(first: str, then: str, ports: list[int]) -> None:
    """A short question after an answer is read with what was said before."""
    context = ENGINE.answer(Utterance(first)).context
    assert [row.port for row in rows(ENGINE.answer(Utterance(then), context))] == ports


def test_follow_up_in_the_program_of_the_asker() -> None:
    """ "And in Tegami?" gives the same service in that program's words."""
    context = ENGINE.answer(Utterance("ほしメールの設定を教えて")).context
    found = rows(ENGINE.answer(Utterance("てがみだと？"), context))
    assert {row.provider for row in found} == {"hoshi"}
    assert {row.security_label for row in found} == {"はじめから暗号化", "送るときも暗号化"}


def test_question_back_keeps_what_was_named() -> None:
    """After "which service?" the name alone is answer enough."""
    first = ENGINE.answer(Utterance("メールの設定を教えて"))
    assert isinstance(first.decision, Clarify)
    then = ENGINE.answer(Utterance("ほしメール"), first.context)
    assert {row.provider for row in rows(then)} == {"hoshi"}


def test_what_is_not_understood_does_not_end_the_conversation() -> None:
    """A sentence in between that means nothing to us loses nothing."""
    context = ENGINE.answer(Utterance("ほしメールのIMAPの設定を教えて")).context
    kept = ENGINE.answer(Utterance("zxcv qwer"), context).context
    assert kept == context


def test_silence_keeps_the_conversation() -> None:
    """What people say to each other in a channel neither answers nor forgets."""
    context = Context(language="ja")
    outcome = ENGINE.answer(Utterance("lunch at 12?", "channel"), context)
    assert outcome.answer is None
    assert outcome.context == context


@pytest.mark.parametrize("language", ["ja", "en"])
def test_chosen_language_wins(language: Language) -> None:
    """The language somebody chose is the language of every answer."""
    found = ENGINE.answer(Utterance("port 587", chosen_language=language)).answer
    assert found is not None
    assert found.language == language


HOSTILE = st.sampled_from(
    ["<!channel>", "\u202e", "\ud800", "`", "{x}", "%s", "password: hunter2", "imap 993 なし", "<@U1>"]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(max_size=30) | HOSTILE, max_size=6),
    st.sampled_from(["mention", "dm", "slash", "channel", "shortcut"]),
    st.booleans(),
)
def test_any_text_gives_a_message_slack_takes(words: list[str], surface: str, follow_up: bool) -> None:
    """No text whatever fails, and every answer is a card that Slack accepts."""
    context = ENGINE.answer(Utterance("ほしメールのIMAPの設定を教えて")).context if follow_up else None
    outcome = ENGINE.answer(Utterance(" ".join(words), surface), context)  # type: ignore[arg-type]
    if outcome.answer is not None:
        assert check_blocks(render_blocks(outcome.answer)) == []
        assert render_text(outcome.answer).strip()
        assert "hunter2" not in render_text(outcome.answer)
    else:
        assert surface == "channel"


def test_forty_thousand_characters_are_answered() -> None:
    """A pasted novel gets an answer too."""
    for unit in ("a", "あ", "受信 993 ", "> quoted\n", "password: x\n", "imap.example.jp:993 "):
        assert ENGINE.answer(Utterance(unit * (40_000 // len(unit)), "dm")).answer is not None

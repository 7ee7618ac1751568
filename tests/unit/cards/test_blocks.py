"""Cards: what Slack accepts, whatever is said; held against the block checker of the local Slack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.answer.compose import INTENTS
from bot.answer.model import (
    Answer,
    BulletList,
    Choice,
    FactList,
    Heading,
    Paragraph,
    PlainTable,
    Section,
    SettingRow,
    SettingsTable,
    SourceLine,
)
from bot.cards import action_ids, limits
from bot.cards.blocks import render_blocks, render_private_notice, text_size
from bot.kb.model import Language
from bot.local_slack.block_kit import check_blocks
from bot.match.model import Clarify, HandOff
from tests.unit.answer.sample import answer, match

BOTH: tuple[Language, ...] = ("ja", "en")
ROW = SettingRow(
    provider="hoshi",
    protocol="imap",
    hostname="imap.hoshi.example.jp",
    hostname_is_pattern=False,
    port=993,
    security="implicit_tls",
    security_label="SSL/TLS",
    username_form="email_address",
    recommended=True,
    purpose="Receiving (IMAP)",
)
HEADER = ("Purpose", "Server", "Port", "Encryption")
TABLE = SettingsTable("", (ROW,), HEADER)


def card(*sections: Section, **more: Any) -> Answer:
    return Answer("answer", "en", "help", 0.9, more.pop("title", "Title"), sections, **more)


def of_type(blocks: list[dict[str, object]], kind: str) -> list[dict[str, Any]]:
    return [block for block in blocks if block["type"] == kind]


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("intent", INTENTS)
def test_cards_of_all_intents_are_accepted(language: Language, intent: str) -> None:
    """Every answer is a message that Slack takes."""
    found = answer(
        language, match(intent, providers=("hoshi", "kumo"), clients=("tegami",), ports=(587, 22)), "993 none"
    )
    assert check_blocks(render_blocks(found, question_key="T1/C1/1.2")) == []


@pytest.mark.parametrize("language", BOTH)
def test_cards_of_all_decisions_are_accepted(language: Language) -> None:
    """A question back and an honest "I don't know" are messages that Slack takes."""
    for decision in (Clarify("missing_provider", "", ("provider:hoshi", "provider:kumo"), 0.5), HandOff("empty", 1.0)):
        assert check_blocks(render_blocks(answer(language, decision))) == []


def test_settings_are_one_table_of_four_columns() -> None:
    """Settings stand in a narrow table; host and port are code, so that one tap copies them."""
    table = of_type(render_blocks(card(TABLE)), "table")[0]
    assert [cell["text"] for cell in table["rows"][0]] == list(HEADER)
    cell = table["rows"][1][1]
    assert cell["elements"][0]["elements"] == [
        {"type": "text", "text": "imap.hoshi.example.jp", "style": {"code": True}}
    ]


def test_host_names_and_ports_stay_in_one_piece() -> None:
    """What has to be copied is never broken in two; the other columns wrap, so that a phone shows more of the table."""
    table = of_type(render_blocks(card(TABLE)), "table")[0]
    assert [column["is_wrapped"] for column in table["column_settings"]] == [True, False, False, True]


def test_second_table_becomes_lines() -> None:
    """Slack takes one table a message; what a second one says stands in lines."""
    blocks = render_blocks(card(TABLE, PlainTable("More", ("A", "B"), (("x", "`y`"),)), TABLE))
    assert len(of_type(blocks, "table")) == 1
    assert check_blocks(blocks) == []
    assert "imap.hoshi.example.jp" in json.dumps(of_type(blocks, "rich_text"))


def test_a_japanese_card_has_one_kind_of_colon() -> None:
    """Behind every label in bold stands the colon of the language, as in the plain text."""
    found = answer("ja", match("provider_settings", providers=("hoshi", "kumo"), clients=("tegami",)))
    labels = [
        part["text"]
        for block in of_type(render_blocks(found), "rich_text")
        for child in block["elements"]
        if child["type"] == "rich_text_list"
        for item in child["elements"]
        for part in item["elements"]
        if part.get("style") == {"bold": True}
    ]
    assert labels
    assert all(label.endswith("：") for label in labels)


def test_no_text_can_become_markup() -> None:
    """Stars, angle brackets and mentions in a text are shown as they are."""
    evil = "<!channel> *bold* <https://x.example|y> :tada: <@U123>"
    found = card(
        Paragraph(evil), Paragraph(evil, "quiet"), BulletList((evil,)), title=evil, choices=(Choice(evil, evil),)
    )
    blocks = render_blocks(found)
    assert "mrkdwn" not in json.dumps(blocks)
    for kind in ("header", "context", "actions"):
        for block in of_type(blocks, kind):
            for text in [block.get("text"), *block.get("elements", [])]:
                inner = text.get("text") if text and text.get("type") == "button" else text
                assert inner is None or (inner["type"], inner["emoji"]) == ("plain_text", False)


def test_literal_values_are_code() -> None:
    """What stands between backticks is set as code; a single one stays a character."""
    blocks = render_blocks(card(Paragraph("use `993` here, not ` alone")))
    parts = of_type(blocks, "rich_text")[0]["elements"][0]["elements"]
    assert parts == [
        {"type": "text", "text": "use "},
        {"type": "text", "text": "993", "style": {"code": True}},
        {"type": "text", "text": " here, not ` alone"},
    ]


def test_sources_are_links_with_their_dates() -> None:
    """A source is the title of its page, linked, with the day it was checked."""
    blocks = render_blocks(card(Paragraph("x"), sources=(SourceLine("Manual", "https://example.jp", "checked on 1"),)))
    text = json.dumps(blocks)
    assert '{"type": "link", "url": "https://example.jp", "text": "Manual"}' in text
    assert " (checked on 1)" in text


def test_buttons_ask_their_question() -> None:
    """A button carries the whole question, under a name the listeners know."""
    blocks = render_blocks(
        card(Paragraph("x"), choices=(Choice("iPhone", "Gmail on iPhone?"), Choice("Mac", "Gmail on Mac?")))
    )
    buttons = of_type(blocks, "actions")[0]["elements"]
    assert [(button["action_id"], button["value"]) for button in buttons] == [
        ("ask_0", "Gmail on iPhone?"),
        ("ask_1", "Gmail on Mac?"),
    ]
    assert all(button["action_id"].startswith(action_ids.ASK_PREFIX) for button in buttons)


def test_feedback_names_its_question() -> None:
    """A press on "helpful" comes back with the question it is about."""
    buttons = of_type(render_blocks(card(Paragraph("x")), question_key="T/C/1.2"), "context_actions")[0]["elements"][0]
    assert action_ids.parse_feedback(buttons["positive_button"]["value"]) == (True, "T/C/1.2")
    assert action_ids.parse_feedback(buttons["negative_button"]["value"]) == (False, "T/C/1.2")
    assert of_type(render_blocks(card(Paragraph("x"), feedback=False)), "context_actions") == []


def test_private_notice_is_a_card_of_its_own() -> None:
    """The warning about a password is rendered for the asker alone."""
    found = answer("ja", match("greeting"), redacted=True)
    notice = render_private_notice(found)
    assert check_blocks(notice) == []
    assert "パスワード" in json.dumps(notice, ensure_ascii=False)
    assert render_private_notice(replace(found, private_notice=None)) == []


def test_over_long_answers_are_cut_with_a_notice() -> None:
    """An answer too long for Slack loses its end, says so, and keeps its buttons."""
    found = answer("en", match("provider_settings", providers=("hoshi",), directions=("send",)))
    long = replace(found, sections=(*found.sections, *[Paragraph("word " * 500)] * 40))
    blocks = render_blocks(long)
    assert check_blocks(blocks) == []
    assert text_size(blocks) <= limits.MESSAGE_BLOCK_TEXT
    assert found.labels.cut in json.dumps(blocks, ensure_ascii=False)
    assert of_type(blocks, "actions")


def test_many_sections_stay_below_fifty_blocks() -> None:
    """However many parts an answer has, it stays one message."""
    blocks = render_blocks(card(*[Paragraph("x")] * 200))
    assert len(blocks) <= limits.BLOCKS
    assert check_blocks(blocks) == []


TEXT = st.text(max_size=60) | st.sampled_from(["", " ", "`", "``", "`a`", "\n", "a" * 4000, "<!here>"])
SECTION = st.one_of(
    st.builds(Heading, TEXT),
    st.builds(Paragraph, TEXT, st.sampled_from(["normal", "warning", "quiet"])),
    st.builds(BulletList, st.lists(TEXT, max_size=4).map(tuple), st.booleans()),
    st.builds(FactList, st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)),
    st.builds(PlainTable, TEXT, st.tuples(TEXT, TEXT), st.lists(st.tuples(TEXT, TEXT), max_size=120).map(tuple)),
    st.just(TABLE),
)


@settings(max_examples=150, deadline=None)
@given(
    TEXT,
    st.lists(SECTION, max_size=8).map(tuple),
    st.lists(st.builds(Choice, TEXT, TEXT), max_size=30).map(tuple),
    st.lists(st.builds(SourceLine, TEXT, st.just("https://example.jp/a"), TEXT), max_size=3).map(tuple),
)
def test_anything_that_can_be_said_is_accepted(
    title: str, sections: tuple[Section, ...], choices: tuple[Choice, ...], sources: tuple[SourceLine, ...]
) -> None:
    """No content, however odd or long, makes a card that Slack refuses."""
    found = card(*sections, title=title, choices=choices, sources=sources)
    assert check_blocks(render_blocks(found)) == []

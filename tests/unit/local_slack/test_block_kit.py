"""The block checker refuses what Slack refuses and takes what Slack takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.local_slack import check_blocks
from bot.local_slack.limits import Surface

PLAIN = {"type": "plain_text", "text": "a"}
MRKDWN = {"type": "mrkdwn", "text": "*a*"}
BUTTON = {"type": "button", "text": PLAIN, "action_id": "a"}
OPTION = {"text": PLAIN, "value": "v"}
RAW = {"type": "raw_text", "text": "IMAP"}


def rich(*parts: dict[str, Any]) -> dict[str, Any]:
    """Build a rich_text block of one section."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


TEXT = {"type": "text", "text": "993", "style": {"code": True}}
GOOD: dict[str, dict[str, Any]] = {
    "header": {"type": "header", "text": {**PLAIN, "emoji": True}},
    "section": {"type": "section", "text": {**MRKDWN, "verbatim": False}, "fields": [PLAIN, MRKDWN], "expand": True},
    "section_accessory": {"type": "section", "text": MRKDWN, "accessory": BUTTON},
    "divider": {"type": "divider", "block_id": "d"},
    "context": {
        "type": "context",
        "elements": [MRKDWN, {"type": "image", "image_url": "https://e.x/a", "alt_text": "a"}],
    },
    "image": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", "title": PLAIN},
    "actions": {
        "type": "actions",
        "elements": [
            {**BUTTON, "style": "primary", "value": "v"},
            {"type": "static_select", "action_id": "b", "placeholder": PLAIN, "options": [OPTION]},
            {"type": "overflow", "action_id": "c", "options": [{**OPTION, "url": "https://example.com"}]},
            {"type": "checkboxes", "action_id": "d", "options": [{"text": MRKDWN, "value": "v"}]},
        ],
    },
    "feedback": {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": PLAIN, "value": "y", "accessibility_label": "good"},
                "negative_button": {"text": PLAIN, "value": "n"},
            },
            {"type": "icon_button", "action_id": "i", "icon": "trash", "text": PLAIN},
        ],
    },
    "table": {
        "type": "table",
        "column_settings": [{"align": "right", "is_wrapped": True}, {}],
        "rows": [[RAW, rich(TEXT)], [{"type": "raw_number", "value": 993, "text": "993"}, RAW]],
    },
    "rich_text": {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    TEXT,
                    {"type": "link", "url": "https://example.com", "text": "x", "style": {"bold": True}},
                    {"type": "emoji", "name": "wave"},
                    {"type": "user", "user_id": "U1"},
                    {"type": "channel", "channel_id": "C1"},
                    {"type": "broadcast", "range": "here"},
                    {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"},
                    {"type": "color", "value": "#ffffff"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 1,
                "elements": [{"type": "rich_text_section", "elements": [TEXT]}],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "EHLO"}], "border": 0},
            {"type": "rich_text_quote", "elements": [TEXT]},
        ],
    },
    "markdown": {"type": "markdown", "text": "| a |\n|---|"},
    "container": {
        "type": "container",
        "title": PLAIN,
        "child_blocks": [{"type": "image", "image_url": "https://e.x/a", "alt_text": "a", "block_id": "i"}],
    },
    "card": {"type": "card", "title": MRKDWN, "actions": [BUTTON]},
}


@pytest.mark.parametrize("name", GOOD)
def test_good_block_is_taken(name: str) -> None:
    """Every block of this list is one that Slack takes in a message."""
    assert check_blocks([GOOD[name]]) == []


def changed(name: str, path: str, value: Any) -> list[dict[str, Any]]:
    """Return a good block with one place changed (or removed, for None)."""
    block: Any = json.loads(json.dumps(GOOD[name]))
    *steps, last = path.split("/")
    place = block
    for step in steps:
        place = place[int(step) if isinstance(place, list) else step]
    if isinstance(place, list):
        place[int(last)] = value
    elif value is None:
        del place[last]
    else:
        place[last] = value
    return [block]


@pytest.mark.parametrize(
    ("name", "path", "value", "pointer", "code"),
    [
        ("header", "type", "heading", "/blocks/0/type", "unknown_block"),
        ("header", "text", MRKDWN, "/blocks/0/text/type", "wrong_text_type"),
        ("header", "text", "a", "/blocks/0/text", "not_an_object"),
        ("header", "text", {"type": "plain_text", "text": "x" * 151}, "/blocks/0/text/text", "too_long"),
        ("header", "text", {"type": "plain_text", "text": ""}, "/blocks/0/text/text", "too_short"),
        ("header", "text", None, "/blocks/0", "missing_field"),
        ("header", "level", 2, "/blocks/0/level", "unknown_field"),
        ("header", "text/verbatim", True, "/blocks/0/text/verbatim", "unknown_field"),
        ("section", "text/text", "x" * 3001, "/blocks/0/text/text", "too_long"),
        ("section", "fields/0/text", "x" * 2001, "/blocks/0/fields/0/text", "too_long"),
        ("section", "fields", [PLAIN] * 11, "/blocks/0/fields", "too_many"),
        ("section", "expand", "yes", "/blocks/0/expand", "wrong_type"),
        ("section_accessory", "accessory/type", "knob", "/blocks/0/accessory/type", "unknown_element"),
        ("section_accessory", "accessory/style", "green", "/blocks/0/accessory/style", "not_allowed"),
        ("actions", "elements", [BUTTON, BUTTON], "/blocks/0/elements/1/action_id", "duplicate_action_id"),
        ("actions", "elements", [], "/blocks/0/elements", "too_few"),
        ("actions", "elements/0/text/text", "x" * 76, "/blocks/0/elements/0/text/text", "too_long"),
        ("actions", "elements/0/value", "", "/blocks/0/elements/0/value", "too_short"),
        ("actions", "elements/1/options", None, "/blocks/0/elements/1", "missing_field"),
        ("actions", "elements/1/options", [OPTION] * 101, "/blocks/0/elements/1/options", "too_many"),
        ("feedback", "elements/0/negative_button", None, "/blocks/0/elements/0", "missing_field"),
        ("feedback", "elements/1/icon", "pencil", "/blocks/0/elements/1/icon", "not_allowed"),
        ("context", "elements/0/text", "", "/blocks/0/elements/0/text", "too_short"),
        ("context", "elements/1", BUTTON, "/blocks/0/elements/1/type", "unknown_element"),
        ("image", "alt_text", None, "/blocks/0", "missing_field"),
        ("table", "rows/1", [RAW], "/blocks/0/rows/1", "uneven_rows"),
        ("table", "rows/0/0", PLAIN, "/blocks/0/rows/0/0/type", "unknown_element"),
        ("table", "rows/0/0", {"type": "raw_text", "text": ""}, "/blocks/0/rows/0/0/text", "too_short"),
        ("table", "rows", [[RAW]] * 101, "/blocks/0/rows", "too_many"),
        ("table", "column_settings/0/align", "middle", "/blocks/0/column_settings/0/align", "not_allowed"),
        (
            "rich_text",
            "elements/0/elements/0/style",
            {"big": True},
            "/blocks/0/elements/0/elements/0/style/big",
            "unknown_field",
        ),
        ("rich_text", "elements/0/elements/0/type", "bold", "/blocks/0/elements/0/elements/0/type", "unknown_element"),
        ("rich_text", "elements/1/style", "dots", "/blocks/0/elements/1/style", "not_allowed"),
        ("rich_text", "elements/1/indent", 9, "/blocks/0/elements/1/indent", "out_of_range"),
        ("rich_text", "elements/1/elements/0", TEXT, "/blocks/0/elements/1/elements/0/type", "unknown_element"),
        ("markdown", "text", "x" * 12_001, "/blocks/0/text", "too_long"),
        ("divider", "block_id", "x" * 256, "/blocks/0/block_id", "too_long"),
    ],
)
def test_bad_block_is_refused_at_its_place(name: str, path: str, value: Any, pointer: str, code: str) -> None:
    """One fault gives one problem, with the pointer to it."""
    problems = check_blocks(changed(name, path, value))
    assert [(p.pointer, p.code) for p in problems] == [(pointer, code)]


@pytest.mark.parametrize(
    ("blocks", "surface", "code"),
    [
        ([{"type": "divider"}] * 51, "message", "too_many"),
        ([{"type": "divider"}] * 101, "home", "too_many"),
        ([{"type": "divider", "block_id": "a"}] * 2, "message", "duplicate_block_id"),
        ([GOOD["table"]] * 2, "message", "only_one_table_allowed"),
        ([{"type": "alert", "text": PLAIN}], "message", "wrong_surface"),
        ([GOOD["table"]], "modal", "wrong_surface"),
        ([GOOD["feedback"]], "home", "wrong_surface"),
        ([{"type": "markdown", "text": "x" * 7000}] * 2, "message", "markdown_too_long"),
        ([{"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]}], "message", "table_too_long"),
        ([{"type": "section"}], "message", "missing_field"),
        ("blocks", "message", "not_a_list"),
        (["divider"], "message", "not_an_object"),
    ],
)
def test_rules_for_all_blocks_together(blocks: Any, surface: Surface, code: str) -> None:
    """Counts, surfaces, ids and sums are held over the whole message or view."""
    assert [p.code for p in check_blocks(blocks, surface)] == [code]


def test_alert_is_for_modals() -> None:
    """What a message must not have, a modal may."""
    assert check_blocks([{"type": "alert", "text": PLAIN, "level": "warning"}], "modal") == []

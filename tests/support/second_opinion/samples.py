"""One good block of every kind, with every key that it may have; and each of them broken in one place.

Lengths and counts are below every limit, so that a test can stretch one place at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

PLAIN: Json = {"type": "plain_text", "text": "a"}
MRKDWN: Json = {"type": "mrkdwn", "text": "*a*"}
OPTION: Json = {"text": PLAIN, "value": "v"}
CONFIRM: Json = {"title": PLAIN, "text": MRKDWN, "confirm": PLAIN, "deny": PLAIN, "style": "danger"}
IMAGE: Json = {"type": "image", "image_url": "https://example.jp/a.png", "alt_text": "a"}
WORD: Json = {"type": "text", "text": "a", "style": {"bold": True, "code": True}}
SECTION: Json = {"type": "rich_text_section", "elements": [WORD]}
RICH: Json = {"type": "rich_text", "elements": [SECTION]}
RAW: Json = {"type": "raw_text", "text": "a"}
BUTTON: Json = {
    "type": "button",
    "action_id": "b",
    "text": {**PLAIN, "emoji": False},
    "value": "v",
    "url": "https://example.jp",
    "style": "primary",
    "accessibility_label": "a",
    "confirm": CONFIRM,
}
CHOOSER: Json = {"action_id": "c", "placeholder": PLAIN, "confirm": CONFIRM, "focus_on_load": True}
TYPED: Json = {
    "action_id": "t",
    "placeholder": PLAIN,
    "initial_value": "a",
    "focus_on_load": True,
    "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
}


def _input(element: Json) -> Json:
    return {"type": "input", "label": PLAIN, "element": element}


SAMPLES: dict[str, Json] = {
    "actions": {
        "type": "actions",
        "block_id": "i",
        "elements": [
            BUTTON,
            {**CHOOSER, "action_id": "d", "type": "static_select", "options": [OPTION], "initial_option": OPTION},
            {
                "action_id": "e",
                "type": "overflow",
                "options": [{**OPTION, "description": PLAIN, "url": "https://a.jp"}],
            },
            {"action_id": "f", "type": "datetimepicker", "initial_date_time": 1_700_000_000},
        ],
    },
    "alert": {"type": "alert", "text": MRKDWN, "level": "info"},
    "card": {
        "type": "card",
        "hero_image": IMAGE,
        "icon": IMAGE,
        "title": MRKDWN,
        "subtitle": MRKDWN,
        "body": MRKDWN,
        "actions": [BUTTON],
    },
    "carousel": {"type": "carousel", "elements": [{"type": "card", "title": MRKDWN}]},
    "container": {
        "type": "container",
        "title": PLAIN,
        "subtitle": MRKDWN,
        "width": "wide",
        "icon": IMAGE,
        "has_header_divider": True,
        "child_blocks": [{"type": "divider"}],
    },
    "context": {"type": "context", "elements": [MRKDWN, PLAIN, IMAGE]},
    "context_actions": {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": PLAIN, "value": "y", "accessibility_label": "good"},
                "negative_button": {"text": PLAIN, "value": "n", "accessibility_label": "bad"},
            },
            {
                "type": "icon_button",
                "action_id": "i",
                "icon": "trash",
                "text": PLAIN,
                "value": "v",
                "accessibility_label": "a",
                "visible_to_user_ids": ["U1"],
                "confirm": CONFIRM,
            },
        ],
    },
    "data_table": {
        "type": "data_table",
        "caption": "a",
        "rows": [[RAW], [{"type": "raw_number", "value": 993, "text": "993"}]],
        "page_size": 5,
        "row_header_column_index": 0,
    },
    "divider": {"type": "divider"},
    "header": {"type": "header", "text": {**PLAIN, "emoji": True}},
    "image": {**IMAGE, "title": PLAIN},
    "image of slack": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"},
    "input": {
        **_input({**TYPED, "type": "plain_text_input", "multiline": True, "min_length": 1, "max_length": 2}),
        "hint": PLAIN,
        "optional": True,
        "dispatch_action": True,
    },
    "input of checkboxes": _input(
        {
            "type": "checkboxes",
            "action_id": "c",
            "options": [{"text": MRKDWN, "value": "v"}],
            "initial_options": [{"text": MRKDWN, "value": "v"}],
            "confirm": CONFIRM,
            "focus_on_load": True,
        }
    ),
    "input of radio_buttons": _input(
        {"type": "radio_buttons", "options": [{**OPTION, "text": MRKDWN}], "initial_option": OPTION}
    ),
    "input of datepicker": _input({**CHOOSER, "type": "datepicker", "initial_date": "2026-11-24"}),
    "input of timepicker": _input({**CHOOSER, "type": "timepicker", "initial_time": "09:00", "timezone": "Asia/Tokyo"}),
    "input of email_text_input": _input({**TYPED, "type": "email_text_input"}),
    "input of url_text_input": _input({**TYPED, "type": "url_text_input"}),
    "input of number_input": _input(
        {**TYPED, "type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "2"}
    ),
    "input of rich_text_input": _input(
        {**TYPED, "type": "rich_text_input", "initial_value": RICH, "min_lines": 1, "max_lines": 2}
    ),
    "input of file_input": _input({"type": "file_input", "filetypes": ["png"], "max_files": 1}),
    "input of multi_static_select": _input(
        {**CHOOSER, "type": "multi_static_select", "option_groups": [{"label": PLAIN, "options": [OPTION]}]}
    ),
    "input of external_select": _input({**CHOOSER, "type": "external_select", "min_query_length": 1}),
    "input of multi_users_select": _input({**CHOOSER, "type": "multi_users_select", "max_selected_items": 1}),
    "input of conversations_select": _input(
        {**CHOOSER, "type": "conversations_select", "filter": {"include": ["public"], "exclude_bot_users": True}}
    ),
    "markdown": {"type": "markdown", "text": "a"},
    "plan": {
        "type": "plan",
        "title": "a",
        "tasks": [{"type": "task_card", "task_id": "1", "title": "a", "status": "pending"}],
    },
    "rich_text": {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    WORD,
                    {"type": "link", "url": "https://example.jp", "text": "a", "unsafe": True, "style": {"bold": True}},
                    {"type": "emoji", "name": "wave", "unicode": "1f44b"},
                    {"type": "user", "user_id": "U1"},
                    {"type": "usergroup", "usergroup_id": "S1"},
                    {"type": "channel", "channel_id": "C1"},
                    {"type": "broadcast", "range": "here"},
                    {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then", "url": "https://a.jp"},
                    {"type": "color", "value": "#ffffff"},
                ],
            },
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "border": 1, "elements": [SECTION]},
            {"type": "rich_text_quote", "border": 1, "elements": [WORD]},
            {"type": "rich_text_preformatted", "border": 1, "elements": [{"type": "text", "text": "a"}]},
        ],
    },
    "section": {
        "type": "section",
        "text": {**MRKDWN, "verbatim": True},
        "fields": [PLAIN, MRKDWN],
        "accessory": BUTTON,
        "expand": True,
    },
    "table": {
        "type": "table",
        "column_settings": [{"align": "right", "is_wrapped": True}],
        "rows": [[RAW], [RICH]],
    },
    "task_card": {
        "type": "task_card",
        "task_id": "1",
        "title": "a",
        "details": RICH,
        "output": RICH,
        "sources": [{"type": "url", "url": "https://a.jp", "text": "a"}],
        "status": "error",
    },
    "video": {
        "type": "video",
        "alt_text": "a",
        "title": PLAIN,
        "video_url": "https://a.jp",
        "thumbnail_url": "https://a.jp",
        "title_url": "https://a.jp",
        "provider_icon_url": "https://a.jp",
        "author_name": "a",
        "provider_name": "a",
        "description": PLAIN,
    },
}


def broken(block: Json) -> Iterator[tuple[str, Json]]:
    """Yield a block with one fault at a time, and what the fault is.

    A key too many, a key missing, a value of another kind, a word that nobody knows, a null.
    """
    for path, value in list(_places(block)):
        name = "/".join(map(str, path))
        if isinstance(value, dict):
            yield f"{name}: unknown key", _changed(block, (*path, "surprise"), "x")
            for key in value:
                yield f"{name}: no {key}", _changed(block, (*path, key), _GONE)
            yield f"{name}: text for an object", _changed(block, path, "x")
        elif isinstance(value, list):
            yield f"{name}: object for a list", _changed(block, path, {})
        else:
            yield f"{name}: list", _changed(block, path, [])
            yield f"{name}: another kind", _changed(block, path, 1 if isinstance(value, str) else "x")
            if path[-1] == "type":
                yield f"{name}: unknown word", _changed(block, path, "sectoin")
                if value in ("plain_text", "mrkdwn"):
                    yield (
                        f"{name}: other text",
                        _changed(block, path, {"plain_text": "mrkdwn"}.get(value, "plain_text")),
                    )
        if path:
            yield f"{name}: null", _changed(block, path, None)


_GONE = object()


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, (*path, index))


def _changed(block: Json, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    copy = json.loads(json.dumps(block))
    place = copy
    for step in path[:-1]:
        place = place[step]
    if value is _GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copy

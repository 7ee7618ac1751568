"""The shapes of the blocks themselves; `shapes` has what stands inside them.

Source: docs.slack.dev/reference/block-kit/blocks. Every block may also have a *block_id* of up to 255 characters.
"""

from __future__ import annotations

from typing import Final

from bot.local_slack import limits as n
from bot.local_slack.shapes import (
    CHILD_BLOCKS,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    IN_TASK,
    RICH,
    Anything,
    Bool,
    Enum,
    Int,
    ListOf,
    Obj,
    OneOf,
    Rule,
    Shape,
    Str,
    Text,
)

_BOOL = Bool()
_URL = Str(n.URL_MAX)
_RICH_TEXT = OneOf(frozenset({"rich_text"}))
_IMAGE = OneOf(frozenset({"image"}))
_BUTTONS = OneOf(frozenset({"button"}))


def _block(required: str = "", one_of: str = "", /, **keys: Rule) -> Shape:
    return Shape({"block_id": Str(n.ID_MAX), **keys}, frozenset(required.split()), tuple(one_of.split()))


BLOCKS: Final[dict[str, Shape]] = {
    "actions": _block("elements", elements=ListOf(OneOf(IN_ACTIONS), 25)),
    "alert": _block(
        "text",
        text=Text(200, mrkdwn=True),
        level=Enum(frozenset({"default", "info", "warning", "error", "success"})),
    ),
    "call": _block("call_id", call_id=Str(255), api_decoration_available=_BOOL, call=Anything()),
    "card": _block(
        "",
        "hero_image title actions body",
        hero_image=_IMAGE,
        icon=_IMAGE,
        title=Text(150, mrkdwn=True),
        subtitle=Text(150, mrkdwn=True),
        body=Text(200, mrkdwn=True),
        subtext=Text(200, mrkdwn=True),
        actions=ListOf(_BUTTONS, 3),
    ),
    "carousel": _block("elements", elements=ListOf(OneOf(frozenset({"card"})), 10)),
    "container": _block(
        "child_blocks",
        "title rich_text_title",
        title=Text(150),
        rich_text_title=_RICH_TEXT,
        subtitle=Text(150, mrkdwn=True),
        child_blocks=ListOf(OneOf(CHILD_BLOCKS), 10),
        width=Enum(frozenset({"narrow", "standard", "wide", "full"})),
        icon=_IMAGE,
        is_collapsible=_BOOL,
        default_collapsed=_BOOL,
        has_header_divider=_BOOL,
    ),
    # A context block holds images and bare text objects; `block_kit` lets the latter through by this name.
    "context": _block("elements", elements=ListOf(OneOf(frozenset({"image", "plain_text", "mrkdwn"})), 10)),
    "context_actions": _block("elements", elements=ListOf(OneOf(frozenset({"feedback_buttons", "icon_button"})), 5)),
    "data_table": _block(
        "caption rows",
        caption=Str(255, shown=True),
        rows=ListOf(
            ListOf(OneOf(frozenset({"raw_text", "raw_number", "rich_text"})), n.TABLE_COLUMNS_MAX),
            n.DATA_TABLE_ROWS_MAX,
            2,
        ),
        page_size=Int(1, 100),
        row_header_column_index=Int(0, 19),
    ),
    "divider": _block(),
    "file": _block("external_id source", external_id=Str(255), source=Enum(frozenset({"remote"}))),
    "header": _block("text", text=Text(n.HEADER_TEXT_MAX)),
    "image": _block(
        "alt_text",
        "image_url slack_file",
        image_url=_URL,
        slack_file=Obj("slack_file"),
        alt_text=Str(2000),
        title=Text(2000),
    ),
    "input": _block(
        "label element",
        label=Text(2000),
        element=OneOf(IN_INPUT),
        hint=Text(2000),
        optional=_BOOL,
        dispatch_action=_BOOL,
    ),
    "markdown": _block("text", text=Str(n.MARKDOWN_TEXT_MAX, shown=True)),
    "plan": _block("title", title=Str(1000, shown=True), tasks=ListOf(OneOf(frozenset({"task_card"})), 50)),
    "rich_text": _block("elements", elements=ListOf(OneOf(RICH), 1_000_000)),
    "section": _block(
        "",
        "text fields",
        text=Text(n.SECTION_TEXT_MAX, mrkdwn=True),
        fields=ListOf(Text(n.FIELD_TEXT_MAX, mrkdwn=True), 10),
        accessory=OneOf(IN_SECTION),
        expand=_BOOL,
    ),
    "table": _block(
        "rows",
        rows=ListOf(
            ListOf(OneOf(frozenset({"raw_text", "raw_number", "rich_text"})), n.TABLE_COLUMNS_MAX), n.TABLE_ROWS_MAX
        ),
        column_settings=ListOf(Obj("column"), n.TABLE_COLUMNS_MAX),
    ),
    "task_card": _block(
        "task_id title status",
        task_id=Str(255),
        title=Str(1000, shown=True),
        details=_RICH_TEXT,
        output=_RICH_TEXT,
        sources=ListOf(OneOf(IN_TASK), 50),
        status=Enum(frozenset({"pending", "in_progress", "complete", "error"})),
    ),
    "video": _block(
        "alt_text title thumbnail_url video_url",
        alt_text=Str(2000),
        title=Text(199),
        thumbnail_url=_URL,
        video_url=_URL,
        title_url=_URL,
        description=Text(199),
        author_name=Str(49),
        provider_name=Str(50),
        provider_icon_url=_URL,
    ),
}

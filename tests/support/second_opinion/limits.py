"""Slack's limits as others wrote them down, and where they apply in our samples.

Source: the tables of limits and of surfaces in the PyPI package slackblocks 3.0.0 (October 2026). Only the numbers are
taken, so that nothing needs to be installed to hold ours against them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.second_opinion.samples import (
    BUTTON,
    CHOOSER,
    MRKDWN,
    OPTION,
    PLAIN,
    SAMPLES,
    TYPED,
    Json,
)


@dataclass(frozen=True)
class Limit:
    """One number: a length, a count or a value, at one place of one sample."""

    name: str
    """Without `max_length`, `max_items` or `max` at its end."""
    number: int
    sample: str
    path: str

    def __str__(self) -> str:
        return f"{self.name}={self.number}"


# Samples that only a limit needs.
MORE: dict[str, Json] = {
    "card with subtext": {"type": "card", "title": MRKDWN, "subtext": MRKDWN},
    "image accessory": {
        "type": "section",
        "text": PLAIN,
        "accessory": {"type": "image", "image_url": "https://a.jp", "alt_text": "a"},
    },
    "workflow_button": {
        "type": "actions",
        "elements": [
            {
                "type": "workflow_button",
                "action_id": "w",
                "text": PLAIN,
                "accessibility_label": "a",
                "workflow": {"trigger": {"url": "https://a.jp"}},
            }
        ],
    },
    "agent button": {"type": "actions", "elements": [{**BUTTON, "agent_prompt": "a"}]},
    "one select": {"type": "actions", "elements": [{**CHOOSER, "type": "static_select", "options": [OPTION]}]},
    "one overflow": {"type": "actions", "elements": [{"type": "overflow", "options": [OPTION]}]},
    "one button": {"type": "actions", "elements": [{"type": "button", "text": PLAIN, "action_id": "b"}]},
    "one text": {"type": "context", "elements": [PLAIN]},
    "one icon": {
        "type": "context_actions",
        "elements": [{"type": "icon_button", "icon": "trash", "text": PLAIN, "action_id": "i"}],
    },
    "wide table": {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]},
    "list with offset": {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_list",
                "style": "ordered",
                "offset": 1,
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}],
            }
        ],
    },
    "input of typed": {"type": "input", "label": PLAIN, "element": {**TYPED, "type": "url_text_input"}},
}
ALL_SAMPLES = {**SAMPLES, **MORE}


def _most(sample: str, *limits: tuple[str, int, str]) -> tuple[Limit, ...]:
    return tuple(Limit(name, number, sample, path) for name, number, path in limits)


MOST: tuple[Limit, ...] = (
    *_most("divider", ("block_id", 255, "block_id")),
    *_most(
        "actions",
        ("action_id", 255, "elements/0/action_id"),
        ("button.text", 75, "elements/0/text/text"),
        ("button.url", 3000, "elements/0/url"),
        ("button.value", 2000, "elements/0/value"),
        ("button.accessibility_label", 75, "elements/0/accessibility_label"),
        ("confirmation.title", 100, "elements/0/confirm/title/text"),
        ("confirmation.text", 300, "elements/0/confirm/text/text"),
        ("confirmation.confirm", 30, "elements/0/confirm/confirm/text"),
        ("confirmation.deny", 30, "elements/0/confirm/deny/text"),
        ("select.placeholder", 150, "elements/1/placeholder/text"),
        ("option.text", 75, "elements/2/options/0/text/text"),
        ("option.value", 150, "elements/2/options/0/value"),
        ("option.description", 75, "elements/2/options/0/description/text"),
        ("option.url", 3000, "elements/2/options/0/url"),
    ),
    *_most("agent button", ("button.agent_prompt", 4000, "elements/0/agent_prompt")),
    *_most("one button", ("actions.elements", 25, "elements")),
    *_most("one select", ("select.options", 100, "elements/0/options")),
    *_most("one overflow", ("overflow.options", 5, "elements/0/options")),
    *_most(
        "input of multi_static_select",
        ("select.option_groups", 100, "element/option_groups"),
        ("option_group.options", 100, "element/option_groups/0/options"),
        ("option_group.label", 75, "element/option_groups/0/label/text"),
    ),
    *_most("input of checkboxes", ("checkboxes.options", 10, "element/options")),
    *_most("input of radio_buttons", ("radio_buttons.options", 10, "element/options")),
    *_most("input of file_input", ("file_input.max_files", 10, "element/max_files")),
    *_most("input of datepicker", ("date_picker.placeholder", 150, "element/placeholder/text")),
    *_most("input of timepicker", ("time_picker.placeholder", 150, "element/placeholder/text")),
    *_most("input of email_text_input", ("email_input.placeholder", 150, "element/placeholder/text")),
    *_most("input of typed", ("url_input.placeholder", 150, "element/placeholder/text")),
    *_most("input of number_input", ("number_input.placeholder", 150, "element/placeholder/text")),
    *_most(
        "input of rich_text_input",
        ("rich_text_input.placeholder", 150, "element/placeholder/text"),
        ("rich_text_input.min_lines", 100, "element/min_lines"),
        ("rich_text_input.max_lines", 100, "element/max_lines"),
    ),
    *_most(
        "input",
        ("input.label", 2000, "label/text"),
        ("input.hint", 2000, "hint/text"),
        ("plain_text_input.placeholder", 150, "element/placeholder/text"),
        ("plain_text_input.min_length", 3000, "element/min_length"),
        ("plain_text_input.max_length", 3000, "element/max_length"),
        ("dispatch_action_configuration", 2, "element/dispatch_action_config/trigger_actions_on"),
    ),
    *_most("alert", ("alert.text", 200, "text/text")),
    *_most(
        "card",
        ("card.title", 150, "title/text"),
        ("card.subtitle", 150, "subtitle/text"),
        ("card.body", 200, "body/text"),
        ("card.actions", 3, "actions"),
    ),
    *_most("card with subtext", ("card.subtext", 200, "subtext/text")),
    *_most("carousel", ("carousel.elements", 10, "elements")),
    *_most(
        "container",
        ("container.title", 150, "title/text"),
        ("container.subtitle", 150, "subtitle/text"),
        ("container.child_blocks", 10, "child_blocks"),
    ),
    *_most("one text", ("context.elements", 10, "elements")),
    *_most("one icon", ("context_actions.elements", 5, "elements")),
    *_most(
        "context_actions",
        ("feedback_button.text", 75, "elements/0/positive_button/text/text"),
        ("feedback_button.value", 2000, "elements/0/positive_button/value"),
        ("feedback_button.accessibility_label", 75, "elements/0/negative_button/accessibility_label"),
        ("icon_button.value", 2000, "elements/1/value"),
        ("icon_button.accessibility_label", 75, "elements/1/accessibility_label"),
        ("icon_button.visible_to_user_ids", 10, "elements/1/visible_to_user_ids"),
    ),
    *_most(
        "workflow_button",
        ("workflow_button.text", 75, "elements/0/text/text"),
        ("workflow_button.accessibility_label", 75, "elements/0/accessibility_label"),
    ),
    *_most("wide table", ("table.columns", 20, "rows/0"), ("table.rows", 100, "rows")),
    *_most("table", ("table.column_settings", 20, "column_settings")),
    *_most("data_table", ("data_table.rows", 201, "rows"), ("data_table.page_size", 100, "page_size")),
    *_most("header", ("header.text", 150, "text/text")),
    *_most(
        "image",
        ("image.image_url", 3000, "image_url"),
        ("image.alt_text", 2000, "alt_text"),
        ("image.title", 2000, "title/text"),
    ),
    *_most(
        "image accessory",
        ("image_element.image_url", 3000, "accessory/image_url"),
        ("image_element.alt_text", 2000, "accessory/alt_text"),
    ),
    *_most("markdown", ("markdown.text", 12_000, "text")),
    *_most("plan", ("plan.tasks", 50, "tasks")),
    *_most(
        "rich_text",
        ("rich_text_list.indent", 8, "elements/1/indent"),
        ("rich_text_list.border", 1, "elements/1/border"),
        ("rich_text_quote.border", 1, "elements/2/border"),
        ("rich_text_preformatted.border", 1, "elements/3/border"),
    ),
    *_most(
        "section",
        ("section.text", 3000, "text/text"),
        ("section.fields", 10, "fields"),
        ("section.fields.item", 2000, "fields/0/text"),
    ),
    *_most(
        "video",
        ("video.alt_text", 2000, "alt_text"),
        ("video.provider_name", 50, "provider_name"),
        ("video.thumbnail_url", 3000, "thumbnail_url"),
        ("video.video_url", 3000, "video_url"),
    ),
)
# The least that is taken; one less is refused.
LEAST: tuple[Limit, ...] = (
    *_most("header", ("text", 1, "text/text")),
    *_most("one select", ("select.options", 1, "elements/0/options")),
    *_most(
        "input of multi_static_select",
        ("select.option_groups", 1, "element/option_groups"),
        ("option_group.options", 1, "element/option_groups/0/options"),
    ),
    *_most("one overflow", ("overflow.options", 1, "elements/0/options")),
    *_most("input of checkboxes", ("checkboxes.options", 1, "element/options")),
    *_most("input of radio_buttons", ("radio_buttons.options", 1, "element/options")),
    *_most("input of file_input", ("file_input.max_files", 1, "element/max_files")),
    *_most("input of external_select", ("select.min_query_length", 0, "element/min_query_length")),
    *_most(
        "input",
        ("plain_text_input.min_length", 0, "element/min_length"),
        ("plain_text_input.max_length", 1, "element/max_length"),
        ("dispatch_action_configuration", 1, "element/dispatch_action_config/trigger_actions_on"),
    ),
    *_most(
        "input of rich_text_input",
        ("rich_text_input.min_lines", 1, "element/min_lines"),
        ("rich_text_input.max_lines", 1, "element/max_lines"),
    ),
    *_most("input of multi_users_select", ("multi_select.max_selected_items", 1, "element/max_selected_items")),
    *_most("input of conversations_select", ("conversation_filter.include", 1, "element/filter/include")),
    *_most("carousel", ("carousel.elements", 1, "elements")),
    *_most("container", ("container.child_blocks", 1, "child_blocks")),
    *_most(
        "data_table",
        ("data_table.rows", 2, "rows"),
        ("data_table.columns", 1, "rows/0"),
        ("data_table.page_size", 1, "page_size"),
        ("data_table.cell_text", 1, "rows/0/0/text"),
        ("data_table.row_header_column_index", 0, "row_header_column_index"),
    ),
    *_most(
        "rich_text",
        ("rich_text_list.indent", 0, "elements/1/indent"),
        ("rich_text_list.border", 0, "elements/1/border"),
        ("rich_text_quote.border", 0, "elements/2/border"),
        ("rich_text_preformatted.border", 0, "elements/3/border"),
    ),
    *_most("list with offset", ("rich_text_list.offset", 0, "elements/0/offset")),
)
# Slack's own page says "less than 200" and "less than 50" characters; the table says that 200 and 50 are taken.
ONE_MORE_THAN_SLACK_SAYS = _most(
    "video",
    ("video.title", 200, "title/text"),
    ("video.author_name", 50, "author_name"),
    ("video.description", 200, "description/text"),
)
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
VIEW_TEXTS = {"title": 24, "close": 24, "submit": 24}
VIEW_STRINGS = {"private_metadata": 3000, "callback_id": 255, "external_id": 255}
MARKDOWN_IN_ALL = 12_000
DATA_TABLES_IN_ALL = 20_000


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IN_MESSAGES = _words(
    "actions card carousel container context context_actions data_table data_visualization divider file header image "
    "input markdown plan rich_text section table task_card video"
)
IN_MODALS = _words("actions alert card context divider header image input rich_text section video")
IN_HOME = _words(
    "actions card carousel container context data_table data_visualization divider header image input rich_text section "
    "table video"
)
# We do not know the block for charts, and the package does not know the one for calls.
ONLY_THEIRS = frozenset({"data_visualization"})
ONLY_OURS = frozenset({"call"})


def stretched(limit: Limit, size: int) -> Json:
    """Return the sample with the place of the limit made exactly so long, so many or so large."""
    made: Json = _stretched(ALL_SAMPLES[limit.sample], limit.path.split("/"), size)
    return made


def _stretched(value: Any, path: list[str], size: int) -> Any:
    if not path:
        if isinstance(value, str):
            return "x" * size
        return [_numbered(value[0], index) for index in range(size)] if isinstance(value, list) else size
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_stretched(item, rest, size) if index == int(step) else item for index, item in enumerate(value)]
    return {**value, step: _stretched(value.get(step, ""), rest, size)}


def _numbered(item: Any, index: int) -> Any:
    """Give copies of one element ids of their own."""
    return {**item, "action_id": f"n{index}"} if isinstance(item, dict) and "action_id" in item else item

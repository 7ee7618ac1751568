"""The shapes of Block Kit as data: which keys each block and element has, and what may stand in them.

`block_kit` walks these shapes; nothing is decided here. Source: docs.slack.dev/reference/block-kit (blocks, elements,
composition objects), with the lengths of `limits`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bot.local_slack import limits as n


@dataclass(frozen=True, slots=True)
class Text:
    """A text object: plain_text, and mrkdwn too where *mrkdwn* is set."""

    longest: int
    mrkdwn: bool = False


@dataclass(frozen=True, slots=True)
class Str:
    """A bare string. *shown* strings count towards the text of the message."""

    longest: int
    shortest: int = 1
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number."""

    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Number:
    """Any number."""


@dataclass(frozen=True, slots=True)
class Bool:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Enum:
    """One of a few words."""

    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Obj:
    """An object without a *type* key, of the shape with this name."""

    shape: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object whose *type* key chooses its shape among these."""

    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items all follow one rule."""

    item: Rule
    most: int
    fewest: int = 1


@dataclass(frozen=True, slots=True)
class Anything:
    """Not looked into."""


Rule = Text | Str | Int | Number | Bool | Enum | Obj | OneOf | ListOf | Anything


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of object: its keys, those that must be there, and groups of which one must be there."""

    keys: dict[str, Rule]
    required: frozenset[str] = frozenset()
    one_of: tuple[str, ...] = field(default=())


def _shape(required: str = "", one_of: str = "", /, **keys: Rule) -> Shape:
    return Shape(keys, frozenset(required.split()), tuple(one_of.split()))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ID = Str(n.ID_MAX)
_URL = Str(n.URL_MAX)
_BOOL = Bool()
_PLACEHOLDER = Text(n.PLACEHOLDER_MAX)
_CONFIRM = Obj("confirm")
_OPTION = Obj("option")
_MARKED_OPTION = Obj("marked_option")
_LONG = 1_000_000
_STYLE = Enum(_words("primary danger"))
_DISPATCH = Obj("dispatch_action_config")
_USERS = ListOf(Str(20), n.OPTIONS_MAX)

_SELECTS = _words(
    "static_select external_select users_select conversations_select channels_select multi_static_select "
    "multi_external_select multi_users_select multi_conversations_select multi_channels_select"
)
_PICKERS = _words("checkboxes radio_buttons datepicker timepicker datetimepicker")
IN_ACTIONS: Final = _SELECTS | _PICKERS | _words("button overflow workflow_button")
# A date with a time cannot stand beside a section, everything else of an actions block can.
IN_SECTION: Final = (IN_ACTIONS - {"datetimepicker"}) | {"image"}
IN_INPUT: Final = (
    _SELECTS
    | _PICKERS
    | _words("plain_text_input rich_text_input email_text_input url_text_input number_input file_input")
)
IN_TASK: Final = _words("url")
INLINE: Final = _words("text link emoji user usergroup channel team broadcast date color")
RICH: Final = _words("rich_text_section rich_text_list rich_text_preformatted rich_text_quote")
CHILD_BLOCKS: Final = _words("actions context divider file header image input rich_text section table video")

# Objects that carry no type of their own.
OBJECTS: Final[dict[str, Shape]] = {
    # In menus, where all text is plain; and beside a box or a round button, where it may be mrkdwn.
    "option": _shape(
        "text value",
        text=Text(n.OPTION_TEXT_MAX),
        value=Str(n.OPTION_VALUE_MAX),
        description=Text(n.OPTION_TEXT_MAX),
        url=_URL,
    ),
    "marked_option": _shape(
        "text value",
        text=Text(n.OPTION_TEXT_MAX, mrkdwn=True),
        value=Str(n.OPTION_VALUE_MAX),
        description=Text(n.OPTION_TEXT_MAX, mrkdwn=True),
    ),
    "option_group": _shape("label options", label=Text(75), options=ListOf(_OPTION, n.OPTIONS_MAX)),
    "confirm": _shape(
        "title text",
        title=Text(100),
        text=Text(300, mrkdwn=True),
        confirm=Text(30),
        deny=Text(30),
        style=_STYLE,
    ),
    "dispatch_action_config": _shape(
        trigger_actions_on=ListOf(Enum(_words("on_enter_pressed on_character_entered")), 2)
    ),
    "slack_file": _shape("", "id url", id=Str(100), url=_URL),
    "filter": _shape(
        include=ListOf(Enum(_words("im mpim private public")), 4),
        exclude_external_shared_channels=_BOOL,
        exclude_bot_users=_BOOL,
    ),
    "feedback_button": _shape(
        "text value",
        text=Text(n.BUTTON_TEXT_MAX),
        value=Str(n.BUTTON_VALUE_MAX),
        accessibility_label=Str(75),
    ),
    "text_style": _shape(bold=_BOOL, italic=_BOOL, strike=_BOOL, code=_BOOL, underline=_BOOL),
    "mention_style": _shape(
        bold=_BOOL, italic=_BOOL, strike=_BOOL, highlight=_BOOL, client_highlight=_BOOL, unlink=_BOOL
    ),
    "column": _shape(align=Enum(_words("left center right")), is_wrapped=_BOOL),
    "workflow": _shape("trigger", trigger=Anything()),
}

_TEXT_STYLE = Obj("text_style")
_MENTION_STYLE = Obj("mention_style")
_TEXT_INPUT: dict[str, Rule] = {
    "action_id": _ID,
    "placeholder": _PLACEHOLDER,
    "initial_value": Str(_LONG),
    "dispatch_action_config": _DISPATCH,
    "focus_on_load": _BOOL,
}


def _chooser(required: str = "", one_of: str = "", /, **more: Rule) -> Shape:
    """Build an element that people choose with: action_id, placeholder, confirm and focus_on_load are common."""
    common: dict[str, Rule] = {
        "action_id": _ID,
        "placeholder": _PLACEHOLDER,
        "confirm": _CONFIRM,
        "focus_on_load": _BOOL,
    }
    return Shape(common | more, frozenset(required.split()), tuple(one_of.split()))


def _choices(**more: Rule) -> Shape:
    options = ListOf(_OPTION, n.OPTIONS_MAX)
    return _chooser(
        "", "options option_groups", options=options, option_groups=ListOf(Obj("option_group"), 100), **more
    )


_MANY: dict[str, Rule] = {"max_selected_items": Int(1, _LONG)}
_CONVERSATION: dict[str, Rule] = {"default_to_current_conversation": _BOOL, "filter": Obj("filter")}

ELEMENTS: Final[dict[str, Shape]] = {
    "button": _shape(
        "text",
        action_id=_ID,
        text=Text(n.BUTTON_TEXT_MAX),
        url=_URL,
        value=Str(n.BUTTON_VALUE_MAX),
        style=_STYLE,
        confirm=_CONFIRM,
        accessibility_label=Str(75),
        agent_prompt=Str(4000),
        agent_prompt_display=Anything(),
        visible_to_user_ids=_USERS,
    ),
    "workflow_button": _shape(
        "text workflow",
        action_id=_ID,
        text=Text(n.BUTTON_TEXT_MAX),
        workflow=Obj("workflow"),
        style=_STYLE,
        accessibility_label=Str(75),
    ),
    "image": _shape(
        "alt_text", "image_url slack_file", image_url=_URL, slack_file=Obj("slack_file"), alt_text=Str(2000)
    ),
    "overflow": _shape("options", action_id=_ID, options=ListOf(_OPTION, 5), confirm=_CONFIRM),
    "checkboxes": _shape(
        "options",
        action_id=_ID,
        options=ListOf(_MARKED_OPTION, 10),
        initial_options=ListOf(_MARKED_OPTION, 10),
        confirm=_CONFIRM,
        focus_on_load=_BOOL,
    ),
    "radio_buttons": _shape(
        "options",
        action_id=_ID,
        options=ListOf(_MARKED_OPTION, 10),
        initial_option=_MARKED_OPTION,
        confirm=_CONFIRM,
        focus_on_load=_BOOL,
    ),
    "datepicker": _chooser(initial_date=Str(10)),
    "timepicker": _chooser(initial_time=Str(5), timezone=Str(100)),
    "datetimepicker": _shape(
        action_id=_ID, initial_date_time=Int(0, 9_999_999_999), confirm=_CONFIRM, focus_on_load=_BOOL
    ),
    "static_select": _choices(initial_option=_OPTION),
    "multi_static_select": _choices(initial_options=ListOf(_OPTION, n.OPTIONS_MAX), **_MANY),
    "external_select": _chooser(initial_option=_OPTION, min_query_length=Int(0, _LONG)),
    "multi_external_select": _chooser(
        initial_options=ListOf(_OPTION, n.OPTIONS_MAX), min_query_length=Int(0, _LONG), **_MANY
    ),
    "users_select": _chooser(initial_user=Str(20)),
    "multi_users_select": _chooser(initial_users=_USERS, **_MANY),
    "conversations_select": _chooser(initial_conversation=Str(20), response_url_enabled=_BOOL, **_CONVERSATION),
    "multi_conversations_select": _chooser(initial_conversations=_USERS, **_CONVERSATION, **_MANY),
    "channels_select": _chooser(initial_channel=Str(20), response_url_enabled=_BOOL),
    "multi_channels_select": _chooser(initial_channels=_USERS, **_MANY),
    "plain_text_input": Shape(
        {**_TEXT_INPUT, "multiline": _BOOL, "min_length": Int(0, 3000), "max_length": Int(1, 3000)}
    ),
    "rich_text_input": Shape(
        {**_TEXT_INPUT, "initial_value": OneOf(_words("rich_text")), "min_lines": Int(1, 100), "max_lines": Int(1, 100)}
    ),
    "email_text_input": Shape(_TEXT_INPUT),
    "url_text_input": Shape(_TEXT_INPUT),
    "number_input": Shape(
        {**_TEXT_INPUT, "is_decimal_allowed": _BOOL, "min_value": Str(_LONG), "max_value": Str(_LONG)},
        frozenset({"is_decimal_allowed"}),
    ),
    "file_input": _shape(action_id=_ID, filetypes=ListOf(Str(50), 100), max_files=Int(1, 10)),
    "feedback_buttons": _shape(
        "positive_button negative_button",
        action_id=_ID,
        positive_button=Obj("feedback_button"),
        negative_button=Obj("feedback_button"),
    ),
    "icon_button": _shape(
        "icon text",
        action_id=_ID,
        icon=Enum(_words("trash")),
        text=Text(n.BUTTON_TEXT_MAX),
        value=Str(n.BUTTON_VALUE_MAX),
        confirm=_CONFIRM,
        accessibility_label=Str(75),
        visible_to_user_ids=ListOf(Str(20), 10),
    ),
    "url": _shape("url text", url=_URL, text=Str(n.BUTTON_TEXT_MAX)),
    # Table cells.
    "raw_text": _shape("text", text=Str(_LONG, shown=True)),
    "raw_number": _shape("value text", value=Number(), text=Str(_LONG, shown=True)),
    # The containers inside rich_text.
    "rich_text_section": _shape("elements", elements=ListOf(OneOf(INLINE), _LONG, 0)),
    "rich_text_preformatted": _shape(
        "elements", elements=ListOf(OneOf(_words("text link")), _LONG, 0), border=Int(0, 1), language=Str(50)
    ),
    "rich_text_quote": _shape("elements", elements=ListOf(OneOf(INLINE), _LONG, 0), border=Int(0, 1)),
    "rich_text_list": _shape(
        "elements style",
        elements=ListOf(OneOf(_words("rich_text_section")), _LONG, 0),
        style=Enum(_words("bullet ordered")),
        indent=Int(0, n.LIST_INDENT_MAX),
        offset=Int(0, _LONG),
        border=Int(0, 1),
    ),
    # And what stands inside those.
    "text": _shape("text", text=Str(_LONG, shown=True), style=_TEXT_STYLE),
    "link": _shape("url", url=_URL, text=Str(_LONG, shown=True), unsafe=_BOOL, style=_TEXT_STYLE),
    "emoji": _shape("name", name=Str(100), unicode=Str(100), skin_tone=Int(1, 6), style=_MENTION_STYLE),
    "user": _shape("user_id", user_id=Str(20), style=_MENTION_STYLE),
    "usergroup": _shape("usergroup_id", usergroup_id=Str(20), style=_MENTION_STYLE),
    "channel": _shape("channel_id", channel_id=Str(20), style=_MENTION_STYLE),
    "team": _shape("team_id", team_id=Str(20), style=_MENTION_STYLE),
    "broadcast": _shape("range", range=Enum(_words("here channel everyone")), style=_MENTION_STYLE),
    "date": _shape(
        "timestamp format",
        timestamp=Int(0, 9_999_999_999),
        format=Str(200),
        url=_URL,
        fallback=Str(1000, shown=True),
        style=_TEXT_STYLE,
    ),
    "color": _shape("value", value=Str(20), style=_MENTION_STYLE),
}

"""Slack's limits as numbers, in one place.

Sources: docs.slack.dev/reference/block-kit, /reference/methods/chat.postMessage, /apis/events-api,
/interactivity/handling-user-interaction. Characters are counted as Python counts them, bytes in UTF-8.
Not documented but measured by others: the cap on a whole message, about 13,300 with some 125 for each block beside its
text (slackapi/bolt-js issues 2509 and 2867), and that chat.update counts the bytes of `text` (openclaw pull request
115027). `tests/unit/local_slack/test_second_opinion.py` holds the rest against a table that others wrote.
"""

from __future__ import annotations

from typing import Final, Literal

Surface = Literal["message", "modal", "home"]

# Delivery.
ACK_TIMEOUT_S: Final = 3.0
RETRY_DELAYS_S: Final = (0.0, 60.0, 300.0)
TRIGGER_LIFETIME_S: Final = 3.0
RESPONSE_URL_LIFETIME_S: Final = 30 * 60.0
RESPONSE_URL_USES: Final = 5
MAX_SOCKET_CONNECTIONS: Final = 10

# Messages.
TEXT_MAX: Final = 40_000
UPDATE_TEXT_MAX_BYTES: Final = 4_000
MARKDOWN_TEXT_MAX: Final = 12_000
MESSAGE_BLOCK_TEXT_MAX: Final = 13_300
BLOCK_COST: Final = 125
METADATA_PAYLOAD_MAX: Final = 16_000
BLOCKS_MAX: Final[dict[Surface, int]] = {"message": 50, "modal": 100, "home": 100}

# Views.
VIEW_TITLE_MAX: Final = 24
VIEW_METADATA_MAX: Final = 3000
VIEW_STACK_MAX: Final = 3

# Ids and texts that many blocks share.
ID_MAX: Final = 255
URL_MAX: Final = 3000
SECTION_TEXT_MAX: Final = 3000
FIELD_TEXT_MAX: Final = 2000
HEADER_TEXT_MAX: Final = 150
BUTTON_TEXT_MAX: Final = 75
BUTTON_VALUE_MAX: Final = 2000
OPTION_TEXT_MAX: Final = 75
OPTION_VALUE_MAX: Final = 150
PLACEHOLDER_MAX: Final = 150
OPTIONS_MAX: Final = 100
TABLE_ROWS_MAX: Final = 100
TABLE_COLUMNS_MAX: Final = 20
TABLE_TEXT_MAX: Final = 10_000
TABLES_PER_MESSAGE: Final = 1
DATA_TABLE_ROWS_MAX: Final = 201
DATA_TABLE_TEXT_MAX: Final = 20_000
LIST_INDENT_MAX: Final = 8

ALL: Final[frozenset[Surface]] = frozenset({"message", "modal", "home"})
MESSAGE: Final[frozenset[Surface]] = frozenset({"message"})
MODAL: Final[frozenset[Surface]] = frozenset({"modal"})
MESSAGE_AND_HOME: Final[frozenset[Surface]] = frozenset({"message", "home"})

BLOCK_SURFACES: Final[dict[str, frozenset[Surface]]] = {
    "actions": ALL,
    "alert": MODAL,
    "call": MESSAGE,
    "card": ALL,
    "carousel": MESSAGE_AND_HOME,
    "container": MESSAGE_AND_HOME,
    "context": ALL,
    "context_actions": MESSAGE,
    "data_table": MESSAGE_AND_HOME,
    "divider": ALL,
    "file": MESSAGE,
    "header": ALL,
    "image": ALL,
    "input": ALL,
    "markdown": MESSAGE,
    "plan": MESSAGE,
    "rich_text": ALL,
    "section": ALL,
    "table": MESSAGE_AND_HOME,
    "task_card": MESSAGE,
    "video": ALL,
}

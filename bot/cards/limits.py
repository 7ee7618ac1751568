"""Slack's limits, as numbers that the cards keep by construction.

Source: Slack's reference of blocks and elements (docs.slack.dev/reference/block-kit) and of chat.postMessage.
"""

from __future__ import annotations

BLOCKS = 48
"""Blocks in a message: Slack takes 50, two are left for what a surface adds (who shows it, a button to share)."""
HEADER_TEXT = 150
CONTEXT_TEXT = 2_000
RICH_TEXT_PART = 3_000
"""Characters of one text part; Slack names no number for rich text, this is the one of a section."""
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_TEXT = 8_000
"""Characters of all cells; Slack refuses a table of more than 10,000."""
ACTIONS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
MESSAGE_BLOCK_TEXT = 12_000
"""Characters of all blocks together, the cost of each block included; Slack refuses about 13,300."""
BLOCK_COST = 125
"""What Slack counts for a block beside its text (measured by others: slackapi/bolt-js issue 2509)."""
MESSAGE_TEXT = 4_000
"""Characters of the `text` of a message that Slack asks for; over 40,000 it cuts."""


def cut(text: str, limit: int) -> str:
    """Return *text* with at most *limit* characters, an ellipsis where something was lost."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"

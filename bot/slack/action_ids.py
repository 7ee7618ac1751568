"""Names of what can be pressed on the bot's own surfaces. Those on cards are in `bot.cards.action_ids`."""

from __future__ import annotations

COMMAND = "/mailports"
SHORTCUT = "ask_about_message"
SHARE = "share_with_everyone"
HOME_LANGUAGE = "home_language"

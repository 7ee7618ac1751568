"""Turn the text of a Slack message back into what its author typed.

Slack marks mentions, links and dates with angle brackets and escapes the three characters that would clash with them.
Nothing of that may reach the reading of a question: a host name that Slack made a link of is a host name.

Source: docs.slack.dev/messaging/formatting-message-text (escaping, links, mentions, dates).
"""

from __future__ import annotations

import re

# One pass over both: undoing the escapes first would make markup out of what somebody typed as text.
_MARKED = re.compile(r"<([^<>\n]{1,3000})>|&(lt|gt|amp);")
# An emoji stands alone or next to Japanese; a colon inside `imap.example.com:993` is none.
_EMOJI = re.compile(r"(?<![A-Za-z0-9.:]):[a-z_+][a-z0-9_+'-]{0,99}:(?::skin-tone-[2-6]:)?(?![A-Za-z0-9])")
_SPACES = re.compile(r"[ \t]{2,}")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&"}


def plain_text(text: str) -> str:
    """Return *text* without Slack's markup: links as they were typed, no mentions, no emoji codes.

    People are left out altogether, the bot included: who was named does not help to read a question, and a name
    does not belong into what is stored.

    Args:
        text: The `text` of an event or of a command.
    """
    without = _MARKED.sub(_undo, text)
    if ":" in without:
        without = _EMOJI.sub(" ", without)
    return _SPACES.sub(" ", without).strip()


def mentions(text: str, user_id: str) -> bool:
    """Say whether *text* names that user, with or without a label."""
    return f"<@{user_id}>" in text or f"<@{user_id}|" in text


def _undo(found: re.Match[str]) -> str:
    if found[2] is not None:
        return _ENTITIES[found[2]]
    target, _, label = found[1].partition("|")
    if target.startswith(("@", "!subteam")):
        return " "
    if target.startswith("#"):
        return f"#{label}" if label else " "
    if target.startswith("!"):
        # Only dates have a text for readers without Slack; <!channel> and its kin say nothing about mail.
        return unescape(label) if target.startswith("!date") else " "
    return unescape(label or target.removeprefix("mailto:").removeprefix("tel:"))


def unescape(text: str) -> str:
    """Undo the three escapes, once: `&amp;lt;` was typed as `&lt;`."""
    return re.sub(r"&(lt|gt|amp);", lambda found: _ENTITIES[found[1]], text) if "&" in text else text

"""Take away what Slack and mail programs wrap around a question: markup and quoted mail."""

from __future__ import annotations

import re
from typing import Final

from bot.text.pattern import LazyPattern

# One pass over both: undoing the escapes first would make markup out of what somebody typed as text.
_MARKED: Final = LazyPattern(r"<([^<>\n]{1,3000})>|&(lt|gt|amp);")
_ESCAPE: Final = LazyPattern(r"&(lt|gt|amp);")
# An emoji stands alone or next to Japanese; a colon inside `imap.example.com:993` is none.
_EMOJI: Final = LazyPattern(r"(?<![A-Za-z0-9.:]):[a-z_+][a-z0-9_+'-]{0,99}:(?::skin-tone-[2-6]:)?(?![A-Za-z0-9])")
_SPACES: Final = LazyPattern(r"[ \t]{2,}")
_ENTITIES: Final = {"lt": "<", "gt": ">", "amp": "&"}
_MOST_QUOTED: Final = 60
"""Lines that are read of a message that is nothing but a quotation."""
_QUOTE_MARK: Final = LazyPattern(r"^(?:\s|>|＞|\||&gt;){1,40}")
_QUOTE: Final = (">", "＞", "|>", "&gt;")


def plain_text(text: str) -> str:
    """Return *text* without Slack's markup: links as they were typed, no mentions, no emoji codes.

    People are left out altogether, the bot included: who was named does not help to read a question, and a name
    does not belong into what is stored. Nothing of the markup may reach the reading: a host name that Slack made a link
    of is a host name.

    Args:
        text: The `text` of an event or of a command, or of a message that was exported from Slack.

    Source: docs.slack.dev/messaging/formatting-message-text (escaping, links, mentions, dates).
    """
    if "<" in text or "&" in text:
        text = _MARKED.sub(_undo, text)
    if ":" in text:
        text = _EMOJI.sub(" ", text)
    return _SPACES.sub(" ", text).strip()


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
        return _unescape(label) if target.startswith("!date") else " "
    return _unescape(label or target.removeprefix("mailto:").removeprefix("tel:"))


def _unescape(text: str) -> str:
    """Undo the three escapes, once: `&amp;lt;` was typed as `&lt;`."""
    return _ESCAPE.sub(lambda found: _ENTITIES[found[1]], text) if "&" in text else text


def strip_quotes(text: str) -> str:
    """Return *text* without quoted lines (`> …`), unless it consists of nothing else."""
    own, quoted = _parted(text)
    if not quoted:
        return text
    return "\n".join(own) if any(line.strip() for line in own) else _bare(quoted)


def quoted_lines(text: str) -> str:
    """Return the quoted lines of a message that has lines of its own too, without their marks; empty if there are none.

    Args:
        text: Message text.
    """
    own, quoted = _parted(text)
    return _bare(quoted) if any(line.strip() for line in own) else ""


def _parted(text: str) -> tuple[list[str], list[str]]:
    """Return a message's own lines and those that it quotes."""
    if not any(mark in text for mark in _QUOTE):
        return [text], []
    own: list[str] = []
    quoted: list[str] = []
    for line in text.split("\n"):
        (quoted if line.lstrip().startswith(_QUOTE) else own).append(line)
    return own, quoted


def _bare(quoted: list[str]) -> str:
    return "\n".join(_QUOTE_MARK.sub("", line) for line in quoted[:_MOST_QUOTED])

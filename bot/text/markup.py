"""Take away what Slack and mail programs wrap around a question: markup and quoted mail."""

from __future__ import annotations

import re
from typing import Final

from bot.text.pattern import LazyPattern

_SLACK: Final = LazyPattern(r"<([^<>\n]{1,2000})>")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_EMOJI: Final = LazyPattern(r":[a-z0-9_+-]{1,60}:(?![0-9])")
_MOST_QUOTED: Final = 60
"""Lines that are read of a message that is nothing but a quotation."""
_QUOTE_MARK: Final = LazyPattern(r"^(?:\s|>|＞|\||&gt;){1,40}")
_QUOTE: Final = (">", "＞", "|>", "&gt;")


def strip_markup(text: str) -> str:
    """Return *text* as its reader sees it: links by their address, mentions and emoji names gone, entities undone.

    Args:
        text: Message text, possibly with Slack's mrkdwn.
    """
    if "<" in text:
        text = _SLACK.sub(_read_link, text)
    if "&" in text:
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
    if ":" in text:
        text = _EMOJI.sub(" ", text)
    return text


def _read_link(match: re.Match[str]) -> str:
    target, _, label = match[1].partition("|")
    if target[0] in "@#!":
        return " "
    if target.startswith("mailto:"):
        return label or target[7:]
    if "://" in target:
        # `<http://imap.gmail.com|imap.gmail.com>`: Slack made a link of a host name.
        return label or target
    return match[0]


def strip_quotes(text: str) -> str:
    """Return *text* without quoted lines (`> …`), unless it consists of nothing else."""
    if ">" not in text and "＞" not in text and "&gt;" not in text:
        return text
    lines = text.split("\n")
    own = [line for line in lines if not line.lstrip().startswith(_QUOTE)]
    if any(line.strip() for line in own):
        return "\n".join(own)
    return "\n".join(_QUOTE_MARK.sub("", line) for line in lines[:_MOST_QUOTED])


def quoted_lines(text: str) -> str:
    """Return the quoted lines of a message that has lines of its own too, without their marks; empty if there are none.

    Args:
        text: Message text.
    """
    if ">" not in text and "＞" not in text and "&gt;" not in text:
        return ""
    lines = text.split("\n")
    quoted = [line for line in lines if line.lstrip().startswith(_QUOTE)]
    if not any(line.strip() for line in lines if not line.lstrip().startswith(_QUOTE)):
        return ""
    return "\n".join(_QUOTE_MARK.sub("", line) for line in quoted[:_MOST_QUOTED])

"""Read what Slack sends: which question is it, where does it belong, is it for us at all.

An event becomes a `Question`, an `Edit` or a `Removal`, or nothing. One message has one key, whatever event, twin or
redelivery it came by: that is what "answered once" hangs on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.kb.model import Language
from bot.match.model import Surface, Utterance
from bot.text.markup import plain_text

Json = dict[str, Any]

# A plain message, one with files, and a thread reply that was also sent to the channel (which comes *instead of* a
# plain one). Everything else with a subtype is Slack talking about itself: joins, topics, reminders.
SPOKEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})
_SLACKBOT = "USLACKBOT"
# A slash command must not bring a novel into the reading; Slack itself cuts messages at 40,000.
MAX_TEXT = 40_000
_TS = re.compile(r"\d{1,12}\.\d{1,6}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in this workspace, as auth.test says."""

    team: str
    user_id: str
    bot_id: str


@dataclass(frozen=True, slots=True)
class Question:
    """One message that may be a question, with everything that decides where its answer goes."""

    team: str
    channel: str
    user: str
    ts: str
    text: str
    """As typed: Slack's markup undone, mentions taken out."""
    surface: Surface
    thread_ts: str | None = None
    """Set when the message stands in a thread below another one."""
    parent_user: str | None = None
    """Who began that thread, where Slack says so."""
    files: bool = False
    event_time: float = 0.0
    """Seconds since the epoch at which Slack noticed the message."""
    redelivered: bool = False

    @property
    def root(self) -> str:
        """Return the time stamp of the thread that the answer belongs into."""
        return self.thread_ts or self.ts

    @property
    def addressed(self) -> bool:
        """Say whether somebody spoke to us, rather than near us."""
        return self.surface != "channel"

    @property
    def direct(self) -> bool:
        """Say whether it is a direct message."""
        return self.surface == "dm"

    def utterance(self, *, chosen: Language | None = None, locale: str | None = None) -> Utterance:
        """Return the question without any trace of Slack.

        Args:
            chosen: The language that the asker has chosen once and for all.
            locale: IETF tag of the asker's Slack.
        """
        return Utterance(self.text, self.surface, locale=locale, chosen_language=chosen, files=self.files)


@dataclass(frozen=True, slots=True)
class Edit:
    """A question whose words were changed after it was asked."""

    question: Question
    edited_at: float
    """When, in seconds since the epoch; of two edits the later one counts."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A question that its author took back."""

    team: str
    channel: str
    ts: str


Incoming = Question | Edit | Removal


def read_event(body: Mapping[str, Any], identity: Identity, *, redelivered: bool = False) -> Incoming | None:
    """Read a `message` or `app_mention` event.

    Args:
        body: The outer event.
        identity: Who we are, to know our own words and our name.
        redelivered: Slack has sent this before.

    Returns:
        What was said, or None where it is nothing to us: our own words, another bot's, Slack's own, an unfurl.
    """
    event = body.get("event")
    if not isinstance(event, dict):
        return None
    common = _Common(
        team=_text(body.get("team_id")) or identity.team,
        channel=_text(event.get("channel")),
        channel_type=_text(event.get("channel_type")),
        event_time=_number(body.get("event_time")),
        redelivered=redelivered,
    )
    if not common.channel:
        return None
    subtype = event.get("subtype")
    if event.get("type") == "app_mention":
        return None if _is_changed_mention(event) else _read_message(event, common, identity, mention=True)
    if subtype == "message_changed":
        return _read_change(event, common, identity)
    if subtype == "message_deleted":
        return _read_removal(event.get("previous_message"), event.get("deleted_ts"), common, identity)
    if subtype not in SPOKEN:
        return None
    return _read_message(event, common, identity)


def mentions(text: str, user_id: str) -> bool:
    """Say whether *text* names that user, with or without a label."""
    return f"<@{user_id}>" in text or f"<@{user_id}|" in text


def question_of_message(message: Mapping[str, Any], *, team: str, channel: str) -> Question | None:
    """Read a message that somebody points at with the shortcut: any human's, whatever it says.

    Returns:
        The question with surface `shortcut`, or None where the message has no time stamp.
    """
    ts = _text(message.get("ts"))
    if not _TS.fullmatch(ts):
        return None
    thread = _text(message.get("thread_ts"))
    return Question(
        team=team,
        channel=channel,
        user=_text(message.get("user")),
        ts=ts,
        text=plain_text(_text(message.get("text"))[:MAX_TEXT]),
        surface="shortcut",
        thread_ts=thread if thread and thread != ts else None,
        files=bool(message.get("files")),
    )


@dataclass(frozen=True, slots=True)
class _Common:
    """What the outer event says about whatever is inside."""

    team: str
    channel: str
    channel_type: str
    event_time: float
    redelivered: bool


def _read_message(
    message: Mapping[str, Any], common: _Common, identity: Identity, *, mention: bool = False
) -> Question | None:
    user, ts = _text(message.get("user")), _text(message.get("ts"))
    if not user or not _TS.fullmatch(ts) or _is_machine(message, identity):
        return None
    raw = _text(message.get("text"))[:MAX_TEXT]
    surface: Surface
    if common.channel_type == "im" or (not common.channel_type and common.channel.startswith("D")):
        surface = "dm"
    else:
        # The twin of an app_mention is told by the mention in its text, so that both become the same question.
        surface = "mention" if mention or mentions(raw, identity.user_id) else "channel"
    thread = _text(message.get("thread_ts"))
    return Question(
        team=common.team,
        channel=common.channel,
        user=user,
        ts=ts,
        text=plain_text(raw),
        surface=surface,
        thread_ts=thread if thread and thread != ts else None,
        parent_user=_text(message.get("parent_user_id")) or None,
        files=bool(message.get("files")),
        event_time=common.event_time,
        redelivered=common.redelivered,
    )


def _read_change(event: Mapping[str, Any], common: _Common, identity: Identity) -> Edit | Removal | None:
    """Tell an edit from the rest: Slack says `message_changed` for unfurls, new replies and attachments as well."""
    after, before = event.get("message"), event.get("previous_message")
    if not isinstance(after, dict) or not isinstance(before, dict):
        return None
    if after.get("subtype") == "tombstone":
        # A deleted message that has replies stays as a tombstone.
        return _read_removal(before, after.get("ts"), common, identity)
    if after.get("subtype") not in SPOKEN or _text(after.get("text")) == _text(before.get("text")):
        return None
    question = _read_message(after, common, identity)
    if question is None:
        return None
    edited = after.get("edited")
    stamp = edited.get("ts") if isinstance(edited, dict) else event.get("event_ts")
    return Edit(question, _number(stamp) or common.event_time)


def _read_removal(before: object, deleted_ts: object, common: _Common, identity: Identity) -> Removal | None:
    ts = _text(deleted_ts)
    if not ts or (isinstance(before, dict) and _is_machine(before, identity)):
        return None
    return Removal(common.team, common.channel, ts)


def _is_changed_mention(event: Mapping[str, Any]) -> bool:
    """Slack repeats app_mention for a message that was edited; the edit itself comes as `message_changed`."""
    return isinstance(event.get("edited"), dict)


def _is_machine(message: Mapping[str, Any], identity: Identity) -> bool:
    return bool(message.get("bot_id")) or message.get("user") in {identity.user_id, _SLACKBOT}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float:
    try:
        return float(value) if isinstance(value, (int, float, str)) else 0.0
    except ValueError:
        return 0.0

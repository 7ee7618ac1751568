"""Build what Slack sends to an app, in Slack's own shape.

Only dictionaries come out of here; sending them is the business of `delivery` and `socket_mode`.

Source: docs.slack.dev/apis/events-api (the outer event), /reference/events/message, /reference/interaction-payloads.
"""

from __future__ import annotations

import re
from typing import Any

from bot.local_slack.state import CHANNEL_TYPES, Channel, Json, Message, User, Workspace

# Slack still sends it; an app must check the signature instead.
VERIFICATION_TOKEN = "verification-token-of-the-local-slack"  # noqa: S105

_PART = re.compile(r"<([^<>]+)>")
_TEXT_ESCAPES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def unescape(text: str) -> str:
    """Undo Slack's three escapes."""
    return re.sub("&(?:lt|gt|amp);", lambda m: _TEXT_ESCAPES[m[0]], text)


def rich_text_of(text: str) -> list[Json]:
    """Say a typed message as the rich_text block that Slack's composer adds to it.

    Mentions, channels and links become elements of their own; everything else is one run of text.
    """
    elements: list[Json] = []
    position = 0
    for found in _PART.finditer(text):
        if found.start() > position:
            elements.append({"type": "text", "text": unescape(text[position : found.start()])})
        elements.append(_rich_part(found[1]))
        position = found.end()
    if position < len(text):
        elements.append({"type": "text", "text": unescape(text[position:])})
    return [
        {"type": "rich_text", "block_id": "typed", "elements": [{"type": "rich_text_section", "elements": elements}]}
    ]


def _rich_part(inner: str) -> Json:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    link: Json = {"type": "link", "url": unescape(target)}
    if label:
        link["text"] = unescape(label)
    return link


def message_json(workspace: Workspace, message: Message, *, with_metadata: bool = True) -> Json:
    """Give a stored message the shape it has in the Web API and in interaction payloads."""
    out: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": workspace.team_id,
    }
    if message.bot:
        out["bot_id"] = workspace.bot_id if message.user == workspace.bot.id else "B" + message.user[1:]
        out["app_id"] = workspace.app_id if message.user == workspace.bot.id else "A" + message.user[1:]
    for key in ("blocks", "attachments", "files", "subtype", "client_msg_id", "edited"):
        value = getattr(message, key)
        if value is not None:
            out[key] = value
    if message.broadcast and message.is_reply:
        out["subtype"] = "thread_broadcast"
    if with_metadata and message.metadata is not None:
        out["metadata"] = message.metadata
    if message.thread_ts is not None:
        out["thread_ts"] = message.thread_ts
        parent = workspace.channels[message.channel].messages.get(message.thread_ts)
        if message.is_reply and parent is not None:
            out["parent_user_id"] = parent.user
    if message.replies:
        out["reply_count"] = len(message.replies)
        out["reply_users"] = list(dict.fromkeys(r.user for r in message.replies))
        out["reply_users_count"] = len(out["reply_users"])
        out["latest_reply"] = message.replies[-1].ts
    if message.reactions:
        out["reactions"] = [{"name": n, "users": list(u), "count": len(u)} for n, u in message.reactions.items()]
    return out


class Payloads:
    """Builds events, commands and interactions for one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    # -- events ----------------------------------------------------------------------------------------------------

    def event(self, event: Json) -> Json:
        """Wrap an inner event in the outer one, with a fresh event id."""
        w = self._workspace
        channel = event.get("channel")
        where = channel if isinstance(channel, str) else ""
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": w.team_id,
            "context_team_id": w.team_id,
            "context_enterprise_id": None,
            "api_app_id": w.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": w.new_id("Ev"),
            "event_time": int(w.clock()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": w.team_id,
                    "user_id": w.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{w.team_id}-{w.app_id}-{where}",
        }

    def message(self, channel: Channel, message: Message) -> Json:
        """Say that a message was posted: plain, with files, by a bot, or a reply that was also sent to the channel."""
        inner = message_json(self._workspace, message)
        inner.pop("reply_count", None)
        inner.update(channel=channel.id, event_ts=message.ts, channel_type=CHANNEL_TYPES[channel.kind])
        if message.broadcast and message.thread_ts is not None:
            # Slack sends this *instead of* a plain message, never beside it.
            root = channel.messages.get(message.thread_ts)
            if root is not None:
                inner["root"] = message_json(self._workspace, root)
        return inner

    def mention(self, channel: Channel, message: Message) -> Json:
        """Say that the bot was mentioned. The same message as an event of another type."""
        inner: Json = {
            "type": "app_mention",
            "user": message.user,
            "ts": message.ts,
            "text": message.text,
            "team": self._workspace.team_id,
            "channel": channel.id,
            "event_ts": message.ts,
        }
        for key in ("client_msg_id", "blocks", "files", "thread_ts", "attachments"):
            value = getattr(message, key)
            if value is not None:
                inner[key] = value
        if message.is_reply and message.thread_ts is not None:
            parent = channel.messages.get(message.thread_ts)
            if parent is not None:
                inner["parent_user_id"] = parent.user
        return inner

    def changed(self, channel: Channel, message: Message, previous: Json) -> Json:
        """Say that a message is not what it was. Slack sends this for edits *and* for unfurls and new replies."""
        ts = self._workspace.new_ts()
        return {
            "type": "message",
            "subtype": "message_changed",
            "message": message_json(self._workspace, message),
            "previous_message": previous,
            "channel": channel.id,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": CHANNEL_TYPES[channel.kind],
        }

    def deleted(self, channel: Channel, previous: Json) -> Json:
        """Say that a message is gone."""
        ts = self._workspace.new_ts()
        return {
            "type": "message",
            "subtype": "message_deleted",
            "previous_message": previous,
            "deleted_ts": previous["ts"],
            "channel": channel.id,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": CHANNEL_TYPES[channel.kind],
        }

    def home_opened(self, user: User, tab: str, view: Json | None, viewing: str | None) -> Json:
        """Say that somebody opened the app's home or messages tab; *viewing* is the channel they came from."""
        inner: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self._workspace.dm(user).id,
            "tab": tab,
            "event_ts": self._workspace.new_ts(),
        }
        if viewing is not None:
            entity = {"type": "slack#/types/channel_id", "value": viewing, "team_id": self._workspace.team_id}
            inner["context"] = {"entities": [entity]}
        if view is not None and tab == "home":
            inner["view"] = view
        return inner

    def member_joined(self, channel: Channel, user: User, inviter: User | None) -> Json:
        """Say that somebody, perhaps the bot itself, is now in a channel."""
        inner: Json = {
            "type": "member_joined_channel",
            "user": user.id,
            "channel": channel.id,
            "channel_type": "G" if channel.kind == "private" else "C",
            "team": self._workspace.team_id,
            "event_ts": self._workspace.new_ts(),
        }
        if inviter is not None:
            inner["inviter"] = inviter.id
        return inner

    def reaction(self, message: Message, user: User, name: str, *, added: bool) -> Json:
        """Say that an emoji was put on a message or taken off it."""
        return {
            "type": "reaction_added" if added else "reaction_removed",
            "user": user.id,
            "reaction": name,
            "item_user": message.user,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "event_ts": self._workspace.new_ts(),
        }

    # -- commands and interactions ---------------------------------------------------------------------------------

    def slash(
        self, user: User, channel: Channel, command: str, text: str, response_url: str, trigger_id: str
    ) -> dict[str, str]:
        """Build the fields of a slash command; it has no event id and is sent once."""
        w = self._workspace
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": w.team_id,
            "team_domain": w.domain,
            "channel_id": channel.id,
            "channel_name": channel_name(channel),
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text,
            "api_app_id": w.app_id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": trigger_id,
        }

    def interaction(self, kind: str, user: User, **more: Any) -> Json:
        """Build what block_actions, shortcuts and views have in common; *more* is added as it is."""
        w = self._workspace
        return {
            "type": kind,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": w.team_id},
            "api_app_id": w.app_id,
            "token": VERIFICATION_TOKEN,
            "team": {"id": w.team_id, "domain": w.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            **more,
        }


def channel_name(channel: Channel) -> str:
    """Name a channel as commands and interactions do."""
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)

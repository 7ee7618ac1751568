"""The conversations.* and users.* methods: reading what is there.

Source: docs.slack.dev/reference/methods/conversations.* and users.*.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from bot.local_slack.api_base import Api, ApiError, Method, flag, known_user, need, seen_channel
from bot.local_slack.events import message_json
from bot.local_slack.state import Channel, Json, Message, User

T = TypeVar("T")

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_KIND_SCOPE = {"channel": "channels", "private": "groups", "im": "im"}


def _page(items: Sequence[T], arguments: Json, most: int) -> tuple[list[T], Json]:
    """Cut one page out of a list and return it with the cursor to the next."""
    try:
        limit = min(int(arguments.get("limit") or 100), most)
    except (TypeError, ValueError):
        raise ApiError("invalid_limit") from None
    if limit < 1:
        raise ApiError("invalid_limit")
    start = 0
    if arguments.get("cursor"):
        try:
            start = int(base64.b64decode(str(arguments["cursor"])).removeprefix(b"next:"))
        except ValueError:
            raise ApiError("invalid_cursor") from None
    end = start + limit
    cursor = base64.b64encode(b"next:%d" % end).decode() if end < len(items) else ""
    return list(items[start:end]), {"next_cursor": cursor}


def _check_kind(api: Api, channel: Channel, what: str) -> None:
    scope = f"{_KIND_SCOPE[channel.kind]}:{what}"
    if scope not in api.scopes:
        raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(api.scopes)))


def _channel_json(api: Api, channel: Channel) -> Json:
    member = api.workspace.bot.id in channel.members
    out: Json = {
        "id": channel.id,
        "is_im": channel.kind == "im",
        "is_archived": channel.is_archived,
        "created": channel.created,
        "context_team_id": api.workspace.team_id,
        "is_private": channel.kind != "channel",
    }
    if channel.kind == "im":
        return {**out, "user": channel.person, "is_open": True, "is_user_deleted": False, "priority": 0}
    return {
        **out,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private",
        "is_mpim": False,
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_member": member,
        "creator": channel.creator,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def info(api: Api, arguments: Json) -> Json:
    """conversations.info."""
    channel = seen_channel(api, arguments)
    _check_kind(api, channel, "read")
    out = _channel_json(api, channel)
    if flag(arguments.get("include_locale")):
        out["locale"] = "ja-JP"
    return {"ok": True, "channel": out}


def open_conversation(api: Api, arguments: Json) -> Json:
    """conversations.open: the direct messages with one person."""
    if arguments.get("channel"):
        channel = seen_channel(api, arguments)
    else:
        users = [user for user in str(arguments.get("users") or "").split(",") if user]
        if not users:
            raise ApiError("users_list_not_supplied")
        if len(users) > 1:
            raise ApiError("method_not_supported_for_channel_type")
        if users[0] not in api.workspace.users:
            raise ApiError("user_not_found")
        if api.workspace.users[users[0]].is_bot:
            raise ApiError("cannot_dm_bot")
        channel = api.workspace.dm(users[0])
    full = flag(arguments.get("return_im"))
    return {"ok": True, "channel": _channel_json(api, channel) if full else {"id": channel.id}}


def list_conversations(api: Api, arguments: Json) -> Json:
    """conversations.list: public channels, and of the rest those with the bot."""
    types = str(arguments.get("types") or "public_channel").split(",")
    wanted = {{"public_channel": "channel", "private_channel": "private", "im": "im"}.get(t.strip(), "") for t in types}
    channels = [
        c
        for c in api.workspace.channels.values()
        if c.kind in wanted
        and (c.kind == "channel" or api.workspace.bot.id in c.members)
        and not (c.is_archived and flag(arguments.get("exclude_archived")))
    ]
    page, metadata = _page(channels, arguments, 1000)
    return {"ok": True, "channels": [_channel_json(api, c) for c in page], "response_metadata": metadata}


def members(api: Api, arguments: Json) -> Json:
    """conversations.members."""
    channel = seen_channel(api, arguments)
    _check_kind(api, channel, "read")
    page, metadata = _page(sorted(channel.members), arguments, 1000)
    return {"ok": True, "members": page, "response_metadata": metadata}


def _in_range(messages: list[Message], arguments: Json) -> list[Message]:
    oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "")
    inclusive = flag(arguments.get("inclusive"))
    try:
        low, high = float(oldest), float(latest) if latest else None
    except ValueError:
        raise ApiError("invalid_ts_oldest") from None

    def fits(message: Message) -> bool:
        at = float(message.ts)
        above = at > low or (inclusive and at == low)
        below = high is None or at < high or (inclusive and at == high)
        return above and below

    return [m for m in messages if fits(m)]


def _messages(api: Api, messages: list[Message], arguments: Json, most: int) -> Json:
    page, metadata = _page(messages, arguments, most)
    full = flag(arguments.get("include_all_metadata"))
    return {
        "ok": True,
        "messages": [message_json(api.workspace, m, with_metadata=full) for m in page],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def history(api: Api, arguments: Json) -> Json:
    """conversations.history: newest first, without replies unless they were also sent to the channel."""
    channel = seen_channel(api, arguments)
    _check_kind(api, channel, "history")
    if api.workspace.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    shown = [m for m in channel.messages.values() if not m.is_reply or m.broadcast]
    return _messages(api, _in_range(shown, arguments)[::-1], arguments, 999)


def replies(api: Api, arguments: Json) -> Json:
    """conversations.replies: a thread, its parent first."""
    channel = seen_channel(api, arguments)
    _check_kind(api, channel, "history")
    (ts,) = need(arguments, "ts")
    message = channel.messages.get(ts)
    if message is None:
        raise ApiError("thread_not_found")
    if api.workspace.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    thread = api.workspace.messages_in(channel, message.thread_ts or message.ts)
    parent, rest = thread[:1], thread[1:]
    return _messages(api, parent + _in_range(rest, arguments), arguments, 1000)


def _user_json(api: Api, user: User, *, locale: bool) -> Json:
    out: Json = {
        "id": user.id,
        "team_id": api.workspace.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "color": user.color,
        "tz": "Asia/Tokyo" if user.locale == "ja-JP" else "America/New_York",
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "profile": {"real_name": user.real_name, "display_name": user.name, "team": api.workspace.team_id},
    }
    if user.is_bot:
        out["profile"].update(api_app_id=api.workspace.app_id, bot_id=api.workspace.bot_id)
    if locale:
        out["locale"] = user.locale
    return out


def user_info(api: Api, arguments: Json) -> Json:
    """users.info."""
    user = known_user(api, arguments)
    return {"ok": True, "user": _user_json(api, user, locale=flag(arguments.get("include_locale")))}


def list_users(api: Api, arguments: Json) -> Json:
    """users.list."""
    page, metadata = _page(list(api.workspace.users.values()), arguments, 1000)
    locale = flag(arguments.get("include_locale"))
    return {
        "ok": True,
        "members": [_user_json(api, user, locale=locale) for user in page],
        "cache_ts": int(api.workspace.clock()),
        "response_metadata": metadata,
    }


METHODS = {
    "conversations.info": Method(info, _READ),
    "conversations.list": Method(list_conversations, _READ),
    "conversations.members": Method(members, _READ),
    "conversations.open": Method(open_conversation, ("im:write", "channels:manage", "groups:write", "mpim:write")),
    "conversations.history": Method(history, _HISTORY),
    "conversations.replies": Method(replies, _HISTORY),
    "users.info": Method(user_info, ("users:read",)),
    "users.list": Method(list_users, ("users:read",)),
}

"""The chat.* and reactions.* methods.

Source: docs.slack.dev/reference/methods/chat.postMessage, .update, .delete, .postEphemeral, .getPermalink.
"""

from __future__ import annotations

import re

from bot.local_slack.api_base import (
    Api,
    ApiError,
    Method,
    flag,
    known_user,
    need,
    read_content,
    seen_channel,
    stored_message,
    writable_channel,
)
from bot.local_slack.events import message_json
from bot.local_slack.limits import UPDATE_TEXT_MAX_BYTES
from bot.local_slack.state import Change, Channel, Json, Message

_TS = re.compile(r"\d{1,12}\.\d{6}")


def _thread_of(channel: Channel, arguments: Json) -> str | None:
    thread_ts = arguments.get("thread_ts")
    if not thread_ts:
        return None
    if not isinstance(thread_ts, str) or not _TS.fullmatch(thread_ts):
        raise ApiError("invalid_thread_ts")
    if thread_ts not in channel.messages:
        raise ApiError("thread_not_found")
    return thread_ts


def post_message(api: Api, arguments: Json) -> Json:
    """chat.postMessage."""
    channel = writable_channel(api, arguments)
    text, blocks = read_content(api.workspace, arguments)
    thread_ts = _thread_of(channel, arguments)
    message = Message(
        ts=api.workspace.new_ts(),
        channel=channel.id,
        user=api.workspace.bot.id,
        text=text,
        bot=True,
        thread_ts=thread_ts,
        blocks=blocks,
        metadata=arguments.get("metadata"),
        attachments=arguments.get("attachments"),
        broadcast=thread_ts is not None and flag(arguments.get("reply_broadcast")),
    )
    api.workspace.post(message)
    api.announcer.posted(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": message_json(api.workspace, message)}


def post_ephemeral(api: Api, arguments: Json) -> Json:
    """chat.postEphemeral."""
    channel = writable_channel(api, arguments)
    user = known_user(api, arguments)
    if user.id not in channel.members:
        raise ApiError("user_not_in_channel")
    text, blocks = read_content(api.workspace, arguments)
    message = Message(
        ts=api.workspace.new_ts(),
        channel=channel.id,
        user=api.workspace.bot.id,
        text=text,
        bot=True,
        thread_ts=_thread_of(channel, arguments),
        blocks=blocks,
    )
    api.workspace.post_ephemeral(message, user.id)
    return {"ok": True, "message_ts": message.ts}


def update(api: Api, arguments: Json) -> Json:
    """chat.update: only the bot's own messages; blocks are kept unless given, and gone when given as an empty list."""
    channel = seen_channel(api, arguments)
    (ts,) = need(arguments, "ts")
    message = stored_message(channel, ts)
    if message.user != api.workspace.bot.id:
        raise ApiError("cant_update_message")
    if channel.is_archived:
        raise ApiError("is_archived")
    previous = message_json(api.workspace, message)
    text, blocks = read_content(api.workspace, arguments)
    if len(text.encode("utf-8", "surrogatepass")) > UPDATE_TEXT_MAX_BYTES:
        raise ApiError("msg_too_long")
    message.text = text or message.text
    if "blocks" in arguments or "markdown_text" in arguments or text:
        # A new text without blocks replaces the blocks too: the old ones would contradict it.
        message.blocks = blocks
    if "metadata" in arguments:
        message.metadata = arguments["metadata"]
    if "attachments" in arguments:
        message.attachments = arguments["attachments"] or None
    message.edited = {"user": api.workspace.bot.id, "ts": api.workspace.new_ts()}
    api.workspace.tell(Change("message_changed", channel.id, message))
    api.announcer.changed(message, previous)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": ts,
        "text": message.text,
        "message": message_json(api.workspace, message),
    }


def delete(api: Api, arguments: Json) -> Json:
    """chat.delete: only the bot's own messages."""
    channel = seen_channel(api, arguments)
    (ts,) = need(arguments, "ts")
    message = stored_message(channel, ts)
    if message.user != api.workspace.bot.id:
        raise ApiError("cant_delete_message")
    previous = message_json(api.workspace, message)
    api.workspace.remove(message)
    api.announcer.deleted(message, previous)
    return {"ok": True, "channel": channel.id, "ts": ts}


def get_permalink(api: Api, arguments: Json) -> Json:
    """chat.getPermalink: a link that the page of the local Slack understands."""
    channel = seen_channel(api, arguments)
    message = stored_message(channel, arguments.get("message_ts"))
    link = f"{api.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def _reaction(api: Api, arguments: Json) -> tuple[Message, str, list[str]]:
    channel = seen_channel(api, arguments)
    name = arguments.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise ApiError("invalid_name")
    message = stored_message(channel, arguments.get("timestamp"))
    if message.reactions is None:
        message.reactions = {}
    return message, name, message.reactions.setdefault(name, [])


def add_reaction(api: Api, arguments: Json) -> Json:
    """reactions.add, as the bot."""
    message, name, users = _reaction(api, arguments)
    if api.workspace.bot.id in users:
        raise ApiError("already_reacted")
    users.append(api.workspace.bot.id)
    api.workspace.tell(Change("message_changed", message.channel, message))
    api.announcer.reacted(message, api.workspace.bot, name, added=True)
    return {"ok": True}


def remove_reaction(api: Api, arguments: Json) -> Json:
    """reactions.remove, as the bot."""
    message, name, users = _reaction(api, arguments)
    if api.workspace.bot.id not in users:
        raise ApiError("no_reaction")
    users.remove(api.workspace.bot.id)
    if not users and message.reactions is not None:
        del message.reactions[name]
    api.workspace.tell(Change("message_changed", message.channel, message))
    api.announcer.reacted(message, api.workspace.bot, name, added=False)
    return {"ok": True}


METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink),
    "reactions.add": Method(add_reaction, ("reactions:write",)),
    "reactions.remove": Method(remove_reaction, ("reactions:write",)),
}

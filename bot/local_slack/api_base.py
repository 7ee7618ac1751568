"""What all Web API methods share: the error, the table of methods with their scopes, and reading arguments."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from bot.local_slack.block_kit import Report, report_on
from bot.local_slack.limits import MARKDOWN_TEXT_MAX, MESSAGE_BLOCK_TEXT_MAX, METADATA_PAYLOAD_MAX, TEXT_MAX
from bot.local_slack.state import Channel, Json, Message, User, Workspace

if TYPE_CHECKING:
    from bot.local_slack.announce import Announcer
    from bot.local_slack.socket_mode import SocketHub
    from bot.local_slack.tickets import Triggers
    from bot.local_slack.views import Views


class ApiError(Exception):
    """A call that Slack refuses; *code* is Slack's word, *more* stands beside it in the answer."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more

    def as_json(self) -> Json:
        """Write the answer."""
        return {"ok": False, "error": self.code, **self.more}


@dataclass(slots=True)
class Api:
    """What a method may use."""

    workspace: Workspace
    announcer: Announcer
    views: Views
    triggers: Triggers
    sockets: SocketHub
    scopes: frozenset[str]
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """One Web API method."""

    handler: Callable[[Api, Json], Json]
    scopes: tuple[str, ...] = ()
    """Any one of these is enough; empty when none is needed."""
    token: str | None = "bot"  # noqa: S105 - a kind of token
    """`bot`, `app`, or None when no token is needed."""


# Arguments that arrive as JSON text when the body is a form.
_STRUCTURED = frozenset({"blocks", "attachments", "metadata", "view", "prompts", "message", "loading_messages"})


def read_arguments(content_type: str, body: bytes, query: dict[str, str]) -> Json:
    """Read the arguments of a call from its query and its JSON or form body; an empty body is fine.

    Raises:
        ApiError: `invalid_json` or `json_not_object`.
    """
    arguments: Json = dict(query)
    if body.strip():
        if content_type == "application/json":
            try:
                given = json.loads(body)
            except ValueError:
                raise ApiError("invalid_json") from None
            if not isinstance(given, dict):
                raise ApiError("json_not_object")
            arguments.update(given)
            return arguments
        arguments.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    for key in _STRUCTURED & arguments.keys():
        value = arguments[key]
        if isinstance(value, str) and value[:1] in ("[", "{"):
            try:
                arguments[key] = json.loads(value)
            except ValueError:
                code = "invalid_blocks_format" if key == "blocks" else "invalid_arguments"
                raise ApiError(code) from None
    return arguments


def flag(value: object) -> bool:
    """Read a yes or no in any of the spellings that Slack takes."""
    return value is True or value in (1, "1", "true", "True", "t")


def need(arguments: Json, *names: str) -> list[str]:
    """Return required text arguments.

    Raises:
        ApiError: `invalid_arguments` that names the first missing one.
    """
    out = []
    for name in names:
        value = arguments.get(name)
        if not isinstance(value, str) or not value:
            raise ApiError(
                "invalid_arguments",
                response_metadata={"messages": [f"[ERROR] missing required field: {name} [json-pointer:/{name}]"]},
            )
        out.append(value)
    return out


def seen_channel(api: Api, arguments: Json, name: str = "channel") -> Channel:
    """Find the channel of a call, among those that the bot may know of.

    Raises:
        ApiError: `channel_not_found`, also for private channels without the bot.
    """
    given = arguments.get(name)
    if not isinstance(given, str) or not given:
        raise ApiError("channel_not_found")
    workspace = api.workspace
    channel = workspace.channels.get(given)
    if channel is None and given in workspace.users and given != workspace.bot.id:
        channel = workspace.dm(given)  # posting to a user id opens the direct messages with them
    if channel is None and given.startswith("#"):
        channel = next((c for c in workspace.channels.values() if c.kind == "channel" and c.name == given[1:]), None)
    if channel is None or (channel.kind == "private" and workspace.bot.id not in channel.members):
        raise ApiError("channel_not_found")
    return channel


def writable_channel(api: Api, arguments: Json) -> Channel:
    """Find the channel of a call that writes into it.

    Raises:
        ApiError: `channel_not_found`, `is_archived` or `not_in_channel`.
    """
    channel = seen_channel(api, arguments)
    if channel.is_archived:
        raise ApiError("is_archived")
    if api.workspace.bot.id not in channel.members and "chat:write.public" not in api.scopes:
        raise ApiError("not_in_channel")
    return channel


def known_user(api: Api, arguments: Json, name: str = "user") -> User:
    """Find the user of a call.

    Raises:
        ApiError: `user_not_found`.
    """
    user = api.workspace.users.get(str(arguments.get(name)))
    if user is None:
        raise ApiError("user_not_found")
    return user


def stored_message(channel: Channel, ts: object) -> Message:
    """Find a message.

    Raises:
        ApiError: `message_not_found`.
    """
    message = channel.messages.get(str(ts))
    if message is None:
        raise ApiError("message_not_found")
    return message


def read_content(workspace: Workspace, arguments: Json) -> tuple[str, list[Json] | None]:
    """Read and check the text and blocks of a message.

    Returns:
        The text and the blocks as Slack stores them (every block and every interactive element has its id).

    Raises:
        ApiError: `no_text`, `msg_too_long`, `invalid_blocks`, `msg_blocks_too_long`, `markdown_text_conflict`.
    """
    text = arguments.get("text") or ""
    if not isinstance(text, str):
        raise ApiError(
            "invalid_arguments", response_metadata={"messages": ["[ERROR] must be a string [json-pointer:/text]"]}
        )
    blocks = arguments.get("blocks")
    markdown = arguments.get("markdown_text")
    if markdown is not None:
        if text or blocks:
            raise ApiError("markdown_text_conflict")
        if not isinstance(markdown, str) or not markdown:
            raise ApiError("no_text")
        if len(markdown) > MARKDOWN_TEXT_MAX:
            raise ApiError("msg_too_long")
        text, blocks = markdown, [{"type": "markdown", "text": markdown}]
    if blocks in ("", None, []):
        if not text and not arguments.get("attachments"):
            raise ApiError("no_text")
        blocks = None
    if len(text) > TEXT_MAX:
        raise ApiError("msg_too_long")
    check_metadata(arguments.get("metadata"))
    if blocks is None:
        return text, None
    if isinstance(blocks, str):
        raise ApiError("invalid_blocks_format")
    accepted = _accepted(blocks)
    if markdown is None:
        arguments["blocks"] = accepted  # equal to what was given; the record of calls then keeps no second copy
    return text, with_ids(workspace, accepted)


def _accepted(blocks: list[Json]) -> list[Json]:
    """Check blocks and return them, or the equal ones that were accepted before.

    A load run posts the same few cards thousands of times. Keeping one copy of each spares the check and, more than
    that, the garbage collector, which otherwise walks every card that was ever posted.
    """
    key = json.dumps(blocks, ensure_ascii=False)
    known = _ACCEPTED.get(key)
    if known is None:
        refuse_problems(report_on(blocks), "invalid_blocks")
        if len(_ACCEPTED) >= _ACCEPTED_MAX:
            _ACCEPTED.clear()
        known = _ACCEPTED[key] = blocks
    return known


_ACCEPTED: dict[str, list[Json]] = {}
_ACCEPTED_MAX = 512


def refuse_problems(report: Report, code: str) -> None:
    """Raise what a check of blocks found.

    Raises:
        ApiError: *code* with Slack's messages, or `msg_blocks_too_long`.
    """
    if report.problems:
        messages = [problem.as_slack_says() for problem in report.problems]
        plain = [line.removeprefix("[ERROR] ") for line in messages]
        raise ApiError(code, errors=plain, response_metadata={"messages": messages})
    if code == "invalid_blocks" and report.characters > MESSAGE_BLOCK_TEXT_MAX:
        raise ApiError("msg_blocks_too_long")


def check_metadata(metadata: object) -> None:
    """Check the metadata of a message.

    Raises:
        ApiError: `invalid_metadata_format` or `metadata_too_large`.
    """
    if metadata is None:
        return
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise ApiError("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise ApiError("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_PAYLOAD_MAX:
        raise ApiError("metadata_too_large")


def with_ids(workspace: Workspace, blocks: list[Json]) -> list[Json]:
    """Give each block, and each interactive element, the id that Slack makes up where an app gave none."""
    out: list[Json] = []
    for block in blocks:
        kept = dict(block)
        kept.setdefault("block_id", workspace.new_id("b"))
        kind = kept["type"]
        if kind in ("actions", "context_actions"):
            kept["elements"] = [_with_action_id(workspace, element) for element in kept["elements"]]
        elif kind == "section" and "accessory" in kept and kept["accessory"].get("type") != "image":
            kept["accessory"] = _with_action_id(workspace, kept["accessory"])
        elif kind == "input":
            kept["element"] = _with_action_id(workspace, kept["element"])
        out.append(kept)
    return out


def _with_action_id(workspace: Workspace, element: Json) -> Json:
    return element if "action_id" in element else {**element, "action_id": workspace.new_id("a")}

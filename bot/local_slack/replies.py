"""What the bot says with an acknowledgement or through a response URL, put where the person sees it.

Source: docs.slack.dev/interactivity/handling-user-interaction (response_type, replace_original, delete_original) and
/interactivity/implementing-slash-commands (a command may be answered in the body of the acknowledgement).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.local_slack.announce import Announcer
from bot.local_slack.api_base import ApiError, read_content
from bot.local_slack.events import message_json
from bot.local_slack.faults import Faults
from bot.local_slack.state import Change, Json, Message, Workspace
from bot.local_slack.tickets import ResponseUrl, ResponseUrls, TicketError

_KNOWN = frozenset(
    {
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "metadata",
        "mrkdwn",
        "parse",
        "link_names",
        "unfurl_links",
        "unfurl_media",
        "markdown_text",
    }
)


class Replies:
    """Shows answers that do not come through a Web API method.

    Args:
        workspace: The state.
        announcer: Told of what everybody can see.
        urls: The response URLs that were handed out.
        faults: Struck as method `response_url`.
        on_use: Called with the body and the outcome of each use.
    """

    def __init__(
        self,
        workspace: Workspace,
        announcer: Announcer,
        urls: ResponseUrls,
        faults: Faults,
        on_use: Callable[[Json, str, int], None],
    ) -> None:
        self._workspace = workspace
        self._announcer = announcer
        self._urls = urls
        self._faults = faults
        self._on_use = on_use

    async def serve(self, request: web.BaseRequest, token: str) -> web.StreamResponse:
        """Take one use of a response URL."""
        body = await request.read()
        given: Json = {}
        status, said = 200, "ok"
        fault = self._faults.strike("response_url")
        try:
            if request.method != "POST":
                raise ApiError("invalid_method")
            given = _parse(body)
            if fault is not None and fault.kind.startswith("http_"):
                status, said = int(fault.kind.removeprefix("http_")), "internal_error"
            elif fault is not None and fault.kind == "ratelimited":
                status, said = 429, "ratelimited"
            else:
                self._show(self._urls.use(token), given)
        except TicketError as error:
            status, said = 404, error.code
        except ApiError as error:
            status, said = 400, error.code
        self._on_use(given, said, status)
        headers = {"Retry-After": str(fault.retry_after_s)} if status == 429 and fault is not None else None
        return web.Response(text=said, status=status, headers=headers)

    def show_acknowledgement(self, ticket: ResponseUrl, body: Any) -> Message | None:
        """Show what came with the acknowledgement of a command; None when there was nothing to show.

        What the bot sends to the command's response URL later may replace it. When that overtook the acknowledgement
        on the way, the acknowledgement is not shown any more.

        Raises:
            ApiError: Slack would refuse it.
        """
        if isinstance(body, str):
            body = {"text": body}
        if ticket.replaced or not isinstance(body, dict) or not (body.get("text") or body.get("blocks")):
            return None
        return self._show(ticket, body)

    def _show(self, ticket: ResponseUrl, given: Json) -> Message | None:
        unknown = sorted(given.keys() - _KNOWN)
        if unknown:
            raise ApiError("invalid_payload")
        original = self._original(ticket)
        if given.get("delete_original"):
            if original is not None:
                self._delete(original)
            return None
        text, blocks = read_content(self._workspace, given)
        if given.get("replace_original") and original is not None:
            return self._replace(original, text, blocks, given)
        ticket.replaced = bool(given.get("replace_original"))
        message = Message(
            ts=self._workspace.new_ts(),
            channel=ticket.channel,
            user=self._workspace.bot.id,
            text=text,
            bot=True,
            thread_ts=given.get("thread_ts"),
            blocks=blocks,
            metadata=given.get("metadata"),
        )
        if given.get("response_type") == "in_channel":
            self._workspace.post(message)
            self._announcer.posted(message)
        else:
            self._workspace.post_ephemeral(message, ticket.user)
        if ticket.message_ts is None:
            # The answer to a command is what later uses of the same URL replace.
            ticket.message_ts = message.ts
            ticket.ephemeral = message.ephemeral_to is not None
        return message

    def _original(self, ticket: ResponseUrl) -> Message | None:
        if ticket.message_ts is None:
            return None
        if ticket.ephemeral:
            return self._workspace.find_ephemeral(ticket.user, ticket.message_ts)
        return self._workspace.channels[ticket.channel].messages.get(ticket.message_ts)

    def _replace(self, original: Message, text: str, blocks: list[Json] | None, given: Json) -> Message:
        previous = message_json(self._workspace, original)
        original.text, original.blocks = text, blocks
        if "metadata" in given:
            original.metadata = given["metadata"]
        original.edited = {"user": self._workspace.bot.id, "ts": self._workspace.new_ts()}
        self._workspace.tell(Change("message_changed", original.channel, original, user=original.ephemeral_to))
        if original.ephemeral_to is None:
            self._announcer.changed(original, previous)
        return original

    def _delete(self, original: Message) -> None:
        previous = message_json(self._workspace, original)
        self._workspace.remove(original)
        if original.ephemeral_to is None:
            self._announcer.deleted(original, previous)


def _parse(body: bytes) -> Json:
    try:
        given = json.loads(body)
    except ValueError:
        raise ApiError("invalid_payload") from None
    if not isinstance(given, dict):
        raise ApiError("invalid_payload")
    return given

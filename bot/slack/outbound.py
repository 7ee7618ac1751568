"""Say something in Slack, and turn Slack's answers into ours.

Nothing here sleeps and nothing retries by itself: how long to wait and whether a message may be out already is decided
by `bot.work`, which also knows what is promised. The SDK's own retry handlers stay off for that reason: the one for lost
connections would send a message a second time without looking.

Source: docs.slack.dev/apis/web-api/rate-limits (429 and Retry-After), /reference/methods/chat.postMessage (errors).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, cast

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.messages import EVENT_TYPE
from bot.slack.wire import from_json, to_json
from bot.work import (
    CannotLookError,
    PostedAs,
    PostError,
    PostRateLimitedError,
    PostRefusedError,
    PostTooLargeError,
    PostTransientError,
    QuestionKey,
)

Json = dict[str, Any]

# What another try may mend. Slack may have posted all the same: these say that something broke, not where.
_PASSING = frozenset(
    {
        "fatal_error",
        "internal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "method_deprecated_temp",
    }
)
# Only the form of the card is refused; the same answer as plain text may pass.
_FORM = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "invalid_metadata_format",
        "block_mismatch",
    }
)
_CANNOT_READ = frozenset(
    {"missing_scope", "not_in_channel", "no_permission", "access_denied", "channel_not_found", "not_allowed_token_type"}
)
_JSON = {"Content-Type": "application/json; charset=utf-8"}
# Slack asks to wait without saying how long only by mistake.
_UNSAID_WAIT_S = 5.0
_PAGE = 100
_PAGES = 5


class SlackOutbound:
    """The Web API calls that the bot makes. Implements `bot.work.Poster`.

    Args:
        client: Carries the bot token and the one connection pool; without retry handlers.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._headers = {
            "Authorization": f"Bearer {client.token}",
            **_JSON,
            "User-Agent": client.headers["User-Agent"],
        }

    async def call(self, method: str, **arguments: object) -> Json:
        """Call one Web API method, once.

        Returns:
            Slack's answer.

        Raises:
            PostRateLimitedError: 429; carries the seconds to wait.
            PostTransientError: It may work later; says whether it may have worked already.
            PostTooLargeError: The form of a card was refused.
            PostRefusedError: Slack will never do this; its reason is Slack's own code.
        """
        with _transport_as_ours():
            return await self._exchange("POST", method, data=to_json(arguments))

    async def respond(self, url: str, message: Mapping[str, object]) -> None:
        """Use a response URL: to answer a command, or to change the message whose button was pressed.

        Raises:
            PostError: As `call`; a URL that is used up or too old is refused for good.
        """
        session = self._client.session
        assert session is not None  # made in `bot.slack.connect`
        with _transport_as_ours():
            async with session.post(url, data=to_json(dict(message)), headers=_JSON) as response:
                body = (await response.text())[:200]
        if response.status == 429:
            raise PostRateLimitedError(_seconds(response.headers.get("Retry-After")))
        if response.status >= 500:
            raise PostTransientError(f"http_{response.status}")
        if response.status >= 400 or body.startswith('{"ok":false'):
            raise _refusal(_word(body))

    # -- what bot.work asks for ------------------------------------------------------------------------------------

    async def post(self, payload: Mapping[str, object]) -> PostedAs | None:
        """Send what `bot.slack.messages` made: a message, an update, a removal, or an answer to a response URL."""
        method = payload["method"]
        arguments = cast(Json, payload["arguments"])
        if method == "respond":
            await self.respond(cast(str, payload["url"]), arguments)
            return None
        try:
            answer = await self.call(cast(str, method), **arguments)
        except PostRefusedError as refused:
            if method == "chat.delete" and refused.reason == "message_not_found":
                return None  # It is gone, which is what was wanted.
            raise
        if method == "chat.delete" or not answer.get("ts"):
            return None
        return PostedAs(str(answer.get("channel") or arguments["channel"]), str(answer["ts"]))

    async def find_posted(self, key: QuestionKey, payload: Mapping[str, object]) -> PostedAs | None:
        """Look in the thread whether our message for *key* is there, by its metadata."""
        arguments = cast(Json, payload["arguments"])
        if payload["method"] == "respond":
            raise CannotLookError("a private answer cannot be read back")
        if payload["method"] != "chat.postMessage":
            return None  # Updates and removals may be repeated without harm.
        channel = str(arguments["channel"])
        thread = arguments.get("thread_ts")
        if thread is None:
            raise CannotLookError("not in a thread")
        wanted, cursor = key.encode(), ""
        for _ in range(_PAGES):
            query: Json = {"channel": channel, "ts": thread, "include_all_metadata": True, "limit": _PAGE}
            try:
                # This family of methods takes no JSON body.
                page = (await self._read("conversations.replies", {**query, "cursor": cursor} if cursor else query)).get
            except PostRefusedError as refused:
                if refused.reason == "thread_not_found":
                    return None
                if refused.reason in _CANNOT_READ:
                    raise CannotLookError(refused.reason) from None
                raise
            for message in page("messages") or ():
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT_TYPE and metadata["event_payload"].get("question") == wanted:
                    return PostedAs(channel, str(message["ts"]))
            cursor = (page("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None
        return None

    async def unpost(self, posted: PostedAs) -> None:
        """Delete a message of ours."""
        await self.post({"method": "chat.delete", "arguments": {"channel": posted.channel, "ts": posted.ts}})

    # -- reading ---------------------------------------------------------------------------------------------------

    async def others_spoke(self, channel: str, thread: str, asker: str, ours: str) -> bool:
        """Say whether anybody but the asker and us wrote in a thread; False where it cannot be read.

        Only for messages that reach us late: a colleague may have answered meanwhile.
        """
        with contextlib.suppress(PostError):
            answer = await self._read("conversations.replies", {"channel": channel, "ts": thread, "limit": _PAGE})
            return any(message.get("user") not in {asker, ours, None} for message in answer.get("messages") or ())
        return False

    async def user(self, user_id: str) -> Json:
        """Return users.info of a user, with their locale.

        Raises:
            PostError: As `call`.
        """
        return cast(Json, (await self._read("users.info", {"user": user_id, "include_locale": True})).get("user") or {})

    async def channel(self, channel_id: str) -> Json:
        """Return conversations.info of a channel.

        Raises:
            PostError: As `call`.
        """
        return cast(Json, (await self._read("conversations.info", {"channel": channel_id})).get("channel") or {})

    async def _read(self, method: str, query: Json) -> Json:
        try:
            # Truth is 1 in a query.
            return await self._exchange(
                "GET",
                method,
                params={
                    name: str(value + 0) if isinstance(value, bool) else str(value) for name, value in query.items()
                },
            )
        except (TimeoutError, aiohttp.ClientError, OSError):
            raise PostTransientError("connection_lost", may_be_out=False) from None

    async def _exchange(self, verb: str, method: str, **request: Any) -> Json:
        """Send a request and read the answer.

        Past the SDK on purpose: every answer of the bot goes out here, and the SDK reads and copies several times what
        Slack gives back.
        """
        session = self._client.session
        assert session is not None  # made in `bot.slack.connect`
        async with session.request(verb, self._client.base_url + method, headers=self._headers, **request) as response:
            raw = await response.read()
        try:
            answer = from_json(raw)
        except ValueError:
            answer = None
        if response.status == 200 and isinstance(answer, dict) and answer.get("ok"):
            return answer
        raise _as_ours(response.status, response.headers, answer)


@contextlib.contextmanager
def _transport_as_ours() -> Iterator[None]:
    """Turn what the connection raises into ours: only where none came about is it sure that nothing was posted."""
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise PostTransientError("connection_failed", may_be_out=False) from None
    except TimeoutError:
        raise PostTransientError("timeout") from None
    except (aiohttp.ClientError, OSError):
        raise PostTransientError("connection_lost") from None


def _as_ours(status: int, headers: Mapping[str, str], answer: object) -> PostError:
    code = str(answer.get("error") or "") if isinstance(answer, dict) else ""
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        return PostRateLimitedError(_seconds(headers.get("Retry-After")))
    if status >= 500 or not code:
        # No code means that the body was not Slack's: a proxy's page, a cut-off answer.
        return PostTransientError(f"http_{status}" if status >= 500 else "unreadable_answer")
    return _refusal(code)


def _refusal(code: str) -> PostError:
    if code in _PASSING:
        return PostTransientError(code)
    return PostTooLargeError(code) if code in _FORM else PostRefusedError(code)


def _seconds(header: str | None) -> float:
    try:
        return max(float(header or _UNSAID_WAIT_S), 0.0)
    except ValueError:
        return _UNSAID_WAIT_S


def _word(body: str) -> str:
    """Take Slack's code out of the body of a refused response URL: `used_url`, or JSON with `error`."""
    found = body.partition('"error":"')[2].partition('"')[0] or body.strip()
    return found if found.isascii() and found.replace("_", "").isalnum() and len(found) <= 60 else "refused"

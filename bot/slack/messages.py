"""Make messages out of answers: what is sent, as plain JSON that can wait in the ledger and be sent after a restart.

A payload names its method and its arguments, and for a response URL the address. It holds no token and nothing that a
user wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.answer.model import Answer
from bot.cards.blocks import render_blocks, render_private_notice
from bot.cards.text import escape, render_text
from bot.work import PostedAs, QuestionKey

Json = dict[str, Any]

EVENT_TYPE = "mailports_answer"
# Slack advises to keep `text` below this; it is what notifications and screen readers say.
TEXT_LIMIT = 4000
# chat.update counts bytes, whatever its page says, and refuses more (measured by others: openclaw pull request 115027).
_UPDATE_TEXT_BYTES = 4000
_VALUE_LIMIT = 2000
_BLOCK_ID_LIMIT = 255
_BUTTON_LIMIT = 75


def posting(
    answer: Answer, key: QuestionKey, channel: str, thread: str | None, more: Sequence[Json] = ()
) -> tuple[Json, Json]:
    """Return the message that answers a question, and the same as plain text in case Slack refuses the card.

    Args:
        answer: What to say.
        key: Which question; stands in the metadata, so that the message can be found again.
        channel: Where.
        thread: Time stamp of the thread's first message; None for the channel itself.
        more: Buttons below the card, from `button`.
    """
    arguments: Json = {"channel": channel, **_content(answer, key, more), "unfurl_links": False, "unfurl_media": False}
    if thread is not None:
        arguments["thread_ts"] = thread
    return _with_plain("chat.postMessage", arguments)


def update(answer: Answer, key: QuestionKey, posted: PostedAs, more: Sequence[Json] = ()) -> tuple[Json, Json]:
    """Return the change of a message that is out already, and the same as plain text."""
    content = {**_content(answer, key, more), "text": _text_of_bytes(answer, _UPDATE_TEXT_BYTES)}
    return _with_plain("chat.update", {"channel": posted.channel, "ts": posted.ts, **content})


def removal(posted: PostedAs) -> Json:
    """Return the removal of a message of ours."""
    return {"method": "chat.delete", "arguments": {"channel": posted.channel, "ts": posted.ts}}


def private(
    answer: Answer, key: QuestionKey, url: str, *, more: Sequence[Json] = (), replace: bool = False
) -> tuple[Json, Json]:
    """Return the answer that only the asker sees, for a response URL, and the same as plain text.

    Args:
        answer: What to say.
        key: Which question.
        url: The response URL.
        more: Buttons below the card, from `button`.
        replace: Put it in place of the message whose button was pressed.
    """
    content = _content(answer, key, more)
    del content["metadata"]
    if answer.private_notice is not None:
        content["blocks"] = [*render_private_notice(answer), *content["blocks"]]
        content["text"] = f"{escape(answer.private_notice)}\n\n{content['text']}"
    arguments: Json = {"response_type": "ephemeral", "replace_original": replace, **content}
    payload, plain = _with_plain("respond", arguments)
    return {**payload, "url": url}, {**plain, "url": url}


def public_response(answer: Answer, key: QuestionKey, url: str, shared_by: str) -> tuple[Json, Json]:
    """Return an answer that a person shows to everyone, through the response URL: it works where we are no member.

    Args:
        answer: What to say.
        key: Which question.
        url: The response URL.
        shared_by: Line that says who shows it; may mention them.
    """
    content = _content(answer, key)
    del content["metadata"]
    content["blocks"] = [_quiet_line(shared_by), *content["blocks"]]
    arguments: Json = {"response_type": "in_channel", "replace_original": False, **content}
    payload, plain = _with_plain("respond", arguments)
    return {**payload, "url": url}, {**plain, "url": url}


def note(text: str) -> Json:
    """Return a short sentence as a message for one person."""
    return {"response_type": "ephemeral", "replace_original": False, "text": escape(text)}


def asked_back(block_id: str) -> tuple[bool, QuestionKey | None]:
    """Read the id of a block of choices: was it us asking back, and about which question?"""
    _, _, rest = block_id.partition(":")
    decision, _, key = rest.partition(":")
    return decision == "clarify", QuestionKey.decode(key)


def button(action_id: str, label: str, value: str) -> list[Json]:
    """Return a button as a list of one; empty where Slack would not take its value."""
    if not value or len(value) > _VALUE_LIMIT:
        return []
    text = {"type": "plain_text", "text": label[:_BUTTON_LIMIT], "emoji": False}
    return [{"type": "button", "action_id": action_id, "text": text, "value": value}]


def _content(answer: Answer, key: QuestionKey, more: Sequence[Json] = ()) -> Json:
    blocks = render_blocks(answer, question_key=key.encode())
    for block in blocks:
        if block["type"] == "actions":
            # A press brings the id back, and with it what the choices were about.
            block["block_id"] = f"choices:{answer.decision}:{key.encode()}"[:_BLOCK_ID_LIMIT]
    if more:
        # One block for all of them: the cards leave room for two blocks of a surface.
        blocks.append({"type": "actions", "block_id": "more", "elements": list(more)})
    return {
        "text": escape(render_text(answer, limit=TEXT_LIMIT)),
        "blocks": blocks,
        "metadata": {
            "event_type": EVENT_TYPE,
            "event_payload": {"question": key.encode(), "decision": answer.decision},
        },
    }


def _text_of_bytes(answer: Answer, most: int) -> str:
    """Render the plain text so that it has at most so many bytes as it is sent; a Japanese character has three."""
    limit = most
    while True:
        text = escape(render_text(answer, limit=limit))
        size = len(text.encode())
        if size <= most:
            return text
        limit = limit * most // size


def _with_plain(method: str, arguments: Json) -> tuple[Json, Json]:
    plain = {name: value for name, value in arguments.items() if name != "blocks"}
    if method == "chat.update":
        plain["blocks"] = []  # Left out, the old card would stay.
    return {"method": method, "arguments": arguments}, {"method": method, "arguments": plain}


def _quiet_line(text: str) -> Json:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}

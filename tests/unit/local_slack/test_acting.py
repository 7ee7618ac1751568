"""People of the workspace do things, and the bot is told what Slack would tell it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack, NoSuchElementError, UnknownNameError, as_typed

PLAIN = {"type": "plain_text", "text": "x"}


class Ear:
    """Hears every event and interaction."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.outer: list[dict[str, Any]] = []
        self.interactions: list[dict[str, Any]] = []

    async def handle(self, request: web.Request) -> web.Response:
        """Acknowledge and remember."""
        if request.content_type == "application/json":
            self.outer.append(await request.json())
            self.events.append(self.outer[-1]["event"])
        else:
            form = await request.post()
            if "payload" in form:
                self.interactions.append(json.loads(str(form["payload"])))
        return web.Response()


@pytest.fixture
async def ear(bot_url: Callable[[Any], Awaitable[None]]) -> Ear:
    """Listen in the bot's place."""
    heard = Ear()
    await bot_url(heard.handle)
    return heard


async def test_mention_in_a_channel_is_two_events(slack: LocalSlack, ear: Ear) -> None:
    """A mention comes as message and as app_mention: one message, two event ids."""
    said = await (await slack.say("tanaka", "helpdesk", f"<@{slack.bot.id}> 587?")).finished()
    by_type = {event["type"]: event for event in ear.events}
    assert set(by_type) == {"message", "app_mention"}
    assert {event["ts"] for event in ear.events} == {said.ts}
    assert len({outer["event_id"] for outer in ear.outer}) == 2
    assert by_type["message"]["channel_type"] == "channel"
    assert by_type["message"]["blocks"][0]["elements"][0]["elements"][0] == {"type": "user", "user_id": slack.bot.id}
    outer = ear.outer[0]
    assert (outer["type"], outer["team_id"], outer["api_app_id"]) == ("event_callback", "T0MAILPORT", "A0MAILPORT")
    assert outer["authorizations"][0]["user_id"] == slack.bot.id


@pytest.mark.parametrize(
    ("channel", "kinds"),
    [("D0TANAKA01", ["im"]), ("it-staff", ["group"]), ("random", [])],
    ids=["dm", "private", "outside"],
)
async def test_message_is_heard_only_as_a_member(slack: LocalSlack, ear: Ear, channel: str, kinds: list[str]) -> None:
    """The kind of channel stands in the event, and a channel without the bot is not heard."""
    await (await slack.say("tanaka", channel, "hello")).finished()
    assert [event["channel_type"] for event in ear.events] == kinds


async def test_mention_in_a_direct_message_is_one_event(slack: LocalSlack, ear: Ear) -> None:
    """In direct messages there is no app_mention."""
    await (await slack.say("tanaka", slack.dm("tanaka"), f"<@{slack.bot.id}> hi")).finished()
    assert [event["type"] for event in ear.events] == ["message"]


async def test_reply_and_broadcast(slack: LocalSlack, ear: Ear) -> None:
    """A reply names its thread and its parent's author; a broadcast comes as thread_broadcast instead."""
    root = await slack.say("tanaka", "helpdesk", "q")
    await slack.say("alice", "helpdesk", "a", thread_ts=root.ts)
    await slack.say("alice", "helpdesk", "b", thread_ts=root.ts, broadcast=True)
    await slack.all_delivered()
    first, reply, broadcast = sorted(ear.events, key=lambda event: event["ts"])
    assert (reply["thread_ts"], reply["parent_user_id"], "subtype" in reply) == (root.ts, "U0TANAKA01", False)
    assert (broadcast["subtype"], broadcast["root"]["ts"]) == ("thread_broadcast", root.ts)
    assert "thread_ts" not in first
    assert [m.text for m in slack.messages("helpdesk", root.ts)] == ["q", "a", "b"]


async def test_edit_unfurl_and_delete(slack: LocalSlack, ear: Ear) -> None:
    """An edit changes the text, an unfurl does not, and both are message_changed; deletion carries what was there."""
    said = await slack.say("tanaka", "helpdesk", "IMAP?")
    await slack.edit("tanaka", "helpdesk", said.ts, "POP3?")
    await slack.unfurl("helpdesk", said.ts)
    await slack.delete("tanaka", "helpdesk", said.ts)
    await slack.all_delivered()
    changes = [e for e in ear.events if e.get("subtype") == "message_changed"]
    texts = sorted((e["previous_message"]["text"], e["message"]["text"]) for e in changes)
    assert texts == [("IMAP?", "POP3?"), ("POP3?", "POP3?")]
    (gone,) = [e for e in ear.events if e.get("subtype") == "message_deleted"]
    assert (gone["deleted_ts"], gone["previous_message"]["text"]) == (said.ts, "POP3?")
    assert slack.messages("helpdesk") == []


async def test_only_the_author_edits(slack: LocalSlack) -> None:
    """Nobody edits somebody else's message; an administrator may delete it."""
    said = await slack.say("tanaka", "random", "mine")
    with pytest.raises(PermissionError):
        await slack.edit("alice", "random", said.ts, "yours")
    with pytest.raises(PermissionError):
        await slack.delete("alice", "random", said.ts)
    await slack.delete("sato", "random", said.ts)
    assert slack.messages("random") == []


async def test_files_other_bots_and_reactions(slack: LocalSlack, ear: Ear) -> None:
    """A screenshot is a file_share, another bot's post carries its bot_id, an emoji names its message."""
    said = await slack.say("tanaka", "helpdesk", "", files=[{"id": "F1", "mimetype": "image/png"}])
    await slack.say(slack.bot, "helpdesk", "from the bot itself")
    await slack.react("alice", "helpdesk", said.ts, "eyes")
    await slack.all_delivered()
    kinds = {event.get("subtype") or event["type"]: event for event in ear.events}
    assert kinds["file_share"]["files"][0]["id"] == "F1"
    assert kinds["bot_message"]["bot_id"] == "B0MAILPORT"
    assert kinds["reaction_added"]["item"]["ts"] == said.ts


async def test_invitation_and_home(slack: LocalSlack, ear: Ear) -> None:
    """Inviting the bot lets it hear the channel; opening its tabs is reported with what was viewed."""
    await slack.join("random", inviter="alice")
    await slack.say("alice", "random", "now you hear me")
    await slack.open_home("tanaka", "messages", viewing="C0HELPDESK")
    await slack.all_delivered()
    kinds = {event["type"]: event for event in ear.events}
    assert (kinds["member_joined_channel"]["user"], kinds["member_joined_channel"]["inviter"]) == (
        slack.bot.id,
        "U0ALICE001",
    )
    assert kinds["message"]["text"] == "now you hear me"
    assert kinds["app_home_opened"]["tab"] == "messages"
    assert kinds["app_home_opened"]["context"]["entities"][0]["value"] == "C0HELPDESK"


async def test_elements_report_what_was_chosen(slack: LocalSlack, ear: Ear, client: AsyncWebClient) -> None:
    """Menus, overflow and feedback report their option, with the message and the state of its fields."""
    option = {"text": PLAIN, "value": "imap"}
    feedback = {"text": PLAIN, "value": "good"}
    blocks: list[dict[str, Any]] = [
        {
            "type": "actions",
            "block_id": "b",
            "elements": [
                {"type": "static_select", "action_id": "menu", "options": [option]},
                {"type": "overflow", "action_id": "dots", "options": [option]},
            ],
        },
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "fb",
                    "positive_button": feedback,
                    "negative_button": {**feedback, "value": "bad"},
                }
            ],
        },
    ]
    sent = await client.chat_postMessage(channel="C0HELPDESK", text="t", blocks=blocks)
    for action_id, value in (("menu", "imap"), ("dots", "imap"), ("fb", "bad")):
        await slack.press("alice", sent["ts"], action_id, value)
    menu, dots, liked = ear.interactions
    assert menu["actions"][0]["selected_option"] == option
    assert menu["state"]["values"]["b"]["menu"]["selected_option"] == option
    assert dots["actions"][0]["selected_option"]["value"] == "imap"
    assert liked["actions"][0]["value"] == "bad"
    assert liked["message"]["ts"] == sent["ts"]
    assert liked["container"] == {
        "type": "message",
        "message_ts": sent["ts"],
        "channel_id": "C0HELPDESK",
        "is_ephemeral": False,
    }
    with pytest.raises(NoSuchElementError, match="pop"):
        await slack.press("alice", sent["ts"], "menu", "pop")
    with pytest.raises(NoSuchElementError, match="dots"):
        await slack.press("alice", sent["ts"], "nothing")


async def test_ephemeral_is_not_sent_back(slack: LocalSlack, ear: Ear, client: AsyncWebClient) -> None:
    """A button on an ephemeral reports no message, as in Slack, and only its reader can press it."""
    button = {"type": "button", "action_id": "go", "text": PLAIN}
    sent = await client.chat_postEphemeral(
        channel="C0HELPDESK", user="U0ALICE001", text="t", blocks=[{"type": "actions", "elements": [button]}]
    )
    await slack.press("alice", sent["message_ts"], "go")
    assert "message" not in ear.interactions[0]
    assert ear.interactions[0]["container"]["is_ephemeral"] is True
    with pytest.raises(NoSuchElementError):
        await slack.press("tanaka", sent["message_ts"], "go")


async def test_unknown_names_are_said(slack: LocalSlack) -> None:
    """A misspelt user or channel is named, with those that exist."""
    with pytest.raises(UnknownNameError, match="tanaka"):
        await slack.say("tnaka", "helpdesk", "x")
    with pytest.raises(UnknownNameError, match="#helpdesk"):
        await slack.say("tanaka", "hlepdesk", "x")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("@mailports 587?", "<@U0MAILPORT> 587?"),
        ("@Mailportsさん", "<@U0MAILPORT>さん"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("see https://example.com/a?b=1&c=2", "see <https://example.com/a?b=1&amp;c=2>"),
        ("taro@example.co.jp", "<mailto:taro@example.co.jp|taro@example.co.jp>"),
        ("imap.gmail.com の993", "<http://imap.gmail.com|imap.gmail.com> の993"),
        ("送信はsmtp.example.jpですか。", "送信は<http://smtp.example.jp|smtp.example.jp>ですか。"),
        ("@mailports. @mailports-dev", "<@U0MAILPORT>. @mailports-dev"),
        ("587、465", "587、465"),
    ],
)
async def test_typed_text_becomes_what_slack_stores(slack: LocalSlack, typed: str, stored: str) -> None:
    """Escapes, the mention, links, addresses and host names come out as Slack's composer makes them."""
    assert as_typed(typed, slack.bot) == stored

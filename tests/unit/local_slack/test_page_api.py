"""The page can show and do everything that a person needs, and nobody else can use it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp

from bot.local_slack import Command, LocalSlack, Shortcut

TANAKA = "U0TANAKA01"
HELPDESK = "C0HELPDESK"


class Page:
    """Speaks as the page does."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session = session
        self.base = base

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """GET and return the JSON."""
        async with self.session.get(f"{self.base}/ui/{path}", params=query) as response:
            return {**await response.json(), "status": response.status}

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST and return the JSON."""
        async with self.session.post(f"{self.base}/ui/{path}", json=body) as response:
            return {**await response.json(), "status": response.status}


@pytest.fixture
async def page(slack: LocalSlack) -> AsyncIterator[Page]:
    """Open a session as the page."""
    slack.commands.append(Command("/mailports", "Ask", "[question]"))
    slack.shortcuts.append(Shortcut("ask", "Ask mailports"))
    async with aiohttp.ClientSession() as session:
        yield Page(session, slack.base_url)


async def test_state_is_what_that_person_sees(slack: LocalSlack, page: Page) -> None:
    """The state lists people, the bot, commands, and only the channels of that person."""
    state = await page.get("state", user="U0GUEST001")
    assert {c["name"] for c in state["channels"]} == {"general", "helpdesk", "random", "mailports"}
    assert [c["is_member"] for c in state["channels"] if c["name"] == "random"] == [False]
    assert [u["locale"] for u in state["users"]] == ["ja-JP", "ja-JP", "en-US", "en-US"]
    assert state["bot"] == {"id": slack.bot.id, "name": "mailports", "online": False}
    assert state["commands"][0]["command"] == "/mailports"
    assert state["shortcuts"] == [{"callback_id": "ask", "name": "Ask mailports"}]


async def test_asking_pressing_and_filling_in(slack: LocalSlack, page: Page, bolt: AsyncApp) -> None:
    """A typed mention is answered; its button opens a modal, which shows errors and then closes."""
    async with page.session.ws_connect(f"{page.base}/ui/ws?user={TANAKA}") as stream:
        said = await page.post("say", user=TANAKA, channel=HELPDESK, text="@mailports IMAP?")
        ts = said["message"]["ts"]
        assert said["message"]["text"] == f"<@{slack.bot.id}> IMAP?"
        seen = [await stream.receive_json(timeout=5) for _ in range(2)]
        assert [e["type"] for e in seen] == ["message", "message"]
        answer = seen[1]["message"]
        assert (answer["bot"], answer["thread_ts"], seen[1]["channel"]) == (True, ts, HELPDESK)
        pressed = await page.post(
            "press",
            user=TANAKA,
            channel=HELPDESK,
            ts=answer["ts"],
            block_id="choices",
            action_id="more",
            value="993",
            state={"values": {}},
        )
        assert pressed["ok"]
        opened = await stream.receive_json(timeout=5)
        assert opened["type"] == "view_opened"
        view_id = opened["view"]["id"]
        wrong = {"what": {"text": {"type": "plain_text_input", "value": "bad"}}}
        refused = await page.post("view/submit", user=TANAKA, view_id=view_id, values=wrong)
        assert (refused["errors"], refused["closed"]) == ({"what": "not this"}, False)
        good = {"what": {"text": {"type": "plain_text_input", "value": "good"}}}
        taken = await page.post("view/submit", user=TANAKA, view_id=view_id, values=good)
        assert (taken.get("errors"), taken["closed"]) == (None, True)
        assert (await stream.receive_json(timeout=5))["type"] == "view_closed"
    thread = await page.get("messages", user=TANAKA, channel=HELPDESK, thread_ts=ts)
    assert [m["bot"] for m in thread["messages"]] == [False, True]
    channel = await page.get("messages", user=TANAKA, channel=HELPDESK)
    assert [m["reply_count"] for m in channel["messages"]] == [1]


async def test_command_typed_as_text_is_run(slack: LocalSlack, page: Page, bolt: AsyncApp) -> None:
    """Text that starts with a known command is not posted but used, and its answer is seen by its user alone."""
    await page.post("say", user=TANAKA, channel=HELPDESK, text="/mailports 587")
    await slack.wait_for(lambda: slack.response_uses)
    mine = await page.get("messages", user=TANAKA, channel=HELPDESK)
    assert [(m["text"], m["ephemeral"]) for m in mine["messages"]] == [("found 587", True)]
    assert (await page.get("messages", user="U0ALICE001", channel=HELPDESK))["messages"] == []


async def test_bot_that_is_not_there_is_said_in_both_languages(
    page: Page, unused_tcp_port: int, slack: LocalSlack
) -> None:
    """When the bot does not answer a command, the page gets Slack's own kind of notice."""
    slack.deliver_to(f"http://127.0.0.1:{unused_tcp_port}/")
    async with page.session.ws_connect(f"{page.base}/ui/ws?user={TANAKA}") as stream:
        await page.post("say", user=TANAKA, channel=HELPDESK, text="/mailports 587")
        notice = await stream.receive_json(timeout=5)
    assert (notice["type"], notice["channel"]) == ("notice", HELPDESK)
    assert "3秒" in notice["text"]["ja"]


async def test_edit_delete_and_home(slack: LocalSlack, page: Page) -> None:
    """One's own messages are edited and deleted; another person's are not."""
    ts = (await page.post("say", user=TANAKA, channel="C0RANDOM01", text="a"))["message"]["ts"]
    edited = await page.post("edit", user=TANAKA, channel="C0RANDOM01", ts=ts, text="b <c>")
    assert (edited["message"]["text"], bool(edited["message"]["edited"])) == ("b &lt;c&gt;", True)
    foreign = await page.post("delete", user="U0ALICE001", channel="C0RANDOM01", ts=ts)
    assert (foreign["status"], foreign["ok"]) == (400, False)
    await page.post("delete", user=TANAKA, channel="C0RANDOM01", ts=ts)
    assert slack.messages("random") == []
    assert (await page.post("home", user=TANAKA, tab="home"))["view"] is None


async def test_stream_keeps_what_is_private(slack: LocalSlack, page: Page) -> None:
    """A person's stream carries no message of a channel they are not in."""
    async with page.session.ws_connect(f"{page.base}/ui/ws?user=U0GUEST001") as stream:
        await slack.say("sato", "it-staff", "secret")
        await slack.say("sato", "random", "open")
        assert (await stream.receive_json(timeout=5))["message"]["text"] == "open"
    refused = await page.get("messages", user="U0GUEST001", channel="C0PRIVATE1")
    assert refused["status"] == 400


@pytest.mark.parametrize("path", ["/", "/ui/state", "/ui/ws?user=U0TANAKA01"])
async def test_foreign_host_is_refused(page: Page, path: str) -> None:
    """A name that only resolves to this machine does not get in (DNS rebinding)."""
    async with page.session.get(page.base + path, headers={"Host": "evil.example:80"}) as response:
        assert response.status == 403


async def test_foreign_page_cannot_post_or_listen(page: Page) -> None:
    """A POST that is no JSON and a stream from another origin are refused."""
    async with page.session.post(f"{page.base}/ui/say", data="{}", headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 415
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await page.session.ws_connect(f"{page.base}/ui/ws?user={TANAKA}", origin="https://evil.example")


@pytest.mark.parametrize("path", ["/..%2f..%2fstate.py", "/%2e%2e/state.py", "/state.py", "/nothing.js"])
async def test_no_file_outside_the_page_is_served(page: Page, path: str) -> None:
    """Only files of the page folder are served."""
    from yarl import URL

    async with page.session.get(URL(page.base + path, encoded=True)) as response:
        assert response.status == 404


async def test_page_itself_is_served(page: Page) -> None:
    """The start page comes with a policy that lets only its own scripts run."""
    async with page.session.get(page.base + "/") as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "body", [{}, {"user": "U404"}, {"user": TANAKA}, {"user": TANAKA, "channel": "C404", "text": "x"}]
)
async def test_bad_request_gets_a_sentence(page: Page, body: dict[str, str]) -> None:
    """What is missing or unknown is said; nothing breaks."""
    answer = await page.post("say", **body)
    assert answer["status"] == 400
    assert answer["error"]

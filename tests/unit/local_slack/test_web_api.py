"""The Web API answers, refuses and fails as Slack does."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Fault, LocalSlack

HELPDESK = "C0HELPDESK"


async def _error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_tokens(slack: LocalSlack, client: AsyncWebClient) -> None:
    """Without a token, with a wrong one and with one of the wrong kind, a call is refused by its own name."""
    assert (await client.auth_test())["user_id"] == slack.bot.id
    assert await _error(AsyncWebClient(token="xoxb-wrong", base_url=slack.api_url).auth_test()) == "invalid_auth"
    assert await _error(AsyncWebClient(base_url=slack.api_url).auth_test()) == "not_authed"
    assert await _error(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    assert await _error(client.api_call("chat.shout")) == "unknown_method"


async def test_missing_scope_is_named() -> None:
    """A call without its scope says which is needed and which are there."""
    async with LocalSlack(scopes={"commands"}) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=HELPDESK, text="hi")
        answer = caught.value.response
        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "commands")
        assert await _error(client.conversations_history(channel=HELPDESK)) == "missing_scope"


async def test_events_need_scopes_too() -> None:
    """Without a history scope the bot does not hear messages, only mentions."""
    async with LocalSlack(scopes={"app_mentions:read", "chat:write"}, retry_delays_s=()) as slack:
        slack.outbox.ack_timeout_s = 0.01
        said = await slack.say("tanaka", "helpdesk", f"<@{slack.bot.id}> hi")
        await said.finished()
        assert [d.event_type for d in said.deliveries] == ["app_mention"]


async def test_where_the_bot_may_write(slack: LocalSlack, client: AsyncWebClient) -> None:
    """Unknown, archived and foreign channels are refused, and a user id opens the direct messages."""
    assert await _error(client.chat_postMessage(channel="C404", text="hi")) == "channel_not_found"
    assert await _error(client.chat_postMessage(channel="C0RANDOM01", text="hi")) == "not_in_channel"
    slack.workspace.channels["C0PRIVATE1"].members.discard(slack.bot.id)
    assert await _error(client.chat_postMessage(channel="C0PRIVATE1", text="hi")) == "channel_not_found"
    slack.workspace.channels["C0GENERAL1"].is_archived = True
    assert await _error(client.chat_postMessage(channel="C0GENERAL1", text="hi")) == "is_archived"
    sent = await client.chat_postMessage(channel="U0ALICE001", text="hi")
    assert sent["channel"] == slack.dm("alice")


async def test_bad_texts_and_blocks(slack: LocalSlack, client: AsyncWebClient) -> None:
    """Empty, over-long and malformed messages are refused with Slack's codes and pointers."""
    post = client.chat_postMessage
    assert await _error(client.api_call("chat.postMessage", json={"channel": HELPDESK})) == "no_text"
    assert await _error(post(channel=HELPDESK, text="x" * 40_001)) == "msg_too_long"
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5
    assert await _error(post(channel=HELPDESK, text="t", blocks=long)) == "msg_blocks_too_long"
    assert await _error(post(channel=HELPDESK, text="t", thread_ts="1.000001")) == "thread_not_found"
    assert await _error(post(channel=HELPDESK, text="t", metadata={"event_type": "a"})) == "invalid_metadata_format"
    with pytest.raises(SlackApiError) as caught:
        await post(channel=HELPDESK, text="t", blocks=[{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}])
    assert caught.value.response["error"] == "invalid_blocks"
    (said,) = caught.value.response["response_metadata"]["messages"]
    assert said.endswith("[json-pointer:/blocks/0/text/type]")
    assert slack.messages(HELPDESK) == []


async def test_update_and_delete_only_own_messages(slack: LocalSlack, client: AsyncWebClient) -> None:
    """The bot changes and deletes what it wrote, and nothing else."""
    said = await slack.say("tanaka", "helpdesk", "mine")
    sent = await client.chat_postMessage(channel=HELPDESK, text="one", blocks=[{"type": "divider"}])
    await client.chat_update(channel=HELPDESK, ts=sent["ts"], text="two")
    assert (slack.message(HELPDESK, sent["ts"]).text, slack.message(HELPDESK, sent["ts"]).blocks) == ("two", None)
    assert await _error(client.chat_update(channel=HELPDESK, ts=said.ts, text="x")) == "cant_update_message"
    assert await _error(client.chat_update(channel=HELPDESK, ts="9.000000", text="x")) == "message_not_found"
    assert await _error(client.chat_delete(channel=HELPDESK, ts=said.ts)) == "cant_delete_message"
    await client.chat_delete(channel=HELPDESK, ts=sent["ts"])
    assert [m.text for m in slack.messages(HELPDESK)] == ["mine"]


async def test_metadata_comes_back_when_asked_for(slack: LocalSlack, client: AsyncWebClient) -> None:
    """A thread is read back with the metadata of its replies, which is how a lost mark is found again."""
    said = await slack.say("tanaka", "helpdesk", "q")
    metadata = {"event_type": "answer", "event_payload": {"key": "k1"}}
    await client.chat_postMessage(channel=HELPDESK, text="a", thread_ts=said.ts, metadata=metadata)
    full = await client.conversations_replies(channel=HELPDESK, ts=said.ts, include_all_metadata=True)
    assert [m.get("metadata") for m in full["messages"]] == [None, metadata]
    assert full["messages"][0]["reply_count"] == 1
    bare = await client.conversations_replies(channel=HELPDESK, ts=said.ts)
    assert "metadata" not in bare["messages"][1]
    assert await _error(client.conversations_replies(channel=HELPDESK, ts="9.000000")) == "thread_not_found"


async def test_history_is_paged_newest_first(slack: LocalSlack, client: AsyncWebClient) -> None:
    """History gives pages with a cursor, without replies."""
    for number in range(5):
        await slack.say("tanaka", "helpdesk", str(number))
    await slack.say("tanaka", "helpdesk", "reply", thread_ts=slack.messages(HELPDESK)[0].ts)
    texts: list[str] = []
    async for page in await client.conversations_history(channel=HELPDESK, limit=2):
        texts += [m["text"] for m in page["messages"]]
    assert texts == ["4", "3", "2", "1", "0"]


async def test_people_and_channels(slack: LocalSlack, client: AsyncWebClient) -> None:
    """Locale, roles, membership and kinds of channel can be looked up."""
    user = (await client.users_info(user="U0SATO0001", include_locale=True))["user"]
    assert (user["locale"], user["is_admin"]) == ("ja-JP", True)
    assert "locale" not in (await client.users_info(user="U0SATO0001"))["user"]
    assert await _error(client.users_info(user="U404")) == "user_not_found"
    info = (await client.conversations_info(channel="C0RANDOM01"))["channel"]
    assert (info["is_member"], info["is_private"]) == (False, False)
    opened = await client.conversations_open(users="U0ALICE001")
    assert opened["channel"]["id"] == slack.dm("alice")
    assert slack.bot.id in (await client.conversations_members(channel=HELPDESK))["members"]
    private = await client.conversations_list(types="private_channel")
    assert [c["name"] for c in private["channels"]] == ["it-staff"]


async def test_ephemeral_is_seen_by_one_and_cannot_be_updated(slack: LocalSlack, client: AsyncWebClient) -> None:
    """An ephemeral reaches one person in the channel and no Web API method reaches it again."""
    sent = await client.chat_postEphemeral(channel=HELPDESK, user="U0ALICE001", text="psst")
    assert [m.text for m in slack.ephemerals("alice", HELPDESK)] == ["psst"]
    assert slack.messages(HELPDESK) == []
    update = client.chat_update(channel=HELPDESK, ts=sent["message_ts"], text="x")
    assert await _error(update) == "message_not_found"


async def test_trigger_works_once_and_for_three_seconds() -> None:
    """A trigger id opens one modal within three seconds, not two, not later."""
    now = [1_800_000_000.0]
    async with LocalSlack(clock=lambda: now[0]) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        modal = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [{"type": "divider"}]}
        slack.outbox.ack_timeout_s = 0.01
        first = (await slack.global_shortcut("tanaka", "ask")).trigger_id
        assert (await client.views_open(trigger_id=first, view=modal))["view"]["id"] == slack.views("tanaka")[0].id
        assert await _error(client.views_open(trigger_id=first, view=modal)) == "exchanged_trigger_id"
        late = (await slack.global_shortcut("tanaka", "ask")).trigger_id
        now[0] += 3.1
        assert await _error(client.views_open(trigger_id=late, view=modal)) == "expired_trigger_id"
        bad = {**modal, "title": {"type": "plain_text", "text": "x" * 25}}
        assert await _error(client.views_open(trigger_id=late, view=bad)) == "invalid_arguments"


async def test_home_tab_is_published_and_guarded_by_its_hash(slack: LocalSlack, client: AsyncWebClient) -> None:
    """A home tab belongs to one person, and an outdated hash does not overwrite it."""
    first = await client.views_publish(user_id="U0ALICE001", view={"type": "home", "blocks": [{"type": "divider"}]})
    header = {"type": "header", "text": {"type": "plain_text", "text": "Hi"}}
    await client.views_publish(user_id="U0ALICE001", view={"type": "home", "blocks": [header]})
    home = slack.home("alice")
    assert home is not None
    assert home.content["blocks"][0]["type"] == "header"
    assert slack.home("tanaka") is None
    again = client.views_publish(
        user_id="U0ALICE001", view={"type": "home", "blocks": [header]}, hash=first["view"]["hash"]
    )
    assert await _error(again) == "hash_conflict"


async def test_response_url_works_five_times(slack: LocalSlack) -> None:
    """The sixth use of a response URL is refused; in_channel is seen by all, delete_original removes."""
    slack.outbox.ack_timeout_s = 0.01
    url = (await slack.slash("alice", "random", "/mailports", "587")).response_url
    bodies: list[dict[str, Any]] = [
        {"text": "private"},
        {"text": "changed", "replace_original": True},
        {"text": "for all", "response_type": "in_channel"},
        {"delete_original": True},
        {"text": "last"},
        {"text": "too many"},
    ]
    async with aiohttp.ClientSession() as session:
        said = []
        for body in bodies:
            async with session.post(url, json=body) as response:
                said.append((response.status, await response.text()))
    assert said == [(200, "ok")] * 5 + [(404, "used_url")]
    assert [m.text for m in slack.messages("random")] == ["for all"]
    assert [m.text for m in slack.ephemerals("alice")] == ["last"]


@pytest.mark.parametrize(
    ("kind", "error"),
    [("error:account_inactive", "account_inactive"), ("ratelimited", "ratelimited"), ("http_500", "internal_error")],
)
async def test_fault_strikes_as_often_as_said(slack: LocalSlack, client: AsyncWebClient, kind: str, error: str) -> None:
    """A fault strikes the named number of times, has no effect, and then is over."""
    slack.faults.add(Fault("chat.postMessage", kind, times=1))
    assert await _error(client.chat_postMessage(channel=HELPDESK, text="a")) == error
    await client.chat_postMessage(channel=HELPDESK, text="b")
    assert [m.text for m in slack.messages(HELPDESK)] == ["b"]


async def test_applied_then_lost_takes_effect(slack: LocalSlack, client: AsyncWebClient) -> None:
    """The post is there although the bot was told otherwise: by a 500, or by a cut connection."""
    slack.faults.add(Fault("chat.postMessage", "applied_then_lost", times=1))
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=HELPDESK, text="a")
    slack.faults.clear()
    slack.faults.add(Fault("chat.postMessage", "applied_then_reset", times=1))
    with pytest.raises(aiohttp.ClientError):
        await AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[]).chat_postMessage(
            channel=HELPDESK, text="b"
        )
    assert [m.text for m in slack.messages(HELPDESK)] == ["a", "b"]
    assert [call.status for call in slack.calls] == [500, 0]


async def test_reset_and_timeout_have_no_effect(slack: LocalSlack) -> None:
    """A cut connection and an answer that never comes leave nothing behind."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=1)
    slack.faults.add(Fault("chat.postMessage", "reset", times=1))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=HELPDESK, text="a")
    slack.faults.add(Fault("chat.postMessage", "timeout", times=1))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await client.chat_postMessage(channel=HELPDESK, text="b")
    assert slack.messages(HELPDESK) == []


async def test_share_of_faults_is_the_same_with_the_same_seed() -> None:
    """Two runs with one seed fail at the same calls; another seed fails elsewhere."""

    def strikes(seed: int) -> list[bool]:
        slack = LocalSlack(fault_seed=seed)
        slack.faults.add(Fault("*", "http_500", share=0.5))
        return [slack.faults.strike("chat.postMessage") is not None for _ in range(50)]

    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)


async def test_pace_limit_is_per_channel() -> None:
    """With the pace limit on, a second post at once into one channel gets 429, into another it goes through."""
    async with LocalSlack(pace_per_channel_s=60) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        await client.chat_postMessage(channel=HELPDESK, text="a")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=HELPDESK, text="b")
        assert caught.value.response.headers["Retry-After"] == "1"
        await client.chat_postMessage(channel="C0GENERAL1", text="c")


async def test_blocks_validate_needs_no_token(slack: LocalSlack) -> None:
    """The checker can be asked over the Web API, and says the pointer."""
    client = AsyncWebClient(base_url=slack.api_url)
    assert (await client.blocks_validate(blocks=[{"type": "divider"}]))["ok"]
    with pytest.raises(SlackApiError) as caught:
        await client.blocks_validate(blocks=[{"type": "sectoin"}])
    assert caught.value.response["errors"][0]["pointer"] == "/blocks/0/type"


async def test_wait_for_says_what_it_saw(slack: LocalSlack, client: AsyncWebClient) -> None:
    """Waiting in vain ends with a message that names the last calls."""
    await client.auth_test()
    with pytest.raises(TimeoutError, match=r"auth\.test=ok"):
        await slack.wait_for(lambda: False, timeout_s=0.01)


async def test_agent_methods(slack: LocalSlack, client: AsyncWebClient) -> None:
    """Status, title, prompts and session state are taken for threads that exist, and refused otherwise."""
    said = await slack.say("tanaka", slack.dm("tanaka"), "hi")
    channel = slack.dm("tanaka")
    await client.assistant_threads_setStatus(channel_id=channel, thread_ts=said.ts, status="thinking")
    await client.assistant_threads_setTitle(channel_id=channel, thread_ts=said.ts, title="IMAP")
    prompts = [{"title": "IMAP", "message": "IMAP port?"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=prompts)
    await client.agents_sessions_setStatus(channel_id=channel, thread_ts=said.ts, status="closed")
    lost = client.assistant_threads_setStatus(channel_id=channel, thread_ts="9.000000", status="x")
    assert await _error(lost) == "thread_not_found"
    many = client.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=prompts * 5)
    assert await _error(many) == "invalid_arguments"


async def test_reactions(slack: LocalSlack, client: AsyncWebClient) -> None:
    """The bot puts an emoji on a message once and takes it off once."""
    said = await slack.say("tanaka", "helpdesk", "q")
    await client.reactions_add(channel=HELPDESK, timestamp=said.ts, name="eyes")
    again = client.reactions_add(channel=HELPDESK, timestamp=said.ts, name="eyes")
    assert await _error(again) == "already_reacted"
    await client.reactions_remove(channel=HELPDESK, timestamp=said.ts, name="eyes")
    assert slack.message(HELPDESK, said.ts).reactions == {}

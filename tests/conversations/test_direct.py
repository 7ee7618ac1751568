"""Direct messages and the app's own pages."""

from __future__ import annotations

from tests.support.town import Town


async def test_a_direct_message_needs_no_mention(town: Town) -> None:
    """Whatever is written to the bot is for the bot, and is answered below it."""
    dm = town.slack.dm("tanaka")
    asked = await town.slack.say("tanaka", dm, "Gmailの受信サーバーは？")
    answer = await town.slack.wait_for_reply(dm, asked.ts)

    assert "imap.gmail.com" in answer.text


async def test_direct_messages_remember_without_a_thread(town: Town) -> None:
    """Who simply writes on is understood: the provider stays."""
    dm = town.slack.dm("tanaka")
    first = await town.slack.say("tanaka", dm, "エックスサーバーをThunderbirdで使いたい。ポート番号は？")
    await town.slack.wait_for_reply(dm, first.ts)
    await town.settle()
    second = await town.slack.say("tanaka", dm, "じゃあiPhoneだと？")
    answer = await town.slack.wait_for_reply(dm, second.ts)

    assert "iPhone" in answer.text
    assert "xserver.jp" in answer.text


async def test_opening_the_messages_greets_once_and_offers_prompts(town: Town) -> None:
    """The greeting is in the language of the person's Slack and is said once."""
    for _ in range(3):
        await town.slack.open_home("tanaka", "messages")
    await town.settle()
    dm = town.slack.dm("tanaka")

    greetings = [message for message in town.slack.messages(dm) if message.user == town.slack.bot.id]
    assert len(greetings) == 1
    assert "パスワード" in greetings[0].text
    prompts = town.slack.calls_to("assistant.threads.setSuggestedPrompts")
    assert prompts
    assert all(call.error is None for call in prompts)


async def test_the_home_tab_lets_people_choose_their_language(town: Town) -> None:
    """The choice holds for the tab and for every later answer."""
    await town.slack.open_home("tanaka")
    home = await town.slack.wait_for(lambda: town.slack.home("tanaka"))
    assert any("ポート番号" in str(block) for block in home.content["blocks"])

    await town.slack.press("tanaka", home, "home_language", "en")
    changed = town.slack.home("tanaka")
    assert changed is not None
    assert "help with mail settings" in str(changed.content["blocks"][0])
    answer = await town.ask("Gmailの受信サーバーは？", user="tanaka")
    assert answer.text.splitlines()[0].isascii()


async def test_a_text_without_language_is_answered_in_the_askers(town: Town) -> None:
    """A bare number is answered in the language of the asker's Slack."""
    japanese = await town.ask("993", user="tanaka")
    english = await town.ask("993", user="alice")

    assert any("ぁ" <= letter <= "ん" for letter in japanese.text)
    assert english.text.splitlines()[0].isascii()

"""`/mailports`: private answers, also where the bot is no member."""

from __future__ import annotations

import pytest

from tests.support.town import Town


async def test_a_port_number_is_explained_to_the_asker_alone(town: Town) -> None:
    """Nobody else sees it, and it works in channels without the bot."""
    deed = await town.slack.slash("alice", "random", "/mailports", "587")

    assert deed.status == 200
    assert "587" in town.last_private("alice").text
    assert [m for m in town.slack.messages("random") if m.user == town.slack.bot.id] == []


@pytest.mark.parametrize("text", ["gmail", "taro@gmail.com", "Gmailの送信サーバー", "payload: Gmailの送信サーバー"])
async def test_providers_addresses_and_questions_are_answered(town: Town, text: str) -> None:
    """A provider's name, an address or a whole question: all are questions."""
    deed = await town.slack.slash("alice", "general", "/mailports", text)

    assert deed.status == 200
    assert "gmail.com" in town.last_private("alice").text


@pytest.mark.parametrize("text", ["", "help", "ヘルプ"])
async def test_help_lists_what_can_be_typed(town: Town, text: str) -> None:
    """Help names every command, in the language of the asker's Slack."""
    await town.slack.slash("tanaka", "helpdesk", "/mailports", text)

    said = town.last_private("tanaka").text
    for word in ("lang", "watch", "privacy", "forget me"):
        assert word in said
    assert "言語" in said


async def test_the_answer_can_be_shown_to_everyone(town: Town) -> None:
    """One press, and the channel sees the answer and who shares it; the private copy goes."""
    await town.slack.slash("alice", "random", "/mailports", "587")
    before = len(town.slack.ephemerals("alice"))
    await town.slack.press("alice", town.last_private("alice"), "share_with_everyone")
    shared = [m for m in town.slack.messages("random") if m.user == town.slack.bot.id]

    assert len(shared) == 1
    assert "587" in shared[0].text
    assert "<@U0ALICE001>" in str(shared[0].blocks)
    assert len(town.slack.ephemerals("alice")) == before - 1


async def test_a_shared_question_shows_none_of_its_words(town: Town) -> None:
    """What was typed stays private, a password above all."""
    await town.slack.slash("alice", "general", "/mailports", "my gmail password is Hunter2Hunter2, imap port?")
    shown = town.last_private("alice")
    assert "Hunter2" not in str(shown.blocks) + shown.text
    assert "password" in shown.text.split("\n\n")[0].lower()
    await town.slack.press("alice", shown, "share_with_everyone")
    shared = [m for m in town.slack.messages("general") if m.user == town.slack.bot.id]

    assert shared
    assert "Hunter2" not in str(shared[-1].blocks) + shared[-1].text


async def test_the_language_is_chosen_and_given_back(town: Town) -> None:
    """`lang` beats the language of the question until `lang auto`."""
    await town.slack.slash("tanaka", "helpdesk", "/mailports", "lang en")
    assert town.last_private("tanaka").text.isascii()
    english = await town.ask("Gmailの受信サーバーは？", user="tanaka")
    await town.slack.slash("tanaka", "helpdesk", "/mailports", "lang auto")
    japanese = await town.ask("Gmailの受信サーバーは？", user="tanaka")

    assert english.text.splitlines()[0].isascii()
    assert not japanese.text.splitlines()[0].isascii()


async def test_one_persons_language_is_nobody_elses(town: Town) -> None:
    """A choice concerns its chooser alone."""
    await town.slack.slash("sato", "helpdesk", "/mailports", "lang en")
    answer = await town.ask("Gmailの受信サーバーは？", user="tanaka")

    assert not answer.text.splitlines()[0].isascii()


async def test_privacy_says_what_is_kept(town: Town) -> None:
    """People can ask what is stored."""
    await town.slack.slash("tanaka", "helpdesk", "/mailports", "privacy")

    assert town.last_private("tanaka").text.splitlines()[0] == town.bot_says("privacy.title", "ja")


async def test_forget_me_takes_the_choices_back(town: Town) -> None:
    """After `forget me` the language that was chosen is gone too."""
    await town.slack.slash("tanaka", "helpdesk", "/mailports", "lang en")
    await town.slack.slash("tanaka", "helpdesk", "/mailports", "forget me")
    assert town.last_private("tanaka").text
    answer = await town.ask("Gmailの受信サーバーは？", user="tanaka")

    assert not answer.text.splitlines()[0].isascii()


async def test_a_command_is_acknowledged_while_slack_is_slow(town: Town) -> None:
    """When Slack's own look-ups hang, the command is acknowledged in time all the same."""
    from bot.local_slack import Fault

    town.slack.faults.add(Fault("users.info", "slow", delay_s=5.0))
    deed = await town.slack.slash("guest", "general", "/mailports", "993")

    assert deed.status == 200
    assert deed.deliveries[-1].attempts[-1].ack_ms < 3000
    assert "993" in (await town.slack.wait_for(lambda: town.slack.ephemerals("guest")))[-1].text


async def test_watch_in_a_direct_message_is_explained(town: Town) -> None:
    """There is nothing to switch in direct messages."""
    await town.slack.slash("sato", town.slack.dm("sato"), "/mailports", "watch on")

    assert "ダイレクトメッセージ" in town.last_private("sato").text

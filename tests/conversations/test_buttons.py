"""Buttons and the message shortcut."""

from __future__ import annotations

from typing import Any

from bot.local_slack import Message, interactive_elements
from tests.support.town import Town

# A name with several readings: the bot has to ask back.
AMBIGUOUS = "auのIMAP設定を教えて"


def buttons(message: Message) -> list[dict[str, Any]]:
    """Return the choices on a card."""
    found = [element for _, element in interactive_elements(message.blocks)]
    return [element for element in found if element["action_id"].startswith("ask_")]


async def test_several_readings_are_asked_back_and_answered_in_place(town: Town) -> None:
    """One press turns the question back into the answer: the same message, no second one."""
    asked_back = await town.ask(AMBIGUOUS)
    assert asked_back.metadata is not None
    assert asked_back.metadata["event_payload"]["decision"] == "clarify"
    choices = buttons(asked_back)
    assert len(choices) >= 2
    thread = asked_back.thread_ts
    assert thread is not None

    deed = await town.slack.press("tanaka", asked_back, choices[0]["action_id"])
    await town.settle()

    answers = town.answers("helpdesk", thread)
    assert deed.status == 200
    assert [answer.ts for answer in answers] == [asked_back.ts]
    assert answers[0].metadata is not None
    assert answers[0].metadata["event_payload"]["decision"] == "answer"


async def test_a_choice_below_an_answer_is_answered_below_it(town: Town) -> None:
    """A follow-up leaves the first answer as it is and adds its own, once."""
    first = await town.ask("エックスサーバーのIMAPの設定を教えて")
    thread = first.thread_ts
    assert thread is not None
    choices = buttons(first)
    assert choices
    for _ in range(2):
        await town.slack.press("tanaka", first, choices[0]["action_id"])
    await town.settle()

    answers = town.answers("helpdesk", thread)
    assert answers[0].ts == first.ts
    assert len(answers) == 2


async def test_a_choice_in_a_private_answer_stays_private(town: Town) -> None:
    """The private card is replaced by the answer to the choice."""
    await town.slack.slash("tanaka", "general", "/mailports", AMBIGUOUS)
    shown = town.last_private("tanaka")
    before, question = len(town.slack.ephemerals("tanaka")), shown.text
    await town.slack.press("tanaka", shown, buttons(shown)[0]["action_id"])

    assert len(town.slack.ephemerals("tanaka")) == before
    assert town.last_private("tanaka").text != question
    assert "auメール" in town.last_private("tanaka").text
    assert [m for m in town.slack.messages("general") if m.user == town.slack.bot.id] == []


async def test_feedback_is_thanked_for_privately(town: Town) -> None:
    """Both thumbs get a private word of thanks, and nobody else sees it."""
    answer = await town.ask("port 993?", user="alice")
    await town.settle()
    for thumb in ("positive", "negative"):
        deed = await town.slack.press("alice", answer, "feedback", thumb)
        assert deed.status == 200
    assert answer.thread_ts is not None

    thanks = town.slack.ephemerals("alice")
    assert len(thanks) == 2
    assert all("Thank you" in message.text for message in thanks)
    assert len(town.answers("helpdesk", answer.thread_ts)) == 1


async def test_buttons_that_are_not_ours_to_answer_are_acknowledged(town: Town) -> None:
    """An old card with a button that no longer exists does not look broken."""
    message = Message(
        ts=town.slack.workspace.new_ts(),
        channel="C0HELPDESK",
        user=town.slack.bot.id,
        text="old",
        bot=True,
        blocks=[
            {
                "type": "actions",
                "block_id": "b",
                "elements": [
                    {"type": "button", "action_id": "gone", "text": {"type": "plain_text", "text": "x"}, "value": "1"}
                ],
            }
        ],
    )
    town.slack.workspace.post(message)
    deed = await town.slack.press("alice", message, "gone")

    assert deed.status == 200


async def test_the_shortcut_answers_somebody_elses_message_in_its_thread(town: Town) -> None:
    """Whoever helps a colleague presses once; the colleague gets the answer."""
    said = await town.slack.say("tanaka", "helpdesk", "Gmailの送信サーバーのポート番号がわかりません")
    deed = await town.slack.message_shortcut("alice", "helpdesk", said.ts, "ask_about_message")
    answer = await town.slack.wait_for_reply("helpdesk", said.ts)

    assert deed.status == 200
    assert "smtp.gmail.com" in answer.text
    assert town.last_private("alice").text


async def test_the_shortcut_twice_answers_once(town: Town) -> None:
    """A second press says that the answer is there already."""
    said = await town.slack.say("tanaka", "helpdesk", "Gmailの送信サーバーのポート番号がわかりません")
    for who in ("alice", "sato"):
        await town.slack.message_shortcut(who, "helpdesk", said.ts, "ask_about_message")
    await town.settle()

    assert len(town.answers("helpdesk", said.ts)) == 1
    assert "もう" in town.last_private("sato").text


async def test_the_shortcut_on_small_talk_stays_private(town: Town) -> None:
    """Not knowing is told to whoever asked, not to the whole channel."""
    said = await town.slack.say("tanaka", "helpdesk", "今日のお昼は何にしますか")
    await town.slack.message_shortcut("alice", "helpdesk", said.ts, "ask_about_message")
    await town.settle()

    assert town.answers("helpdesk", said.ts) == []
    assert town.last_private("alice").text


async def test_the_shortcut_works_where_the_bot_is_no_member(town: Town) -> None:
    """There the answer is shown to whoever used it."""
    said = await town.slack.say("alice", "random", "which outgoing port does Gmail use?")
    await town.slack.message_shortcut("alice", "random", said.ts, "ask_about_message")
    shown = await town.slack.wait_for(lambda: town.slack.ephemerals("alice"))

    assert "smtp.gmail.com" in shown[-1].text

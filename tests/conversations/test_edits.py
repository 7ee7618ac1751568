"""Questions that change after they were asked, and what Slack calls a change and is none."""

from __future__ import annotations

from tests.support.town import Town


async def test_an_edited_question_updates_its_answer_in_place(town: Town) -> None:
    """Who corrects a question sees the answer corrected, not a second one."""
    first = await town.ask("port 993?", user="alice")
    assert first.thread_ts is not None
    await town.slack.edit("alice", "helpdesk", first.thread_ts, f"{town.me} port 465?")
    await town.slack.wait_for(lambda: "465" in town.answers("helpdesk", first.thread_ts or "")[0].text)
    await town.settle()

    answers = town.answers("helpdesk", first.thread_ts)
    assert [answer.ts for answer in answers] == [first.ts]
    assert "993" not in answers[0].text.splitlines()[0]


async def test_the_later_of_two_edits_counts(town: Town) -> None:
    """Edits that follow each other quickly leave the answer to the last one."""
    first = await town.ask("port 993?", user="alice")
    assert first.thread_ts is not None
    for port in (995, 587, 465):
        await town.slack.edit("alice", "helpdesk", first.thread_ts, f"{town.me} port {port}?")
    await town.settle()

    answers = town.answers("helpdesk", first.thread_ts)
    assert len(answers) == 1
    assert "465" in answers[0].text.splitlines()[0]


async def test_an_unfurl_is_no_edit(town: Town) -> None:
    """Slack reports link previews as changes; the text is the same, so nothing happens."""
    first = await town.ask("port 993? https://example.com/", user="alice")
    assert first.thread_ts is not None
    await town.settle()
    calls = len(town.slack.calls)
    for _ in range(3):
        await town.slack.unfurl("helpdesk", first.thread_ts)
    await town.settle()

    assert len(town.slack.calls) == calls


async def test_an_edit_that_makes_a_question_of_a_mention_is_answered(town: Town) -> None:
    """A mention that is added later counts like one from the beginning."""
    said = await town.slack.say("alice", "helpdesk", "port 993?")
    await town.settle()
    assert town.answers("helpdesk", said.ts) == []
    await town.slack.edit("alice", "helpdesk", said.ts, f"{town.me} port 993?")
    answer = await town.slack.wait_for_reply("helpdesk", said.ts)

    assert "993" in answer.text


async def test_a_deleted_question_takes_its_answer_with_it(town: Town) -> None:
    """Who takes a question back leaves no answer behind."""
    first = await town.ask("port 993?", user="alice")
    assert first.thread_ts is not None
    await town.settle()
    await town.slack.delete("alice", "helpdesk", first.thread_ts)
    await town.settle()

    assert all(message.user != town.slack.bot.id for message in town.slack.messages("helpdesk"))


async def test_deleting_what_was_never_answered_costs_nothing(town: Town) -> None:
    """People delete messages all day; the bot calls nothing for that."""
    said = await town.slack.say("alice", "helpdesk", "lunch at 12?")
    await town.slack.delete("alice", "helpdesk", said.ts)
    await town.settle()

    assert [call.method for call in town.slack.calls if call.method.startswith("chat.")] == []


async def test_an_edit_in_a_direct_message_updates_too(town: Town) -> None:
    """Direct messages are corrected like any other."""
    dm = town.slack.dm("alice")
    asked = await town.slack.say("alice", dm, "port 993?")
    await town.slack.wait_for_reply(dm, asked.ts)
    await town.slack.edit("alice", dm, asked.ts, "port 25?")
    await town.settle()

    answers = town.answers(dm, asked.ts)
    assert len(answers) == 1
    assert "25" in answers[0].text.splitlines()[0]

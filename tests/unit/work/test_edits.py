"""Questions that are edited or deleted, before and after their answer."""

from __future__ import annotations

import asyncio

from bot.work import Composed, PostedAs, PostRateLimitedError, QuestionKey, Summary, Work
from tests.unit.work.fake_poster import Author, FakePoster

KEY = QuestionKey("T1", "C1", "1700000000.000100")
EDIT = QuestionKey("T1", "C1", "1700000000.000100:edit:1700000009.000100")


class Editor:
    """Composes the answer to the edited question and remembers which message it was told to update."""

    def __init__(self) -> None:
        self.told: list[PostedAs | None] = []

    async def __call__(self, posted: PostedAs | None) -> Composed:
        self.told.append(posted)
        payload = {"question": KEY.encode(), "text": "edited", "update": posted.ts if posted else None}
        return Composed(payload, Summary("answer", "en", "explain_port", None, "edited question"))


async def test_an_edit_is_told_which_message_to_update(work: Work, poster: FakePoster) -> None:
    """Editing an answered question updates its answer in place, once however often the edit is delivered."""
    await work.delivery.answer(KEY, compose=Author(KEY))
    editor = Editor()
    assert (await work.delivery.revise(KEY, EDIT, compose=editor)).name == "answered"
    assert (await work.delivery.revise(KEY, EDIT, compose=editor)).name == "duplicate"
    assert editor.told == [PostedAs("C1", "1.000")]
    row = await work.ledger.find(KEY)
    assert row is not None
    assert row.posted == PostedAs("C1", "1.000")


async def test_an_edit_of_an_owed_answer_changes_what_is_owed(work: Work, poster: FakePoster) -> None:
    """The answer that has not gone out yet goes out for the edited text, and only that."""
    poster.script = [PostRateLimitedError(0.5)]
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "owed"
    assert (await work.delivery.revise(KEY, EDIT, compose=Editor())).name == "owed"
    await poster.until(lambda: len(poster.out) == 1)
    assert [payload["text"] for payload in poster.out.values()] == ["edited"]


async def test_an_edit_that_makes_a_question_is_answered(work: Work, poster: FakePoster) -> None:
    """What we passed over in silence, or never saw, is answered when an edit makes it a question."""

    async def silent() -> Composed | None:
        return None

    await work.delivery.answer(KEY, compose=silent)
    editor = Editor()
    assert (await work.delivery.revise(KEY, EDIT, compose=editor)).name == "answered"
    unseen = QuestionKey("T1", "C1", "9.9")
    assert (await work.delivery.revise(unseen, EDIT, compose=editor)).name == "answered"
    assert editor.told == [None, None]
    assert len(poster.out) == 2


async def test_an_edit_waits_for_the_answer_that_is_under_way(work: Work, poster: FakePoster) -> None:
    """An edit that overtakes its own question updates the message that the question is about to get."""
    gate = asyncio.Event()
    poster.script = [lambda: _wait(gate)]
    first = asyncio.create_task(work.delivery.answer(KEY, compose=Author(KEY)))
    await poster.until(lambda: poster.tried == 1)
    editor = Editor()
    edit = asyncio.create_task(work.delivery.revise(KEY, EDIT, compose=editor))
    await asyncio.sleep(0)
    gate.set()
    assert ((await first).name, (await edit).name) == ("answered", "answered")
    assert editor.told == [PostedAs("C1", "1.000")]


async def test_a_deleted_question_takes_its_answer_along(work: Work, poster: FakePoster) -> None:
    """Deleting the question deletes the answer, once; a deletion without an answer posts nothing."""
    await work.delivery.answer(KEY, compose=Author(KEY))
    told: list[PostedAs] = []

    async def delete(posted: PostedAs) -> Composed:
        told.append(posted)
        return Composed({"delete": posted.ts}, Summary())

    assert (await work.delivery.withdraw(KEY, compose=delete)).name == "answered"
    assert (await work.delivery.withdraw(KEY, compose=delete)).name == "duplicate"
    assert told == [PostedAs("C1", "1.000")]
    assert (await work.delivery.withdraw(QuestionKey("T1", "C1", "9.9"), compose=delete)).name == "withdrawn"
    assert (await work.delivery.revise(KEY, EDIT, compose=Editor())).acknowledge is True


async def test_a_question_deleted_while_its_post_is_late_loses_the_answer_too(work: Work, poster: FakePoster) -> None:
    """An answer that arrives after its question was deleted is taken back."""
    gate = asyncio.Event()
    poster.script = [lambda: _wait(gate)]
    assert (await work.delivery.answer(KEY, compose=Author(KEY))).name == "owed"

    async def nothing_to_delete(posted: PostedAs) -> Composed | None:
        raise AssertionError(posted)

    assert (await work.delivery.withdraw(KEY, compose=nothing_to_delete)).name == "withdrawn"
    gate.set()
    await poster.until(lambda: poster.deleted == [PostedAs("C1", "1.000")])


async def _wait(gate: asyncio.Event) -> None:
    await gate.wait()

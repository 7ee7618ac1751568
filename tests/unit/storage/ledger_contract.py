"""What every ledger keeps, whatever database it stands on: the test modules bring the `ledger` and its `clock`."""

from __future__ import annotations

import asyncio

from bot.storage.ledger import SqlLedger
from bot.storage.model import AlreadyDone, Claim, InProgress, Memory, OwedAnswer, PostedAs, QuestionKey, Summary

KEY = QuestionKey("T1", "C1", "1700000000.000100")
POSTED = PostedAs("C1", "1700000001.000200")
SUMMARY = Summary("answer", "ja", "explain_port", None, "587番ポートとは", "U1")


class Clock:
    """Epoch seconds that stand still until a test moves them."""

    def __init__(self) -> None:
        self.now_s = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now_s


async def claimed(ledger: SqlLedger, key: QuestionKey = KEY, lease_s: float = 10.0) -> Claim:
    """Claim a question that must be free."""
    claim = await ledger.claim(key, lease_s=lease_s)
    assert isinstance(claim, Claim), claim
    return claim


async def owed(ledger: SqlLedger, *, may_be_out: bool = False, wait_s: float = 5.0) -> Claim:
    """Claim a question and owe its answer."""
    claim = await claimed(ledger)
    assert await ledger.owe(claim, '{"payload": {}}', wait_s=wait_s, may_be_out=may_be_out, summary=SUMMARY)
    return claim


class LedgerContract:
    """Inherit, and bring the fixtures `ledger` and `clock`."""

    async def test_of_fifty_claims_at_once_one_wins(self, ledger: SqlLedger) -> None:
        """A question that arrives fifty times at once is claimed by one delivery."""
        results = await asyncio.gather(*(ledger.claim(KEY, lease_s=10.0) for _ in range(50)))
        assert sum(isinstance(result, Claim) for result in results) == 1
        assert sum(isinstance(result, InProgress) for result in results) == 49

    async def test_a_finished_question_is_known_with_its_message(self, ledger: SqlLedger) -> None:
        """A repetition of an answered question learns which message answers it."""
        assert await ledger.finish(await claimed(ledger), POSTED, SUMMARY) == "finished"
        assert await ledger.claim(KEY, lease_s=10.0) == AlreadyDone("done", POSTED)

    async def test_the_same_ts_elsewhere_is_another_question(self, ledger: SqlLedger) -> None:
        """Timestamps are unique in a channel only: the same one elsewhere is answered too."""
        await ledger.finish(await claimed(ledger), POSTED, SUMMARY)
        others = [
            await claimed(ledger, key) for key in (QuestionKey("T1", "C2", KEY.key), QuestionKey("T2", "C1", KEY.key))
        ]
        assert [claim.attempt for claim in others] == [1, 1]

    async def test_a_lapsed_claim_may_be_taken_again_and_is_suspect(self, ledger: SqlLedger, clock: Clock) -> None:
        """When the first delivery died, the next takes the question, and knows that a message may be out."""
        first = await claimed(ledger)
        assert first.suspect is False
        clock.now_s += 9.9
        waiting = await ledger.claim(KEY, lease_s=10.0)
        assert isinstance(waiting, InProgress)
        assert 0.0 < waiting.for_s < 0.2
        clock.now_s += 0.2
        second = await claimed(ledger)
        assert (second.row_id, second.attempt, second.suspect) == (first.row_id, 2, True)

    async def test_a_released_claim_is_free_at_once_and_clean(self, ledger: SqlLedger) -> None:
        """A question given back before anything was posted is taken at once, with no need to look."""
        await ledger.release(await claimed(ledger))
        again = await claimed(ledger)
        assert (again.attempt, again.suspect) == (2, False)

    async def test_releasing_a_suspect_claim_keeps_the_suspicion(self, ledger: SqlLedger, clock: Clock) -> None:
        """Giving a question back does not prove that an earlier, dead attempt posted nothing."""
        await claimed(ledger)
        clock.now_s += 11.0
        await ledger.release(await claimed(ledger))
        assert (await claimed(ledger)).suspect is True

    async def test_an_overtaken_claimant_cannot_release_or_owe(self, ledger: SqlLedger, clock: Clock) -> None:
        """Who was overtaken no longer disturbs the claim of who overtook."""
        old = await claimed(ledger)
        clock.now_s += 11.0
        await claimed(ledger)
        await ledger.release(old)
        assert isinstance(await ledger.claim(KEY, lease_s=10.0), InProgress)
        assert await ledger.owe(old, "{}", wait_s=1.0, may_be_out=False) is False

    async def test_two_messages_for_one_question_are_noticed(self, ledger: SqlLedger, clock: Clock) -> None:
        """A doubled answer is reported as one; finding the same message twice is not."""
        old = await claimed(ledger)
        clock.now_s += 11.0
        new = await claimed(ledger)
        assert await ledger.finish(new, POSTED, SUMMARY) == "finished"
        assert await ledger.finish(old, POSTED) == "finished"
        assert await ledger.finish(old, PostedAs("C1", "9.9")) == "doubled"
        assert (await ledger.claim(KEY, lease_s=1.0)) == AlreadyDone("done", POSTED)

    async def test_an_owed_answer_counts_as_done_for_repetitions(self, ledger: SqlLedger, clock: Clock) -> None:
        """What was promised is not claimed by a repetition, however long it takes."""
        await owed(ledger)
        clock.now_s += 10_000.0
        assert await ledger.claim(KEY, lease_s=10.0) == AlreadyDone("owed", None)

    async def test_an_owed_answer_is_taken_when_its_time_has_come(self, ledger: SqlLedger, clock: Clock) -> None:
        """An owed answer rests as long as it was told to, then one taker gets it with its payload and its age."""
        claim = await owed(ledger)
        assert await ledger.take_owed(claim.row_id, lease_s=60.0) == 5.0
        clock.now_s += 5.0
        taken = await ledger.take_owed(claim.row_id, lease_s=60.0)
        assert isinstance(taken, OwedAnswer)
        assert (taken.payload_json, taken.age_s, taken.claim.key) == ('{"payload": {}}', 5.0, KEY)
        assert (taken.claim.attempt, taken.claim.suspect) == (2, False)
        assert await ledger.take_owed(claim.row_id, lease_s=60.0) == 60.0

    async def test_an_answer_of_unknown_fate_is_suspect(self, ledger: SqlLedger, clock: Clock) -> None:
        """Whoever takes an answer whose last try ended without a word is told to look first."""
        claim = await owed(ledger, may_be_out=True)
        clock.now_s += 5.0
        taken = await ledger.take_owed(claim.row_id, lease_s=60.0)
        assert isinstance(taken, OwedAnswer)
        assert taken.claim.suspect is True
        await ledger.defer(taken.claim, wait_s=1.0, may_be_out=False)
        clock.now_s += 1.0
        taken = await ledger.take_owed(claim.row_id, lease_s=60.0)
        assert isinstance(taken, OwedAnswer)
        assert taken.claim.suspect is False
        clock.now_s += 60.0  # The taker died: nobody deferred.
        taken = await ledger.take_owed(claim.row_id, lease_s=60.0)
        assert isinstance(taken, OwedAnswer)
        assert taken.claim.suspect is True

    async def test_a_finished_or_dropped_answer_is_owed_no_more(self, ledger: SqlLedger, clock: Clock) -> None:
        """After the answer is out, or given up, there is nothing to take and nothing overdue."""
        claim = await owed(ledger)
        assert await ledger.count_owed() == 1
        await ledger.finish(claim, POSTED)
        assert await ledger.take_owed(claim.row_id, lease_s=60.0) is None
        other = await claimed(ledger, QuestionKey("T1", "C1", "2.2"))
        await ledger.owe(other, "{}", wait_s=0.0, may_be_out=False)
        await ledger.drop(other, "channel_not_found")
        clock.now_s += 100.0
        assert await ledger.take_owed(other.row_id, lease_s=60.0) is None
        assert await ledger.overdue(late_s=0.0, limit=10) == []
        assert await ledger.count_owed() == 0
        row = await ledger.find(KEY)
        assert row is not None
        assert (row.state, row.posted, row.decision) == ("done", POSTED, "answer")

    async def test_overdue_answers_are_found_by_anyone(self, ledger: SqlLedger, clock: Clock) -> None:
        """An owed answer that nobody touched in time is there for any replica to take up."""
        claim = await owed(ledger)
        clock.now_s += 24.0
        assert await ledger.overdue(late_s=20.0, limit=10) == []
        clock.now_s += 2.0
        assert await ledger.overdue(late_s=20.0, limit=10) == [(claim.row_id, 1)]

    async def test_an_edit_changes_what_is_owed(self, ledger: SqlLedger, clock: Clock) -> None:
        """A question edited before its answer went out gets the answer to the new text."""
        claim = await owed(ledger)
        assert await ledger.revise_owed(KEY, '{"payload": {"text": "new"}}', SUMMARY)
        clock.now_s += 5.0
        taken = await ledger.take_owed(claim.row_id, lease_s=60.0)
        assert isinstance(taken, OwedAnswer)
        assert taken.payload_json == '{"payload": {"text": "new"}}'
        await ledger.finish(taken.claim, POSTED)
        assert await ledger.revise_owed(KEY, "{}", SUMMARY) is False

    async def test_a_silent_question_can_be_reopened_an_answered_one_cannot(self, ledger: SqlLedger) -> None:
        """An edit may turn what we passed over into a question; an answered one keeps its message."""
        await ledger.finish(await claimed(ledger), None, Summary("silent"))
        assert await ledger.reopen(KEY) is True
        again = await claimed(ledger)
        assert again.suspect is False
        assert await ledger.reopen(KEY) is False
        await ledger.finish(again, POSTED, SUMMARY)
        assert await ledger.reopen(KEY) is False

    async def test_a_deleted_question_gives_its_message_and_owes_nothing(self, ledger: SqlLedger, clock: Clock) -> None:
        """When a question is deleted, its answer can be deleted, and one still owed is never posted."""
        await ledger.finish(await claimed(ledger), POSTED, SUMMARY)
        assert await ledger.withdraw(KEY) == POSTED
        other = QuestionKey("T1", "C1", "2.2")
        claim = await claimed(ledger, other)
        await ledger.owe(claim, "{}", wait_s=0.0, may_be_out=False)
        assert await ledger.withdraw(other) is None
        clock.now_s += 1.0
        assert await ledger.take_owed(claim.row_id, lease_s=60.0) is None
        assert await ledger.finish(claim, POSTED) == "withdrawn"
        assert await ledger.withdraw(QuestionKey("T1", "C1", "never seen")) is None

    async def test_context_lasts_a_day_in_threads_and_half_an_hour_outside(
        self, ledger: SqlLedger, clock: Clock
    ) -> None:
        """A follow-up is understood for a day in a thread, for half an hour in a DM."""
        await ledger.finish(await claimed(ledger), POSTED, SUMMARY, Memory("1.1", '{"a": 1}'))
        await ledger.remember("T1", "D1", Memory("", '{"b": 1}'))
        await ledger.remember("T1", "D1", Memory("", '{"b": 2}'))
        clock.now_s += 1_799.0
        assert await ledger.recall("T1", "D1", "") == '{"b": 2}'
        clock.now_s += 2.0
        assert await ledger.recall("T1", "D1", "") is None
        clock.now_s += 84_000.0
        assert await ledger.recall("T1", "C1", "1.1") == '{"a": 1}'
        clock.now_s += 1_000.0
        assert await ledger.recall("T1", "C1", "1.1") is None
        assert await ledger.recall("T2", "C1", "1.1") is None

    async def test_choices_are_kept_and_can_be_taken_back(self, ledger: SqlLedger) -> None:
        """A user's language and a channel's watch are what was last chosen, each in its own workspace."""
        assert await ledger.language("T1", "U1") is None
        await ledger.set_language("T1", "U1", "ja")
        await ledger.set_language("T1", "U1", "en")
        assert await ledger.language("T1", "U1") == "en"
        assert await ledger.language("T2", "U1") is None
        await ledger.set_language("T1", "U1", None)
        assert await ledger.language("T1", "U1") is None
        assert await ledger.watching("T1", "C1") is False
        await ledger.set_watching("T1", "C1", True, by="U1")
        assert await ledger.watching("T1", "C1") is True
        assert await ledger.watching("T2", "C1") is False
        await ledger.set_watching("T1", "C1", False, by="U2")
        assert await ledger.watching("T1", "C1") is False

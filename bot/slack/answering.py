"""From a question to its one answer: who is asking where, what to remember, what to send.

The listeners are thin; what they share is here. What is said is decided by `bot.answer`, how it goes out exactly once
by `bot.work`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

import structlog
from msgspec.structs import replace as struct_replace

from bot.answer.engine import Engine, Outcome
from bot.answer.model import Answer, Paragraph
from bot.answer.talk import probe_notice
from bot.cards.text import escape
from bot.match.model import Context, Match
from bot.slack import messages
from bot.slack.conversations import Conversations
from bot.slack.conversations import Thread as KnownThread
from bot.slack.inbound import Edit, Identity, Question, Removal
from bot.slack.outbound import SlackOutbound
from bot.slack.people import People
from bot.slack.probe_run import Private, Run, Thread
from bot.slack.probing import Probing
from bot.slack.tasks import Tasks
from bot.work import Composed, Delivery, Memory, PostedAs, PostError, QuestionKey, Result, Summary

log = structlog.get_logger(__name__)

# Slack replays events of an outage hours later (Delayed Events); an answer to this morning's question is noise.
TOO_LATE_S = 3600.0
# After this a colleague may have answered: look before we speak unasked.
LOOK_FIRST_S = 30.0
# An edit of last week's question is not worth a new answer.
EDIT_WITHIN_S = 86_400.0
_EDITS_KEPT = 2000
_TWIN_GRACE_S = 0.6
_PROBE_HOW = "slack.probe_how"
_PROBE_OFF = "slack.probe_off"


class Answering:
    """Answers questions in Slack.

    Args:
        engine: Reads and answers, without Slack.
        delivery: Brings an answer out once.
        outbound: Talks to Slack.
        people: Languages and rights.
        conversations: Memories.
        tasks: For what is said beside the answer.
        identity: Who we are.
        probing: Probes servers; None where the administrator does not want it.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        engine: Engine,
        delivery: Delivery,
        outbound: SlackOutbound,
        people: People,
        conversations: Conversations,
        tasks: Tasks,
        identity: Identity,
        *,
        probing: Probing | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.probing = probing
        self.engine = engine
        self.delivery = delivery
        self.outbound = outbound
        self.people = people
        self.tasks = tasks
        self.identity = identity
        self._conversations = conversations
        self._clock = clock
        self._edits = _Edits()

    # -- messages --------------------------------------------------------------------------------------------------

    async def hear(self, question: Question) -> bool:
        """Take in a message; answer it if it is for us.

        Returns:
            Whether the delivery may be acknowledged. If not, Slack brings it again, and nothing is lost.
        """
        if self._age_s(question) > TOO_LATE_S:
            log.info("too_late", surface=question.surface)
            return True
        if question.addressed:
            return (await self.answer(question)).acknowledge
        return await self._overhear(question)

    async def answer(self, question: Question, *, outcome: Outcome | None = None) -> Result:
        """Answer a question in its thread.

        Args:
            question: What was asked.
            outcome: What is said, where it was found already.
        """
        key = key_of(question)
        run: Run | None = None

        async def compose() -> Composed | None:
            nonlocal run
            found = outcome or await self.think(question, await self.context_of(question))
            if found.answer is None:
                return None
            await self._conversations.remember_outside(question, found.context)
            await self._after_thinking(question, found.answer)
            memory = self._conversations.memory(question, found.context)
            found, run = await self.probe_instead(question, key, found, Thread(question.channel, question.root))
            if run is not None and self.probing is not None:
                return replace(self.probing.first(run), memory=memory)
            assert found.answer is not None  # it only ever gets another notice
            payload, plain = messages.posting(found.answer, key, question.channel, question.root, self.more(found))
            return Composed(payload, summary_of(question, found), plain, memory)

        result = await self.delivery.answer(key, compose=compose)
        if result.name == "in_progress":
            # A mention and its message event come together: the second ran out of its budget while the first was being
            # written down. Over a WebSocket nothing can be refused, so waiting a moment beats a repetition.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TWIN_GRACE_S):
                    result = await self.delivery.answer(key, compose=compose)
        if run is not None and self.probing is not None:
            self.probing.begin(run, result)
        return result

    async def think(self, question: Question, context: Context | None = None) -> Outcome:
        """Read a question and find its answer, in the language of its asker.

        Args:
            question: What was asked.
            context: What the conversation remembers.
        """
        chosen = await self.people.chosen(question.team, question.user)
        locale = None if chosen is not None else await self.people.locale_for(question.user, question.text)
        outcome = self.engine.answer(question.utterance(chosen=chosen, locale=locale), context)
        return with_notice(self.engine, outcome, _PROBE_OFF if self.probing is None else _PROBE_HOW)

    async def probe_instead(
        self, question: Question, key: QuestionKey, outcome: Outcome, place: Thread | Private
    ) -> tuple[Outcome, Run | None]:
        """Say whether a question is answered by a probe.

        Args:
            question: What was asked.
            key: The question's.
            outcome: What is said without a probe.
            place: Where the report belongs.

        Returns:
            The probe that is to begin once its first message is out; without one, what is said instead.
        """
        # The author of a message that somebody else points at has asked for nothing.
        if self.probing is None or outcome.answer is None or question.surface == "shortcut":
            return outcome, None
        wish = self.probing.wishes.asked(outcome)
        if wish is None:
            return outcome, None
        reason = await self.probing.refusal(question.team, question.user)
        if reason is not None:
            return with_notice(self.engine, outcome, f"slack.{reason}_known", instead_of=_PROBE_HOW), None
        return outcome, Run(
            wish,
            key,
            question.user,
            outcome.answer.language,
            place,
            origin=key.encode(),
            summary=summary_of(question, outcome),
            notice=outcome.answer.private_notice,
        )

    def more(self, outcome: Outcome) -> list[messages.Json]:
        """Return the buttons below an answer that belong to Slack alone: to have its servers checked."""
        if self.probing is None or outcome.answer is None:
            return []
        return self.probing.check_button(outcome.answer, outcome.reading.slots)

    async def answer_press(self, key: QuestionKey, question: Question, outcome: Outcome) -> Result:
        """Answer what a button asked, below the message that carries the button.

        Args:
            key: The button's own.
            question: Whose `ts` is that of the message with the button.
            outcome: What is said.
        """

        async def compose() -> Composed | None:
            if outcome.answer is None:
                return None
            payload, plain = messages.posting(outcome.answer, key, question.channel, question.root, self.more(outcome))
            memory = await self.memory_after_press(question, outcome.context)
            return Composed(payload, summary_of(question, outcome), plain, memory)

        return await self.delivery.answer(key, compose=compose)

    async def memory_after_press(self, question: Question, context: Context) -> Memory:
        """Return the memory after somebody pressed a button: the thread still belongs to its asker."""
        thread = await self._conversations.recall(question)
        asker = thread.asker if thread is not None else question.user
        return self._conversations.memory(replace(question, user=asker), context)

    async def _overhear(self, question: Question) -> bool:
        """Decide whether a message that nobody addressed to us is answered all the same."""
        thread: KnownThread | None = None
        if question.thread_ts is not None:
            thread = await self._conversations.recall(question)
            if thread is not None and thread.asker != question.user:
                await self._conversations.leave_to_people(question, thread)
                return True
            if thread is not None and thread.left_to_people:
                return True
        if thread is None:
            if question.thread_ts is not None and question.parent_user != question.user:
                return True  # A reply to somebody: they are talking to each other.
            if not await self.delivery.ledger.watching(question.team, question.channel):
                return True
        outcome = await self._think_overheard(question, thread)
        if outcome.answer is None:
            return True
        if thread is None and (question.thread_ts is not None or self._is_late(question)):
            ours = self.identity.user_id
            if await self.outbound.others_spoke(question.channel, question.root, question.user, ours):
                return True
        return (await self.answer(question, outcome=outcome)).acknowledge

    async def _think_overheard(self, question: Question, thread: KnownThread | None) -> Outcome:
        """Find what is said to somebody who did not address us; without an answer in it, nothing is."""
        if thread is not None:
            # In our own thread its asker is still talking to us, if it is plainly a follow-up: 「じゃあiPhoneだと？」
            outcome = await self.think(replace(question, surface="mention"), thread.context)
            answer = outcome.answer
            if answer is not None and outcome.reading.is_follow_up and answer.decision == "answer":
                return outcome
        return await self.think(question, thread.context if thread is not None else None)

    async def _after_thinking(self, question: Question, answer: Answer) -> None:
        """Do what an answer promises beside its text."""
        if answer.private_notice is not None:
            self.tasks.start(self.warn(question, answer.private_notice), "private_notice")
        await self.keep_language(question, answer)

    async def keep_language(self, question: Question, answer: Answer) -> None:
        """Keep the language that somebody asked us to speak, for all that we say to them."""
        if answer.sets_language and question.addressed:
            await self.delivery.ledger.set_language(question.team, question.user, answer.language)

    async def warn(self, question: Question, notice: str) -> None:
        """Tell the asker alone that they pasted a password. A courtesy beside the answer: tried once."""
        arguments: messages.Json = {
            "channel": question.channel,
            "user": question.user,
            "text": escape(notice),
        }
        if question.thread_ts is not None:
            arguments["thread_ts"] = question.thread_ts
        with contextlib.suppress(PostError):
            await self.outbound.call("chat.postEphemeral", **arguments)

    # -- changed and deleted messages ------------------------------------------------------------------------------

    async def hear_edit(self, edit: Edit) -> bool:
        """Bring the answer of an edited question up to date, in place; returns whether to acknowledge."""
        question = edit.question
        key = key_of(question)
        now = self._clock()
        if now - edit.edited_at > TOO_LATE_S or now - float(question.ts) > EDIT_WITHIN_S:
            return True
        async with self._edits.turn(key):
            # Edits that follow each other quickly overtake each other on the way; the latest one counts.
            return not self._edits.is_newest(key, edit.edited_at) or await self._revise(key, question, edit.edited_at)

    async def _revise(self, key: QuestionKey, question: Question, edited_at: float) -> bool:
        row = await self.delivery.ledger.find(key)
        if not question.addressed and row is None:
            # Never answered: only a watched channel makes a question of it, like any new message.
            return await self._overhear(replace(question, redelivered=True))
        # The first question of a conversation is read by its new words alone: what is remembered is its old ones.
        context = await self.context_of(question) if question.thread_ts is not None else None
        outcome = await self.think(question, context)

        async def compose(posted: PostedAs | None) -> Composed | None:
            summary = summary_of(question, outcome)
            if outcome.answer is None:
                return Composed(messages.removal(posted), summary) if posted is not None else None
            await self._after_thinking(question, outcome.answer)
            memory = self._conversations.memory(question, outcome.context)
            if posted is None:
                payload, plain = messages.posting(
                    outcome.answer, key, question.channel, question.root, self.more(outcome)
                )
            else:
                payload, plain = messages.update(outcome.answer, key, posted, self.more(outcome))
            return Composed(payload, summary, plain, memory)

        if self.probing is not None:
            self.probing.abandon(key)  # What was asked is asked no more: its report may not replace the new answer.
        edit_key = QuestionKey(key.team, key.channel, f"{key.key}:edit:{edited_at:.6f}")
        return (await self.delivery.revise(key, edit_key, compose=compose)).acknowledge

    async def hear_removal(self, removed: Removal) -> bool:
        """Take the answer of a deleted question away; returns whether to acknowledge."""
        key = QuestionKey(removed.team, removed.channel, removed.ts)
        if self.probing is not None:
            self.probing.abandon(key)

        async def compose(posted: PostedAs) -> Composed:
            return Composed(messages.removal(posted), Summary())

        return (await self.delivery.withdraw(key, compose=compose)).acknowledge

    async def context_of(self, question: Question) -> Context | None:
        """Return what the conversation of a question remembers."""
        thread = await self._conversations.recall(question)
        return thread.context if thread is not None else None

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _age_s(self, question: Question) -> float:
        return self._clock() - (question.event_time or float(question.ts))

    def _is_late(self, question: Question) -> bool:
        return question.redelivered or self._clock() - float(question.ts) > LOOK_FIRST_S


class _Edits:
    """Puts the edits of one question in order."""

    def __init__(self) -> None:
        self._seen: OrderedDict[QuestionKey, tuple[asyncio.Lock, float]] = OrderedDict()

    def turn(self, key: QuestionKey) -> asyncio.Lock:
        """Return the lock under which the edits of a question are worked on."""
        seen = self._seen.get(key)
        lock, latest = seen if seen is not None else (asyncio.Lock(), 0.0)
        self._seen[key] = (lock, latest)
        self._seen.move_to_end(key)
        while len(self._seen) > _EDITS_KEPT:
            self._seen.popitem(last=False)
        return lock

    def is_newest(self, key: QuestionKey, edited_at: float) -> bool:
        """Say whether no later edit of the question was seen, and note this one."""
        seen = self._seen.get(key)
        if seen is None:
            return True  # So many edits at once that this question fell out of sight.
        self._seen[key] = (seen[0], max(seen[1], edited_at))
        return edited_at >= seen[1]


def with_notice(engine: Engine, outcome: Outcome, key: str, *, instead_of: str = "probe.how") -> Outcome:
    """Exchange what stands above the settings where a check was asked for: how it is made from here, or why it is not.

    Args:
        engine: Holds the words.
        outcome: Whose answer is changed where it has such a notice.
        key: Of the sentence to say.
        instead_of: Of the sentence that stands there.
    """
    answer, decision = outcome.answer, outcome.decision
    if answer is None or not isinstance(decision, Match):
        return outcome
    asked = [slots for score, slots in decision.parts if score.intent == "probe"]
    if not asked:
        return outcome
    kit = engine.kit(answer.language)
    # Asked for two providers, each has an answer and a notice of its own.
    each = [slots for slots in asked if not slots.providers]
    each += [struct_replace(slots, providers=(id_,)) for slots in asked for id_ in slots.providers]
    notices = {probe_notice(kit, slots, instead_of): probe_notice(kit, slots, key) for slots in each}
    sections = tuple(
        notices.get(section, section) if isinstance(section, Paragraph) else section for section in answer.sections
    )
    return struct_replace(outcome, answer=struct_replace(answer, sections=sections))


def key_of(question: Question) -> QuestionKey:
    """Return the one key of a message, by whatever event it came."""
    return QuestionKey(question.team, question.channel, question.ts)


def summary_of(question: Question, outcome: Outcome) -> Summary:
    """Return what the ledger keeps of a question: redacted, and of whom."""
    answer = outcome.answer
    providers = outcome.reading.slots.providers
    return Summary(
        decision=answer.decision if answer is not None else "silent",
        language=outcome.reading.language,
        intent=answer.intent if answer is not None else "",
        provider=providers[0] if providers else None,
        text=outcome.reading.redacted_text,
        asker=question.user,
    )

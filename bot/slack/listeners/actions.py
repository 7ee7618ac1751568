"""Buttons: a choice, an opinion, "show it to everyone", the language on the home tab."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.answer.engine import Outcome
from bot.cards import action_ids
from bot.kb.model import Language
from bot.slack import messages
from bot.slack.action_ids import HOME_LANGUAGE, SHARE
from bot.slack.answering import Answering, summary_of
from bot.slack.inbound import MAX_TEXT, Question
from bot.slack.listeners.home import publish_home
from bot.slack.private import Privately
from bot.slack.quick import Quick, whose
from bot.slack.words import Words
from bot.work import Composed, PostedAs, QuestionKey, Result

Json = dict[str, Any]


def register(app: AsyncApp, answering: Answering, words: Words, quick: Quick) -> None:
    """Listen to everything that can be pressed."""
    buttons = _Buttons(answering, words)

    async def chosen(ack: AsyncAck, body: dict[str, Any]) -> None:
        await quick.run(ack, buttons.choose(Press.read(body)), in_ack=False, body=body)

    async def rated(ack: AsyncAck, body: dict[str, Any]) -> None:
        await quick.run(ack, buttons.rate(Press.read(body)), in_ack=False, body=body)

    async def shared(ack: AsyncAck, body: dict[str, Any]) -> None:
        await quick.run(ack, buttons.share(Press.read(body)), in_ack=False, body=body)

    async def language(ack: AsyncAck, body: dict[str, Any]) -> None:
        await quick.run(ack, buttons.set_language(Press.read(body)), in_ack=False, body=body)

    async def other(ack: AsyncAck) -> None:
        """Links are buttons too: Slack reports their press and wants it acknowledged."""
        await ack()

    app.action(re.compile(rf"{re.escape(action_ids.ASK_PREFIX)}\d+"))(chosen)
    app.action(action_ids.FEEDBACK)(rated)
    app.action(SHARE)(shared)
    app.action(HOME_LANGUAGE)(language)
    app.action(re.compile(".*"))(other)


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button."""

    team: str
    user: str
    channel: str
    message_ts: str
    thread_ts: str | None
    ephemeral: bool
    block_id: str
    action_id: str
    action_ts: str
    value: str
    response_url: str

    @classmethod
    def read(cls, body: Json) -> Press:
        """Read a block_actions payload; what is missing is empty."""
        team, user = whose(body)
        actions = body.get("actions") or [{}]
        action: Json = actions[0]
        container: Json = body.get("container") or {}
        message: Json = body.get("message") or {}
        option: Json = action.get("selected_option") or {}
        thread = message.get("thread_ts") or container.get("thread_ts")
        return cls(
            team=team,
            user=user,
            channel=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
            message_ts=str(container.get("message_ts") or message.get("ts") or ""),
            thread_ts=str(thread) if thread else None,
            ephemeral=bool(container.get("is_ephemeral")),
            block_id=str(action.get("block_id") or ""),
            action_id=str(action.get("action_id") or ""),
            action_ts=str(action.get("action_ts") or ""),
            value=str(action.get("value") or option.get("value") or "")[:MAX_TEXT],
            response_url=str(body.get("response_url") or ""),
        )

    def in_thread(self, note: Json) -> Json:
        """Put a message for the presser into the thread where the button stands."""
        return note if self.thread_ts is None else note | {"thread_ts": self.thread_ts}

    def question(self) -> Question:
        """Return the question that the button asks in the presser's stead."""
        surface = "dm" if self.channel.startswith("D") else "mention"
        return Question(
            team=self.team,
            channel=self.channel,
            user=self.user,
            ts=self.message_ts,
            text=self.value,
            surface="slash" if self.ephemeral else cast(Any, surface),
            thread_ts=self.thread_ts,
        )


class _Buttons:
    """What each button does. Each method returns a message for the presser alone, or None."""

    def __init__(self, answering: Answering, words: Words) -> None:
        self._answering = answering
        self._privately = Privately(answering, words)
        self._ledger = answering.delivery.ledger
        self._words = words

    async def choose(self, press: Press) -> Json | None:
        """Answer a choice: where we asked back, in place of our question; otherwise below the answer."""
        question = press.question()
        if not question.text:
            return None
        if press.ephemeral:
            return await self._answer_privately(press, question)
        clarifying, about = messages.asked_back(press.block_id)
        outcome = await self._answering.think(question, await self._answering.context_of(question))
        if outcome.answer is None:
            return None
        if clarifying and about is not None:
            return await self._answer_in_place(press, about, question, outcome)
        key = QuestionKey(press.team, press.channel, f"press:{press.message_ts}:{press.action_id}")
        return await self._done(press, await self._answering.answer_press(key, question, outcome))

    async def _answer_in_place(
        self, press: Press, about: QuestionKey, question: Question, outcome: Outcome
    ) -> Json | None:
        shown = PostedAs(press.channel, press.message_ts)

        async def compose(posted: PostedAs | None) -> Composed | None:
            if outcome.answer is None:
                return None
            payload, plain = messages.update(outcome.answer, about, posted or shown, self._answering.more(outcome))
            memory = await self._answering.memory_after_press(question, outcome.context)
            return Composed(payload, summary_of(question, outcome), plain, memory)

        press_key = QuestionKey(press.team, press.channel, f"press:{press.message_ts}:{press.action_ts}:{press.user}")
        return await self._done(press, await self._answering.delivery.revise(about, press_key, compose=compose))

    async def _answer_privately(self, press: Press, question: Question) -> Json | None:
        key = QuestionKey(press.team, press.channel, f"press:{press.action_ts}:{press.user}")
        return await self._privately.answer(key, question, press.response_url, replace=True)

    async def share(self, press: Press) -> Json | None:
        """Show a private answer to everyone. Its words are made anew, so nothing that was typed is shown."""
        question = press.question()
        key = QuestionKey(press.team, press.channel, f"share:{press.message_ts}:{press.user}")

        async def compose() -> Composed | None:
            outcome = await self._answering.think(question)
            answer = outcome.answer
            if answer is None or answer.decision != "answer":
                return None
            line = self._words.say("shared_by", answer.language, user=f"<@{press.user}>")
            payload, plain = messages.public_response(answer, key, press.response_url, line)
            return Composed(payload, summary_of(question, outcome), plain)

        return await self._privately.share(key, press.user, press.response_url, compose)

    async def rate(self, press: Press) -> Json | None:
        """Keep an opinion and say thanks."""
        helpful, encoded = action_ids.parse_feedback(press.value)
        key = QuestionKey.decode(encoded)
        if key is None or key.team != press.team:
            return None
        await self._ledger.give_feedback(key, press.user, helpful)
        language = await self._answering.people.language(press.team, press.user)
        return press.in_thread(self._words.note("feedback_helpful" if helpful else "feedback_not_helpful", language))

    async def set_language(self, press: Press) -> Json | None:
        """Keep the language chosen on the home tab and show the tab in it."""
        chosen = cast(Language, press.value) if press.value in {"ja", "en"} else None
        await self._ledger.set_language(press.team, press.user, chosen)
        await publish_home(self._answering, self._words, press.team, press.user)
        return None

    async def _done(self, press: Press, result: Result) -> Json | None:
        done = result.acknowledge and result.name != "dropped"
        return await self._privately.unless_done(done, press.team, press.user)

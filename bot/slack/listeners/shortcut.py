"""The message shortcut "Ask mailports about this": answer somebody's message in its thread.

What is no answer (asking back, not knowing) is shown to the person who used the shortcut, and to nobody else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.answer.engine import Outcome
from bot.slack import messages
from bot.slack.action_ids import SHORTCUT
from bot.slack.answering import Answering, summary_of
from bot.slack.inbound import Question, question_of_message
from bot.slack.private import Privately
from bot.slack.quick import Quick, whose
from bot.slack.words import Words
from bot.work import Composed, QuestionKey

Json = dict[str, Any]


def register(app: AsyncApp, answering: Answering, words: Words, quick: Quick) -> None:
    """Listen to the shortcut."""
    shortcut = _Shortcut(answering, words)

    async def asked(ack: AsyncAck, body: dict[str, Any]) -> None:
        await quick.run(ack, shortcut.run(body), in_ack=False, body=body)

    app.message_shortcut(SHORTCUT)(asked)


class _Shortcut:
    def __init__(self, answering: Answering, words: Words) -> None:
        self._answering = answering
        self._private = Privately(answering, words)
        self._words = words

    async def run(self, body: Json) -> Json | None:
        """Answer the message that was pointed at."""
        team, user = whose(body)
        channel = body.get("channel") or {}
        question = question_of_message(body.get("message") or {}, team=team, channel=str(channel.get("id") or ""))
        language = await self._answering.people.language(team, user)
        if question is None or not (question.text or question.files):
            return self._words.note("shortcut_no_text", language)
        outcome = await self._answering.think(question)
        if outcome.answer is not None and outcome.answer.decision == "answer":
            result = await self._answering.answer(question, outcome=outcome)
            if result.name in {"answered", "owed"}:
                return self._words.note("shortcut_done", language)
            if result.name == "duplicate" and result.posted is not None:
                return self._words.note("shortcut_already", language)
            if result.name not in {"dropped", "duplicate"}:
                return self._words.note("try_again", language)
            # Refused: we are no member there. The person who asked can still be told.
        return await self._privately(body, replace(question, user=user), outcome)

    async def _privately(self, body: Json, question: Question, outcome: Outcome) -> Json | None:
        answer = outcome.answer
        if answer is None:
            return None
        key = QuestionKey(question.team, question.channel, f"shortcut:{body.get('trigger_id')}")

        async def compose() -> Composed:
            payload, plain = messages.private(answer, key, str(body.get("response_url")))
            return Composed(payload, summary_of(question, outcome), plain)

        return await self._private.deliver(key, question.user, compose)

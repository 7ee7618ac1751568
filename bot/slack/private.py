"""Answers that one person alone sees: to a command, a button on such an answer, a shortcut."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.slack import messages
from bot.slack.answering import Answering, summary_of
from bot.slack.inbound import Question
from bot.slack.messages import Json
from bot.slack.words import Words
from bot.work import Composed, QuestionKey


class Privately:
    """Answers through a response URL. What goes wrong is said there too: these requests come once.

    Args:
        answering: What the listeners share.
        words: The bot's own sentences.
    """

    def __init__(self, answering: Answering, words: Words) -> None:
        self._answering = answering
        self._words = words

    async def answer(self, key: QuestionKey, question: Question, url: str, *, replace: bool = False) -> Json | None:
        """Answer a question, with a button that shows the answer to everyone where there is anybody else.

        Args:
            key: The request's own.
            question: What was asked.
            url: The response URL.
            replace: Put the answer in place of the message whose button was pressed.

        Returns:
            As `deliver`.
        """

        async def compose() -> Composed | None:
            outcome = await self._answering.think(question)
            answer = outcome.answer
            if answer is None:
                return None
            await self._answering.keep_language(question, answer)
            share = None
            if answer.decision == "answer" and answer.feedback and not question.channel.startswith("D"):
                share = (self._words.say("share", answer.language), outcome.reading.redacted_text)
            payload, plain = messages.private(answer, key, url, share=share, replace=replace)
            return Composed(payload, summary_of(question, outcome), plain)

        return await self.deliver(key, question.user, compose)

    async def deliver(
        self, key: QuestionKey, user: str, compose: Callable[[], Awaitable[Composed | None]]
    ) -> Json | None:
        """Bring an answer out.

        Returns:
            None when it is out or owed; otherwise a message that asks to try again.
        """
        result = await self._answering.delivery.answer(key, compose=compose)
        return await self.unless_done(result.acknowledge and result.name != "dropped", key.team, user)

    async def unless_done(self, done: bool, team: str, user: str) -> Json | None:
        """Return a message that asks to try again, unless all is *done*."""
        if done:
            return None
        return self._words.note("try_again", await self._answering.people.language(team, user))

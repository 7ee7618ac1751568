"""Answers that one person alone sees: to a command, a button on such an answer, a shortcut."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

from bot.slack import messages
from bot.slack.action_ids import SHARE
from bot.slack.answering import Answering, summary_of
from bot.slack.inbound import Question
from bot.slack.messages import Json
from bot.slack.probe_run import Private, Run
from bot.slack.words import Words
from bot.work import Composed, PostError, QuestionKey, Result


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

        run: Run | None = None
        can_share = not question.channel.startswith("D")

        async def compose() -> Composed | None:
            nonlocal run
            outcome = await self._answering.think(question)
            place = Private(url, replace, can_share)
            outcome, run = await self._answering.probe_instead(question, key, outcome, place)
            answer = outcome.answer
            if answer is None:
                return None
            await self._answering.keep_language(question, answer)
            if run is not None and self._answering.probing is not None:
                return self._answering.probing.first(run)
            more = self._answering.more(outcome)
            if answer.decision == "answer" and answer.feedback and can_share:
                label = self._words.say("share", answer.language)
                more = [*messages.button(SHARE, label, outcome.reading.redacted_text), *more]
            payload, plain = messages.private(answer, key, url, more=more, replace=replace)
            return Composed(payload, summary_of(question, outcome), plain)

        result = await self._answering.delivery.answer(key, compose=compose)
        if run is not None and self._answering.probing is not None:
            self._answering.probing.begin(run, result)
        return await self._unless_dropped(result, key.team, question.user)

    async def probe(self, run: Run) -> Json | None:
        """Begin a probe, if its asker may.

        Returns:
            What to tell them where it does not begin.
        """
        probing = self._answering.probing
        if probing is None:
            return self._words.note("probe_switched_off", run.language)
        reason = await probing.refusal(run.key.team, run.user)
        if reason is not None:
            return self._words.note(reason, run.language)
        if probing.is_running(run.origin):
            return self._words.note("probe_already", run.language)
        return await self._unless_dropped(await probing.start(run), run.key.team, run.user)

    async def deliver(
        self, key: QuestionKey, user: str, compose: Callable[[], Awaitable[Composed | None]]
    ) -> Json | None:
        """Bring an answer out.

        Returns:
            None when it is out or owed; otherwise a message that asks to try again.
        """
        return await self._unless_dropped(await self._answering.delivery.answer(key, compose=compose), key.team, user)

    async def share(
        self, key: QuestionKey, user: str, url: str, compose: Callable[[], Awaitable[Composed | None]]
    ) -> Json | None:
        """Show everybody what one person alone saw, and take it away from them.

        Args:
            key: The press's own.
            user: Who pressed.
            url: The response URL of the private message.
            compose: Makes the public message.

        Returns:
            As `deliver`.
        """
        result = await self._answering.delivery.answer(key, compose=compose)
        if result.name == "answered":
            # What everyone sees now need not stand there twice for one of them.
            with contextlib.suppress(PostError):
                await self._answering.outbound.respond(url, {"delete_original": True})
        return await self._unless_dropped(result, key.team, user)

    async def _unless_dropped(self, result: Result, team: str, user: str) -> Json | None:
        return await self.unless_done(result.acknowledge and result.name != "dropped", team, user)

    async def unless_done(self, done: bool, team: str, user: str) -> Json | None:
        """Return a message that asks to try again, unless all is *done*."""
        if done:
            return None
        return self._words.note("try_again", await self._answering.people.language(team, user))

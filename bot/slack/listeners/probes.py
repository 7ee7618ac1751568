"""Buttons of probes: have the servers of an answer checked, stop a check, show its report to everyone."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.cards import action_ids
from bot.kb.model import Language
from bot.slack import messages
from bot.slack.answering import Answering
from bot.slack.listeners.actions import Press
from bot.slack.messages import Json
from bot.slack.private import Privately
from bot.slack.probe_run import Private, Run, Thread
from bot.slack.quick import Quick
from bot.slack.words import Words
from bot.work import Composed, QuestionKey, Summary


def register(app: AsyncApp, answering: Answering, words: Words, quick: Quick) -> None:
    """Listen to the buttons of probes."""
    buttons = _Buttons(answering, words)

    async def checked(ack: AsyncAck, body: dict[str, Any]) -> None:
        await quick.run(ack, buttons.check(Press.read(body)), in_ack=False, body=body)

    async def stopped(ack: AsyncAck, body: dict[str, Any]) -> None:
        await quick.run(ack, buttons.stop(Press.read(body)), in_ack=False, body=body)

    async def shared(ack: AsyncAck, body: dict[str, Any]) -> None:
        await quick.run(ack, buttons.share(Press.read(body)), in_ack=False, body=body)

    app.action(action_ids.PROBE_CHECK)(checked)
    app.action(action_ids.PROBE_STOP)(stopped)
    app.action(action_ids.PROBE_SHARE)(shared)


class _Buttons:
    """What each button does. Each method returns a message for the presser alone, or None."""

    def __init__(self, answering: Answering, words: Words) -> None:
        self._answering = answering
        self._privately = Privately(answering, words)
        self._words = words

    async def check(self, press: Press) -> Json | None:
        """Probe the servers that an answer names: below it, or in its place where one person alone sees it."""
        language = await self._answering.people.language(press.team, press.user)
        probing = self._answering.probing
        if probing is None:
            return self._note(press, "probe_switched_off", language)
        wish = probing.wishes.pressed(press.value)
        if wish is None:
            return self._note(press, "probe_gone", language)
        language = wish.language or language
        place: Thread | Private = Thread(press.channel, press.thread_ts or press.message_ts)
        if press.ephemeral:
            place = Private(press.response_url, replace=True, can_share=not press.channel.startswith("D"))
        summary = Summary(
            decision="answer", language=language, intent="probe", provider=wish.provider, asker=press.user
        )
        key = QuestionKey(press.team, press.channel, f"press:{press.message_ts}:{press.action_ts}:{press.user}")
        origin = f"{press.channel}/{press.message_ts}"
        said = await self._privately.probe(Run(wish, key, press.user, language, place, origin, summary=summary))
        return press.in_thread(said) if said is not None else None

    async def stop(self, press: Press) -> Json | None:
        """End a probe, if it is the presser's own."""
        probing = self._answering.probing
        key = probing.stop(press.value, press.user) if probing is not None else "probe_over"
        if key is None:
            return None
        return self._note(press, key, await self._answering.people.language(press.team, press.user))

    async def share(self, press: Press) -> Json | None:
        """Show a report that one person alone sees to everyone."""
        language = await self._answering.people.language(press.team, press.user)
        probing = self._answering.probing
        answer = probing.report_of(press.value, language) if probing is not None else None
        if answer is None:
            return self._note(press, "probe_gone", language)
        key = QuestionKey(press.team, press.channel, f"share:{press.message_ts}:{press.user}")
        line = self._words.say("shared_by", language, user=f"<@{press.user}>")

        async def compose() -> Composed:
            payload, plain = messages.public_response(answer, key, press.response_url, line)
            return Composed(payload, Summary("answer", language, "probe", asker=press.user), plain)

        return await self._privately.share(key, press.user, press.response_url, compose)

    def _note(self, press: Press, key: str, language: Language) -> Json:
        return press.in_thread(self._words.note(key, language))

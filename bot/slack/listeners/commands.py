"""`/mailports`: help, a question, a probe, the language, listening in, what is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.answer.model import Answer
from bot.errors import BotError
from bot.kb.model import Language
from bot.probe.host import HostInvalidError
from bot.slack import messages
from bot.slack.action_ids import COMMAND
from bot.slack.answering import Answering
from bot.slack.inbound import MAX_TEXT, Question
from bot.slack.private import Privately
from bot.slack.probe_run import Private, Run
from bot.slack.quick import Quick, whose
from bot.slack.words import Words
from bot.text.markup import plain_text
from bot.work import Composed, QuestionKey, Summary

Json = dict[str, Any]

_LANGUAGES = {
    "ja": "ja",
    "jp": "ja",
    "japanese": "ja",
    "日本語": "ja",
    "en": "en",
    "english": "en",
    "英語": "en",
    "auto": "auto",
}
_PRIVACY = frozenset({"privacy", "プライバシー"})
_PROBE = "probe"
_WORDS = frozenset({"one_label", "idn", "letters"})
_HELP = frozenset({"", "help", "?", "ヘルプ", "使い方"})


def register(app: AsyncApp, answering: Answering, words: Words, quick: Quick) -> None:
    """Listen to the command."""
    commands = _Commands(answering, words)

    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await quick.run(ack, commands.run(body), in_ack=True, body=body)

    app.command(COMMAND)(command)


class _Commands:
    """What the words after `/mailports` do. Each method returns a message for the person alone, or None."""

    def __init__(self, answering: Answering, words: Words) -> None:
        self._answering = answering
        self._privately = Privately(answering, words)
        self._people = answering.people
        self._ledger = answering.delivery.ledger
        self._words = words

    async def run(self, body: Json) -> Json | None:
        """Do what was typed; whatever is no command of ours is a question."""
        text = plain_text(str(body.get("text") or "")[:MAX_TEXT])
        verb, _, rest = text.partition(" ")
        verb, rest = verb.casefold(), rest.strip().casefold()
        if text.casefold() in _HELP:
            return await self._say(body, self._words.command_help)
        if verb in _PRIVACY and not rest:
            return await self._say(body, self._words.privacy)
        if verb == _PROBE:
            return await self._probe(body, text, rest)
        if verb in {"lang", "language"} and (not rest or rest in _LANGUAGES):
            return await self._lang(body, rest)
        if verb == "watch" and rest in {"", "on", "off"}:
            return await self._watch(body, rest)
        if verb == "forget" and rest in {"", "me"}:
            return await self._forget(body)
        return await self._ask(body, text)

    async def _say(self, body: Json, make: Callable[[Language], Answer]) -> Json | None:
        team, user = whose(body)
        answer = make(await self._people.language(team, user))
        key = _key(body)

        async def compose() -> Composed:
            payload, plain = messages.private(answer, key, str(body["response_url"]))
            return Composed(payload, Summary(decision="answer", intent=answer.intent, language=answer.language), plain)

        return await self._privately.deliver(key, user, compose)

    async def _ask(self, body: Json, text: str) -> Json | None:
        team, user = whose(body)
        channel = str(body.get("channel_id") or "")
        question = Question(team=team, channel=channel, user=user, ts="", text=text, surface="slash")
        return await self._privately.answer(_key(body), question, str(body["response_url"]))

    async def _probe(self, body: Json, text: str, rest: str) -> Json | None:
        """Probe a host that was typed; what names none may still be a question: "probe Gmail"."""
        team, user = whose(body)
        channel = str(body.get("channel_id") or "")
        language = await self._people.language(team, user)
        probing = self._answering.probing
        if probing is None:
            return self._words.note("probe_switched_off", language)
        try:
            wish = probing.wishes.typed(rest)
        except BotError as error:
            question = Question(team=team, channel=channel, user=user, ts="", text=text, surface="slash")
            # A word without a dot begins a sentence or names a provider.
            is_word = isinstance(error, HostInvalidError) and error.reason in _WORDS
            if is_word and probing.wishes.asked(await self._answering.think(question)) is not None:
                return await self._ask(body, text)
            return self._words.note_error(error, language)
        key = _key(body)
        summary = Summary(decision="answer", language=language, intent="probe", asker=user)
        place = Private(str(body["response_url"]), can_share=not channel.startswith("D"))
        return await self._privately.probe(Run(wish, key, user, language, place, key.encode(), summary=summary))

    async def _lang(self, body: Json, rest: str) -> Json:
        team, user = whose(body)
        if not rest:
            return self._words.note("lang_usage", await self._people.language(team, user))
        wanted = _LANGUAGES[rest]
        chosen = None if wanted == "auto" else cast(Language, wanted)
        await self._ledger.set_language(team, user, chosen)
        if chosen is not None:
            return self._words.note("lang_set", chosen)
        return self._words.note("lang_auto", await self._people.language(team, user))

    async def _watch(self, body: Json, rest: str) -> Json:
        team, user = whose(body)
        channel = str(body.get("channel_id") or "")
        language = await self._people.language(team, user)
        if channel.startswith("D"):
            return self._words.note("watch_not_here", language)
        if not rest:
            state = "on" if await self._ledger.watching(team, channel) else "off"
            return self._words.note(f"watch_is_{state}", language)
        if not await self._people.may_switch(user, channel):
            return self._words.note("watch_not_allowed", language)
        await self._ledger.set_watching(team, channel, rest == "on", by=user)
        return self._words.note(f"watch_{rest}", language)

    async def _forget(self, body: Json) -> Json:
        team, user = whose(body)
        language = await self._people.language(team, user)
        if self._answering.probing is not None:
            await self._answering.probing.forget(team, user)
        await self._ledger.forget(team, user)
        return self._words.note("forgotten", language)


def _key(body: Json) -> QuestionKey:
    """A command has no time stamp; its trigger is used once."""
    team, _ = whose(body)
    return QuestionKey(team, str(body.get("channel_id") or ""), f"cmd:{body.get('trigger_id')}")

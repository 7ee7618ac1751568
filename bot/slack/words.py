"""What the bot says about itself in Slack: greetings, prompts, the home tab, short confirmations.

Built from `knowledge/wording/{ja,en}/slack.yaml`; answers to questions are made by `bot.answer`.
"""

from __future__ import annotations

from typing import Any

from bot.answer.engine import Engine
from bot.answer.model import Answer, BulletList, Choice, Paragraph, Section
from bot.errors import BotError
from bot.kb.model import Language
from bot.slack import messages
from bot.slack.action_ids import HOME_LANGUAGE
from bot.work import QuestionKey

Json = dict[str, Any]

_EXAMPLES = (1, 2, 3)
_BOTH: tuple[Language, ...] = ("ja", "en")


class Words:
    """The bot's own sentences.

    Args:
        engine: Holds the sentences of both languages, always the newest.
        probes: Whether servers can be probed from here.
    """

    def __init__(self, engine: Engine, *, probes: bool = False) -> None:
        self._engine = engine
        self._commands = ("ask", *(("probe",) if probes else ()), "lang", "watch", "privacy", "forget")

    def say(self, key: str, language: Language, **params: object) -> str:
        """Return a sentence of `slack.yaml`."""
        return self._engine.wording.say(f"slack.{key}", language, **params)

    def note(self, key: str, language: Language, **params: object) -> Json:
        """Return a sentence of `slack.yaml` as a message for one person."""
        return messages.note(self._engine.wording.say_plain(f"slack.{key}", language, **params))

    def note_error(self, error: BotError, language: Language) -> Json:
        """Return what an error has to say as a message for one person."""
        return messages.note(self._engine.wording.say_plain(error.message_key, language, **error.params))

    def channel_greeting(self, channel: str, key: QuestionKey, language: Language | None) -> tuple[Json, Json]:
        """Return what is said once when the bot comes into a channel; in both languages if nobody's is known."""
        sections: list[Section] = []
        for spoken in (language,) if language is not None else _BOTH:
            sections += [
                Paragraph(self.say("channel_greeting", spoken)),
                Paragraph(self.say("channel_greeting_silence", spoken), "quiet"),
            ]
        title = self.say("channel_greeting_title", language or "ja")
        return messages.posting(self._card(title, language or "ja", sections), key, channel, None)

    def direct_greeting(self, channel: str, key: QuestionKey, language: Language) -> tuple[Json, Json]:
        """Return what is said once to somebody who opens the direct messages."""
        sections: list[Section] = [
            Paragraph(self.say("direct_greeting", language)),
            Paragraph(self.say("never_password", language), "quiet"),
        ]
        choices = tuple(Choice(ask, ask) for ask in self._examples(language))
        card = self._card(self.say("direct_greeting_title", language), language, sections, choices)
        return messages.posting(card, key, channel, None)

    def prompts(self, language: Language) -> list[dict[str, str]]:
        """Return the prompts that Slack shows in the Messages tab."""
        return [{"title": ask[:75], "message": ask} for ask in self._examples(language)]

    def home(self, language: Language, chosen: Language | None) -> Json:
        """Return the home tab: what the bot does, how to ask, which language it answers in."""
        options = [
            {"text": {"type": "plain_text", "text": self.say(f"home_language_{value}", language)}, "value": value}
            for value in ("auto", "ja", "en")
        ]
        initial = options[("auto", "ja", "en").index(chosen or "auto")]
        asks = [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": ask}]}
            for ask in self._examples(language)
        ]
        return {
            "type": "home",
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": self.say("home_title", language)}},
                {"type": "section", "text": {"type": "plain_text", "text": self.say("home_what", language)}},
                {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": asks}]},
                {"type": "section", "text": {"type": "plain_text", "text": self.say("home_how", language)}},
                {"type": "divider"},
                {
                    "type": "section",
                    "block_id": "home_language",
                    "text": {"type": "plain_text", "text": self.say("home_language", language)},
                    "accessory": {
                        "type": "static_select",
                        "action_id": HOME_LANGUAGE,
                        "options": options,
                        "initial_option": initial,
                    },
                },
                {
                    "type": "context",
                    "elements": [{"type": "plain_text", "text": self.say("never_password", language)}],
                },
            ],
        }

    def command_help(self, language: Language) -> Answer:
        """Return what `/mailports` can do."""
        lines = tuple(self.say(f"command_{name}", language) for name in self._commands)
        sections: list[Section] = [
            Paragraph(self.say("home_what", language)),
            BulletList(lines),
            Paragraph(self.say("never_password", language), "quiet"),
        ]
        choices = tuple(Choice(ask, ask) for ask in self._examples(language))
        return self._card(self.say("command_help_title", language), language, sections, choices, intent="help")

    def privacy(self, language: Language) -> Answer:
        """Return what is stored and what is not."""
        sections: list[Section] = [Paragraph(self._engine.wording.say("privacy.text", language))]
        return self._card(self._engine.wording.say("privacy.title", language), language, sections, intent="privacy")

    def _examples(self, language: Language) -> list[str]:
        return [self.say(f"example_{number}", language) for number in _EXAMPLES]

    def _card(
        self,
        title: str,
        language: Language,
        sections: list[Section],
        choices: tuple[Choice, ...] = (),
        *,
        intent: str = "greeting",
    ) -> Answer:
        return Answer(
            decision="answer",
            language=language,
            intent=intent,
            confidence=1.0,
            title=title,
            sections=tuple(sections),
            choices=choices,
            feedback=False,
        )

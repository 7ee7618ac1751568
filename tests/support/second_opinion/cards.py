"""The cards that the bot really sends, so that others can say what they think of them.

    python -m tests.support.second_opinion.cards > cards.jsonl

prints one object per line: `id`, `surface` and `blocks`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from bot.answer.engine import Engine
from bot.answer.model import Answer
from bot.answer.probe_report import Course, State, compose_report, compose_start
from bot.cards.action_ids import PROBE_CHECK, PROBE_STOP
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.kb.model import Language
from bot.local_slack.limits import Surface
from bot.match.model import Utterance
from bot.slack import messages
from bot.slack.action_ids import SHARE
from bot.slack.words import Words
from bot.work import PostedAs, QuestionKey
from tests.support.probe_facts import GOOD, HOST, seen

BOTH: tuple[Language, ...] = ("ja", "en")
KEY = QuestionKey("T0TEAM001", "C0CHAN001", "1700000000.000100")
URL = "https://hooks.slack.com/commands/T0TEAM001/1/secret"
# What no entry of the knowledge asks: asking back, not knowing, several questions at once, a pasted secret.
OTHERS: dict[Language, tuple[str, ...]] = {
    "ja": (
        "メールの設定を教えて",
        "お名前のメール設定",
        "量子コンピューターの仕組みは？",
        "993と587の違いは？ それとOP25Bって何？",
        "Gmailの設定は？ パスワード: hunter2secret でログインできません",
        "IMAP imap.gmail.com 143 SSL/TLS これで合ってる？",
        "ありがとう",
        "ヘルプ",
    ),
    "en": (
        "how do I set up mail?",
        "OUTLOOK",
        "how does a quantum computer work?",
        "993 or 587? and what is OP25B?",
        "gmail settings? password: hunter2secret does not work",
        "IMAP imap.gmail.com 143 SSL/TLS, is this right?",
        "thanks",
        "help",
    ),
}


@dataclass(frozen=True)
class Card:
    """The blocks of one message or view."""

    id: str
    surface: Surface
    blocks: list[dict[str, Any]]


def questions(lookup: Lookup) -> Iterator[tuple[Language, str]]:
    """Yield what the knowledge says that people ask, and the rest of what can happen, in both languages."""
    knowledge = lookup.knowledge
    entries: Iterable[Any] = (
        *knowledge.providers,
        *knowledge.clients,
        *knowledge.ports,
        *knowledge.articles,
        *knowledge.errors,
    )
    for language in BOTH:
        yield from ((language, text) for entry in entries for text in getattr(entry.asks, language))
        yield from ((language, text) for text in OTHERS[language])


def real_cards(lookup: Lookup) -> Iterator[Card]:
    """Yield every message and view of the bot, as it goes to Slack."""
    engine = Engine(lookup)
    words = Words(engine, probes=True)
    shown: set[tuple[str, str, str]] = set()
    for language, text in questions(lookup):
        answer = engine.answer(Utterance(text, "mention", chosen_language=language)).answer
        if answer is None:
            continue
        yield _card(f"answer {language} {text}", messages.posting(answer, KEY, KEY.channel, KEY.key))
        kind = (language, answer.decision, answer.intent)
        if kind not in shown or answer.private_notice is not None:
            shown.add(kind)
            yield from _other_ways(f"{language} {text}", answer, words, text)
    yield from _own_words(words)
    yield from _probes(engine)


def _other_ways(name: str, answer: Answer, words: Words, text: str) -> Iterator[Card]:
    """Yield one answer as it is changed later, shown to one person, and shown by one person to everybody."""
    language = answer.language
    buttons = messages.button(SHARE, words.say("share", language), text)
    buttons += messages.button(PROBE_CHECK, words.say("probe_check", language), "gmail//imap.gmail.com")
    by = words.say("shared_by", language, user="<@U0USER001>")
    yield _card(f"update {name}", messages.update(answer, KEY, PostedAs(KEY.channel, KEY.key)))
    yield _card(f"private {name}", messages.private(answer, KEY, URL, more=buttons))
    yield _card(f"replaced {name}", messages.private(answer, KEY, URL, replace=True))
    yield _card(f"public {name}", messages.public_response(answer, KEY, URL, by))


def _own_words(words: Words) -> Iterator[Card]:
    for language in BOTH:
        yield _card(f"help {language}", messages.private(words.command_help(language), KEY, URL))
        yield _card(f"privacy {language}", messages.private(words.privacy(language), KEY, URL))
        yield _card(f"greeting {language}", words.direct_greeting(KEY.channel, KEY, language))
        yield _card(f"channel greeting {language}", words.channel_greeting(KEY.channel, KEY, language))
        for chosen in (None, *BOTH):
            yield Card(f"home {language} {chosen}", "home", words.home(language, chosen)["blocks"])
    yield _card("channel greeting", words.channel_greeting(KEY.channel, KEY, None))


def _probes(engine: Engine) -> Iterator[Card]:
    """Yield the start and the reports of probes, in the labels of several programs."""
    lookup = engine.lookup
    hosts = [seen(*GOOD), seen(*GOOD, host="smtp.example.jp")]
    for language in BOTH:
        kit = engine.kit(language)
        yield _card(f"probe {language}", messages.posting(compose_start(kit, [HOST]), KEY, KEY.channel, KEY.key))
        for state in get_args(State):
            for name in (None, "thunderbird", "outlook_classic", "iphone"):
                course = Course(state, waiting=3)
                client = lookup.client(name) if name is not None else None
                report = compose_report(kit, hosts, course, client=client, provider=lookup.provider("gmail"))
                stop = messages.button(PROBE_STOP, "stop", "id")
                yield _card(
                    f"probe {language} {state} {name}",
                    messages.update(report, KEY, PostedAs(KEY.channel, KEY.key), stop),
                )


def _card(name: str, payloads: tuple[dict[str, Any], dict[str, Any]]) -> Card:
    return Card(name, "message", payloads[0]["arguments"]["blocks"])


def main() -> int:
    """Print them all."""
    for card in real_cards(Lookup(load_knowledge([shipped_root()]))):
        line = {"id": card.id, "surface": card.surface, "blocks": card.blocks}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

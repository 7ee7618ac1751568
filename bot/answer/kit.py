"""What every composer needs at hand, and what it hands back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from bot.answer.model import BulletList, Choice, DecisionName, Labels, Paragraph, Section, SourceLine
from bot.answer.wording import Wording
from bot.kb.model import Language, Source, Steps, Text

if TYPE_CHECKING:
    from bot.kb.lookup import Lookup
    from bot.match.model import Reading, Slots

# Not a page with a title: what was read are the settings that many people published.
_CODE_SEARCH = "https://github.com/search"


class Kit(msgspec.Struct, frozen=True):
    """The knowledge, the words, the language of the answer and the day it is given."""

    lookup: Lookup
    wording: Wording
    language: Language
    today: date

    def say(self, key: str, /, **params: object) -> str:
        """Return the sentence of *key* in the answer's language."""
        return self.wording.say(key, self.language, **params)

    def text(self, text: Text) -> str:
        """Return *text* in the answer's language, without the white space at its ends."""
        return (text.ja if self.language == "ja" else text.en).strip()

    def steps(self, steps: Steps) -> tuple[str, ...]:
        """Return *steps* in the answer's language."""
        return steps.ja if self.language == "ja" else steps.en

    def join(self, items: Iterable[str]) -> str:
        """Return *items* as one enumeration."""
        *first, last = list(items) or [""]
        return self.say("list.last").join([self.say("list.separator").join(first), last]) if first else last

    def pair(self, items: Iterable[str]) -> str:
        """Return *items* as one enumeration that something follows for all of them: two are held together by "and"."""
        found = list(items)
        return self.say("list.and").join(found) if len(found) == 2 else self.join(found)

    def day(self, day: date) -> str:
        """Return *day* as it is written in a sentence: 2026年2月25日, 25 February 2026."""
        month = self.say("date.months").split()[day.month - 1 : day.month]
        return self.say("date.day", year=day.year, month=month[0] if month else day.month, day=day.day)

    def labels(self) -> Labels:
        """Return the few words that a card adds of its own."""
        return Labels(
            sources=self.say("card.sources"),
            helpful=self.say("card.helpful"),
            not_helpful=self.say("card.not_helpful"),
            cut=self.say("card.cut"),
            colon=self.say("card.colon"),
        )

    def sources(self, sources: Iterable[Source], limit: int = 3) -> list[SourceLine]:
        """Return the sources as lines, each page once, with the older of its two dates."""
        lines: dict[tuple[str, str], SourceLine] = {}
        for source in sources:
            if source.source_as_of is not None and source.source_as_of < source.checked_on:
                dated = self.say("source.as_of", date=source.source_as_of.isoformat())
            else:
                dated = self.say("source.checked", date=source.checked_on.isoformat())
            title = source.title
            if source.url.startswith(_CODE_SEARCH):
                title = self.say("source.public_configurations")
            lines.setdefault((source.url, title), SourceLine(title, source.url, dated))
        return list(lines.values())[:limit]


class Part(msgspec.Struct, frozen=True):
    """One question of a message."""

    intent: str
    slots: Slots
    reading: Reading
    article: str | None = None


class Draft(msgspec.Struct):
    """The answer to one part, before it is put together."""

    title: str
    sections: list[Section] = msgspec.field(default_factory=list)
    notes: list[Section] = msgspec.field(default_factory=list)
    """What is good to know, after the sections; left out where several providers share a card."""
    sources: list[SourceLine] = msgspec.field(default_factory=list)
    choices: list[Choice] = msgspec.field(default_factory=list)
    decision: DecisionName = "answer"
    feedback: bool = True

    def whole(self) -> list[Section]:
        """Return all sections, the notes included."""
        return [*self.sections, *self.notes]


def is_code_search(line: SourceLine) -> bool:
    """Say whether a source is a search over published configurations and no page of its own."""
    return line.url.startswith(_CODE_SEARCH)


def prose(text: str) -> list[Section]:
    """Turn a longer text of the knowledge into sections: paragraphs, and `- ` lines as lists."""
    sections: list[Section] = []
    for chunk in text.strip().split("\n\n"):
        words: list[str] = []
        items: list[str] = []
        for line in chunk.splitlines():
            if line.startswith("- "):
                items.append(line[2:].strip())
            elif items and line.startswith("  "):
                items[-1] += f" {line.strip()}"
            elif items:
                # A sentence after a list begins a paragraph of its own.
                sections += [Paragraph("\n".join(words))] if words else []
                sections.append(BulletList(tuple(items)))
                words, items = [line.strip()], []
            elif line.strip():
                words.append(line.strip())
        if words:
            sections.append(Paragraph("\n".join(words)))
        if items:
            sections.append(BulletList(tuple(items)))
    return sections

"""The shapes of the documents that the layers above read: rules, words, example phrases and sentences.

Those layers decide what a document means. Its shape is checked here, when the files are loaded, so that a company's
broken file is named like any other instead of failing in the middle of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, get_args

import msgspec

from bot.kb.model import Protocol, Security, Text, Words
from bot.kb.read import decode

_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_SLOTS: dict[str, tuple[str, ...]] = {
    "protocols": get_args(Protocol),
    "directions": ("receive", "send"),
    "securities": get_args(Security),
}
"""Sections of `terms.yaml` whose words fill a slot, and the values that the slot takes."""


class _Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Common settings: a misspelt key is a problem and not a silent loss."""


class Rule(_Node, frozen=True):
    """What must be seen, and what must not, for an intent."""

    all: tuple[str, ...]
    none: tuple[str, ...] = ()
    confidence: float = 0.8
    article: str | None = None


class Intent(_Node, frozen=True):
    """How one intent is recognised."""

    rules: tuple[Rule, ...] = ()
    never: tuple[str, ...] = ()
    phrase_weight: float = 1.0


class Intents(_Node, frozen=True):
    """`intents.yaml`."""

    intents: dict[str, Intent]
    threshold: float
    ambiguity_threshold: float
    channel_threshold: float
    groups: dict[str, tuple[str, ...]] = {}
    channel_never: tuple[str, ...] = ()
    channel_stop: tuple[str, ...] = ()
    channel_needs: tuple[str, ...] = ()
    channel_strict: dict[str, tuple[str, ...]] = {}
    weak_terms: tuple[str, ...] = ()
    article_intents: dict[str, str] = {}


class Terms(_Node, frozen=True):
    """`terms.yaml`: words by what they stand for."""

    protocols: dict[str, Words] = {}
    directions: dict[str, Words] = {}
    securities: dict[str, Words] = {}
    concepts: dict[str, Words] = {}
    decoys: dict[str, Words] = {}
    services: Words = Words()


class Phrases(_Node, frozen=True):
    """`phrases/<language>/<intent>.yaml`: ways of asking for one intent."""

    phrases: tuple[str, ...]


class Difference(_Node, frozen=True):
    """Why ours is right where it differs from what somebody else publishes."""

    theirs: str
    """The published server, `imap imap.example.com:993 implicit_tls`; `*` stands for anything."""
    reason: Text
    reviewed_on: date


class Comparison(_Node, frozen=True):
    """`comparisons/<source>.yaml`: reviewed differences from one source, by provider."""

    title: str
    url: str
    reasons: dict[str, tuple[Difference, ...]] = {}


def document_problems(name: str, value: dict[str, Any]) -> list[str]:
    """Check one document.

    Args:
        name: Its path without ending.
        value: What the file holds.

    Returns:
        Every problem as `path: message`; empty for a sound one.
    """
    if name.startswith("wording/"):
        return [f"{name}.yaml: {problem}" for problem in wording_problems(value)]
    kinds: dict[str, tuple[type, Callable[[Any], Iterator[str]]]] = {
        "intents": (Intents, _intents_problems),
        "terms": (Terms, _terms_problems),
    }
    kinds |= {name: (Comparison, _comparison_problems)} if name.startswith("comparisons/") else {}
    type_, rules = kinds.get(name, (Phrases, _phrases_problems))
    document, problems = decode(name, value, type_)
    return problems if document is None else [f"{name}.yaml: {problem}" for problem in rules(document)]


def _comparison_problems(document: Comparison) -> Iterator[str]:
    for id_, entries in document.reasons.items():
        for i, entry in enumerate(entries):
            if not entry.reason.ja.strip() or not entry.reason.en.strip():
                yield f"reasons.{id_}[{i}]: the reason is needed in ja and en"


def wording_problems(value: dict[Any, Any]) -> Iterator[str]:
    """Every sentence is a text that can be said: not empty, and its placeholders plain names."""
    for key, text in value.items():
        if not isinstance(key, str):
            yield f"key '{key}' must be a word"
        elif not isinstance(text, str) or not text.strip():
            yield f"{key}: must be a sentence"
        else:
            yield from (f"{key}: {problem}" for problem in sentence_problems(text))


def sentence_problems(text: str) -> Iterator[str]:
    """What would keep a sentence with placeholders from being said."""
    if text.count("`") % 2:
        yield "a backtick is not closed"
    try:
        names = placeholders(text)
    except ValueError as error:
        yield f"cannot be read as a sentence with placeholders ({error})"
        return
    # An attribute, an index or a conversion in a placeholder would reach into the program.
    plain = [name for name in names if name.isidentifier()]
    if len(plain) < len(names):
        yield "a placeholder must be a plain {name}"
        return
    if not text.format_map(dict.fromkeys(plain, "x")).strip():
        yield "says nothing once its placeholders are filled"


def placeholders(text: str) -> frozenset[str]:
    """Return the placeholder names; what is more than a name keeps its decoration, so that it is refused.

    Raises:
        ValueError: A brace is not closed.
    """
    import string  # only the check of the wording needs it

    found = set()
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is not None:
            found.add(name + (f":{spec}" if spec else "") + (f"!{conversion}" if conversion else ""))
    return frozenset(found)


def _intents_problems(document: Intents) -> Iterator[str]:
    for name in ("threshold", "ambiguity_threshold", "channel_threshold"):
        yield from _share_problems(name, getattr(document, name))
    for intent, entry in document.intents.items():
        where = f"intents.{intent}"
        yield from _name_problems("intents", intent)
        yield from _share_problems(f"{where}.phrase_weight", entry.phrase_weight)
        for i, rule in enumerate(entry.rules):
            yield from _share_problems(f"{where}.rules[{i}].confidence", rule.confidence)
            if not rule.all:
                yield f"{where}.rules[{i}].all: names nothing, so the rule would hold for every text"
    known = set(document.intents)
    yield from (
        f"article_intents.{article}: no intent is called '{intent}'"
        for article, intent in document.article_intents.items()
        if intent not in known
    )
    yield from (f"channel_strict: no intent is called '{intent}'" for intent in document.channel_strict.keys() - known)
    for intent, entry in document.intents.items():
        facts = (*entry.never, *(fact for rule in entry.rules for fact in (*rule.all, *rule.none)))
        yield from (f"intents.{intent}: has an empty fact" for fact in facts if not fact.strip(" |"))


def _terms_problems(document: Terms) -> Iterator[str]:
    sections = {name: getattr(document, name) for name in document.__struct_fields__ if name != "services"}
    for section, entries in sections.items():
        for value, words in entries.items():
            yield from _name_problems(section, value)
            if value not in _SLOTS.get(section, (value,)):
                yield f"{section}: '{value}' is none of {', '.join(_SLOTS[section])}"
            yield from _word_problems(f"{section}.{value}", words)
    yield from _word_problems("services", document.services)


def _phrases_problems(document: Phrases) -> Iterator[str]:
    if not all(phrase.strip() for phrase in document.phrases):
        yield "phrases: has an empty phrase"


def _share_problems(where: str, value: float) -> Iterator[str]:
    if not 0 <= value <= 1:  # not a number included
        yield f"{where}: {value} is not between 0 and 1"


def _name_problems(where: str, name: str) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield f"{where}: '{name}' must be a name such as explain_port"


def _word_problems(where: str, words: Words) -> Iterator[str]:
    if not all(word.strip() for word in (*words.ja, *words.en)):
        yield f"{where}: has an empty word"

"""The rules of `intents.yaml`, compiled: which facts make which intent, and how surely."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from bot.match.model import IntentScore

_DEFAULT_THRESHOLD: Final = 0.5
_DEFAULT_AMBIGUITY: Final = 0.06
_DEFAULT_CHANNEL: Final = 0.75


_COMMON: Final = frozenset(
    {"asks", "question", "fragment", "mailish", "named", "mail_values", "settings_words", "provider"}
)
"""Facts that hold of so many messages that they leave hardly a rule out."""


class Rule(msgspec.Struct, frozen=True, gc=False):
    """All of *required* (each a choice of facts) and none of *forbidden* give *intent* this confidence."""

    intent: str
    required: tuple[frozenset[str], ...]
    forbidden: frozenset[str]
    confidence: float
    article: str | None
    why: str


class Thresholds(msgspec.Struct, frozen=True, gc=False):
    """When a reading is good enough."""

    answer: float
    """Below it nothing is answered."""
    ambiguity: float
    """How far the best must be ahead of the second."""
    channel: float
    """What is needed where nobody asked us."""


class Rules:
    """Everything that `intents.yaml` says."""

    def __init__(self, document: dict[str, Any]) -> None:
        """Compile the document.

        Args:
            document: The content of `knowledge/intents.yaml`.
        """
        self.thresholds = read_thresholds(document)
        self.groups = {name: frozenset(members) for name, members in document.get("groups", {}).items()}
        self.article_intents: dict[str, str] = dict(document.get("article_intents", {}))
        intents = document.get("intents", {})
        self.intents = tuple(intents)
        self.rules = sorted(
            (_compile(intent, rule) for intent, entry in intents.items() for rule in entry.get("rules", ())),
            key=lambda rule: -rule.confidence,
        )
        self._never = {intent: frozenset(entry["never"]) for intent, entry in intents.items() if entry.get("never")}
        self._by_fact: dict[str, list[int]] = {}
        for place, rule in enumerate(self.rules):
            # A rule is only looked at where one of the facts of its rarest choice holds.
            rarest = min(
                rule.required, key=lambda choice: len(choice) + 100 * len(choice & _COMMON), default=frozenset()
            )
            for fact in rarest:
                self._by_fact.setdefault(fact, []).append(place)
        self.phrase_weights = {intent: float(entry.get("phrase_weight", 1.0)) for intent, entry in intents.items()}

    def score(self, facts: frozenset[str]) -> list[IntentScore]:
        """Return the best score of every intent that a rule gives, surest first."""
        found: dict[str, IntentScore] = {}
        by_fact = self._by_fact
        for place in sorted({place for fact in facts if fact in by_fact for place in by_fact[fact]}):
            rule = self.rules[place]
            if rule.intent in found or not rule.forbidden.isdisjoint(facts):
                continue
            for choice in rule.required:
                if choice.isdisjoint(facts):
                    break
            else:
                if not self.excludes(rule.intent, facts):
                    found[rule.intent] = IntentScore(rule.intent, rule.confidence, rule.why, rule.article)
        return list(found.values())

    def excludes(self, intent: str, facts: frozenset[str]) -> bool:
        """Return whether `never` of an intent rules it out, whatever rules and phrases say."""
        never = self._never.get(intent)
        return never is not None and not facts.isdisjoint(never)


def read_thresholds(document: dict[str, Any]) -> Thresholds:
    """Return the thresholds that `intents.yaml` names."""
    return Thresholds(
        float(document.get("threshold", _DEFAULT_THRESHOLD)),
        float(document.get("ambiguity_threshold", _DEFAULT_AMBIGUITY)),
        float(document.get("channel_threshold", _DEFAULT_CHANNEL)),
    )


def _compile(intent: str, rule: dict[str, Any]) -> Rule:
    required = tuple(frozenset(_choices(atom)) for atom in rule.get("all", ()))
    forbidden = frozenset(rule.get("none", ()))
    text = " + ".join("|".join(sorted(choice)) for choice in required)
    why = f"rule: {text}" + (f", without {', '.join(sorted(forbidden))}" if forbidden else "")
    return Rule(intent, required, forbidden, float(rule.get("confidence", 0.8)), rule.get("article"), why)


def _choices(atom: str) -> Iterable[str]:
    return (choice.strip() for choice in atom.split("|"))

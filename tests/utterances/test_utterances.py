"""Every utterance of the tuning part is read as its file says; one test per utterance.

A file `<language>/<intent>.yaml` holds `cases`; the intent is the file's name unless a case says otherwise:

    say         the message                     after      what was asked before in the same conversation
    surface     mention if left out             decision   one or several of answer, clarify, hand_off, silent
    intent(s)   of the answer's first part      parts      the intents of all parts
    provider, client, protocols, directions, ports, article, reason: must be exactly this
    known_failure: why it does not work yet (the test must fail, so that a mend removes the mark)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from bot.kb.lookup import Lookup
from bot.match.decide import decide
from bot.match.model import Clarify, Context, Decision, HandOff, Match, Reading, Silent, Slots, Utterance
from bot.match.reader import Reader

HERE = Path(__file__).parent
NAMES = {Match: "answer", Clarify: "clarify", HandOff: "hand_off", Silent: "silent"}
INTENTS = {"provider_settings", "explain_port", "port_for_protocol", "client_setup", "explain_term", "explain_error"}


@dataclass(frozen=True)
class Case:
    """One utterance and what is expected of it."""

    name: str
    say: str
    surface: str
    decisions: tuple[str, ...]
    intents: tuple[str, ...]
    expected: dict[str, Any]


def _cases() -> list[Any]:
    found = []
    for path in sorted([*HERE.glob("ja/*.yaml"), *HERE.glob("en/*.yaml")]):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in document.get("cases", ()):
            case = _case(path, document, entry)
            failure = entry.get("known_failure")
            marks = [pytest.mark.xfail(reason=failure, strict=True)] if failure else []
            found.append(pytest.param(case, id=f"{case.name}: {case.say[:60]!r} ({case.surface})", marks=marks))
    return found


def _case(path: Path, document: dict[str, Any], entry: dict[str, Any]) -> Case:
    none = path.stem.startswith("_none")
    decisions = entry.get("decision", "silent" if none else "answer")
    intents = entry.get("intents") or ([entry["intent"]] if "intent" in entry else [])
    if not intents and path.stem in INTENTS and "decision" not in entry:
        intents = [path.stem]
    return Case(
        name=f"{path.parent.name}/{path.stem}",
        say=entry["say"],
        surface=entry.get("surface") or document.get("surface") or ("channel" if none else "mention"),
        decisions=tuple([decisions] if isinstance(decisions, str) else decisions),
        intents=tuple(intents),
        expected=entry,
    )


def _pairs() -> list[Any]:
    pairs = []
    for path in sorted(HERE.glob("*/pairs.yaml")):
        for one, two in yaml.safe_load(path.read_text(encoding="utf-8"))["pairs"]:
            pairs.append(pytest.param(one, two, id=f"{path.parent.name}: {one} | {two}"))
    return pairs


def _read(
    reader: Reader, lookup: Lookup, text: str, surface: str, context: Context | None = None
) -> tuple[Reading, Decision]:
    utterance = Utterance(text, surface)  # type: ignore[arg-type]
    reading = reader.read(utterance, context)
    return reading, decide(reading, utterance, lookup)


@pytest.mark.parametrize("case", _cases())
def test_utterance_is_read_as_its_file_says(case: Case, reader: Reader, lookup: Lookup) -> None:
    """A message gets the decision, the intent and the slots that the file names, and nothing beside them."""
    context: Context | None = None
    for before in case.expected.get("after", ()):
        reading, decision = _read(reader, lookup, before, "mention", context)
        context = _remember(reading, decision, context)
    reading, decision = _read(reader, lookup, case.say, case.surface, context)
    assert NAMES[type(decision)] in case.decisions, f"{decision}\n{reading.scores[:3]}\n{sorted(reading.facts)}"
    if "reason" in case.expected:
        assert isinstance(decision, Clarify | HandOff)
        assert decision.reason == case.expected["reason"]
    if "language" in case.expected:
        assert reading.language == case.expected["language"]
    if isinstance(decision, Match):
        _check_match(case, decision)


def _remember(reading: Reading, decision: Decision, before: Context | None) -> Context:
    """Keep of a turn what the engine keeps of it."""
    if isinstance(decision, Match):
        score, slots = decision.parts[-1]
        return Context(slots if len(decision.parts) == 1 else reading.slots, score.intent, reading.language)
    if isinstance(decision, Clarify):
        intent = next((score.intent for score in reading.scores), "provider_settings")
        return Context(replace(reading.slots, ambiguous=()), intent, reading.language)
    return before or Context(Slots(), None, None)


def _check_match(case: Case, decision: Match) -> None:
    intents = [score.intent for score, _ in decision.parts]
    if "parts" in case.expected:
        assert intents == case.expected["parts"]
        return
    assert len(intents) == 1, intents
    score, slots = decision.parts[0]
    if case.intents:
        assert score.intent in case.intents
    for name, value in _expected_slots(case.expected).items():
        assert getattr(slots, name) == value
    if "article" in case.expected:
        assert score.article == case.expected["article"]


def _expected_slots(expected: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    slots = {f"{name}s": (expected[name],) for name in ("provider", "client") if name in expected}
    return slots | {name: tuple(expected[name]) for name in ("protocols", "directions", "ports") if name in expected}


def _gist(reader: Reader, lookup: Lookup, text: str) -> tuple[Any, ...]:
    _, decision = _read(reader, lookup, text, "mention")
    if not isinstance(decision, Match):
        return (type(decision).__name__,)

    def plain(slots: Slots) -> tuple[Any, ...]:
        return (slots.providers, slots.clients, slots.protocols, slots.directions, slots.ports)

    return tuple((score.intent, score.article, plain(slots)) for score, slots in decision.parts)


@pytest.mark.parametrize(("one", "two"), _pairs())
def test_one_word_makes_another_question(one: str, two: str, reader: Reader, lookup: Lookup) -> None:
    """Two messages that differ in the one word that matters are not read as the same question."""
    assert _gist(reader, lookup, one) != _gist(reader, lookup, two)


def test_example_questions_of_the_knowledge_reach_their_file(reader: Reader, lookup: Lookup) -> None:
    """Each `asks` of a provider or a program names it, so that its author's own examples are answered from it."""
    lost = []
    for entry in (*lookup.knowledge.providers, *lookup.knowledge.clients):
        for ask in (*entry.asks.ja, *entry.asks.en):
            reading, decision = _read(reader, lookup, ask, "mention")
            named = reading.slots.providers + reading.slots.clients
            if entry.id not in named or not isinstance(decision, Match):
                lost.append(f"{entry.id}: {ask} -> {named} {type(decision).__name__}")
    assert not lost, "\n".join(lost)


def test_example_questions_of_articles_and_errors_are_answered(reader: Reader, lookup: Lookup) -> None:
    """Each `asks` of an article or an error is answered by it."""
    lost = []
    own_intents = lookup.document("intents")["article_intents"]
    for article in lookup.knowledge.articles:
        for ask in (*article.asks.ja, *article.asks.en):
            _, decision = _read(reader, lookup, ask, "mention")
            score = decision.parts[0][0] if isinstance(decision, Match) else None
            if score is None or (score.article != article.id and score.intent != own_intents.get(article.id)):
                lost.append(f"{article.id}: {ask} -> {decision}")
    for error in lookup.knowledge.errors:
        for ask in (*error.asks.ja, *error.asks.en):
            _, decision = _read(reader, lookup, ask, "mention")
            if not (isinstance(decision, Match) and error.id in decision.parts[0][1].errors):
                lost.append(f"{error.id}: {ask} -> {decision}")
    assert not lost, "\n".join(lost)

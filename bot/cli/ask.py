"""`mailports ask`: one question from the command line, or many from standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING

from bot.cards.text import render_text
from bot.cli.output import load_engine, report
from bot.cli.record import SURFACES, encode, record
from bot.errors import BotError
from bot.match.model import Clarify, HandOff, Match, Utterance

if TYPE_CHECKING:
    import argparse

    from bot.answer.engine import Outcome
    from bot.kb.model import Language
    from bot.match.model import Surface

_EXPLAINED_SCORES = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `ask`."""
    parser.add_argument("text", nargs="*", help="the question")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--jsonl", action="store_true", help="read JSON objects from standard input, write one per line")
    form.add_argument("--explain", action="store_true", help="show how the question was read")
    parser.add_argument("--surface", choices=SURFACES, default=None, help="where the question is asked (mention)")
    parser.add_argument("--language", choices=("ja", "en"), help="answer in this language whatever the question's is")


def read_plain(words: Sequence[str]) -> SimpleNamespace | None:
    """Return the arguments where there are no options: importing a parser takes as long as ten answers.

    Returns:
        What the parser would; None where it is needed.
    """
    if not words or any(word.startswith("-") for word in words):
        return None
    return SimpleNamespace(text=list(words), json=False, jsonl=False, explain=False, surface=None, language=None)


def run(arguments: argparse.Namespace | SimpleNamespace) -> int:
    """Answer, and return the exit status: 0, or 2 where the knowledge cannot be loaded."""
    try:
        engine = load_engine()
    except BotError as error:
        return report(error)
    surface: Surface = arguments.surface or "mention"
    language: Language | None = arguments.language
    if arguments.jsonl:
        from bot.cli.crowd import answer_stream, processors
        from bot.cli.lines import LineAnswerer

        answerer = LineAnswerer(engine, surface, language)
        answer_stream(answerer, sys.stdin.fileno(), sys.stdout.buffer, processes=processors())
        return 0
    outcome = engine.answer(Utterance(" ".join(arguments.text), surface, chosen_language=language))
    if arguments.json:
        sys.stdout.buffer.write(encode(record(outcome)))
        sys.stdout.buffer.flush()
        return 0
    if arguments.explain:
        print("\n".join(explain(outcome)))
    if outcome.answer is not None:
        if outcome.answer.private_notice is not None:
            print(f"⚠ {outcome.answer.private_notice}\n")
        print(render_text(outcome.answer))
    return 0


def explain(outcome: Outcome) -> Iterable[str]:
    """Yield how a question was read: slots, the best intents with their reasons, and the decision."""
    reading, decision = outcome.reading, outcome.decision
    yield f"language    {reading.language}"
    if reading.is_follow_up:
        yield "follow_up   yes"
    if reading.redacted:
        yield f"redacted    {reading.redacted_text}"
    for name in reading.slots.__struct_fields__:
        value = getattr(reading.slots, name)
        if value:
            words = sorted(value) if isinstance(value, frozenset) else value
            yield f"slot        {name}: {', '.join(str(word) for word in words)}"
    for score in reading.scores[:_EXPLAINED_SCORES]:
        article = f" [{score.article}]" if score.article else ""
        yield f"intent      {score.confidence:.2f} {score.intent}{article}: {score.why}"
    yield f"decision    {type(decision).__name__} {decision.confidence:.2f}{_details(outcome)}"
    yield ""


def _details(outcome: Outcome) -> str:
    decision = outcome.decision
    if isinstance(decision, Match):
        return ": " + ", ".join(score.intent for score, _ in decision.parts)
    if isinstance(decision, Clarify):
        return f": {decision.reason} {', '.join(decision.options)}"
    return f": {decision.reason}" if isinstance(decision, HandOff) else ""

"""How many questions of the test part are answered rightly, end to end.

The test part (`tests/utterances/scored/test`) is looked at only to score: nothing is tuned on it.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answer.engine import Engine
from bot.bench.damage import damage
from bot.bench.report import Figure
from bot.cards.text import render_text
from bot.kb.load import load_lookup
from bot.match.model import Context, Utterance
from bot.settings import cache_dir, knowledge_paths

_SEED = 20261124
_COPIES = 3
_KIND = re.compile("^(?:second|third|fourth|fifth|more)_")
"""Which collection a file belongs to is of no interest: the figures are those of all."""
_ANY = ["answer", "clarify", "hand_off", "silent"]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One case that was not as expected."""

    file: str
    say: str
    why: str


def measure(folder: Path, *, show: bool = False) -> list[Figure]:
    """Score every file of *folder*.

    Args:
        folder: Where the scored files are, one per language and kind.
        show: Print each wrong case.

    Returns:
        The share of right cases per file.
    """
    engine = Engine(load_lookup(knowledge_paths(), cache_dir()))
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for path in sorted(folder.glob("*.yaml")):
        kind = _KIND.sub("", path.stem)
        for case in _cases(path):
            tries = [(kind, case)]
            if kind.endswith("questions"):
                tries += [(f"{kind}, damaged", copy) for copy in damaged(case)]
            for name, tried in tries:
                wrong = check_case(engine, tried, path.stem)
                total[name] += 1
                right[name] += wrong is None
                if wrong and show:
                    print(f"{wrong.file}: {wrong.say!r}: {wrong.why}")
    figures = [
        Figure(f"{name} ({total[name]} cases)", 100 * right[name] / total[name], "% right") for name in sorted(total)
    ]
    return [*figures, *_reliability(reliability(engine, folder))]


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence."""

    confidence: float
    """Their mean."""
    right: float
    """How many of them were right, 0–1."""
    count: int


def reliability(engine: Engine, folder: Path) -> list[Bin]:
    """Hold the confidence of answers against how often they are right.

    Args:
        engine: The engine under test.
        folder: Scored files; threads and secrets are left out.

    Returns:
        One bin for each twentieth of confidence in which answers were given.
    """
    found: dict[int, list[tuple[float, bool]]] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.stem.endswith(("threads", "secrets")):
            continue
        for case in _cases(path):
            outcome = engine.answer(Utterance(case["say"], surface=case.get("surface", "mention")))
            answer = outcome.answer
            if answer is None or answer.decision != "answer":
                continue
            fault = case_fault(case, "answer", answer.language, render_text(answer), outcome.reading.slots)
            found.setdefault(int(answer.confidence * 20), []).append((answer.confidence, fault is None))
    return [
        Bin(
            sum(confidence for confidence, _ in one) / len(one),
            sum(right for _, right in one) / len(one),
            len(one),
        )
        for _, one in sorted(found.items())
    ]


def _reliability(bins: list[Bin]) -> Iterator[Figure]:
    count = sum(one.count for one in bins)
    for one in bins:
        yield Figure(f"answers at confidence {one.confidence:.2f} ({one.count})", 100 * one.right, "% right")
    error = sum(one.count * abs(one.right - one.confidence) for one in bins) / count
    yield Figure("expected calibration error", error, "", "", None)


def damaged(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield damaged copies of a case, the same in every run."""
    chance = random.Random(f"{_SEED}{case['say']}")
    for _ in range(_COPIES):
        yield {**case, "say": damage(case["say"], chance)}


def _cases(path: Path) -> Iterator[dict[str, Any]]:
    import yaml

    yield from yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]


def check_case(engine: Engine, case: dict[str, Any], file: str) -> Wrong | None:
    """Ask one case, or its turns one after the other in one conversation.

    Args:
        engine: The engine under test.
        case: `say` or `turns`, with what is expected: `decision` (one or several), `provider`, `client`, `language`,
            `contains` (each string, or one of a list, must be in the text), `lacks` (none may be).
        file: Name for the report.
    """
    context: Context | None = None
    for turn in case.get("turns", [case]):
        utterance = Utterance(turn["say"], surface=turn.get("surface", case.get("surface", "mention")))
        outcome = engine.answer(utterance, context)
        context = outcome.context
        text = render_text(outcome.answer) if outcome.answer else ""
        decision = outcome.answer.decision if outcome.answer else "silent"
        why = case_fault(
            turn, decision, outcome.answer.language if outcome.answer else None, text, outcome.reading.slots
        )
        if why:
            return Wrong(file, turn["say"], why)
    return None


def case_fault(turn: dict[str, Any], decision: str, language: str | None, text: str, slots: Any) -> str | None:
    """Return what is wrong with an answer to one turn of a case; None if it is as expected."""
    # A case that says nothing of the decision (a pasted password, say) only wants its `lacks` to hold.
    wanted = turn.get("decision", "answer" if turn.keys() & {"contains", "provider", "client"} else _ANY)
    if decision not in ([wanted] if isinstance(wanted, str) else wanted):
        return f"decision {decision}, not {wanted}"
    if "language" in turn and language != turn["language"]:
        return f"language {language}"
    if "provider" in turn and turn["provider"] not in slots.providers:
        return f"providers {slots.providers}, not {turn['provider']}"
    if "client" in turn and turn["client"] not in slots.clients:
        return f"clients {slots.clients}, not {turn['client']}"
    folded = text.casefold()
    for entry in turn.get("contains", []):
        options = [entry] if isinstance(entry, str | int) else entry
        if not any(str(option).casefold() in folded for option in options):
            return f"text lacks {entry!r}"
    return next((f"text has {entry!r}" for entry in turn.get("lacks", []) if str(entry).casefold() in folded), None)

"""Our reading beside what a user could pick instead, on the test part of the utterances, in one run.

Every peer learns from the same phrases and the same tuning utterances (`training.py`) and runs in a process of its own
(`peers.py`). None of them finds slots, so each is lent ours: what is compared end to end is the intent alone, put into
the same answers by the same composer. Whether a peer speaks at all is decided by one threshold, which is chosen on the
tuning part so that at most one silent line in two hundred is answered there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from bot.answer.compose import compose
from bot.answer.engine import Engine
from bot.bench.memory import resident_mb
from bot.bench.peers import PEERS
from bot.bench.reading import case_fault, damaged, reliability
from bot.bench.report import percentile
from bot.bench.training import SILENT, Example, examples
from bot.cards.text import render_text
from bot.kb.load import load_lookup
from bot.match.model import IntentScore, Match, Utterance
from bot.settings import cache_dir, knowledge_paths

_FALSE_ANSWERS: Final = 0.005
_SLOWEST: Final = {"padacioso": 3}
"""Peers that need seconds for a question are asked this many of each kind."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison; shares are 0–1, None where a peer has no such thing."""

    name: str
    intent: float
    """Right intent, of the questions whose intent was labelled."""
    slots: float | None
    """Right provider and program, where a case names them."""
    answers: float
    """Right answers end to end."""
    damaged: float
    """The same on damaged copies."""
    false_answers: float
    """Silent lines that were answered."""
    overheard: float
    """Questions that nobody addressed to the bot, answered rightly, at the threshold that keeps it silent."""
    p50_ms: float
    p99_ms: float
    ready_s: float
    rss_mb: float
    asked: int


@dataclass(slots=True)
class _Cases:
    questions: list[dict[str, Any]]
    copies: list[dict[str, Any]]
    silent: list[dict[str, Any]]
    overheard: list[dict[str, Any]]

    def groups(self) -> tuple[list[dict[str, Any]], ...]:
        return self.questions, self.copies, self.silent, self.overheard


def measure(
    utterances: Path,
    python: str = sys.executable,
    names: Sequence[str] = (),
    *,
    save: dict[str, object] | None = None,
) -> list[Row]:
    """Compare.

    Args:
        utterances: The folder `tests/utterances`.
        python: Interpreter of the environment that has the libraries of the peers.
        names: Peers to compare with; all if left out.
        save: Gets the figures for the pictures.
    """
    lookup = load_lookup(knowledge_paths(), cache_dir())
    began = time.perf_counter()
    engine = Engine(lookup)
    engine.answer(Utterance("gmal imap"))
    ready_s = time.perf_counter() - began
    labels = _labels(utterances / "scored" / "intents.yaml")
    cases = _load(utterances / "scored" / "test")
    taught = examples(lookup, utterances, lookup.document("intents")["article_intents"])
    rows = [_ours(engine, cases, labels, ready_s)]
    tuning = _load(utterances / "scored" / "tuning")
    for name in names or PEERS:
        print(f"  {name} ...", file=sys.stderr)
        rows.append(_peer(name, engine, cases, tuning, labels, taught, python))
    if save is not None:
        bins = reliability(engine, utterances / "scored" / "test")
        save |= {"match": [asdict(row) for row in rows], "reliability": [asdict(one) for one in bins]}
    return rows


def table(rows: Iterable[Row]) -> Iterable[str]:
    """Yield the rows as an aligned table."""
    yield (
        f"  {'':<27}{'intent':>8}{'slots':>8}{'answer':>8}{'damaged':>9}{'false':>8}{'overheard':>11}"
        f"{'p50 ms':>9}{'p99 ms':>9}{'ready s':>9}{'MB':>7}"
    )
    for row in rows:
        slots = "-" if row.slots is None else f"{row.slots:.1%}"
        yield (
            f"  {row.name:<27}{row.intent:>8.1%}{slots:>8}{row.answers:>8.1%}{row.damaged:>9.1%}{row.false_answers:>8.1%}"
            f"{row.overheard:>11.1%}{row.p50_ms:>9.2f}{row.p99_ms:>9.2f}{row.ready_s:>9.2f}{row.rss_mb:>7.0f}"
        )


def _ours(engine: Engine, cases: _Cases, labels: dict[str, list[str]], ready_s: float) -> Row:
    times: list[float] = []
    right: list[list[bool]] = []
    intents: list[bool] = []
    slots: list[bool] = []
    for group in cases.groups():
        found = []
        for case in group:
            began = time.perf_counter()
            outcome = engine.answer(Utterance(case["say"], surface=case.get("surface", "mention")))
            times.append((time.perf_counter() - began) * 1000)
            text = render_text(outcome.answer) if outcome.answer else ""
            decision = outcome.answer.decision if outcome.answer else SILENT
            language = outcome.answer.language if outcome.answer else None
            found.append(case_fault(case, decision, language, text, outcome.reading.slots) is None)
            if case["say"] in labels and group is not cases.copies:
                said = (
                    [score.intent for score, _ in outcome.decision.parts] if isinstance(outcome.decision, Match) else []
                )
                intents.append(bool(set(said) & set(labels[case["say"]])))
                if "provider" in case or "client" in case:
                    slots.append(_right_slots(case, outcome.reading.slots))
        right.append(found)
    return Row(
        name="mailports",
        intent=_share(intents),
        slots=_share(slots),
        answers=_share(right[0]),
        damaged=_share(right[1]),
        false_answers=1 - _share(right[2]),
        overheard=_share(right[3]),
        p50_ms=percentile(times, 0.5),
        p99_ms=percentile(times, 0.99),
        ready_s=ready_s,
        rss_mb=resident_mb(os.getpid()),
        asked=len(times),
    )


def _peer(
    name: str,
    engine: Engine,
    cases: _Cases,
    tuning: _Cases,
    labels: dict[str, list[str]],
    taught: list[Example],
    python: str,
) -> Row:
    limit = _SLOWEST.get(name)
    groups = [group[:limit] for group in (*cases.groups(), tuning.silent, tuning.overheard)]
    result = _run(name, taught, [case["say"] for group in groups for case in group], python)
    said = iter(zip(result["labels"], result["scores"], strict=True))
    judged = [[(case, *next(said)) for case in group] for group in groups]
    loud = sorted((score for _, label, score in judged[4] if label != SILENT), reverse=True)
    threshold = loud[int(_FALSE_ANSWERS * len(judged[4]))] if len(loud) > int(_FALSE_ANSWERS * len(judged[4])) else 0.0
    right = [[_is_right(engine, case, label, score, threshold) for case, label, score in group] for group in judged]
    intents = [
        label.partition("=")[0] in labels[case["say"]]
        for group in (judged[0], judged[3])
        for case, label, _ in group
        if case["say"] in labels
    ]
    return Row(
        name=name,
        intent=_share(intents),
        slots=None,
        answers=_share(right[0]),
        damaged=_share(right[1]),
        false_answers=1 - _share(right[2]),
        overheard=_share(right[3]),
        p50_ms=percentile(result["times_ms"], 0.5),
        p99_ms=percentile(result["times_ms"], 0.99),
        ready_s=result["ready_s"],
        rss_mb=result["rss_mb"],
        asked=len(result["times_ms"]),
    )


def _run(name: str, taught: list[Example], texts: list[str], python: str) -> dict[str, Any]:
    given = {
        "examples": [(one.text, f"{one.intent}={one.article}" if one.article else one.intent) for one in taught],
        "texts": texts,
    }
    finished = subprocess.run(
        [python, "-m", "bot.bench.peers", name], input=json.dumps(given), text=True, stdout=subprocess.PIPE, check=True
    )
    return json.loads(finished.stdout)  # type: ignore[no-any-return]


def _is_right(engine: Engine, case: dict[str, Any], label: str, score: float, threshold: float) -> bool:
    surface = case.get("surface", "mention")
    intent, _, article = label.partition("=")
    utterance = Utterance(case["say"], surface=surface)
    outcome = engine.answer(utterance)
    reading = outcome.reading
    if intent in (SILENT, "None") or (surface == "channel" and score <= threshold):
        decision = SILENT if surface == "channel" else "hand_off"
        return case_fault(case, decision, None, "", reading.slots) is None
    slots = reading.slots
    if article.startswith("error:"):
        slots = replace(slots, errors=slots.errors or (article[6:],))
        article = ""
    found = IntentScore(intent, score, "a peer", article or None)
    reading = replace(reading, scores=(found,), slots=slots, parts=())
    kit = engine.kit(reading.language)
    answer = compose(kit, Match(((found, slots),), score), reading)
    text = render_text(answer) if answer else ""
    return case_fault(case, answer.decision if answer else SILENT, reading.language, text, slots) is None


def _right_slots(case: dict[str, Any], slots: Any) -> bool:
    return case.get("provider", "") in (*slots.providers, "") and case.get("client", "") in (*slots.clients, "")


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _labels(path: Path) -> dict[str, list[str]]:
    import yaml

    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["labels"]
    return {entry["say"]: entry["intents"] for entry in entries}


def _load(folder: Path) -> _Cases:
    import yaml

    cases = _Cases([], [], [], [])
    for path in sorted(folder.glob("*.yaml")):
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
        if path.stem.endswith("questions"):
            cases.questions += loaded
        elif path.stem.endswith("silent"):
            cases.silent += loaded
        elif path.stem.endswith("channel"):
            cases.overheard += [case for case in loaded if case["decision"] == "answer"]
            cases.silent += [case for case in loaded if case["decision"] == SILENT]
    cases.copies = [copy for case in cases.questions[::3] for copy in damaged(case)]
    return cases

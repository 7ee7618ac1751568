"""Choose the three thresholds of `knowledge/intents.yaml` from the tuning utterances alone, and write them there.

    python -m bot.bench.thresholds          prints what it would choose
    python -m bot.bench.thresholds --write  and writes it, with the day and the figures

threshold            the value at which most addressed utterances get the right decision
ambiguity_threshold  the same
channel_threshold    the lowest value at which at most one silent line in two hundred is answered
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.bench.report import percentile
from bot.kb.load import load_lookup, shipped_root
from bot.kb.lookup import Lookup
from bot.match.decide import decide
from bot.match.model import Clarify, HandOff, Match, Reading, Silent, Utterance
from bot.match.reader import Reader
from bot.settings import cache_dir

_FALSE_ANSWERS = 0.005
_UTTERANCES = Path("tests/utterances")
_NAMES = {Match: "answer", Clarify: "clarify", HandOff: "hand_off", Silent: "silent"}


@dataclass(frozen=True, slots=True)
class _Case:
    utterance: Utterance
    wanted: tuple[str, ...]
    reading: Reading


@dataclass(frozen=True, slots=True)
class Choice:
    """One threshold, and what was seen at it."""

    name: str
    value: float
    figures: str


def choose(lookup: Lookup, folder: Path = _UTTERANCES) -> list[Choice]:
    """Try the values and return the best ones.

    Args:
        lookup: The knowledge; its own thresholds play no part.
        folder: The utterances; of the scored ones only the tuning half is read.
    """
    reader = Reader(lookup)
    cases = [_Case(utterance, wanted, reader.read(utterance)) for utterance, wanted in _utterances(folder)]
    addressed = [case for case in cases if case.utterance.surface != "channel"]
    silent = [case for case in cases if case.utterance.surface == "channel" and case.wanted == ("silent",)]
    overheard = [case for case in cases if case.utterance.surface == "channel" and case.wanted == ("answer",)]
    answer, share = _best(lookup, addressed, "threshold", [n / 100 for n in range(40, 71)], {})
    fixed = {"threshold": answer}
    ambiguity, same = _best(lookup, addressed, "ambiguity_threshold", [n / 1000 for n in range(0, 81, 5)], fixed)
    chosen = [
        Choice("threshold", answer, f"{share:.1%} of {len(addressed)} addressed utterances decided rightly"),
        Choice("ambiguity_threshold", ambiguity, f"{same:.1%} of the same"),
    ]
    for value in [n / 100 for n in range(60, 100)]:
        values = {**fixed, "ambiguity_threshold": ambiguity, "channel_threshold": value}
        false = 1 - _share(lookup, silent, values)
        if false <= _FALSE_ANSWERS:
            heard = _share(lookup, overheard, values)
            figures = f"{false:.2%} of {len(silent)} silent lines answered, {heard:.1%} of {len(overheard)} overheard questions"
            chosen.append(Choice("channel_threshold", value, figures))
            break
    return chosen


def _best(
    lookup: Lookup, cases: Sequence[_Case], name: str, values: Sequence[float], fixed: dict[str, float]
) -> tuple[float, float]:
    """Return the value with most right decisions; of several, the one in the middle: neighbours must not matter."""
    shares = [(_share(lookup, cases, {**fixed, name: value}), value) for value in values]
    best = max(share for share, _ in shares)
    return percentile([value for share, value in shares if share == best], 0.5), best


def _share(lookup: Lookup, cases: Sequence[_Case], values: dict[str, float]) -> float:
    document = {**lookup.document("intents"), **values}
    tried = _With(lookup, document)
    right = sum(_NAMES[type(decide(case.reading, case.utterance, tried))] in case.wanted for case in cases)
    return right / len(cases)


class _With(Lookup):
    """A knowledge with other thresholds."""

    def __init__(self, lookup: Lookup, intents: dict[str, Any]) -> None:
        self.__dict__.update(lookup.__dict__)
        self._intents = intents

    def document(self, path: str) -> dict[str, Any]:
        """Return a document; that of the intents is the changed one."""
        return self._intents if path == "intents" else super().document(path)


def _utterances(folder: Path) -> list[tuple[Utterance, tuple[str, ...]]]:
    import yaml

    found: list[tuple[Utterance, tuple[str, ...]]] = []
    for path in [*sorted(folder.glob("??/*.yaml")), *sorted((folder / "scored" / "tuning").glob("*.yaml"))]:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        none = path.stem.startswith("_none")
        for case in document.get("cases", ()):
            own = path.parent.name in ("ja", "en")
            if "turns" in case or "after" in case or "known_failure" in case or not (own or "decision" in case):
                continue
            wanted = case.get("decision", "silent" if none else "answer")
            surface: Any = case.get("surface") or document.get("surface") or ("channel" if none else "mention")
            found.append((Utterance(case["say"], surface), (wanted,) if isinstance(wanted, str) else tuple(wanted)))
    return found


def write(choices: Sequence[Choice], path: Path) -> None:
    """Write the values into the file, each with the day and its figures in a comment."""
    text = path.read_text(encoding="utf-8")
    day = datetime.now(UTC).date().isoformat()
    for choice in choices:
        line = f"{choice.name}: {choice.value:g}  # {day}, tuning part: {choice.figures}"
        text, count = re.subn(rf"(?m)^{choice.name}:.*$", line, text)
        assert count == 1, choice.name
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Choose, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--write", action="store_true", help="write the values into knowledge/intents.yaml")
    arguments = parser.parse_args()
    choices = choose(load_lookup([shipped_root()], cache_dir()))
    for choice in choices:
        print(f"{choice.name:<20} {choice.value:<6g} {choice.figures}")
    if arguments.write:
        write(choices, shipped_root() / "intents.yaml")


if __name__ == "__main__":
    main()

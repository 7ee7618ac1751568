"""`mailports bench`: speed and memory, as ratios to a floor or a peer of the same run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.cli.output import report
from bot.errors import BotError

PARTS = ("answers", "startup", "events", "growth", "load", "match", "probe", "reading")
_SCORED = Path("tests/utterances/scored/test")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "part", nargs="*", metavar="|".join(PARTS), help="what to measure (answers, startup and events if left out)"
    )
    parser.add_argument("--show", action="store_true", help="reading: print each wrong case")
    parser.add_argument(
        "--peers",
        default=sys.executable,
        metavar="PYTHON",
        help="match: interpreter of an environment with deploy/requirements-bench.txt (`make peers`)",
    )
    parser.add_argument(
        "--save", metavar="FILE", help="match, growth: keep the figures as JSON, for bot.bench.pictures"
    )
    parser.add_argument("--events", type=int, default=None, help="how many events (events: 2000, load: 10000)")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print.

    Returns:
        0 whatever the figures say (a noisy machine is no failure), 1 if `load` lost or doubled a question, 2 if the
        knowledge cannot be loaded, or what a part measures against is not here.
    """
    unknown = sorted(set(arguments.part) - set(PARTS))
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    try:
        return _measure(arguments)
    except BotError as error:
        return report(error)


def _measure(arguments: argparse.Namespace) -> int:
    parts = arguments.part or ["answers", "startup", "events"]
    status = 0
    kept: dict[str, object] = {}
    for part in parts:
        print(part)
        if part == "answers":
            from bot.bench.answers import measure as measure_answers

            figures = measure_answers()
        elif part == "startup":
            from bot.bench.startup import measure as measure_startup

            figures = measure_startup()
        elif part == "events":
            from bot.bench.events import measure as measure_events

            figures = measure_events(arguments.events or 2000)
        elif part == "growth":
            from bot.bench.growth import measure as measure_growth

            figures = measure_growth(kept)
        elif part == "match":
            from bot.bench.matching import measure as measure_matching
            from bot.bench.matching import table

            if not _SCORED.is_dir():
                print(f"{_SCORED} is not here: run this in a checkout", file=sys.stderr)
                return 2
            print("\n".join(table(measure_matching(_SCORED.parents[1], arguments.peers, save=kept))))
            figures = []
        elif part == "probe":
            from bot.bench.probing import CheckoutNeededError
            from bot.bench.probing import measure as measure_probing

            try:
                rows, figures = measure_probing()
            except CheckoutNeededError as error:
                print(error, file=sys.stderr)
                return 2
            print("\n".join(rows))
        elif part == "reading":
            from bot.bench.reading import measure as measure_reading

            if not _SCORED.is_dir():
                print(f"{_SCORED} is not here: run this in a checkout", file=sys.stderr)
                return 2
            figures = measure_reading(_SCORED, show=arguments.show)
        else:
            from bot.bench.load import run_load

            figures, sound = run_load(arguments.events or 10_000)
            status = 0 if sound else 1
        for figure in figures:
            print(figure.line())
    if arguments.save is not None:
        import json

        Path(arguments.save).write_text(json.dumps(kept), encoding="utf-8")
    return status

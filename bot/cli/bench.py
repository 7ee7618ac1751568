"""`mailports bench`: speed and memory, as ratios to a floor or a peer of the same run."""

from __future__ import annotations

import argparse

PARTS = ("answers", "startup", "events", "load")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("part", nargs="*", choices=[[], *PARTS], help="what to measure (all but load if left out)")
    parser.add_argument("--events", type=int, default=None, help="how many events (events: 2000, load: 10000)")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print.

    Returns:
        0 whatever the figures say (a noisy machine is no failure), 1 if `load` lost or doubled a question.
    """
    parts = arguments.part or ["answers", "startup", "events"]
    status = 0
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
        else:
            from bot.bench.load import run_load

            figures, sound = run_load(arguments.events or 10_000)
            status = 0 if sound else 1
        for figure in figures:
            print(figure.line())
    return status

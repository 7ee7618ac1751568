"""Time to the first answer of `mailports ask` as a process, against importing two of its libraries."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from bot.bench.report import Figure, at_most

_FLOOR = [sys.executable, "-c", "import rapidfuzz, yaml"]
_OURS = [sys.executable, "-m", "bot", "ask", "エックスサーバーのIMAPのポートは？"]


def _seconds(command: list[str]) -> float:
    # An installed program has its bytecode, as the libraries of the floor do; some machines forbid writing it.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)
    return time.perf_counter() - began


def measure(rounds: int = 15) -> list[Figure]:
    """Run both in turn and compare the medians.

    Returns:
        Both times in seconds and their ratio.
    """
    _seconds(_OURS)  # fills the compiled cache, as the first question of a machine does
    floor, ours = [], []
    for _ in range(rounds):
        floor.append(_seconds(_FLOOR))
        ours.append(_seconds(_OURS))
    floor_s, ours_s = statistics.median(floor), statistics.median(ours)
    return [
        Figure('python -c "import rapidfuzz, yaml"', floor_s, "s"),
        Figure("mailports ask (process, warm cache)", ours_s, "s"),
        at_most("ratio", ours_s / floor_s, "x", 2.0),
    ]

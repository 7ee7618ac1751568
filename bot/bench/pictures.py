"""Draw what `mailports bench` measured: accuracy against time, the reliability of the confidence, and growth.

    python -m bot.bench.pictures MEASURED.json build

`MEASURED.json` is what `mailports bench match growth --save MEASURED.json` wrote. Needs matplotlib, which is in the
environment of the peers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_OURS = "#0b6e4f"
_OTHERS = "#8a8a8a"


def draw(measured: dict[str, Any], folder: Path) -> list[Path]:
    """Draw every picture for which there are figures.

    Args:
        measured: By the names of the parts: `match`, `reliability`, `growth`, `lengths`.
        folder: Gets SVG files.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update(
        {"svg.hashsalt": "mailports", "font.size": 11, "axes.spines.top": False, "axes.spines.right": False}
    )
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, part, drawer in (
        ("accuracy.svg", "match", _accuracy),
        ("reliability.svg", "reliability", _reliability),
        ("growth.svg", "growth", _growth),
    ):
        if part in measured:
            drawer(measured, folder / name)
            drawn.append(folder / name)
    return drawn


def _accuracy(measured: dict[str, Any], path: Path) -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 4.5))
    for row in measured["match"]:
        ours = row["name"] == "mailports"
        axes.scatter(
            row["p50_ms"], 100 * row["answers"], s=90 if ours else 50, color=_OURS if ours else _OTHERS, zorder=3
        )
        axes.annotate(
            row["name"],
            (row["p50_ms"], 100 * row["answers"]),
            xytext=(8, 4),
            textcoords="offset points",
            weight="bold" if ours else "normal",
        )
    axes.set_xscale("log")
    axes.set_ylim(0, 100)
    axes.set_xlabel("milliseconds per question (median, log scale)")
    axes.set_ylabel("right answers end to end (%)")
    axes.set_title("Test questions, each peer lent our slots and our answers")
    axes.grid(visible=True, alpha=0.3)
    _save(figure, path)


def _reliability(measured: dict[str, Any], path: Path) -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(5.5, 5))
    bins = measured["reliability"]
    axes.plot([0.5, 1], [50, 100], "--", color=_OTHERS, label="confidence = share that is right")
    axes.plot([one["confidence"] for one in bins], [100 * one["right"] for one in bins], color=_OURS)
    axes.scatter(
        [one["confidence"] for one in bins],
        [100 * one["right"] for one in bins],
        s=[20 + one["count"] for one in bins],
        color=_OURS,
        alpha=0.7,
        label="answers (area: how many)",
    )
    axes.set_xlim(0.5, 1)
    axes.set_ylim(0, 103)
    axes.set_xlabel("confidence")
    axes.set_ylabel("right answers (%)")
    axes.legend(loc="lower left", frameon=False)
    axes.grid(visible=True, alpha=0.3)
    _save(figure, path)


def _growth(measured: dict[str, Any], path: Path) -> None:
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    sizes = [one["providers"] for one in measured["growth"]]
    left.plot(sizes, [one["p50_ms"] for one in measured["growth"]], "o-", color=_OURS, label="p50 (ms)")
    left.plot(sizes, [one["p99_ms"] for one in measured["growth"]], "o--", color=_OURS, label="p99 (ms)")
    memory = left.twinx()
    memory.plot(sizes, [one["rss_mb"] for one in measured["growth"]], "s:", color=_OTHERS, label="memory (MB)")
    left.set_xlabel("providers")
    left.set_ylabel("milliseconds per question")
    memory.set_ylabel("MB")
    left.set_ylim(bottom=0)
    memory.set_ylim(bottom=0)
    left.legend(loc="upper left", frameon=False)
    memory.legend(loc="lower right", frameon=False)
    lengths = measured.get("lengths", [])
    right.plot([length for length, _ in lengths], [ms for _, ms in lengths], "o-", color=_OURS)
    right.set_xscale("log")
    right.set_ylim(bottom=0)
    right.set_xlabel("characters of a hostile message")
    right.set_ylabel("milliseconds, the slowest kind")
    right.grid(visible=True, alpha=0.3)
    left.grid(visible=True, alpha=0.3)
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print("\n".join(str(path) for path in draw(given, Path(sys.argv[2]))))

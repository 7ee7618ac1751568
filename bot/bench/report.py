"""Figures of a measurement and how they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a report."""

    name: str
    value: float
    unit: str
    aim: str = ""
    """The aim as a sentence, such as `<= 2.5`; empty where there is none."""
    met: bool | None = None

    def line(self) -> str:
        """Return the figure as one aligned line."""
        verdict = {True: "met", False: "NOT MET", None: ""}[self.met]
        aim = f"aim {self.aim}" if self.aim else ""
        return f"  {self.name:<46}{self.value:>10.3f} {self.unit:<12}{aim:<16}{verdict}".rstrip()


def at_most(name: str, value: float, unit: str, limit: float) -> Figure:
    """Return a figure that should not be above *limit*."""
    return Figure(name, value, unit, f"<= {limit:g}", value <= limit)


def at_least(name: str, value: float, unit: str, limit: float) -> Figure:
    """Return a figure that should not be below *limit*."""
    return Figure(name, value, unit, f">= {limit:g}", value >= limit)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which *share* (0–1) of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

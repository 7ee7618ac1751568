"""Turn similarity into confidence, the one place where 0–100 becomes 0.0–1.0, and combine rules with phrases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from bot.match.model import IntentScore

_FLOOR: Final = 62.0
"""Similarity below which two sentences have nothing to do with each other."""
_TOP_CONFIDENCE: Final = 0.95


def to_confidence(similarity: float) -> float:
    """Return the confidence that a similarity of 0 to 100 stands for."""
    if similarity <= _FLOOR:
        return 0.0
    return round((similarity - _FLOOR) / (100.0 - _FLOOR) * _TOP_CONFIDENCE, 3)


def combine(scores: Iterable[IntentScore]) -> list[IntentScore]:
    """Keep the surest score of each intent (of each article, for those that name one), surest first.

    Where a rule and a phrase agree, the agreement counts a little.
    """
    best: dict[tuple[str, str | None], IntentScore] = {}
    for score in scores:
        key = (score.intent, score.article)
        known = best.get(key)
        if known is None:
            best[key] = score
        else:
            high, low = (score, known) if score.confidence > known.confidence else (known, score)
            bonus = 0.02 if low.confidence > 0.4 and low.why.partition(":")[0] != high.why.partition(":")[0] else 0.0
            best[key] = replace(high, confidence=min(0.99, round(high.confidence + bonus, 3)))
    return sorted(best.values(), key=lambda score: -score.confidence)

"""Names of what can be pressed on a card, shared by the cards and the listeners."""

from __future__ import annotations

ASK_PREFIX = "ask_"
"""A choice button is `ask_0`, `ask_1` …; its value is the question that it asks."""
PROBE_CHECK = "probe_check"
"""Probes the servers of the answer above; its value names them (`bot.slack.wishes`)."""
PROBE_STOP = "probe_stop"
PROBE_SHARE = "probe_share"
"""Their value is the id of a probe."""
FEEDBACK = "feedback"
HELPFUL = "helpful"
NOT_HELPFUL = "not_helpful"


def ask(index: int) -> str:
    """Return the action id of the choice at *index*."""
    return f"{ASK_PREFIX}{index}"


def feedback_value(verdict: str, question_key: str) -> str:
    """Return the value of a feedback button: the verdict and the question it is about."""
    return f"{verdict}:{question_key}"


def parse_feedback(value: str) -> tuple[bool, str]:
    """Return whether a feedback value says "helpful", and the key of its question."""
    verdict, _, question_key = value.partition(":")
    return verdict == HELPFUL, question_key

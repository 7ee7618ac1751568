"""Read what the durable engine's tables say, including what hides behind base64."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable


def readable(rows: Iterable[Iterable[object]]) -> str:
    """Every value of every row, as it is and decoded, as one text to search in."""
    return "\n".join(f"{value}\n{_decoded(value)}" for row in rows for value in row)


def _decoded(value: object) -> str:
    if not isinstance(value, str):
        return ""
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""

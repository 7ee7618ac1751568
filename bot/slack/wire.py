"""JSON on the wire, as bytes: quickly where it is ordinary, and as forgivingly as Slack where it is not.

The quick reader and writer are strict about characters that cannot exist alone (half of a surrogate pair, which people
do paste); what they refuse goes through the standard library.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


def to_json(value: object) -> bytes:
    """Write a value of plain dictionaries, lists, texts and numbers."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value).encode("ascii")


def from_json(text: bytes | str) -> Any:
    """Read a value.

    Raises:
        ValueError: It is no JSON, or not in UTF-8.
    """
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)

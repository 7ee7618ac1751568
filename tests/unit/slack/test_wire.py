"""JSON on the wire: quick where it is ordinary, forgiving where it is not."""

from __future__ import annotations

import pytest

from bot.slack.wire import from_json, to_json


@pytest.mark.parametrize("text", ["ポート 993", 'a "quoted" line\n', "half \ud83d of a smile", "\x00\u200b"], ids=ascii)
def test_every_text_comes_back_as_it_was(text: str) -> None:
    """Whatever a person pastes survives the way to Slack and back, half characters included."""
    assert from_json(to_json({"text": text, "blocks": [1, None, True]})) == {"text": text, "blocks": [1, None, True]}


def test_half_a_character_is_read_from_what_slack_sends() -> None:
    """Slack's escapes may name half a character; the event is read all the same."""
    assert from_json(b'{"text": "\\ud83d?"}') == {"text": "\ud83d?"}


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"<html>", b'{"a": "\xff"}'], ids=str)
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    """A proxy's error page is told apart from an answer of Slack."""
    with pytest.raises(ValueError):  # noqa: PT011 - any kind of it
        from_json(raw)

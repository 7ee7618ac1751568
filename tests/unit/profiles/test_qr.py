"""QR codes: an independent reader finds the same text again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring

from bot.profiles.model import ProfileImpossibleError
from bot.profiles.qr import MOST_BYTES, render_qr_png, render_qr_svg

needs_zbar = pytest.mark.skipif(shutil.which("zbarimg") is None, reason="zbarimg (zbar-tools) is not installed here")


@needs_zbar
@pytest.mark.parametrize(
    "text",
    [
        "https://bot.example.jp/p/abc?x=1&y=2",
        "受信サーバー：imap.example.jp\nポート：993",
        "x" * MOST_BYTES,
        ("受信サーバー：imap.example.jp\n" * 30).encode()[:MOST_BYTES].decode(errors="ignore"),
        "0123456789",
    ],
    ids=["url", "japanese", "longest", "longest_japanese", "digits"],
)
def test_a_code_reads_back(text: str, tmp_path: Path) -> None:
    """Addresses, Japanese and the longest text come back letter by letter."""
    picture = tmp_path / "code.png"
    picture.write_bytes(render_qr_png(text))
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)]
    done = subprocess.run(command, capture_output=True, timeout=30, check=True)
    assert done.stdout.decode().removesuffix("\n") == text


def test_the_svg_is_a_picture_with_a_background() -> None:
    """It parses, and stays readable on a dark screen."""
    root = fromstring(render_qr_svg("https://example.jp/"))
    assert root.tag.endswith("svg")
    assert b"#fff" in render_qr_svg("https://example.jp/") or b"white" in render_qr_svg("https://example.jp/")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "text"), (" \n", "text"), ("\ud800", "text"), ("x" * (MOST_BYTES + 1), "too_long"), ("あ" * 300, "too_long")],
    ids=["empty", "blank", "broken", "long", "long_japanese"],
)
def test_what_makes_no_code_is_refused(text: str, reason: str) -> None:
    """Empty, broken or too long for a phone: a reason."""
    for render in (render_qr_png, render_qr_svg):
        with pytest.raises(ProfileImpossibleError) as refused:
            render(text)
        assert refused.value.reason == reason

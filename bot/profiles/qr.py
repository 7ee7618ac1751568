"""QR codes: an address or a few lines of text, to be scanned from a screen with a phone."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from bot.profiles.model import ProfileImpossibleError

if TYPE_CHECKING:
    from segno import QRCode

MOST_BYTES: Final = 800
"""A code with more has modules too fine for a phone before a screen (version 20 at level M holds 666 to 858)."""
_SCALE: Final = 6
_BORDER: Final = 4
"""The quiet zone. Source: ISO/IEC 18004 section 6.3.8."""


def render_qr_png(text: str) -> bytes:
    """Return the code as a PNG picture, black on white.

    Args:
        text: A web address or some lines of text.

    Raises:
        ProfileImpossibleError: It is empty or too long.
    """
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=_SCALE, border=_BORDER)
    return out.getvalue()


def render_qr_svg(text: str) -> bytes:
    """Return the code as an SVG document, black on white.

    Args:
        text: A web address or some lines of text.

    Raises:
        ProfileImpossibleError: It is empty or too long.
    """
    out = io.BytesIO()
    # Without a background of its own the code vanishes on a dark screen.
    _code(text).save(out, kind="svg", scale=_SCALE, border=_BORDER, light="white", nl=True)
    return out.getvalue()


def _code(text: str) -> QRCode:
    import segno

    if not text.strip():
        raise ProfileImpossibleError("text")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ProfileImpossibleError("text") from None
    if size > MOST_BYTES:
        raise ProfileImpossibleError("too_long")
    # Always UTF-8: by itself the library writes Japanese as Shift_JIS, which phones abroad read as gibberish.
    return segno.make_qr(text, error="m", encoding="utf-8")

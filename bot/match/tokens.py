"""Read what is written in ASCII and has a form of its own: addresses, hosts, URLs, error codes.

One pass over the runs of ASCII characters, then plain string work: nothing here can be slow on hostile text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from bot.match.lexicon import Span
from bot.text.hosts import TOP_LEVELS
from bot.text.pattern import LazyPattern

_MAIL_SCHEMES: Final = frozenset({"imap", "imaps", "pop", "pops", "pop3", "pop3s", "smtp", "smtps"})
_TAKEN_OUT: Final = ("●●●", "[redacted]")
_RUN: Final = LazyPattern(r"[a-z0-9@._*%+:/\[\]#$¥€£,=\-]+")
_HEX_CODE: Final = LazyPattern(r"0x[0-9a-f]{8}(?![0-9a-f])")
_ENHANCED: Final = LazyPattern(r"(?<![0-9.])[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9]|\.[0-9])")
_HOST_LABEL: Final = LazyPattern(r"[a-z0-9*_](?:[a-z0-9*_-]*[a-z0-9*_])?")


def find_tokens(text: str, *, knows: Callable[[str], bool]) -> list[Span]:
    """Find addresses, hosts and error codes in *text*.

    Args:
        text: Folded.
        knows: Whether a word is in the dictionary; `outlook.com` is left to it.

    Returns:
        Spans of kind `address`, `host`, `link`, `code`. Numbers are for `find_numbers`, which needs to know what stands around.
    """
    spans: list[Span] = []
    for match in _RUN.finditer(text):
        run, base = match[0], match.start()
        if len(run) < 4 or ("." not in run and "@" not in run and "0x" not in run):
            continue
        for code in _HEX_CODE.finditer(run):
            spans.append(Span(base + code.start(), base + code.end(), "code", code[0], code[0], "token"))
        if "://" in run:
            at = run.index("://")
            scheme = _scheme(run)
            if scheme in _MAIL_SCHEMES:
                # imaps://taro:***@imap.example.jp:993 is somebody's settings; what stands before the host is no name.
                host_at = run.rfind("@") + 1 or at + 3
                spans.append(Span(base + at - len(scheme), base + host_at, "link", run, run, "token"))
                spans += _find_names(run[host_at:], base + host_at, knows)
            else:
                # A link is something to read, not the server that is asked about.
                spans.append(Span(base + at - len(scheme), match.end(), "link", run, run, "token"))
            run = run[: at - len(scheme)]
        elif run.startswith("@") and text[:base].endswith(_TAKEN_OUT):
            spans += _find_names(run[1:], base + 1, knows)  # smtp://taro:●●●@smtp.example.jp:465
            continue
        if "." in run or "@" in run:
            for code in _ENHANCED.finditer(run):
                spans.append(Span(base + code.start(), base + code.end(), "code", code[0], code[0], "token"))
            spans += _find_names(run, base, knows)
    return spans


def _scheme(run: str) -> str:
    """Return the letters before `://`."""
    left = run.partition("://")[0]
    return left[len(left.rstrip("abcdefghijklmnopqrstuvwxyz")) :]


def _find_names(run: str, base: int, knows: Callable[[str], bool]) -> list[Span]:
    """Find hosts, addresses and the hosts of URLs in one run of ASCII characters."""
    spans: list[Span] = []
    start = 0
    for piece in re.split(r"[:/,=#\[\]$%+]", run):
        place = base + start
        start += len(piece) + 1
        if piece.count("@") == 1 and "." in piece.partition("@")[2]:
            left, _, right = piece.partition("@")
            domain = right.strip(".-")
            if is_host(domain):
                spans.append(Span(place, place + len(left) + 1 + len(domain), "address", domain, piece, "token"))
            continue
        if "." not in piece or "@" in piece:
            continue
        host = piece.strip(".-_")
        offset = piece.find(host)
        if is_host(host) and not knows(host):
            spans.append(Span(place + offset, place + offset + len(host), "host", host, host, "token"))
    return spans


def is_host(name: str) -> bool:
    """Return whether *name* can be a host or domain name: two or more labels, the last a known top-level domain."""
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or labels[-1] not in TOP_LEVELS:
        return False
    return all(len(label) <= 63 and _HOST_LABEL.fullmatch(label) for label in labels)

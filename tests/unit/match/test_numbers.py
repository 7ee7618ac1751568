"""Which numbers are ports."""

from __future__ import annotations

import pytest

from bot.match.numbers import find_numbers


def ports(text: str, *, mail_near: bool = False, asked: bool = True, bare: bool = False) -> list[int]:
    """The ports of a folded text that is about nothing in particular."""
    port_word = "port" in text or "ポート" in text
    spans = find_numbers(text, text, mail_near=mail_near, asked=asked, bare=bare, port_word=port_word)
    return [int(span.value) for span in spans if span.kind == "port"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("port 8080", [8080]),
        ("ポート番号は587", [587]),
        ("22番ポート", [22]),
        ("465/587", [465, 587]),
        ("465と587どっち", [465, 587]),
        ("25 vs 587", [25, 587]),
        ("port 25 or 26", [25, 26]),
        ("ports 110, 143", [110, 143]),
        ("465-587", [465, 587]),
        ("port70000", [70000]),
        ("993番", [993]),
    ],
)
def test_ports_are_found(text: str, found: list[int]) -> None:
    """Numbers with the word, several side by side, and the well-known ones alone are ports."""
    assert ports(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "587円",
        "587 people",
        "$465",
        "2026年",
        "25日",
        "12:30",
        "v993",
        "pop3",
        "993.5",
        "2026-11-24",
        "03-1234-5678",
        "0465",
        "110",
        "room 465",
        "995ページ",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    """Prices, dates, versions, telephone numbers and counts are no ports."""
    assert ports(text) == []


def test_overheard_number_needs_evidence() -> None:
    """Where nobody asked us, 587 alone is a number like any other; near mail it is a port."""
    assert ports("587 signed up", asked=False) == []
    assert ports("587 with starttls", asked=False, mail_near=True) == [587]


@pytest.mark.parametrize("text", ["エラー 550", "smtp 535", "550 5.1.1", "421 error", "535エラー", "code 554"])
def test_reply_codes_are_no_ports(text: str) -> None:
    """What a server replied is told from a port by what stands beside it."""
    kinds = {span.kind for span in find_numbers(text, text, mail_near=True, asked=True, bare=False, port_word=False)}
    assert "reply" in kinds
    assert "port" not in kinds

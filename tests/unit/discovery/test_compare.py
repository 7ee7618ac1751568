"""Our servers beside another source: what agrees, what differs, and why ours is right."""

from __future__ import annotations

from datetime import date

from bot.discovery.autoconfig import read_autoconfig
from bot.discovery.compare import compare, unused
from bot.kb.documents import Comparison, Difference
from bot.kb.model import Text
from tests.unit.answer.sample import TODAY, lookup
from tests.unit.discovery.sample import config, server

HOSHI = config(
    server("imap", "imap.hoshi.example.jp", 993, "SSL"),
    server("pop3", "pop.hoshi.example.jp", 110, "STARTTLS"),
    server("smtp", "smtp.hoshi.example.jp", 465, "SSL", "%EMAILLOCALPART%"),
    domains=("hoshi.example.jp",),
)
WHY = Difference("pop3 *:110 starttls", Text("理由", "because"), date(2026, 11, 24))


def rows(xml: str, reasons: Comparison | None = None, day: date = TODAY) -> list[tuple[str, str, bool]]:
    """Compare one file; returns kind, theirs and whether there is a reason."""
    found = compare([("x.xml", read_autoconfig(xml.encode()))], lookup(), reasons, day)
    return [(row.kind, row.theirs, row.reason is not None) for row in found]


def test_servers_and_user_names_are_compared() -> None:
    """Equal servers agree; another port, encryption or form of the user name differs."""
    assert rows(HOSHI) == [
        ("agrees", "imap imap.hoshi.example.jp:993 implicit_tls", False),
        ("differs", "pop3 pop.hoshi.example.jp:110 starttls", False),
        ("differs", "smtp smtp.hoshi.example.jp:465 implicit_tls user local_part", False),
    ]


def test_a_reviewed_reason_is_found_by_its_pattern() -> None:
    """A reason covers what it names and nothing else; one that nothing needs any more is reported."""
    reasons = Comparison("x", "https://x.example", {"hoshi": (WHY, Difference("imap *", WHY.reason, date(2026, 1, 1)))})
    assert [reason for _, _, reason in rows(HOSHI, reasons)] == [False, True, False]
    found = compare([("x.xml", read_autoconfig(HOSHI.encode()))], lookup(), reasons, TODAY)
    assert unused(found, reasons) == ["hoshi: imap *"]


def test_personal_names_and_ended_services() -> None:
    """A name that fits our pattern agrees; a service that has ended needs no reason; strangers are passed over."""
    kumo = config(server("imap", "sv1.kumo.example.jp", 993, "SSL", "%EMAILLOCALPART%"), domains=("kumo.example.jp",))
    kiri = config(server("imap", "imap.other.example", 993, "SSL"), domains=("kiri.example.jp",))
    assert [kind for kind, _, _ in rows(kumo)] == ["agrees"]
    assert [kind for kind, _, _ in rows(kiri)] == ["differs"]
    assert [kind for kind, _, _ in rows(kiri, day=date(2028, 1, 1))] == ["closed"]
    assert rows(config(server("imap", "imap.x.example", 993, "SSL"), domains=("x.example",))) == []

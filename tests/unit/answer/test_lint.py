"""Pasted settings: read line by line in both languages, and the faulty line named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.answer.lint import find_doubts, find_faults
from bot.answer.pasted import Pasted, read_settings
from bot.kb.model import Server
from tests.unit.answer.sample import lookup

HOSHI = lookup().provider("hoshi")
KUMO = lookup().provider("kumo")


@pytest.mark.parametrize(
    ("paste", "entries"),
    [
        (
            "受信サーバー: imap.hoshi.example.jp\nポート: 993\n暗号化: SSL/TLS",
            [("imap", "imap.hoshi.example.jp", 993, "implicit_tls")],
        ),
        ("IMAP 993 STARTTLS、SMTP 465 SSL", [("imap", None, 993, "starttls"), ("smtp", None, 465, "implicit_tls")]),
        ("受信 993 STARTTLS、送信 465 SSL/TLS で合ってる？", [("imap", None, 993, "starttls"), ("smtp", None, 465, "implicit_tls")]),
        ("受信サーバー（POP3）pop.example.jp ポート995", [("pop3", "pop.example.jp", 995, None)]),
        ("incoming: imap.example.com, port 993, SSL\noutgoing: smtp.example.com, port 587, TLS", [
            ("imap", "imap.example.com", 993, "implicit_tls"),
            ("smtp", "smtp.example.com", 587, "starttls"),
        ]),
        ("受信 pop.example.jp:110 暗号化なし", [("pop3", "pop.example.jp", 110, "plaintext")]),
        ("送信サーバー smtp.example.jp ポート番号は25番 接続の保護: なし", [("smtp", "smtp.example.jp", 25, "plaintext")]),
        ("ＩＭＡＰ ９９３ ＳＳＬ", [("imap", None, 993, "implicit_tls")]),
        ("imap.example.jp 993", [("imap", "imap.example.jp", 993, None)]),
        ("smtp.example.jp port 8465 ssl", [("smtp", "smtp.example.jp", 8465, "implicit_tls")]),
        ("Outlook 2019で送信 465 SSL", [("smtp", None, 465, "implicit_tls")]),
        ("IMAP imap.example.jp 993 SSL SMTP smtp.example.jp 587 STARTTLS", [
            ("imap", "imap.example.jp", 993, "implicit_tls"),
            ("smtp", "smtp.example.jp", 587, "starttls"),
        ]),
    ],
)  # fmt: skip
def test_paste_is_read(paste: str, entries: list[tuple[str, str | None, int | None, str | None]]) -> None:
    """Settings are read however a program or a person lays them out."""
    found = [(e.protocol, e.hostname, e.port, e.security) for e in read_settings(paste)]
    assert found == entries


@pytest.mark.parametrize("text", ["", "これで合っていますか？", "Outlook 2019 is this right", "192.168.10.25"])
def test_nothing_to_read(text: str) -> None:
    """Words without settings are no settings: a year or an address is not taken for a port."""
    assert [entry for entry in read_settings(text) if entry.protocol is not None] == []


@pytest.mark.parametrize(
    ("entry", "kinds"),
    [
        (Pasted("imap", port=993, security="starttls"), ["needs_implicit_tls"]),
        (Pasted("smtp", port=465, security="starttls"), ["needs_implicit_tls"]),
        (Pasted("pop3", port=995, security="starttls"), ["needs_implicit_tls"]),
        (Pasted("smtp", port=587, security="implicit_tls"), ["needs_starttls"]),
        (Pasted("imap", port=143, security="implicit_tls"), ["needs_starttls"]),
        (Pasted("smtp", port=587, security="plaintext"), ["port_plaintext_starttls"]),
        (Pasted("smtp", port=25), ["port_25"]),
        (Pasted("imap", port=995), ["port_other"]),
        (Pasted("smtp", port=993), ["port_of_receiving"]),
        (Pasted("imap", port=465), ["port_of_sending"]),
        (Pasted("imap", security="plaintext"), ["plaintext"]),
        (Pasted("smtp", port=25, security="plaintext"), ["port_25"]),
        (Pasted("imap", port=995, security="plaintext"), ["port_other"]),
        (Pasted("smtp", port=993, security="plaintext"), ["port_of_receiving"]),
        (Pasted("smtp", port=8025, security="plaintext"), ["plaintext"]),
        (Pasted("imap", port=993, security="implicit_tls"), []),
        (Pasted("smtp", port=465, security="implicit_tls"), []),
        (Pasted("smtp", port=587, security="starttls"), []),
        (Pasted("imap", port=143, security="starttls"), []),
    ],
)
def test_port_rules(entry: Pasted, kinds: list[str]) -> None:
    """A port and an encryption that cannot work together are named, and only those."""
    assert [fault.kind for fault in find_faults((entry,), None)] == kinds


@pytest.mark.parametrize(
    ("entry", "kinds"),
    [
        (Pasted("imap", hostname="imap.hoshi.example.jp", port=993), []),
        (Pasted("imap", hostname="imap.other.example.jp"), ["host"]),
        (Pasted("imap", hostname="smtp.hoshi.example.jp"), ["host_of_other"]),
        (Pasted("imap", port=1993), ["port_not_listed"]),
        (Pasted("smtp", port=25), ["port_25"]),
        (Pasted("smtp", port=25, security="plaintext"), ["port_25"]),
        (Pasted("imap", port=1993, security="plaintext"), ["plaintext", "port_not_listed"]),
        (Pasted("imap", username="taro"), ["username_needs_address"]),
        (Pasted("imap", username="taro@hoshi.example.jp"), []),
    ],
)
def test_provider_rules(entry: Pasted, kinds: list[str]) -> None:
    """Server, port and user name are compared with what the provider documents."""
    assert [fault.kind for fault in find_faults((entry,), HOSHI)] == kinds


@pytest.mark.parametrize(
    ("entry", "kinds"),
    [
        (
            Pasted("imap", False, "mail.kaisha.example.jp", 993, "implicit_tls", "taro"),
            ["own_domain", "username_short"],
        ),
        (Pasted("smtp", False, "smtp.kaisha.example", 465, "implicit_tls", "taro@kaisha.example"), ["own_domain"]),
        (Pasted("smtp", False, "sv12.kaisha.example", 465, "implicit_tls", "taro@kaisha.example"), []),
        (Pasted("imap", False, None, 993, "implicit_tls", None), []),
    ],
)
def test_what_is_often_wrong_is_doubted_without_a_provider(entry: Pasted, kinds: list[str]) -> None:
    """A name on one's own domain and half a user name deserve a second look; each is said once."""
    assert [doubt.kind for doubt in find_doubts((entry, entry))] == kinds


def test_what_belongs_there_is_what_the_provider_has() -> None:
    """Nobody is sent to a port that their provider does not have, nor to a way out that is none."""
    assert KUMO is not None
    submission = Server("smtp", 587, "starttls", "x.example")
    only_starttls = replace(KUMO, servers=(*(s for s in KUMO.servers if s.protocol != "smtp"), submission))
    for port, security, kind in ((25, "plaintext", "port_25"), (993, None, "port_of_receiving")):
        (fault,) = (
            f
            for f in find_faults((Pasted("smtp", False, None, port, security, None),), only_starttls)
            if f.kind == kind
        )
        assert (fault.better_port, fault.security) == (587, "starttls")
    kinds = [f.kind for f in find_faults((Pasted("smtp", False, None, 587, "implicit_tls", None),), only_starttls)]
    assert kinds == ["needs_starttls_only"]


def test_a_user_name_may_fit_one_of_two_servers() -> None:
    """Where receiving and sending want different forms, each of them is right."""
    assert KUMO is not None
    entries = (
        Pasted("imap", False, None, 993, "implicit_tls", "taro"),
        Pasted("smtp", False, None, None, None, "taro"),
    )
    assert [f.kind for f in find_faults(entries, KUMO) if f.kind.startswith("username")] == []


def test_personal_server_names_and_missing_protocols() -> None:
    """A personal server name is right when it has the provider's form; POP at an IMAP-only service is named."""
    right = Pasted("imap", hostname="sv12.kumo.example.jp", port=993, username="taro")
    assert find_faults((right,), KUMO) == []
    faults = find_faults((Pasted("pop3", port=995), Pasted("imap", username="taro@kumo.example.jp")), KUMO)
    assert [fault.kind for fault in faults] == ["not_offered", "username_needs_local_part"]


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """No paste, however odd, breaks the check; a fault names a protocol that was read in it."""
    entries = read_settings(text)
    assert {fault.protocol for fault in find_faults(entries, HOSHI)} <= {entry.protocol for entry in entries}


def test_forty_thousand_characters_are_no_burden() -> None:
    """A hostile paste costs no more than a long one."""
    for unit in ("a.", "1 ", "user ", "ssl:", "受信", "@a", ": ", "暗号化"):
        assert len(read_settings(unit * (40_000 // len(unit)))) <= 12

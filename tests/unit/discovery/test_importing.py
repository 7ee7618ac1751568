"""Published settings taken over: unreviewed, never over ours, plaintext only on demand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.discovery.autoconfig import read_autoconfig
from bot.discovery.importing import Imported, to_provider
from tests.unit.discovery.sample import IMAP, PLAIN, SMTP, config, server

TODAY = date(2026, 11, 24)


def take(xml: str, **more: Any) -> Imported | str:
    """Import one file."""
    options = {"known_domains": {"ours.example"}, "source_url": "https://kumo.example/ispdb/", "today": TODAY, **more}
    return to_provider("kumo.example.xml", read_autoconfig(xml.encode()), **options)


def test_an_entry_is_unreviewed_and_names_its_file() -> None:
    """What was imported says so, and where it comes from."""
    made = take(config(IMAP, SMTP, PLAIN))
    assert isinstance(made, Imported)
    assert (made.id, made.value["evidence"]) == ("kumo_example", "unreviewed")
    assert made.value["sources"][0]["url"] == "https://kumo.example/ispdb/kumo.example.xml"
    assert [s["port"] for s in made.value["servers"]] == [993, 587]
    assert made.value["servers"][1]["username"] == "local_part"
    assert made.left_out == ("pop3 pop.kumo.example:110 plaintext",)


def test_mail_exchangers_become_suffixes() -> None:
    """A hoster's file names its mail exchangers: a customer's domain is recognised by them."""
    made = take(config(IMAP, more='<domain purpose="mx">mx.kumo.example</domain>'))
    assert isinstance(made, Imported)
    assert (made.value["domains"], made.value["mx_suffixes"]) == (["kumo.example"], ["mx.kumo.example"])


def test_plaintext_comes_only_on_demand_and_never_recommended() -> None:
    """Who asks for servers without encryption gets them, marked."""
    made = take(config(IMAP, PLAIN), plaintext=True)
    assert isinstance(made, Imported)
    assert [(s["security"], s.get("recommended", True)) for s in made.value["servers"]] == [
        ("implicit_tls", True),
        ("plaintext", False),
    ]


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (config(IMAP, domains=("ours.example",)), "known"),
        (config(IMAP, domains=()), "no_domain"),
        (config(PLAIN), "plaintext_only"),
        (config(), "no_server"),
        (config(server("imap", "imap.kumo.example", 993, "SSL", way="GSSAPI")), "no_server"),
        (config(server("imap", "%EMAILDOMAIN%", 993, "SSL"), domains=("a.example", "b.example")), "no_server"),
    ],
)
def test_what_is_left_out_has_a_reason(xml: str, reason: str) -> None:
    """Ours, plaintext alone, or nothing to type in: no file, and it is said why."""
    assert take(xml) == reason


def test_a_port_that_contradicts_itself_is_left_out() -> None:
    """POP3 on IMAP's port is a slip of whoever published it; the rest is taken."""
    made = take(config(IMAP, server("pop3", "pop.kumo.example", 993, "SSL", way="plain")))
    assert isinstance(made, Imported)
    assert [s["protocol"] for s in made.value["servers"]] == ["imap"]
    assert made.left_out == ("pop3 pop.kumo.example:993 implicit_tls",)


def test_a_host_at_the_only_domain_is_written_out() -> None:
    """`%EMAILDOMAIN%` can be filled in where there is one domain."""
    made = take(config(server("imap", "mail.%EMAILDOMAIN%", 993, "SSL")))
    assert isinstance(made, Imported)
    assert made.value["servers"][0]["hostname"] == "mail.kumo.example"

"""Autoconfig XML from strangers: read where it is sound, refused in one sentence where it is not."""

from __future__ import annotations

import pytest

from bot.discovery.autoconfig import read_autoconfig
from tests.unit.discovery.sample import IMAP, PLAIN, SMTP, config, server


def test_servers_are_read_in_their_order() -> None:
    """Protocol, host, port, encryption, user name and ways to sign in of each server are known afterwards."""
    found = read_autoconfig(config(IMAP, PLAIN, SMTP, domains=("Kumo.example", "kumo.test")).encode())
    assert found.domains == ("kumo.example", "kumo.test")
    assert [str(s) for s in found.servers] == [
        "imap imap.kumo.example:993 implicit_tls",
        "pop3 pop.kumo.example:110 plaintext",
        "smtp smtp.kumo.example:587 starttls",
    ]
    assert [s.username for s in found.servers] == ["email_address", "email_address", "local_part"]
    assert {s.authentication for s in found.servers} == {("password",)}


def test_pages_of_the_provider_are_kept() -> None:
    """The documentation that a file names becomes a page with a title."""
    more = '<documentation url="https://kumo.example/help"><descr lang="en">Set  up</descr></documentation>'
    assert read_autoconfig(config(IMAP, more=more).encode()).documentation == (("Set up", "https://kumo.example/help"),)


def test_domains_of_mail_exchangers_are_no_domains_of_addresses() -> None:
    """What a file says of its mail exchangers is kept apart."""
    found = read_autoconfig(config(IMAP, more='<domain purpose="mx">mx.kumo.example</domain>').encode())
    assert (found.domains, found.mx_domains) == (("kumo.example",), ("mx.kumo.example",))


@pytest.mark.parametrize(
    "bad",
    [
        server("exchange", "x.kumo.example", 443, "SSL"),
        server("imap", "not a host", 993, "SSL"),
        server("imap", "imap.kumo.example", 993, "QUIC"),
        server("imap", "imap.kumo.example", 99999, "SSL"),
        "<incomingServer type='imap'/>",
    ],
)
def test_impossible_servers_are_passed_over(bad: str) -> None:
    """One server that makes no sense does not cost the others."""
    assert len(read_autoconfig(config(bad, SMTP).encode()).servers) == 1


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("", "not well-formed"),
        ("\xff\xfe<x", "not well-formed"),
        ("<clientConfig>" + "<a>" * 100, "not well-formed"),
        ("<html><body>Not found</body></html>", "no clientConfig"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><clientConfig>&a;</clientConfig>', "not allowed"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><clientConfig/>', "not allowed"),
        ('<?xml version="1.0" encoding="no-such"?><clientConfig/>', "not well-formed"),
    ],
)
def test_what_is_no_autoconfig_is_refused(xml: str, reason: str) -> None:
    """Broken files, entities and document types are refused with a reason, never with a stack trace."""
    with pytest.raises(ValueError, match=reason):
        read_autoconfig(xml.encode("latin-1"))

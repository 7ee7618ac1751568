"""What was typed is told apart: a server, a domain, or a name that may be either."""

from __future__ import annotations

import pytest

from bot.kb.lookup import Lookup
from bot.probe.target import HostInvalidError
from bot.survey.target import Target, read_target
from tests.unit.answer.sample import lookup

HOSTS = Lookup(lookup().knowledge).hosts


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("taro@example.jp", "domain", "example.jp"),
        ("Taro＠Example.JP", "domain", "example.jp"),
        ('"a@b"@example.jp', "domain", "example.jp"),
        ("hoshi.example.jp", "domain", "hoshi.example.jp"),
        ("imap.hoshi.example.jp", "server", "imap.hoshi.example.jp"),
        ("sv12.kumo.example.jp", "server", "sv12.kumo.example.jp"),
        ("mail.example.jp", "server", "mail.example.jp"),
        ("ＩＭＡＰ.example.jp", "server", "imap.example.jp"),
        ("smtp2.example.co.jp", "server", "smtp2.example.co.jp"),
        ("pop-eu.example.com", "server", "pop-eu.example.com"),
        ("192.0.2.1", "server", "192.0.2.1"),
        ("[2001:db8::1]", "server", "2001:db8::1"),
        ("example.jp", "either", "example.jp"),
        ("mail.com", "either", "mail.com"),
        ("pop.co.jp", "either", "pop.co.jp"),
        ("www.example.jp", "either", "www.example.jp"),
        ("mailbox.example.jp", "either", "mailbox.example.jp"),
        ("例え.jp", "either", "xn--r8jz45g.jp"),
    ],
)
def test_what_was_typed_is_told_apart(typed: str, kind: str, name: str) -> None:
    """By the @, by our knowledge, by how it begins; the rest may be either."""
    target = read_target(typed, HOSTS)
    assert (target.kind, target.name, target.port) == (kind, name, None)


def test_a_port_makes_it_a_server() -> None:
    """Domains have no ports."""
    assert read_target("example.jp:993", HOSTS) == Target("server", "example.jp", 993)


def test_the_asker_may_say_what_it_is() -> None:
    """`--host` and `--domain` count more than any reading."""
    assert read_target("example.jp", HOSTS, forced="server").kind == "server"
    assert read_target("mail.example.jp", HOSTS, forced="domain").kind == "domain"
    assert read_target("taro@mail.example.jp", HOSTS, forced="domain") == Target("domain", "mail.example.jp")


@pytest.mark.parametrize(
    "typed", ["himitsu@", "himitsu@localhost", "himitsu@127.0.0.1", "himitsu@http://a.example/", "", "himitsu@a..b"]
)
def test_what_is_no_target_is_refused_without_being_repeated(typed: str) -> None:
    """The error carries nothing of what was typed."""
    with pytest.raises(HostInvalidError) as caught:
        read_target(typed, HOSTS)
    assert "himitsu" not in str(caught.value) + repr(caught.value.params)


def test_an_address_cannot_be_forced_to_be_a_server() -> None:
    """What is before an @ never gets into a name."""
    with pytest.raises(HostInvalidError):
        read_target("himitsu@example.jp", HOSTS, forced="server")

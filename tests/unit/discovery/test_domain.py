"""From what was typed to a domain, and from a mail exchanger to its hoster's domains."""

from __future__ import annotations

import pytest

from bot.discovery.domain import domain_of, mx_domains
from bot.probe.target import HostInvalidError


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("taro@example.jp", "example.jp"),
        (" Taro＠Example.JP ", "example.jp"),
        ("example.jp.", "example.jp"),
        ('"a@b"@example.jp', "example.jp"),
        ("taro@メール.example", "xn--4dkua4c.example"),
        ("日本語。ｊｐ", "xn--wgv71a119e.jp"),
    ],
)
def test_the_domain_is_found(typed: str, domain: str) -> None:
    """Addresses and domains, in any width and script, have one spelling."""
    assert domain_of(typed) == domain


@pytest.mark.parametrize(
    "typed", ["", "taro@", "localhost", "taro@127.0.0.1", "taro@[::1]", "https://example.jp/", "a b.jp", "x" * 2000]
)
def test_what_is_no_domain_is_refused(typed: str) -> None:
    """The error never repeats what was typed: it may hold an address."""
    with pytest.raises(HostInvalidError) as refused:
        domain_of(typed)
    assert "taro" not in str(refused.value)


@pytest.mark.parametrize(
    ("mx", "domains"),
    [
        ("mx.example.com", ("example.com",)),
        ("mx.example.co.uk", ("example.co.uk",)),
        ("mx.premium.europe.example.com", ("premium.europe.example.com", "example.com")),
        ("example.ne.jp", ("example.ne.jp",)),
        ("mx.foo.ne.jp", ("foo.ne.jp",)),
        ("co.uk", ()),
    ],
)
def test_the_domains_of_a_mail_exchanger(mx: str, domains: tuple[str, ...]) -> None:
    """The examples of the draft, names of Japan, and never a registry's own domain."""
    assert mx_domains(mx) == domains

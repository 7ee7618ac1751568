"""Our own knowledge as an origin."""

from __future__ import annotations

from datetime import date

from bot.discovery.own import find_by_domain, find_by_mx
from bot.kb.load import load_lookup, shipped_root
from tests.unit.answer.sample import TODAY, lookup


def test_a_domain_of_ours_is_reviewed() -> None:
    """Servers, user name and sign-in of the file, with the age of its oldest source."""
    found = find_by_domain(lookup(), "taro.hoshi.example.jp", TODAY)
    assert found.hosted_by == "hoshi"
    assert [(c.protocol, c.port, c.recommended) for c in found.candidates][:2] == [
        ("imap", 993, True),
        ("imap", 143, False),
    ]
    assert {(c.trust, c.as_of, c.username, c.origin_detail) for c in found.candidates} == {
        ("reviewed", date(2025, 5, 1), "email_address", "hoshi")
    }
    assert find_by_domain(lookup(), "unknown.example", TODAY).candidates == ()


def test_a_closed_service_names_nothing() -> None:
    """What has ended is recognised, but its servers are not handed on."""
    shipped = load_lookup([shipped_root()])
    closed = [provider for provider in shipped.knowledge.providers if provider.status == "closed" and provider.domains]
    assert closed
    for provider in closed:
        found = find_by_domain(shipped, provider.domains[0], TODAY)
        assert (found.hosted_by, found.candidates) == (provider.id, ())


def test_mail_exchangers_lead_to_the_hoster() -> None:
    """The longest suffix wins; a personal host name is taken from the mail exchanger; the link rests on the DNS."""
    shipped = load_lookup([shipped_root()])
    microsoft = find_by_mx(shipped, ["kaisha-jp.mail.protection.outlook.com"], TODAY)
    assert microsoft.hosted_by == "microsoft365"
    assert {c.hostname for c in microsoft.candidates} >= {"outlook.office365.com"}
    xserver = find_by_mx(shipped, ["sv1234.xserver.jp"], TODAY)
    assert {c.hostname for c in xserver.candidates} == {"sv1234.xserver.jp"}
    assert {c.trust for c in xserver.candidates} == {"dns"}
    assert find_by_mx(shipped, ["evilxserver.jp"], TODAY).hosted_by is None
    assert find_by_mx(shipped, [], TODAY).hosted_by is None

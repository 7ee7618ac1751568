"""What may be probed: public mail servers and what the administrator named, in one spelling."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import pytest

from bot.probe.target import (
    Address,
    AllowedNetwork,
    Guard,
    HostInvalidError,
    NetworksInvalidError,
    TargetRefusedError,
    normalise_host,
    parse_allowed,
    parse_denied,
    read_host,
    resolve,
)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("mail.example.jp", "mail.example.jp"),
        ("  Mail.Example.JP. ", "mail.example.jp"),
        ("ｍａｉｌ．ｅｘａｍｐｌｅ．ｊｐ", "mail.example.jp"),
        ("mail。example。jp", "mail.example.jp"),
        ("メール.example.jp", "xn--4dkua4c.example.jp"),
        ("ＭＡＩＬ.日本語.jp", "mail.xn--wgv71a119e.jp"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("r3---sn.example.com", "r3---sn.example.com"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("2001:0db8:0:0::1", "2001:db8::1"),
        ("mail.example.jp:993", "mail.example.jp"),
    ],
)
def test_a_host_has_one_spelling(typed: str, host: str) -> None:
    """However a host was typed, the probe and the card use one spelling of it."""
    assert normalise_host(typed) == host
    assert normalise_host(host) == host


def test_a_typed_mail_port_is_kept() -> None:
    """A mail port behind the host is read; the card can ask for that port alone."""
    assert read_host("[2001:db8::1]:993").port == 993
    assert read_host("mail.example.jp:587").port == 587
    assert read_host("mail.example.jp").port is None


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("a" * 2000, "too_long"),
        ("http://mail.example.jp/", "url"),
        ("user:secret@mail.example.jp", "user"),
        ("mail.example.jp:22", "port"),
        ("mail.example.jp:２２", "port"),
        ("127.1", "address"),
        ("0177.0.0.1", "address"),
        ("0x7f000001", "address"),
        ("2130706433", "address"),
        ("fe80::1%eth0", "zone"),
        ("mail\x00.example.jp", "invisible"),
        ("mail\u200b.example.jp", "invisible"),
        ("mail..example.jp", "dots"),
        (f"{'a' * 64}.example.jp", "too_long"),
        ("mail_1.example.jp", "letters"),
        ("mail", "one_label"),
        ("xn--a.example", "idn"),
    ],
)
def test_what_is_no_host_is_refused(typed: str, reason: str) -> None:
    """Anything that two programs could read differently is refused, with its own reason."""
    with pytest.raises(HostInvalidError) as caught:
        normalise_host(typed)
    assert caught.value.reason == reason
    assert caught.value.params == {}


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("10.1.2.3", "private"),
        ("169.254.169.254", "metadata"),
        ("168.63.129.16", "metadata"),
        ("100.64.0.1", "shared"),
        ("::ffff:10.0.0.1", "private"),
        ("::ffff:8.8.8.8", "embedded"),
        ("64:ff9b::a00:1", "private"),
        ("64:ff9b::808:808", "embedded"),
        ("2002:7f00:1::1", "loopback"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "documentation"),
        ("2400:cb00::5efe:a00:1", "private"),
        ("fd00:ec2::254", "metadata"),
        ("fe80::1", "link_local"),
        ("2001:db8::1", "documentation"),
        ("::1", "loopback"),
        ("4000::1", "reserved"),
    ],
)
def test_only_public_addresses_are_reached(address: str, reason: str) -> None:
    """An address that is not public, or that carries another one, is refused with what it is."""
    with pytest.raises(TargetRefusedError) as caught:
        Guard().check(ip_address(address), 993)
    assert caught.value.reason == reason


@pytest.mark.parametrize("address", ["8.8.8.8", "2400:cb00::1", "2001:200::1", "192.0.1.1", "172.32.0.1"])
def test_public_mail_servers_are_reached(address: str) -> None:
    """Public unicast addresses pass at mail ports for mail, and at 443 for discovery only."""
    Guard().check(ip_address(address), 993)
    Guard().check(ip_address(address), 443, "discovery")
    for port, purpose in ((443, "mail"), (993, "discovery"), (22, "mail")):
        with pytest.raises(TargetRefusedError, match="port"):
            Guard().check(ip_address(address), port, purpose)  # type: ignore[arg-type]


def test_allow_opens_and_deny_wins() -> None:
    """An allowed network opens the mail ports, or exactly the ports it lists; a denied network is closed at any port."""
    guard = Guard(
        parse_allowed("10.1.0.0/16 10.2.0.0/16:8143,8993 64:ff9b::/96"), parse_denied("10.1.9.0/24, 8.8.4.0/24")
    )
    guard.check(ip_address("10.1.2.3"), 993)
    guard.check(ip_address("10.2.0.1"), 8993)
    guard.check(ip_address("64:ff9b::808:808"), 993)
    guard.check(ip_address("64:ff9b::a01:203"), 993)
    for address, port, reason in (
        ("10.1.2.3", 443, "private"),
        ("10.2.0.1", 993, "private"),
        ("10.1.9.1", 993, "denied"),
        ("::ffff:10.1.9.1", 993, "denied"),
        ("::ffff:10.1.2.3", 993, "private"),
        ("8.8.4.4", 993, "denied"),
        ("64:ff9b::a00:1", 993, "private"),
        ("64:ff9b::808:404", 993, "denied"),
    ):
        with pytest.raises(TargetRefusedError) as caught:
            guard.check(ip_address(address), port)
        assert caught.value.reason == reason, address


def test_lists_are_read_with_commas_and_brackets() -> None:
    """Entries stand between spaces or commas; a number behind a comma is one more port."""
    assert parse_allowed(" 10.1.0.0/16, 10.2.0.0/16:1,2,[2001:db8::]/32:8143 [2001:db8::/32]:9 fd00::/8") == (
        AllowedNetwork(ip_network("10.1.0.0/16")),
        AllowedNetwork(ip_network("10.2.0.0/16"), frozenset({1, 2})),
        AllowedNetwork(ip_network("2001:db8::/32"), frozenset({8143})),
        AllowedNetwork(ip_network("2001:db8::/32"), frozenset({9})),
        AllowedNetwork(ip_network("fd00::/8")),
    )
    assert parse_allowed("") == ()


@pytest.mark.parametrize(
    "text", ["10.1.0.1/16", "10.1.0.0/33", "mail.example.jp", "10.0.0.0/8:0", "10.0.0.0/8:x", "10.0.0.0/8:", "[::1"]
)
def test_a_faulty_list_is_refused(text: str) -> None:
    """An entry that cannot be read is named; nothing is opened by guessing."""
    with pytest.raises(NetworksInvalidError) as caught:
        parse_allowed(text)
    assert caught.value.params["entry"] == text


def test_ports_in_the_deny_list_are_refused() -> None:
    """A denied network is closed whole, so ports beside it are a mistake."""
    with pytest.raises(NetworksInvalidError):
        parse_denied("10.0.0.0/8:25")


async def test_a_name_is_asked_once() -> None:
    """A name is resolved once, without repetition; an address is not looked up at all."""

    class Names:
        asked = 0

        async def addresses(self, host: str) -> Sequence[Address]:
            self.asked += 1
            return [ip_address("192.0.2.1"), ip_address("192.0.2.1"), ip_address("2001:db8::1")] * 20

    names = Names()
    assert await resolve("mail.example.jp", names) == (ip_address("192.0.2.1"), ip_address("2001:db8::1"))
    assert await resolve("192.0.2.9", names) == (ip_address("192.0.2.9"),)
    assert names.asked == 1
    found = Guard().sort((ip_address("10.0.0.1"), ip_address("8.8.8.8")), 993)
    assert [str(address) for address in found.allowed] == ["8.8.8.8"]
    assert [error.reason for error in found.refused] == ["private"]

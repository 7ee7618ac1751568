"""From a text to slots."""

from __future__ import annotations

from typing import Any

import pytest

from bot.kb.lookup import Lookup
from bot.match.model import Slots
from bot.match.slots import Finder
from bot.match.vocabulary import build_lexicon
from bot.text.fold import fold


@pytest.fixture(scope="module")
def finder(small: Lookup) -> Finder:
    """A finder of the small knowledge."""
    return Finder(small, build_lexicon(small))


def slots_of(finder: Finder, text: str, language: str = "ja") -> Slots:
    """The slots of a message that was meant for us."""
    return finder.collect(finder.find(fold(text), short=True), language=language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("エックスサーバーのIMAP", {"providers": ("xserver",), "protocols": ("imap",)}),
        ("taro@gmail.com", {"providers": ("gmail",), "domains": ("gmail.com",)}),
        ("imap.gmail.com:993", {"providers": ("gmail",), "hosts": ("imap.gmail.com",), "ports": (993,)}),
        ("imap.xserver.example", {"providers": ("xserver",)}),
        ("www12.sakura.example", {"providers": ("sakura_rental",)}),
        ("foo@unknown.example", {"providers": (), "domains": ("unknown.example",)}),
        ("imaps", {"protocols": ("imap",), "securities": ("implicit_tls",)}),
        ("SSLなしで", {"securities": ("plaintext",)}),
        ("SSL/TLSとSTARTTLS", {"securities": ("implicit_tls", "starttls")}),
        ("受信と送信", {"directions": ("receive", "send")}),
        ("gmal", {"providers": ("gmail",)}),
        ("gamil imap", {"providers": ("gmail",)}),
        ("thunderbrid", {"clients": ("thunderbird",)}),
        ("thunder bird", {"clients": ("thunderbird",)}),
        ("サンダバード", {"clients": ("thunderbird",)}),
        ("さんだーばーど", {"clients": ("thunderbird",)}),
        ("エックスサバー", {"providers": ("xserver",)}),
        ("email settings", {"providers": ()}),
        ("サポート", {"concepts": frozenset({"not_a_port"})}),
        ("ポート0から65535", {"ports": (), "concepts": frozenset({"port", "port_range"})}),
        ("ポート70000", {"ports": (), "concepts": frozenset({"port", "port_range", "invalid_port"})}),
    ],
)
def test_slots_are_filled(finder: Finder, text: str, expected: dict[str, Any]) -> None:
    """Names, addresses, hosts, typos, encryption and ports end in the slot where they belong."""
    slots = slots_of(finder, text)
    assert {name: getattr(slots, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "providers"),
    [
        ("Gmailじゃなくてエックスサーバー", ("xserver",)),
        ("not gmail, xserver", ("xserver",)),
        ("xserver instead of gmail", ("xserver",)),
        ("Gmailじゃないの？", ("gmail",)),
    ],
)
def test_what_is_taken_back_is_dropped(finder: Finder, text: str, providers: tuple[str, ...]) -> None:
    """A correction names what is meant; a doubt about the only thing named does not delete it."""
    assert slots_of(finder, text).providers == providers


def test_word_with_one_answer_is_not_asked_back(finder: Finder) -> None:
    """さくら may be two services with the same settings, so the first is taken and nobody is bothered."""
    slots = slots_of(finder, "さくらのIMAP")
    assert slots.providers == ("sakura_rental",)
    assert slots.ambiguous == ()


@pytest.mark.parametrize(
    ("text", "language", "provider", "client"),
    [
        ("GmailをOutlookで", "ja", ("gmail",), ("outlook_classic",)),
        ("outlook.com settings", "en", ("outlook_com",), ()),
        ("Outlookに追加", "ja", (), ("outlook_classic",)),
        ("in outlook", "en", (), ("outlook_classic",)),
        ("my outlook account", "en", ("outlook_com",), ()),
    ],
)
def test_context_decides_what_outlook_is(
    finder: Finder, text: str, language: str, provider: tuple[str, ...], client: tuple[str, ...]
) -> None:
    """Outlook is the program where something is done in it, and the service where it is an address."""
    slots = slots_of(finder, text, language)
    assert (slots.providers, slots.clients, slots.ambiguous) == (provider, client, ())


def test_undecided_word_stays_ambiguous(finder: Finder) -> None:
    """Outlook alone may be the program or the service; both readings are kept for the asker to choose."""
    ((word, readings),) = slots_of(finder, "outlook").ambiguous
    assert word == "outlook"
    assert set(readings) == {"provider:outlook_com", "client:outlook_classic"}


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("0x800CCC92", ("refused",)),
        ("535 5.7.8 error", ("refused",)),
        ("535 5.7.139 error", ("other",)),
        ("authentication refused by peer", ("refused",)),
        ("エラー 421", ()),
    ],
)
def test_errors_are_found_by_their_most_exact_code(finder: Finder, text: str, errors: tuple[str, ...]) -> None:
    """The longest known code counts, or the text of the message."""
    assert slots_of(finder, text).errors == errors

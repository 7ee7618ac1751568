"""What may be installed: encrypted servers, best first; personal names only when they are known."""

from __future__ import annotations

import pytest

from bot.kb.model import Text
from bot.profiles.model import ProfileImpossibleError, check_address, settings_of_provider
from tests.unit.answer.sample import lookup
from tests.unit.profiles.sample import IMAP, IMAP_143, IMAP_PLAIN, SMTP, settings


def test_plaintext_never_gets_in_and_implicit_tls_comes_first() -> None:
    """The order given decides only between equally good servers."""
    made = settings(IMAP_PLAIN, IMAP_143, IMAP, SMTP)
    assert made.servers == (IMAP, SMTP, IMAP_143)
    assert made.pair("imap") == (IMAP, SMTP)


@pytest.mark.parametrize(("servers", "reason"), [((IMAP_PLAIN, SMTP), "incoming"), ((IMAP,), "outgoing")])
def test_half_an_account_is_refused(servers: tuple[object, ...], reason: str) -> None:
    """An account that could only send, or only receive in the clear, is none."""
    with pytest.raises(ProfileImpossibleError) as refused:
        settings(*servers).pair("imap")  # type: ignore[arg-type]
    assert refused.value.reason == reason


def test_a_provider_becomes_settings() -> None:
    """What the file does not recommend stands behind what it does; plaintext is gone."""
    provider = lookup().provider("hoshi")
    assert provider is not None
    made = settings_of_provider(provider)
    assert [(server.protocol, server.port) for server in made.servers] == [
        ("imap", 993),
        ("smtp", 465),
        ("pop3", 995),
        ("smtp", 587),
    ]
    assert (made.id, made.domains, made.manual_url) == ("hoshi", ("hoshi.example.jp",), "https://example.jp/manual")


def test_personal_host_names_come_from_the_asker() -> None:
    """A pattern is not a host: without the asker's own name, or with another, there is no server."""
    provider = lookup().provider("kumo")
    assert provider is not None
    assert settings_of_provider(provider).servers == ()
    assert settings_of_provider(provider, hostname="evil.example").servers == ()
    own = settings_of_provider(provider, hostname="SV12.kumo.example.jp", domain="taro.example")
    assert {server.hostname for server in own.servers} == {"sv12.kumo.example.jp"}
    assert own.domains == ("taro.example",)


@pytest.mark.parametrize(
    "text", ["", "taro", "@example.jp", "taro@", "taro@nodot", "ta ro@example.jp", "t\n@example.jp", "t@x\x00.jp"]
)
def test_only_an_address_is_taken_as_one(text: str) -> None:
    """What could break a line or a form is refused."""
    with pytest.raises(ProfileImpossibleError, match="address"):
        check_address(text)


def test_names_become_one_printable_line() -> None:
    """Control characters and line ends of a name do not reach a file; an empty name is the id."""
    made = settings()
    assert made.name("en", 5) == "Hoshi"
    odd = settings().__class__(made.id, Text("\x00\n", "a\u202eb\nc"), made.servers)
    assert (odd.name("ja", 9), odd.name("en", 9)) == ("hoshi", "a b c")

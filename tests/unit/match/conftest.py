"""A small knowledge of its own, so that these tests say what the code does and not what the files hold."""

from __future__ import annotations

from datetime import date

import pytest

from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.kb.model import (
    Client,
    ClientLabels,
    Knowledge,
    MailError,
    Pattern,
    Provider,
    Server,
    Source,
    Steps,
    Text,
    Words,
)
from bot.match.reader import Reader

SOURCE = Source(url="https://example.com/help", title="Help", checked_on=date(2026, 11, 20))


def text(value: str) -> Text:
    """The same text in both languages."""
    return Text(ja=value, en=value)


def provider(id_: str, name: str, **more: object) -> Provider:
    """A provider with one IMAP server at imap.<id>.example."""
    values: dict[str, object] = {
        "servers": (Server(protocol="imap", port=993, security="implicit_tls", hostname=f"imap.{id_}.example"),),
        "names": text(name),
    } | more
    return Provider(
        id=id_,
        status="works",
        username="email_address",
        authentication=("password",),
        evidence="verified",
        sources=(SOURCE,),
        **values,  # type: ignore[arg-type]
    )


def client(id_: str, name: str, **more: object) -> Client:
    """A mail program."""
    labels = ClientLabels(*[text("label")] * 8)
    steps = Steps(ja=("一",), en=("one",))
    return Client(
        id=id_,
        names=text(name),
        labels=labels,
        new_account=steps,
        evidence="verified",
        sources=(SOURCE,),
        **more,  # type: ignore[arg-type]
    )


def small_knowledge() -> Knowledge:
    """Three providers, two programs, one error, and the words of this test."""
    both = Words(ja=("さくら",), en=("sakura",))
    same = (Server(protocol="imap", port=993, security="implicit_tls", hostname_pattern="*.sakura.example"),)
    return Knowledge(
        providers=(
            provider("sakura_rental", "さくらのレンタルサーバ", ambiguous_aliases=both, servers=same),
            provider("sakura_mailbox", "さくらのメールボックス", ambiguous_aliases=both, servers=same),
            provider("xserver", "エックスサーバー", domains=("xsrv.example",), aliases=Words(en=("Xserver",))),
            provider("gmail", "Gmail", domains=("gmail.com",), aliases=Words(ja=("ジーメール",))),
            provider("outlook_com", "Outlook.com", ambiguous_aliases=Words(en=("Outlook",))),
        ),
        clients=(
            client("thunderbird", "Thunderbird", aliases=Words(ja=("サンダーバード",))),
            client("outlook_classic", "Outlook (classic)", ambiguous_aliases=Words(en=("Outlook",))),
        ),
        ports=(),
        articles=(),
        errors=(
            MailError(
                id="refused",
                names=text("Refused"),
                recognise=Pattern(codes=("535", "535 5.7.8", "0x800CCC92"), texts=("authentication refused by peer",)),
                cause=text("cause"),
                fixes=Steps(ja=("一",), en=("one",)),
                sources=(SOURCE,),
                evidence="verified",
            ),
            MailError(
                id="other",
                names=text("Other"),
                recognise=Pattern(codes=("535 5.7.139",)),
                cause=text("cause"),
                fixes=Steps(ja=("一",), en=("one",)),
                sources=(SOURCE,),
                evidence="verified",
            ),
        ),
        documents={
            "terms": {
                "protocols": {"imap": {"ja": ["アイマップ"], "en": ["imap", "imaps"]}, "smtp": {"en": ["smtp"]}},
                "directions": {"receive": {"ja": ["受信"]}, "send": {"ja": ["送信"]}},
                "securities": {
                    "implicit_tls": {"en": ["ssl", "tls", "ssl/tls", "imaps"]},
                    "starttls": {"en": ["starttls"]},
                    "plaintext": {"ja": ["sslなし"], "en": ["no ssl"]},
                },
                "concepts": {
                    "port": {"ja": ["ポート", "ポート番号"], "en": ["port", "port number"]},
                    "server": {"ja": ["サーバー"], "en": ["server"]},
                    "mail": {"ja": ["メール"], "en": ["mail"]},
                    "settings": {"ja": ["設定"], "en": ["settings"]},
                },
                "decoys": {"not_a_port": {"ja": ["サポート"], "en": ["usb port"]}},
            },
            "intents": {"intents": {}},
        },
    )


@pytest.fixture(scope="session")
def small() -> Lookup:
    """The small knowledge."""
    return Lookup(small_knowledge())


@pytest.fixture(scope="session")
def lookup() -> Lookup:
    """The knowledge that is shipped."""
    return Lookup(load_knowledge([shipped_root()]))


@pytest.fixture(scope="session")
def reader(lookup: Lookup) -> Reader:
    """A reader of the shipped knowledge."""
    return Reader(lookup)

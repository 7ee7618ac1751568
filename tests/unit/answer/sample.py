"""A small made-up knowledge, with the shipped wording, words and phrases: what the answer and card tests stand on."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import msgspec

from bot.answer.compose import compose
from bot.answer.kit import Kit
from bot.answer.model import Answer
from bot.answer.wording import Wording
from bot.kb.load import shipped_root
from bot.kb.lookup import Lookup
from bot.kb.model import Knowledge, Language
from bot.kb.read import parse_yaml
from bot.match.model import Decision, IntentScore, Match, Reading, Slots

TODAY = date(2026, 11, 24)
SOURCE = {"url": "https://example.jp/help", "title": "Mail settings", "checked_on": date(2026, 11, 20)}
OLD = {"url": "https://example.jp/old", "title": "Old page", "checked_on": TODAY, "source_as_of": date(2025, 5, 1)}
ASKS = {"ja": ["質問"], "en": ["a question"]}


def text(word: str) -> dict[str, str]:
    return {"ja": f"{word}（日本語）", "en": f"{word} (English)"}


def server(protocol: str, port: int, security: str, **more: Any) -> dict[str, Any]:
    name = {"imap": "imap", "pop3": "pop", "smtp": "smtp", "sieve": "sieve"}[protocol]
    more.setdefault("hostname", None if "hostname_pattern" in more else f"{name}.hoshi.example.jp")
    return {"protocol": protocol, "port": port, "security": security, **more}


HOSHI = {
    "id": "hoshi",
    "names": {"ja": "ほしメール", "en": "Hoshi Mail"},
    "status": "works",
    "servers": [
        server("imap", 993, "implicit_tls"),
        server("imap", 143, "plaintext", recommended=False),
        server("pop3", 995, "implicit_tls", recommended=False),
        server("smtp", 465, "implicit_tls"),
        server("smtp", 587, "starttls", recommended=False, note=text("587 note")),
    ],
    "username": "email_address",
    "authentication": ["password"],
    "evidence": "verified",
    "sources": [SOURCE, OLD],
    "domains": ["hoshi.example.jp"],
    "dated_notes": [
        {"text": text("over"), "valid_to": date(2026, 1, 1)},
        {"text": text("now"), "valid_from": date(2026, 1, 1)},
        {"text": text("later"), "valid_from": date(2027, 1, 1)},
    ],
    "manuals": [{"topic": "settings", "ja": {"title": "Manual", "url": "https://example.jp/manual"}}],
}
KUMO = {
    "id": "kumo",
    "domains": ["kumo.example.jp"],
    "names": {"ja": "くもサーバー", "en": "Kumo Server"},
    "status": "needs_step",
    "servers": [
        server("imap", 993, "implicit_tls", hostname_pattern="sv*.kumo.example.jp"),
        server("smtp", 587, "starttls", hostname_pattern="sv*.kumo.example.jp", username="account_id"),
    ],
    "username": "local_part",
    "authentication": ["app_password", "oauth2"],
    "evidence": "single_source",
    "sources": [SOURCE],
    "host_hint": text("look in the panel"),
    "before_you_start": text("switch IMAP on"),
    "notes": [text("a note")],
}
CLOSED = {
    "id": "yuhi",
    "names": {"ja": "ゆうひメール", "en": "Yuhi Mail"},
    "status": "closed",
    "closed_on": date(2026, 2, 25),
    "servers": [],
    "username": "email_address",
    "authentication": ["password"],
    "evidence": "verified",
    "sources": [SOURCE],
    "before_you_start": text("move your mail"),
}
PHONE_ONLY = {
    "id": "sumaho",
    "names": {"ja": "すまほメール", "en": "Sumaho Mail"},
    "status": "broken",
    "servers": [],
    "username": "other",
    "authentication": ["password"],
    "evidence": "verified",
    "sources": [SOURCE],
    "before_you_start": text("only on the phone"),
}
UNCONFIRMED = {
    **HOSHI,
    "id": "kiri",
    "names": {"ja": "きりメール", "en": "Kiri Mail"},
    "servers": [],
    "domains": ["kiri.example.jp"],
    "closes_on": date(2027, 3, 31),
}
PLAIN = {
    **HOSHI,
    "id": "kaze",
    "names": {"ja": "かぜメール", "en": "Kaze Mail"},
    "servers": [server("imap", 143, "plaintext", recommended=False)],
    "domains": ["kaze.example.jp"],
}
LABELS = {
    "implicit_tls": {"ja": "はじめから暗号化", "en": "Encrypt at once"},
    "starttls": {"ja": "途中から暗号化", "en": "Encrypt later"},
    "plaintext": {"ja": "しない", "en": "Never"},
    "incoming_server": text("in"),
    "outgoing_server": text("out"),
    "port": {"ja": "番号", "en": "Number"},
    "encryption": {"ja": "守り方", "en": "Protection"},
    "username": {"ja": "名乗り", "en": "Login"},
    "authentication": {"ja": "確かめ方", "en": "Proof"},
    "password_authentication": {"ja": "合言葉", "en": "Watchword"},
}
PROGRAM = {
    "id": "tegami",
    "names": {"ja": "てがみ", "en": "Tegami"},
    "labels": LABELS,
    "labels_by_protocol": {"smtp": {"implicit_tls": {"ja": "送るときも暗号化", "en": "Encrypt sending"}}},
    "new_account": {"ja": ["開きます。", "入力します。"], "en": ["Open it.", "Fill it in."]},
    "existing_account": {"ja": ["見直します。"], "en": ["Look again."]},
    "outgoing_auth": text("turn authentication on"),
    "notes": [
        {"ja": "送信サーバーは別の一覧にあります。", "en": "Outgoing servers have a list of their own."},
        {"ja": "IMAPのフォルダーは下にあります。", "en": "IMAP folders are further down."},
        {"ja": "文字の大きさは変えられます。", "en": "The size of the letters can be changed."},
    ],
    "platforms": ["windows"],
    "evidence": "verified",
    "sources": [{**SOURCE, "url": "https://example.jp/program"}],
}
NO_STARTTLS = {
    **PROGRAM,
    "id": "sumi",
    "names": {"ja": "すみ", "en": "Sumi"},
    "labels_by_protocol": {"pop3": {"lacks": ["starttls"]}},
}
IMAP_ONLY = {**PROGRAM, "id": "hikari", "names": {"ja": "ひかり", "en": "Hikari"}, "protocols": ["imap", "smtp"]}
ENDED = {
    "id": "furufumi",
    "names": {"ja": "ふるふみ", "en": "Furufumi"},
    "labels": LABELS,
    "new_account": {"ja": ["古い画面を開きます。"], "en": ["Open the old screen."]},
    "ended_on": date(2024, 12, 31),
    "platforms": ["windows"],
    "evidence": "verified",
    "sources": [{**SOURCE, "url": "https://example.jp/ended"}],
}


def port(number: int, protocol: str | None, security: str | None, advice: str) -> dict[str, Any]:
    return {
        "port": number,
        "service": f"service-{number}",
        "protocol": protocol,
        "security": security,
        "names": {"ja": f"{number}番", "en": f"Port {number}"},
        "short": text(f"short {number}"),
        "long": text(f"long {number}"),
        "advice": advice,
        "sources": [SOURCE],
    }


PORTS = [
    port(587, "smtp", "starttls", "second_choice"),
    port(465, "smtp", "implicit_tls", "first_choice"),
    port(25, "smtp", "starttls", "servers_only"),
    port(2525, "smtp", "starttls", "special"),
    port(143, "imap", "starttls", "second_choice"),
    port(993, "imap", "implicit_tls", "first_choice"),
    port(110, "pop3", "starttls", "second_choice"),
    port(995, "pop3", "implicit_tls", "first_choice"),
    port(4190, "sieve", "starttls", "special"),
]


def article(id_: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "names": text(f"title {id_}"),
        "short": text(f"short {id_}"),
        "sources": [SOURCE],
        "asks": {"ja": [f"{id_}とは"], "en": [f"what is {id_}"]},
        **more,
    }


ARTICLES = [
    article("compare_465_587"),
    article("compare_pop_imap"),
    article("compare_ssl_starttls"),
    article("op25b", related=["smtp_auth"]),
    article("username_forms"),
    article("smtp_auth", long={"ja": "一段落。\n\n- 一つ\n- 二つ", "en": "A paragraph.\n\n- one\n- two"}),
    article("imap"),
    article("smtp"),
    article("cannot_send", steps={"ja": ["確かめます。"], "en": ["Check it."]}),
]
ERRORS = [
    {
        "id": "refused",
        "names": text("title refused"),
        "recognise": {"codes": ["550"]},
        "cause": text("cause"),
        "fixes": {"ja": ["直します。"], "en": ["Mend it."]},
        "sources": [SOURCE],
        "evidence": "single_source",
        "direction": "send",
        "related": ["smtp_auth"],
    }
]


@cache
def lookup() -> Lookup:
    """Return the sample knowledge with the shipped wording, words and phrases."""
    documents: dict[str, object] = {}
    for path in sorted(shipped_root().rglob("*.yaml")):
        name = path.relative_to(shipped_root()).with_suffix("").as_posix()
        if not name.startswith(("wording/", "phrases/", "intents", "terms")):
            continue
        documents[name], problems = parse_yaml(name, path.read_bytes())
        assert not problems
    value = {
        "providers": [HOSHI, KUMO, CLOSED, PHONE_ONLY, UNCONFIRMED, PLAIN],
        "clients": [PROGRAM, ENDED, IMAP_ONLY, NO_STARTTLS],
        "ports": PORTS,
        "articles": ARTICLES,
        "errors": ERRORS,
        "documents": documents,
    }
    return Lookup(msgspec.convert(value, Knowledge))


def kit(language: Language) -> Kit:
    """Return what the composers need."""
    return Kit(lookup(), Wording(lookup()), language, TODAY)


def match(intent: str, article: str | None = None, **slots: Any) -> Match:
    """Return the decision to answer one question."""
    return Match(((IntentScore(intent, 0.9, "test", article), Slots(**slots)),), 0.9)


def answer(
    language: Language, decision: Decision, question: str = "", *, slots: Slots | None = None, redacted: bool = False
) -> Answer:
    """Compose the answer to *decision*."""
    reading = Reading(language, slots or Slots(), (), question, redacted)
    composed = compose(kit(language), decision, reading)
    assert composed is not None
    return composed

"""The same faulty settings in many layouts: the faulty line is found in each, with and without a known provider."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from bot.answer.engine import Engine
from bot.cards.text import render_text
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.match.model import Match, Utterance


class Line(msgspec.Struct, frozen=True):
    """One server of a paste."""

    kind: str
    host: str
    port: int
    security: str
    """As it is written: SSL/TLS, STARTTLS, none."""


Layout = Callable[[Line, Line, str], str]

_NONE = {"ja": "なし", "en": "None"}


def _said(line: Line, language: str) -> str:
    return _NONE[language] if line.security == "none" else line.security


def _compact_ja(receive: Line, send: Line, user: str) -> str:
    return (
        f"受信:{receive.host} {receive.port} {_said(receive, 'ja')}\n"
        f"送信:{send.host} {send.port} {_said(send, 'ja')}\nユーザー名:{user}\nこれで合ってますか？"
    )


def _thunderbird_ja(receive: Line, send: Line, user: str) -> str:
    return (
        f"サーバーの種類: {receive.kind} メールサーバー\nサーバー名: {receive.host}　ポート: {receive.port}\n"
        f"ユーザー名: {user}\n接続の保護: {_said(receive, 'ja')}\n認証方式: 通常のパスワード認証\n\n"
        f"送信 (SMTP) サーバー\nサーバー名: {send.host}\nポート番号: {send.port}\n接続の保護: {_said(send, 'ja')}\nどこが間違っていますか"
    )


def _table_ja(receive: Line, send: Line, user: str) -> str:
    rows = "\n".join(
        f"| {k} | {x.host} | {x.port} | {_said(x, 'ja')} |" for k, x in (("受信", receive), ("送信", send))
    )
    return f"|  | サーバー名 | ポート | 暗号化 |\n|---|---|---|---|\n{rows}\nユーザー名は{user}です。確認をお願いします。見てください"


def _columns_ja(receive: Line, send: Line, user: str) -> str:
    return (
        f"\t受信({receive.kind})\t送信(SMTP)\nサーバー\t{receive.host}\t{send.host}\nポート\t{receive.port}\t{send.port}\n"
        f"暗号化\t{_said(receive, 'ja')}\t{_said(send, 'ja')}\nアカウント名\t{user}\t{user}\nこの設定で正しいですか"
    )


def _outlook_ja(receive: Line, send: Line, user: str) -> str:
    return (
        f"受信メール サーバー(I): {receive.host}\n送信メール サーバー (SMTP)(O): {send.host}\nアカウント名(U): {user}\n"
        f"受信サーバー ({receive.kind})(I): {receive.port}\n使用する暗号化接続の種類(C): {_said(receive, 'ja')}\n"
        f"送信サーバー (SMTP)(O): {send.port}\n使用する暗号化接続の種類(C): {_said(send, 'ja')}\n送受信できません。どこがおかしいですか"
    )


def _sentence_ja(receive: Line, send: Line, user: str) -> str:
    return (
        f"受信サーバーは{receive.host}でポートは{receive.port}、暗号化は{_said(receive, 'ja')}、"
        f"送信サーバーは{send.host}でポートは{send.port}、暗号化は{_said(send, 'ja')}、ユーザー名は{user}にしています。これで大丈夫ですか？"
    )


def _list_en(receive: Line, send: Line, user: str) -> str:
    return (
        f"Is this right?\n- Incoming ({receive.kind}): {receive.host}, port {receive.port}, {_said(receive, 'en')}\n"
        f"- Outgoing (SMTP): {send.host}, port {send.port}, {_said(send, 'en')}\n- Username: {user}"
    )


def _labels_en(receive: Line, send: Line, user: str) -> str:
    return (
        f"{receive.kind} server: {receive.host}\nPort: {receive.port}\nEncryption method: {_said(receive, 'en')}\n"
        f"SMTP server: {send.host}\nPort: {send.port}\nEncryption method: {_said(send, 'en')}\nUser name: {user}\n"
        "What is wrong here?"
    )


def _table_en(receive: Line, send: Line, user: str) -> str:
    return (
        f"| | server | port | security |\n|---|---|---|---|\n| {receive.kind} | {receive.host} | {receive.port} | "
        f"{_said(receive, 'en')} |\n| SMTP | {send.host} | {send.port} | {_said(send, 'en')} |\nuser: {user}. Please check this"
    )


def _slashes_en(receive: Line, send: Line, user: str) -> str:
    return (
        f"{receive.kind} / {receive.host} / {receive.port} / {_said(receive, 'en')}\n"
        f"SMTP / {send.host} / {send.port} / {_said(send, 'en')}\nusername {user}\ndoes this look right?"
    )


def _colons_en(receive: Line, send: Line, user: str) -> str:
    return (
        f"my settings: {receive.kind} {receive.host}:{receive.port} ({_said(receive, 'en')}), "
        f"SMTP {send.host}:{send.port} ({_said(send, 'en')}), login {user}. correct?"
    )


LAYOUTS: dict[str, Layout] = {
    "compact_ja": _compact_ja,
    "thunderbird_ja": _thunderbird_ja,
    "table_ja": _table_ja,
    "columns_ja": _columns_ja,
    "outlook_ja": _outlook_ja,
    "sentence_ja": _sentence_ja,
    "list_en": _list_en,
    "labels_en": _labels_en,
    "table_en": _table_en,
    "slashes_en": _slashes_en,
    "colons_en": _colons_en,
}

FAULTS: dict[str, tuple[dict[str, object], dict[str, object], str, tuple[str, str]]] = {
    "25 for sending": ({}, {"port": 25, "security": "none"}, "", ("ポート 25 は", "port 25 is")),
    "587 with SSL/TLS": ({}, {"port": 587}, "", ("ポート 587 は接続してから", "port 587 connects first")),
    "465 with STARTTLS": (
        {},
        {"security": "STARTTLS"},
        "",
        ("ポート 465 は接続した時点", "port 465 is encrypted from"),
    ),
    "993 without SSL": (
        {"security": "none"},
        {},
        "",
        ("ポート 993 で暗号化が「なし」", "port 993 is set to no encryption"),
    ),
    "143 with SSL/TLS": (
        {"port": 143},
        {},
        "",
        (
            "ポート 143 は接続してから|ポート 143 は案内されていません",
            "port 143 connects first|port 143 is not documented",
        ),
    ),
    "465 for receiving": ({"port": 465}, {}, "", ("ポート 465 は送信用", "port 465 is for sending")),
    "user name without domain": ({}, {}, "hanako", ("ユーザー名", "User name|user name")),
    "own domain": ({"host": "mail.kaisha.example"}, {}, "", ("サーバー名", "server name")),
}
RIGHT = {
    "known": (
        Line("IMAP", "imap.gmail.com", 993, "SSL/TLS"),
        Line("SMTP", "smtp.gmail.com", 465, "SSL/TLS"),
        "hanako@gmail.com",
    ),
    "unknown": (
        Line("IMAP", "mx1.kaisha.example", 993, "SSL/TLS"),
        Line("SMTP", "mx1.kaisha.example", 465, "SSL/TLS"),
        "hanako@kaisha.example",
    ),
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Lookup(load_knowledge([shipped_root()])))


def answered(engine: Engine, text: str) -> str:
    """Answer a paste in a direct message; it must have been read as settings to check."""
    outcome = engine.answer(Utterance(text, surface="dm"))
    assert isinstance(outcome.decision, Match), text
    assert outcome.decision.parts[0][0].intent == "check_settings", text
    assert outcome.answer is not None
    return render_text(outcome.answer)


@pytest.mark.parametrize("provider", RIGHT)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_faulty_line_is_named(engine: Engine, layout: str, fault: str, provider: str) -> None:
    """Whatever the layout, what is wrong is said."""
    receive, send, user = RIGHT[provider]
    of_receive, of_send, other_user, sentences = FAULTS[fault]
    text = LAYOUTS[layout](
        msgspec.structs.replace(receive, **of_receive), msgspec.structs.replace(send, **of_send), other_user or user
    )
    said = answered(engine, text)
    options = sentences[0 if layout.endswith("_ja") else 1].split("|")
    before_values = said.split("■ Gmail")[0].split("■ The values")[0]
    assert any(option in before_values for option in options), f"{text}\n\n{said}"


@pytest.mark.parametrize("provider", RIGHT)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_right_settings_are_not_faulted(engine: Engine, layout: str, provider: str) -> None:
    """The same layouts without a fault get no fault."""
    receive, send, user = RIGHT[provider]
    said = answered(engine, LAYOUTS[layout](receive, send, user))
    assert "直すところがあります" not in said, said
    assert "Something needs to be changed" not in said, said

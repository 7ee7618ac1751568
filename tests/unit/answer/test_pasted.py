"""Pasted settings are read in whatever layout they come."""

from __future__ import annotations

import pytest

from bot.answer.lint import find_faults
from bot.answer.pasted import read_settings
from bot.answer.sign_in import read_authentication

OUTLOOK_JA = """アカウントの種類: POP3
受信メール サーバー: pop.example.jp
送信メール サーバー (SMTP): smtp.example.jp
アカウント名: taro
セキュリティで保護されたパスワード認証 (SPA) に対応: オフ
受信サーバー (POP3): 995
このサーバーでは暗号化された接続 (SSL/TLS) が必要: オン
送信サーバー (SMTP): 25
使用する暗号化接続の種類: なし"""
OUTLOOK_EN = """Account Type: IMAP
Incoming mail server: imap.example.com
Outgoing mail server (SMTP): smtp.example.com
User Name: taro@example.com
Require logon using Secure Password Authentication (SPA): no
Incoming server (IMAP): 993
Use the following type of encrypted connection: SSL/TLS
Outgoing server (SMTP): 587
Use the following type of encrypted connection: None"""
THUNDERBIRD = """account1:
  INCOMING: account1, , (imap) imap.example.com:993, plain, passwordCleartext
  OUTGOING: , smtp.example.com:465, alwaysSTARTTLS, passwordCleartext, true"""
THUNDERBIRD_ROW = (
    "account1\t(imap) imap.example.com:993\tSSL\tpasswordCleartext\tsmtp.example.com:587\tSTARTTLS\tpasswordCleartext"
)
ROWS = "\tサーバー\tポート\t暗号化\n受信\timap.example.jp\t993\tSSL/TLS\n送信\tsmtp.example.jp\t465\tなし"
COLUMNS = (
    "\tReceiving (IMAP)\tSending (SMTP)\nServer\ti.example.com\ts.example.com\nPort\t993\t465\nSecurity\tSSL\tnone"
)
PHONE = "Username: taro\nIMAP Server: i.example.com\nPort: 993\nUse SSL: No\nSMTP Server: s.example.com\nPort: 587\nUse TLS: Yes"


@pytest.mark.parametrize(
    ("paste", "entries"),
    [
        (OUTLOOK_JA, [("pop3", "pop.example.jp", 995, "implicit_tls"), ("smtp", "smtp.example.jp", 25, "plaintext")]),
        (OUTLOOK_EN, [("imap", "imap.example.com", 993, "implicit_tls"), ("smtp", "smtp.example.com", 587, "plaintext")]),
        (THUNDERBIRD, [("imap", "imap.example.com", 993, "plaintext"), ("smtp", "smtp.example.com", 465, "starttls")]),
        (
            THUNDERBIRD_ROW,
            [("imap", "imap.example.com", 993, "implicit_tls"), ("smtp", "smtp.example.com", 587, "starttls")],
        ),
        (ROWS, [("imap", "imap.example.jp", 993, "implicit_tls"), ("smtp", "smtp.example.jp", 465, "plaintext")]),
        (COLUMNS, [("imap", "i.example.com", 993, "implicit_tls"), ("smtp", "s.example.com", 465, "plaintext")]),
        (PHONE, [("imap", "i.example.com", 993, "plaintext"), ("smtp", "s.example.com", 587, "starttls")]),
        ("| 受信 | imap.example.jp | 993 | なし |", [("imap", "imap.example.jp", 993, "plaintext")]),
        ("サーバー名\nimap.example.jp\nポート\n993\nセキュリティ\nなし", [("imap", "imap.example.jp", 993, "plaintext")]),
        (
            "IMAP server: imap.example.com / 993 / SSL\nSMTP server: smtp.example.com / 465 / none",
            [("imap", "imap.example.com", 993, "implicit_tls"), ("smtp", "smtp.example.com", 465, "plaintext")],
        ),
        (
            "I have imap.example.com on 993 with SSL and smtp.example.com on 587 with SSL, is that right?",
            [("imap", "imap.example.com", 993, "implicit_tls"), ("smtp", "smtp.example.com", 587, "implicit_tls")],
        ),
        ("993 (IMAP), 465 (SMTP)", [("imap", None, 993, None), ("smtp", None, 465, None)]),
        ("サーバー名 imap.example.jp ポート番号 9993", [("imap", "imap.example.jp", 9993, None)]),
    ],
)  # fmt: skip
def test_layouts(paste: str, entries: list[tuple[str, str | None, int | None, str | None]]) -> None:
    """Dialogs, account reports, tables in rows and in columns, lists and sentences give the same servers."""
    assert [(e.protocol, e.hostname, e.port, e.security) for e in read_settings(paste)] == entries


@pytest.mark.parametrize(
    "paste",
    [
        "送信 smtp.example.jp 465 なし 合ってる？",
        "smtp 465番 なし",
        "ポート465、なし",
        "SMTP 465 (none)",
        "smtp.example.jp:465 none",
        "465 no SSL",
        "465 without TLS",
        "no encryption 465",
        "送信 465 SSLなし",
        "送信 465 SSL/TLSを使用しない",
        "送信 465 暗号化しない",
        "送信 465 暗号化: 無",
        "送信 465 接続の保護　なし",
        "送信\t465\tなし",
        "ＳＭＴＰ ４６５ ナシ",
        "SSLの設定が分からない。送信 465 なし",
        "暗号化: なし\n送信 465",
        "SSL: オフ\nSMTPポート: 465\n認証: あり",
        "[ ] use SSL, SMTP 465",
        "SMTP 465 STARTTLSなし",
        "SMTP port 465, unencrypted",
        "SMTP 465 平文",
    ],
)
def test_no_encryption_is_never_overlooked(paste: str) -> None:
    """However somebody writes "none", a port without encryption is called a fault."""
    assert [fault.kind for fault in find_faults(read_settings(paste), None)] == ["port_plaintext"]


@pytest.mark.parametrize(
    "paste",
    [
        "送信 465 SSL/TLS 認証 なし",
        "送信 465 SSL/TLS\t認証\tなし",
        "SMTP 465 SSL, authentication none",
        "受信 993 SSL/TLS 問題なし？",
        "IMAP 993 SSL 警告なし",
        "SMTP 465 SSL/TLS, SPA: off",
        "SMTP 465 SSL: on, STARTTLS: off",
        "SMTP 465 SSL no longer works",
    ],
)
def test_a_none_of_something_else_is_no_fault(paste: str) -> None:
    """No authentication, no warning or no SPA says nothing about the encryption."""
    assert find_faults(read_settings(paste), None) == []


@pytest.mark.parametrize(
    ("paste", "port", "security"),
    [("587 TLS", 587, "starttls"), ("465 TLS", 465, "implicit_tls"), ("993 TLS1.2", 993, "implicit_tls")],
)
def test_a_bare_tls_is_what_the_port_speaks(paste: str, port: int, security: str) -> None:
    """Programs use "TLS" for either kind, so a right port is not called wrong for it."""
    (entry,) = read_settings(paste)
    assert (entry.port, entry.security) == (port, security)


@pytest.mark.parametrize(
    ("paste", "username"),
    [
        ("ユーザー名: taro\nIMAP 993", "taro"),
        ("IMAP 993\nユーザー名\ntaro@example.jp", "taro@example.jp"),
        ("IMAP 993 user name is taro", "taro"),
        ("IMAP 993, login: taro.yamada", "taro.yamada"),
        ("ユーザー名はメールアドレスです。IMAP 993", None),
        ("IMAP 993. My user name is my full address", None),
        ("User name\nPassword\nIMAP 993", None),
    ],
)
def test_user_names(paste: str, username: str | None) -> None:
    """A user name is read with its label; words about user names are none."""
    assert read_settings(paste)[0].username == username


@pytest.mark.parametrize(
    "paste", ["IMAP 993 パスワードは xK3.y8.Qw", "IMAP 993 password: xk3.y8.qw", "IMAP 993\npw\nxk3.y8.qw"]
)
def test_a_password_that_looks_like_a_server_is_none(paste: str) -> None:
    """What stands behind "password" is never taken for a server's name, which the answer would repeat."""
    assert [(e.port, e.hostname) for e in read_settings(paste)] == [(993, None)]


def test_a_service_is_no_server() -> None:
    """The name of a service that looks like a host is none, except where a server's name belongs."""
    is_host = lambda name: name != "outlook.com"  # noqa: E731
    (entry,) = read_settings("Outlook.comの設定 outlook.office365.com 993", is_host)
    assert entry.hostname == "outlook.office365.com"
    (entry,) = read_settings("サーバー: outlook.com ポート: 993", is_host)
    assert entry.hostname == "outlook.com"


@pytest.mark.parametrize(
    ("paste", "kinds"),
    [
        ("pop.example.com 993 SSL", ["port_other"]),
        ("受信 pop.example.jp 993", ["port_other"]),
        ("smtp.example.jp 993 SSL", ["port_of_receiving"]),
        ("IMAP pop.example.com 993 SSL", ["host_kind"]),
        ("SMTP 25 none", ["port_25"]),
        ("SMTP port 8025 none", ["plaintext"]),
        ("IMAP 993 STARTTLS, SMTP 587 SSL, POP 110 none", ["needs_implicit_tls", "needs_starttls", "port_plaintext_starttls"]),
    ],
)  # fmt: skip
def test_faults_without_a_provider(paste: str, kinds: list[str]) -> None:
    """Every fault that shows without knowing the provider is named, in the order of the paste."""
    assert [fault.kind for fault in find_faults(read_settings(paste), None)] == kinds


def test_one_switch_for_both() -> None:
    """Where a program has one switch for SSL/TLS and STARTTLS, "SSL" with 587 is right."""
    entries = read_settings("SMTP 587 SSL")
    assert find_faults(entries, None, one_switch=True) == []
    assert find_faults(read_settings("SMTP 587 none"), None, one_switch=True) != []


@pytest.mark.parametrize(
    ("paste", "ways"),
    [
        ("認証は通常のパスワード 合ってますか", {"password"}),
        ("認証方式: パスワード\nユーザー名: taro", {"password"}),
        ("認証方式\t通常のパスワード認証", {"password"}),
        ("authentication: normal password", {"password"}),
        ("auth method password, right?", {"password"}),
        ("認証方式: アプリパスワード", {"password"}),
        ("認証方式 ＯＡｕｔｈ２", {"oauth2"}),
        ("Authentication OAuth 2.0", {"oauth2"}),
        ("通常のパスワードではなくOAuth2", {"oauth2"}),
        ("OAuth2, not normal password", {"oauth2"}),
        ("受信はOAuth2、送信は通常のパスワード", {"oauth2", "password"}),
        ("認証方式: 暗号化されたパスワード認証", set()),
        ("secure password authentication (SPA)", set()),
        ("SMTP認証\nパスワード: ひみつ", set()),
        ("ユーザー名 taro パスワード *****", set()),
        ("受信 993 SSL", set()),
    ],
)
def test_the_way_to_sign_in_is_read(paste: str, ways: set[str]) -> None:
    """A password or OAuth2 as the way to sign in is read; the field for the password itself is no such thing."""
    assert read_authentication(paste) == ways

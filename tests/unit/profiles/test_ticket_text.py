"""The text for tickets, in both languages."""

from __future__ import annotations

import pytest

from bot.answer.wording import LANGUAGES
from bot.profiles.model import ProfileImpossibleError
from bot.profiles.ticket_text import render_ticket_text
from tests.unit.profiles.sample import IMAP_PLAIN, settings, wording


def test_the_japanese_text() -> None:
    """Title, one block per protocol, a word about passwords, the manual."""
    made = render_ticket_text(settings(manual_url="https://example.jp/m"), "ja", wording())
    assert made.splitlines() == [
        "【メールソフトの設定値】ほし&メール",
        "",
        "■ 受信（IMAP）",
        "サーバー名：imap.hoshi.example.jp",
        "ポート：993",
        "暗号化：SSL/TLS",
        "ユーザー名：メールアドレス全体",
        "認証：メールのパスワード",
        "",
        "■ 受信（POP3）",
        "サーバー名：pop.hoshi.example.jp",
        "ポート：995",
        "暗号化：SSL/TLS",
        "ユーザー名：メールアドレスの@より前",
        "認証：専用のパスワード（アプリパスワードなど）またはOAuth2（サインイン画面で許可）",
        "",
        "■ 送信（SMTP）",
        "サーバー名：smtp.hoshi.example.jp",
        "ポート：465",
        "暗号化：SSL/TLS",
        "ユーザー名：メールアドレス全体",
        "認証：メールのパスワード",
        "",
        "パスワードは、このやり取りには書かないでください。",
        "公式マニュアル：https://example.jp/m",
    ]


def test_it_is_plain_text_in_both_languages() -> None:
    """No placeholder, key or backtick is left over."""
    for language in LANGUAGES:
        made = render_ticket_text(settings(), language, wording())
        assert not set("{}`") & set(made)
        assert "profile." not in made
        assert made.endswith("\n")
        assert not made.endswith("\n\n")


def test_plaintext_alone_is_no_text() -> None:
    """What should not be used is not handed on."""
    with pytest.raises(ProfileImpossibleError):
        render_ticket_text(settings(IMAP_PLAIN), "ja", wording())

"""Which words are found in a text, and which are only part of a longer one."""

from __future__ import annotations

import pytest

from bot.match.lexicon import Lexicon


@pytest.fixture
def lexicon() -> Lexicon:
    """A handful of words of every script."""
    words = Lexicon()
    for word, kind, value in [
        ("ポート", "concept", "port"),
        ("メール", "concept", "mail"),
        ("サーバー", "concept", "server"),
        ("サポート", "decoy", "not_a_port"),
        ("imap", "protocol", "imap"),
        ("smtp", "protocol", "smtp"),
        ("smtp認証", "term", "smtp_auth"),
        ("認証", "concept", "authentication"),
        ("outlook", "client", "outlook_classic"),
        ("gmailアプリ", "client", "android_gmail"),
        ("gmail", "provider", "gmail"),
        ("パスワード", "concept", "password"),
        ("アプリ", "concept", "program"),
        ("設定", "concept", "settings"),
    ]:
        words.add(word, kind, value)
    words.finish()
    return words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("imapのポート", ["imap", "port"]),
        ("メールサーバーポート", ["mail", "server", "port"]),
        ("サポートの設定", ["not_a_port", "settings"]),
        ("パスポート", []),
        ("ポートフォリオ", []),
        ("レポート", []),
        ("imaps imaperl", []),
        ("outlook2019", ["outlook_classic"]),
        ("587port imap4", ["imap"]),
        ("gmailアプリパスワード", ["gmail", "program", "password"]),
        ("gmailアプリの設定", ["android_gmail", "settings"]),
    ],
)
def test_words_end_where_their_script_says(lexicon: Lexicon, text: str, found: list[str]) -> None:
    """A word counts if it stands by itself or beside another known word, not inside a longer one."""
    assert [span.value for span in lexicon.scan(text)] == found


def test_longer_word_still_speaks_of_the_shorter(lexicon: Lexicon) -> None:
    """SMTP認証 is a term, and says SMTP too."""
    spans = lexicon.scan("smtp認証")
    assert [(span.value, span.how) for span in spans] == [
        ("smtp_auth", "word"),
        ("smtp", "inside"),
        ("authentication", "inside"),
    ]


def test_endless_katakana_is_read_in_one_go(lexicon: Lexicon) -> None:
    """A run of thousands of known katakana words is no endless recursion."""
    assert len(lexicon.scan("メール" * 3000)) == 3000

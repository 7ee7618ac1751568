"""Which language a message is in."""

from __future__ import annotations

import pytest

from bot.text.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("IMAPのポートは？", "ja"),
        ("What is the IMAP port?", "en"),
        ("ﾎﾟｰﾄ", "ja"),
        ("587", None),
        ("", None),
        ("imap.gmail.com:993", None),
        ("taro@example.jp", None),
        ("https://example.jp/設定", "ja"),
        ("<@U012ABC> <#C1|mail>", None),
        ("`接続の保護` what is this field called in English?", "en"),
        ("What does 「サーバーに接続できません」 mean?", "en"),
        ("Outlookで「Cannot connect」と出る", "ja"),
        ("0x800CCC0E", None),
    ],
)
def test_language_is_that_of_the_sentence(text: str, language: str | None) -> None:
    """Kana or kanji make Japanese, Latin words English; addresses, code and Slack markup tell nothing."""
    assert detect_language(text) == language

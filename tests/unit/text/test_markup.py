"""What Slack and mail programs wrap around a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.markup import plain_text, quoted_lines, strip_quotes


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("port 993?", "port 993?"),
        ("<@U0BOT> port 993?", "port 993?"),
        ("<@U0BOT|mailports> port 993?", "port 993?"),
        ("hello <@U0OTHER>, is 993 right?", "hello , is 993 right?"),
        ("is <http://imap.gmail.com|imap.gmail.com> right?", "is imap.gmail.com right?"),
        ("see <https://example.com/help>", "see https://example.com/help"),
        ("<https://example.com/?a=1&amp;b=2|the manual>", "the manual"),
        ("<mailto:taro@gmail.com|taro@gmail.com>", "taro@gmail.com"),
        ("<mailto:taro@gmail.com>", "taro@gmail.com"),
        ("ask in <#C0HELP|mail-help>", "ask in #mail-help"),
        ("ask in <#C0HELP>", "ask in"),
        ("<!channel> <!here> <!everyone> 587?", "587?"),
        ("<!subteam^S0DESK|@desk> 587?", "587?"),
        ("since <!date^1700000000^{date_short}|Nov 14> 587 fails", "since Nov 14 587 fails"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("&lt;!channel&gt;", "<!channel>"),
        (":pray: 993?", "993?"),
        ("お願いします:bow:", "お願いします"),
        (":+1::skin-tone-2: 587", "587"),
        ("imap.example.com:993:ssl", "imap.example.com:993:ssl"),
        ("受信: imap  送信: smtp", "受信: imap 送信: smtp"),
        ("<@U012ABC> IMAP?", "IMAP?"),
        ("<http://imap.gmail.com|imap.gmail.com> port", "imap.gmail.com port"),
        ("<mailto:taro@example.jp|taro@example.jp>", "taro@example.jp"),
        ("SSL &amp; STARTTLS &lt;on&gt;", "SSL & STARTTLS <on>"),
        ("thanks :pray:", "thanks"),
        ("a < b", "a < b"),
        ("", ""),
        ("<@U0BOT>", ""),
    ],
)
def test_markup_is_undone(written: str, typed: str) -> None:
    """Links, mentions, dates and escapes read as they were typed."""
    assert plain_text(written) == typed


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """No text makes it fail, and what held no markup keeps its words."""
    read = plain_text(text)

    assert isinstance(read, str)
    if not any(mark in text for mark in "<&: \t") and text == text.strip():
        assert read == text


def test_quoted_mail_is_set_aside() -> None:
    """The question counts, not the mail it quotes."""
    assert strip_quotes("> SMTP 587 failed\n&gt; more\nIMAPのポートは？") == "IMAPのポートは？"


def test_message_that_is_all_quotation_is_read() -> None:
    """Where there is nothing but a quotation, the quotation is the message."""
    assert strip_quotes("> IMAP port?") == "IMAP port?"


def test_quoted_lines_are_read_without_their_marks() -> None:
    """A message with words of its own gives what it quotes; one that is all quotation quotes nothing."""
    assert quoted_lines("> Xserver\n> IMAP\nこれの設定は？") == "Xserver\nIMAP"
    assert quoted_lines("> IMAP port?") == ""
    assert quoted_lines("IMAP port?") == ""

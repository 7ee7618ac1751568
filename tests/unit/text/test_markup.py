"""What Slack and mail programs wrap around a question."""

from __future__ import annotations

import pytest

from bot.text.markup import strip_markup, strip_quotes


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<@U012ABC> IMAP?", "  IMAP?"),
        ("<http://imap.gmail.com|imap.gmail.com> port", "imap.gmail.com port"),
        ("<mailto:taro@example.jp|taro@example.jp>", "taro@example.jp"),
        ("SSL &amp; STARTTLS &lt;on&gt;", "SSL & STARTTLS <on>"),
        ("thanks :pray:", "thanks  "),
        ("a < b", "a < b"),
    ],
)
def test_markup_is_read_as_people_see_it(text: str, plain: str) -> None:
    """Links read as their text, entities as characters; mentions and emoji names are gone."""
    assert strip_markup(text) == plain


def test_quoted_mail_is_set_aside() -> None:
    """The question counts, not the mail it quotes."""
    assert strip_quotes("> SMTP 587 failed\n&gt; more\nIMAPのポートは？") == "IMAPのポートは？"


def test_message_that_is_all_quotation_is_read() -> None:
    """Where there is nothing but a quotation, the quotation is the message."""
    assert strip_quotes("> IMAP port?") == "IMAP port?"

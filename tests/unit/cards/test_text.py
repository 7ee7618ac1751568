"""Plain text: the whole answer for the terminal, notifications and screen readers."""

from __future__ import annotations

from bot.answer.model import Answer, BulletList, Choice, FactList, Heading, Paragraph, PlainTable, Section, SourceLine
from bot.cards.text import escape, render_text
from bot.match.model import Clarify
from tests.unit.answer.sample import answer, match


def card(*sections: Section) -> Answer:
    return Answer("answer", "en", "help", 0.9, "Title", sections, (SourceLine("Page", "https://example.jp", "today"),))


def test_everything_on_the_card_is_in_the_text() -> None:
    """Who cannot see the card reads the same in its text, host names as they are typed in."""
    text = render_text(
        card(
            Heading("Part"),
            Paragraph("Careful.", "warning"),
            FactList((("User name", "`taro`"),)),
            BulletList(("one", "two"), ordered=True),
            PlainTable("", ("A", "B", "C"), (("Row", "`993`", "SSL/TLS"),)),
        )
    )
    assert text == (
        "Title\n\n■ Part\n⚠ Careful.\n\n- User name: taro\n\n1. one\n2. two\n\n- Row: B 993 / C SSL/TLS\n\n"
        "→\n- Page (today)\n  https://example.jp"
    )


def test_settings_read_as_lines() -> None:
    """A settings table is one line per server, with the names of the fields."""
    text = render_text(answer("ja", match("provider_settings", providers=("hoshi",), protocols=("imap",))))
    assert "- 受信（IMAP）：imap.hoshi.example.jp / ポート 993 / 暗号化 SSL/TLS" in text
    text = render_text(answer("en", match("provider_settings", providers=("hoshi",), clients=("tegami",))))
    assert "- Sending (SMTP): smtp.hoshi.example.jp / Number 465 / Protection Encrypt sending" in text


def test_general_ports_read_as_lines() -> None:
    """Every value has the name of its column, so that the slash of SSL/TLS is not taken for one between values."""
    text = render_text(answer("ja", match("port_for_protocol", protocols=("imap",))))
    assert "- 受信（IMAP）：ポート 993 / 暗号化 SSL/TLS / 使い方 第一候補" in text
    text = render_text(answer("en", match("port_for_protocol", protocols=("imap",))))
    assert "- Receiving (IMAP): Port 993 / Encryption SSL/TLS / Advice First choice" in text


def test_a_row_that_begins_with_a_number_says_of_what() -> None:
    """Ports side by side are called ports."""
    text = render_text(answer("ja", match("compare_ports", ports=(993, 995))))
    assert "- ポート 993：用途 受信（IMAP） / 暗号化 SSL/TLS / 使い方 第一候補" in text
    text = render_text(answer("en", match("compare_ports", ports=(993, 995))))
    assert "- Port 993: Purpose Receiving (IMAP) / Encryption SSL/TLS / Advice First choice" in text


def test_one_answer_has_one_kind_of_colon() -> None:
    """A Japanese text has the Japanese colon behind every label, an English one the English."""
    for language, other in (("ja", ": "), ("en", "：")):
        text = render_text(answer(language, match("provider_settings", providers=("hoshi",), clients=("tegami",))))  # type: ignore[arg-type]
        assert other not in text.split("https://")[0]


def test_choices_of_a_question_back_are_listed() -> None:
    """Without buttons, the asker still sees what can be answered."""
    text = render_text(answer("en", Clarify("provider", "", ("provider:hoshi", "provider:kumo"), 0.5)))
    assert text.endswith("- Hoshi Mail\n- Kumo Server")


def test_limit_is_kept_with_a_notice() -> None:
    """A text that would be too long for Slack ends at a line, and says that there is more."""
    found = answer("en", match("provider_settings", providers=("hoshi",), clients=("tegami",)))
    whole = render_text(found)
    cut = render_text(found, limit=400)
    assert len(whole) > 400 >= len(cut)
    assert cut.endswith(found.labels.cut)
    kept = cut.removesuffix(found.labels.cut).rstrip()
    assert whole.startswith(f"{kept}\n")
    assert render_text(found, limit=len(whole)) == whole


def test_tiny_limits_are_kept() -> None:
    """Whatever the limit, it is kept."""
    found = card(Paragraph("x" * 100))
    assert all(len(render_text(found, limit=limit)) <= limit for limit in range(60))


def test_escaped_text_is_harmless() -> None:
    """In the text of a message no mention or link can come of what a text contains."""
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_choices_of_an_answer_are_left_to_the_buttons() -> None:
    """Follow-ups are offers of the card, not part of what is said."""
    found = Answer("answer", "en", "help", 1.0, "Title", (Paragraph("x"),), choices=(Choice("Mac", "on Mac?"),))
    assert render_text(found) == "Title\n\nx"

"""Nothing a user typed comes back as markup, and hardly anything comes back at all."""

from __future__ import annotations

import pytest

from bot.match.model import Surface
from tests.hostile.road import SURFACES, ask, everything_said

# The word is in no file of ours; where it shows up, it came from the question.
_WORD = "Zzqvx"
MARKERS = [
    f"<!channel> {_WORD}",
    f"<!here|{_WORD}>",
    f"<!subteam^S1|@{_WORD}>",
    f"<!date^1^{{date}}|{_WORD}>",
    f"<@U{_WORD}>",
    f"<#C1|{_WORD}>",
    f"@{_WORD}",
    f"@channel {_WORD}",
    f"*{_WORD}*",
    f"_{_WORD}_",
    f"~{_WORD}~",
    f"`{_WORD}`",
    f"```{_WORD}```",
    f"<https://{_WORD}.example/x|Gmail>",
    f"https://{_WORD}.example/path",
    f"[{_WORD}](https://{_WORD}.example)",
    f"<mailto:{_WORD}@example.jp|{_WORD}@example.jp>",
    f"{_WORD}@example.jp",
    f"{_WORD}.example.jp",
    f"imap.{_WORD}.jp",
    f":{_WORD}:",
    f"&lt;!channel&gt; {_WORD}",
    f"<script>alert('{_WORD}')</script>",
    f"{{{_WORD}}}",
    f"\u202e{_WORD}",
    f"\n> {_WORD}\n",
]
QUESTIONS = [
    "{m}",
    "Gmailの送信ポートは？ {m}",
    "{m} のIMAP設定を教えて",
    "What are the IMAP settings for {m}?",
    "{m} とは何ですか",
    "what is {m}?",
    "エラー {m} が出て送信できません 550",
    "これで合ってますか？ 受信サーバー: {m} ポート 993 STARTTLS ユーザー名: {m}",
    "is this right? IMAP server {m} port 143 SSL/TLS user {m}",
    "{m} を Outlook で使いたい",
    "port {m}",
    "さくらの設定 {m}",
    "証明書の警告 {m} の名前が違う",
    "587 {m} 465",
]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("marker", MARKERS)
def test_user_text_is_not_repeated(question: str, marker: str) -> None:
    """No mention, link or markup that somebody wrote into a question stands in the answer, its card or its text."""
    for surface in ("mention", "channel"):
        outcome = ask(question.format(m=marker), surface)
        if outcome.answer is None:
            continue
        said = everything_said(outcome).replace(repr(outcome.context), "")
        assert "<!" not in said
        assert "<@" not in said
        assert _WORD.lower() not in repr(outcome.answer).lower()


@pytest.mark.parametrize("surface", SURFACES)
def test_placeholders_in_a_question_are_text(surface: Surface) -> None:
    """Braces in a question are no placeholders of ours."""
    outcome = ask("GmailのIMAPは？ {provider} {0.__class__.__mro__} %(x)s", surface)
    assert "__mro__" not in repr(outcome.answer)

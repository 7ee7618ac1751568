"""A pasted password is never repeated, remembered or handed on; and nobody is accused of pasting one who did not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.answer.engine import Outcome
from bot.match.model import Utterance
from bot.text.redact import redact_question, redact_windows
from tests.hostile.road import SURFACES, ask, engine, everything_said
from tests.support.cpu import least_cpu_ms

_FOLDER = Path(__file__).parent
SECRETS: dict[str, Any] = yaml.safe_load((_FOLDER / "secrets.yaml").read_text(encoding="utf-8"))
HARMLESS: dict[str, list[str]] = yaml.safe_load((_FOLDER / "harmless.yaml").read_text(encoding="utf-8"))


def _assert_gone(outcome: Outcome, secret: str) -> None:
    assert secret not in outcome.reading.redacted_text
    assert secret not in everything_said(outcome)
    assert outcome.reading.redacted
    if outcome.answer is not None:
        assert outcome.answer.private_notice


@pytest.mark.parametrize("form", SECRETS["forms"])
def test_pasted_password_is_gone(form: str) -> None:
    """However a password is pasted, its value is taken out and the asker is told privately."""
    for value in SECRETS["values"]:
        reading = engine().answer(Utterance(form.replace("{v}", value))).reading
        assert value not in reading.redacted_text
        assert reading.redacted
    _assert_gone(ask(form.replace("{v}", SECRETS["values"][0])), SECRETS["values"][0])


@pytest.mark.parametrize(("text", "secret"), SECRETS["whole"], ids=lambda value: value[:30])
def test_secret_with_a_form_of_its_own_is_gone(text: str, secret: str) -> None:
    """Keys, tokens, sign-in lines of protocols and settings files are recognised by what they look like."""
    for surface in SURFACES:
        _assert_gone(ask(text, surface), secret)


@pytest.mark.parametrize("sentence", HARMLESS["ja"] + HARMLESS["en"])
def test_everyday_sentence_passes_untouched(sentence: str) -> None:
    """Who only speaks about passwords is not told that one was pasted."""
    outcome = ask(sentence)
    assert not outcome.reading.redacted
    assert outcome.reading.redacted_text == sentence


@pytest.mark.parametrize(
    "pasted", ["password: hunter2secret", "パスワードは hunter2secret です", "https://taro:hunter2secret@example.com/"]
)
def test_no_cut_of_a_long_text_frees_a_secret(pasted: str) -> None:
    """Where a long text is shortened, no piece of a password is left without the word that gives it away."""
    for before in range(0, 2_600, 7):
        text = "ab " * (before // 3) + pasted + " cd" * 1_500
        assert "2secret" not in redact_windows(text).text
    for after in range(300, 1_300, 3):
        text = "ab " * 1_500 + pasted + " cd" * (after // 3)
        assert "2secret" not in redact_windows(text).text


@pytest.mark.parametrize("lines", [10, 40, 100, 400])
@pytest.mark.parametrize("before", [0, 1_000, 1_590, 1_620, 4_000])
def test_no_cut_of_a_private_key_is_kept(before: int, lines: int) -> None:
    """A private key is gone as a whole, wherever a long text is cut."""
    key = "-----BEGIN PRIVATE KEY-----\n" + "MIIEsecretsecret\n" * lines + "-----END PRIVATE KEY-----\n"
    assert "MIIE" not in ask("x " * (before // 2) + key + "どうすればいいですか").reading.redacted_text


def test_secret_does_not_live_on_in_a_thread() -> None:
    """What was pasted once is not in what the conversation remembers, nor in the answers that follow."""
    first = ask("Gmailのパスワードは hunter2secret です。IMAPの設定は？")
    second = ask("じゃあ送信は？", context=first.context)
    assert "hunter2secret" not in repr(first.context) + repr(second.context) + everything_said(second)


_FILLER = "お世話になっております。本日の会議は三時からです。 The meeting is at noon, see you there.\n"


@pytest.mark.parametrize(
    "text",
    [
        "> password: hunter2secret\n> thanks\n\nGmailのIMAPの設定は？",
        "GmailのIMAPの設定は？\n\n> パスワード：\n> hunter2secret\n",
        "GmailのIMAPの設定は？\n&gt; パスワードは hunter2secret です",
        "GmailのIMAPの設定は？\n>> user taro\n>> pass hunter2secret\n> そうですか",
        "GmailのIMAPの設定は？\n" + _FILLER * 50 + "password: hunter2secret\n" + _FILLER * 50,
        "GmailのIMAPの設定は？\n" + _FILLER * 300 + "ログイン情報: taro / hunter2secret\n" + _FILLER * 30,
    ],
    ids=["above", "below", "escaped", "twice quoted", "middle", "far middle"],
)
def test_asker_is_warned_of_a_secret_that_nobody_reads(text: str) -> None:
    """A password in quoted mail, or in the part of a long text that is left out, is warned about all the same."""
    outcome = ask(text)
    _assert_gone(outcome, "hunter2secret")
    assert outcome.answer is not None
    assert outcome.answer.decision == "answer"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_quoted_mail_about_passwords_is_no_secret(language: str) -> None:
    """Who quotes a whole correspondence about passwords, without one in it, is not warned."""
    for sentence in HARMLESS[language]:
        quoted = "".join(f"> {line}\n" for line in sentence.split("\n"))
        outcome = ask(f"GmailのIMAPの設定は？\n\n> 先日の件です。\n{quoted}> よろしくお願いします。\n")
        assert not outcome.reading.redacted, sentence
        assert sentence not in outcome.reading.redacted_text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_long_talk_about_passwords_takes_no_time(language: str) -> None:
    """Forty thousand characters of mail are looked through for secrets in a few milliseconds."""
    text = (("\n".join(HARMLESS[language]) + "\n") * 40)[:40_000]
    # The aim is 20; a busy machine may take longer, but not by more than this.
    assert least_cpu_ms(lambda: redact_question(text), tries=3) < 100

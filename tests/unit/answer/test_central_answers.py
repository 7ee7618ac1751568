"""The answers that are asked for most, on the shipped knowledge, in both languages: what they must and must not say."""

from __future__ import annotations

from functools import cache

import pytest

from bot.answer.engine import Engine, Outcome
from bot.answer.model import SettingsTable
from bot.cards.text import render_text
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.kb.model import Language
from bot.match.model import Utterance


@cache
def engine() -> Engine:
    return Engine(Lookup(load_knowledge([shipped_root()])))


def ask(text: str) -> tuple[Outcome, str]:
    outcome = engine().answer(Utterance(text))
    assert outcome.answer is not None
    return outcome, render_text(outcome.answer)


SETTINGS = [
    (("Gmailの送信ポートは？", "Gmail smtp port?"), {("smtp", "smtp.gmail.com", 465, "implicit_tls")}),
    (("GmailのIMAPの設定", "gmail imap settings"), {("imap", "imap.gmail.com", 993, "implicit_tls")}),
    (
        (
            "エックスサーバーをThunderbirdで使いたい。ポート番号は？",
            "I want to use Xserver with Thunderbird. Which ports?",
        ),
        {
            ("imap", "sv*.xserver.jp", 993, "implicit_tls"),
            ("pop3", "sv*.xserver.jp", 995, "implicit_tls"),
            ("smtp", "sv*.xserver.jp", 465, "implicit_tls"),
        },
    ),
    (("iCloudメールの送信サーバー", "icloud outgoing server"), {("smtp", "smtp.mail.me.com", 587, "starttls")}),
    (
        ("Outlook.comのIMAP設定を教えて", "What are the IMAP settings for Outlook.com?"),
        {("imap", "outlook.office365.com", 993, "implicit_tls")},
    ),
]


@pytest.mark.parametrize(
    ("questions", "expected"), SETTINGS, ids=lambda value: value[0] if isinstance(value, tuple) else ""
)
def test_settings_are_right_in_both_languages(
    questions: tuple[str, str], expected: set[tuple[str, str, int, str]]
) -> None:
    """The same question gets the same settings in Japanese and in English, with a dated source."""
    for question, language in zip(questions, ("ja", "en"), strict=True):
        outcome, _ = ask(question)
        assert outcome.answer is not None
        assert outcome.answer.language == language
        rows = [row for s in outcome.answer.sections if isinstance(s, SettingsTable) for row in s.rows]
        assert {(row.protocol, row.hostname, row.port, row.security) for row in rows} == expected
        assert any(line.dated for line in outcome.answer.sources)


SAYINGS = [
    ("IMAPのポートは何番ですか？", ["993", "143"]),
    ("Which port does POP3 use?", ["995", "110"]),
    ("送信のポートは？", ["465", "587"]),
    ("ポート587とは", ["STARTTLS", "submission"]),
    ("Is port 465 deprecated?", ["RFC 8314"]),
    ("465と587の違いは？", ["465", "587", "STARTTLS"]),
    ("ポート番号の範囲は？", ["65535", "1023", "49151"]),
    ("What are TCP and UDP?", ["TCP", "UDP"]),
    ("SMTP AUTHとは", ["認証"]),
    ("OP25Bとは何ですか", ["25", "587"]),
    ("ポート22は何ですか", ["22", "993"]),
    ("受信 993 STARTTLS、送信 465 SSL/TLS で合っていますか？", ["993", "SSL/TLS"]),
]


@pytest.mark.parametrize(("question", "words"), SAYINGS, ids=[question for question, _ in SAYINGS])
def test_common_questions_are_answered(question: str, words: list[str]) -> None:
    """What the first article about mail ports explains can be asked for."""
    outcome, text = ask(question)
    assert outcome.answer is not None
    assert outcome.answer.decision == "answer"
    assert [word for word in words if word not in text] == []


def test_plaintext_of_the_manual_is_told_honestly() -> None:
    """Xserver's manual lists ports without encryption; the card says so and recommends the encrypted ones."""
    outcome, text = ask("エックスサーバーのメール設定を教えて")
    assert outcome.answer is not None
    rows = [row for s in outcome.answer.sections if isinstance(s, SettingsTable) for row in s.rows]
    assert {row.port for row in rows} == {993, 995, 465}
    assert "SSLなし" in text
    assert "sv1234.xserver.jp" in text


def test_every_provider_answers_in_both_languages() -> None:
    """No provider of the knowledge makes a broken or an empty card."""
    for provider in engine().lookup.knowledge.providers:
        for question in (
            f"{provider.names.ja}のメール設定を教えて",
            f"What are the mail settings for {provider.names.en}?",
        ):
            _, text = ask(question)
            assert "{" not in text
            assert len(text.splitlines()) > 3


@pytest.mark.parametrize("language", ["ja", "en"])
def test_buttons_ask_questions_that_are_answered(language: Language) -> None:
    """Whatever a button asks is answered in the same language; pressing one never leads to another question back."""
    firsts = {
        "ja": (
            "Gmailの送信ポートは？",
            "OCNの設定",
            "IMAPのポートは？",
            "メールの設定を教えて",
            "送信できない",
            "使い方",
            "xserver username",
        ),
        "en": ("Gmail smtp port?", "iCloud mail settings", "which port is imap?", "what are my mail settings?", "help"),
    }[language]
    asked: dict[str, None] = {}
    for first in firsts:
        answer = engine().answer(Utterance(first, chosen_language=language)).answer
        assert answer is not None
        asked |= dict.fromkeys(choice.ask for choice in answer.choices)
    assert len(asked) > 15
    found = {ask: engine().answer(Utterance(ask)).answer for ask in asked}
    unanswered = {ask for ask, a in found.items() if a is None or (a.decision, a.language) != ("answer", language)}
    assert unanswered == set()


FAULTS = [
    ("送信 smtp.example.jp 465 なし 合ってる？", ["465", "「なし」", "SSL/TLS"], ["正しい"]),
    ("143 なし 合ってる？", ["143", "「なし」", "993"], ["正しい"]),
    ("587 none is this right?", ["587", "no encryption", "STARTTLS"], ["belong together"]),
    ("no encryption 993 imap.example.com correct?", ["993", "no encryption"], ["belong together"]),
    (
        "これで合ってますか\n受信サーバー: imap.gmail.com\nポート: 993\n接続の保護: STARTTLS\nユーザー名: taro\n送信サーバー: smtp.gmial.com\nポート: 25",
        ["993", "ユーザー名", "`smtp.gmial.com`", "OP25B"],
        ["合っています"],
    ),
    ("is this right? smtp.fastmial.com 465 SSL", ["smtp.fastmial.com", "smtp.fastmail.com", "Fastmail"], []),
    ("合ってますか OCN smtp.ocn.ne.jp 465 SSL/TLS", ["この設定で合っています"], ["直すところ"]),
    ("Is this right? imap.gmail.com 993 SSL", ["These settings are right"], ["needs to be changed"]),
    ("OCN これで合ってる？ 受信 imap.ocn.ne.jp 993", ["書かれている値は合っています", "暗号化"], ["直すところ"]),
    (
        "Outlook.com smtp-mail.outlook.com 587 STARTTLS 認証は通常のパスワード 合ってますか",
        ["直すところがあります", "認証：Outlook.com（Hotmail）は、パスワードでの接続に対応していません", "OAuth2"],
        ["合っています", "一致しています"],
    ),
    (
        "Is this right? outlook.office365.com 993 SSL/TLS authentication: normal password",
        ["Something needs to be changed", "does not accept a password", "OAuth2"],
        ["These settings are right", "matches"],
    ),
    ("smtp-mail.outlook.com 587 STARTTLS 合ってますか", ["書かれている値は合っています", "認証方式"], ["この設定で"]),
    ("is smtp-mail.outlook.com 587 STARTTLS correct?", ["so not checked: the authentication"], ["These settings are"]),
    ("合ってますか smtp-mail.outlook.com 587 STARTTLS OAuth2", ["この設定で合っています"], ["確認していない"]),
    ("OCN smtp.ocn.ne.jp 465 SSL/TLS OAuth2 合ってますか", ["OAuth2はありません"], ["この設定で合っています"]),
    ("is this right? smtp.ocn.ne.jp 465 SSL/TLS OAuth2", ["does not document OAuth2"], ["These settings are right"]),
    ("imap.gmail.com 993 SSL 認証方式: 通常のパスワード認証 合ってますか", ["この設定で合っています"], ["直すところ"]),
    (
        "受信 993 STARTTLS、送信 465 SSL/TLS で合っていますか？",
        ["直すところがあります", "受信（IMAP）と送信（SMTP）のサーバー名", "ポート 993 は接続した時点から", "送信（SMTP）：ポート 465 と「SSL/TLS」の組み合わせは正しいです"],
        ["受信（IMAP）：ポート 993 と"],
    ),
    (
        "incoming 993 SSL/TLS, outgoing 465 STARTTLS, is this right?",
        ["Server for Receiving (IMAP) and Sending (SMTP)", "port 465 is encrypted from", 'Receiving (IMAP): port 993 and "SSL/TLS" belong together'],
        ["Sending (SMTP): port 465 and"],
    ),
    ("合ってますか imap.gmail.com 993 SSL ユーザー名 taro", ["ユーザー名：", "ポート 993 と「SSL/TLS」の組み合わせは正しいです"], []),
    ("iCloudメール smtp.mail.me.com 465 SSL でいい？", ["直すところがあります", "ポート 465 は案内されていません"], []),
    ("should I use smtp.mail.me.com 465 SSL for iCloud?", ["Something needs", "port 465 is not documented"], []),
    ("受信 110、送信 25 で合っていますか", ["受信（POP3）のサーバー名と暗号化", "送信（SMTP）のサーバー名"], ["送信（SMTP）の暗号化"]),
    ("incoming 110, outgoing 25, is this right?", ["not checked: Server and Encryption for Receiving (POP3); Server for Sending (SMTP)"], []),
    ("送信ポート993で合っていますか", ["ポート 993 は受信用", "送信（SMTP）のサーバー名"], ["サーバー名と暗号化"]),
    ("合ってますか iPhone OCN smtp.ocn.ne.jp 465 SSL", ["この設定で合っています"], ["直すところ"]),
]  # fmt: skip


@pytest.mark.parametrize(("question", "held", "not_held"), FAULTS, ids=[question for question, *_ in FAULTS])
def test_pasted_settings_are_judged(question: str, held: list[str], not_held: list[str]) -> None:
    """Each fault of a paste is named, a right paste is called right, and what was left out is said."""
    outcome, text = ask(question)
    assert outcome.answer is not None
    assert outcome.answer.intent == "check_settings"
    assert [words for words in held if words.replace("`", "") not in text] == []
    assert [words for words in not_held if words in text] == []


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Gmailにサインインできない", "アプリ パスワード"),
        ("I can't sign in to iCloud mail", "app-specific password"),
        ("Yahoo!メールで認証エラーになる", "アクセス"),
        ("Microsoft 365のSMTPがパスワードで送れない", "OAuth2"),
    ],
)
def test_the_usual_cause_at_a_provider_comes_first(question: str, first: str) -> None:
    """What nearly always stops people at a provider stands above the general advice."""
    _, text = ask(question)
    assert first in text.split("\n\n")[1]


def test_the_end_of_password_sending_is_told_with_the_trouble() -> None:
    """Who cannot send with a password at Microsoft 365 reads about basic authentication, with its source."""
    outcome, text = ask("Microsoft 365のSMTPがパスワードで送れない")
    assert "基本認証" in text
    assert outcome.answer is not None
    assert any("Basic Authentication" in source.title for source in outcome.answer.sources)


@pytest.mark.parametrize("question", ["softbank_mms iphone 設定", "tutanota in Thunderbird"])
def test_no_steps_where_no_program_can_work(question: str) -> None:
    """A service without IMAP, POP and SMTP is not set up step by step."""
    _, text = ask(question)
    assert "1. " not in text


@pytest.mark.parametrize(
    ("question", "title"),
    [("ロリポップの設定", "公開されている設定例"), ("lolipop mail settings", "public configurations")],
)
def test_a_code_search_is_called_what_it_is(question: str, title: str) -> None:
    """A source that is a search over published configurations says so, in the language of the answer."""
    _, text = ask(question)
    assert title in text
    assert "GitHub code search:" not in text


def test_what_must_be_done_first_stands_before_the_right_values() -> None:
    """In a check too, the step without which nothing works comes before the table."""
    for question, step in (
        ("smtp-mail.outlook.com 587 STARTTLS 合ってますか", "「転送とIMAP」を開き"),
        ("is smtp-mail.outlook.com 587 STARTTLS correct?", "Forwarding and IMAP"),
    ):
        _, text = ask(question)
        assert text.index(step) < text.index("smtp-mail.outlook.com")


@pytest.mark.parametrize(
    ("question", "held", "not_held"),
    [
        ("Yahoo Mail（yahoo.com）をBecky!で使う設定", ["認証方式：標準（"], ["認証方式：OAuth2"]),
        ("yahoo.com mail in Becky", ["standard) (enter an app password"], ["OAuth2 (you approve"]),
        ("Outlook.comをBecky!で使う設定", ["OAuth2でしか接続できません。Becky!"], []),
        ("Outlook.com in Becky", ["accepts OAuth2 only. If Becky!"], []),
        ("Outlook.comをGalaxyのメールアプリで使う設定", ["OAuth2でしか接続できません。Samsung Email"], []),
        ("Outlook.comをThunderbirdで使う設定", ["OAuth2"], ["しか接続できません"]),
        ("Outlook.comをiPhoneで使う設定", ["OAuth2（サインイン"], ["しか接続できません"]),
        ("GmailをiPhoneで使う設定", ["OAuth2（サインイン"], ["しか接続できません"]),
        ("gmail on my iPhone", ["OAuth2 (you approve"], ["accepts OAuth2 only"]),
    ],
)
def test_no_program_is_said_to_offer_oauth2_in_a_field_without_it(
    question: str, held: list[str], not_held: list[str]
) -> None:
    """OAuth2 is named where the program can do it; where a service takes nothing else, this is said before the steps."""
    _, text = ask(question)
    steps = text.find("1. ")
    assert [words for words in held if not -1 < text.find(words) < steps] == []
    assert [words for words in not_held if words in text] == []


@pytest.mark.parametrize(
    "question", ["ロリポップの設定", "ヘテムルの設定", "コアサーバーの設定", "Lolipop mail settings"]
)
def test_examples_of_hosting_companies_are_at_no_domain_of_theirs(question: str) -> None:
    """Nobody is led to think that a user name ends with the hosting company's own domain."""
    _, text = ask(question)
    assert "taro@example." in text


@pytest.mark.parametrize(
    "question", ["465でいい？", "smtp.mail.me.com 465 はSSLとSTARTTLSどっちがいい？", "is 465 or 587 better?"]
)
def test_a_choice_is_no_check(question: str) -> None:
    """Who asks which of two to take, or about a port without a server, is not told that settings are right or wrong."""
    outcome, _ = ask(question)
    assert outcome.answer is not None
    assert outcome.answer.intent != "check_settings"

"""Pasted secrets are taken out; everyday questions about passwords pass untouched."""

from __future__ import annotations

import pytest

from bot.text.redact import redact, redact_question, redact_windows
from bot.text.secret_value import looks_secret
from tests.support.cpu import least_cpu_ms

SECRETS = [
    ("password: hunter2", "hunter2"),
    ("Password = P@ssw0rd! for gmail", "P@ssw0rd"),
    ("PW=xxx9", "xxx9"),
    ("password: Xk9a,22!zQ8w", "zQ8w"),
    ("pw: mN4;25#Tq9z", "Tq9z"),
    ("password=Abc1,id-99xZ", "99xZ"),
    ("password: s3cr;id;tail88X", "tail88X"),
    ("pwd: letmein", "letmein"),
    ("my password is hunter2", "hunter2"),
    ("my password is Summer! but it fails", "Summer"),
    ("the password is letmein, why is it refused?", "letmein"),
    ("password hunter2 doesn't work", "hunter2"),
    ("user: taro / pass: Tiger99", "Tiger99"),
    ("My app password is abcd-efgh-ijkl-mnop", "abcd-efgh"),
    ("app password: abcd efgh ijkl mnop", "ijkl mnop"),
    ("AUTH PLAIN AGZvbwBiYXI=", "AGZvbwBiYXI="),
    ("a1 LOGIN taro secret99", "secret99"),
    ("token xoxb-1234567890-abcdefgh", "xoxb-1234567890-abcdefgh"),
    ("xapp-1-A0123-456-abcdef", "xapp-1-A0123-456-abcdef"),
    ("Authorization: Bearer abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwx"),
    ("smtp://taro:pass1@mail.example.jp", "pass1"),
    ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", "abc"),
    ("パスワードは abc123 です", "abc123"),
    ("パスワード：ひみつ123", "ひみつ123"),
    ("パスワードはhimitsuです", "himitsu"),
    ("パスワードを Tanuki2024 に変更したのにログインできません", "Tanuki2024"),
    ("pass「himitsu77」でログインできない", "himitsu77"),
    ("アプリパスワード abcd efgh ijkl mnop", "abcd efgh"),
    ("ﾊﾟｽﾜｰﾄﾞ:abc123", "abc123"),
    ("ｐａｓｓｗｏｒｄ：ｓｅｃｒｅｔ９", "ｓｅｃｒｅｔ９"),
    ("pass\u200bword: hunter2", "hunter2"),
    ("taro@example.jp / hunter2 でログインできない", "hunter2"),
    ("ID/PW: taro / abc999", "abc999"),
]

HARMLESS = [
    "what is an app password?",
    "password incorrect",
    "my password is not accepted",
    "my password is wrong, what now",
    "password is case-sensitive",
    "Password: required",
    "password: ********",
    "what does this mean",
    "how to pass port 587 through the firewall",
    "password error 0x800CCC92",
    "password smtp.gmail.com",
    "The password I use is the same as webmail",
    "I keep getting asked for password in Outlook 2019",
    "SMTP AUTH login plain",
    "Should the password be my google password?",
    "パスワードは何ですか",
    "パスワードが違います",
    "パスワードはGmailと同じですか",
    "パスワード：メールアドレスのパスワード",
    "認証方式: 通常のパスワード認証",
    "アプリパスワードはどこで作りますか",
    "パスワードは合っているのに認証エラー",
    "パスワードはIMAP専用パスワードですか",
    "パスワードは8文字以上",
    "taro@example.jp と hanako@example.jp",
    "サポートに問い合わせました",
]

HOSTILE = [
    "password ",
    "pass:",
    "パスワード",
    "login a ",
    "aaaa ",
    "://a:",
    "auth plain ",
    "eyj",
    "password '",
    "@",
    "a",
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_pasted_secret_is_taken_out(text: str, secret: str) -> None:
    """The value is gone from the text, and the asker can be told so."""
    redaction = redact(text)
    assert redaction.found
    assert secret not in redaction.text


@pytest.mark.parametrize("text", HARMLESS)
def test_question_about_passwords_passes_untouched(text: str) -> None:
    """Nothing is taken out where no secret stands."""
    redaction = redact(text)
    assert not redaction.found
    assert redaction.text == text


def test_the_rest_of_the_message_stays() -> None:
    """Only the value is replaced, in the sign of the message's language."""
    assert redact("password: hunter2, port 993?").text == "password: [redacted], port 993?"
    assert redact("パスワードは abc123 です。ポートは？").text == "パスワードは ●●● です。ポートは？"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("hunter2x is my password, port 993?", "[redacted] is my password, port 993?"),
        ("I use hunter2x as the password for Gmail", "I use [redacted] as the password for Gmail"),
        ("password: letmein but port 993 fails", "password: [redacted] but port 993 fails"),
        ("password: correct horse battery staple\nport 993?", "password: [redacted]\nport 993?"),
        ("password for imap: hunter2x on 993", "password for imap: [redacted] on 993"),
        ("creds: taro / hunter2x, Gmail", "creds: taro / [redacted], Gmail"),
        ("password from hunter2x to tiger99y, Gmail?", "password from [redacted] to [redacted], Gmail?"),
        ("パスワードは「さくらもち」です。ポートは？", "パスワードは「●●●」です。ポートは？"),
        ("パスワードはさくらもちです。Gmailです", "パスワードは●●●です。Gmailです"),
        ("hunter2xがパスワードです。Gmailです", "●●●がパスワードです。Gmailです"),
        ("ログイン情報: taro / hunter2x、ポートは993", "ログイン情報: taro / ●●●、ポートは993"),
        ("暗証番号は4649です。ポートは993", "暗証番号は●●●です。ポートは993"),
        ("taro@example.jp\nhunter2x\nGmailです", "taro@example.jp\n●●●\nGmailです"),
    ],
)
def test_the_question_around_a_secret_stays(text: str, kept: str) -> None:
    """Whatever the form, only the value goes: the question can still be answered."""
    assert redact(text).text == kept


def test_quoted_lines_are_left_out_and_still_looked_at() -> None:
    """What is kept is the question alone; a secret in the mail below it is reported."""
    kept = redact_question("Gmail?\n> password:\n> hunter2x\n")
    assert kept.found
    assert kept.text.strip() == "Gmail?"
    assert not redact_question("Gmail?\n> password: required\n").found


@pytest.mark.parametrize(
    "value", ["hunter2x", "Tr0ub4dor&3", "xK3.y8.Qw", "correct-horse-7", "p@ss.word", "Zx=9/a+Bq", "qwertyZ9"]
)
def test_what_looks_like_a_password(value: str) -> None:
    """Letters mixed with digits or signs look like a password, with dots in it too."""
    assert looks_secret(value)


@pytest.mark.parametrize(
    "value",
    [
        "imap.gmail.com",
        "Smtp.Gmail.com:465",
        "taro@example.co.jp",
        "0x800CCC0E",
        "5.7.8",
        "TLS1.2",
        "SSL/TLS",
        "iPhone15",
        "AADSTS50126",
        "main.cf",
        "16-digit",
        "993",
        "Thunderbird",
        "OAuth2",
        "method=PLAIN",
        "https://example.jp/a1",
    ],
)
def test_what_looks_like_one_and_is_none(value: str) -> None:
    """Hosts, addresses, error codes, products, versions and numbers are no passwords."""
    assert not looks_secret(value)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_costs_no_more_than_a_moment(piece: str) -> None:
    """40,000 characters made to trip the expressions are shortened and redacted in well under a tenth of a second."""
    text = (piece * 40_000)[:40_000]
    assert least_cpu_ms(lambda: redact_windows(text), most_ms=50) < 100


def test_long_text_keeps_head_and_tail_and_no_secret() -> None:
    """Of a very long message the beginning and the end stay, both without their secrets."""
    kept = redact_windows("password: hunter2 " + "x " * 5000 + "\nIMAP port? password: tiger99")
    assert kept.found
    assert kept.text.startswith("password: [redacted]")
    assert "IMAP port?" in kept.text
    assert "tiger99" not in kept.text
    assert len(kept.text) < 3000

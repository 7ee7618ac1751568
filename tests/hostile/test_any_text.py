"""Any text whatever gives one outcome that can be shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.match.model import Context, Surface, Utterance
from tests.hostile.road import SURFACES, ask, check, engine

_LONG = 40_000
UNITS = {
    "one letter": "a",
    "digits": "0",
    "long number": "9",
    "dots": ".",
    "at": "@",
    "addresses": "a@a.a ",
    "address chain": "a@a.a",
    "brackets": "<",
    "nested markup": "<<@U1|",
    "closing": "> ",
    "entities": "&lt;",
    "channel calls": "<!channel> ",
    "links": "<http://imap.gmail.com|imap.gmail.com> ",
    "long vowel": "ー",
    "katakana": "カ",
    "half-width kana": "ｶﾞ",
    "hiragana": "あ",
    "kanji": "漢",
    "katakana words": "パスワード",
    "katakana words in two cuts": "メールサーバー",
    "one character that folds to eighteen": "ﷺ",
    "zero width": "\u200b",
    "zalgo": "a\u0301\u0302\u0303\u0304",
    "combining marks alone": "\u0301",
    "emoji families": "👨\u200d👩\u200d👧",
    "emoji codes": ":a:",
    "right to left": "\u202e587",
    "lone surrogate": "\ud800",
    "wrong pair": "\udc00\ud800",
    "NUL": "\0",
    "controls": "\x01\x1b[31m",
    "spaces": " ",
    "wide spaces": "\u3000",
    "tabs": "\t",
    "line breaks": "\n",
    "line separators": "\u2028\x85",
    "quoted mail": "> 返信です\n",
    "backticks": "`",
    "fences": "```\n",
    "quotes": "「",
    "full-width digits": "５８７ ",
    "ports": "465/587 ",
    "port words": "port 25 ",
    "providers": "gmail ヤフー ocn xserver さくら ",
    "ambiguous": "outlook yahoo さくら ",
    "misspelt": "thunderbrid gmal ",
    "error codes": "0x800CCC0E 550 5.1.1 ",
    "questions": "what is IMAP? IMAPのポートは？\n",
    "denials": "not gmail, IMAPじゃなくて",
    "secrets": "password: x1y2z3 ",
    "keywords": "password:",
    "URLs": "://a:",
    "dashes": "-----begin ",
    "settings": "受信: imap.a.jp 993 SSL 送信: smtp.a.jp 587 STARTTLS\n",
    "format fields": "{0.__class__}{x!r}%s%n${jndi:a}",
}
NUMBERS = [
    "port 99999999999999999999",
    "port -1",
    "ポート0番は使えますか",
    "port 65535",
    "port 65536?",
    "ポート６５５３６番って何？",
    "ポート " + "9" * 5_000,
    "port 1e309",
    "port 0x1F90",
    "port ④⑥⑤",
    "port ٤٦٥",
    "ポート四六五",
    "port 465465465",
    "port 000465",
    "port ²⁵",
    "ports " + " ".join(str(n) for n in range(2_000)),
    "0-65535",
    "port 1-99999999999",
    "587" * 100,
    "5.1.1" * 100,
    "1.2.3.4:993:993:993",
    "0x" + "f" * 400,
]
_ODD = [
    "\ud800",
    "\0",
    "\u202e",
    "\u200b",
    "\u0301",
    "ﷺ",
    "<",
    ">",
    "&lt;",
    "`",
    "@",
    "://",
    ".",
    "-",
    "「",
    "」",
    "\n",
    "\u2028",
]
_WORDS = [
    "port",
    "ポート",
    "465",
    "587",
    "993",
    "６５５３６",
    "gmail",
    "ヤフー",
    "outlook",
    "さくら",
    "imap",
    "pop",
    "smtp",
    "ssl",
    "starttls",
    "thunderbird",
    "iphone",
    "じゃあ",
    "not",
    "ではなく",
    "パスワード",
    "password:",
    "x1y2z3",
    "0x800CCC0E",
    "550",
    "5.7.1",
    "送信できない",
    "cannot",
    "what",
    "とは",
    "どっち",
    "or",
    "と",
    "taro@example.jp",
    "imap.example.jp",
    "help",
    "ありがとう",
    "{",
    "}",
    "%",
    "<!channel>",
    "*a*",
    "25番",
    "証明書",
    "error",
    "違い？",
    "ok?",
]


def asks_something(unit: str) -> bool:
    """Say whether a piece of text is itself a question about mail, or tells of a trouble."""
    return any(sign in unit for sign in "?？") or "0x800CCC0E" in unit


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(
    "text",
    ["", " ", "\u3000\n\t", "<@U0MAILPORT>", "<@U1> <@U2|bot>", "\u200b\u200d", "\ud800", "\0", "?", "…"],
    ids=ascii,
)
def test_next_to_nothing(text: str, surface: Surface) -> None:
    """Who says nothing gets help where we were asked, and silence where we were not."""
    outcome = ask(text, surface)
    assert (outcome.answer is None) == (surface == "channel")


@pytest.mark.parametrize("name", UNITS)
def test_forty_thousand_characters(name: str) -> None:
    """A text as long as Slack allows gives one outcome, whatever it consists of."""
    unit = UNITS[name]
    text = (unit * (_LONG // len(unit) + 1))[:_LONG]
    assert ask(text).decision == ask(text).decision
    assert ask(text, "channel").answer is None or asks_something(unit)
    assert ask(f"Gmailの送信ポートは？ {text}").answer is not None


@pytest.mark.parametrize("name", UNITS)
@pytest.mark.parametrize("length", [1, 7, 60, 700, 2_399])
def test_shorter_texts_that_are_read_whole(name: str, length: int) -> None:
    """Below the length at which a text is shortened every character counts, and does no harm either."""
    unit = UNITS[name]
    text = (unit * (length // len(unit) + 1))[:length]
    assert ask(text).answer is not None
    assert ask(text).decision == ask(text).decision


@pytest.mark.parametrize("text", NUMBERS, ids=lambda text: text[:24])
def test_numbers_that_are_no_ports(text: str) -> None:
    """No number, however written, breaks the reading."""
    for surface in SURFACES:
        assert ask(text, surface).answer is not None or surface == "channel"


def test_question_above_a_thousand_quotes() -> None:
    """A question above a thousand quoted lines is answered as if it stood alone."""
    question = "Gmailの送信ポートは？"
    quoted = "".join(f"> {n} 田中です。IMAPとPOPの設定は？\n>> port 25\n" for n in range(1_000))
    alone, above = ask(question), ask(f"{question}\n\n{quoted}")
    assert alone.answer is not None
    assert above.answer is not None
    assert above.answer.sections == alone.answer.sections


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_any_characters(text: str) -> None:
    """Any characters give one outcome that Slack and a terminal can show, and somebody who asked us is never ignored."""
    assert ask(text).answer is not None


@settings(max_examples=250, deadline=None)
@given(
    st.lists(st.sampled_from(_ODD + _WORDS), max_size=40), st.sampled_from(["", " ", "\n"]), st.sampled_from(SURFACES)
)
def test_words_of_the_subject_in_any_order(words: list[str], joint: str, surface: Surface) -> None:
    """Words of the subject between odd characters, in any order, give one outcome on every surface."""
    assert ask(joint.join(words), surface).answer is not None or surface == "channel"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6), min_size=2, max_size=6))
def test_any_conversation(questions: list[list[str]]) -> None:
    """Any questions one after another in one thread give an outcome each."""
    context: Context | None = None
    for words in questions:
        outcome = engine().answer(Utterance(" ".join(words)), context)
        check(outcome)
        context = outcome.context

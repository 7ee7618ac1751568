"""Hostile text costs no more than honest text: the time grows with the length and no faster."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.answer.pasted import read_settings
from bot.match.model import Utterance
from bot.text.fold import fold
from bot.text.language import detect_language
from bot.text.manners import without_manners
from bot.text.markup import plain_text, quoted_lines, strip_quotes
from bot.text.redact import redact
from tests.hostile.road import engine
from tests.hostile.test_any_text import UNITS
from tests.support.cpu import least_cpu_ms

# Twenty milliseconds is the aim on a quiet machine; a shared one may take five times as long without failing.
_MOST_MS = 100.0
_NOTICEABLE_MS = 1.5
_MOST_GROWTH = 3.0
"""Twice the length may take twice the time, with some noise; a square would take four times as long."""
TRAPS = UNITS | {
    "spaces and a letter": " " * 50 + "a",
    "closing brackets": ">",
    "open links": "<http://",
    "open mails": "<mailto:a@",
    "open emoji": ":a",
    "ampersands": "&",
    "parentheses": "password(",
    "user and pass": "user/pass: a",
    "login": "login a ",
    "curl": " -u a",
    "auth": "auth plain ",
    "challenges": "auth plain 334 ",
    "tokens": "eyjaaaaaaaaaaa.",
    "groups of four": "abcd ",
    "groups with dashes": "abcd-",
    "keys": "-----begin private key",
    "said": "パスワードは ",
    "about": "password for a is ",
    "katakana run": "カー",
    "hosts": "a.b.c.jp.",
    "host labels": "a-",
    "underlines": "user_",
    "equals": "=",
    "encryption": "ssl tls ",
    "full stops": ". ",
    "redacted": "●●●",
    "thanks": "thanks ",
}
READERS: dict[str, Callable[[str], object]] = {
    "fold": lambda text: fold(text, keep_lines=True),
    "language": detect_language,
    "quotes": strip_quotes,
    "quoted lines": quoted_lines,
    "slack markup": plain_text,
    "redact": redact,
    "manners": without_manners,
    "settings": read_settings,
}


def _made_of(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


@pytest.mark.parametrize("reader", READERS)
def test_no_reader_is_slow_on_any_pattern(reader: str) -> None:
    """Each step of the reading takes twice as long for twice the text, whatever the text consists of."""
    work = READERS[reader]
    slow = []
    for name, unit in TRAPS.items():
        for attempt in range(3):
            once, twice = _made_of(unit, 8_000), _made_of(unit, 16_000)
            double = least_cpu_ms(lambda text=twice: work(text), most_ms=_NOTICEABLE_MS)
            if double < _NOTICEABLE_MS or double / least_cpu_ms(lambda text=once: work(text)) < _MOST_GROWTH:
                break
            if attempt == 2:
                slow.append(name)
    assert slow == []


def test_long_texts_are_answered_at_once() -> None:
    """Forty thousand characters of any kind are read and answered in a blink."""
    slow = {}
    for name, unit in TRAPS.items():
        text = _made_of(unit, 40_000)
        cost = least_cpu_ms(lambda text=text: engine().answer(Utterance(text)), most_ms=_MOST_MS / 2)
        if cost > _MOST_MS:
            slow[name] = cost
    assert slow == {}


@pytest.mark.parametrize(
    "unit",
    [
        "メールサーバー",
        "パスワード",
        "サーバーアドレス",
        "アカウントパスワード",
        "アプリパスワード",
        "au9",
        "のIMAP ポート",
        "thunderbrie ",
    ],
)
@pytest.mark.parametrize("end", ["", "ヲヲ", "ー", "x", "？"])
def test_words_that_can_be_cut_in_two_ways(unit: str, end: str) -> None:
    """A message of a few lines never keeps the bot busy, however often one word is said in it."""
    for length in (80, 300, 2_390):
        text = unit * (length // len(unit)) + end
        assert least_cpu_ms(lambda text=text: engine().answer(Utterance(text)), most_ms=_MOST_MS / 2) < _MOST_MS


@pytest.mark.parametrize("trap", [*TRAPS, "code in a reply"])
def test_an_answer_to_a_short_text_is_not_slow_either(trap: str) -> None:
    """Below the length at which a text is cut short, every reader sees all of it: twice the text, no more than thrice the time."""
    unit = TRAPS.get(trap, "550 5.7.1 ")
    asked = engine()
    double = 0.0
    for _ in range(3):
        once, twice = _made_of(unit, 1_200), _made_of(unit, 2_400)
        double = least_cpu_ms(lambda text=twice: asked.answer(Utterance(text)), most_ms=_MOST_MS / 2)
        if (
            double < _MOST_MS / 2
            or double / least_cpu_ms(lambda text=once: asked.answer(Utterance(text))) < _MOST_GROWTH
        ):
            return
    pytest.fail(f"{double:.0f} ms")

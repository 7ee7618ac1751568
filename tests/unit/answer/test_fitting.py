"""Answers hold what belongs to the question: its direction, its provider's own step, no more notes than can be read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.answer.model import BulletList, Paragraph, PlainTable, SettingsTable
from bot.answer.relevance import fits, mentioned
from bot.cards.text import render_text
from bot.kb.model import Language, Text
from bot.match.model import Match
from tests.unit.answer.sample import answer, match

BOTH: tuple[Language, ...] = ("ja", "en")
OUTGOING = "Outgoing servers have a list of their own."
FOLDERS = "IMAP folders are further down."
LETTERS = "The size of the letters can be changed."
AUTHENTICATION = "turn authentication on (English)"


@pytest.mark.parametrize(
    ("ja", "about"),
    [
        ("送信サーバーは受信とは別の一覧で管理されます。", {"smtp"}),
        ("受信メールサーバーの名前は共通です。", {"imap", "pop3"}),
        ("POPとIMAPを併用しないでください。", {"imap", "pop3"}),
        ("POPは使えません。", {"pop3"}),
        ("POP before SMTPは使えません。", {"smtp"}),
        ("110番や587番の古い設定は使えません。", {"pop3", "smtp"}),
        ("25日に終了しました。", set()),
        ("パスワードは管理画面で決めたものです。", set()),
    ],
)
def test_a_note_is_about_what_it_names(ja: str, about: set[str]) -> None:
    """A note belongs to the protocols that it names first, or to all."""
    assert mentioned(Text(ja, "")) == about


def test_a_note_about_nothing_in_particular_fits_everywhere() -> None:
    """General notes are shown whatever was asked, except where only the trouble itself counts."""
    note = Text("文字の大きさは変えられます。", "The size of the letters can be changed.")
    assert fits(note, ("smtp",))
    assert not fits(note, ("smtp",), only_named=True)


@pytest.mark.parametrize(
    ("slots", "shown", "hidden"),
    [
        ({"directions": ("send",)}, {OUTGOING, LETTERS, AUTHENTICATION}, {FOLDERS}),
        ({"protocols": ("imap",)}, {OUTGOING, FOLDERS, LETTERS}, {AUTHENTICATION}),
    ],
)
def test_notes_of_the_direction_that_was_asked(
    slots: dict[str, tuple[str, ...]], shown: set[str], hidden: set[str]
) -> None:
    """Who asks about sending reads nothing about folders; who sets up an account reads about both ways."""
    said = render_text(answer("en", match("client_setup", clients=("tegami",), **slots)))
    assert {note for note in shown | hidden if note in said} == shown


@pytest.mark.parametrize("intent", ["cannot_receive", "cannot_send"])
def test_trouble_shows_only_its_own_traps(intent: str) -> None:
    """When mail does not come in, how to switch on authentication for sending is no help."""
    said = render_text(answer("en", match(intent, "cannot_send", providers=("hoshi",), clients=("tegami",))))
    assert (AUTHENTICATION in said) is (intent == "cannot_send")
    assert (OUTGOING in said) is (intent == "cannot_send")
    assert (FOLDERS in said) is (intent == "cannot_receive")
    assert LETTERS not in said


@pytest.mark.parametrize("intent", ["cannot_send", "cannot_receive", "cannot_sign_in"])
def test_trouble_begins_with_the_step_of_the_provider(intent: str) -> None:
    """Where a provider wants an app password or a switch, that is the first thing to look at."""
    found = answer("en", match(intent, "cannot_send", providers=("kumo",)))
    assert found.sections[0] == Paragraph("switch IMAP on (English)", "warning")
    assert render_text(found).count("switch IMAP on") == 1


def test_trouble_tells_the_news_of_the_provider() -> None:
    """A change at the provider may be the cause, so it is told; what is over is not."""
    said = render_text(answer("en", match("cannot_send", "cannot_send", providers=("hoshi",))))
    assert "now (English)" in said
    assert "over (English)" not in said


@pytest.mark.parametrize("language", BOTH)
def test_a_service_that_no_program_can_use_gets_no_steps(language: Language) -> None:
    """Nobody is led through a set-up that cannot work."""
    found = answer(language, match("provider_settings", providers=("sumaho",), clients=("tegami",)))
    assert "only on the phone" in render_text(found)
    assert not any(isinstance(s, SettingsTable) or (isinstance(s, BulletList) and s.ordered) for s in found.sections)


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("intent", ["cannot_send", "cannot_receive", "cannot_sign_in", "certificate_warning"])
@pytest.mark.parametrize(("provider", "word"), [("yuhi", "2026"), ("sumaho", "only on the phone")])
def test_trouble_with_a_service_that_no_program_can_use_is_its_end(
    language: Language, intent: str, provider: str, word: str
) -> None:
    """Nobody is given steps against trouble that no step can mend, nor a heading with nothing below it."""
    found = answer(language, match(intent, "cannot_send", providers=(provider,), clients=("tegami",)))
    assert found == replace(answer(language, match("provider_settings", providers=(provider,))), intent=intent)
    assert word in render_text(found)


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (match("port25", providers=("yuhi",)), "short op25b"),
        (match("explain_error", providers=("yuhi",), errors=("refused",)), "cause"),
        (match("compare_ports", providers=("yuhi",), ports=(465, 587)), "short compare_465_587"),
    ],
)
def test_what_holds_everywhere_is_still_said_of_a_closed_service(
    language: Language, decision: Match, said: str
) -> None:
    """A rule of networks, an error or a comparison is explained, and the end of the service is told beside it."""
    text = render_text(answer(language, decision))
    assert said in text
    assert {"ja": "2026年2月25日", "en": "25 February 2026"}[language] in text
    assert "move your mail" in text
    assert {"ja": "■ ゆうひメールの設定値", "en": "■ The values for Yuhi Mail"}[language] not in text


@pytest.mark.parametrize("language", BOTH)
def test_settings_of_a_closed_service_are_not_judged(language: Language) -> None:
    """Who asks whether settings of a closed service are right learns of its end."""
    found = answer(language, match("check_settings", providers=("yuhi",)), "imap.yuhi.example.jp 993 SSL")
    assert found.title == {"ja": "ゆうひメールは終了しました", "en": "Yuhi Mail has closed"}[language]


@pytest.mark.parametrize(("language", "day"), [("ja", "2024年12月31日"), ("en", "31 December 2024")])
def test_a_program_that_has_ended_says_so_first(language: Language, day: str) -> None:
    """The end comes first; there are no steps and no table of ports for it."""
    found = answer(language, match("client_setup", clients=("furufumi",)))
    assert isinstance(found.sections[0], Paragraph)
    assert day in found.sections[0].text
    assert not any(isinstance(s, PlainTable) for s in found.sections)
    assert "old screen" not in render_text(found)
    assert "古い画面" not in render_text(found)


def test_a_program_that_has_ended_still_gets_the_servers() -> None:
    """With a provider named, its servers are shown in general words, for the program that comes next."""
    found = answer("en", match("provider_settings", providers=("hoshi",), clients=("furufumi",)))
    assert isinstance(found.sections[0], Paragraph)
    assert "31 December 2024" in found.sections[0].text
    table = next(section for section in found.sections if isinstance(section, SettingsTable))
    assert table.header[3] == "Encryption"
    assert "old screen" not in render_text(found)


def test_at_most_four_notes_and_three_sources() -> None:
    """The table stays in sight: what follows it is short."""
    found = answer("en", match("provider_settings", providers=("hoshi",), clients=("tegami",)))
    notes = found.sections[-1]
    assert isinstance(notes, BulletList)
    assert notes.items[0] == "now (English)"
    assert len(notes.items) <= 4
    assert len(found.sources) == 3


def test_several_ports_say_each_thing_once() -> None:
    """Three ports are three short texts, without a list that says the same again."""
    found = answer("en", match("explain_port", ports=(587, 465, 993)))
    assert [s.text for s in found.sections if isinstance(s, Paragraph)] == [
        f"short {port} (English)" for port in (587, 465, 993)
    ]

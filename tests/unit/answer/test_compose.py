"""Every intent and every decision: the right content, in both languages, nothing left unfilled."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.answer.compose import INTENTS
from bot.answer.general import compose_ports
from bot.answer.kit import Part, prose
from bot.answer.model import Answer, BulletList, FactList, Heading, Paragraph, PlainTable, SettingsTable
from bot.cards.text import render_text
from bot.kb.lookup import Lookup
from bot.kb.model import Language
from bot.match.model import Clarify, HandOff, IntentScore, Match, Reading, Silent, Slots
from tests.unit.answer.sample import answer, kit, lookup, match

BOTH: tuple[Language, ...] = ("ja", "en")
_KEYS = {key for document in lookup().documents("wording/ja/").values() for key in document}
KEY = re.compile(rf"(?<![\w.@])(?:{'|'.join(map(re.escape, sorted(_KEYS)))})(?![\w.])")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
REASONS = ("empty", "not_understood", "not_mail", "unknown_provider", "unknown_error", "image_only")


def said(of: Answer) -> str:
    return "\n".join([render_text(of), *(f"{choice.label}\n{choice.ask}" for choice in of.choices)])


def assert_well_said(of: Answer) -> None:
    """Words of one language, no placeholder left open, no key in place of a sentence, nothing empty."""
    text = said(of)
    assert "{" not in text
    assert not KEY.search(text)
    assert of.title.strip()
    assert of.sections
    if of.language == "en":
        assert not JAPANESE.search(text), JAPANESE.findall(text)
    else:
        assert JAPANESE.search(of.title + text)


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.parametrize(
    "slots",
    [
        {},
        {"providers": ("hoshi",)},
        {"providers": ("kumo",), "clients": ("tegami",)},
        {"providers": ("yuhi",)},
        {"clients": ("tegami",)},
        {"protocols": ("imap", "smtp")},
        {"ports": (587, 70000, 22)},
        {"terms": ("smtp_auth",), "errors": ("refused",)},
        {"providers": ("gone",), "clients": ("gone",), "terms": ("gone",), "errors": ("gone",)},
    ],
    ids=lambda slots: "+".join(slots) or "nothing",
)
def test_every_intent_says_something(language: Language, intent: str, slots: dict[str, tuple[str, ...]]) -> None:
    """Whatever the reading found, the asker gets a whole answer in their language."""
    assert_well_said(answer(language, match(intent, **slots), "受信 993 STARTTLS"))


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("reason", REASONS)
def test_every_hand_off_is_honest(language: Language, reason: str) -> None:
    """Where the bot does not know it says so, and never that somebody was told."""
    found = answer(language, HandOff(reason, 0.1))  # type: ignore[arg-type]
    assert_well_said(found)
    assert found.decision == "hand_off"
    for claim in ("担当者に伝え", "担当に連絡しました", "has been told", "notified", "forwarded"):
        assert claim not in said(found)


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("reason", ["provider", "client", "intent", "missing_provider"])
def test_every_clarification_offers_something(language: Language, reason: str) -> None:
    """A question back always comes with something to press."""
    options = {
        "provider": ("provider:hoshi", "provider:kumo"),
        "client": ("client:tegami", "provider:hoshi"),
        "intent": ("intent:cannot_send", "intent:username"),
    }.get(reason, ())
    found = answer(language, Clarify(reason, "", options, 0.5), slots=Slots(clients=("tegami",)))  # type: ignore[arg-type]
    assert_well_said(found)
    assert found.decision == "clarify"
    if reason != "missing_provider":
        assert len(found.choices) >= 2


def test_choice_keeps_the_rest_of_the_question() -> None:
    """Who answers "which service?" need not repeat the mail program."""
    found = answer("ja", Clarify("provider", "", ("provider:hoshi",), 0.5), slots=Slots(clients=("tegami",)))
    assert [(choice.label, choice.ask) for choice in found.choices] == [
        ("ほしメール", "ほしメールをてがみで使う設定を教えて")
    ]


def test_silence_is_no_answer() -> None:
    """Where nobody asked, nothing is said."""
    from bot.answer.compose import compose
    from bot.match.model import Reading

    assert compose(kit("ja"), Silent(0.9), Reading("ja", Slots(), (), "", False)) is None


def test_protocol_ports_lead_with_the_answer() -> None:
    """ "Which port is IMAP?" is answered in the first sentence, with the better port first in the table."""
    found = answer("en", match("port_for_protocol", protocols=("imap",)))
    assert found.sections[0] == Paragraph(
        "Receiving (IMAP) uses port `993` (SSL/TLS). If that does not work, use `143` (STARTTLS)."
    )
    table = next(section for section in found.sections if isinstance(section, PlainTable))
    assert [row[1] for row in table.rows] == ["`993`", "`143`"]


def test_asked_encryption_decides_the_port() -> None:
    """ "The STARTTLS port for sending" is 587, although 465 is the first choice."""
    found = answer("ja", match("port_for_protocol", directions=("send",), securities=("starttls",)))
    assert found.sections[0] == Paragraph("送信（SMTP）はポート `587`（STARTTLS）です。")


def test_no_encryption_is_advised_against() -> None:
    """Who asks for a port without encryption is told why not."""
    found = answer("ja", match("port_for_protocol", protocols=("imap",), securities=("plaintext",)))
    assert "パスワードが暗号化されずに流れる" in said(found)


def test_port_between_servers_is_never_a_choice() -> None:
    """Port 25 is listed as what it is, not as a port to type in."""
    found = answer("en", match("port_for_protocol", protocols=("smtp",)))
    table = next(section for section in found.sections if isinstance(section, PlainTable))
    assert table.rows[-1][1:] == ("`25`", "STARTTLS", "Between servers only")
    assert all(row[1] != "`2525`" for row in table.rows)


def test_several_ports_are_all_explained() -> None:
    """Each port that was named has its part in the card."""
    found = answer("en", match("explain_port", ports=(465, 587, 70000)))
    assert [s.text for s in found.sections if isinstance(s, Heading)] == ["Port 465", "Port 587", "About port 70000"]
    assert "there is no port 70000" in said(found)


@pytest.mark.parametrize(("port", "kind"), [(22, "0 to 1023"), (3306, "1024 to 49151"), (50000, "49152 to 65535")])
def test_foreign_port_names_its_range(port: int, kind: str) -> None:
    """A port that is no mail port is placed in its range of the registry."""
    text = said(answer("en", match("not_mail_port", ports=(port,))))
    assert kind in text
    assert "993" in text


def test_comparison_that_nobody_wrote_is_made_from_the_table() -> None:
    """Two ports without a text of their own still stand side by side."""
    found = answer("en", match("compare_ports", ports=(993, 995)))
    table = next(section for section in found.sections if isinstance(section, PlainTable))
    assert [row[:2] for row in table.rows] == [("`993`", "Receiving (IMAP)"), ("`995`", "Receiving (POP3)")]


@pytest.mark.parametrize(
    ("language", "two", "three"),
    [
        ("ja", "993番と995番の違い", "993番、995番、25番の違い"),
        ("en", "How ports 993 and 995 differ", "How ports 993, 995 and 25 differ"),
    ],
)
def test_title_of_a_comparison_holds_its_ports_together(language: Language, two: str, three: str) -> None:
    """Two ports are compared with each other, as the written comparisons say it."""
    assert answer(language, match("compare_ports", ports=(993, 995))).title == two
    assert answer(language, match("compare_ports", ports=(993, 995, 25))).title == three


@pytest.mark.parametrize(("language", "advice"), [("ja", "第一候補"), ("en", "First choice")])
def test_the_port_of_the_filters_is_no_advice_for_mail(language: Language, advice: str) -> None:
    """The port of ManageSieve is explained, but nobody is told to try it first."""
    kit_ = kit(language)
    ports = [replace(use, advice="first_choice") for use in kit_.lookup.knowledge.ports]
    changed = Lookup(replace(kit_.lookup.knowledge, ports=tuple(ports)))
    for port, is_advised in ((4190, False), (993, True)):
        part = Part("explain_port", Slots(ports=(port,)), Reading(language, Slots(), (), "", False))
        draft = compose_ports(replace(kit_, lookup=changed), part)
        facts = [value for section in draft.sections if isinstance(section, FactList) for _, value in section.items]
        assert any(value.startswith(advice) for value in facts) is is_advised


def test_smtp_against_imap_explains_both() -> None:
    """SMTP and IMAP are no alternatives, so each is explained."""
    found = answer("en", match("compare_protocols", protocols=("smtp", "imap")))
    assert "short smtp (English)" in said(found)
    assert "short imap (English)" in said(found)


def test_symptom_with_provider_shows_its_settings() -> None:
    """Who cannot send gets what to check and the provider's own sending settings."""
    found = answer("en", match("cannot_send", providers=("hoshi",), clients=("tegami",)))
    rows = [row for section in found.sections if isinstance(section, SettingsTable) for row in section.rows]
    assert [row.port for row in rows] == [465]
    text = said(found)
    assert "short cannot_send" in text
    assert "Look again." in text
    assert "turn authentication on" in text


def test_error_gives_cause_and_cure() -> None:
    """A known error is answered with what it means and what to do, in order."""
    found = answer("ja", match("explain_error", errors=("refused",)))
    assert found.sections[0] == Paragraph("cause（日本語）")
    assert BulletList(("直します。",), ordered=True) in found.sections


@pytest.mark.parametrize(
    ("paste", "title"),
    [
        ("受信 imap.hoshi.example.jp 993 SSL", "この設定で合っています"),
        ("受信 imap.hoshi.example.jp 993 STARTTLS", "直すところがあります"),
        ("受信 imap.unknown.example.jp 993 SSL", "ポートと暗号化の組み合わせは正しいです"),
        ("これで合ってますか", "設定値の確認"),
    ],
)
def test_verdict_on_pasted_settings(paste: str, title: str) -> None:
    """The first line of the answer says whether the pasted settings are right."""
    assert answer("ja", match("check_settings"), paste).title == title


@pytest.mark.parametrize("protocols", [("imap", 995, "POP3"), ("pop3", 143, "IMAP")])
def test_a_port_of_the_other_way_of_receiving_is_called_by_its_name(protocols: tuple[str, int, str]) -> None:
    """Who gave a POP port for IMAP learns that it is one."""
    asked, port, other = protocols
    for language, verdict in (
        ("ja", f"ポート {port} は{other}のポートです"),
        ("en", f"port {port} belongs to {other}."),
    ):
        found = answer(language, match("check_settings"), f"{asked} {port} SSL/TLS")  # type: ignore[arg-type]
        assert verdict in said(found)


def test_probe_is_not_pretended() -> None:
    """An answer tests nothing by itself: it says how a test is made, and gives the settings that are known."""
    found = answer("en", match("probe", providers=("hoshi",)))
    assert isinstance(found.sections[0], Paragraph)
    assert "`mailports probe imap.hoshi.example.jp`" in found.sections[0].text
    assert any(isinstance(section, SettingsTable) for section in found.sections)


def test_probe_of_a_host_gives_its_owners_settings() -> None:
    """A server's name is enough to know whose settings to show."""
    found = answer("ja", match("probe", hosts=("sv12.kumo.example.jp",)))
    assert "mailports probe sv12.kumo.example.jp" in said(found)
    assert "くもサーバー" in found.title


def test_pasted_password_is_told_privately() -> None:
    """The warning about a password goes to the asker alone, not into the card."""
    found = answer("ja", match("greeting"), redacted=True)
    assert found.private_notice is not None
    assert "パスワード" in found.private_notice
    assert found.private_notice not in said(found)


def test_two_questions_have_a_heading_each() -> None:
    """Two questions in one message are both answered, apart from each other."""
    parts = (
        (IntentScore("explain_port", 0.9, ""), Slots(ports=(993,))),
        (IntentScore("compare_protocols", 0.9, ""), Slots()),
    )
    found = answer("en", Match(parts, 0.9))
    headings = [section.text for section in found.sections if isinstance(section, Heading)]
    assert headings == ["Port 993", "title compare_pop_imap (English)"]


def test_prose_becomes_paragraphs_and_lists() -> None:
    """A longer text keeps its paragraphs and lists."""
    assert prose("one\ntwo\n\n- a\n  more\n- b\nafter\n\nlast") == [
        Paragraph("one\ntwo"),
        BulletList(("a more", "b")),
        Paragraph("after"),
        Paragraph("last"),
    ]


def test_comparison_for_a_provider_ends_with_its_values() -> None:
    """ "465 or 587 with Hoshi Mail?" gets the comparison and what this service offers."""
    found = answer("en", match("compare_ports", ports=(465, 587), providers=("hoshi",)))
    rows = [row for section in found.sections if isinstance(section, SettingsTable) for row in section.rows]
    assert found.title == "title compare_465_587 (English)"
    assert [row.port for row in rows] == [465, 587]


def test_word_asked_for_in_a_conversation_is_just_explained() -> None:
    """ "And what is SMTP AUTH?" in a thread about a service does not repeat its settings."""
    from bot.answer.compose import compose
    from bot.match.model import Reading

    decision = match("explain_term", "smtp_auth", providers=("hoshi",))
    for is_follow_up, tables in ((True, 0), (False, 1)):
        found = compose(kit("en"), decision, Reading("en", Slots(), (), "", False, is_follow_up))
        assert found is not None
        assert sum(isinstance(section, SettingsTable) for section in found.sections) == tables


def test_readings_are_offered_by_what_they_would_explain() -> None:
    """Two readings of one sentence are told apart by the word, not by a kind of question."""
    decision = Clarify("intent", "", ("intent:explain_term", "intent:cannot_send"), 0.5)
    slots = Slots(terms=("smtp_auth",), providers=("hoshi",))
    found = answer("ja", decision, slots=slots)
    assert [(choice.label, choice.ask) for choice in found.choices] == [
        ("title smtp_auth（日本語）", "smtp_authとは"),
        ("送信できない", "ほしメールのメールが送信できない"),
    ]


def test_providers_side_by_side_leave_their_notes_to_a_button() -> None:
    """Two services on one card show what differs; each one's notes and pages are one press away, sources of both stay."""
    found = answer("ja", match("provider_settings", providers=("hoshi", "kumo")))
    assert "a note" not in said(found)
    assert [choice.ask for choice in found.choices] == [
        "ほしメールのメール設定を教えて",
        "くもサーバーのメール設定を教えて",
    ]
    assert "1つの資料だけ" in said(found)
    assert len(found.sources) >= 2


SLOTS = st.builds(
    Slots,
    providers=st.lists(st.sampled_from(["hoshi", "kumo", "yuhi", "x"]), max_size=2, unique=True).map(tuple),
    clients=st.lists(st.sampled_from(["tegami", "x"]), max_size=2, unique=True).map(tuple),
    protocols=st.lists(st.sampled_from(["imap", "pop3", "smtp", "sieve"]), max_size=2, unique=True).map(tuple),
    directions=st.lists(st.sampled_from(["send", "receive"]), max_size=2, unique=True).map(tuple),
    securities=st.lists(st.sampled_from(["implicit_tls", "starttls", "plaintext"]), max_size=2, unique=True).map(tuple),
    ports=st.lists(st.integers(0, 70_000) | st.sampled_from([25, 465, 587]), max_size=3, unique=True).map(tuple),
    terms=st.lists(st.sampled_from(["imap", "smtp", "x"]), max_size=2, unique=True).map(tuple),
    errors=st.lists(st.sampled_from(["refused", "x"]), max_size=2, unique=True).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(BOTH), st.lists(st.tuples(st.sampled_from(INTENTS), SLOTS), min_size=1, max_size=3))
def test_any_reading_gives_a_well_said_answer(language: Language, parts: list[tuple[str, Slots]]) -> None:
    """No combination of what can be understood leads to a broken answer."""
    decision = Match(tuple((IntentScore(intent, 0.9, ""), slots) for intent, slots in parts), 0.9)
    assert_well_said(answer(language, decision, "imap 993 none"))

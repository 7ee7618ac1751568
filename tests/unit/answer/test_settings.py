"""Settings of a provider: the right rows, the program's own words, honest about what is not recommended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from bot.answer.kit import Draft, Part
from bot.answer.model import Answer, BulletList, FactList, Heading, Paragraph, SettingRow, SettingsTable
from bot.answer.rows import authentication_words
from bot.answer.settings import compose_provider, server_sections
from bot.answer.trouble import with_settings
from bot.cards.text import render_text
from bot.kb.lookup import Lookup
from bot.kb.model import Language, Provider, Text
from bot.match.model import IntentScore, Match, Reading, Slots
from tests.unit.answer.sample import answer, kit, lookup, match

BOTH: tuple[Language, ...] = ("ja", "en")


def rows(of: Answer) -> list[SettingRow]:
    return [row for section in of.sections if isinstance(section, SettingsTable) for row in section.rows]


def facts(of: Answer) -> dict[str, str]:
    return {label: value for section in of.sections if isinstance(section, FactList) for label, value in section.items}


def test_all_protocols_best_port_each() -> None:
    """Without a protocol in the question, each way of receiving and sending has its best port."""
    found = answer("ja", match("provider_settings", providers=("hoshi",)))
    assert [(row.protocol, row.port, row.security) for row in rows(found)] == [
        ("imap", 993, "implicit_tls"),
        ("pop3", 995, "implicit_tls"),
        ("smtp", 465, "implicit_tls"),
    ]


@pytest.mark.parametrize(
    ("slots", "ports"),
    [
        ({"protocols": ("imap",)}, [993]),
        ({"directions": ("send",)}, [465]),
        ({"directions": ("receive",)}, [993, 995]),
        ({"protocols": ("pop3",), "directions": ("receive",)}, [995]),
        ({"protocols": ("imap",), "clients": ("tegami",)}, [993, 465]),
        ({"protocols": ("smtp",), "securities": ("starttls",)}, [587, 465]),
        ({"ports": (587,)}, [587, 465]),
        ({"ports": (465,)}, [465]),
        ({"ports": (143,)}, [993]),
    ],
)
def test_only_what_was_asked_for(slots: dict[str, tuple[str, ...]], ports: list[int]) -> None:
    """A question about one direction, protocol, port or encryption is answered with that, the better choice beside it."""
    found = answer("en", match("provider_settings", providers=("hoshi",), **slots))
    assert [row.port for row in rows(found)] == ports


@pytest.mark.parametrize("language", BOTH)
def test_plaintext_is_named_but_never_in_the_table(language: Language) -> None:
    """A port without encryption is mentioned with a warning, never as something to type in."""
    found = answer(language, match("provider_settings", providers=("hoshi",)))
    assert all(row.security != "plaintext" for row in rows(found))
    line = next(i for s in found.sections if isinstance(s, BulletList) for i in s.items if "143" in i)
    assert {"ja": "使わないでください", "en": "don't use"}[language] in line


@pytest.mark.parametrize(
    ("language", "labels", "column"),
    [
        ("ja", {"smtp": "送るときも暗号化", "imap": "はじめから暗号化"}, "守り方"),
        ("en", {"smtp": "Encrypt sending", "imap": "Encrypt at once"}, "Protection"),
    ],
)
def test_labels_are_those_of_the_named_program(language: Language, labels: dict[str, str], column: str) -> None:
    """The encryption is called what the asker's own program calls it, for each protocol."""
    found = answer(language, match("provider_settings", providers=("hoshi",), clients=("tegami",)))
    assert {row.protocol: row.security_label for row in rows(found) if row.protocol in labels} == labels
    table = next(section for section in found.sections if isinstance(section, SettingsTable))
    assert table.header[3] == column
    assert "Tegami" in found.title or "てがみ" in found.title
    assert any(isinstance(s, BulletList) and s.ordered for s in found.sections)


@pytest.mark.parametrize(
    ("provider", "ja", "en"),
    [
        ("hoshi", "ほしメールの設定", "Hoshi Mail: mail settings"),
        ("kumo", "くもサーバーのメール設定", "Kumo Server: mail settings"),
    ],
)
def test_title_says_mail_once(provider: str, ja: str, en: str) -> None:
    """A service whose name ends with 「メール」 has settings, not mail settings."""
    assert answer("ja", match("provider_settings", providers=(provider,))).title == ja
    assert answer("en", match("provider_settings", providers=(provider,))).title == en


@pytest.mark.parametrize(
    ("slots", "ja", "en"),
    [
        ({"protocols": ("pop3",)}, "くもサーバーの受信設定", "Kumo Server: receiving mail"),
        ({"protocols": ("imap",)}, "くもサーバーの受信（IMAP）設定", "Kumo Server: Receiving (IMAP)"),
        ({"directions": ("receive",)}, "くもサーバーの受信（IMAP）設定", "Kumo Server: Receiving (IMAP)"),
        ({"protocols": ("smtp",)}, "くもサーバーの送信（SMTP）設定", "Kumo Server: Sending (SMTP)"),
    ],
)
def test_title_fits_the_question(slots: dict[str, tuple[str, ...]], ja: str, en: str) -> None:
    """Who asked for POP and is shown IMAP, because there is no POP, is not given another question's title."""
    assert answer("ja", match("provider_settings", providers=("kumo",), **slots)).title == ja
    assert answer("en", match("provider_settings", providers=("kumo",), **slots)).title == en


def test_fields_and_choices_are_those_of_the_named_program() -> None:
    """Where the server name goes and which way of signing in to choose is said in the program's words."""
    found = facts(answer("en", match("provider_settings", providers=("hoshi",), clients=("tegami",))))
    assert found["Fields for the server names"] == "in (English) and out (English)"
    assert found["Proof"] == "Watchword"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "合言葉（パスワード欄には、普段のパスワードか、アプリパスワードなど専用のパスワードを入れます）"),
        ("en", "Watchword (in the password field, enter your normal password or an app password)"),
    ],
)
def test_two_kinds_of_password_are_one_choice_of_the_program(language: Language, words: str) -> None:
    """A program that has one choice for signing in with a password is not said to have it twice."""
    hoshi, tegami = lookup().provider("hoshi"), lookup().client("tegami")
    assert hoshi is not None
    both = replace(hoshi, authentication=("app_password", "password"))
    assert authentication_words(kit(language), both, tegami) == words
    assert words not in authentication_words(kit(language), both)
    with_oauth2 = authentication_words(kit(language), replace(both, authentication=("oauth2", *both.authentication)))
    assert with_oauth2.count("OAuth2") == 1


def sections_of(language: Language, provider: Provider, **slots: Any) -> str:
    """Return what is said under the title for a provider that the sample does not have."""
    found = server_sections(kit(language), provider, None, Slots(**slots), whole_account=False)
    return render_text(replace(answer(language, match("greeting")), sections=tuple(found)))


@pytest.mark.parametrize(
    ("language", "missing", "general"),
    [
        ("ja", "このサービスのIMAPとPOP3の設定値は", "多くのサービスで次のとおり"),
        ("en", "I have no confirmed IMAP and POP3 settings", "at most services"),
    ],
)
def test_a_direction_without_values_gets_what_holds_at_most_services(
    language: Language, missing: str, general: str
) -> None:
    """Where only sending is confirmed, who asks about receiving gets the usual ports and where to find the server."""
    kumo = lookup().provider("kumo")
    assert kumo is not None
    sending = replace(kumo, servers=kumo.servers[1:], before_you_start=None)
    said = sections_of(language, sending, directions=("receive",))
    assert missing in said
    assert general in said
    assert "993" in said
    assert "look in the panel" in said
    assert sections_of(language, sending, protocols=("pop3",)).count("POP3") == 1 + 2
    led = replace(sending, before_you_start=kumo.before_you_start)
    assert missing not in sections_of(language, led, directions=("receive",))
    assert general in sections_of(language, led, directions=("receive",))
    relay = replace(sending, notes=(Text("送信専用のサービスです。", "For sending only."),))
    assert general not in sections_of(language, relay, directions=("receive",))
    assert "look in the panel" not in sections_of(language, relay, directions=("receive",))


@pytest.mark.parametrize(("language", "lead"), [("ja", "まだ確認できていません"), ("en", "not confirmed yet")])
def test_one_warning_is_enough_where_nothing_is_confirmed(language: Language, lead: str) -> None:
    """Without a server nothing is said of single protocols, and the provider's own step says where to look."""
    kiri = lookup().provider("kiri")
    assert kiri is not None
    assert sections_of(language, kiri, protocols=("pop3", "imap")).count("⚠") == 1
    assert lead in sections_of(language, kiri, protocols=("pop3", "imap"))
    led = replace(kiri, before_you_start=Text("会員ページで調べます。", "Look in the member pages."))
    assert "⚠" not in sections_of(language, led, protocols=("pop3", "imap"))


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("intent", ["port25", "certificate_warning", "cannot_send"])
def test_where_to_look_is_said_with_every_trouble(language: Language, intent: str) -> None:
    """Of a service without a confirmed server, even a question that needs no step is told where its servers stand."""
    kiri = lookup().provider("kiri")
    assert kiri is not None
    led = replace(kiri, before_you_start=Text("会員ページで調べます。", "Look in the member pages."))
    led_kit = replace(kit(language), lookup=Lookup(replace(lookup().knowledge, providers=(led,))))
    part = Part(intent, Slots(providers=("kiri",)), Reading(language, Slots(), (), "", False))
    draft = with_settings(led_kit, Draft("title"), part)
    step = Paragraph(led_kit.text(led.before_you_start or Text("", "")), "warning")
    assert draft.sections.count(step) == 1


@pytest.mark.parametrize(
    ("language", "title", "unknown"),
    [
        ("ja", "きりメールの設定", "ユーザー名の形"),
        ("en", "Kiri Mail: mail settings", "The form of the user name"),
    ],
)
def test_a_user_name_that_nobody_knows_is_said_to_be_unknown(language: Language, title: str, unknown: str) -> None:
    """Who asks for the form of the user name is not given a title that promises it, but the truth."""
    kiri = lookup().provider("kiri")
    assert kiri is not None
    knowledge = replace(lookup().knowledge, providers=(replace(kiri, username="other"),))
    part = Part("username", Slots(providers=("kiri",)), Reading(language, Slots(), (), "", False))
    draft = compose_provider(replace(kit(language), lookup=Lookup(knowledge)), part)
    assert draft.title == title
    assert isinstance(draft.sections[0], Paragraph)
    assert draft.sections[0].text.startswith(unknown)
    assert unknown not in render_text(answer(language, match("username", providers=("kiri",))))


@pytest.mark.parametrize("language", BOTH)
def test_a_note_on_the_user_name_belongs_to_its_direction(language: Language) -> None:
    """What holds for receiving only is not said to somebody who asks about sending."""
    hoshi = lookup().provider("hoshi")
    assert hoshi is not None
    noted = replace(hoshi, username_note=Text("受信では全体も試します。", "For receiving, try it whole as well."))
    note = kit(language).text(noted.username_note or Text("", ""))
    assert note in sections_of(language, noted)
    assert note in sections_of(language, noted, protocols=("imap",))
    assert note not in sections_of(language, noted, protocols=("smtp",))
    assert "taro@hoshi.example.jp" in sections_of(language, noted, protocols=("smtp",))
    told = replace(noted, username="other")
    assert note in sections_of(language, told, protocols=("smtp",))


def test_a_pattern_is_explained_without_encryption_too() -> None:
    """The star in a server name that is known only without encryption is explained as well."""
    kumo = lookup().provider("kumo")
    assert kumo is not None
    bare = replace(kumo.servers[0], port=143, security="plaintext", recommended=False)
    for language in BOTH:
        said = sections_of(language, replace(kumo, servers=(bare,)))
        assert "sv*.kumo.example.jp" in said
        assert "look in the panel" in said


@pytest.mark.parametrize(("language", "example"), [("ja", "taro@example.jp"), ("en", "taro@example.com")])
def test_customers_of_a_hosting_company_have_domains_of_their_own(language: Language, example: str) -> None:
    """The example of a user name is at the service's domain only where its customers have addresses there."""
    hoshi = lookup().provider("hoshi")
    assert hoshi is not None
    assert "taro@hoshi.example.jp" in sections_of(language, hoshi)
    assert example in sections_of(language, replace(hoshi, own_domains=True))


def test_announced_end_comes_true_by_itself() -> None:
    """A service whose end was announced is answered as closed from that day on."""
    kiri = lookup().provider("kiri")
    assert kiri is not None
    assert (kiri.status_on(date(2027, 3, 30)), kiri.end_on(date(2027, 3, 30))) == ("works", None)
    assert (kiri.status_on(date(2027, 3, 31)), kiri.end_on(date(2027, 3, 31))) == ("closed", date(2027, 3, 31))


def test_without_a_confirmed_server_the_manual_leads() -> None:
    """Where no server could be confirmed, the card says so and its first source is the manual."""
    found = answer("en", match("provider_settings", providers=("kiri",)))
    assert rows(found) == []
    assert found.sources[0].title == "Manual"
    said = render_text(found)
    assert '"Manual"' in said
    assert "hoshi.example.jp" not in said


def test_step_needed_first_comes_first() -> None:
    """What must be switched on before anything works stands above the settings."""
    found = answer("en", match("provider_settings", providers=("kumo",)))
    assert found.sections[0] == Paragraph("switch IMAP on (English)", "warning")


def test_personal_server_name_is_explained() -> None:
    """Where the server name is personal, the card says where to find it."""
    found = answer("en", match("provider_settings", providers=("kumo",)))
    assert all(row.hostname_is_pattern for row in rows(found))
    assert "look in the panel (English)" in facts(found).values()


def test_own_server_name_replaces_the_pattern() -> None:
    """Who tells their server name gets settings to copy, without being told how to find it."""
    found = answer(
        "en", match("provider_settings", providers=("kumo",), hosts=("SV12.kumo.example.jp", "x.example.org"))
    )
    assert {(row.hostname, row.hostname_is_pattern) for row in rows(found)} == {("sv12.kumo.example.jp", False)}
    assert "look in the panel (English)" not in facts(found).values()


def test_different_user_names_are_told_apart() -> None:
    """Where sending needs another user name than receiving, both are given."""
    found = facts(answer("en", match("provider_settings", providers=("kumo",))))
    assert "before the @" in found["User name, Receiving (IMAP)"]
    assert "account ID" in found["User name, Sending (SMTP)"]


def test_app_password_is_said() -> None:
    """Where the usual password is refused, the card says which one is meant."""
    assert "app password" in facts(answer("en", match("provider_settings", providers=("kumo",))))["Authentication"]


def test_notes_of_their_time_only() -> None:
    """A fact that is over, or not yet true, is not told."""
    said = render_text(answer("en", match("provider_settings", providers=("hoshi",))))
    assert "now (English)" in said
    assert "over (English)" not in said
    assert "later (English)" not in said


def test_sources_carry_the_older_date() -> None:
    """The date on the card is that of the oldest copy which was read."""
    found = answer("ja", match("provider_settings", providers=("hoshi",)))
    assert [line.dated for line in found.sources] == ["確認日 2026-11-20", "公式マニュアル", "2025-05-01時点の資料"]


def test_single_source_asks_to_compare() -> None:
    """A fact known from one page only is marked so."""
    said = render_text(answer("en", match("provider_settings", providers=("kumo",))))
    assert "Compare them with what your provider gave you" in said
    assert "Compare them" not in render_text(answer("en", match("provider_settings", providers=("hoshi",))))


def test_a_program_shows_only_what_it_can_do() -> None:
    """A program without POP gets IMAP in its place, and the card says why."""
    found = answer("en", match("provider_settings", providers=("hoshi",), clients=("hikari",), protocols=("pop3",)))
    assert [row.protocol for row in rows(found)] == ["imap", "smtp"]
    assert Paragraph("Hikari cannot use POP3.", "warning") in found.sections


def test_only_plaintext_is_said_with_a_warning_and_no_table() -> None:
    """A service that is known only without encryption is shown as such; nothing of it is a row to copy."""
    found = answer("en", match("provider_settings", providers=("kaze",)))
    assert rows(found) == []
    warning = next(s for s in found.sections if isinstance(s, Paragraph) and s.tone == "warning")
    assert "`imap.hoshi.example.jp` port `143`" in warning.text
    assert "not recommended" in warning.text


@pytest.mark.parametrize("language", BOTH)
def test_closed_service_gets_no_settings(language: Language) -> None:
    """Nobody is sent to servers that are gone; the day they went is named."""
    found = answer(language, match("provider_settings", providers=("yuhi",)))
    assert rows(found) == []
    assert {"ja": "2026年2月25日", "en": "25 February 2026"}[language] in render_text(found)


def test_protocol_that_is_not_offered_is_said() -> None:
    """Who asks for POP where there is none learns so and gets IMAP."""
    found = answer("en", match("provider_settings", providers=("kumo",), protocols=("pop3",)))
    assert "POP3" in render_text(found).split("\n\n")[2]
    assert [row.protocol for row in rows(found)] == ["imap"]


def test_port_the_provider_does_not_have_is_said() -> None:
    """A port from elsewhere is not silently replaced by another."""
    found = answer("en", match("provider_settings", providers=("hoshi",), ports=(2525,)))
    assert "2525" in render_text(found)


def test_two_providers_share_one_table() -> None:
    """Two services asked for at once stand in one table, each row with its name."""
    decision = Match(((IntentScore("provider_settings", 0.9, ""), Slots(providers=("hoshi", "kumo"))),), 0.9)
    found = answer("ja", decision)
    tables = [section for section in found.sections if isinstance(section, SettingsTable)]
    assert len(tables) == 1
    assert {row.provider for row in tables[0].rows} == {"hoshi", "kumo"}
    assert tables[0].rows[0].purpose.startswith("ほしメール")
    assert [s.text for s in found.sections if isinstance(s, Heading) and "設定" in s.text] == [
        "ほしメールの設定",
        "くもサーバーのメール設定",
    ]


def test_program_without_provider_gets_steps_and_general_ports() -> None:
    """Who names only a program gets its steps, the usual ports, and is asked for the provider."""
    found = answer("en", match("client_setup", clients=("tegami",)))
    said = render_text(found)
    assert "1. Open it." in said
    assert "Encrypt at once" in said
    assert "Tell me its name" in said


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("intent", ["client_setup", "port_for_protocol"])
def test_what_a_program_cannot_choose_is_no_general_choice(language: Language, intent: str) -> None:
    """A program without STARTTLS for POP is not shown port 110, neither in the table nor as a way out."""
    found = answer(language, match(intent, clients=("sumi",), protocols=("pop3",)))
    said = render_text(found)
    assert "995" in said
    assert "110" not in said
    assert "110" in render_text(answer(language, match(intent, clients=("tegami",), protocols=("pop3",))))


def test_follow_up_buttons_are_whole_questions() -> None:
    """A button asks a question that can be read without the one before it."""
    found = answer("ja", match("provider_settings", providers=("hoshi",), directions=("send",)))
    assert [choice.ask for choice in found.choices] == [
        "ほしメールの受信サーバーの設定を教えて",
    ]

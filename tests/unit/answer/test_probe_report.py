"""The report of a probe, from facts alone: in both languages, in the labels of three programs, at every moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.answer.kit import Kit
from bot.answer.model import Answer, PlainTable, SettingsTable
from bot.answer.probe_report import Course, compose_refusal, compose_report, compose_start, inert
from bot.answer.wording import LANGUAGES, Wording
from bot.cards.blocks import render_blocks
from bot.cards.text import escape, render_text
from bot.errors import BotError
from bot.kb.load import load_lookup, shipped_folder
from bot.kb.lookup import Lookup
from bot.kb.model import Language
from bot.probe.facts import Ending, PortFacts, Stage
from tests.support.probe_facts import GOOD, HOST, NOW, refused, seen, tls_for, works

PROGRAMS = ("thunderbird", "outlook_classic", "iphone")


@pytest.fixture(scope="module")
def lookup() -> Lookup:
    """The shipped knowledge."""
    return load_lookup([shipped_folder()], None)


def kit_for(lookup: Lookup, language: Language) -> Kit:
    return Kit(lookup, Wording(lookup), language, date(2026, 11, 24))


def settings(answer: Answer) -> list[tuple[str, str, int, str]]:
    tables = [each for each in answer.sections if isinstance(each, SettingsTable)]
    return [(row.purpose, row.hostname, row.port, row.security_label) for table in tables for row in table.rows]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_settings_come_first_in_the_programs_own_labels(lookup: Lookup, program: str, language: Language) -> None:
    """TLS from the start before STARTTLS, in the words of the program's screen, as in a provider's table."""
    client = lookup.client(program)
    assert client is not None
    kit = kit_for(lookup, language)
    answer = compose_report(kit, [seen(*GOOD)], Course(seconds=1.2), client=client)
    rows = settings(answer)
    label = kit.text(client.labels.implicit_tls)
    smtp = client.labels_by_protocol.get("smtp")
    smtp_label = kit.text(smtp.implicit_tls) if smtp is not None and smtp.implicit_tls is not None else label
    assert [(host, port) for _, host, port, _ in rows] == [(HOST, 993), (HOST, 995), (HOST, 465)]
    assert {label, smtp_label} >= {rows[0][3], rows[-1][3]}
    assert rows[-1][3] == smtp_label
    first_table = next(i for i, each in enumerate(answer.sections) if isinstance(each, SettingsTable))
    assert not any(isinstance(each, PlainTable) for each in answer.sections[:first_table])
    assert kit.text(client.labels.encryption) in render_text(answer) or rows[0][3] in render_text(answer)
    assert "{" not in render_text(answer)
    assert HOST in answer.title


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_starttls_is_recommended_where_nothing_better_works(lookup: Lookup, language: Language) -> None:
    """587 takes the place of a 465 that is closed; a port in the clear is never recommended."""
    plain = PortFacts("imap", 143, "starttls", Ending.COMPLETED, Stage.DONE, starttls_offered=False)
    answer = compose_report(
        kit_for(lookup, language), [seen(works(587, "smtp", "starttls"), refused(465, "smtp"), plain)], Course()
    )
    assert [(port, label) for _, _, port, label in settings(answer)] == [(587, "STARTTLS")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_equal_faults_are_said_once_with_all_their_ports(lookup: Lookup, language: Language) -> None:
    """Three ports with one fault are one line with the next step, and every port is in the list below."""
    expired = tls_for(HOST)
    expired = replace(expired, is_for_hostname=False, chain=(replace(expired.chain[0], names=("imap.example.jp",)),))
    facts = [replace(works(port, kind), tls=expired) for port, kind in ((993, "imap"), (995, "pop3"), (465, "smtp"))]
    text = render_text(compose_report(kit_for(lookup, language), [seen(*facts)], Course()))
    assert text.count("→ ") == 1
    assert "imap.example.jp" in text.split("→ ")[1]
    assert all(f"{port}" in text for port in (993, 995, 465))
    assert kit_for(lookup, language).say("probe.recommended_none") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_servers_words_are_inert(lookup: Lookup, language: Language) -> None:
    """Markup, mentions, links and emoji in a banner come out as plain letters, in the text and in the blocks."""
    answer = compose_report(kit_for(lookup, language), [seen(*GOOD)], Course())
    text = escape(render_text(answer))
    blocks = str(render_blocks(answer))
    for said in (text, blocks):
        for harmful in ("<!channel>", "<https", "https://evil", "*bold*", "_it_", ":tada:", "@here", "|click"):
            assert harmful not in said
    assert "!channel" in text
    assert "'type': 'mrkdwn'" not in blocks
    assert "'type': 'link'" not in blocks


def test_inert_text_keeps_what_is_harmless_and_is_cut() -> None:
    """Error codes and names with an underscore stay readable."""
    assert inert("421 4.7.0 TLS_NOT_AVAILABLE at 10:30:00, try later") == (
        "421 4.7.0 TLS_NOT_AVAILABLE at 10:30:00, try later"
    )
    assert len(inert("x" * 500)) == 120


@pytest.mark.parametrize("language", LANGUAGES)
def test_while_it_runs_it_says_how_much_is_open_and_blames_no_closed_port(lookup: Lookup, language: Language) -> None:
    """Partial results recommend what works so far; a closed port is no fault yet; there is nothing to rate."""
    kit = kit_for(lookup, language)
    answer = compose_report(kit, [seen(refused(143, "imap"))], Course("running", waiting=6))
    text = render_text(answer)
    assert kit.say("probe.waiting", count=6) in text
    assert "→" not in text
    assert kit.say("probe.recommended_none") not in text
    assert not answer.feedback
    more = compose_report(kit, [seen(refused(143, "imap"), works(993, "imap"))], Course("running", waiting=5))
    assert [port for _, _, port, _ in settings(more)] == [993]
    assert kit.say("probe.recommended_so_far") in render_text(more)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["stopped", "interrupted"])
def test_what_was_seen_before_the_end_is_kept(lookup: Lookup, language: Language, state: Any) -> None:
    """Stopped or interrupted, the ports that were seen are shown and the others counted."""
    kit = kit_for(lookup, language)
    text = render_text(compose_report(kit, [seen(works(993, "imap"))], Course(state, waiting=3)))
    assert kit.say(f"probe.{state}", count=3) in text
    assert "993" in text
    nothing = render_text(compose_report(kit, [seen()], Course(state, waiting=7)))
    assert kit.say("probe.nothing_seen") in nothing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_known_providers_servers_are_held_against_its_manual(lookup: Lookup, language: Language) -> None:
    """Agreement, disagreement and a name that the provider does not document are told apart, with the manual."""
    kit = kit_for(lookup, language)
    gmail = lookup.provider("gmail")
    assert gmail is not None
    name = kit.text(gmail.names)
    imap = "imap.gmail.com"
    good = compose_report(kit, [seen(works(993, "imap", host=imap), host=imap)], Course(), provider=gmail)
    assert kit.say("probe.agrees", provider=name, ports=kit.say("probe.port_name", port=993, protocol="IMAP")) in (
        render_text(good)
    )
    assert any("google.com" in line.url for line in good.sources)
    bad = compose_report(kit, [seen(refused(993, "imap"), host=imap)], Course(), provider=gmail)
    assert kit.say("probe.disagrees", provider=name, ports=kit.say("probe.port_name", port=993, protocol="IMAP")) in (
        render_text(bad)
    )
    other = compose_report(kit, [seen(works(993, "imap"), host="mail.gmail.com")], Course(), provider=gmail)
    assert imap in render_text(other).split("mail.gmail.com")[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_hosts_are_one_report(lookup: Lookup, language: Language) -> None:
    """A provider's three servers stand in one table, and each line of ports names its host."""
    kit = kit_for(lookup, language)
    hosts = [seen(works(993, "imap", host="imap.a.test"), host="imap.a.test"), seen(host="smtp.a.test")]
    text = render_text(compose_report(kit, hosts, Course(), name="A Mail"))
    assert text.splitlines()[0].startswith("A Mail")
    assert kit.say("probe.port_name_of", host="imap.a.test", port=993, protocol="IMAP") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_port_25_is_labelled_and_a_remembered_result_says_when(lookup: Lookup, language: Language) -> None:
    """Whether 25 answers depends on the line; what was not seen just now says so."""
    kit = kit_for(lookup, language)
    course = Course(seen_at=NOW, age_s=17)
    text = render_text(compose_report(kit, [seen(replace(refused(25, "smtp"), port=25))], course))
    assert kit.say("probe.port_25_note") in text
    assert kit.say("probe.remembered", age=17, time="12:00:00") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_start_and_a_refusal_name_the_host(lookup: Lookup, language: Language) -> None:
    """Before anything is seen, and where nothing may be, the title is the host's."""
    kit = kit_for(lookup, language)
    assert HOST in compose_start(kit, [HOST]).title
    refusal = compose_refusal(kit, [BotError("probe.refused_not_public", address="10.0.0.1", port=993)], [HOST])
    assert refusal.title == HOST
    assert "10.0.0.1" in render_text(refusal)

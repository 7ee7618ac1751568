"""What is recommended, from what is published and what was seen."""

from __future__ import annotations

from datetime import date

import pytest

from bot.discovery.candidates import Origin
from bot.errors import BotError
from bot.survey.profile import settings_of_survey
from bot.survey.result import Setting, recommend, sources
from bot.survey.target import Target
from tests.unit.answer.sample import lookup
from tests.unit.discovery.test_agree import candidate
from tests.unit.survey.sample import DOMAIN, discovery, look, port, survey

IMAP = "imap.a.example"


def short(settings: tuple[Setting, ...]) -> list[tuple[str, str, int, str]]:
    """Return settings in short."""
    return [(each.protocol, each.hostname, each.port, each.security) for each in settings]


def test_only_what_works_is_recommended() -> None:
    """A reviewed fact whose port is closed gives way, and is named as wrong."""
    found = discovery(candidate("knowledge"), candidate("srv", "mail.a.example"))
    seen = survey(found, look(IMAP, port(993, works=False)), look("mail.a.example", port(993)))
    assert short(seen.recommended) == [("imap", "mail.a.example", 993, "implicit_tls")]
    assert [each.port for each in seen.wrong(seen.hosts[0])] == [993]


def test_what_is_believed_more_comes_first() -> None:
    """Two servers work: the one of the reviewed fact counts, although two others agree on the other."""
    other = "mail.a.example"
    found = discovery(candidate("knowledge"), candidate("srv", other), candidate("autoconfig", other))
    seen = survey(found, look(other, port(993)), look(IMAP, port(993)))
    assert short(seen.recommended) == [("imap", IMAP, 993, "implicit_tls")]


def test_tls_from_the_start_comes_before_starttls() -> None:
    """On one host, with both named and both working."""
    found = discovery(
        candidate("autoconfig", port=143, security="starttls"), candidate("srv", username="email_address")
    )
    seen = survey(found, look(IMAP, port(143, starttls=True), port(993)))
    assert short(seen.recommended) == [("imap", IMAP, 993, "implicit_tls")]
    assert seen.recommended[0].username == "email_address"


def test_a_better_port_that_nobody_names_is_taken_where_the_named_one_fails() -> None:
    """The host is stated, its port is not: only where the stated one does not work."""
    found = discovery(candidate("autoconfig", port=143, security="starttls"))
    works = survey(found, look(IMAP, port(143, starttls=True), port(993)))
    fails = survey(found, look(IMAP, port(143, works=False), port(993)))
    assert short(works.recommended) == [("imap", IMAP, 143, "starttls")]
    assert short(fails.recommended) == [("imap", IMAP, 993, "implicit_tls")]
    assert fails.recommended[0].agreement is None


def test_plaintext_is_never_recommended() -> None:
    """Published or not: a port without encryption is no setting."""
    found = discovery(candidate("knowledge", port=143, security="plaintext"))
    facts = port(143, works=False)
    assert survey(found, look(IMAP, facts)).recommended == ()


@pytest.mark.parametrize(
    ("origin", "hostname", "trust", "expected"),
    [
        ("srv", "imap.b.example", "dns", [True]),
        ("srv", IMAP, "dns", [False]),
        ("autoconfig", "imap.b.example", "published", [False]),
        ("autoconfig", "imap.b.example", "insecure", []),
        ("autoconfig", IMAP, "insecure", [False]),
        ("knowledge", "imap.b.example", "dns", [False]),
    ],
)
def test_who_is_a_stranger_needs_a_word(origin: Origin, hostname: str, trust: str, expected: list[bool]) -> None:
    """In another domain: DNS alone needs a person's word, plain HTTP gets nowhere."""
    found = discovery(candidate(origin, hostname, trust=trust))
    seen = survey(found, look(hostname, port(993)))
    assert [each.needs_confirmation for each in seen.recommended] == expected


def test_the_name_that_was_typed_comes_before_a_guess() -> None:
    """And after whatever somebody states."""
    target = Target("either", DOMAIN)
    typed, guessed = look(DOMAIN, port(993)), look(IMAP, port(993))
    guess = recommend(target, discovery(candidate("guess")), [guessed, typed])
    stated = recommend(target, discovery(candidate("srv")), [guessed, typed])
    assert [short(guess)[0][1], short(stated)[0][1]] == [DOMAIN, IMAP]


def test_a_guess_that_nobody_answers_at_is_not_worth_a_word() -> None:
    """Neither is the bare domain; what is stated is, although nothing answers."""
    found = discovery(candidate("guess", "mail.a.example"), candidate("srv"))
    looks = [look(name, port(993, works=False)) for name in (DOMAIN, "mail.a.example", IMAP)]
    seen = survey(found, *looks, target=Target("either", DOMAIN))
    assert [each.hostname for each in seen.shown] == [IMAP]
    assert [each.hostname for each in seen.silent] == [DOMAIN, "mail.a.example"]
    assert not seen.is_server


def test_sources_carry_their_newest_date() -> None:
    """Each source once, with the newest date it gives."""
    found = discovery(
        candidate("srv"),
        candidate("knowledge", as_of=date(2025, 1, 1)),
        candidate("knowledge", as_of=date(2026, 1, 1)),
    )
    assert sources(found.agreements[0]) == (("knowledge", date(2026, 1, 1)), ("srv", None))


def test_what_the_server_offers_stands_in_for_what_nobody_says() -> None:
    """The ways to sign in; the form of the user name cannot be seen and stays open."""
    (setting,) = survey(discovery(candidate("srv")), look(IMAP, port(993))).recommended
    assert (setting.authentication, setting.username) == (("password", "oauth2"), None)


def test_a_documented_server_brings_its_providers_words() -> None:
    """Who asks about a server of ours by its name is told how to sign in there."""
    hoshi = lookup().provider("hoshi")
    target = Target("server", "imap.hoshi.example.jp")
    (setting,) = recommend(target, None, [look(target.name, port(993))], hoshi)
    assert (setting.username, setting.authentication) == ("email_address", ("password",))


def test_a_file_carries_no_stranger() -> None:
    """A server that needs a person's word is not put into a file that installs itself."""
    stranger = "imap.b.example"
    seen = survey(discovery(candidate("srv", stranger)), look(stranger, port(993)))
    with pytest.raises(BotError, match=r"probe\.file_unconfirmed"):
        settings_of_survey(seen, lookup())
    settings = settings_of_survey(survey(discovery(candidate("srv")), look(IMAP, port(993))), lookup())
    assert (settings.id, settings.domains, settings.servers[0].username) == (DOMAIN, (DOMAIN,), "other")

"""Which servers are probed: few, and the most believed."""

from __future__ import annotations

from bot.survey.plan import choose_hosts, choose_ports
from tests.unit.discovery.test_agree import candidate
from tests.unit.survey.sample import discovery


def test_the_best_of_each_protocol_comes_before_the_second_of_any() -> None:
    """Four hosts at the most."""
    found = discovery(
        candidate("knowledge", "imap1.a.example"),
        candidate("autoconfig", "imap2.a.example"),
        candidate("srv", "imap3.a.example"),
        candidate("srv", "smtp1.a.example", 465, protocol="smtp"),
        candidate("srv", "pop1.a.example", 995, protocol="pop3"),
        candidate("autoconfig", "smtp0.a.example", 587, "starttls", "smtp"),
    )
    assert choose_hosts(found.agreements) == (
        *("imap1.a.example", "pop1.a.example", "smtp0.a.example", "imap2.a.example"),
    )


def test_guesses_are_for_protocols_that_nobody_names() -> None:
    """A guessed name costs connections to a machine that nobody called a mail server."""
    found = discovery(
        candidate("srv"),
        candidate("guess", "mail.a.example"),
        candidate("guess", "pop.a.example", 995, protocol="pop3"),
    )
    assert choose_hosts(found.agreements) == ("imap.a.example", "pop.a.example")


def test_named_ports_and_the_usual_ones_of_the_same_protocol() -> None:
    """Each started as the standard has it, an unusual one as it is named."""
    found = discovery(candidate("srv", port=1993), candidate("autoconfig", port=143, security="plaintext"))
    ports = [(each.port, each.security) for each in choose_ports("imap.a.example", found.agreements)]
    assert ports == [(1993, "implicit_tls"), (143, "starttls"), (993, "implicit_tls")]


def test_a_long_list_of_ports_is_cut() -> None:
    """A stranger's file may name twenty."""
    found = discovery(*(candidate("autoconfig", port=1000 + number) for number in range(20)))
    assert len(choose_ports("imap.a.example", found.agreements)) == 10

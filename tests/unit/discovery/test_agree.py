"""Candidates held against each other: agreement, contradictions by name, and the order of what to use."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any, get_args

import pytest

from bot.answer.wording import LANGUAGES
from bot.discovery.agree import ContradictionKind, judge_agreement
from bot.discovery.candidates import ORIGINS, TRUSTS, Candidate, Fault, FaultReason, Found, Origin, Trust
from bot.kb.model import Protocol, Security
from tests.unit.profiles.sample import wording

TRUST: dict[Origin, Trust] = {
    "knowledge": "reviewed",
    "autoconfig": "published",
    "ispdb": "published",
    "mx_autoconfig": "dns",
    "srv": "dns",
    "autodiscover": "published",
    "guess": "guess",
}


def candidate(
    origin: Origin,
    host: str = "imap.a.example",
    port: int = 993,
    security: Security = "implicit_tls",
    protocol: Protocol = "imap",
    **more: Any,
) -> Candidate:
    """Return one candidate, with the trust that its origin usually has."""
    more = {"username": None, "authentication": (), "trust": TRUST[origin], **more}
    return Candidate(protocol, host, port, security, origin=origin, origin_detail="x", **more)


def judge(*candidates: Candidate, **more: Any) -> Any:
    """Judge candidates, each brought by a step of its own."""
    steps = [Found(each.origin, (each,)) for each in candidates]
    return judge_agreement("a.example", [*steps, Found("mx", **more)])


def test_those_who_say_the_same_agree() -> None:
    """One row with everybody who names it; user name, sign-in and date come from whoever says them."""
    found = judge(
        candidate("guess"),
        candidate("srv"),
        candidate("autoconfig", username="local_part", as_of=date(2026, 1, 1)),
        candidate("knowledge", authentication=("password",), as_of=date(2025, 1, 1)),
    )
    (row,) = found.agreements
    assert row.origins == ("knowledge", "autoconfig", "srv", "guess")
    assert (row.trust, row.username, row.authentication) == ("reviewed", "local_part", ("password",))
    assert row.as_of == date(2026, 1, 1)
    assert found.contradictions == ()


def test_the_order_of_answers_does_not_matter() -> None:
    """Whoever answers first has no say in the result."""
    steps = [
        Found("knowledge", (candidate("knowledge"),), hosted_by="hoshi"),
        Found("srv", (candidate("srv", "srv.a.example"),), not_offered=frozenset({("smtp", "starttls")})),
        Found("autodiscover", (candidate("autodiscover", port=143, security="starttls"),), hosted_by="microsoft365"),
        Found("mx", mx=("mx.a.example",), faults=(Fault("mx", "a", "servfail"),)),
    ]
    results = {repr(judge_agreement("a.example", order)) for order in itertools.permutations(steps)}
    assert len(results) == 1
    assert judge_agreement("a.example", steps).hosted_by == "hoshi"


def test_belief_comes_first_then_encryption() -> None:
    """A forged SRV record with implicit TLS does not overtake what the domain publishes over HTTPS; a guess overtakes nobody."""
    found = judge(
        candidate("guess", "mail.a.example"),
        candidate("srv", "evil.example"),
        candidate("autoconfig", port=143, security="starttls"),
        candidate("autoconfig"),
        candidate("autoconfig", "old.a.example", 143, "plaintext"),
    )
    assert [(row.hostname, row.port) for row in found.agreements] == [
        ("imap.a.example", 993),
        ("imap.a.example", 143),
        ("evil.example", 993),
        ("mail.a.example", 993),
        ("old.a.example", 143),
    ]
    assert found.best("imap").port == 993
    assert not any(row.plaintext_only for row in found.agreements)


def test_plaintext_alone_is_marked_and_never_best() -> None:
    """What is only published in the clear is shown with its mark, and nothing is recommended."""
    found = judge(candidate("autoconfig", port=143, security="plaintext"), candidate("srv", protocol="smtp", port=465))
    assert [row.plaintext_only for row in found.agreements] == [True, False]
    assert found.best("imap") is None
    assert found.best("smtp") is not None


@pytest.mark.parametrize(
    ("other", "kind", "values"),
    [
        (candidate("autoconfig", "imap.b.example"), "hostname", (("imap.a.example",), ("imap.b.example",))),
        (candidate("autoconfig", port=9993), "port", (("993",), ("9993",))),
        (candidate("autoconfig", security="starttls"), "security", (("implicit_tls",), ("starttls",))),
        (candidate("autoconfig", username="local_part"), "username", (("email_address",), ("local_part",))),
    ],
)
def test_contradictions_have_names(other: Candidate, kind: str, values: tuple[tuple[str, ...], ...]) -> None:
    """Another host, port, encryption or user name: said as that, the most believed side first."""
    found = judge(other, candidate("knowledge", username="email_address"))
    (contradiction,) = found.contradictions
    assert (contradiction.kind, tuple(side.values for side in contradiction.sides)) == (kind, values)
    assert [side.origins for side in contradiction.sides] == [("knowledge",), ("autoconfig",)]


def test_more_than_the_other_says_is_no_contradiction() -> None:
    """An origin that names one more port or host, and one that only guesses, contradicts nobody."""
    more = candidate("autoconfig", port=143, security="starttls")
    assert judge(candidate("knowledge"), candidate("autoconfig"), more).contradictions == ()
    assert judge(candidate("knowledge"), candidate("guess", "mail.a.example")).contradictions == ()


def test_what_is_not_offered_contradicts_who_names_it() -> None:
    """The domain's SRV target `.` stands against a file that offers the service all the same."""
    found = judge(candidate("autoconfig"), not_offered=frozenset({("imap", "implicit_tls"), ("pop3", "starttls")}))
    (contradiction,) = found.contradictions
    assert (contradiction.kind, contradiction.protocol) == ("not_offered", "imap")
    assert contradiction.sides[1].values == ()


def test_every_word_has_its_sentence() -> None:
    """Origins, faults and contradictions can be said in both languages."""
    say = wording()
    keys = [
        *(f"discovery.origin_{origin}" for origin in ORIGINS),
        *(f"discovery.fault_{reason}" for reason in get_args(FaultReason)),
        *(f"discovery.contradiction_{kind}" for kind in get_args(ContradictionKind)),
    ]
    assert set(ORIGINS) == set(get_args(Origin))
    assert set(TRUSTS) == set(get_args(Trust))
    for language in LANGUAGES:
        assert all(say.say(key, language) != key for key in keys)

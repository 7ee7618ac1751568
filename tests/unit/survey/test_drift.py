"""Where a host is no longer what our knowledge says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from bot.answer.wording import LANGUAGES
from bot.kb.model import Security
from bot.probe.facts import Ending, PortFacts
from bot.survey.documented import DocumentedHost, DocumentedPort, documented_hosts
from bot.survey.drift import NOTES, Drift, DriftKind, HostState, judge_drift, port_state
from bot.survey.state_file import StateFile, StateFileInvalidError
from tests.unit.answer.sample import lookup
from tests.unit.probe.test_verdict import GOOD, HOST, LEAF, NOW, TLS, with_codes
from tests.unit.profiles.sample import wording


def drift(facts: PortFacts, security: Security = "implicit_tls", before: HostState | None = None) -> list[Drift]:
    """Return what is found about one port of a host."""
    host = DocumentedHost(HOST, (DocumentedPort("imap", facts.port, security),), ("hoshi",))
    return list(judge_drift(host, state(facts), before))


def state(facts: PortFacts) -> HostState:
    """Return a visited host with one port."""
    return HostState(HOST, NOW, (port_state(facts, HOST, NOW),))


def ended(ending: Ending, **more: Any) -> PortFacts:
    """Return facts of a dialogue that ended otherwise."""
    return replace(GOOD, ending=ending, tls=None, **more)


NO_STARTTLS = replace(GOOD, port=143, security="starttls", tls=None, starttls_offered=False)
EXPIRING = replace(GOOD, tls=replace(TLS, chain=(replace(LEAF, not_after=NOW + timedelta(days=3)),)))


@pytest.mark.parametrize(
    ("facts", "security", "kinds"),
    [
        (GOOD, "implicit_tls", []),
        (ended(Ending.REFUSED), "implicit_tls", ["port_closed"]),
        (ended(Ending.TIMED_OUT), "implicit_tls", ["port_closed"]),
        (ended(Ending.REFUSED), "plaintext", ["port_closed"]),
        (ended(Ending.PLAIN_ON_TLS), "implicit_tls", ["other_service"]),
        (ended(Ending.TEMPORARILY_REFUSED), "implicit_tls", ["not_checked"]),
        (NO_STARTTLS, "starttls", ["starttls_missing"]),
        (NO_STARTTLS, "plaintext", ["plaintext_only"]),
        (with_codes(10), "implicit_tls", ["certificate_faulty"]),
        (with_codes(18), "plaintext", []),
        (replace(GOOD, tls=replace(TLS, is_for_hostname=False)), "implicit_tls", ["certificate_faulty"]),
        (EXPIRING, "implicit_tls", ["certificate_expiring"]),
        (EXPIRING, "plaintext", []),
    ],
)
def test_each_kind_of_drift_has_its_name(facts: PortFacts, security: Security, kinds: list[str]) -> None:
    """What is documented decides what is a fault."""
    assert [each.kind for each in drift(facts, security)] == kinds


def test_a_name_that_is_gone_is_not_one_that_could_not_be_asked() -> None:
    """NXDOMAIN is an answer; a DNS that says nothing is none."""
    host = DocumentedHost(HOST, (), ("hoshi",))
    found = [
        judge_drift(host, HostState(HOST, NOW, error=key), None) for key in ("probe.host_unknown", "probe.dns_failed")
    ]
    assert [(each[0].kind, each[0].is_wrong) for each in found] == [("gone", True), ("not_checked", False)]


def test_a_new_certificate_is_noticed_against_the_run_before() -> None:
    """A note, louder where the issuer is another one too."""
    again = replace(GOOD, tls=replace(TLS, chain=(replace(LEAF, sha256="11"),)))
    other = replace(GOOD, tls=replace(TLS, chain=(replace(LEAF, sha256="11", issuer="Other CA"),)))
    assert drift(GOOD, before=state(GOOD)) == []
    keys = [[each.message_key for each in drift(facts, before=state(GOOD))] for facts in (again, other)]
    assert keys == [["verify.certificate_changed"], ["verify.certificate_changed_issuer"]]
    assert not any(each.is_wrong for each in drift(again, before=state(GOOD)))


def test_our_own_network_can_be_told_from_theirs() -> None:
    """Silence on every port may be ours; a refusal is an answer."""
    assert not state(ended(Ending.TIMED_OUT)).has_answered
    assert state(ended(Ending.REFUSED)).has_answered


def test_hosts_are_those_that_can_be_visited() -> None:
    """No patterns, no services that have ended; each host once, with everybody whose it is."""
    hosts = {each.hostname: each for each in documented_hosts(lookup().knowledge.providers, date(2026, 11, 24))}
    assert set(hosts) == {f"{name}.hoshi.example.jp" for name in ("imap", "pop", "smtp")}
    assert hosts["imap.hoshi.example.jp"].providers == ("hoshi", "kaze")
    assert [port.port for port in hosts["imap.hoshi.example.jp"].ports] == [993, 143]
    assert documented_hosts(lookup().knowledge.providers, date(2026, 11, 24), ["kumo"]) == ()


def test_everything_can_be_said_in_both_languages() -> None:
    """No key without a sentence, no placeholder without a value."""
    words = wording()
    found = [*drift(EXPIRING), *drift(with_codes(10)), *drift(NO_STARTTLS, "starttls"), *drift(ended(Ending.REFUSED))]
    host = DocumentedHost(HOST, (), ("hoshi",))
    found += [*judge_drift(host, HostState(HOST, NOW, error="probe.host_unknown"), None)]
    for language in LANGUAGES:
        assert not [said for each in found if "{" in (said := words.say(each.message_key, language, **each.params))]
    assert set(get_args(DriftKind)) >= NOTES


# -- the state file ----------------------------------------------------------------------------------------------------


def visited(name: str, when: datetime = NOW) -> HostState:
    """Return a visited host."""
    return HostState(name, when)


def test_a_run_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    """What was done is there again, half a line is dropped, and the run before stays until the end."""
    path = tmp_path / "state"
    with StateFile(path, NOW) as first:
        first.keep(visited("a.example"))
        first.finish(keeps_others=False)
    with StateFile(path, NOW) as broken_off:
        broken_off.keep(visited("b.example"))
    part = tmp_path / "state.part"
    part.write_bytes(part.read_bytes() + b'{"hostname": "c.ex')
    with StateFile(path, NOW) as again:
        assert (set(again.before), set(again.done)) == ({"a.example"}, {"b.example"})
        again.keep(visited("c.example"))
        again.finish(keeps_others=False)
    assert not part.exists()
    with StateFile(path, NOW) as last:
        assert (set(last.before), set(last.done)) == ({"b.example", "c.example"}, set())


def test_what_was_seen_too_long_ago_is_looked_at_again(tmp_path: Path) -> None:
    """A run that was broken off last week says nothing of today."""
    with StateFile(tmp_path / "state", NOW) as kept:
        kept.keep(visited("old.example", NOW - timedelta(days=4)))
        kept.keep(visited("new.example", NOW - timedelta(hours=4)))
    with StateFile(tmp_path / "state", NOW) as kept:
        assert set(kept.done) == {"new.example"}


def test_a_part_of_the_hosts_leaves_the_others_alone(tmp_path: Path) -> None:
    """`--only` takes over what the run before says of the rest."""
    path = tmp_path / "state"
    with StateFile(path, NOW) as kept:
        kept.keep(visited("a.example"))
        kept.keep(visited("b.example"))
        kept.finish(keeps_others=False)
    with StateFile(path, NOW) as kept:
        kept.keep(visited("b.example", NOW + timedelta(days=1)))
        kept.finish(keeps_others=True)
    with StateFile(path, NOW) as kept:
        assert {name: state.checked_at.day for name, state in kept.before.items()} == {"a.example": 24, "b.example": 25}


@pytest.mark.parametrize(
    "content",
    ["# notes\n", '{"a": 1}\n', "\xff", '{"hostname": "a", "checked_at": "2026-01-01T00:00:00"}\n'],
    ids=["text", "other json", "no end", "naive time"],
)
def test_somebody_elses_file_is_left_alone(tmp_path: Path, content: str) -> None:
    """What is no state file is neither read nor written over."""
    path = tmp_path / "diary.txt"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(StateFileInvalidError):
        StateFile(path, NOW)
    assert path.read_text(encoding="latin-1") == content


def test_a_state_is_one_json_line() -> None:
    """And comes back as it was."""
    line = msgspec.json.encode(state(GOOD))
    assert b"\n" not in line
    assert msgspec.json.decode(line, type=HostState) == state(GOOD)
    assert state(GOOD).checked_at.tzinfo is UTC

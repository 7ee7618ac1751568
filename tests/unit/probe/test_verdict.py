"""Verdicts from facts alone: what is recommended, what is wrong, and that every verdict can be said in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import get_args

import pytest

from bot.answer.wording import LANGUAGES, Wording
from bot.kb.load import load_lookup, shipped_folder
from bot.probe.certificate import fitting_names
from bot.probe.facts import Ending, OldTlsFacts, PortFacts, Stage, VerifyCode
from bot.probe.fault import Code, Finding
from bot.probe.verdict import judge_host, judge_port
from tests.support.probe_facts import NOW, leaf_for, tls_for

HOST = "mail.example.jp"
LEAF = leaf_for(HOST)
TLS = tls_for(HOST)
GOOD = PortFacts("imap", 993, "implicit_tls", Ending.COMPLETED, Stage.DONE, tls=TLS, sasl_after=("PLAIN",))


@pytest.fixture(scope="module")
def wording() -> Wording:
    """The shipped sentences."""
    return Wording(load_lookup([shipped_folder()], None))


def judged(facts: PortFacts) -> Code:
    """Return the code of a port's verdict."""
    return judge_port(facts, HOST, NOW).code


def with_codes(*codes: int, **tls: object) -> PortFacts:
    """Return facts whose verification found something at the server's own certificate."""
    found = tuple(VerifyCode(code, 0) for code in codes)
    return replace(GOOD, tls=replace(TLS, verify_codes=found, **tls))  # type: ignore[arg-type]


def every_finding() -> list[Finding]:
    """Return a finding of each kind that the rules can come to, from each ending at each stage."""
    facts = [
        replace(GOOD, ending=ending, stage=stage, security=security, tls=tls, detail="x", spoken=spoken, port=port)
        for ending, stage, security, tls, spoken, port in product(
            Ending,
            Stage,
            ("implicit_tls", "starttls"),
            (None, TLS, replace(TLS, version="TLSv1")),
            (None, "http"),
            (993, 25),
        )
    ]
    expired = replace(LEAF, not_after=NOW - timedelta(days=3))
    facts += [with_codes(code) for code in (9, 10, 18, 19, 20, 21, 66)]
    facts += [
        replace(GOOD, tls=replace(TLS, chain=(LEAF, expired), verify_codes=(VerifyCode(10, 1),))),
        replace(GOOD, tls=replace(TLS, chain=())),
        with_codes(20, 21, is_issuer_family_trusted=True),
        *(
            replace(GOOD, tls=replace(TLS, is_for_hostname=False, chain=(replace(LEAF, names=names),)))
            for names in ((), ("*.example.com",), ("a.example.com",))
        ),
        replace(GOOD, security="starttls", tls=None, sasl_before=("PLAIN",)),
        replace(GOOD, old_tls=OldTlsFacts(tls_1_0=True, tls_1_1=True), security="starttls", sasl_before=("LOGIN",)),
    ]
    return [
        finding
        for each in facts
        for verdict in [judge_port(each, HOST, NOW)]
        for finding in (verdict.main, *verdict.others)
    ]


def test_every_verdict_can_be_said_in_both_languages(wording: Wording) -> None:
    """Each finding and each next step has a sentence, in ja and en, that its own values fill."""
    findings = every_finding()
    assert {finding.code for finding in findings} == set(get_args(Code))
    for finding in findings:
        for key, language in product((finding.message_key, finding.step_key), LANGUAGES):
            assert wording.knows(key), key
            assert not re.search(r"[{}]", wording.say(key, language, **dict(finding.params))), (key, finding.params)


def test_no_sentence_of_the_probe_is_unused(wording: Wording) -> None:
    """Sentences that no finding leads to are no longer kept."""
    used = {key for finding in every_finding() for key in (finding.message_key, finding.step_key)}
    path = shipped_folder() + "/wording/ja/probe.yaml"
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        written = set(re.findall(r"^(probe\.(?:verdict|next)\.\w+):", file.read(), re.MULTILINE))
    assert written == used


def test_incomplete_chain_is_told_from_unknown_issuer() -> None:
    """An issuer that was not sent, but can be fetched or belongs to a family we trust, was forgotten by the server."""
    fetched = replace(LEAF, issuer_urls=("http://ca.example.com/r3.cer",))
    assert judged(with_codes(20, 21)) == "certificate_unknown_issuer"
    assert judged(with_codes(20, 21, chain=(fetched,))) == "certificate_incomplete_chain"
    assert judged(with_codes(20, 21, is_issuer_family_trusted=True)) == "certificate_incomplete_chain"
    # A private authority that sent its intermediate forgot nothing.
    intermediate = replace(
        LEAF, subject="Example CA", issuer="Private Root", issuer_urls=("http://ca.example.com/root",)
    )
    assert judged(with_codes(20, chain=(fetched, intermediate))) == "certificate_unknown_issuer"
    assert judged(with_codes(18, chain=(replace(LEAF, is_self_issued=True),))) == "certificate_self_signed"


def test_all_faults_of_a_certificate_are_told() -> None:
    """A wrong name is told first, because the user can mend it; the others follow."""
    facts = replace(GOOD, tls=replace(TLS, is_for_hostname=False, verify_codes=(VerifyCode(10, 0), VerifyCode(20, 0))))
    verdict = judge_port(facts, HOST, NOW)
    assert [verdict.code, *(each.code for each in verdict.others)] == [
        "certificate_wrong_name",
        "certificate_expired",
        "certificate_unknown_issuer",
    ]


def test_the_nearest_name_is_offered_first() -> None:
    """A name that shares its end with the typed one, and sounds like a mail server, comes before others and wildcards."""
    names = ["*.example.jp", "www.example.com", "www.example.jp", "imap.example.jp"]
    assert fitting_names(names, "mial.example.jp") == [
        "imap.example.jp",
        "www.example.jp",
        "www.example.com",
        "*.example.jp",
    ]


def test_recommended_is_tls_first_and_never_plaintext() -> None:
    """One port for each protocol; STARTTLS only where TLS from the start does not work, plaintext never."""
    plain = replace(GOOD, protocol="pop3", port=110, security="starttls", tls=None, starttls_offered=False)
    seen = (
        replace(GOOD, port=143, security="starttls", starttls_offered=True),
        GOOD,
        plain,
        replace(GOOD, protocol="smtp", port=465, ending=Ending.REFUSED, stage=Stage.CONNECT, tls=None),
        replace(GOOD, protocol="smtp", port=25, security="starttls", starttls_offered=True),
        replace(GOOD, protocol="smtp", port=587, security="starttls", starttls_offered=True),
    )
    found = judge_host(tuple(judge_port(facts, HOST, NOW) for facts in seen), HOST)
    assert [(each.protocol, each.port, each.security) for each in found.recommended] == [
        ("imap", 993, "implicit_tls"),
        ("smtp", 587, "starttls"),
    ]
    # 465 is closed, which is nothing to mend while 587 works.
    assert [each.port for each in found.wrong] == [110]
    assert found.ports[2].security == "plaintext"


@pytest.mark.parametrize("ending", [Ending.REFUSED, Ending.TIMED_OUT, Ending.UNREACHABLE, Ending.RESET])
def test_port_25_is_not_judged_from_here(ending: Ending) -> None:
    """Where port 25 is cut off, nothing is said of the server: the network may block it."""
    facts = replace(GOOD, protocol="smtp", port=25, security="starttls", ending=ending, stage=Stage.CONNECT, tls=None)
    assert judge_port(facts, HOST, NOW).main.message_key == "probe.verdict.could_not_test_port_25"


def test_old_tls_and_plaintext_logins_stand_beside_works() -> None:
    """A port that works can be used; what its administrator should mend is told beside it."""
    facts = replace(
        GOOD, old_tls=OldTlsFacts(tls_1_0=True, tls_1_1=False), security="starttls", sasl_before=("PLAIN", "CRAM-MD5")
    )
    verdict = judge_port(facts, HOST, NOW)
    assert verdict.is_usable
    assert [each.code for each in verdict.others] == ["tls_too_old", "plaintext_login_offered"]
    assert dict(verdict.others[1].params)["mechanisms"] == "PLAIN"


def test_what_is_no_host_name_is_nothing_to_type_in() -> None:
    """A certificate may hold any text as a name; none of it comes before a person as the name of a server."""
    names = ("the server moved: sign in at https://evil.example/login", "x <!here>", "*.Other.example", "a b.example")
    facts = replace(GOOD, tls=replace(TLS, chain=(replace(LEAF, names=names),), is_for_hostname=False))
    verdict = judge_port(facts, HOST, NOW)
    shown = str([finding.params for finding in (verdict.main, *verdict.others)])
    assert verdict.code == "certificate_wrong_name"
    assert not any(name in shown for name in names if "Other" not in name)

"""A probe as one JSON object, in a schema with a version: `mailports probe --schema` prints it.

Within one version keys are added but never renamed, retyped or removed. Texts for people are in the language that was asked
for; everything else is the same in every language. Text of the server is cleaned and cut, and still a stranger's.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from bot.discovery.agree import Agreement, Contradiction, ContradictionKind, Discovery, Side
from bot.discovery.candidates import FaultReason, Origin, Trust
from bot.kb.model import Authentication, Language, Protocol, Security, Username
from bot.probe.facts import PortFacts, clean_text
from bot.probe.fault import Code, Finding
from bot.probe.verdict import PortVerdict
from bot.survey.result import Setting, Survey
from bot.survey.target import TargetKind

if TYPE_CHECKING:
    from bot.answer.wording import Wording

SCHEMA_VERSION: Literal[1] = 1


class FindingRecord(msgspec.Struct, frozen=True):
    """One thing that was found out about a port."""

    code: Code
    """The same in every language and version."""
    message: str
    """What it means."""
    next_step: str
    """What to do."""
    params: dict[str, str | int]
    """The values in the message."""


class PortRecord(msgspec.Struct, frozen=True):
    """One port."""

    port: int
    protocol: Protocol
    security: Security
    """That a mail program would have to be set to; `plaintext` where nothing better is offered."""
    verdict: FindingRecord
    """`works`, or what keeps a mail program from using the port."""
    others: list[FindingRecord]
    """What should be mended beside it."""
    facts: PortFacts
    """What was seen."""
    hostname: str
    """Whose port it is."""


class SettingRecord(msgspec.Struct, frozen=True):
    """One line of recommended settings."""

    protocol: Protocol
    hostname: str
    port: int
    security: Security
    username: Username | None
    """None where nobody says."""
    authentication: list[Authentication]
    """Best first; empty where nobody says and the server does not tell."""
    origins: list[Origin]
    """Who names exactly this, the most believed first."""
    needs_confirmation: bool
    """In another domain, and only DNS answers name it: a person has to compare it with the provider's instructions."""


class SourceRecord(msgspec.Struct, frozen=True):
    """One source that names a server."""

    origin: Origin
    detail: str
    """Where it was read; a stranger's text."""
    trust: Trust
    as_of: date | None


class CandidateRecord(msgspec.Struct, frozen=True):
    """One server that somebody names for the domain."""

    protocol: Protocol
    hostname: str
    port: int
    security: Security
    username: Username | None
    authentication: list[Authentication]
    trust: Trust
    """Of the most believed source."""
    plaintext_only: bool
    """Nothing better is named for its protocol; never recommended."""
    sources: list[SourceRecord]
    verdict: Code | None
    """What the probe found; None where it was not probed."""


class ContradictionRecord(msgspec.Struct, frozen=True):
    """What sources say differently."""

    protocol: Protocol
    kind: ContradictionKind
    hostname: str | None
    message: str
    sides: list[Side]


class FaultRecord(msgspec.Struct, frozen=True):
    """Why a source, or one of its places, brought nothing."""

    origin: Origin
    detail: str
    """What was asked; a stranger's text."""
    reason: FaultReason
    status: int | None
    message: str


class DiscoveryRecord(msgspec.Struct, frozen=True):
    """What is published for a domain."""

    domain: str
    hosted_by: str | None
    """Id of the provider in our knowledge."""
    mx: list[str]
    candidates: list[CandidateRecord]
    """By protocol, the best first."""
    contradictions: list[ContradictionRecord]
    faults: list[FaultRecord]


class UnprobedRecord(msgspec.Struct, frozen=True):
    """A host that could not be probed at all."""

    hostname: str
    code: str
    """Key of the message, the same in every language."""
    message: str


class ProbeRecord(msgspec.Struct, frozen=True):
    """One probe of a server, or of what is published for a domain."""

    schema_version: Literal[1]
    host: str
    """What was asked about, in its one spelling: lower case, A-labels; of an address the domain alone."""
    language: Language
    """Of the messages."""
    probed_at: datetime
    elapsed_ms: int
    recommended: list[SettingRecord]
    """TLS from the start before STARTTLS, never plaintext; empty where nothing can be recommended."""
    wrong_ports: list[int]
    """Ports with something that should be mended."""
    ports: list[PortRecord]
    """Of all hosts, in the order in which they were asked for."""
    kind: TargetKind
    """How *host* was understood; `either` for a name that may be a server or a domain."""
    is_server: bool
    """A mail server answers at *host* itself."""
    discovery: DiscoveryRecord | None
    """None where a server was asked about."""
    unprobed: list[UnprobedRecord]


def probe_record(
    survey: Survey,
    wording: Wording,
    language: Language,
    *,
    probed_at: datetime,
    elapsed_ms: int,
) -> ProbeRecord:
    """Put a probe into the form of `--json`.

    Args:
        survey: Complete.
        wording: Says the findings.
        language: Of the messages.
        probed_at: Aware.
        elapsed_ms: Of everything.
    """
    wrong = {port.port for look in survey.shown for port in survey.wrong(look)}
    return ProbeRecord(
        schema_version=SCHEMA_VERSION,
        host=survey.target.name,
        language=language,
        probed_at=probed_at,
        elapsed_ms=elapsed_ms,
        recommended=[_setting(each) for each in survey.recommended],
        wrong_ports=sorted(wrong),
        ports=[
            _port(each, facts, look.hostname, wording, language)
            for look in survey.hosts
            for each, facts in zip(look.verdict.ports, look.facts, strict=True)
        ],
        kind=survey.target.kind,
        is_server=survey.is_server,
        discovery=None if survey.discovery is None else _discovery(survey, survey.discovery, wording, language),
        unprobed=[
            UnprobedRecord(
                look.hostname,
                look.error.message_key,
                wording.say_plain(look.error.message_key, language, **look.error.params),
            )
            for look in survey.hosts
            if look.error is not None
        ],
    )


def schema() -> dict[str, object]:
    """Return the JSON Schema of `--json`."""
    return msgspec.json.schema(ProbeRecord)


def _setting(each: Setting) -> SettingRecord:
    return SettingRecord(
        each.protocol,
        each.hostname,
        each.port,
        each.security,
        each.username,
        list(each.authentication),
        list(each.agreement.origins) if each.agreement is not None else [],
        each.needs_confirmation,
    )


def _discovery(survey: Survey, found: Discovery, wording: Wording, language: Language) -> DiscoveryRecord:
    return DiscoveryRecord(
        found.domain,
        found.hosted_by,
        list(found.mx),
        [_candidate(survey, each) for each in found.agreements],
        [_contradiction(each, wording, language) for each in found.contradictions],
        [
            FaultRecord(
                each.origin,
                clean_text(each.detail),
                each.reason,
                each.status,
                wording.say_plain(f"discovery.fault_{each.reason}", language, status=each.status or 0),
            )
            for each in found.faults
        ],
    )


def _candidate(survey: Survey, each: Agreement) -> CandidateRecord:
    verdict = survey.verdict_of(each)
    return CandidateRecord(
        each.protocol,
        each.hostname,
        each.port,
        each.security,
        each.username,
        list(each.authentication),
        each.trust,
        each.plaintext_only,
        [SourceRecord(one.origin, clean_text(one.origin_detail), one.trust, one.as_of) for one in each.candidates],
        verdict.code if verdict is not None else None,
    )


def _contradiction(each: Contradiction, wording: Wording, language: Language) -> ContradictionRecord:
    purpose = wording.say_plain(f"purpose.{each.protocol}", language)
    key = f"discovery.contradiction_{each.kind}"
    message = wording.say_plain(key, language, purpose=purpose, hostname=each.hostname or "")
    return ContradictionRecord(each.protocol, each.kind, each.hostname, message, list(each.sides))


def _port(verdict: PortVerdict, facts: PortFacts, hostname: str, wording: Wording, language: Language) -> PortRecord:
    def say(finding: Finding) -> FindingRecord:
        params = dict(finding.params)
        message = wording.say_plain(finding.message_key, language, **params)
        step = wording.say_plain(finding.step_key, language, **params)
        return FindingRecord(finding.code, message, step, params)

    return PortRecord(
        port=verdict.port,
        protocol=verdict.protocol,
        security=verdict.security,
        verdict=say(verdict.main),
        others=[say(each) for each in verdict.others],
        facts=facts,
        hostname=hostname,
    )

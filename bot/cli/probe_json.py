"""A probe as one JSON object, in a schema with a version: `mailports probe --schema` prints it.

Within one version keys are added but never renamed, retyped or removed. Texts for people are in the language that was asked
for; everything else is the same in every language. Text of the server is cleaned and cut, and still a stranger's.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from bot.kb.model import Language, Protocol, Security
from bot.probe.facts import PortFacts
from bot.probe.fault import Code, Finding
from bot.probe.verdict import HostVerdict, PortVerdict

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


class SettingRecord(msgspec.Struct, frozen=True):
    """One line of recommended settings."""

    protocol: Protocol
    hostname: str
    port: int
    security: Security


class ProbeRecord(msgspec.Struct, frozen=True):
    """One probe of one host."""

    schema_version: Literal[1]
    host: str
    """In its one spelling: lower case, A-labels."""
    language: Language
    """Of the messages."""
    probed_at: datetime
    elapsed_ms: int
    recommended: list[SettingRecord]
    """TLS from the start before STARTTLS, never plaintext; empty where nothing can be recommended."""
    wrong_ports: list[int]
    """Ports with something that should be mended."""
    ports: list[PortRecord]
    """In the order in which they were asked for."""


def probe_record(
    verdict: HostVerdict,
    facts: dict[int, PortFacts],
    wording: Wording,
    language: Language,
    *,
    probed_at: datetime,
    elapsed_ms: int,
) -> ProbeRecord:
    """Put a probe into the form of `--json`.

    Args:
        verdict: Of the host.
        facts: By port.
        wording: Says the findings.
        language: Of the messages.
        probed_at: Aware.
        elapsed_ms: Of the whole probe.
    """
    return ProbeRecord(
        schema_version=SCHEMA_VERSION,
        host=verdict.hostname,
        language=language,
        probed_at=probed_at,
        elapsed_ms=elapsed_ms,
        recommended=[
            SettingRecord(each.protocol, verdict.hostname, each.port, each.security) for each in verdict.recommended
        ],
        wrong_ports=[each.port for each in verdict.wrong],
        ports=[_port(each, facts[each.port], wording, language) for each in verdict.ports],
    )


def schema() -> dict[str, object]:
    """Return the JSON Schema of `--json`."""
    return msgspec.json.schema(ProbeRecord)


def _port(verdict: PortVerdict, facts: PortFacts, wording: Wording, language: Language) -> PortRecord:
    def say(finding: Finding) -> FindingRecord:
        params = dict(finding.params)
        message = wording.say(finding.message_key, language, **params).replace("`", "")
        step = wording.say(finding.step_key, language, **params).replace("`", "")
        return FindingRecord(finding.code, message, step, params)

    return PortRecord(
        port=verdict.port,
        protocol=verdict.protocol,
        security=verdict.security,
        verdict=say(verdict.main),
        others=[say(each) for each in verdict.others],
        facts=facts,
    )

"""Put what a probe saw into an answer: what to type in first, then what is wrong, then every port.

Pure: no network, no clock, no Slack. The same report is made while the probe runs (from what is known so far) and at its end.
A server's own words appear only as literal text, cut, and without anything that could be read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from bot.answer.kit import Kit
from bot.answer.model import Answer, BulletList, FactList, Heading, Paragraph, PlainTable, Section, SourceLine
from bot.answer.rows import seen_table, server_fields
from bot.answer.settings import provider_sources
from bot.errors import BotError
from bot.kb.model import Client, Protocol, Provider, Security, Server
from bot.kb.ports import DELIVERY_PORT
from bot.probe.facts import PortFacts
from bot.probe.fault import Finding
from bot.probe.verdict import ABSENT, HostVerdict, PortVerdict

_MAX_SAID: Final = 120
_MAX_NAMES: Final = 3
_MAX_SOURCES: Final = 2
# While ports are still out, a closed one is no fault yet: another may work.
# These say nothing about the server as it is documented.
_NO_EVIDENCE: Final = frozenset({"could_not_test", "temporarily_refused"})
# Values that are a stranger's words; the others are names, numbers and dates that were read.
_SAID: Final = frozenset({"issuer", "spoken", "mechanisms"})
_MARKUP: Final = str.maketrans({"`": "'", "*": "", "~": "", "<": "‹", ">": "›", "|": "¦"})
_MARKUP_AT_WORDS: Final = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])|:(?=[\w+'-]*[^\W\d][\w+'-]*:)")

State = Literal["running", "complete", "stopped", "interrupted"]


class HostSeen(msgspec.Struct, frozen=True):
    """One host, as far as it was looked at."""

    verdict: HostVerdict
    facts: Mapping[int, PortFacts]
    """By port."""


class Course(msgspec.Struct, frozen=True):
    """How far a probe has come."""

    state: State = "complete"
    """`stopped` by its asker, `interrupted` by the end of the program."""
    waiting: int = 0
    """Ports without a result."""
    seconds: float = 0.0
    seen_at: datetime | None = None
    """Set where the result was remembered from an earlier probe, with *age_s*."""
    age_s: int = 0


def compose_start(kit: Kit, hosts: Sequence[str], name: str | None = None) -> Answer:
    """Compose what is said before anything was seen.

    Args:
        kit: Words and knowledge.
        hosts: That will be probed.
        name: Of the provider where the question named one.
    """
    title = kit.say("probe.title_running", host=_name(kit, hosts, name))
    return _answer(kit, title, [Paragraph(kit.say("probe.start"))], feedback=False)


def compose_report(
    kit: Kit,
    seen: Sequence[HostSeen],
    course: Course,
    *,
    client: Client | None = None,
    provider: Provider | None = None,
    name: str | None = None,
    errors: Sequence[BotError] = (),
) -> Answer:
    """Compose the report of a probe.

    Args:
        kit: Words and knowledge.
        seen: Each host with its verdict, which covers the ports that have a result.
        course: How far it has come.
        client: The asker's mail program; its labels name what is to be chosen.
        provider: Whose servers these are, where that is known: what was seen is held against what is documented.
        name: Stands for the hosts in the title.
        errors: Of further hosts, which could not be probed.
    """
    hosts = [each.verdict.hostname for each in seen]
    several = len(hosts) > 1
    is_over = course.state == "complete"
    shown = _name(kit, hosts, name)
    if is_over and course.seen_at is not None:
        title = kit.say("probe.title_remembered", host=shown)
    elif is_over:
        title = kit.say("probe.heading", host=shown, seconds=f"{course.seconds:.1f}")
    else:
        title = kit.say("probe.title_running" if course.state == "running" else "probe.title_stopped", host=shown)
    if client is not None and client.ended_on is not None:
        client = None
    sections: list[Section] = []
    if course.seen_at is not None:
        time = course.seen_at.strftime("%H:%M:%S")
        sections.append(Paragraph(kit.say("probe.remembered", age=course.age_s, time=time), "quiet"))
    if not is_over:
        key = "probe.waiting" if course.state == "running" else f"probe.{course.state}"
        sections.append(
            Paragraph(kit.say(key, count=course.waiting), "normal" if course.state == "running" else "warning")
        )
    sections += _failures(kit, errors)
    ports = [port for each in seen for port in each.verdict.ports]
    if ports:
        sections += _recommended(kit, seen, client, provider, is_over=is_over)
        sections += _wrong(kit, seen, several=several, is_over=is_over)
        sections += [Heading(kit.say("probe.details")), _table(kit, seen, several=several)]
        sections += _below(kit, seen)
    elif not is_over and course.state != "running":
        sections.append(Paragraph(kit.say("probe.nothing_seen")))
    if provider is not None and is_over:
        sections += _agreement(kit, seen, provider)
    sources = provider_sources(kit, provider)[:_MAX_SOURCES] if provider is not None and is_over else []
    return _answer(kit, title, sections, sources, feedback=is_over)


def compose_refusal(kit: Kit, errors: Sequence[BotError], hosts: Sequence[str]) -> Answer:
    """Compose why nothing was probed, or why a probe came to no result.

    Args:
        kit: Words and knowledge.
        errors: That say why.
        hosts: That were asked for.
    """
    return _answer(kit, _name(kit, hosts, None), _failures(kit, errors), feedback=False)


def _failures(kit: Kit, errors: Sequence[BotError]) -> list[Section]:
    sentences = (kit.say(error.message_key, **error.params) for error in errors)
    return [Paragraph(sentence, "warning") for sentence in dict.fromkeys(sentences)]


def inert(text: str, limit: int = _MAX_SAID) -> str:
    """Take out of a stranger's text what Slack, or a reader's eye, could take for more than text.

    Args:
        text: Already one line of visible characters (`bot.probe.facts.clean_text`).
        limit: Characters that are kept.
    """
    plain = _MARKUP_AT_WORDS.sub("", text.translate(_MARKUP))
    # No program makes a link of this, and everybody can still read it.
    plain = plain.replace("://", "[:]//").replace("www.", "www[.]").replace("@", "[at]")
    return plain if len(plain) <= limit else f"{plain[: limit - 1].rstrip()}…"


def _name(kit: Kit, hosts: Sequence[str], name: str | None) -> str:
    if name is not None:
        return name
    return hosts[0] if len(hosts) == 1 else kit.say("probe.title_several", count=len(hosts))


def _answer(
    kit: Kit, title: str, sections: Sequence[Section], sources: Sequence[SourceLine] = (), *, feedback: bool
) -> Answer:
    return Answer(
        decision="answer",
        language=kit.language,
        intent="probe",
        confidence=1.0,
        title=title,
        sections=tuple(sections),
        sources=tuple(sources),
        feedback=feedback,
        labels=kit.labels(),
    )


def _recommended(
    kit: Kit, seen: Sequence[HostSeen], client: Client | None, provider: Provider | None, *, is_over: bool
) -> Iterator[Section]:
    found = [(each.verdict.hostname, port) for each in seen for port in each.verdict.recommended]
    if client is not None:
        # What the program cannot do is of no use; where that leaves nothing, what the server can do still is.
        found = [(host, port) for host, port in found if port.protocol in client.protocols] or found
    if not found:
        if is_over:
            yield Paragraph(kit.say("probe.recommended_none"), "warning")
        return
    yield Heading(kit.say("probe.recommended" if is_over else "probe.recommended_so_far"))
    servers: list[tuple[str, Protocol, int, Security]] = [
        (host, port.protocol, port.port, port.security) for host, port in found
    ]
    yield seen_table(kit, servers, client, provider)
    if client is not None:
        fields = server_fields(kit, client, (protocol for _, protocol, _, _ in servers))
        yield FactList(((kit.say("fact.server_fields"), fields),))


def _wrong(kit: Kit, seen: Sequence[HostSeen], *, several: bool, is_over: bool) -> Iterator[Section]:
    """Yield what is wrong, equal sentences once with all their ports, each with the next step."""
    said: dict[tuple[str, ...], list[str]] = {}
    for each in seen:
        for port in each.verdict.wrong:
            if not is_over and not port.others and port.code in ABSENT:
                continue
            for finding in (port.main, *port.others):
                if finding.code != "works":
                    detail = each.facts[port.port].detail if finding is port.main else ""
                    lines = _sentences(kit, finding, detail)
                    said.setdefault(lines, []).append(_port_name(kit, each, port, several=several))
    if not said:
        if is_over:
            yield Paragraph(kit.say("probe.none_wrong"))
        return
    yield Heading(kit.say("probe.wrong"))
    separator = kit.say("list.separator")
    yield BulletList(
        tuple(
            "\n".join([kit.say("probe.finding", ports=separator.join(ports), message=lines[0]), *lines[1:]])
            for lines, ports in said.items()
        )
    )


def _sentences(kit: Kit, finding: Finding, detail: str) -> tuple[str, ...]:
    params = _params(finding)
    lines = [kit.say(finding.message_key, **params), kit.say("probe.step", step=kit.say(finding.step_key, **params))]
    if detail:
        lines.append(kit.say("probe.server_said", detail=f"`{inert(detail)}`"))
    return tuple(lines)


def _params(finding: Finding) -> dict[str, str | int]:
    return {name: inert(str(value)) if name in _SAID else value for name, value in finding.params}


def _table(kit: Kit, seen: Sequence[HostSeen], *, several: bool) -> PlainTable:
    rows = tuple(
        (
            _port_name(kit, each, port, several=several),
            kit.say(port.main.message_key, **_params(port.main)),
            kit.say("probe.milliseconds", ms=each.facts[port.port].elapsed_ms),
        )
        for each in seen
        for port in each.verdict.ports
    )
    return PlainTable("", (kit.say("column.port"), kit.say("probe.column_verdict"), kit.say("probe.column_time")), rows)


def _port_name(kit: Kit, seen: HostSeen, port: PortVerdict, *, several: bool) -> str:
    protocol = kit.say(f"protocol.{port.protocol}")
    if several:
        return kit.say("probe.port_name_of", host=seen.verdict.hostname, port=port.port, protocol=protocol)
    return kit.say("probe.port_name", port=port.port, protocol=protocol)


def _below(kit: Kit, seen: Sequence[HostSeen]) -> Iterator[Section]:
    """Yield the small print under the table of ports: where we connected to, what was left out, what 25 can tell."""
    facts = [each for host in seen for each in host.facts.values()]
    connected = dict.fromkeys(each.address for each in facts if each.address is not None)
    if connected:
        yield Paragraph(kit.say("probe.connected", addresses=", ".join(connected)), "quiet")
    refused = dict.fromkeys(address for each in facts for address in each.refused_addresses)
    if refused:
        yield Paragraph(kit.say("probe.refused_addresses", addresses=", ".join(refused)), "quiet")
    if any(each.port == DELIVERY_PORT for each in facts):
        yield Paragraph(kit.say("probe.port_25_note"), "quiet")


def _agreement(kit: Kit, seen: Sequence[HostSeen], provider: Provider) -> Iterator[Section]:
    """Yield whether the servers are as their provider documents them."""
    name = kit.text(provider.names)
    kept: list[str] = []
    broken: list[str] = []
    for each in seen:
        host = each.verdict.hostname
        documented = [server for server in provider.servers if server.is_host(host)]
        if not documented:
            names = dict.fromkeys(server.hostname or server.hostname_pattern or "" for server in provider.servers)
            shown = kit.join(f"`{known}`" for known in list(names)[:_MAX_NAMES])
            if names:
                yield Paragraph(kit.say("probe.not_documented", host=host, provider=name, names=shown))
        for server, port in _pairs(documented, each.verdict.ports):
            label = _port_name(kit, each, port, several=len(seen) > 1)
            if port.is_usable and port.security == server.security:
                kept.append(label)
            elif port.code not in _NO_EVIDENCE:
                broken.append(label)
    if broken:
        yield Paragraph(kit.say("probe.disagrees", provider=name, ports=kit.join(broken)), "warning")
    elif kept:
        yield Paragraph(kit.say("probe.agrees", provider=name, ports=kit.join(kept)))


def _pairs(servers: Iterable[Server], ports: Sequence[PortVerdict]) -> Iterator[tuple[Server, PortVerdict]]:
    for server in servers:
        for port in ports:
            if server.port == port.port and server.security != "plaintext":
                yield server, port

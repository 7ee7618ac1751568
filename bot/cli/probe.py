"""`mailports probe`: look at a real mail server and say what works, what is wrong and what to type in."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast, get_args

from bot.cli.output import CANNOT_RUN, load_lookup, report
from bot.errors import BotError

if TYPE_CHECKING:
    import argparse

    from bot.answer.wording import Wording
    from bot.kb.model import Language
    from bot.probe.facts import PortFacts
    from bot.probe.plan import PortPlan, ProbePlan
    from bot.settings import Settings

_SECURITIES = {"tls": "implicit_tls", "implicit_tls": "implicit_tls", "starttls": "starttls"}
_EXIT = """\
exit status: 0 at least one port works and nothing is wrong; 1 something is wrong, or no port works;
2 nothing could be probed (no such host, not allowed, a setting that cannot be used).
Reaches public addresses and mail ports only; MAILPORTS_PROBE_ALLOW opens company networks, MAILPORTS_PROBE_DENY closes others.
No login is ever tried."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `probe`."""
    parser.epilog = _EXIT
    parser.add_argument("host", nargs="?", help="a server's name or address, such as mail.example.jp")
    parser.add_argument(
        "--ports", help="instead of 993,995,465,587,143,110,4190; others as 8143=imap/starttls or 8993=imap/tls"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of --json, and probe nothing")
    parser.add_argument("--language", choices=("ja", "en"), help="that of LANG by default")


def run(arguments: argparse.Namespace) -> int:
    """Probe one host; see the epilogue for the exit status."""
    from bot.settings import console_language, load_settings

    if arguments.schema:
        from bot.cli.probe_json import schema

        return _print_json(schema())
    try:
        lookup = load_lookup()
    except BotError as error:
        return report(error)
    from bot.answer.wording import Wording
    from bot.cli.start import refuse_start

    wording = Wording(lookup)
    language: Language = arguments.language or console_language()
    try:
        settings = load_settings()
    except BotError as error:
        return refuse_start(error, wording)
    try:
        plan = read_plan(arguments.host or "", arguments.ports, settings.ca_file)
        started = time.monotonic()
        seen = asyncio.run(_probe(plan, settings, wording, language))
    except BotError as error:
        sentence = wording.say(error.message_key, language, **error.params).replace("`", "")
        print(f"mailports: {sentence}", file=sys.stderr)
        return CANNOT_RUN
    return _show(plan, seen, wording, language, time.monotonic() - started, as_json=arguments.json)


def read_plan(host: str, ports: str | None, ca_file: str | None) -> ProbePlan:
    """Read what is to be probed.

    Args:
        host: As typed; a mail port behind it is the only one then.
        ports: As typed: numbers of mail ports, others with their protocol and encryption.
        ca_file: Roots to trust instead of the system's.

    Raises:
        BotError: It cannot be read.
    """
    from bot.probe.host import read_host
    from bot.probe.plan import USUAL_PORTS, ProbePlan, plan_probe

    typed = read_host(host)
    if ports is None:
        return plan_probe(typed.host, USUAL_PORTS if typed.port is None else (typed.port,), ca_file=ca_file)
    planned: dict[int, PortPlan] = {}
    for word in filter(None, ports.replace(",", " ").split()):
        plan = _read_port(word)
        planned.setdefault(plan.port, plan)
    if not planned:
        raise BotError("probe.port_form", given="")
    return ProbePlan(typed.host, tuple(planned.values()), ca_file)


def _read_port(word: str) -> PortPlan:
    from bot.kb.model import Protocol
    from bot.probe.plan import PortPlan, plan_probe

    number, equals, kind = word.partition("=")
    given = word[:40]
    if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) < 65536):
        raise BotError("probe.port_form", given=given)
    if not equals:
        return plan_probe("", (int(number[:6]),)).ports[0]
    protocol, _, security = kind.lower().partition("/")
    if protocol not in get_args(Protocol) or security not in _SECURITIES:
        raise BotError("probe.port_form", given=given)
    return PortPlan(int(number[:6]), cast("Protocol", protocol), _SECURITIES[security])  # type: ignore[arg-type]


async def _probe(plan: ProbePlan, settings: Settings, wording: Wording, language: Language) -> dict[int, PortFacts]:
    """Probe, and tell each port on standard error as it becomes known."""
    from bot.probe.dns import DnsResolver
    from bot.probe.run import probe
    from bot.probe.target import Guard
    from bot.probe.verdict import judge_port

    guard = Guard(settings.probe_allow, settings.probe_deny)
    seen: dict[int, PortFacts] = {}
    async with aclosing(probe(plan, guard=guard, resolver=DnsResolver(settings.dns_server))) as results:
        async for facts in results:
            seen[facts.port] = facts
            main = judge_port(facts, plan.host, datetime.now(UTC)).main
            verdict = wording.say(main.message_key, language, **dict(main.params))
            protocol = wording.say(f"protocol.{facts.protocol}", language)
            line = wording.say("probe.progress", language, port=facts.port, protocol=protocol, verdict=verdict)
            print(line.replace("`", ""), file=sys.stderr, flush=True)
    return seen


def _show(
    plan: ProbePlan,
    seen: dict[int, PortFacts],
    wording: Wording,
    language: Language,
    seconds: float,
    *,
    as_json: bool,
) -> int:
    from bot.probe.verdict import judge_host, judge_port

    now = datetime.now(UTC)
    verdicts = tuple(judge_port(seen[port.port], plan.host, now) for port in plan.ports)
    verdict = judge_host(verdicts, plan.host)
    if as_json:
        from bot.cli.probe_json import probe_record

        _print_json(probe_record(verdict, seen, wording, language, probed_at=now, elapsed_ms=round(seconds * 1000)))
    else:
        from bot.cli.probe_text import probe_lines

        print("\n".join(probe_lines(verdict, seen, wording, language, seconds)))
    return 1 if verdict.wrong or not any(each.is_usable for each in verdicts) else 0


def _print_json(value: object) -> int:
    import msgspec

    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()
    return 0

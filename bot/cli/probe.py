"""`mailports probe`: look at a mail server, or at what is published for a domain, and say what to type in and what is wrong."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.cli.output import CANNOT_RUN, load_lookup, report
from bot.cli.probe_files import add_file_arguments, check_file_arguments
from bot.errors import BotError

if TYPE_CHECKING:
    import argparse

    from bot.answer.wording import Wording
    from bot.kb.lookup import Lookup
    from bot.kb.model import Language
    from bot.probe.plan import PortPlan
    from bot.survey.means import Means
    from bot.survey.result import Survey
    from bot.survey.target import Target

_EXIT = """\
exit status: 0 at least one port works and nothing is wrong; 1 something is wrong, or no port works;
2 nothing could be probed (no such host, not allowed, a setting that cannot be used, a file that cannot be made).
An address or a domain is first discovered: what our knowledge, the DNS, autoconfig, the ISPDB and Autodiscover say of it.
Only the domain is ever sent; MAILPORTS_ISPDB=off and MAILPORTS_AUTODISCOVER=off leave out who is asked beside the domain.
Reaches public addresses and mail ports only; MAILPORTS_PROBE_ALLOW opens company networks, MAILPORTS_PROBE_DENY closes others.
No login is ever tried."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `probe`."""
    from argparse import RawDescriptionHelpFormatter

    parser.epilog = _EXIT
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.add_argument(
        "target", nargs="?", help="a server (mail.example.jp, 192.0.2.1), a domain (example.jp) or an address"
    )
    forced = parser.add_mutually_exclusive_group()
    forced.add_argument("--host", dest="kind", action="store_const", const="server", help="it is a server's name")
    forced.add_argument("--domain", dest="kind", action="store_const", const="domain", help="it is a domain")
    parser.add_argument(
        "--ports", help="instead of 993,995,465,587,143,110,4190; others as 8143=imap/starttls or 8993=imap/tls"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of --json, and probe nothing")
    parser.add_argument("--language", choices=("ja", "en"), help="that of LANG by default")
    add_file_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Probe; see the epilogue for the exit status."""
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
    from bot.probe.typed import read_ports
    from bot.slack.logs import configure_logging
    from bot.survey.means import build_means
    from bot.survey.target import read_target

    # To standard error: what is printed is the report alone.
    configure_logging(settings.log_level)
    try:
        check_file_arguments(arguments)
        target = read_target(arguments.target or "", lookup.hosts, forced=arguments.kind)
        ports = None if arguments.ports is None else read_ports(arguments.ports)
        means = build_means(
            lookup,
            allow=settings.probe_allow,
            deny=settings.probe_deny,
            dns_server=settings.dns_server,
            ca_file=settings.ca_file,
            ispdb=settings.ispdb,
            autodiscover=settings.autodiscover,
        )
        started = time.monotonic()
        survey = asyncio.run(_look_up(target, means, ports, wording, language))
        return _show(arguments, survey, lookup, wording, language, time.monotonic() - started)
    except BotError as error:
        return _refuse(error, wording, language)


async def _look_up(
    target: Target, means: Means, ports: tuple[PortPlan, ...] | None, wording: Wording, language: Language
) -> Survey:
    """Look, and tell each port on standard error as it becomes known."""
    from bot.survey.look_up import look_up

    def say(key: str, **params: object) -> str:
        return wording.say_plain(key, language, **params)

    told: set[tuple[str, int]] = set()
    last: Survey | None = None
    if target.is_discovered:
        print(say("probe.progress_discovering", domain=target.name), file=sys.stderr, flush=True)
    key = "probe.progress" if target.kind == "server" else "probe.progress_host"
    async with aclosing(look_up(target, means, ports=ports)) as surveys:
        async for last in surveys:
            for look in last.hosts:
                for port in look.verdict.ports:
                    if (look.hostname, port.port) not in told:
                        told.add((look.hostname, port.port))
                        verdict = say(port.main.message_key, **dict(port.main.params))
                        name = say(f"protocol.{port.protocol}")
                        line = say(key, host=look.hostname, port=port.port, protocol=name, verdict=verdict)
                        print(line, file=sys.stderr, flush=True)
    assert last is not None  # every survey has at least one step
    return last


def _show(
    arguments: argparse.Namespace,
    survey: Survey,
    lookup: Lookup,
    wording: Wording,
    language: Language,
    seconds: float,
) -> int:
    if survey.target.kind == "server" and survey.error is not None:
        raise survey.error
    if arguments.json:
        from bot.cli.probe_json import probe_record

        elapsed_ms = round(seconds * 1000)
        record = probe_record(survey, wording, language, probed_at=datetime.now(UTC), elapsed_ms=elapsed_ms)
        _print_json(record)
    elif not arguments.ticket:
        from bot.cli.probe_text import probe_lines

        print("\n".join(probe_lines(survey, wording, language, seconds)))
    if arguments.ticket or arguments.profile or arguments.autoconfig or arguments.qr:
        _hand_over(arguments, survey, lookup, wording, language)
    if survey.error is not None:
        return CANNOT_RUN
    is_wrong = any(survey.wrong(look) or look.error for look in survey.shown)
    return 1 if is_wrong or not any(each.is_usable for look in survey.hosts for each in look.verdict.ports) else 0


def _hand_over(
    arguments: argparse.Namespace, survey: Survey, lookup: Lookup, wording: Wording, language: Language
) -> None:
    from bot.cli.probe_files import ticket_text, write_files
    from bot.survey.profile import settings_of_survey

    settings = settings_of_survey(survey, lookup)
    if arguments.ticket and not arguments.json:
        print(ticket_text(settings, wording, language), end="")
    for path in write_files(arguments, settings, wording, language):
        print(wording.say("probe.file_written", language, path=path), file=sys.stderr)


def _refuse(error: BotError, wording: Wording, language: Language) -> int:
    print(f"mailports: {wording.say_plain(error.message_key, language, **error.params)}", file=sys.stderr)
    return CANNOT_RUN


def _print_json(value: object) -> int:
    import msgspec

    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()
    return 0

"""`mailports knowledge verify`: visit every documented host gently, and report where it is no longer as documented."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from bot.cli.output import CANNOT_RUN
from bot.errors import BotError

if TYPE_CHECKING:
    from bot.answer.wording import Wording
    from bot.kb.model import Knowledge, Language
    from bot.settings import Settings
    from bot.survey.documented import DocumentedHost
    from bot.survey.drift import Drift, HostState
    from bot.survey.state_file import StateFile

_BAR = 30
_FEW = 2
"""So few hosts may all be silent without our own network being what is broken."""
_EXIT = """\
exit status: 0 every visited host is as documented (notes may be printed); 1 something is no longer as documented;
2 nothing could be verified (no such id, a file that cannot be used, no network); 130 broken off with Ctrl-C.
One connection at a time to a provider's hosts, with a pause between; no login. With --resume FILE, what is done is kept in
FILE.part as one JSON line per host: the next call goes on there, and FILE holds the last complete run, against which new
certificates are noticed."""


class DriftRecord(msgspec.Struct, frozen=True):
    """One line of the report."""

    hostname: str
    port: int | None
    providers: list[str]
    kind: str
    wrong: bool
    """False for what is only worth knowing."""
    message: str


class VerifyRecord(msgspec.Struct, frozen=True):
    """The whole report."""

    schema_version: Literal[1]
    finished_at: datetime
    hosts: int
    """That were visited, in this call or before it was broken off."""
    findings: list[DriftRecord]


def add_verify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the arguments of `knowledge verify`."""
    verify = commands.add_parser(
        "verify",
        help="visit the documented hosts and report what has changed",
        epilog=_EXIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verify.add_argument("--only", nargs="+", metavar="ID", default=[], help="ids of providers")
    verify.add_argument(
        "--resume", type=Path, metavar="FILE", help="keep what is done, and go on where it was broken off"
    )
    verify.add_argument("--json", action="store_true", help="print one JSON object")
    verify.add_argument("--at-once", type=_positive, default=8, metavar="N", help="providers at once (8)")
    verify.add_argument(
        "--pause", type=_seconds, default=0.5, metavar="S", help="seconds between two connections (0.5)"
    )
    verify.add_argument("--language", choices=("ja", "en"), help="that of LANG by default")


def run_verify(knowledge: Knowledge, arguments: argparse.Namespace) -> int:
    """Visit, judge and print; see the epilogue for the exit status.

    Raises:
        BotError: The state file is none.
    """
    import asyncio

    from bot.answer.wording import Wording
    from bot.cli.start import refuse_start
    from bot.kb.lookup import Lookup
    from bot.settings import console_language, load_settings
    from bot.survey.documented import documented_hosts
    from bot.survey.drift import judge_drift
    from bot.survey.state_file import StateFile

    lookup = Lookup(knowledge)
    wording, language = Wording(lookup), arguments.language or console_language()
    unknown = [id_ for id_ in arguments.only if lookup.provider(id_) is None]
    if unknown:
        print(wording.say_plain("verify.no_such_id", language, ids=", ".join(unknown)), file=sys.stderr)
        return CANNOT_RUN
    try:
        settings = load_settings()
    except BotError as error:
        return refuse_start(error, wording)
    now = datetime.now(UTC)
    hosts = documented_hosts(knowledge.providers, now.date(), arguments.only)
    try:
        with nullcontext() if arguments.resume is None else StateFile(arguments.resume, now) as kept:
            states = asyncio.run(_visit(hosts, kept, settings, arguments, wording, language))
            if not hosts:
                raise BotError("verify.no_host")
            if not _is_seen([states[each.hostname] for each in hosts]):
                if kept is not None:
                    kept.discard()
                raise BotError("verify.no_network")
            before = kept.before if kept is not None else {}
            found = [
                drift for each in hosts for drift in judge_drift(each, states[each.hostname], before.get(each.hostname))
            ]
            if kept is not None:
                kept.finish(keeps_others=bool(arguments.only))
    except BotError as error:
        print(f"mailports: {wording.say_plain(error.message_key, language, **error.params)}", file=sys.stderr)
        return CANNOT_RUN
    _print(found, len(hosts), wording, language, as_json=arguments.json)
    return 1 if any(each.is_wrong for each in found) else 0


def _is_seen(states: Sequence[HostState]) -> bool:
    """Say whether anything was seen at all: a few hosts may all be silent or gone, but not all without a look."""
    from bot.survey.drift import HOST_UNKNOWN

    if len(states) > _FEW:
        return any(state.has_answered for state in states)
    return any(state.ports or state.error == HOST_UNKNOWN for state in states)


async def _visit(
    hosts: Sequence[DocumentedHost],
    kept: StateFile | None,
    settings: Settings,
    arguments: argparse.Namespace,
    wording: Wording,
    language: Language,
) -> dict[str, HostState]:
    """Visit what is not done yet, with a bar on standard error."""
    import asyncio
    from contextlib import aclosing

    from bot.probe.dns import DnsResolver
    from bot.probe.target import Guard
    from bot.survey.visit import Pace, visit_all

    states = dict(kept.done) if kept is not None else {}
    todo = [host for host in hosts if host.hostname not in states]
    done = len(hosts) - len(todo)
    bar = _Bar(len(hosts), wording, language)
    if done:
        print(wording.say("verify.resumed", language, done=done, count=len(hosts)), file=sys.stderr)
    visits = visit_all(
        todo,
        guard=Guard(settings.probe_allow, settings.probe_deny),
        resolver=DnsResolver(settings.dns_server),
        ca_file=settings.ca_file,
        pace=Pace(arguments.at_once, arguments.pause),
    )
    try:
        async with aclosing(visits):
            async for state in visits:
                states[state.hostname] = state
                if kept is not None:
                    kept.keep(state)
                done += 1
                bar.show(done, state.hostname)
    except asyncio.CancelledError:
        bar.end()
        key = "verify.broken_off" if kept is not None else "verify.broken_off_for_good"
        print(wording.say(key, language, done=done, count=len(hosts)), file=sys.stderr)
        raise
    bar.end()
    return states


class _Bar:
    """A progress bar on a terminal; elsewhere a line at each tenth."""

    def __init__(self, count: int, wording: Wording, language: Language) -> None:
        self._count = count
        self._is_terminal = sys.stderr.isatty()
        self._wording = wording
        self._language = language
        self._tenth = 0

    def show(self, done: int, host: str) -> None:
        text = self._wording.say("verify.progress", self._language, done=done, count=self._count, host=host)
        if self._is_terminal:
            full = _BAR * done // self._count
            # Erase to the end of the line: the name before may have been longer.
            print(f"\r[{'#' * full}{'.' * (_BAR - full)}] {text[:60]}\x1b[K", end="", file=sys.stderr, flush=True)
        elif (tenth := 10 * done // self._count) > self._tenth:
            self._tenth = tenth
            print(text, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._is_terminal:
            print(file=sys.stderr, flush=True)


def _print(found: Sequence[Drift], count: int, wording: Wording, language: Language, *, as_json: bool) -> None:
    records = [
        DriftRecord(
            each.hostname,
            each.port,
            list(each.providers),
            each.kind,
            each.is_wrong,
            wording.say_plain(each.message_key, language, **each.params),
        )
        for each in found
    ]
    if as_json:
        report = VerifyRecord(1, datetime.now(UTC), count, records)
        sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
        sys.stdout.buffer.flush()
        return
    for wrong, heading in ((True, "verify.wrong"), (False, "verify.notes")):
        rows = [each for each in records if each.wrong is wrong]
        if rows:
            print(wording.say(heading, language))
        for each in rows:
            place = each.hostname if each.port is None else f"{each.hostname}:{each.port}"
            print(f"  {place} ({', '.join(each.providers)}): {each.message}")
    wrong_count = sum(each.wrong for each in records)
    print(wording.say("verify.summary", language, count=count, wrong=wrong_count, notes=len(records) - wrong_count))


def _positive(text: str) -> int:
    if not 1 <= (number := int(text)) <= 50:
        raise argparse.ArgumentTypeError("must be between 1 and 50")
    return number


def _seconds(text: str) -> float:
    if not 0 <= (number := float(text)) <= 60:
        raise argparse.ArgumentTypeError("must be between 0 and 60")
    return number

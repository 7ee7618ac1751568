"""`mailports knowledge`: check, show, date, compare, import and verify the knowledge files."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.knowledge_verify import add_verify, run_verify
from bot.cli.output import report
from bot.errors import BotError, KnowledgeInvalidError

if TYPE_CHECKING:
    from bot.kb.model import Knowledge

STALE_AFTER = timedelta(days=180)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="check|show|stale|compare|import|verify")
    commands.add_parser("check", help="report every problem as `path: message`; exit 1 if there is one")
    show = commands.add_parser("show", help="print one entry as JSON")
    show.add_argument("id", help="id of a provider, a program, an answer, an error, or a port number")
    stale = commands.add_parser("stale", help="list what was checked more than 180 days ago or has run out")
    stale.add_argument("--on", type=date.fromisoformat, default=None, help="as seen on this day (YYYY-MM-DD)")
    compare = commands.add_parser("compare", help="hold our servers against what somebody else publishes")
    compare.add_argument("source", type=Path, help="autoconfig XML (a file, a folder, a checkout) or JSON lines")
    compare.add_argument("--reasons", default="ispdb", help="file of `comparisons/` with the reviewed differences")
    compare.add_argument("--all", action="store_true", help="list what agrees, too")
    take = commands.add_parser("import", help="take published settings over into your own folder, as unreviewed")
    take.add_argument("source", type=Path, help="autoconfig XML: a file, a folder, or a checkout of ISPDB")
    take.add_argument("--into", type=Path, help="your own folder (left out: the one in MAILPORTS_KNOWLEDGE)")
    take.add_argument("--source-url", required=True, help="where the files can be read; ends with / for a folder")
    take.add_argument("--as-of", type=date.fromisoformat, default=None, help="the age of the copy (YYYY-MM-DD)")
    take.add_argument("--plaintext", action="store_true", help="take servers without encryption over, too")
    add_verify(commands)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command.

    Returns:
        0, or 1 for problems found and for an id that does not exist, or 2 for files that cannot be loaded at all.
    """
    try:
        return _run(arguments)
    except KnowledgeInvalidError as error:
        print("\n".join(error.problems))
        print(f"{len(error.problems)} problem(s)", file=sys.stderr)
        return 1
    except BotError as error:
        return report(error)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.action == "import":
        from bot.cli.knowledge_import import run_import

        return run_import(arguments)
    from bot.kb.load import load_knowledge
    from bot.settings import knowledge_paths

    knowledge = load_knowledge(knowledge_paths())
    if arguments.action == "check":
        from bot.cli.knowledge_check import run_check

        return run_check(knowledge)
    if arguments.action == "compare":
        from bot.cli.knowledge_compare import run_compare

        return run_compare(knowledge, arguments)
    if arguments.action == "verify":
        return run_verify(knowledge, arguments)
    if arguments.action == "show":
        return _show(knowledge, arguments.id)
    return _stale(knowledge, arguments.on or date.today())  # noqa: DTZ011 - the reader's own day


def _show(knowledge: Knowledge, id_: str) -> int:
    import msgspec

    every: list[Any] = [*knowledge.providers, *knowledge.clients, *knowledge.articles, *knowledge.errors]
    found = [entry for entry in every if entry.id == id_]
    found += [entry for entry in knowledge.ports if str(entry.port) == id_]
    for entry in found:
        print(json.dumps(msgspec.to_builtins(entry), ensure_ascii=False, indent=2))
    if not found:
        print(f"no entry is called '{id_}'; `mailports intents` lists the ids", file=sys.stderr)
    return 0 if found else 1


def _stale(knowledge: Knowledge, today: date) -> int:
    """List entries whose newest reading is older than 180 days, and dated facts that have run out."""
    rows = []
    every: list[Any] = [*knowledge.providers, *knowledge.clients, *knowledge.ports, *knowledge.articles]
    for entry in [*every, *knowledge.errors]:
        name = getattr(entry, "id", None) or str(getattr(entry, "port", ""))
        newest = max(source.source_as_of or source.checked_on for source in entry.sources)
        if today - newest > STALE_AFTER:
            rows.append((newest, name, "last read"))
        rows += [
            (note.valid_to, name, "ran out")
            for note in getattr(entry, "dated_notes", ())
            if note.valid_to and note.valid_to < today
        ]
        end = getattr(entry, "closes_on", None)
        rows += [(end, name, "has closed since")] if end and end <= today else []
    for day, name, what in sorted(rows):
        print(f"{day}  {name}: {what}")
    return 0

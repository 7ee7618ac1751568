"""`mailports knowledge`: check, show and date the knowledge files."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bot.cli.output import report
from bot.errors import BotError, KnowledgeInvalidError

if TYPE_CHECKING:
    from bot.kb.lookup import Lookup
    from bot.kb.model import Knowledge

STALE_AFTER = timedelta(days=180)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="check|show|stale")
    commands.add_parser("check", help="report every problem as `path: message`; exit 1 if there is one")
    show = commands.add_parser("show", help="print one entry as JSON")
    show.add_argument("id", help="id of a provider, a program, an answer, an error, or a port number")
    stale = commands.add_parser("stale", help="list what was checked more than 180 days ago or has run out")
    stale.add_argument("--on", type=date.fromisoformat, default=None, help="as seen on this day (YYYY-MM-DD)")


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command.

    Returns:
        0, or 1 for problems found and for an id that does not exist, or 2 for files that cannot be loaded at all.
    """
    from bot.kb.load import load_knowledge
    from bot.settings import knowledge_paths

    try:
        knowledge = load_knowledge(knowledge_paths())
    except KnowledgeInvalidError as error:
        print("\n".join(error.problems))
        print(f"{len(error.problems)} problem(s)", file=sys.stderr)
        return 1
    except BotError as error:
        return report(error)
    if arguments.action == "check":
        return _check(knowledge)
    if arguments.action == "show":
        return _show(knowledge, arguments.id)
    return _stale(knowledge, arguments.on or date.today())  # noqa: DTZ011 - the reader's own day


def _check(knowledge: Knowledge) -> int:
    """Run what needs the layers above: wordings rendered, aliases apart, example questions reaching their entry."""
    from bot.answer.wording import check_wording
    from bot.kb.lookup import Lookup

    lookup = Lookup(knowledge)
    problems = [*check_wording(lookup.documents("wording/")), *alias_problems(knowledge), *reach_problems(lookup)]
    print("\n".join(problems) if problems else summary(knowledge))
    return 1 if problems else 0


def summary(knowledge: Knowledge) -> str:
    """Return one line that counts what is there."""
    counts = {
        "providers": len(knowledge.providers),
        "programs": len(knowledge.clients),
        "ports": len(knowledge.ports),
        "answers": len(knowledge.articles),
        "errors": len(knowledge.errors),
    }
    return "knowledge is sound: " + ", ".join(f"{count} {name}" for name, count in counts.items())


def alias_problems(knowledge: Knowledge) -> list[str]:
    """One word may name one thing only; what has several readings belongs into `ambiguous_aliases`."""
    from bot.text.fold import fold

    owners: dict[str, set[str]] = defaultdict(set)
    groups: list[tuple[str, tuple[Any, ...]]] = [
        ("providers", knowledge.providers),
        ("clients", knowledge.clients),
        ("answers", knowledge.articles),
    ]
    for folder, entries in groups:
        for entry in entries:
            for word in {*entry.aliases.ja, *entry.aliases.en}:
                owners[fold(word)].add(f"{folder}/{entry.id}")
    return [
        f"{', '.join(sorted(names))}: alias '{word}' names several entries (use ambiguous_aliases)"
        for word, names in sorted(owners.items())
        if len(names) > 1
    ]


def reach_problems(lookup: Lookup) -> list[str]:
    """Every example question of an entry must reach that entry."""
    from bot.answer.engine import Engine
    from bot.match.model import Match, Utterance

    engine = Engine(lookup)
    knowledge = lookup.knowledge
    entries: list[tuple[str, str, Any]] = [
        *(("providers", "providers", entry) for entry in knowledge.providers),
        *(("clients", "clients", entry) for entry in knowledge.clients),
        *(("answers", "article", entry) for entry in knowledge.articles),
        *(("errors", "errors", entry) for entry in knowledge.errors),
        *(("ports", "ports", entry) for entry in knowledge.ports),
    ]
    problems = []
    for folder, slot, entry in entries:
        id_ = entry.port if folder == "ports" else entry.id
        for question in (*entry.asks.ja, *entry.asks.en):
            decision = engine.answer(Utterance(question)).decision
            reached: set[Any] = set()
            if isinstance(decision, Match):
                for score, slots in decision.parts:
                    reached |= {score.article, score.intent} if slot == "article" else set(getattr(slots, slot))
            if id_ not in reached:
                where = folder if folder in ("errors", "ports") else f"{folder}/{id_}.yaml"
                problems.append(f"{where}: asks: '{question}' does not reach '{id_}' ({type(decision).__name__})")
    return problems


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
    for day, name, what in sorted(rows):
        print(f"{day}  {name}: {what}")
    return 0

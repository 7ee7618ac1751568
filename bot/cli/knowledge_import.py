"""`mailports knowledge import`: published settings become provider files of the company's own folder."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.cli.output import CANNOT_RUN
from bot.discovery.autoconfig import PublishedConfig
from bot.discovery.importing import Imported, to_provider
from bot.discovery.published import read_published
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.read import parse_yaml
from bot.settings import knowledge_paths

_REASONS = {
    "known": "its domains are known already",
    "no_domain": "names no domain",
    "plaintext_only": "has no encrypted server (--plaintext takes it)",
    "no_server": "has no server that can be typed in",
    "no_name": "has no name",
}


def run_import(arguments: argparse.Namespace) -> int:
    """Write a provider file for each configuration that is not ours already, and check the whole folder.

    A file that somebody reviewed (whose evidence is not `unreviewed` any more) is never written over.

    Returns:
        0; 2 if there is no folder to write to.

    Raises:
        UnreadableSourceError: The source cannot be used.
        KnowledgeInvalidError: The folder is not sound afterwards; names every problem.
    """
    roots = knowledge_paths()
    target: Path | None = arguments.into or (roots[1] if len(roots) > 1 else None)
    if target is None:
        print("mailports: name your own folder with --into, or in MAILPORTS_KNOWLEDGE", file=sys.stderr)
        return CANNOT_RUN
    shipped = load_knowledge([shipped_root()])
    known = {domain for provider in shipped.providers for domain in provider.domains}
    ids = {provider.id for provider in shipped.providers}
    counts: Counter[str] = Counter()
    for name, found in read_published(arguments.source):
        outcome = (
            _take(name, found, arguments, target, known, ids) if isinstance(found, PublishedConfig) else found.reason
        )
        if outcome:
            print(f"{name}: left out: {_REASONS.get(outcome, outcome)}")
        counts["left out" if outcome else "written"] += 1
    print(f"{counts['written']} written to {target / 'providers'}, {counts['left out']} left out")
    load_knowledge([shipped_root(), target])
    return 0


def _take(
    name: str, config: PublishedConfig, arguments: argparse.Namespace, target: Path, known: set[str], ids: set[str]
) -> str:
    """Write one file; returns why it was left out, or nothing."""
    made = to_provider(
        name,
        config,
        known_domains=known,
        source_url=arguments.source_url,
        today=date.today(),  # noqa: DTZ011 - the author's own day
        as_of=arguments.as_of,
        plaintext=arguments.plaintext,
    )
    if not isinstance(made, Imported):
        return made
    path = target / "providers" / f"{made.id}.yaml"
    if made.id in ids:
        return f"'{made.id}' is the id of an entry of ours"
    if path.exists() and _is_reviewed(path):
        return f"{path.name} was reviewed and stays as it is"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_as_yaml(made.value), encoding="utf-8")
    for server in made.left_out:
        print(f"{name}: without {server}")
    return ""


def _is_reviewed(path: Path) -> bool:
    value, _ = parse_yaml(path.stem, path.read_bytes())
    return value is None or value.get("evidence") != "unreviewed"


def _as_yaml(value: dict[str, Any]) -> str:
    head = "# Imported. After you have compared it with the provider's own page, write your evidence and add example questions.\n"
    return head + yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=120)

"""`mailports knowledge compare`: where another source says something else, and why ours is right."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from bot.discovery.autoconfig import PublishedConfig
from bot.discovery.compare import Compared, compare, unused
from bot.discovery.published import read_published
from bot.kb.documents import Comparison
from bot.kb.lookup import Lookup
from bot.settings import console_language

if TYPE_CHECKING:
    from bot.kb.model import Knowledge


def run_compare(knowledge: Knowledge, arguments: argparse.Namespace) -> int:
    """Print each difference with its reviewed reason, then the counts.

    Returns:
        0 if every difference has a reason, else 1.

    Raises:
        UnreadableSourceError: The source cannot be used.
    """
    document = knowledge.documents.get(f"comparisons/{arguments.reasons}")
    reasons = msgspec.convert(document, Comparison) if document is not None else None
    configs: list[tuple[str, PublishedConfig]] = []
    for name, found in read_published(arguments.source):
        if isinstance(found, PublishedConfig):
            configs.append((name, found))
        else:
            print(f"{name}: left out: {found.reason}", file=sys.stderr)
    rows = compare(configs, Lookup(knowledge), reasons, date.today())  # noqa: DTZ011 - the reader's own day
    for row in rows:
        if row.kind == "differs" or arguments.all:
            print(_line(row))
    for name in unused(rows, reasons):
        print(f"reason no longer needed: {name}")
    kinds = Counter(row.kind for row in rows)
    without = sum(row.kind == "differs" and row.reason is None for row in rows)
    print(
        f"{len(configs)} published configurations; {len({row.provider for row in rows})} of our providers are among them: "
        f"{kinds['agrees']} servers agree, {kinds['differs']} differ ({without} without a reviewed reason), "
        f"{kinds['closed']} belong to services that have closed"
    )
    return 1 if without else 0


def _line(row: Compared) -> str:
    if row.kind != "differs":
        return f"{row.provider}: {row.theirs}: {row.kind}"
    ours = ", ".join(row.ours) or "none"
    if row.reason is None:
        return f"{row.provider}: {row.theirs}; ours: {ours}: NO REASON ({row.file})"
    reason = row.reason.reason.ja if console_language() == "ja" else row.reason.reason.en
    return f"{row.provider}: {row.theirs}; ours: {ours}: {reason.strip()} ({row.reason.reviewed_on})"

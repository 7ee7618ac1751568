"""What `mailports knowledge check` finds beyond the files themselves: words with two owners, questions that go astray."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.kb.lookup import Lookup
    from bot.kb.model import Knowledge


def run_check(knowledge: Knowledge) -> int:
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

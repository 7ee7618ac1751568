"""What every peer of the comparison learns from: the phrases and examples of the knowledge, and the tuning utterances."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from bot.kb.lookup import Lookup
from bot.match.index import example_questions

SILENT: Final = "silent"
"""The label of what must not be answered."""


class Example(msgspec.Struct, frozen=True):
    """A text and what it asks."""

    text: str
    intent: str
    article: str | None = None
    """Of a free answer; `error:<id>` for an error."""


def examples(lookup: Lookup, utterances: Path, article_intents: dict[str, str]) -> list[Example]:
    """Collect the examples.

    Args:
        lookup: The knowledge, with its phrases and example questions.
        utterances: The folder `tests/utterances`; of its scored part only the tuning half is read.
        article_intents: Intents that articles answer instead of `explain_term`, from `intents.yaml`.
    """
    return list(dict.fromkeys([*_of_knowledge(lookup, article_intents), *_of_utterances(utterances)]))


def _of_knowledge(lookup: Lookup, article_intents: dict[str, str]) -> Iterator[Example]:
    knowledge = lookup.knowledge
    yield from (Example(*each) for each in example_questions(lookup, article_intents))
    for provider in knowledge.providers:
        yield from (Example(ask, "provider_settings") for ask in (*provider.asks.ja, *provider.asks.en))
    for client in knowledge.clients:
        yield from (Example(ask, "client_setup") for ask in (*client.asks.ja, *client.asks.en))


def _of_utterances(folder: Path) -> Iterator[Example]:
    for path in sorted(folder.glob("??/*.yaml")):
        yield from _labelled(path)
    for path in sorted((folder / "scored" / "tuning").glob("*silent*.yaml")):
        yield from (Example(case["say"], SILENT) for case in _cases(path))


def _labelled(path: Path) -> Iterator[Example]:
    for case in _cases(path):
        if "after" in case or "known_failure" in case:
            continue
        decision = case.get("decision", SILENT if path.stem.startswith("_none") else "answer")
        intents = case.get("intents") or [case.get("intent")]
        if decision == SILENT:
            yield Example(case["say"], SILENT)
        elif decision == "answer" and intents[0] is not None:
            yield Example(case["say"], intents[0], case.get("article"))


def _cases(path: Path) -> list[dict[str, Any]]:
    import yaml

    return yaml.safe_load(path.read_text(encoding="utf-8")).get("cases", [])  # type: ignore[no-any-return]

"""Check every knowledge file and report every problem as `path: message`.

What needs more than the knowledge itself (reading the example questions, rendering each wording) is checked
by `mailports knowledge check`, which knows the layers above.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msgspec.structs import replace

from bot.kb import rules
from bot.kb.documents import document_problems
from bot.kb.model import Article, Client, ErrorFamily, MailError, Ports, PortUse, Provider
from bot.kb.overlay import lay_over, settle_unreviewed
from bot.kb.read import decode

_DOCUMENTS = re.compile(r"intents|terms|comparisons/[a-z0-9_]+|phrases/(ja|en)/[a-z0-9_]+|wording/(ja|en)/[a-z0-9_]+")


@dataclass
class Loaded:
    """What could be read, and all that is wrong."""

    providers: list[Provider] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    ports: list[PortUse] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    errors: list[MailError] = field(default_factory=list)
    documents: dict[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    """Paths without ending of what a folder brought that was laid over the first one."""


def check_layers(layers: Sequence[Mapping[str, bytes]], *, today: date) -> Loaded:
    """Parse all files, lay the folders over one another, decode and check what counts.

    Args:
        layers: For each folder the bytes of its files by path without ending; the shipped folder first.
        today: The day on which nothing may have been checked in the future.

    Returns:
        The objects that are sound and every problem found.
    """
    laid = lay_over(layers)
    loaded = Loaded(problems=laid.problems, own=laid.own)
    for name, value in laid.values.items():
        _take(loaded, name, value, today)
    loaded.providers = settle_unreviewed(loaded.providers)
    _check_shipped(loaded)
    _check_references(loaded, laid.hidden)
    return loaded


def _check_shipped(loaded: Loaded) -> None:
    """What nobody reviewed is not shipped."""
    loaded.problems += [
        f"providers/{entry.id}.yaml: evidence: unreviewed is only for what a company imported"
        for entry in loaded.providers
        if entry.evidence == "unreviewed" and f"providers/{entry.id}" not in loaded.own
    ]


def _take(loaded: Loaded, name: str, value: dict[str, Any], today: date) -> None:
    folder, _, stem = name.rpartition("/")
    where = f"{name}.yaml"
    kinds: dict[str, tuple[Any, list[Any]]] = {
        "providers": (Provider, loaded.providers),
        "clients": (Client, loaded.clients),
        "answers": (Article, loaded.articles),
    }
    found: list[Any] = []
    if folder in kinds:
        type_, target = kinds[folder]
        entry, problems = decode(name, value, type_)
        if entry is not None:
            target.append(entry)
            found = [entry]
            if entry.id != stem:
                problems.append(f"{where}: id '{entry.id}' must be the file name '{stem}'")
    elif name == "ports":
        entry, problems = decode(name, value, Ports)
        if entry is not None:
            loaded.ports += entry.ports
            found = list(entry.ports)
    elif folder == "errors":
        entry, problems = decode(name, value, ErrorFamily)
        if entry is not None:
            found = [replace(error, client=error.client or entry.client) for error in entry.errors]
            loaded.errors += found
    elif _DOCUMENTS.fullmatch(name):
        problems = document_problems(name, value)
        if not problems:
            loaded.documents[name] = value
    else:
        problems = [f"{where}: no such kind of file; see README.md of the knowledge folder"]
    loaded.problems += problems
    many = len(found) > 1 or folder == "errors" or name == "ports"
    for entry in found:
        label = f"{where}: {getattr(entry, 'id', None) or getattr(entry, 'port', '')}" if many else where
        loaded.problems += [f"{label}: {problem}" for problem in _entry_problems(entry, today)]


def _entry_problems(entry: Any, today: date) -> Iterable[str]:
    yield from rules.text_problems(entry)
    yield from rules.source_problems(entry, today)
    if isinstance(entry, Provider):
        yield from rules.provider_problems(entry)
    elif isinstance(entry, Client):
        yield from rules.client_problems(entry)
    elif isinstance(entry, PortUse):
        yield from rules.port_problems(entry)
    elif isinstance(entry, MailError) and not (entry.recognise.codes or entry.recognise.texts):
        yield "recognise: needs a code or a text"


def _check_references(loaded: Loaded, hidden: Mapping[str, dict[str, Any]]) -> None:
    """Ids that are named must exist or have been hidden, and none may be given twice."""
    groups: dict[str, list[str]] = {
        "providers": [entry.id for entry in loaded.providers],
        "clients": [entry.id for entry in loaded.clients],
        "answers": [entry.id for entry in loaded.articles],
        "errors": [entry.id for entry in loaded.errors],
        "ports": [str(entry.port) for entry in loaded.ports],
    }
    for group, ids in groups.items():
        loaded.problems += [f"{group}: '{id_}' is given twice" for id_ in sorted({i for i in ids if ids.count(i) > 1})]
    known = {
        kind: {*groups[kind], *_hidden_ids(kind, hidden)} for kind in ("providers", "clients", "answers", "errors")
    }
    related: list[tuple[str, str, Iterable[str], set[str]]] = [
        *((f"providers/{e.id}.yaml", "related", e.related, known["providers"]) for e in loaded.providers),
        *(
            (f"clients/{e.id}.yaml", "of_provider", [e.of_provider], known["providers"])
            for e in loaded.clients
            if e.of_provider
        ),
        *((f"answers/{e.id}.yaml", "related", e.related, known["answers"]) for e in loaded.articles),
        *((f"errors: {e.id}", "client", [e.client], known["clients"]) for e in loaded.errors if e.client),
        *((f"errors: {e.id}", "related", e.related, known["answers"] | known["errors"]) for e in loaded.errors),
    ]
    _check_phrases(loaded)
    for name, document in loaded.documents.items():
        if name.startswith("comparisons/") and isinstance(document, dict):
            related.append((f"{name}.yaml", "reasons", document.get("reasons", {}), known["providers"]))
    for where, key, ids_, valid in related:
        loaded.problems += [f"{where}: {key}: '{id_}' does not exist" for id_ in ids_ if id_ not in valid]


def _hidden_ids(kind: str, hidden: Mapping[str, dict[str, Any]]) -> Iterable[str]:
    """Yield the ids that a hidden file held: its own, or those of its family of errors."""
    for name, value in hidden.items():
        folder, _, stem = name.partition("/")
        if folder == kind == "errors":
            family, _ = decode(name, value, ErrorFamily)
            yield from (entry.id for entry in (family.errors if family is not None else ()))
        elif folder == kind:
            yield stem


def _check_phrases(loaded: Loaded) -> None:
    """A file of phrases is named after an intent, or nothing could ever be answered to them."""
    intents = loaded.documents.get("intents")
    if isinstance(intents, dict):
        loaded.problems += [
            f"{name}.yaml: no intent is called '{name.rpartition('/')[2]}'"
            for name in loaded.documents
            if name.startswith("phrases/") and name.rpartition("/")[2] not in intents["intents"]
        ]

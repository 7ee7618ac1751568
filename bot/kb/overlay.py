"""Lay folders of knowledge over one another: what a later one adds, replaces or hides.

A file stands for its path: the file of a later folder takes the place of the earlier one as a whole.
A file that says `hide: true` takes the earlier one away. What was imported (`evidence: unreviewed`) takes no place:
it is left out where an earlier folder has a file of that path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.kb.model import Provider
from bot.kb.read import parse_yaml


class Layered(msgspec.Struct):
    """The files that count, by their path without ending."""

    values: dict[str, dict[str, Any]] = {}
    """Each parsed, not yet checked."""
    own: set[str] = set()
    """Those that a later folder brought, that is: the company's."""
    hidden: dict[str, dict[str, Any]] = {}
    """What was taken away, parsed: others may go on naming its ids."""
    problems: list[str] = []


def lay_over(layers: Sequence[Mapping[str, bytes]]) -> Layered:
    """Parse the files of all folders and lay them over one another.

    Args:
        layers: For each folder the bytes of its files by path without ending; the shipped folder first.

    Returns:
        What counts, with every problem of every file as `path: message`.
    """
    found = Layered()
    for number, layer in enumerate(layers):
        for name, content in layer.items():
            value, problems = parse_yaml(name, content)
            found.problems += problems
            if value is None:
                continue
            if number == 0:
                found.values[name] = value
            elif "hide" in value:
                found.problems += _hide(found, name, value)
            elif not (value.get("evidence") == "unreviewed" and name in found.values):
                found.values[name] = value
                found.own.add(name)
                found.hidden.pop(name, None)
    return found


def _hide(found: Layered, name: str, value: dict[str, Any]) -> list[str]:
    if value != {"hide": True}:
        return [f"{name}.yaml: hide: must be true, and the only key of the file"]
    if name not in found.values:
        return [f"{name}.yaml: hide: there is no such file to hide"]
    if "/" not in name or name.partition("/")[0] in ("wording", "phrases"):
        return [f"{name}.yaml: hide: only a provider, a program, an answer or a family of errors can be hidden"]
    found.hidden[name] = found.values.pop(name)
    found.own.discard(name)
    return []


def settle_unreviewed(providers: Iterable[Provider]) -> list[Provider]:
    """Take from imported entries every domain that a reviewed one claims, and leave out those that keep none.

    Returns:
        All providers, the reviewed ones first: where both match, the first is asked.
    """
    reviewed: list[Provider] = []
    imported: list[Provider] = []
    for provider in providers:
        (imported if provider.evidence == "unreviewed" else reviewed).append(provider)
    claimed = {domain for provider in reviewed for domain in provider.domains}
    kept = []
    for provider in imported:
        domains = tuple(domain for domain in provider.domains if not _is_claimed(domain, claimed))
        if domains or not provider.domains:
            kept.append(replace(provider, domains=domains))
    return [*reviewed, *kept]


def _is_claimed(domain: str, claimed: set[str]) -> bool:
    """Say whether *domain* or a domain above it belongs to a reviewed entry."""
    name = domain
    while "." in name:
        if name in claimed:
            return True
        name = name.partition(".")[2]
    return False

"""Load the knowledge: all of it or nothing.

Files of several roots are laid over one another by their path (shipped < the company's own, see `kb/overlay.py`).
The outcome is kept on a shelf beside every byte that went in, the program's own schema and checks included,
so it can be missing but never stale.
"""

# Plain strings: on the way of every `mailports ask`, importing pathlib would cost as much as ten answers.
# ruff: noqa: PTH112, PTH118, PTH120

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from bot.errors import BotError, KnowledgeInvalidError
from bot.kb.lookup import Lookup
from bot.kb.model import Knowledge
from bot.kb.shelf import Shelf, put, read_bytes, read_modules, take

if TYPE_CHECKING:
    from pathlib import Path

    from bot.kb.check import Loaded


def shipped_folder() -> str:
    """Return the folder of the knowledge that comes with the program (wheel or checkout)."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    installed = os.path.join(package, "_knowledge")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "knowledge")


def shipped_root() -> Path:
    """Return the same as `shipped_folder`, as a path."""
    from pathlib import Path

    return Path(shipped_folder())


def load_knowledge(roots: Sequence[Path | str], cache_dir: Path | str | None = None) -> Knowledge:
    """Load and check everything below *roots*; later roots replace files of earlier ones.

    Args:
        roots: Folders in the shape of `knowledge/`.
        cache_dir: Where the compiled form is kept; None to go without.

    Returns:
        The checked knowledge.

    Raises:
        BotError: A root is not a folder (`error.knowledge_missing`).
        KnowledgeInvalidError: With every problem of every file.
    """
    return _load(roots, cache_dir)[0]


def load_lookup(roots: Sequence[Path | str], cache_dir: Path | str | None = None) -> Lookup:
    """Load as `load_knowledge`, and let what is made from the knowledge (the reader's index) be kept too."""
    knowledge, shelf = _load(roots, cache_dir)
    return Lookup(knowledge, shelf)


def _load(roots: Sequence[Path | str], cache_dir: Path | str | None) -> tuple[Knowledge, Shelf]:
    layers = [read_layer(root) for root in roots]
    if cache_dir is None:
        return _compile(layers), Shelf()
    # One file for each set of roots; should two sets ever share a number, they only take turns.
    key = f"{zlib.crc32(os.pathsep.join(map(str, roots)).encode()):08x}"
    cache, made_from = os.path.join(cache_dir, f"knowledge-{key}.msgpack"), _made_from(layers)
    kept = take(cache, made_from)
    if kept is not None:
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.msgpack.decode(kept.form, type=Knowledge), Shelf(str(cache_dir), key, kept.stamp)
    knowledge = _compile(layers)
    return knowledge, Shelf(str(cache_dir), key, put(cache, made_from, knowledge))


def _compile(layers: list[dict[str, bytes]]) -> Knowledge:
    from bot.kb.check import check_layers  # YAML is imported only when something has to be read

    loaded = check_layers(layers, today=date.today())  # noqa: DTZ011 - the author's own day
    if loaded.problems:
        raise KnowledgeInvalidError(loaded.problems)
    return build(loaded)


def build(loaded: Loaded) -> Knowledge:
    """Put what was checked into one object, in the order of the file names."""
    return Knowledge(
        providers=tuple(loaded.providers),
        clients=tuple(loaded.clients),
        ports=tuple(loaded.ports),
        articles=tuple(loaded.articles),
        errors=tuple(loaded.errors),
        documents=loaded.documents,
        own=frozenset(loaded.own),
    )


def read_layer(root: Path | str) -> dict[str, bytes]:
    """Return the bytes of every knowledge file below *root*, by its path without ending.

    Raises:
        BotError: It is not a folder (`error.knowledge_missing`).
        KnowledgeInvalidError: A file cannot be read.
    """
    base = str(root)
    if not os.path.isdir(base):
        raise BotError("error.knowledge_missing", path=base)
    contents: dict[str, bytes] = {}
    for folder, folders, names in os.walk(base):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(".yaml") and not name.startswith("."):
                path = os.path.join(folder, name)
                try:
                    contents[path[len(base) + 1 : -5].replace(os.sep, "/")] = read_bytes(path)
                except OSError as error:
                    problem = f"{path[len(base) + 1 :]}: cannot be read ({error.strerror})"
                    raise KnowledgeInvalidError([problem]) from None
    return contents


def _made_from(layers: list[dict[str, bytes]]) -> bytes:
    """Return everything that decides what the knowledge becomes: our own modules, and each file with its name."""
    parts = [read_modules(os.path.dirname(__file__))]
    for number, contents in enumerate(layers):
        parts.append(f"\0{number}".encode())
        for name, content in contents.items():
            parts += (f"\0{name}\0{len(content)}\0".encode(), content)
    return b"".join(parts)

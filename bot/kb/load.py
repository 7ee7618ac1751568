"""Load the knowledge: all of it or nothing.

Files of several roots are laid over one another by their path (shipped < the company's own).
The outcome is kept in a compiled cache named by a digest of every byte that went in,
the program's own schema and checks included, so it can be missing but never stale.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bot.errors import BotError, KnowledgeInvalidError
from bot.kb.model import Knowledge

if TYPE_CHECKING:
    from bot.kb.check import Loaded

_KEPT_CACHES = 4


def shipped_root() -> Path:
    """Return the folder of the knowledge that comes with the program (wheel or checkout)."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_knowledge"
    return installed if installed.is_dir() else package.parent / "knowledge"


def load_knowledge(roots: Sequence[Path], cache_dir: Path | None = None) -> Knowledge:
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
    contents = _read_contents(roots)
    cache = cache_dir / f"knowledge-{_digest(contents.items())}.msgpack" if cache_dir else None
    if cache is not None:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.msgpack.decode(cache.read_bytes(), type=Knowledge)
    from bot.kb.check import check_contents  # YAML is imported only when something has to be read

    loaded = check_contents(contents, today=date.today())  # noqa: DTZ011 - the author's own day
    if loaded.problems:
        raise KnowledgeInvalidError(loaded.problems)
    knowledge = build(loaded)
    if cache is not None:
        _write_cache(cache, knowledge)
    return knowledge


def build(loaded: Loaded) -> Knowledge:
    """Put what was checked into one object, in the order of the file names."""
    return Knowledge(
        providers=tuple(loaded.providers),
        clients=tuple(loaded.clients),
        ports=tuple(loaded.ports),
        articles=tuple(loaded.articles),
        errors=tuple(loaded.errors),
        documents=loaded.documents,
    )


def _read_contents(roots: Sequence[Path]) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for root in roots:
        if not root.is_dir():
            raise BotError("error.knowledge_missing", path=str(root))
        base = str(root)
        # os.walk and plain strings: on the way of every `mailports ask`, pathlib would cost several milliseconds.
        for folder, folders, names in os.walk(base):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if name.endswith(".yaml") and not name.startswith("."):
                    path = os.path.join(folder, name)  # noqa: PTH118
                    with open(path, "rb") as file:  # noqa: PTH123
                        contents[path[len(base) + 1 : -5].replace(os.sep, "/")] = file.read()
    return contents


def _digest(contents: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    here = os.path.dirname(__file__)  # noqa: PTH120
    for name in ("model.py", "check.py", "read.py", "load.py", "rules.py"):
        with open(os.path.join(here, name), "rb") as file:  # noqa: PTH118, PTH123
            digest.update(file.read())
    for name, content in contents:
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _write_cache(cache: Path, knowledge: Knowledge) -> None:
    """Write beside and rename, so that a reader never sees half a file. A full disk is no error: we go without."""
    with contextlib.suppress(OSError):
        cache.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=cache.parent, prefix=".knowledge-")
        with open(handle, "wb") as file:  # noqa: PTH123
            file.write(msgspec.msgpack.encode(knowledge))
        Path(temporary).replace(cache)
        caches = sorted(cache.parent.glob("knowledge-*.msgpack"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in caches[_KEPT_CACHES:]:
            old.unlink(missing_ok=True)

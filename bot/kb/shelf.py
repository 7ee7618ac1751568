"""Compiled forms on disk: what takes long to make, kept beside exactly what it was made from.

A form is used only if every byte that it was made from is the same, compared byte by byte and not by a digest:
that is exact, and importing `hashlib` takes longer than comparing. So a form can be missing but never stale.
"""

# Plain strings: on the way of every `mailports ask`, importing pathlib would cost as much as ten answers.
# ruff: noqa: PTH103, PTH105, PTH108, PTH118, PTH123, PTH208

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

_Form = TypeVar("_Form")
_KEPT_OF_A_KIND = 4


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """One file of the shelf."""

    made_from: bytes
    stamp: bytes
    """New with every writing; what is made from this form names it."""
    form: msgspec.Raw


class Shelf:
    """Forms made from one state of the knowledge. Without a folder everything is made anew."""

    def __init__(self, folder: str | None = None, key: str = "", stamp: bytes = b"") -> None:
        """Remember where to look.

        Args:
            folder: Holds the files; None to go without.
            key: Tells the files of different roots apart.
            stamp: Of the knowledge that the forms are made from.
        """
        self._folder = folder
        self._key = key
        self._stamp = stamp

    def compiled(self, name: str, type_: type[_Form], build: Callable[[], _Form], code: Iterable[str]) -> _Form:
        """Return a form made from the knowledge, from disk where it is there.

        Args:
            name: Of the form.
            type_: What it is; anything that `msgspec` can encode.
            build: Makes it.
            code: Folders of the modules that take part in making it; a change in one of them makes it anew.
        """
        if self._folder is None or not self._stamp:
            return build()
        path = os.path.join(self._folder, f"{name}-{self._key}.msgpack")
        made_from = self._stamp + b"".join(map(read_modules, code))
        kept = take(path, made_from)
        if kept is not None:
            with contextlib.suppress(msgspec.DecodeError):
                return msgspec.msgpack.decode(kept.form, type=type_)
        form = build()
        put(path, made_from, form)
        return form


def read_modules(folder: str) -> bytes:
    """Return the text of every module of a folder, one after the other."""
    parts: list[bytes] = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py"):
            parts += (name.encode(), read_bytes(os.path.join(folder, name)))
    return b"\0".join(parts)


def read_bytes(path: str) -> bytes:
    """Return the content of a file. Hundreds are read at every start, and without a buffer that takes half the time."""
    with open(path, "rb", buffering=0) as file:
        return file.readall()


def take(path: str, made_from: bytes) -> Kept | None:
    """Return what is kept in a file, if it was made from just this; damaged files count as missing."""
    with contextlib.suppress(OSError, msgspec.DecodeError):
        kept = msgspec.msgpack.decode(read_bytes(path), type=Kept)
        if kept.made_from == made_from:
            return kept
    return None


def put(path: str, made_from: bytes, form: object) -> bytes:
    """Keep a form. A full disk or a read-only folder is no error: we go without.

    Written beside and renamed, so that a reader never sees half a file and two writers do not mix.

    Returns:
        The stamp of the new file; empty where nothing could be written.
    """
    import tempfile  # not on the way of a start that finds everything

    stamp = os.urandom(16)
    try:
        folder, name = os.path.split(path)
        os.makedirs(folder, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}-")
        try:
            with open(handle, "wb") as file:
                file.write(msgspec.msgpack.encode(Kept(made_from, stamp, msgspec.Raw(msgspec.msgpack.encode(form)))))
            os.replace(temporary, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        _clear(folder, name.partition("-")[0])
    except OSError:
        return b""
    return stamp


def _clear(folder: str, kind: str) -> None:
    """Leave the newest few files of a kind: roots that were tried once must not stay for ever."""
    with contextlib.suppress(OSError):
        names = [name for name in os.listdir(folder) if name.startswith(f"{kind}-") and name.endswith(".msgpack")]
        paths = [os.path.join(folder, name) for name in names]
        for old in sorted(paths, key=os.path.getmtime, reverse=True)[_KEPT_OF_A_KIND:]:
            os.unlink(old)

"""What is kept on disk between starts: used only if it was made from exactly the same, and never needed."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from bot.kb.load import load_lookup
from bot.kb.shelf import Shelf, put, take

PROVIDER = """\
id: example_mail
names: {ja: サンプルメール, en: Example Mail}
status: works
username: email_address
authentication: [password]
evidence: verified
servers:
  - {protocol: imap, hostname: imap.example.com, port: 993, security: implicit_tls}
sources:
  - {url: "https://example.com/help", title: Help, checked_on: 2026-11-20}
asks: {ja: [サンプルメールのIMAP設定], en: [example mail imap settings]}
"""


class Maker:
    """Counts how often the form had to be made."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, int]:
        """Make it."""
        self.times += 1
        return {"made": self.times}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A knowledge of one provider."""
    path = tmp_path / "kb" / "providers" / "example_mail.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(PROVIDER, encoding="utf-8")
    return tmp_path / "kb"


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder with one module that makes a form."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "maker.py").write_text("VERSION = 1\n")
    return tmp_path / "code"


def compiled(root: Path, cache: Path | None, code: Path, make: Maker) -> dict[str, int]:
    """Load the knowledge as a new process would, and ask for the form."""
    return load_lookup([root], cache).shelf.compiled("form", dict[str, int], make, [str(code)])


def test_a_form_is_made_once(root: Path, code: Path, tmp_path: Path) -> None:
    """The second start takes from disk what the first one made."""
    make = Maker()
    assert compiled(root, tmp_path / "cache", code, make) == {"made": 1}
    assert compiled(root, tmp_path / "cache", code, make) == {"made": 1}
    assert make.times == 1


def test_a_changed_file_makes_it_anew(root: Path, code: Path, tmp_path: Path) -> None:
    """One changed character of the knowledge, with size and date of the file unchanged, is noticed."""
    make, path = Maker(), root / "providers" / "example_mail.yaml"
    compiled(root, tmp_path / "cache", code, make)
    before = path.stat()
    path.write_text(PROVIDER.replace("imap.example.com", "imap.example.net"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert compiled(root, tmp_path / "cache", code, make) == {"made": 2}


def test_changed_code_makes_it_anew(root: Path, code: Path, tmp_path: Path) -> None:
    """A new version of the program never uses what an old one made."""
    make = Maker()
    compiled(root, tmp_path / "cache", code, make)
    (code / "maker.py").write_text("VERSION = 2\n")
    assert compiled(root, tmp_path / "cache", code, make) == {"made": 2}


def test_a_damaged_form_is_made_anew(root: Path, code: Path, tmp_path: Path) -> None:
    """Half a file, or one that holds something else, is no error."""
    make, cache = Maker(), tmp_path / "cache"
    compiled(root, cache, code, make)
    (kept,) = cache.glob("form-*.msgpack")
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    assert compiled(root, cache, code, make) == {"made": 2}
    stored = msgspec.msgpack.decode(kept.read_bytes())
    kept.write_bytes(msgspec.msgpack.encode([*stored[:2], "something else"]))
    assert compiled(root, cache, code, make) == {"made": 3}


def test_without_a_folder_everything_works(root: Path, code: Path, tmp_path: Path) -> None:
    """No cache, or a path where none can be, only costs time."""
    make = Maker()
    (tmp_path / "file").write_text("in the way")
    assert compiled(root, None, code, make) == {"made": 1}
    assert compiled(root, tmp_path / "file" / "cache", code, make) == {"made": 2}
    assert put(str(tmp_path / "file" / "x.msgpack"), b"", 1) == b""


def test_two_writers_leave_one_whole_file(tmp_path: Path) -> None:
    """Who writes last wins, and nothing half-written stays behind."""
    path = tmp_path / "form-1.msgpack"
    first, second = put(str(path), b"same", [1]), put(str(path), b"same", [2])
    kept = take(str(path), b"same")
    assert kept is not None
    assert first != second == kept.stamp
    assert msgspec.msgpack.decode(kept.form) == [2]
    assert [file.name for file in tmp_path.iterdir()] == ["form-1.msgpack"]


def test_files_of_other_roots_do_not_pile_up(tmp_path: Path) -> None:
    """Of the roots that were tried, the last few are kept; other kinds of files are left alone."""
    put(str(tmp_path / "other-0.msgpack"), b"", 0)
    for number in range(9):
        put(str(tmp_path / f"form-{number}.msgpack"), b"", number)
        os.utime(tmp_path / f"form-{number}.msgpack", (number, number))
    put(str(tmp_path / "form-9.msgpack"), b"", 9)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        *(f"form-{number}.msgpack" for number in (6, 7, 8, 9)),
        "other-0.msgpack",
    ]


def test_a_shelf_of_nothing_makes_everything() -> None:
    """A lookup that was built by hand needs no shelf."""
    make = Maker()
    assert Shelf().compiled("form", dict[str, int], make, []) == {"made": 1}

"""A broken folder of knowledge is told file by file; nothing is half loaded and no stack trace is shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
FAULTS = {
    "providers/bytes.yaml": b"\xff\xfe\x00",
    "providers/bomb.yaml": b"a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n",
    "providers/deep.yaml": b"a: " + b"[" * 5_000,
    "providers/list.yaml": b"- 1\n- 2\n",
    "providers/empty.yaml": b"",
    "providers/tab.yaml": b"id: tab\n\tnames: x\n",
    "providers/doubled.yaml": b"id: a\nid: b\n",
    "providers/object.yaml": b'!!python/object/apply:os.system ["true"]\n',
    "providers/day.yaml": b"checked_on: 2026-99-99\n",
    "answers/nul.yaml": b"a: \x00\n",
    "answers/key.yaml": b"? [a, b]\n: 1\n",
    "answers/half.yaml": b'id: "x\xed\xa0\x80"\n',
    "ports.yaml": b"ports: 5\n",
}
DOCUMENTS = {
    "intents.yaml": b"intents: 5\n",
    "terms.yaml": b"protocols: {imap: {ja: 5}}\n",
    "phrases/ja/help.yaml": b"phrases: 7\n",
    "wording/ja/ours.yaml": b"card.sources: {y: 1}\n",
}


def _ask(folder: Path) -> tuple[int, str, str]:
    finished = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "IMAPのポートは？"],
        capture_output=True,
        cwd=_ROOT,
        env={**os.environ, "MAILPORTS_KNOWLEDGE": str(folder), "LC_ALL": "C.UTF-8"},
        timeout=60,
    )
    return finished.returncode, finished.stdout.decode(), finished.stderr.decode()


def _write(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_every_fault_is_listed(tmp_path: Path) -> None:
    """However a file is broken, it is named, and so are all the others."""
    for name, content in FAULTS.items():
        _write(tmp_path, name, content)
    status, said, told = _ask(tmp_path)
    assert (status, said) == (2, "")
    assert [name for name in FAULTS if f"{name}: " not in told] == []
    assert "Traceback" not in told


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A file that cannot be opened is named with the system's reason."""
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    status, said, told = _ask(tmp_path)
    assert (status, said) == (2, "")
    assert "loop.yaml: cannot be read" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("place", ["missing", "file"])
def test_no_folder_is_told(tmp_path: Path, place: str) -> None:
    """Where MAILPORTS_KNOWLEDGE names no folder, the answer names the place."""
    (tmp_path / "file").write_text("x")
    status, said, told = _ask(tmp_path / place)
    assert (status, said) == (2, "")
    assert str(tmp_path / place) in told
    assert "Traceback" not in told


@pytest.mark.xfail(
    strict=True, reason="the shape of intents, terms, phrases and wording is not checked when they are loaded"
)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_wrong_shape_of_a_document_is_named(tmp_path: Path, name: str) -> None:
    """A document of rules, words or sentences that has the wrong shape is named like any other file."""
    _write(tmp_path, name, DOCUMENTS[name])
    status, said, told = _ask(tmp_path)
    assert (status, said) == (2, "")
    assert name in told
    assert "Traceback" not in told

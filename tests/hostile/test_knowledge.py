"""A broken folder of knowledge is told file by file; nothing is half loaded and no stack trace is shown."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.kb.check import check_layers
from bot.kb.load import shipped_root

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
DOCUMENTS = [
    ("intents.yaml", b"intents: 5\n"),
    ("intents.yaml", b"groups: {}\n"),
    ("intents.yaml", b"intents: {help: [1]}\n"),
    ("intents.yaml", b"intents: {help: {rules: [{all: help}]}}\n"),
    ("intents.yaml", b"intents: {help: {rules: [{all: [25]}]}}\n"),
    ("intents.yaml", b"intents: {help: {rules: [{all: []}]}}\n"),
    ("intents.yaml", b"intents: {help: {rules: [{none: [help]}]}}\n"),
    ("intents.yaml", b"intents: {help: {rules: [{all: [help], confidence: sure}]}}\n"),
    ("intents.yaml", b"intents: {help: {rules: [{all: [help], confidence: 93}]}}\n"),
    ("intents.yaml", b"intents: {help: {rules: [{all: [help], confidence: .nan}]}}\n"),
    ("intents.yaml", b"intents: {help: {phrase_weight: .inf}}\n"),
    ("intents.yaml", b"intents: {help: {never: named}}\n"),
    ("intents.yaml", b"intents: {help: {nevr: [named]}}\n"),
    ("intents.yaml", b"intents: {5: {never: [named]}}\n"),
    ("intents.yaml", b"intents: {help: {}}\nthreshold: high\n"),
    ("intents.yaml", b"intents: {help: {}}\nthreshold: null\n"),
    ("intents.yaml", b"intents: {help: {}}\nchannel_needs: {a: b}\n"),
    ("intents.yaml", b"intents: {help: {}}\nchannel_strict: {help: asks}\n"),
    ("intents.yaml", b"intents: {help: {}}\narticle_intents: {starttls: moon}\n"),
    ("terms.yaml", b"protocols: {imap: {ja: 5}}\n"),
    ("terms.yaml", b"protocols: {x400: {en: [x400]}}\n"),
    ("terms.yaml", b"concepts: [1]\n"),
    ("terms.yaml", b"concepts: {port: port}\n"),
    ("terms.yaml", b"concepts: {port: {en: [no]}}\n"),
    ("terms.yaml", b"concepts: {port: {en: [1, 2]}}\n"),
    ("terms.yaml", b"concepts: {port: {de: [Hafen]}}\n"),
    ("terms.yaml", b"concept: {port: {en: [port]}}\n"),
    ("terms.yaml", b"services: [zoho]\n"),
    ("phrases/ja/help.yaml", b"phrases: 7\n"),
    ("phrases/ja/help.yaml", b"phrases: help\n"),
    ("phrases/ja/help.yaml", b"phrases: [7]\n"),
    ("phrases/ja/help.yaml", b"phrases: [' ']\n"),
    ("phrases/en/help.yaml", b"phrase: [help]\n"),
    ("phrases/en/moon.yaml", b"phrases: [how far is the moon]\n"),
    ("wording/ja/ours.yaml", b"card.sources: {y: 1}\n"),
    ("wording/ja/ours.yaml", b"card.sources: [a]\n"),
    ("wording/en/ours.yaml", b"card.sources: 5\n"),
    ("wording/en/ours.yaml", b"card.sources:\n"),
    ("wording/en/ours.yaml", b"5: five\n"),
    ("wording/en/ours.yaml", b"card.sources: 'as of {day[0]}'\n"),
    ("wording/en/ours.yaml", b"card.sources: 'as of {day.year}'\n"),
    ("wording/en/ours.yaml", b"card.sources: 'as of {day:>9999999999}'\n"),
    ("wording/en/ours.yaml", b"card.sources: 'as of {day'\n"),
]


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


def _problems_of(name: str, content: bytes) -> list[str]:
    """Return what is said of one document beside the shipped rules."""
    rules = (shipped_root() / "intents.yaml").read_bytes()
    contents = {"intents": rules, name.removesuffix(".yaml"): content}
    return check_layers([contents], today=date(2026, 1, 1)).problems


@pytest.mark.parametrize(("name", "content"), DOCUMENTS, ids=lambda value: ascii(value[:60]))
def test_wrong_shape_of_a_document_is_named(name: str, content: bytes) -> None:
    """A document of rules, words or sentences that has the wrong shape is named like any other file."""
    problems = _problems_of(name, content)
    assert problems
    assert all(problem.startswith(f"{name}: ") for problem in problems)


def test_every_fault_of_a_document_is_named() -> None:
    """All faults of one document are told at once, each with its place."""
    content = b"concepts: {port: {en: [no], ja: 5}, server: 7, 'Mail!': {}}\nservice: {}\n"
    problems = _problems_of("terms.yaml", content)
    for place in ("concepts.port.en[0]", "concepts.port.ja", "concepts.server", "'service'"):
        assert any(place in problem for problem in problems), place


@pytest.mark.parametrize("name", ["terms.yaml", "intents.yaml", "phrases/ja/help.yaml", "wording/ja/ours.yaml"])
def test_broken_document_stops_a_question(tmp_path: Path, name: str) -> None:
    """At the command line the file is named, the status is 2, and there is no stack trace."""
    _write(tmp_path, name, next(content for other, content in DOCUMENTS if other == name))
    status, said, told = _ask(tmp_path)
    assert (status, said) == (2, "")
    assert name in told
    assert "Traceback" not in told


def test_missing_folder_is_told_by_the_check_too(tmp_path: Path) -> None:
    """`knowledge check` says in words that there is no such folder."""
    finished = subprocess.run(
        [sys.executable, "-m", "bot", "knowledge", "check"],
        capture_output=True,
        cwd=_ROOT,
        env={**os.environ, "MAILPORTS_KNOWLEDGE": str(tmp_path / "missing"), "LC_ALL": "C.UTF-8"},
        timeout=60,
    )
    told = finished.stderr.decode()
    assert (finished.returncode, finished.stdout) == (2, b"")
    assert str(tmp_path / "missing") in told
    assert "error." not in told
    assert "Traceback" not in told

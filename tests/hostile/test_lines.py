"""`mailports ask --jsonl` under hostile input: one line in, one line out, in order, and no stack trace whatever happens."""

from __future__ import annotations

import ast
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.cli.crowd import answer_stream
from bot.cli.lines import LineAnswerer
from tests.hostile.road import SURFACES, engine

_ROOT = Path(__file__).resolve().parents[2]
_ASK = [sys.executable, "-m", "bot", "ask"]
GOOD = b'{"id": "next", "text": "IMAP port?"}\n'
BAD = [
    b"not json",
    b"",
    b"   ",
    b"\x00",
    b"\xff\xfe",
    b"null",
    b"true",
    b"[1, 2]",
    b'"text"',
    b"{",
    b'{"id": 1}',
    b'{"id": 1, "text": null}',
    b'{"id": 1, "text": 5}',
    b'{"id": 1, "text": ["IMAP"]}',
    b'{"id": 1, "text": "IMAP", "surface": "moon"}',
    b'{"id": 1, "text": "IMAP", "surface": ""}',
    b'{"id": 1, "text": "IMAP", "surface": 7}',
    b'{"id": 1, "text": "IMAP", "thread": []}',
    b'{"id": 1, "text": "IMAP", "thread": true}',
    b'{"id": 1, "text": "IMAP"} and more',
    b'{"id": 1, "text": "\xff\xfe"}',
    b'{"id": NaN, "text": "IMAP"}',
    b'{"id": 1e999, "text": "IMAP"}',
    b'{"id": ' + b"9" * 5_000 + b', "text": "IMAP"}',
    b"[" * 100_000,
    b'{"id": 1, "text": ' + b"[" * 100_000,
    '{"id": 1, "text": "IMAP"}'.encode("utf-16"),
]


def _strict(line: bytes) -> dict[str, Any]:
    """Read one line as those would who know no NaN and no half characters beyond an escape."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    value: dict[str, Any] = json.loads(line.decode("utf-8"), parse_constant=refuse)
    return value


def _run(lines: list[bytes], *, processes: int = 1, answerer: LineAnswerer | None = None) -> list[dict[str, Any]]:
    out = io.BytesIO()
    with tempfile.TemporaryFile() as source:
        source.write(b"".join(lines))
        source.seek(0)
        answerer = answerer or LineAnswerer(engine(), "mention", None)
        answer_stream(answerer, source.fileno(), out, processes=processes)
    written = out.getvalue()
    assert written.endswith(b"\n")
    return [_strict(line) for line in written[:-1].split(b"\n")]


@pytest.mark.parametrize("line", BAD, ids=lambda line: ascii(line[:36]))
def test_bad_line_costs_only_itself(line: bytes) -> None:
    """A line that is no question gets an error in plain words, and the next line its answer."""
    bad, good = _run([line + b"\n", GOOD])
    assert set(bad) == {"id", "error"}
    assert bad["error"].endswith((".", "。"))
    assert good["id"] == "next"
    assert good["decision"] == "answer"


@pytest.mark.parametrize(
    "line",
    [
        b'\xef\xbb\xbf{"id": 7, "text": "IMAP port?"}\n',
        b'{"id": 7, "text": "IMAP port?"}\r\n',
        b'{"id": 7, "text": "IMAP port?"}',
        b'  {"id": 7, "text": "IMAP port?"}  \n',
        b'{"id": 7, "text": "IMAP\\u0000 port?\\ud800", "thread": "\\udfff", "surface": null, "more": {"x": [1]}}\n',
    ],
    ids=["byte order mark", "CRLF", "no line end", "spaces", "odd characters"],
)
def test_line_as_other_programs_write_it(line: bytes) -> None:
    """Byte order marks, line ends of Windows and unknown keys are no fault of the line."""
    (found,) = _run([line])
    assert found["id"] == 7
    assert found["decision"] == "answer"


@pytest.mark.parametrize(
    "id_", ["a", "", "日本", "x\u2028y", "\ud800", 0, -1, 2**70, 1.5, True, False, None], ids=ascii
)
def test_id_comes_back_as_it_was(id_: object) -> None:
    """The id of a line is its own affair: whatever it is, it comes back."""
    (found,) = _run([json.dumps({"id": id_, "text": "587"}).encode() + b"\n"])
    assert found["id"] == id_
    assert type(found["id"]) is type(id_)
    assert found["decision"] == "answer"


@pytest.mark.parametrize("id_", [[1, 2], {"a": 1}, [], {}, {"\ud800": ["日本", {"x": None}]}], ids=ascii)
def test_id_with_parts_comes_back_as_it_was(id_: object) -> None:
    """An id may have parts."""
    (found,) = _run([json.dumps({"id": id_, "text": "587"}).encode() + b"\n"])
    assert found["id"] == id_


def test_giant_line_is_answered() -> None:
    """A line of five megabytes is read and answered like any other."""
    text = "IMAPのポートは？ " + "ログ " * 1_000_000
    big, good = _run([json.dumps({"id": 1, "text": text}, ensure_ascii=False).encode() + b"\n", GOOD])
    assert big["id"] == 1
    assert "decision" in big
    assert good["decision"] == "answer"


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_a_thousand_lines_keep_their_order(processes: int) -> None:
    """A thousand lines give a thousand answers in their order, the bad ones among them, however many work on them."""
    lines = [
        (BAD[n % len(BAD)][:200] if n % 5 == 4 else b'{"id": %d, "text": "port %d"}' % (n, n)) + b"\n"
        for n in range(1_000)
    ]
    found = _run(lines, processes=processes)
    assert len(found) == 1_000
    assert [record["id"] for n, record in enumerate(found) if n % 5 < 4] == [n for n in range(1_000) if n % 5 < 4]


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_threads_do_not_hear_each_other(processes: int) -> None:
    """Many conversations in one file stay apart, and a line without a thread belongs to none."""
    known = {"gmail": "Gmail", "docomo_mail": "ドコモメール", "ocn": "OCN", "biglobe": "BIGLOBE", "nifty": "ニフティ"}
    asked: list[tuple[str | None, str]] = []
    for text in ("{}のIMAPの設定は？", "じゃあ送信は？"):
        asked += [(f"{n} {id_}", text.format(name)) for n in range(12) for id_, name in known.items()]
        asked.append((None, "じゃあ送信は？"))
    lines = [
        json.dumps({"id": n, "text": text, "thread": thread}).encode() + b"\n" for n, (thread, text) in enumerate(asked)
    ]
    found = _run(lines, processes=processes)
    assert [record["id"] for record in found] == list(range(len(asked)))
    assert [record["provider"] for record in found] == [thread.split()[1] if thread else None for thread, _ in asked]


def test_many_processes_answer_what_one_answers() -> None:
    """The objects are the same, whoever wrote them."""
    lines = [
        json.dumps({"id": n, "text": text, "surface": surface}).encode() + b"\n"
        for n, (text, surface) in enumerate(
            (text, surface) for text in ["587", "gmail imap", "さくらのPOP", "lunch?"] * 20 for surface in SURFACES
        )
    ]
    assert _run(lines, processes=2) == _run(lines)


class _Deadly(LineAnswerer):
    """Takes the whole process down at one line, as a fault in a C library would."""

    def answer(self, line: bytes) -> bytes:
        if b"deadly" in line:
            os._exit(1)
        return super().answer(line)


def test_process_that_dies_costs_its_batch_and_nothing_else() -> None:
    """Every line still gets one object in its place: an answer, or an error that says so."""
    lines = [
        b'{"id": %d, "text": "%s", "thread": "%d"}\n' % (n, b"deadly" if n == 100 else b"port 587", n)
        for n in range(600)
    ]
    found = _run(lines, processes=2, answerer=_Deadly(engine(), "mention", None))
    assert [record["id"] for record in found] == list(range(600))
    lost = [record["id"] for record in found if "error" in record]
    assert 100 in lost
    assert len(lost) <= 32


def test_processes_are_gone_at_the_end() -> None:
    """Nothing that was started is left behind."""
    before = psutil.Process().children()
    _run([GOOD] * 200, processes=2)
    assert psutil.Process().children() == before


def test_secret_is_not_written_out() -> None:
    """A pasted password is in no key of the object that is written."""
    (found,) = _run(['{"id": 1, "text": "パスワード: hunter2secret でGmailのIMAPに入れない"}'.encode()])
    assert found["redacted"] is True
    assert "hunter2" not in json.dumps(found)


@pytest.mark.parametrize("form", [[], ["--json"], ["--jsonl"]], ids=["text", "json", "jsonl"])
def test_full_disk_is_told_in_a_line(form: list[str]) -> None:
    """Where the output cannot be written, one line says so, and the exit status is not 0."""
    with Path("/dev/full").open("wb") as full:
        finished = subprocess.run(
            [*_ASK, *form], input=GOOD, stdout=full, stderr=subprocess.PIPE, cwd=_ROOT, timeout=60
        )
    assert finished.returncode == 2
    assert finished.stderr.count(b"\n") == 1
    assert finished.stderr.startswith(b"mailports: ")


def test_interrupt_ends_quietly() -> None:
    """Ctrl-C between two lines ends the run without a stack trace."""
    with subprocess.Popen(
        [*_ASK, "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=_ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(GOOD)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == "next"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert process.stderr.read() == b""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("form", ["--jsonl", "IMAPのポートは？", "--json 587"])
def test_closed_stream_is_an_empty_one(closed: str, form: str) -> None:
    """Started without a standard stream, the program reads nothing from it, writes nothing to it, and ends well."""
    finished = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {form} {closed}', "sh", *_ASK],
        input=GOOD,
        capture_output=True,
        cwd=_ROOT,
        timeout=60,
    )
    assert finished.returncode == 0
    assert finished.stderr == b""
    assert bool(finished.stdout) == (">&-" not in closed.split() and not ("<" in closed and form == "--jsonl"))


def test_nothing_slow_is_imported_where_an_interrupt_would_show_a_trace() -> None:
    """Ctrl-C while the program starts is caught: above the place that catches it, next to nothing is imported."""
    program = ast.parse((_ROOT / "bot" / "__main__.py").read_text(encoding="utf-8"))
    imports = [node for node in program.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names if getattr(node, "module", "") != "__future__"}
    assert names <= {"importlib", "os", "sys"}

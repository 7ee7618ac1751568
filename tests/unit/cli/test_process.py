"""`mailports` as its users start it: a process, with the environment and the files that it finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=given,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=60,
    )


def test_a_thousand_lines_in_a_thousand_out() -> None:
    """A ticket export of a thousand lines gives a thousand answers in its order, bad lines included."""
    texts = [
        "GmailのIMAPの設定",
        "What is port 587?",
        "",
        "lunch at 12?",
        "エックスサーバーをThunderbirdで使いたい",
        "送れない",
    ]
    lines = [
        b"not json" if i % 100 == 99 else json.dumps({"id": str(i), "text": texts[i % len(texts)]}).encode()
        for i in range(1_000)
    ]
    finished = run("ask", "--jsonl", given=b"\n".join(lines))
    assert finished.returncode == 0, finished.stderr
    found = [json.loads(line) for line in finished.stdout.splitlines()]
    assert [record["id"] for record in found] == [None if i % 100 == 99 else str(i) for i in range(1_000)]
    assert sum("error" in record for record in found) == 10


def test_broken_file_of_a_company_is_named(tmp_path: Path) -> None:
    """A fault in the company's own files stops the answers; every fault is named with its file, without a stack trace."""
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers" / "ours.yaml").write_text("id: ours\nnames: {ja: 社内メール}\nwrong_key: 1\n")
    (tmp_path / "ports.yaml").write_text("ports: [\n")
    finished = run("ask", "IMAP?", MAILPORTS_KNOWLEDGE=str(tmp_path))
    assert finished.returncode == 2
    assert finished.stdout == b""
    told = finished.stderr.decode()
    assert "providers/ours.yaml: unknown key 'wrong_key'" in told
    assert "ports.yaml" in told
    assert "Traceback" not in told


def test_lists_can_be_read_by_a_program() -> None:
    """`mailports intents --json` names what the answers' ids stand for."""
    finished = run("intents", "--json")
    assert finished.returncode == 0, finished.stderr
    lists = json.loads(finished.stdout)
    assert set(lists) == {"intents", "providers", "clients"}
    assert "provider_settings" in lists["intents"]
    assert "xserver" in lists["providers"]
    assert "thunderbird" in lists["clients"]


def test_reader_that_has_seen_enough() -> None:
    """`mailports ask --jsonl | head -1` ends quietly."""
    line = json.dumps({"id": 1, "text": "port 587"}).encode() + b"\n"
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(line)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.stdout.close()
        process.stdin.write(line * 3)
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0

"""The house is in order: nothing private, no registry address, files of one job, every command of the README exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 420


def tracked() -> list[Path]:
    """List the files git tracks and those it would (none of what it ignores)."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_lock_file_names_a_registry() -> None:
    """The locked dependencies are names, versions and hashes alone."""
    for path in (ROOT / "deploy").glob("requirements*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index-url|--find-links", text)


def test_code_files_keep_to_one_job() -> None:
    """No Python file has grown past about 400 lines."""
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in tracked()
        if path.suffix == ".py" and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_every_command_of_the_readme_exists() -> None:
    """A `mailports` command or a make target that the README names is there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    commands = {path.stem for path in (ROOT / "bot" / "cli").glob("*.py")}
    for name in ("README.md", "README.ja.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"\bmake ([a-z]+)\b", text)) - {"and"} <= targets
        assert (
            set(re.findall(r"`?mailports ([a-z]+)\b", text)) & {"ask", "serve", "doctor", "bench", "demo"} <= commands
        )

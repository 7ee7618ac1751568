"""The built wheel carries its knowledge and answers outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command away from the checkout, without its environment leaking in."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MAILPORTS_"))}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_the_wheel_answers_in_an_empty_environment(tmp_path: Path) -> None:
    """Installed from the wheel into an empty environment outside the checkout, `mailports ask` gives an answer."""
    built = run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist", ROOT, cwd=tmp_path
    )
    assert built.returncode == 0, built.stderr[-2000:]
    wheel = next((tmp_path / "dist").glob("mailports-*.whl"))
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    locked = run(
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "--require-hashes",
        "-r",
        ROOT / "deploy" / "requirements.txt",
        cwd=tmp_path,
    )
    if locked.returncode:
        pytest.skip("the package index cannot be reached: " + locked.stderr.strip().splitlines()[-1][:200])
    installed = run(python, "-m", "pip", "install", "-q", "--no-deps", wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr[-2000:]
    answer = run(tmp_path / "venv" / "bin" / "mailports", "ask", "XserverのIMAPのポートは？", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert "993" in answer.stdout
    where = run(python, "-c", "import bot; print(bot.__file__)", cwd=tmp_path)
    assert str(ROOT) not in where.stdout

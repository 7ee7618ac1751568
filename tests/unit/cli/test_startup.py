"""The first answer at the terminal comes quickly, because nothing is loaded that it does not need."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import ask

# Each of these takes between two and twelve milliseconds to import, of sixty for the whole answer.
DEAR = ("argparse", "dataclasses", "hashlib", "json", "pathlib", "rapidfuzz", "tempfile", "urllib.parse", "yaml")


@pytest.mark.parametrize("question", ["エックスサーバーのIMAPのポートは？", "What is the IMAP port of Gmail?"])
def test_a_plain_question_loads_only_what_it_needs(question: str, tmp_path: Path) -> None:
    """From the second start on, a question that is understood exactly imports none of the costly modules."""
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from bot.__main__ import main\n"
        "assert main(['ask', sys.argv[1]]) == 0\n"
        f"print('loaded', sorted(set({DEAR!r}) & (set(sys.modules) - before)))\n"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", code, question]
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, encoding="utf-8")
    assert "993" in done.stdout
    assert done.stdout.splitlines()[-1] == "loaded []"


@pytest.mark.parametrize("words", [["IMAP"], ["two", "words"], ["ポートは？"]])
def test_words_without_options_are_read_as_the_parser_reads_them(words: list[str]) -> None:
    """Leaving the parser out changes nothing."""
    parser = argparse.ArgumentParser()
    ask.add_arguments(parser)
    plain = ask.read_plain(words)
    assert plain is not None
    assert vars(plain) == vars(parser.parse_args(words))


@pytest.mark.parametrize("words", [[], ["--json", "IMAP"], ["IMAP", "-h"], ["--", "-x"]])
def test_options_are_left_to_the_parser(words: list[str]) -> None:
    """Whatever may be an option is read by the parser."""
    assert ask.read_plain(words) is None

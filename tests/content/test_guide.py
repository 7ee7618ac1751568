"""The guides for people who do not program: their examples are whole files that pass the check and answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.kb.load import shipped_root

_EXAMPLE = re.compile(r"<!-- (?P<path>\S+) -->\n```yaml\n(?P<text>.*?)```", re.DOTALL)
_TRY = re.compile(r'make try ASK="(?P<question>[^"]+)"')


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_examples_of_a_guide_work_as_they_stand(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who saves the examples and checks them gets no problem, and an answer from them to the question that is tried."""
    guide = (shipped_root() / name).read_text(encoding="utf-8")
    examples = {found["path"]: found["text"] for found in _EXAMPLE.finditer(guide)}
    assert sorted(examples) == ["errors/kumo.yaml", "providers/kumo.yaml"]
    for path, text in examples.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    monkeypatch.setenv("MAILPORTS_KNOWLEDGE", str(tmp_path))
    assert main(["knowledge", "check"]) == 0, capsys.readouterr().out
    question = _TRY.search(guide)
    assert question is not None
    assert main(["ask", question["question"]]) == 0
    assert "imap.kumo.example" in capsys.readouterr().out
    assert main(["ask", "K7-4021"]) == 0
    assert "kumo.example/ja/errors" in capsys.readouterr().out


def test_both_guides_show_the_same_data() -> None:
    """The two languages differ in words and comments, never in what is entered."""
    guides = [(shipped_root() / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md")]
    bare = [[re.sub(r"\s+#.*", "", found["text"]) for found in _EXAMPLE.finditer(guide)] for guide in guides]
    assert bare[0] == bare[1]

"""`mailports knowledge import` and `compare` as an administrator runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import main
from tests.unit.discovery.sample import IMAP, PLAIN, SMTP, config, server

KUMO = config(IMAP, SMTP, name="Kumonoue Mail", domains=("kumonoue.example",))
GMAIL = config(server("imap", "imap.gmail.com", 993, "SSL"), domains=("gmail.com",))
OTHER = config(server("imap", "imap.elsewhere.example", 993, "SSL"), domains=("gmail.com",))
SOURCE = ["--source-url", "https://kumo.example/ispdb/"]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Return a folder of published settings: a new service, one without encryption, one of ours, and a broken file."""
    folder = tmp_path / "checkout" / "ispdb"
    folder.mkdir(parents=True)
    files = {"kumonoue.example": KUMO, "kaze.example": config(PLAIN), "gmail.com": GMAIL, "broken": "<clientConfig"}
    for name, text in files.items():
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    return tmp_path / "checkout"


def test_imported_settings_answer_marked_as_unreviewed(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is new is written and answered with a warning; the rest is left out with a reason."""
    own = tmp_path / "own"
    assert main(["knowledge", "import", str(published), "--into", str(own), *SOURCE]) == 0
    said = capsys.readouterr().out
    assert "gmail.com.xml: left out: its domains are known already" in said
    assert "kaze.example.xml: left out: has no encrypted server" in said
    assert "broken.xml: left out: not well-formed XML" in said
    assert [file.name for file in (own / "providers").iterdir()] == ["kumonoue_example.yaml"]
    monkeypatch.setenv("MAILPORTS_KNOWLEDGE", str(own))
    for question in ("taro@kumonoue.example imap server?", "Kumonoue Mail settings"):
        assert main(["ask", question]) == 0
        answer = capsys.readouterr().out
        assert "imap.kumo.example" in answer
        assert "nobody has reviewed them yet" in answer


def test_a_reviewed_file_is_never_written_over(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once somebody has reviewed an entry, the next import leaves it alone."""
    arguments = ["knowledge", "import", str(published), "--into", str(tmp_path), *SOURCE]
    assert main(arguments) == 0
    file = tmp_path / "providers" / "kumonoue_example.yaml"
    asks = "asks: {ja: [くものうえメールの設定], en: [kumonoue mail settings]}\n"
    reviewed = file.read_text().replace("unreviewed", "verified") + asks
    file.write_text(reviewed, encoding="utf-8")
    capsys.readouterr()
    assert main(arguments) == 0
    assert "was reviewed and stays as it is" in capsys.readouterr().out
    assert file.read_text(encoding="utf-8") == reviewed


def test_a_source_that_is_not_there_is_said_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong path or an empty folder is named."""
    for path in (tmp_path / "nowhere", tmp_path):
        assert main(["knowledge", "compare", str(path)]) == 2
        assert str(path) in capsys.readouterr().err


def test_a_difference_without_a_reason_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What agrees passes; a difference that nobody reviewed is shown with its file and is a failure."""
    agreeing, differing = tmp_path / "a.xml", tmp_path / "b.xml"
    agreeing.write_text(GMAIL, encoding="utf-8")
    differing.write_text(OTHER, encoding="utf-8")
    assert main(["knowledge", "compare", str(agreeing)]) == 0
    assert "1 servers agree, 0 differ" in capsys.readouterr().out
    assert main(["knowledge", "compare", str(differing)]) == 1
    assert "NO REASON (b.xml)" in capsys.readouterr().out

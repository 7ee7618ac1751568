"""`mailports ask`: the contract of its JSON, its text, and what it does with bad lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import __main__
from bot.cli import ask
from bot.cli.record import encode
from bot.errors import BotError, KnowledgeInvalidError

if TYPE_CHECKING:
    from bot.answer.engine import Engine, Outcome
    from bot.match.model import Context, Utterance
    from tests.unit.cli.conftest import Jsonl

KEYS = {
    "id",
    "decision",
    "language",
    "intent",
    "confidence",
    "provider",
    "client",
    "protocols",
    "text",
    "blocks",
    "redacted",
    "settings",
}


def test_each_line_is_answered_in_its_order(jsonl: Jsonl) -> None:
    """As many lines come out as went in, in the same order, each with all the promised keys."""
    found = jsonl(*({"id": str(i), "text": f"port {port}"} for i, port in enumerate([465, 587, 993, 22])))
    assert [record["id"] for record in found] == ["0", "1", "2", "3"]
    assert all(set(record) == KEYS for record in found)


def test_settings_come_as_data_too(jsonl: Jsonl) -> None:
    """What the card says can be read by a program."""
    record = jsonl({"id": 1, "text": "ほしメールのIMAPの設定"})[0]
    assert (record["decision"], record["language"], record["provider"]) == ("answer", "ja", "hoshi")
    assert record["protocols"] == ["imap"]
    assert record["settings"] == [
        {
            "protocol": "imap",
            "hostname": "imap.hoshi.example.jp",
            "port": 993,
            "security": "implicit_tls",
            "username": "email_address",
        }
    ]
    assert "imap.hoshi.example.jp" in record["text"]
    assert record["blocks"][0]["type"] == "header"


def test_silence_has_all_keys(jsonl: Jsonl) -> None:
    """A line overheard in a channel that is no question is silent, with an empty text and no blocks."""
    record = jsonl({"id": "x", "text": "lunch at 12?", "surface": "channel"})[0]
    assert (record["decision"], record["text"], record["blocks"]) == ("silent", "", [])
    assert set(record) == KEYS


def test_a_thread_remembers(jsonl: Jsonl) -> None:
    """A follow-up keeps the provider of its own thread, and of no other."""
    found = jsonl(
        {"id": "1", "text": "ほしメールのIMAPの設定", "thread": "a"},
        {"id": "2", "text": "送信は？", "thread": "a"},
        {"id": "3", "text": "送信は？", "thread": "b"},
    )
    assert [record["provider"] for record in found] == ["hoshi", "hoshi", None]
    assert found[1]["settings"][0]["protocol"] == "smtp"


@pytest.mark.parametrize(
    ("line", "id_"),
    [
        (b"not json", None),
        (b"", None),
        (b"\xff\xfe", None),
        (b"[" * 5000, None),
        (b"[1]", None),
        (b"null", None),
        (b'{"id": "7"}', "7"),
        (b'{"id": "7", "text": 5}', "7"),
        (b'{"id": "7", "text": null}', "7"),
        (b'{"id": "7", "text": "x", "surface": "pigeon"}', "7"),
        (b'{"id": "7", "text": "x", "surface": 1}', "7"),
        (b'{"id": "7", "text": "x", "thread": {}}', "7"),
        (b'{"id": {"n": 7}, "text": 5}', {"n": 7}),
        (b'{"id": {"n": NaN}, "text": "x"}', None),
        (b'{"id": [1e999], "text": "x"}', None),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_bad_line_is_told_and_the_run_goes_on(jsonl: Jsonl, line: bytes, id_: object) -> None:
    """A line that is no question gets an error of its own, and the next one its answer."""
    bad, good = jsonl(line, {"id": "next", "text": "IMAP port?"})
    assert set(bad) == {"id", "error"}
    assert bad["id"] == id_
    assert len(bad["error"]) > 5
    assert "{" not in bad["error"].replace("{…}", "")
    assert good["decision"] == "answer"


@pytest.mark.parametrize(
    "id_", [[], {}, [1, "a", None], {"file": "a.csv", "row": [3, 1.5]}, [[[[["deep"]]]]]], ids=repr
)
def test_id_with_parts_is_kept(jsonl: Jsonl, id_: object) -> None:
    """An id that is a list or an object comes back as it was, with its answer."""
    found = jsonl({"id": id_, "text": "port 993"})[0]
    assert found["id"] == id_
    assert found["decision"] == "answer"


@pytest.mark.parametrize("levels", [90, 110, 300, 5_000])
def test_id_of_any_depth_costs_no_more_than_its_line(jsonl: Jsonl, levels: int) -> None:
    """However deep an id is nested, its line gives one object and the next line its answer."""
    line = b'{"id": ' + b"[" * levels + b"]" * levels + b', "text": "port 993"}'
    first, second = jsonl(line, {"id": "next", "text": "IMAP port?"})
    assert ("decision" in first) == (levels <= 100)
    assert second["decision"] == "answer"


def test_a_fault_of_ours_costs_one_line(
    jsonl: Jsonl, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Should the program itself fail on a question, that line says so without quoting it, and the run goes on."""
    whole = engine.answer

    def fail_once(utterance: Utterance, context: Context | None = None) -> Outcome:
        if utterance.text == "secret words":
            raise ZeroDivisionError(utterance.text)
        return whole(utterance, context)

    monkeypatch.setattr(engine, "answer", fail_once)
    bad, good = jsonl({"id": 1, "text": "secret words"}, {"id": 2, "text": "port 993"})
    assert (bad["id"], good["decision"]) == (1, "answer")
    captured = capsys.readouterr()
    assert "ZeroDivisionError" in captured.err
    assert "secret words" not in captured.err + captured.out + bad["error"]


def test_unknown_keys_are_ignored(jsonl: Jsonl) -> None:
    """An export with more columns than we know is read all the same."""
    assert jsonl({"id": 1, "text": "port 993", "customer": {"x": 1}, "language": 5})[0]["decision"] == "answer"


def test_half_characters_do_no_harm(jsonl: Jsonl) -> None:
    """Broken characters, in the text or in the id, cost neither the answer nor the run."""
    record = jsonl(b'{"id": "\\ud800", "text": "port 993 \\ud83d"}')[0]
    assert record["id"] == "\ud800"
    assert record["decision"] == "answer"


@pytest.mark.parametrize("text", ["", " ", "<@U0BOT>", "\u200b\u202e", "a" * 40_000, "> 引用\n" * 1_000, "\x00"])
def test_odd_texts_get_an_answer(jsonl: Jsonl, text: str) -> None:
    """Whatever is sent, somebody who addressed the bot gets a text back."""
    record = jsonl({"id": 1, "text": text, "surface": "dm"})[0]
    assert record["decision"] in {"answer", "clarify", "hand_off"}
    assert record["text"]


def test_language_can_be_chosen(jsonl: Jsonl) -> None:
    """An explicit choice beats the language of the question."""
    assert jsonl({"id": 1, "text": "IMAPのポートは？"}, arguments=("--language", "en"))[0]["language"] == "en"


def test_surface_can_be_given_for_all_lines(jsonl: Jsonl) -> None:
    """A whole export can be read as overheard; a line that names its own surface keeps it."""
    lines = ({"id": 1, "text": "lunch at 12?"}, {"id": 2, "text": "lunch at 12?", "surface": "dm"})
    found = jsonl(*lines, arguments=("--surface", "channel"))
    assert [record["decision"] for record in found] == ["silent", "hand_off"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80), surface=st.sampled_from(["mention", "dm", "slash", "channel", "shortcut"]))
def test_any_text_on_any_surface(jsonl: Jsonl, text: str, surface: str) -> None:
    """Any text whatever gives one sound object; a channel is never asked back."""
    record: dict[str, Any] = jsonl({"id": 1, "text": text, "surface": surface})[0]
    assert set(record) == KEYS
    assert 0 <= record["confidence"] <= 1
    if surface == "channel":
        assert record["decision"] in {"answer", "silent"}
    else:
        assert record["text"]


@pytest.mark.usefixtures("engine")
def test_plain_text_for_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """Without a switch the answer is printed as it is read."""
    assert __main__.main(["ask", "ほしメール", "IMAP"]) == 0
    out = capfd.readouterr().out
    assert out.startswith("ほしメール")
    assert "imap.hoshi.example.jp" in out


@pytest.mark.usefixtures("engine")
def test_one_object(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """`--json` prints one object with the same keys."""
    assert __main__.main(["ask", "--json", "ポート587とは"]) == 0
    assert set(json.loads(capfdbinary.readouterr().out)) == KEYS


@pytest.mark.usefixtures("engine")
def test_explanation_names_slots_and_intents(capfd: pytest.CaptureFixture[str]) -> None:
    """`--explain` shows what was read and why, before the answer."""
    assert __main__.main(["ask", "--explain", "ほしメールのIMAPの設定"]) == 0
    out = capfd.readouterr().out
    assert "providers: hoshi" in out
    assert "protocols: imap" in out
    assert "provider_settings" in out


@pytest.mark.usefixtures("engine")
def test_password_is_not_repeated(capfd: pytest.CaptureFixture[str]) -> None:
    """A pasted password is warned about and appears nowhere in what is printed."""
    secret = "hunter2-Korrekt"
    for switch in ("--explain", "--json"):
        assert __main__.main(["ask", switch, f"ほしメールのIMAPの設定 パスワードは {secret} です"]) == 0
    out = capfd.readouterr().out
    assert secret not in out
    assert '"redacted": true' in out


def test_broken_knowledge_lists_every_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With broken files nothing is answered; each fault is named, and the status is 2."""

    def broken() -> None:
        raise KnowledgeInvalidError(["ports.yaml: a", "providers/x.yaml: b"])

    monkeypatch.setattr(ask, "load_engine", broken)
    assert __main__.main(["ask", "IMAP?"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "ports.yaml: a" in captured.err
    assert "providers/x.yaml: b" in captured.err
    assert "2" in captured.err.splitlines()[0]


def test_missing_knowledge_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there is named, without a stack trace."""

    def missing() -> None:
        raise BotError("error.knowledge_missing", path="/no/such/folder")

    monkeypatch.setattr(ask, "load_engine", missing)
    assert __main__.main(["ask", "IMAP?"]) == 2
    assert "/no/such/folder" in capsys.readouterr().err


def test_encoded_lines_hold_one_object_each() -> None:
    """A line break in a value does not break the line."""
    assert encode({"text": "a\nb\u2028ポート"}).count(b"\n") == 1

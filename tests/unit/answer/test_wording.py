"""Sentences by key: complete in both languages, and harmless when something is missing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import bot
from bot.answer.wording import Wording, check_wording
from tests.unit.answer.sample import lookup

CODE = Path(bot.__file__).parent


def _said_keys(folder: str) -> tuple[set[str], set[str]]:
    """Return the keys that the code says literally, and the beginnings of those it builds."""
    literal: set[str] = set()
    built: set[str] = set()
    for path in sorted((CODE / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                for argument in ast.walk(node.args[0]):
                    if isinstance(argument, ast.JoinedStr):
                        if isinstance(argument.values[0], ast.Constant):
                            built.add(str(argument.values[0].value))
                    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        literal.add(argument.value)
    return literal - built, built


@pytest.mark.parametrize("folder", ["answer"])
def test_every_key_the_code_says_has_a_sentence(folder: str) -> None:
    """No reader ever sees the name of a sentence instead of the sentence."""
    literal, built = _said_keys(folder)
    assert len(literal) > 50
    wording = Wording(lookup())
    parts = {key for key in literal if re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)+", key)}
    assert sorted(key for key in parts if not wording.knows(key)) == []
    known = {key for document in lookup().documents("wording/ja/").values() for key in document}
    assert sorted(start for start in built if "." in start and not any(key.startswith(start) for key in known)) == []


def test_shipped_wording_is_sound() -> None:
    """Japanese and English say the same things with the same values."""
    assert check_wording(lookup().documents("wording/")) == []


@pytest.mark.parametrize(
    ("ja", "en", "problem"),
    [
        ({"a": "はい"}, {}, "wording/ja/x.yaml: a: has no en sentence"),
        ({}, {"a": "yes"}, "wording/en/x.yaml: a: has no ja sentence"),
        ({"a": "{x}番"}, {"a": "number {y}"}, "wording/ja/x.yaml: a: ja and en have different placeholders"),
        ({"a": "`番"}, {"a": "number"}, "wording/ja/x.yaml: a: a backtick is not closed"),
        ({"a": " "}, {"a": "yes"}, "wording/ja/x.yaml: a: must be a sentence"),
        ({"a": 5}, {"a": "yes"}, "wording/ja/x.yaml: a: must be a sentence"),
        ({"a": "{x.y}"}, {"a": "{x.y}"}, "wording/ja/x.yaml: a: a placeholder must be a plain {name}"),
        ({"a": "{x!r}"}, {"a": "{x!r}"}, "wording/ja/x.yaml: a: a placeholder must be a plain {name}"),
    ],
)
def test_faults_of_a_wording_file_are_named(ja: dict[str, object], en: dict[str, object], problem: str) -> None:
    """Whoever edits a sentence learns which line is wrong and why."""
    assert problem in check_wording({"wording/ja/x": ja, "wording/en/x": en})


def test_unbalanced_braces_are_named() -> None:
    """A brace left open is reported instead of failing in front of a user."""
    problems = check_wording({"wording/ja/x": {"a": "{x"}, "wording/en/x": {"a": "ok"}})
    assert any("cannot be read as a sentence" in problem for problem in problems)


def test_a_key_in_two_files_is_named() -> None:
    """Of two sentences with one key nobody has to guess which is said."""
    files = {f"wording/{language}/{area}": {"a": "はい"} for language in ("ja", "en") for area in ("x", "y")}
    assert "wording/ja/y.yaml: a: is also in wording/ja/x.yaml" in check_wording(files)


def test_unknown_key_is_said_by_its_name() -> None:
    """A lost sentence costs one sentence, not the answer."""
    assert Wording(lookup()).say("no.such.key", "ja") == "no.such.key"


def test_every_error_of_the_program_has_words() -> None:
    """An error is told in words, whichever it is."""
    keys = {key for path in CODE.rglob("*.py") for key in re.findall(r"""["'](error\.[a-z_]+)["']""", path.read_text())}
    wording = Wording(lookup())
    assert "error.knowledge_invalid" in keys
    assert sorted(key for key in keys if not wording.knows(key)) == []

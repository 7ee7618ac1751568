"""Sentences by key, in the language of the answer; and the check that no language misses one.

The sentences live in `knowledge/wording/{ja,en}/<area>.yaml` as flat keys with `{placeholders}`.
No sentence that a user reads is written in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.kb.model import Language

if TYPE_CHECKING:
    from bot.kb.lookup import Lookup

LANGUAGES: tuple[Language, ...] = ("ja", "en")
_OTHER: dict[Language, Language] = {"ja": "en", "en": "ja"}


class Wording:
    """All sentences of both languages."""

    def __init__(self, lookup: Lookup) -> None:
        self._texts: dict[Language, dict[str, str]] = {language: {} for language in LANGUAGES}
        for language in LANGUAGES:
            for document in lookup.documents(f"wording/{language}/").values():
                self._texts[language].update(document)

    def knows(self, key: str) -> bool:
        """Say whether there is a sentence of that key."""
        return any(key in texts for texts in self._texts.values())

    def say_plain(self, key: str, language: Language, /, **params: object) -> str:
        """Return the sentence without the backticks around literal values, for where they would be shown as they stand."""
        return self.say(key, language, **params).replace("`", "")

    def say(self, key: str, language: Language, /, **params: object) -> str:
        """Return the sentence of *key*, its placeholders filled.

        A key that a company's own files lost is said in the other language, and at last by its name:
        half an answer helps more than none. `mailports knowledge check` finds such keys beforehand.

        Args:
            key: Such as `settings.title`.
            language: Of the answer.
            params: Values for the placeholders.
        """
        text = self._texts[language].get(key) or self._texts[_OTHER[language]].get(key)
        if text is None:
            return key
        try:
            return text.format_map(_Params(params)) if "{" in text or "}" in text else text
        except (ValueError, AttributeError):
            # A brace that a company's own wording left open: `knowledge check` names it.
            return text


class _Params(dict[str, object]):
    """Leaves a placeholder that nobody filled as it stands."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def check_wording(documents: Mapping[str, object]) -> list[str]:
    """Check the wording files of both languages against each other.

    Args:
        documents: The knowledge's documents by path without ending; only `wording/…` is looked at.

    Returns:
        Every problem as `path: message`.
    """
    from bot.kb.documents import placeholders, sentence_problems, wording_problems  # no answer needs them

    problems: list[str] = []
    homes: dict[Language, dict[str, str]] = {"ja": {}, "en": {}}
    texts: dict[Language, dict[str, str]] = {"ja": {}, "en": {}}
    for path, document in documents.items():
        language = _language_of(path)
        if language is None:
            continue
        if not isinstance(document, dict):
            problems.append(f"{path}.yaml: must hold keys and sentences")
            continue
        problems += [f"{path}.yaml: {problem}" for problem in wording_problems(document)]
        for key, text in document.items():
            if key in homes[language]:
                problems.append(f"{path}.yaml: {key}: is also in {homes[language][key]}.yaml")
                continue
            homes[language][key] = path
            if isinstance(text, str) and not any(sentence_problems(text)):
                texts[language][key] = text
    for language in LANGUAGES:
        other = _OTHER[language]
        for key, path in homes[language].items():
            if key not in homes[other]:
                problems.append(f"{path}.yaml: {key}: has no {other} sentence")
            elif (
                language == "ja"
                and key in texts["ja"]
                and key in texts["en"]
                and placeholders(texts["ja"][key]) != placeholders(texts["en"][key])
            ):
                problems.append(f"{path}.yaml: {key}: ja and en have different placeholders")
    return problems


def _language_of(path: str) -> Language | None:
    for language in LANGUAGES:
        if path.startswith(f"wording/{language}/"):
            return language
    return None

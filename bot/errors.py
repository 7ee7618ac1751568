"""What can go wrong, as a message key and its parameters, never a finished sentence.

The layer that speaks to a person turns the key into words of that person's language (`bot.answer.wording`).
"""

from __future__ import annotations


class BotError(Exception):
    """Base of every error that a user, an author or an administrator may be told about.

    Args:
        message_key: A key of `knowledge/wording/`, such as `error.text_empty`.
        params: Values for the placeholders of that wording; never text a user typed.
    """

    def __init__(self, message_key: str, **params: str | int) -> None:
        super().__init__(message_key, params)
        self.message_key = message_key
        self.params = params


class KnowledgeInvalidError(BotError):
    """The knowledge files have faults; nothing was loaded. *problems* lists all of them as `path: message`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("error.knowledge_invalid", count=len(problems))
        self.problems = problems

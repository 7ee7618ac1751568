"""An answer as data: it knows nothing of Slack and nothing of a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.kb.model import Language, Protocol, Security

DecisionName = Literal["answer", "clarify", "hand_off", "silent"]


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line of a settings table; texts are in the answer's language and the program's own labels."""

    provider: str
    protocol: Protocol
    hostname: str
    hostname_is_pattern: bool
    port: int
    security: Security
    security_label: str
    username: str
    authentication: str
    recommended: bool
    purpose: str
    """「受信(IMAP)」, "Receiving (IMAP)"."""


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text; `backticks` mark literal values."""

    text: str
    tone: Literal["normal", "warning", "quiet"] = "normal"


@dataclass(frozen=True, slots=True)
class SettingsTable:
    caption: str
    rows: tuple[SettingRow, ...]


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Any other table: header and rows of plain cells (`backticks` allowed)."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class BulletList:
    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Title, address, and the words "checked on …" in the answer's language."""

    title: str
    url: str
    dated: str


Section = Heading | Paragraph | SettingsTable | PlainTable | BulletList


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: *ask* is the question that it asks in the asker's stead."""

    label: str
    ask: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, for every decision but silent."""

    decision: DecisionName
    language: Language
    intent: str
    confidence: float
    title: str
    sections: tuple[Section, ...]
    sources: tuple[SourceLine, ...] = ()
    choices: tuple[Choice, ...] = ()
    """For clarify: the readings. For answers: follow-ups."""
    private_notice: str | None = None
    """Said to the asker alone (a password was pasted)."""
    feedback: bool = True

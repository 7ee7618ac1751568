"""An answer as data: it knows nothing of Slack and nothing of a terminal.

Structs instead of dataclasses, because making a dataclass costs a millisecond each at every start of `mailports ask`.
`msgspec.structs.replace` changes a field.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.kb.model import Language, Protocol, Security, Username

DecisionName = Literal["answer", "clarify", "hand_off", "silent"]


class SettingRow(msgspec.Struct, frozen=True):
    """One line of a settings table; texts are in the answer's language and the program's own labels."""

    provider: str
    protocol: Protocol
    hostname: str
    hostname_is_pattern: bool
    port: int
    security: Security
    security_label: str
    username_form: Username
    recommended: bool
    purpose: str
    """「受信 (IMAP)」, "Receiving (IMAP)"."""


class Heading(msgspec.Struct, frozen=True):
    text: str


class Paragraph(msgspec.Struct, frozen=True):
    """Plain text; `backticks` mark literal values."""

    text: str
    tone: Literal["normal", "warning", "quiet"] = "normal"


class SettingsTable(msgspec.Struct, frozen=True):
    """Servers to type in; *header* names the four columns, in the program's own words where one was named."""

    caption: str
    rows: tuple[SettingRow, ...]
    header: tuple[str, str, str, str]


class PlainTable(msgspec.Struct, frozen=True):
    """Any other table: header and rows of plain cells (`backticks` allowed)."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class BulletList(msgspec.Struct, frozen=True):
    items: tuple[str, ...]
    ordered: bool = False


class FactList(msgspec.Struct, frozen=True):
    """Labels with their values: user name, authentication, where to find the server name."""

    items: tuple[tuple[str, str], ...]


class SourceLine(msgspec.Struct, frozen=True):
    """Title, address, and the words "checked on …" in the answer's language."""

    title: str
    url: str
    dated: str


Section = Heading | Paragraph | SettingsTable | PlainTable | BulletList | FactList


class Choice(msgspec.Struct, frozen=True):
    """A button: *ask* is the question that it asks in the asker's stead."""

    label: str
    ask: str


class Labels(msgspec.Struct, frozen=True):
    """The few words that a card adds of its own, so that cards hold no sentence. The defaults need no language."""

    sources: str = "→"
    helpful: str = "👍"
    not_helpful: str = "👎"
    cut: str = "…"
    """Said where an over-long answer had to be cut."""
    colon: str = ": "
    """Between a label and its value, where the answer is plain text."""


class Answer(msgspec.Struct, frozen=True):
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
    labels: Labels = Labels()
    sets_language: bool = False
    """The asker wants to be spoken to in this language from now on."""

"""Rich text parts: literal values between backticks become code, everything else is plain text and cannot become markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.answer.model import BulletList, FactList, Heading, Paragraph, PlainTable, SettingsTable, SourceLine
from bot.cards import limits

Json = dict[str, object]


def parts(text: str, *, bold: bool = False) -> list[Json]:
    """Return *text* as rich text parts.

    Args:
        text: Backticks mark literal values; an unpaired one is shown as it stands.
        bold: Set everything but the literal values in bold.
    """
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        pieces[-2:] = [f"{pieces[-2]}`{pieces[-1]}"]
    found: list[Json] = []
    for index, piece in enumerate(pieces):
        for start in range(0, len(piece), limits.RICH_TEXT_PART):
            part: Json = {"type": "text", "text": piece[start : start + limits.RICH_TEXT_PART]}
            if index % 2:
                part["style"] = {"code": True}
            elif bold:
                part["style"] = {"bold": True}
            found.append(part)
    # Nothing but backticks stays visible: whether Slack takes an empty paragraph is disputed, so none is ever made.
    return found or [{"type": "text", "text": text}] if text else []


def section(elements: list[Json]) -> Json:
    """Return one paragraph."""
    return {"type": "rich_text_section", "elements": elements}


def block(elements: Sequence[Json]) -> Json:
    """Return a block of paragraphs and lists."""
    return {"type": "rich_text", "elements": list(elements)}


def heading(section_: Heading) -> list[Json]:
    """Return a heading inside a card: a bold line."""
    return [section(parts(section_.text, bold=True))] if section_.text.strip() else []


def paragraph(section_: Paragraph) -> list[Json]:
    """Return a paragraph; a warning stands in a quote behind a warning sign."""
    if not section_.text.strip():
        return []
    if section_.tone == "warning":
        sign: list[Json] = [{"type": "emoji", "name": "warning"}, {"type": "text", "text": " "}]
        return [{"type": "rich_text_quote", "elements": [*sign, *parts(section_.text)]}]
    return [section(parts(section_.text))]


def bullets(items: Iterable[list[Json]], *, ordered: bool = False) -> list[Json]:
    """Return a list; items that say nothing are left out, because Slack refuses empty ones."""
    elements = [section(item) for item in items if item]
    if not elements:
        return []
    return [{"type": "rich_text_list", "style": "ordered" if ordered else "bullet", "indent": 0, "elements": elements}]


def bullet_list(section_: BulletList) -> list[Json]:
    """Return a list of sentences."""
    return bullets((parts(item) for item in section_.items if item.strip()), ordered=section_.ordered)


def fact_list(section_: FactList, colon: str) -> list[Json]:
    """Return labels in bold with their values."""
    return bullets([*parts(f"{label}{colon}", bold=True), *parts(value)] for label, value in section_.items)


def settings_lines(table: SettingsTable, colon: str) -> list[Json]:
    """Return a settings table as lines, for a card that already has its one table."""
    port = table.header[2]
    return bullets(
        [
            *parts(f"{row.purpose}{colon}", bold=True),
            *parts(f"`{row.hostname}` / {port} `{row.port}` / {row.security_label}"),
        ]
        for row in table.rows
    )


def table_lines(table: PlainTable, colon: str) -> list[Json]:
    """Return any other table as lines."""
    return bullets(
        [*parts(f"{row[0]}{colon}", bold=True), *parts(" / ".join(cell for cell in row[1:] if cell.strip()))]
        for row in table.rows
        if row
    )


def source_lines(sources: Iterable[SourceLine], label: str) -> list[Json]:
    """Return the sources: the titles of the pages as links, each with its date."""
    items: list[list[Json]] = []
    for source in sources:
        item: list[Json] = [{"type": "link", "url": source.url, "text": source.title or source.url}]
        if source.dated:
            item.append({"type": "text", "text": f" ({source.dated})"})
        items.append(item)
    if not items:
        return []
    return [section(parts(label, bold=True)), *bullets(items)]

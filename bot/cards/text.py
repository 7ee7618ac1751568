"""Answer -> plain text: complete, for the terminal, for notifications and for screen readers."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answer.model import (
    Answer,
    BulletList,
    FactList,
    Heading,
    Paragraph,
    PlainTable,
    Section,
    SettingRow,
    SettingsTable,
)

_QUOTES = ("「", '"', "“")


def render_text(answer: Answer, limit: int | None = None) -> str:
    """Render the whole answer as plain text.

    Args:
        answer: What is said.
        limit: The most characters, such as `limits.MESSAGE_TEXT`; None for no limit. Nothing is escaped yet:
            see `escape`.

    Returns:
        Title, sections, sources and choices, with an empty line between them; host names stand as they are typed in.
    """
    groups = [answer.title, *_groups(answer.sections, answer.labels.colon)]
    if answer.sources:
        lines = [f"- {s.title}{f' ({s.dated})' if s.dated else ''}\n  {s.url}" for s in answer.sources]
        groups.append("\n".join([answer.labels.sources, *lines]))
    if answer.decision == "clarify":
        # On a card these are buttons; without one, the asker has to know what can be answered.
        groups.append("\n".join(f"- {choice.label}" for choice in answer.choices))
    text = "\n\n".join(group for group in groups if group.strip()).replace("`", "")
    if limit is None or len(text) <= limit:
        return text
    notice = f"\n\n{answer.labels.cut}"
    room = max(limit - len(notice), 0)
    kept = text[:room]
    # End with a whole line where that does not lose most of it.
    end = kept.rfind("\n")
    if end > room // 2:
        kept = kept[:end]
    return f"{kept.rstrip()}{notice}"[:limit]


def escape(text: str) -> str:
    """Make *text* harmless where Slack reads markup, as in the `text` of a message: no mention, no link comes of it.

    Source: Slack's guide to formatting text, "Escaping text".
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _groups(sections: tuple[Section, ...], colon: str) -> Iterator[str]:
    """Yield the text of each section; a heading stands right above what follows it."""
    above = ""
    for section in sections:
        if isinstance(section, Heading):
            if above:
                yield above
            above = f"■ {section.text}"
            continue
        text = "\n".join(_lines(section, colon))
        if text:
            yield f"{above}\n{text}" if above else text
            above = ""
    if above:
        yield above


def _lines(section: Section, colon: str) -> Iterator[str]:
    if isinstance(section, Paragraph):
        yield f"⚠ {section.text}" if section.tone == "warning" else section.text
    elif isinstance(section, BulletList):
        for number, item in enumerate(section.items, 1):
            yield f"{number}. {item}" if section.ordered else f"- {item}"
    elif isinstance(section, FactList):
        yield from (f"- {label}{colon}{value}" for label, value in section.items)
    elif isinstance(section, SettingsTable):
        if section.caption:
            yield section.caption
        yield from (_setting(row, section.header, colon) for row in section.rows)
    elif isinstance(section, PlainTable):
        if section.caption:
            yield section.caption
        yield from (_row(cells, section.header, colon) for cells in section.rows if cells)


def _row(cells: tuple[str, ...], header: tuple[str, ...], colon: str) -> str:
    """Return one row with the column's name before each value; the first one names the row."""
    names = [*header, *[""] * len(cells)]
    first, *others = (_cell(name, cell) for name, cell in zip(names, cells, strict=False))
    # What the row is about needs no name, unless it is a bare number.
    first = first if cells[0].strip("`").isdigit() else cells[0]
    return f"- {first}{colon}{' / '.join(cell for cell in others if cell)}"


def _cell(name: str, value: str) -> str:
    # Some programs' labels are sentences of their own (「SSLを使用」 is on): the column's name before it would only repeat.
    if not value.strip() or not name or name in value or value[:1] in _QUOTES:
        return value.strip()
    return f"{name} {value}"


def _setting(row: SettingRow, header: tuple[str, str, str, str], colon: str) -> str:
    encryption = _cell(header[3], row.security_label)
    return f"- {row.purpose}{colon}{row.hostname} / {header[2]} {row.port} / {encryption}"

"""Answer -> Block Kit, as plain dictionaries; Slack's limits are kept by construction.

Everything that a person reads is plain text or rich text, never mrkdwn: no text can become markup.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.answer.model import (
    Answer,
    BulletList,
    Choice,
    FactList,
    Heading,
    Paragraph,
    PlainTable,
    Section,
    SettingsTable,
)
from bot.cards import action_ids, limits, rich
from bot.cards.limits import cut
from bot.cards.rich import Json

_EMPTY_CELL = "–"


def render_blocks(answer: Answer, *, question_key: str = "") -> list[Json]:
    """Render an answer of any decision as the blocks of one message.

    Args:
        answer: What is said; `private_notice` is not part of it (see `render_private_notice`).
        question_key: Comes back in the value of the feedback buttons.

    Returns:
        At most 50 blocks and about 12,000 characters; what does not fit is left out with a notice.
    """
    title = cut(answer.title.replace("`", "").strip(), limits.HEADER_TEXT)
    top = [_header(title)] if title else []
    bottom = [*_sources(answer), *_choices(answer.choices), *_feedback(answer, question_key)]
    notice = rich.block([rich.section(rich.parts(answer.labels.cut))])
    room = limits.MESSAGE_BLOCK_TEXT - sum(text_size(block) + limits.BLOCK_COST for block in (*top, *bottom, notice))
    room_blocks = limits.BLOCKS - len(top) - len(bottom) - 1
    body: list[Json] = []
    for block in _body(answer.sections, answer.labels.colon):
        room -= text_size(block) + limits.BLOCK_COST
        if room < 0 or len(body) >= room_blocks:
            body.append(notice)
            break
        body.append(block)
    return [*top, *body, *bottom]


def render_private_notice(answer: Answer) -> list[Json]:
    """Render what is said to the asker alone; empty if there is nothing."""
    if answer.private_notice is None:
        return []
    return [rich.block(rich.paragraph(Paragraph(answer.private_notice, "warning")))]


def text_size(value: object) -> int:
    """Count the characters of all texts below *value*, as Slack adds them up for a message."""
    size = 0
    # A loop, because it runs over every card and a function call for each part costs more than all the rest.
    ahead = [value]
    while ahead:
        item = ahead.pop()
        if isinstance(item, dict):
            for name, child in item.items():
                if not isinstance(child, str):
                    ahead.append(child)
                elif name == "text":
                    size += len(child)
        elif isinstance(item, list):
            ahead += item
    return size


def _header(title: str) -> Json:
    return {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}


def _body(sections: tuple[Section, ...], colon: str) -> Iterator[Json]:
    """Yield a block per section; a heading joins what follows it, and the first table alone becomes a table."""
    pending: list[Json] = []
    has_table = False
    for section in sections:
        if isinstance(section, Heading):
            if pending:
                yield rich.block(pending)
            pending = rich.heading(section)
            continue
        if isinstance(section, Paragraph) and section.tone == "quiet":
            if pending:
                yield rich.block(pending)
                pending = []
            words = cut(section.text.replace("`", "").strip(), limits.CONTEXT_TEXT)
            if words:
                yield _context(words)
            continue
        table = None if has_table else _table(section)
        if table is not None and isinstance(section, SettingsTable | PlainTable):
            caption = rich.heading(Heading(section.caption))
            if pending or caption:
                yield rich.block([*pending, *caption])
            pending = []
            yield table
            has_table = True
            continue
        elements = [*pending, *_elements(section, colon)]
        pending = []
        if elements:
            yield rich.block(elements)
    if pending:
        yield rich.block(pending)


def _elements(section: Section, colon: str) -> list[Json]:
    if isinstance(section, Paragraph):
        return rich.paragraph(section)
    if isinstance(section, BulletList):
        return rich.bullet_list(section)
    if isinstance(section, FactList):
        return rich.fact_list(section, colon)
    if isinstance(section, SettingsTable):
        return [*rich.heading(Heading(section.caption)), *rich.settings_lines(section, colon)]
    if isinstance(section, PlainTable):
        return [*rich.heading(Heading(section.caption)), *rich.table_lines(section, colon)]
    return rich.heading(section)


def _table(section: Section) -> Json | None:
    """Return a table block; None if the section is no table or too large for one."""
    rows: list[tuple[str, ...]]
    if isinstance(section, SettingsTable):
        rows = [
            section.header,
            *((row.purpose, f"`{row.hostname}`", f"`{row.port}`", row.security_label) for row in section.rows),
        ]
    elif isinstance(section, PlainTable):
        rows = [section.header, *section.rows]
    else:
        return None
    columns = len(rows[0])
    too_large = len(rows) > limits.TABLE_ROWS or columns > limits.TABLE_COLUMNS
    if too_large or len(rows) < 2 or sum(len(cell) for row in rows for cell in row) > limits.TABLE_TEXT:
        return None
    full = [(*row, *[""] * columns)[:columns] for row in rows]
    # Host names and ports are short and must stay in one piece; wrapping the rest leaves them room on a phone.
    wraps = [not all(row[column].startswith("`") for row in full[1:]) for column in range(columns)]
    cells = [[_cell(cell) for cell in row] for row in full]
    return {"type": "table", "column_settings": [{"is_wrapped": wrap} for wrap in wraps], "rows": cells}


def _cell(text: str) -> Json:
    if "`" in text:
        # Rich text, so that a host name can be copied with one tap.
        return rich.block([rich.section(rich.parts(text))])
    return {"type": "raw_text", "text": text.strip() or _EMPTY_CELL}


def _context(words: str) -> Json:
    return {"type": "context", "elements": [{"type": "plain_text", "text": words, "emoji": False}]}


def _sources(answer: Answer) -> list[Json]:
    elements = rich.source_lines(answer.sources, answer.labels.sources)
    return [rich.block(elements)] if elements else []


def _choices(choices: tuple[Choice, ...]) -> list[Json]:
    buttons = [
        _button(action_ids.ask(index), choice.label, choice.ask)
        for index, choice in enumerate(choices[: limits.ACTIONS])
        if choice.label.strip() and choice.ask.strip()
    ]
    return [{"type": "actions", "elements": buttons}] if buttons else []


def _button(action_id: str, label: str, value: str) -> Json:
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": cut(label, limits.BUTTON_TEXT), "emoji": False},
        "value": value[: limits.BUTTON_VALUE],
    }


def _feedback(answer: Answer, question_key: str) -> list[Json]:
    if not answer.feedback:
        return []
    return [
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": action_ids.FEEDBACK,
                    "positive_button": _opinion(answer.labels.helpful, action_ids.HELPFUL, question_key),
                    "negative_button": _opinion(answer.labels.not_helpful, action_ids.NOT_HELPFUL, question_key),
                }
            ],
        }
    ]


def _opinion(label: str, verdict: str, question_key: str) -> Json:
    return {
        "text": {"type": "plain_text", "text": cut(label, limits.BUTTON_TEXT)},
        "accessibility_label": cut(label, limits.BUTTON_TEXT),
        "value": action_ids.feedback_value(verdict, question_key)[: limits.BUTTON_VALUE],
    }

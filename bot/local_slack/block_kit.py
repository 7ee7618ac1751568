"""Refuse the blocks that Slack would refuse, and say where and why.

One walk over the blocks, driven by the shapes of `shapes` and `block_shapes`. It is on the way of every message, so
pointers are only put together when something is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.local_slack import limits as n
from bot.local_slack import shapes as s
from bot.local_slack.block_shapes import BLOCKS
from bot.local_slack.limits import Surface

_TEXT_KEYS = {"plain_text": frozenset({"type", "text", "emoji"}), "mrkdwn": frozenset({"type", "text", "verbatim"})}

Path = tuple["Path | None", str | int]


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why Slack would refuse."""

    pointer: str
    """JSON pointer to the place, such as /blocks/0/text/text."""
    code: str
    """Our word for the kind of problem, stable for tests."""
    message: str
    """The sentence, in the words Slack uses where they are known."""

    def as_slack_says(self) -> str:
        """Write the problem as it stands in *response_metadata.messages*."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


@dataclass(slots=True)
class _Run:
    """What one walk gathers."""

    surface: Surface
    problems: list[Problem] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    characters: int = 0
    tables: int = 0
    data_tables: int = 0
    markdown: int = 0

    def refuse(self, path: Path | None, code: str, message: str) -> None:
        parts: list[str] = []
        while path is not None:
            parts.append(str(path[1]).replace("~", "~0").replace("/", "~1"))
            path = path[0]
        self.problems.append(Problem("/" + "/".join(reversed(parts)), code, message))


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found."""

    problems: list[Problem]
    characters: int
    """Text in all blocks together and what each block costs beside it, for the cap on a whole message."""


def check_blocks(blocks: object, surface: Surface = "message", *, root: str = "blocks") -> list[Problem]:
    """Check blocks for one surface.

    Args:
        blocks: What an app sent as blocks, of any type.
        surface: Where they would be shown.
        root: First part of the pointers: `blocks`, or `view/blocks` in a view.

    Returns:
        Every problem found; an empty list means that Slack would take them.
    """
    return report_on(blocks, surface, root=root).problems


def report_on(blocks: object, surface: Surface = "message", *, root: str = "blocks") -> Report:
    """Check blocks and count their text; see `check_blocks`."""
    run = _Run(surface)
    path: Path | None = None
    for part in root.split("/"):
        path = (path, part)
    if not isinstance(blocks, list):
        run.refuse(path, "not_a_list", "must be an array")
        return Report(run.problems, 0)
    if len(blocks) > n.BLOCKS_MAX[surface]:
        run.refuse(path, "too_many", f"no more than {n.BLOCKS_MAX[surface]} items allowed")
    for index, block in enumerate(blocks):
        _block(run, (path, index), block)
    if run.tables > n.TABLES_PER_MESSAGE:
        run.refuse(path, "only_one_table_allowed", "only one table block is allowed")
    if run.markdown > n.MARKDOWN_TEXT_MAX:
        run.refuse(
            path, "markdown_too_long", f"markdown blocks must be less than {n.MARKDOWN_TEXT_MAX + 1} characters in all"
        )
    if run.data_tables > n.DATA_TABLE_TEXT_MAX:
        run.refuse(
            path, "table_too_long", f"data tables must be less than {n.DATA_TABLE_TEXT_MAX + 1} characters in all"
        )
    return Report(run.problems, run.characters + n.BLOCK_COST * len(blocks))


def _block(run: _Run, path: Path, block: Any) -> None:
    kind = _type_of(run, path, block)
    if kind is None:
        return
    shape = BLOCKS.get(kind)
    if shape is None:
        run.refuse((path, "type"), "unknown_block", f"unsupported type: {kind}")
        return
    if run.surface not in n.BLOCK_SURFACES[kind]:
        run.refuse((path, "type"), "wrong_surface", f"unsupported type: {kind} (not in a {run.surface})")
        return
    _check_block_of(run, path, block, kind, shape)


def _check_block_of(run: _Run, path: Path, block: dict[str, Any], kind: str, shape: s.Shape) -> None:
    block_id = block.get("block_id")
    if isinstance(block_id, str):
        if block_id in run.block_ids:
            run.refuse((path, "block_id"), "duplicate_block_id", f"`block_id` {block_id} already exists")
        run.block_ids.add(block_id)
    before = run.characters
    _keys(run, path, block, shape)
    if kind in ("actions", "context_actions"):
        _unique_action_ids(run, path, block.get("elements"))
    elif kind in ("table", "data_table"):
        _table(run, path, block, run.characters - before, is_table=kind == "table")
    elif kind == "markdown":
        run.markdown += min(run.characters - before, n.MARKDOWN_TEXT_MAX)  # longer ones have been refused already
    elif kind == "container":
        _container(run, path, block)


def _type_of(run: _Run, path: Path, value: Any) -> str | None:
    if not isinstance(value, dict):
        run.refuse(path, "not_an_object", "must be an object")
        return None
    kind = value.get("type")
    if kind is None:
        run.refuse(path, "missing_field", "missing required field: type")
        return None
    if not isinstance(kind, str):
        run.refuse((path, "type"), "wrong_type", "must be a string")
        return None
    return kind


def _keys(run: _Run, path: Path, value: dict[str, Any], shape: s.Shape) -> None:
    rules = shape.keys
    for key, inner in value.items():
        rule = rules.get(key)
        if rule is not None:
            _CHECKS[type(rule)](run, (path, key), inner, rule)
        elif key != "type":
            run.refuse((path, key), "unknown_field", f"invalid additional property: {key}")
    for key in shape.required:
        if key not in value:
            run.refuse(path, "missing_field", f"missing required field: {key}")
    if shape.one_of and not any(key in value for key in shape.one_of):
        run.refuse(path, "missing_field", "missing required field: one of " + ", ".join(shape.one_of))


def _text(run: _Run, path: Path, value: Any, rule: s.Text) -> None:
    kind = _type_of(run, path, value)
    if kind is None:
        return
    known = _TEXT_KEYS.get(kind)
    if known is None or (kind == "mrkdwn" and not rule.mrkdwn):
        wanted = "plain_text or mrkdwn" if rule.mrkdwn else "plain_text"
        run.refuse((path, "type"), "wrong_text_type", f"unsupported type: {kind} (must be {wanted})")
        return
    text = value.get("text")
    if text is None:
        run.refuse(path, "missing_field", "missing required field: text")
    elif not isinstance(text, str):
        run.refuse((path, "text"), "wrong_type", "must be a string")
    else:
        run.characters += len(text)
        _length(run, (path, "text"), text, 1, rule.longest)
    for key, inner in value.items():
        if key not in known:
            run.refuse((path, key), "unknown_field", f"invalid additional property: {key}")
        elif key in ("emoji", "verbatim") and not isinstance(inner, bool):
            run.refuse((path, key), "wrong_type", "must be a boolean")


def _length(run: _Run, path: Path, text: str, shortest: int, longest: int) -> None:
    if len(text) > longest:
        run.refuse(path, "too_long", f"must be less than {longest + 1} characters")
    elif len(text) < shortest:
        run.refuse(path, "too_short", f"must be more than {shortest - 1} characters")


def _str(run: _Run, path: Path, value: Any, rule: s.Str) -> None:
    if not isinstance(value, str):
        run.refuse(path, "wrong_type", "must be a string")
        return
    if rule.shown:
        run.characters += len(value)
    if not rule.shortest <= len(value) <= rule.longest:
        _length(run, path, value, rule.shortest, rule.longest)


def _int(run: _Run, path: Path, value: Any, rule: s.Int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        run.refuse(path, "wrong_type", "must be an integer")
    elif not rule.lowest <= value <= rule.highest:
        run.refuse(path, "out_of_range", f"must be between {rule.lowest} and {rule.highest}")


def _number(run: _Run, path: Path, value: Any, _rule: s.Number) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        run.refuse(path, "wrong_type", "must be a number")


def _bool(run: _Run, path: Path, value: Any, _rule: s.Bool) -> None:
    if not isinstance(value, bool):
        run.refuse(path, "wrong_type", "must be a boolean")


def _enum(run: _Run, path: Path, value: Any, rule: s.Enum) -> None:
    if not isinstance(value, str) or value not in rule.words:
        run.refuse(path, "not_allowed", "value must be one of: " + ", ".join(sorted(rule.words)))


def _obj(run: _Run, path: Path, value: Any, rule: s.Obj) -> None:
    if not isinstance(value, dict):
        run.refuse(path, "not_an_object", "must be an object")
        return
    if rule.shape in ("option", "marked_option", "feedback_button", "confirm") and "type" in value:
        run.refuse((path, "type"), "unknown_field", "invalid additional property: type")
    _keys(run, path, value, s.OBJECTS[rule.shape])


def _one_of(run: _Run, path: Path, value: Any, rule: s.OneOf) -> None:
    kind = _type_of(run, path, value)
    if kind is None:
        return
    if kind not in rule.types:
        run.refuse((path, "type"), "unknown_element", f"unsupported type: {kind}")
        return
    if kind in _TEXT_KEYS:
        _text(run, path, value, _CONTEXT_TEXT)
        return
    shape = s.ELEMENTS.get(kind)
    # "image" is the name of a block and of an element: where blocks stand inside a block, it is the block.
    if shape is None or rule.types == s.CHILD_BLOCKS:
        _check_block_of(run, path, value, kind, BLOCKS[kind])
        return
    if kind == "file_input" and run.surface != "modal":
        run.refuse((path, "type"), "wrong_surface", f"unsupported type: {kind} (only in a modal)")
    _keys(run, path, value, shape)


_CONTEXT_TEXT = s.Text(2000, mrkdwn=True)


def _list(run: _Run, path: Path, value: Any, rule: s.ListOf) -> None:
    if not isinstance(value, list):
        run.refuse(path, "not_a_list", "must be an array")
        return
    if len(value) > rule.most:
        run.refuse(path, "too_many", f"no more than {rule.most} items allowed")
    elif len(value) < rule.fewest:
        run.refuse(path, "too_few", f"no fewer than {rule.fewest} items allowed")
    item = rule.item
    check = _CHECKS[type(item)]
    for index, inner in enumerate(value):
        check(run, (path, index), inner, item)


def _anything(_run: _Run, _path: Path, _value: Any, _rule: s.Anything) -> None:
    return


def _unique_action_ids(run: _Run, path: Path, elements: Any) -> None:
    seen: set[str] = set()
    for index, element in enumerate(elements if isinstance(elements, list) else ()):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if not isinstance(action_id, str):
            continue
        if action_id in seen:
            run.refuse(
                (((path, "elements"), index), "action_id"),
                "duplicate_action_id",
                f"`action_id` {action_id} already exists",
            )
        seen.add(action_id)


def _table(run: _Run, path: Path, block: dict[str, Any], characters: int, *, is_table: bool) -> None:
    rows = block.get("rows")
    are_rows = isinstance(rows, list) and bool(rows) and all(isinstance(row, list) for row in rows)
    if is_table:
        run.tables += 1
        if characters > n.TABLE_TEXT_MAX:
            run.refuse(path, "table_too_long", f"must be less than {n.TABLE_TEXT_MAX + 1} characters in all cells")
    else:
        run.data_tables += characters - len(str(block.get("caption", "")))
        for index, cell in enumerate(rows[0] if isinstance(rows, list) and are_rows else ()):
            if isinstance(cell, dict) and cell.get("type") == "rich_text":
                run.refuse(((((path, "rows"), 0), index), "type"), "unknown_element", "unsupported type: rich_text")
    if isinstance(rows, list) and are_rows:
        columns = len(rows[0])
        for index, row in enumerate(rows):
            if len(row) != columns:
                run.refuse(
                    ((path, "rows"), index), "uneven_rows", f"must have as many cells as the first row ({columns})"
                )


def _container(run: _Run, path: Path, block: dict[str, Any]) -> None:
    if block.get("is_collapsible") and block.get("has_header_divider"):
        run.refuse((path, "has_header_divider"), "not_allowed", "not allowed when is_collapsible is true")
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        run.refuse((path, "default_collapsed"), "not_allowed", "only allowed when is_collapsible is true")


# The rule's own class chooses the check; Any, because each check takes its own kind of rule.
_CHECKS: dict[type[Any], Callable[[_Run, Path, Any, Any], None]] = {
    s.Text: _text,
    s.Str: _str,
    s.Int: _int,
    s.Number: _number,
    s.Bool: _bool,
    s.Enum: _enum,
    s.Obj: _obj,
    s.OneOf: _one_of,
    s.ListOf: _list,
    s.Anything: _anything,
}

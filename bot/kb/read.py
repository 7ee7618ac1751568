"""Read YAML files strictly: every fault becomes a problem `path: message`, and reading goes on.

PyYAML keeps the last of two equal keys without a word; here a doubled key is a problem.
"""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

MAX_FILE_BYTES = 1_000_000


class _StrictLoader(yaml.CSafeLoader):
    """The safe loader, with doubled keys refused."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate key '{key}'", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def parse_yaml(name: str, content: bytes) -> tuple[dict[str, Any] | None, list[str]]:
    """Parse one file.

    Args:
        name: Path without ending, for the problems.
        content: The file's bytes.

    Returns:
        The mapping (None if there is none) and the problems, each as `path: message`.
    """
    where = f"{name}.yaml"
    if len(content) > MAX_FILE_BYTES:
        return None, [f"{where}: larger than {MAX_FILE_BYTES} bytes"]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [f"{where}: not UTF-8 (byte {error.start})"]
    try:
        # A short file with nested aliases (*name) unfolds to gigabytes once it is copied into objects.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.CSafeLoader)):
            return None, [f"{where}: aliases (*name) are not allowed"]
        value = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        return None, [f"{where}: {line}{error.problem or error.context}"]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, [f"{where}: not readable as YAML ({type(error).__name__})"]
    if not isinstance(value, dict):
        return None, [f"{where}: must hold a mapping (key: value)"]
    return value, []


def decode(name: str, value: object, type_: Any) -> tuple[Any, list[str]]:
    """Turn a parsed mapping into *type_*.

    Returns:
        The object (None if there are problems) and every problem, each with the path of the key.
    """
    try:
        return msgspec.convert(value, type_, strict=True), []
    except msgspec.ValidationError:
        return None, [f"{name}.yaml: {problem}" for problem in _explain(value, type_, "")]


def _explain(value: object, type_: Any, where: str) -> list[str]:
    """Find every fault below *value*; `msgspec` itself stops at the first."""
    import types
    from typing import Union, get_args, get_origin, get_type_hints

    if get_origin(type_) in (Union, types.UnionType):
        options = [option for option in get_args(type_) if option is not type(None)]
        if value is None and len(options) < len(get_args(type_)):
            return []
        if len(options) == 1:
            return _explain(value, options[0], where)
    prefix = f"{where}: " if where else ""
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct) and isinstance(value, dict):
        hints = get_type_hints(type_)
        problems = [f"{prefix}unknown key '{key}'" for key in value if key not in hints]
        for field in msgspec.structs.fields(type_):
            path = f"{where}.{field.name}" if where else field.name
            if field.name in value:
                problems += _explain(value[field.name], hints[field.name], path)
            elif field.required:
                problems.append(f"{prefix}'{field.name}' is missing")
        return problems
    if get_origin(type_) is tuple and isinstance(value, list):
        item = get_args(type_)[0]
        return [problem for i, entry in enumerate(value) for problem in _explain(entry, item, f"{where}[{i}]")]
    if get_origin(type_) is dict and isinstance(value, dict):
        item = get_args(type_)[1]
        problems = [f"{prefix}key '{key}' must be a word" for key in value if not isinstance(key, str)]
        return problems + [
            problem
            for key, entry in value.items()
            for problem in _explain(entry, item, f"{where}.{key}" if where else str(key))
        ]
    try:
        msgspec.convert(value, type_, strict=True)
    except msgspec.ValidationError as error:
        return [f"{prefix}{str(error).split(' - at ')[0]}"]
    return []

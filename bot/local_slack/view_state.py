"""What is chosen or typed in an element, in the shape that Slack reports it."""

from __future__ import annotations

from typing import Any

from bot.local_slack.state import Json

# Element type -> (key of the value that was chosen, key of its initial value).
_PLAIN = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
_ONE = frozenset({"static_select", "radio_buttons", "overflow", "external_select"})
_MANY = frozenset({"checkboxes", "multi_static_select", "multi_external_select"})


def chosen(element: Json, value: Any) -> Json:
    """Say what using an element with a value reports.

    Args:
        element: The element as it was sent.
        value: Text, an option's value (or its whole option), or a list of those; None for a plain button.

    Raises:
        LookupError: The element has no such option or button.
    """
    kind = element["type"]
    if kind in ("button", "icon_button", "workflow_button"):
        keys = ("text", "value", "style", "icon")
        return {"type": kind, **{key: element[key] for key in keys if key in element}}
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            button = element[name]
            if value in (button["value"], name, name.removesuffix("_button")):
                return {"type": kind, "text": button["text"], "value": button["value"]}
        raise LookupError(f"these feedback buttons have no value {value!r}")
    if kind in _ONE:
        out: Json = {"type": kind, "selected_option": None if value is None else _option(element, value)}
        if "placeholder" in element:
            out["placeholder"] = element["placeholder"]
        return out
    if kind in _MANY:
        values = value if isinstance(value, list) else [] if value is None else [value]
        return {"type": kind, "selected_options": [_option(element, one) for one in values]}
    if kind in _PLAIN:
        return {"type": kind, _PLAIN[kind][0]: value}
    raise LookupError(f"an element of type {kind!r} cannot be used")


def _option(element: Json, value: Any) -> Json:
    wanted = value.get("value") if isinstance(value, dict) else value
    options = list(element.get("options") or ())
    for group in element.get("option_groups") or ():
        options.extend(group["options"])
    for option in options:
        if option["value"] == wanted:
            return dict(option)
    if element["type"].endswith("external_select"):
        text = {"type": "plain_text", "text": str(wanted), "emoji": True}
        return {"text": text, "value": wanted}
    raise LookupError(f"no option {wanted!r} in {element.get('action_id')}; there are: {[o['value'] for o in options]}")


def initial(element: Json) -> Json | None:
    """Say what an untouched element reports; None for what has no state, such as a button."""
    kind = element["type"]
    if kind in _ONE and kind != "overflow":
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _MANY:
        return {"type": kind, "selected_options": list(element.get("initial_options") or ())}
    if kind in _PLAIN:
        key, first = _PLAIN[kind]
        return {"type": kind, key: element.get(first)}
    return None


def state_of(blocks: list[Json], before: dict[str, Json] | None = None, values: Json | None = None) -> dict[str, Json]:
    """Compute the state of a view or message: what was there before, then the new values.

    Raises:
        LookupError: A value names no field, or an option that does not exist.
    """
    left = dict(values or {})
    out: dict[str, Json] = {}
    for block in blocks:
        elements = [block.get("element"), block.get("accessory")]
        if block["type"] == "actions":
            elements.extend(block["elements"])
        for element in elements:
            first = initial(element) if isinstance(element, dict) else None
            if not isinstance(element, dict) or first is None:
                continue
            block_id, action_id = block["block_id"], element["action_id"]
            kept = (before or {}).get(block_id, {}).get(action_id, first)
            given = left.pop(block_id, left.pop(action_id, None)) if left else None
            if isinstance(given, dict) and action_id in given:
                given = given[action_id]
            if given is not None:
                kept = (
                    given
                    if isinstance(given, dict) and given.get("type") == element["type"]
                    else chosen(element, given)
                )
            out.setdefault(block_id, {})[action_id] = kept
    if left:
        raise LookupError(f"no field for {', '.join(sorted(left))} in this form")
    return out


def missing_inputs(blocks: list[Json], state: dict[str, Json]) -> dict[str, str]:
    """Find the required fields that are empty, or too short or long; Slack's own form refuses those."""
    out: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = state.get(block["block_id"], {}).get(element["action_id"], {})
        entered = next((value[key] for key in value if key not in ("type", "placeholder")), None)
        if entered in (None, "", []):
            if not block.get("optional"):
                out[block["block_id"]] = "Please complete this required field"
        elif isinstance(entered, str):
            if len(entered) < element.get("min_length", 0):
                out[block["block_id"]] = f"Please enter at least {element['min_length']} characters"
            elif len(entered) > element.get("max_length", 3000):
                out[block["block_id"]] = f"Please enter no more than {element.get('max_length', 3000)} characters"
    return out

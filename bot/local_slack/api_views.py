"""The views.* methods, and what Slack checks in a view.

Source: docs.slack.dev/reference/methods/views.open, .push, .update, .publish and /reference/views.
"""

from __future__ import annotations

from typing import Any

from bot.local_slack.api_base import Api, ApiError, Method, known_user, refuse_problems, with_ids
from bot.local_slack.block_kit import Problem, Report, report_on
from bot.local_slack.limits import ID_MAX, VIEW_METADATA_MAX, VIEW_TITLE_MAX, Surface
from bot.local_slack.state import Json, Workspace
from bot.local_slack.tickets import TicketError, Trigger
from bot.local_slack.views import APP_KEYS, ViewError

_TEXTS = ("title", "submit", "close")
_LENGTHS = {"private_metadata": VIEW_METADATA_MAX, "callback_id": ID_MAX, "external_id": ID_MAX}


def report_on_view(view: object) -> Report:
    """Check a whole view: its blocks, its texts and what its kind demands."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return Report([Problem("/view/type", "wrong_type", "value must be one of: home, modal")], 0)
    surface: Surface = "modal" if view["type"] == "modal" else "home"
    report = report_on(view.get("blocks"), surface, root="view/blocks")
    problems = report.problems
    for key in view:
        if key not in APP_KEYS:
            problems.append(Problem(f"/view/{key}", "unknown_field", f"invalid additional property: {key}"))
    for key in _TEXTS:
        if key in view:
            problems.extend(_title_problems(key, view[key]))
    for key, longest in _LENGTHS.items():
        if len(str(view.get(key, ""))) > longest:
            problems.append(Problem(f"/view/{key}", "too_long", f"must be less than {longest + 1} characters"))
    blocks = view.get("blocks")
    if surface == "modal":
        if "title" not in view:
            problems.append(Problem("/view", "missing_field", "missing required field: title"))
        has_input = isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
        if has_input and "submit" not in view:
            problems.append(Problem("/view", "missing_field", "missing required field: submit"))
    return report


def _title_problems(key: str, value: Any) -> list[Problem]:
    if not isinstance(value, dict) or value.get("type") != "plain_text" or not isinstance(value.get("text"), str):
        return [Problem(f"/view/{key}", "wrong_text_type", "must be a plain_text object")]
    if not 1 <= len(value["text"]) <= VIEW_TITLE_MAX:
        return [Problem(f"/view/{key}/text", "too_long", f"must be less than {VIEW_TITLE_MAX + 1} characters")]
    return []


def checked_view(workspace: Workspace, view: object, kind: str | None = None) -> Json:
    """Check the view of a call and return it with all ids.

    Raises:
        ApiError: `invalid_arguments` with Slack's messages.
    """
    refuse_problems(report_on_view(view), "invalid_arguments")
    assert isinstance(view, dict)
    if kind is not None and view["type"] != kind:
        messages = [f"[ERROR] value must be one of: {kind} [json-pointer:/view/type]"]
        raise ApiError("invalid_arguments", response_metadata={"messages": messages})
    return {**view, "blocks": with_ids(workspace, view["blocks"])}


def _redeem(api: Api, arguments: Json) -> Trigger:
    trigger_id = arguments.get("trigger_id")
    if not isinstance(trigger_id, str) or not trigger_id:
        messages = ["[ERROR] missing required field: trigger_id"]
        raise ApiError("invalid_arguments", response_metadata={"messages": messages})
    try:
        return api.triggers.redeem(trigger_id)
    except TicketError as error:
        raise ApiError(error.code) from None


def open_view(api: Api, arguments: Json) -> Json:
    """views.open."""
    content = checked_view(api.workspace, arguments.get("view"), "modal")
    view = api.views.open(_redeem(api, arguments).user, content)
    return {"ok": True, "view": api.views.as_json(view)}


def push_view(api: Api, arguments: Json) -> Json:
    """views.push: only for what was done inside a modal."""
    content = checked_view(api.workspace, arguments.get("view"), "modal")
    trigger = _redeem(api, arguments)
    try:
        view = api.views.push(trigger.user, content)
    except ViewError as error:
        raise ApiError(error.code) from None
    return {"ok": True, "view": api.views.as_json(view)}


def update_view(api: Api, arguments: Json) -> Json:
    """views.update."""
    view = api.views.find(arguments.get("view_id"), arguments.get("external_id"))
    if view is None:
        raise ApiError("not_found")
    content = checked_view(api.workspace, arguments.get("view"), view.content["type"])
    try:
        api.views.update(view, content, arguments.get("hash"))
    except ViewError as error:
        raise ApiError(error.code) from None
    return {"ok": True, "view": api.views.as_json(view)}


def publish_view(api: Api, arguments: Json) -> Json:
    """views.publish."""
    user = known_user(api, arguments, "user_id")
    content = checked_view(api.workspace, arguments.get("view"), "home")
    try:
        view = api.views.publish(user.id, content, arguments.get("hash"))
    except ViewError as error:
        raise ApiError(error.code) from None
    return {"ok": True, "view": api.views.as_json(view)}


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push_view),
    "views.update": Method(update_view),
    "views.publish": Method(publish_view),
}

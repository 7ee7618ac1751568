"""auth.test, api.test, apps.connections.open, blocks.validate, and what an agent says about its threads.

Source: docs.slack.dev/reference/methods.
"""

from __future__ import annotations

from typing import Any

from bot.local_slack.api_base import Api, ApiError, Method, need, seen_channel
from bot.local_slack.api_views import report_on_view
from bot.local_slack.block_kit import report_on
from bot.local_slack.state import Change, Json


def auth_test(api: Api, _arguments: Json) -> Json:
    """auth.test."""
    w = api.workspace
    return {
        "ok": True,
        "url": f"https://{w.domain}.slack.com/",
        "team": w.domain,
        "user": w.bot.name,
        "team_id": w.team_id,
        "user_id": w.bot.id,
        "bot_id": w.bot_id,
        "is_enterprise_install": False,
    }


def api_test(_api: Api, arguments: Json) -> Json:
    """api.test: says back what it was given."""
    if arguments.get("error"):
        raise ApiError(str(arguments["error"]), args=arguments)
    return {"ok": True, "args": arguments}


def open_connection(api: Api, _arguments: Json) -> Json:
    """apps.connections.open: where Socket Mode connects to, once."""
    link = api.base_url.replace("http://", "ws://", 1)
    return {"ok": True, "url": f"{link}/link/?ticket={api.sockets.open_ticket()}&app_id={api.workspace.app_id}"}


def validate_blocks(_api: Api, arguments: Json) -> Json:
    """blocks.validate: the checker without posting anything."""
    given = [name for name in ("blocks", "message", "view") if arguments.get(name) is not None]
    if len(given) != 1:
        raise ApiError("invalid_arguments")
    value: Any = arguments[given[0]]
    if given[0] == "view":
        problems = report_on_view(value).problems
    elif given[0] == "message":
        problems = report_on(value.get("blocks") if isinstance(value, dict) else None).problems
    else:
        problems = report_on(value).problems
    if problems:
        errors = [{"pointer": p.pointer, "code": p.code, "message": p.message} for p in problems]
        raise ApiError("invalid_blocks", errors=errors)
    return {"ok": True}


def _thread_call(api: Api, arguments: Json) -> None:
    channel = seen_channel(api, arguments, "channel_id")
    if api.workspace.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    thread_ts = arguments.get("thread_ts")
    if thread_ts and thread_ts not in channel.messages:
        raise ApiError("thread_not_found")


def set_status(api: Api, arguments: Json) -> Json:
    """assistant.threads.setStatus: "is looking it up ..." below a thread."""
    need(arguments, "channel_id", "thread_ts")
    _thread_call(api, arguments)
    status = str(arguments.get("status") or "")
    api.workspace.tell(Change("thread_status", arguments["channel_id"], text={"ja": status, "en": status}))
    return {"ok": True}


def set_title(api: Api, arguments: Json) -> Json:
    """assistant.threads.setTitle."""
    need(arguments, "channel_id", "thread_ts", "title")
    _thread_call(api, arguments)
    return {"ok": True}


def set_prompts(api: Api, arguments: Json) -> Json:
    """assistant.threads.setSuggestedPrompts: up to four."""
    need(arguments, "channel_id")
    _thread_call(api, arguments)
    prompts = arguments.get("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise ApiError("invalid_arguments")
    if not all(isinstance(p, dict) and p.get("title") and p.get("message") for p in prompts):
        raise ApiError("invalid_arguments")
    return {"ok": True}


def set_session_status(api: Api, arguments: Json) -> Json:
    """agents.sessions.setStatus."""
    need(arguments, "channel_id", "status")
    _thread_call(api, arguments)
    status = arguments["status"]
    if status not in ("processing", "active", "suspended", "closed") or len(str(arguments.get("title") or "")) > 200:
        raise ApiError("invalid_arguments")
    api.workspace.tell(Change("thread_status", arguments["channel_id"], text={"ja": status, "en": status}))
    return {"ok": True}


METHODS = {
    "auth.test": Method(auth_test),
    "api.test": Method(api_test, token=None),
    "apps.connections.open": Method(open_connection, token="app"),  # noqa: S106 - a kind of token
    "blocks.validate": Method(validate_blocks, token=None),
    "assistant.threads.setStatus": Method(set_status, ("assistant:write", "chat:write")),
    "assistant.threads.setTitle": Method(set_title, ("assistant:write",)),
    "assistant.threads.setSuggestedPrompts": Method(set_prompts, ("assistant:write",)),
    "agents.sessions.setStatus": Method(set_session_status, ("chat:write",)),
}

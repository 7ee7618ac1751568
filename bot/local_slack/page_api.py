"""What the page in the browser asks for: state, messages, acting as a person, and a stream of changes.

The page acts as any person of the workspace, so it must only be reachable from this machine: requests whose Host is
not this machine's are refused (a site that resolves its own name to 127.0.0.1 would otherwise get in), and so is every
POST that is not JSON (which another site's page cannot send without asking first).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from bot.local_slack.acting import Deed, as_typed
from bot.local_slack.events import message_json
from bot.local_slack.state import Change, Json, Message, UnknownNameError, User

if TYPE_CHECKING:
    from bot.local_slack.slack import LocalSlack

_PAGE = Path(__file__).parent / "page"
_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_FILES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: https:; connect-src 'self' ws:; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}


# What an element may report as its value; the page sends it as Slack does.
_CHOSEN = (
    "value",
    *("selected_option", "selected_options", "selected_date", "selected_time", "selected_date_time"),
    *("selected_user", "selected_users", "selected_channel", "selected_channels"),
    *("selected_conversation", "selected_conversations", "rich_text_value"),
)


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command that the page offers."""

    command: str
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A message shortcut that the page offers."""

    callback_id: str
    name: str


class PageError(Exception):
    """The page asked for something that is not there or not allowed."""


class PageApi:
    """Serves the page and its requests."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack
        self._sockets: set[web.WebSocketResponse] = set()
        self._gets: dict[str, Callable[[web.BaseRequest, User], Json]] = {
            "state": self._state,
            "messages": self._messages,
        }
        self._posts: dict[str, Callable[[User, Json], Awaitable[Json]]] = {
            "say": self._say,
            "press": self._press,
            "shortcut": self._shortcut,
            "edit": self._edit,
            "delete": self._delete,
            "view/submit": self._submit,
            "view/close": self._close,
            "home": self._home,
        }

    async def stop(self) -> None:
        """Close the streams."""
        for socket in tuple(self._sockets):
            await socket.close(code=1001)

    # -- requests --------------------------------------------------------------------------------------------------

    async def serve_file(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """Serve the page itself and its files."""
        if not _is_local(request):
            return _refuse(403, "this page answers only to 127.0.0.1 and localhost")
        if request.method not in ("GET", "HEAD"):
            return _refuse(405, "only GET")
        name = "index.html" if path == "/" or path.startswith("/archives/") else path.removeprefix("/page").lstrip("/")
        file = (_PAGE / name).resolve()
        if not file.is_relative_to(_PAGE) or file.suffix not in _FILES or not file.is_file():
            return _refuse(404, "no such page")
        body = await asyncio.to_thread(file.read_bytes)
        return web.Response(body=body, content_type=_FILES[file.suffix], charset="utf-8", headers=_HEADERS)

    async def serve(self, request: web.BaseRequest, what: str) -> web.StreamResponse:
        """Answer one request of the page."""
        if not _is_local(request):
            return _refuse(403, "this page answers only to 127.0.0.1 and localhost")
        try:
            if request.method == "GET":
                user = self._user(request.query.get("user") or next(self._slack.workspace.humans()).id)
                if what == "ws":
                    return await self._stream(request, user)
                if what in self._gets:
                    return _json(self._gets[what](request, user))
                return _refuse(404, "no such request")
            if request.method != "POST" or what not in self._posts:
                return _refuse(404, "no such request")
            if request.content_type != "application/json":
                return _refuse(415, "Content-Type must be application/json")
            body = await request.json()
            if not isinstance(body, dict):
                return _refuse(400, "the body must be a JSON object")
            return _json(await self._posts[what](self._user(body.get("user")), body))
        except (LookupError, PermissionError, PageError, UnknownNameError) as error:
            return _refuse(400, str(error.args[0] if error.args else error))
        except ValueError:
            return _refuse(400, "the body is not JSON")

    def _user(self, name: Any) -> User:
        user = self._slack.workspace.users.get(str(name))
        if user is None or user.is_bot:
            raise PageError("no such user")
        return user

    # -- reading ---------------------------------------------------------------------------------------------------

    def _state(self, _request: web.BaseRequest, user: User) -> Json:
        w = self._slack.workspace
        home = self._slack.home(user)
        return {
            "team": {"id": w.team_id, "domain": w.domain},
            "users": [
                {
                    "id": u.id,
                    "name": u.name,
                    "real_name": u.real_name,
                    "locale": u.locale,
                    "is_admin": u.is_admin,
                    "is_guest": u.is_guest,
                    "color": u.color,
                }
                for u in w.humans()
            ],
            "bot": {"id": w.bot.id, "name": w.bot.name, "online": self._slack.bot_online},
            "channels": [
                {
                    "id": c.id,
                    "name": w.bot.name if c.kind == "im" else c.name,
                    "kind": c.kind,
                    "is_member": w.bot.id in c.members,
                    "topic": c.topic,
                }
                for c in w.channels.values()
                if user.id in c.members
            ],
            "commands": [
                {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
                for c in self._slack.commands
            ],
            "shortcuts": [{"callback_id": s.callback_id, "name": s.name} for s in self._slack.shortcuts],
            "views": [self._slack.view_json(view) for view in self._slack.views(user)],
            "home": None if home is None else self._slack.view_json(home),
        }

    def _messages(self, request: web.BaseRequest, user: User) -> Json:
        channel = self._slack.workspace.find_channel(request.query.get("channel", ""))
        self._may_see(user, channel.id)
        thread_ts = request.query.get("thread_ts") or None
        found = self._slack.messages(channel, thread_ts)
        if thread_ts is None:
            found = [m for m in found if not m.is_reply or m.broadcast]
        shown = found + [m for m in self._slack.ephemerals(user, channel) if m.thread_ts == thread_ts]
        return {"messages": [self._shown(m) for m in sorted(shown, key=lambda m: m.ts)]}

    def _shown(self, message: Message) -> Json:
        out = message_json(self._slack.workspace, message)
        out.pop("metadata", None)
        out["bot"] = message.bot
        out["channel"] = message.channel
        out.setdefault("reply_count", 0)
        out["ephemeral"] = message.ephemeral_to is not None
        out["broadcast"] = message.broadcast
        out["edited"] = None if message.edited is None else message.edited["ts"]
        return out

    def _may_see(self, user: User, channel: str) -> None:
        if user.id not in self._slack.workspace.channels[channel].members:
            raise PageError("this person is not in this channel")

    # -- acting ----------------------------------------------------------------------------------------------------

    async def _say(self, user: User, body: Json) -> Json:
        channel = self._slack.workspace.find_channel(_text(body, "channel"))
        self._may_see(user, channel.id)
        text = _text(body, "text")
        command, _, rest = text.strip().partition(" ")
        if command in {c.command for c in self._slack.commands}:
            return self._done(await self._slack.slash(user, channel, command, rest.strip()))
        return self._done(await self._slack.say(user, channel, text, body.get("thread_ts") or None, typed=True))

    async def _press(self, user: User, body: Json) -> Json:
        value = next((body[key] for key in _CHOSEN if body.get(key) is not None), None)
        target = body.get("view_id") or _text(body, "ts")
        state = body.get("state")
        values = state.get("values") if isinstance(state, dict) else None
        return self._done(
            await self._slack.press(
                user, target, _text(body, "action_id"), value, block_id=body.get("block_id"), values=values
            )
        )

    async def _shortcut(self, user: User, body: Json) -> Json:
        channel, ts = _text(body, "channel"), _text(body, "ts")
        return self._done(await self._slack.message_shortcut(user, channel, ts, _text(body, "callback_id")))

    async def _edit(self, user: User, body: Json) -> Json:
        text = as_typed(_text(body, "text"), self._slack.bot)
        return self._done(await self._slack.edit(user, _text(body, "channel"), _text(body, "ts"), text))

    async def _delete(self, user: User, body: Json) -> Json:
        channel, ts = _text(body, "channel"), _text(body, "ts")
        ephemeral = self._slack.workspace.find_ephemeral(user.id, ts)
        if ephemeral is not None:
            self._slack.workspace.remove(ephemeral)  # "dismiss": nobody is told
            return {"ok": True}
        return self._done(await self._slack.delete(user, channel, ts))

    async def _submit(self, user: User, body: Json) -> Json:
        values = body.get("values")
        view_id = _text(body, "view_id")
        deed = await self._slack.submit_view(user, view_id, values if isinstance(values, dict) else {})
        closed = all(view.id != view_id for view in self._slack.views(user))
        return {**self._done(deed), "closed": closed}

    async def _close(self, user: User, body: Json) -> Json:
        return self._done(await self._slack.close_view(user, _text(body, "view_id")))

    async def _home(self, user: User, body: Json) -> Json:
        tab = body.get("tab")
        deed = await self._slack.open_home(user, "messages" if tab == "messages" else "home")
        return {"ok": True, "view": None if deed.view is None else self._slack.view_json(deed.view)}

    def _done(self, deed: Deed) -> Json:
        out: Json = {"ok": True}
        if deed.errors:
            out["errors"] = deed.errors
        if deed.message is not None:
            out["message"] = self._shown(deed.message)
        return out

    # -- the stream ------------------------------------------------------------------------------------------------

    async def _stream(self, request: web.BaseRequest, user: User) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] != request.headers.get("Host"):
            return _refuse(403, "another site may not listen")
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        queue: asyncio.Queue[Json] = asyncio.Queue()

        def watcher(change: Change) -> None:
            said = self._said(change, user)
            if said is not None:
                queue.put_nowait(said)

        stop_watching = self._slack.workspace.watch(watcher)
        self._sockets.add(socket)
        sender = asyncio.create_task(_pump(queue, socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            sender.cancel()
            stop_watching()
            self._sockets.discard(socket)
        return socket

    def _said(self, change: Change, user: User) -> Json | None:
        if change.user is not None and change.user != user.id:
            return None
        if change.channel is not None and user.id not in self._slack.workspace.channels[change.channel].members:
            return None
        out: Json = {"type": change.kind, "channel": change.channel}
        if change.message is not None:
            out["message"] = self._shown(change.message)
        if change.view is not None:
            out["view"] = change.view
        if change.text is not None:
            out["text"] = change.text
        if change.online is not None:
            out["online"] = change.online
        return out


async def _pump(queue: asyncio.Queue[Json], socket: web.WebSocketResponse) -> None:
    while True:
        said = await queue.get()
        await socket.send_str(json.dumps(said, ensure_ascii=False))


def _is_local(request: web.BaseRequest) -> bool:
    host = request.headers.get("Host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in _HOSTS


def _text(body: Json, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise PageError(f"{key} is missing")
    return value


def _json(value: Json) -> web.Response:
    return web.Response(
        text=json.dumps(value, ensure_ascii=False),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _refuse(status: int, why: str) -> web.Response:
    return web.Response(status=status, text=json.dumps({"ok": False, "error": why}), content_type="application/json")

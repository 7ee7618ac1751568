"""Modals and home tabs: what each person has open, and what they typed into it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from bot.local_slack.limits import VIEW_STACK_MAX
from bot.local_slack.state import Change, Json, Workspace

APP_KEYS = (
    "type",
    "title",
    "submit",
    "close",
    "blocks",
    "private_metadata",
    "callback_id",
    "external_id",
    "clear_on_close",
    "notify_on_close",
)
"""What of a view belongs to the app; the rest is Slack's."""


@dataclass(slots=True, eq=False)
class View:
    """One modal or home tab of one person."""

    id: str
    user: str
    content: Json
    root_id: str
    previous_id: str | None = None
    values: dict[str, Json] = field(default_factory=dict)
    """The state: block id -> action id -> value object."""

    @property
    def hash(self) -> str:
        """Return what changes whenever the content does; an app may name it to avoid overwriting."""
        digest = hashlib.sha256(json.dumps(self.content, sort_keys=True).encode()).hexdigest()
        return f"{self.id}.{digest[:12]}"


class ViewError(Exception):
    """A view that cannot be opened or updated; *code* is Slack's word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Views:
    """All open modals and home tabs of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """Return the modals that a person has open, the visible one last."""
        return list(self._stacks.get(user, ()))

    def home(self, user: str) -> View | None:
        """Return the home tab that was published for a person."""
        return self._homes.get(user)

    def find(self, view_id: str | None, external_id: str | None = None) -> View | None:
        """Find an open view by its id or the app's own id for it."""
        every = [view for stack in self._stacks.values() for view in stack] + list(self._homes.values())
        for view in every:
            if (view_id and view.id == view_id) or (external_id and view.content.get("external_id") == external_id):
                return view
        return None

    def open(self, user: str, content: Json) -> View:
        """Open a first modal; one that was open before is gone."""
        for view in self._stacks.pop(user, [])[::-1]:
            self._tell("view_closed", view)
        return self._put_on(user, content, None)

    def push(self, user: str, content: Json) -> View:
        """Put a modal on top of the others.

        Raises:
            ViewError: `push_limit_reached` above three.
        """
        stack = self._stacks.get(user, [])
        if len(stack) >= VIEW_STACK_MAX:
            raise ViewError("push_limit_reached")
        return self._put_on(user, content, stack[-1] if stack else None)

    def update(self, view: View, content: Json, hash_: str | None = None) -> View:
        """Change a view in place; what was typed stays where its block stays.

        Raises:
            ViewError: `hash_conflict` when it is no longer what the app saw.
        """
        if hash_ and hash_ != view.hash:
            raise ViewError("hash_conflict")
        view.content = _own(content)
        kept = {block.get("block_id") for block in view.content["blocks"]}
        view.values = {block_id: value for block_id, value in view.values.items() if block_id in kept}
        kind = "home" if view.content["type"] == "home" else "view_updated"
        self._tell(kind, view)
        return view

    def publish(self, user: str, content: Json, hash_: str | None = None) -> View:
        """Set the home tab of a person.

        Raises:
            ViewError: `hash_conflict`.
        """
        view = self._homes.get(user)
        if view is not None:
            return self.update(view, content, hash_)
        view_id = self._workspace.new_id("V")
        view = self._homes[user] = View(view_id, user, _own(content), view_id)
        self._tell("home", view)
        return view

    def close(self, view: View, *, everything: bool = False) -> list[View]:
        """Close a modal with all above it, or all of them; return what was closed, topmost first."""
        stack = self._stacks.get(view.user, [])
        if view not in stack:
            return []
        cut = 0 if everything or view.content.get("clear_on_close") else stack.index(view)
        closed = stack[cut:][::-1]
        del stack[cut:]
        for gone in closed:
            self._tell("view_closed", gone)
        if stack:
            self._tell("view_updated", stack[-1])
        return closed

    def as_json(self, view: View) -> Json:
        """Give a view the shape it has in answers and payloads."""
        w = self._workspace
        out: Json = {
            "id": view.id,
            "team_id": w.team_id,
            "app_id": w.app_id,
            "app_installed_team_id": w.team_id,
            "bot_id": w.bot_id,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **view.content,
            "hash": view.hash,
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id,
            "state": {"values": view.values},
        }
        if view.content["type"] == "home":
            out["title"] = {"type": "plain_text", "text": "View Title", "emoji": True}
        return out

    def _put_on(self, user: str, content: Json, below: View | None) -> View:
        view_id = self._workspace.new_id("V")
        view = View(view_id, user, _own(content), below.root_id if below else view_id, below.id if below else None)
        self._stacks.setdefault(user, []).append(view)
        self._tell("view_opened", view)
        return view

    def _tell(self, kind: str, view: View) -> None:
        self._workspace.tell(Change(kind, view=self.as_json(view), user=view.user))


def _own(content: Json) -> Json:
    return {key: content[key] for key in APP_KEYS if key in content}

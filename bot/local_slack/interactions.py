"""Acting as a person on what the bot showed: buttons, menus, shortcuts, modals.

Source: docs.slack.dev/reference/interaction-payloads (block_actions, view_submission, view_closed, shortcuts) and
docs.slack.dev/surfaces/modals (response_action).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bot.local_slack.acting import INVALID, Deed, People
from bot.local_slack.api_base import ApiError
from bot.local_slack.api_views import checked_view
from bot.local_slack.delivery import Outbox
from bot.local_slack.events import Payloads, channel_name, message_json
from bot.local_slack.state import Json, Message, User, Workspace
from bot.local_slack.tickets import ResponseUrls, Triggers
from bot.local_slack.view_state import chosen, missing_inputs, state_of
from bot.local_slack.views import View, ViewError, Views


class NoSuchElementError(LookupError):
    """There is no such button, menu or modal where somebody wanted to use it."""


def interactive_elements(blocks: list[Json] | None) -> Iterator[tuple[Json, Json]]:
    """Iterate over (block, element) for everything that can be used, also inside containers, cards and carousels."""
    for block in blocks or ():
        for key in ("elements", "actions"):
            for element in block.get(key) or ():
                if isinstance(element, dict) and "action_id" in element:
                    yield block, element
        for key in ("accessory", "element"):
            if isinstance(block.get(key), dict) and "action_id" in block[key]:
                yield block, block[key]
        for key in ("child_blocks", "elements"):
            inner = [
                b
                for b in block.get(key) or ()
                if isinstance(b, dict) and ("elements" in b or "actions" in b or "accessory" in b)
            ]
            if inner and block.get("type") in ("container", "carousel"):
                yield from interactive_elements(inner)


class Interactions:
    """Uses what the bot showed.

    Args:
        workspace: The state.
        payloads: Builds what is sent.
        outbox: Sends it.
        people: Says notices.
        urls: Hands out response URLs.
        triggers: Hands out trigger ids.
        views: The open modals.
        base_url: Returns the address of this server.
    """

    def __init__(
        self,
        workspace: Workspace,
        payloads: Payloads,
        outbox: Outbox,
        people: People,
        urls: ResponseUrls,
        triggers: Triggers,
        views: Views,
        base_url: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._payloads = payloads
        self._outbox = outbox
        self._people = people
        self._urls = urls
        self._triggers = triggers
        self._views = views
        self._base_url = base_url

    # -- messages --------------------------------------------------------------------------------------------------

    async def press(
        self,
        user: User,
        target: Message | View,
        action_id: str,
        value: Any = None,
        block_id: str | None = None,
        values: Json | None = None,
    ) -> Deed:
        """Press a button, or choose in a menu, of a message or view.

        Args:
            user: Who does it.
            target: Where.
            action_id: Of which element.
            value: What is chosen; for feedback buttons, and where several buttons share an id, the button's value.
            block_id: In which block, where the action id alone is not enough.
            values: What stands in the other fields there.

        Raises:
            NoSuchElementError: No such element is there, or it has no such option.
        """
        blocks = target.blocks if isinstance(target, Message) else target.content["blocks"]
        block, element = self._find(blocks, action_id, value, block_id)
        try:
            action = {"action_id": element["action_id"], "block_id": block["block_id"], **chosen(element, value)}
        except LookupError as error:
            raise NoSuchElementError(str(error)) from None
        action["action_ts"] = self._workspace.new_ts()
        state = state_of(blocks or [], target.values if isinstance(target, View) else values)
        if element["type"] not in ("button", "icon_button", "overflow", "feedback_buttons", "workflow_button"):
            state.setdefault(block["block_id"], {})[action_id] = chosen(element, value)
        view = target if isinstance(target, View) else None
        trigger_id = self._triggers.issue(user.id, view.id if view else None)
        if isinstance(target, View):
            target.values = state
            more: Json = {
                "container": {"type": "view", "view_id": target.id},
                "view": self._views.as_json(target),
                "actions": [action],
            }
            return await self._interact("block_actions", user, None, trigger_id, **more)
        more, url = self._message_context(user, target)
        more["state"] = {"values": state}
        deed = await self._interact("block_actions", user, target.channel, trigger_id, **more, actions=[action])
        deed.response_url = url
        return deed

    async def message_shortcut(self, user: User, message: Message, callback_id: str) -> Deed:
        """Use a message shortcut."""
        more, url = self._message_context(user, message)
        del more["container"]
        more.update(
            callback_id=callback_id,
            action_ts=self._workspace.new_ts(),
            message_ts=message.ts,
            message=message_json(self._workspace, message),
        )
        deed = await self._interact(
            "message_action", user, message.channel, self._triggers.issue(user.id), name=callback_id, **more
        )
        deed.response_url = url
        return deed

    async def global_shortcut(self, user: User, callback_id: str) -> Deed:
        """Use a global shortcut."""
        more = {"callback_id": callback_id, "action_ts": self._workspace.new_ts()}
        return await self._interact("shortcut", user, None, self._triggers.issue(user.id), name=callback_id, **more)

    def _find(self, blocks: list[Json] | None, action_id: str, value: Any, block_id: str | None) -> tuple[Json, Json]:
        found = [
            (block, element)
            for block, element in interactive_elements(blocks)
            if element["action_id"] == action_id and block_id in (None, block["block_id"])
        ]
        if len(found) > 1 and value is not None:
            found = [pair for pair in found if pair[1].get("value") == value] or found
        if not found:
            there = sorted({element["action_id"] for _, element in interactive_elements(blocks)})
            raise NoSuchElementError(f"no element {action_id!r} here; there are: {', '.join(there) or 'none'}")
        return found[0]

    def _message_context(self, user: User, message: Message) -> tuple[Json, str]:
        channel = self._workspace.channels[message.channel]
        ephemeral = message.ephemeral_to is not None
        ticket = self._urls.issue(user.id, channel.id, message.ts, ephemeral=ephemeral)
        url = f"{self._base_url()}/response/{ticket.token}"
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        }
        if message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        more: Json = {
            "container": container,
            "channel": {"id": channel.id, "name": channel_name(channel)},
            "response_url": url,
        }
        if not ephemeral:
            # Slack does not send an ephemeral message back; the app must know it by itself.
            more["message"] = message_json(self._workspace, message)
        return more, url

    # -- views -----------------------------------------------------------------------------------------------------

    async def submit(self, user: User, view: View, values: Json) -> Deed:
        """Fill a modal in and submit it.

        Args:
            user: Who does it.
            view: The modal.
            values: Block id (or action id) -> what is entered: text, an option's value, or a list of them.

        Returns:
            What the bot answered; *errors* holds what it (or the form itself, for empty fields) complained about.

        Raises:
            NoSuchElementError: A value is for no field of this modal, or an option does not exist.
        """
        try:
            view.values = state_of(view.content["blocks"], view.values, values)
        except LookupError as error:
            raise NoSuchElementError(str(error)) from None
        missing = missing_inputs(view.content["blocks"], view.values)
        if missing:
            return Deed(errors=missing, view=view)
        trigger_id = self._triggers.issue(user.id, view.id)
        more: Json = {"view": self._views.as_json(view), "response_urls": []}
        name = view.content.get("callback_id", "")
        deed = await self._interact("view_submission", user, None, trigger_id, name=name, **more)
        if deed.status == 200:
            self._obey(deed, user, view)
        stack = self._views.stack(user.id)
        deed.view = stack[-1] if stack else None
        return deed

    def _obey(self, deed: Deed, user: User, view: View) -> None:
        """Do what the answer to a submission says; without an action the modal closes."""
        body = deed.body if isinstance(deed.body, dict) else {}
        action = body.get("response_action")
        if action == "errors":
            deed.errors = body.get("errors") or {}
            known = {block.get("block_id") for block in view.content["blocks"] if block["type"] == "input"}
            if not deed.errors or not deed.errors.keys() <= known:
                self._people.notice(user, None, INVALID, code="errors for no input block")
            return
        try:
            if action in ("update", "push"):
                content = checked_view(self._workspace, body.get("view"), "modal")
                if action == "update":
                    self._views.update(view, content)
                else:
                    self._views.push(user.id, content)
            else:
                self._views.close(view, everything=action == "clear")
        except (ApiError, ViewError) as error:
            deed.errors = {"": error.code}
            self._people.notice(user, None, INVALID, code=error.code)

    async def close(self, user: User, view: View) -> Deed:
        """Close a modal; the bot is told when it asked for that."""
        shown = self._views.as_json(view)
        cleared = bool(view.content.get("clear_on_close"))
        self._views.close(view)
        if not view.content.get("notify_on_close"):
            return Deed()
        name = view.content.get("callback_id", "")
        return await self._interact("view_closed", user, None, None, name=name, view=shown, is_cleared=cleared)

    async def _interact(
        self,
        kind: str,
        user: User,
        where: str | None,
        trigger_id: str | None,
        /,
        *,
        name: str | None = None,
        **more: Any,
    ) -> Deed:
        if trigger_id is not None:
            more["trigger_id"] = trigger_id
        payload = self._payloads.interaction(kind, user, **more)
        delivery = await self._outbox.send_now("interactive", name or kind, payload)
        delivery.event_type = kind
        deed = Deed(deliveries=[delivery], body=delivery.body, trigger_id=trigger_id or "")
        self._people.judge(deed, user, where)
        return deed

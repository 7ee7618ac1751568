"""The local Slack as one object: start it, point a bot at it, act as people, and look at what happened."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from aiohttp import web

from bot.local_slack.acting import Deed, People, as_typed
from bot.local_slack.announce import Announcer
from bot.local_slack.api_base import Api
from bot.local_slack.delivery import Delivery, Outbox
from bot.local_slack.events import Payloads
from bot.local_slack.faults import Faults
from bot.local_slack.interactions import Interactions, NoSuchElementError
from bot.local_slack.limits import RETRY_DELAYS_S
from bot.local_slack.looking import Looking
from bot.local_slack.page_api import Command, PageApi, Shortcut
from bot.local_slack.replies import Replies
from bot.local_slack.server import Server
from bot.local_slack.socket_mode import SocketHub
from bot.local_slack.state import Change, Channel, Clock, Json, Message, User, example_workspace
from bot.local_slack.tickets import ResponseUrls, Triggers
from bot.local_slack.views import View, Views
from bot.local_slack.web_api import WebApi

DEFAULT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:read",
        "reactions:write",
        "users:read",
    }
)


class LocalSlack(Looking):
    """A Slack on this machine.

    Args:
        signing_secret: Signs what goes to the bot by HTTP.
        bot_token: The bot token that is good.
        app_token: The app-level token that is good.
        scopes: What the bot was granted.
        clock: Seconds since the epoch.
        retry_delays_s: Waits before the three retries; tests shorten them.
        ack_timeout_s: How long the bot has to acknowledge.
        subscriptions: Event names the app subscribed to (`app_mention`, `message.channels` ...); None for all.
        echo_own_messages: Whether the bot hears its own messages, as in Slack.
        parallel_deliveries: How many events may be under way at once.
        keep_calls: How many API calls to remember; None for all.
        pace_per_channel_s: Least time between two posts into one channel; None for no limit.
        fault_seed: Seed of faults that strike by chance.
    """

    def __init__(
        self,
        *,
        signing_secret: str = "local-signing-secret",  # noqa: S107 - of a server on this machine only
        bot_token: str = "xoxb-local",  # noqa: S107
        app_token: str = "xapp-local",  # noqa: S107
        scopes: Iterable[str] = DEFAULT_SCOPES,
        clock: Clock = time.time,
        retry_delays_s: Sequence[float] = RETRY_DELAYS_S,
        ack_timeout_s: float = 3.0,
        subscriptions: Iterable[str] | None = None,
        echo_own_messages: bool = True,
        parallel_deliveries: int = 100,
        keep_calls: int | None = None,
        pace_per_channel_s: float | None = None,
        fault_seed: int = 1,
    ) -> None:
        super().__init__()
        self.signing_secret, self.bot_token, self.app_token = signing_secret, bot_token, app_token
        self.scopes = frozenset(scopes)
        self.workspace = example_workspace(clock)
        self.faults = Faults(fault_seed)
        self.commands: list[Command] = []
        self.shortcuts: list[Shortcut] = []
        self.base_url = ""
        self._stopping = asyncio.Event()
        workspace, payloads = self.workspace, Payloads(self.workspace)
        workspace.watch(self._on_change)
        triggers, urls = Triggers(clock), ResponseUrls(clock)
        self.sockets = SocketHub(workspace.app_id, self._bot_came_or_went)
        self.outbox = Outbox(
            signing_secret=signing_secret,
            faults=self.faults,
            sockets=self.sockets,
            clock=clock,
            retry_delays_s=retry_delays_s,
            ack_timeout_s=ack_timeout_s,
            parallel=parallel_deliveries,
            on_change=self._wake,
        )
        self.announcer = Announcer(
            workspace,
            payloads,
            self.outbox,
            scopes=self.scopes,
            subscriptions=None if subscriptions is None else frozenset(subscriptions),
            echo_own_messages=echo_own_messages,
        )
        self._views = Views(workspace)
        self._api = Api(workspace, self.announcer, self._views, triggers, self.sockets, self.scopes)
        self.web_api = WebApi(
            self._api,
            bot_token=bot_token,
            app_token=app_token,
            faults=self.faults,
            stopping=self._stopping,
            keep_calls=keep_calls,
            pace_per_channel_s=pace_per_channel_s,
            on_call=self._wake,
        )
        self._replies = Replies(workspace, self.announcer, urls, self.faults, self._on_response_use)
        self._people = People(
            workspace, payloads, self.announcer, self.outbox, self._replies, urls, triggers, self._views, self._url
        )
        self._interactions = Interactions(
            workspace, payloads, self.outbox, self._people, urls, triggers, self._views, self._url
        )
        self._page = PageApi(self)
        self._server = Server(
            {
                "api": self.web_api.serve,
                "response": self._replies.serve,
                "link": self._serve_socket,
                "ui": self._page.serve,
            },
            self._page.serve_file,
        )

    # -- life ------------------------------------------------------------------------------------------------------

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> LocalSlack:
        """Listen; afterwards *base_url* and *api_url* are known.

        Raises:
            OSError: The address is taken.
        """
        port = await self._server.start(host, port)
        self.base_url = self._api.base_url = f"http://{host}:{port}"
        return self

    async def stop(self) -> None:
        """End everything; held-back answers are let go and open connections closed."""
        self._stopping.set()
        await self.outbox.stop()
        await self._page.stop()
        await self.sockets.stop()
        await self._server.stop()

    async def __aenter__(self) -> LocalSlack:
        """Start on a free port."""
        return await self.start()

    async def __aexit__(self, *_exception: object) -> None:
        """Stop."""
        await self.stop()

    @property
    def api_url(self) -> str:
        """Return the base URL of the Web API, with a slash at the end, as slack_sdk wants it."""
        return self.base_url + "/api/"

    def deliver_to(self, url: str | None) -> None:
        """Send everything by HTTP to this URL; None goes back to Socket Mode."""
        self.outbox.url = url
        self._bot_came_or_went()

    @property
    def bot_online(self) -> bool:
        """Say whether there is a way to the bot: a URL to deliver to, or an open Socket Mode connection."""
        return self.outbox.url is not None or self.sockets.connected > 0

    # -- acting as a person ----------------------------------------------------------------------------------------

    async def say(
        self,
        user: str | User,
        channel: str | Channel,
        text: str,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: list[Json] | None = None,
        *,
        typed: bool = False,
        subtype: str | None = None,
    ) -> Deed:
        """Write a message; returns at once, while its events are on their way.

        Args:
            user: Who (id or name; also the bot's or another bot's).
            channel: Where (id, name, or `dm(user)`).
            text: What, in Slack's own notation (`<@U…>`, `&lt;`).
            thread_ts: The message it answers to.
            broadcast: Also send the reply to the channel.
            files: File objects; the message then is a file_share.
            typed: The text is what a person types: `@mailports`, links and addresses become what Slack makes of them.
            subtype: Any other subtype.
        """
        who = self.workspace.find_user(user)
        where = self.workspace.find_channel(channel)
        if typed:
            text = as_typed(text, self.workspace.bot)
        return self._people.say(
            who, where, text, thread_ts=thread_ts, broadcast=broadcast, files=files, subtype=subtype
        )

    async def edit(self, user: str | User, channel: str | Channel, ts: str, text: str) -> Deed:
        """Edit one's own message (message_changed with both texts)."""
        return self._people.edit(self.workspace.find_user(user), self.message(channel, ts), text)

    async def unfurl(self, channel: str | Channel, ts: str) -> Deed:
        """Let Slack add a link preview (message_changed with the same text)."""
        return self._people.unfurl(self.message(channel, ts))

    async def delete(self, user: str | User, channel: str | Channel, ts: str) -> Deed:
        """Delete a message (message_deleted)."""
        return self._people.delete(self.workspace.find_user(user), self.message(channel, ts))

    async def react(self, user: str | User, channel: str | Channel, ts: str, name: str) -> Deed:
        """Put an emoji on a message."""
        return self._people.react(self.workspace.find_user(user), self.message(channel, ts), name)

    async def join(
        self, channel: str | Channel, user: str | User | None = None, inviter: str | User | None = None
    ) -> Deed:
        """Bring somebody into a channel: the bot, unless another user is named."""
        who = self.workspace.bot if user is None else self.workspace.find_user(user)
        by = None if inviter is None else self.workspace.find_user(inviter)
        return self._people.join(self.workspace.find_channel(channel), who, by)

    async def open_home(
        self, user: str | User, tab: Literal["home", "messages"] = "home", viewing: str | None = None
    ) -> Deed:
        """Open the app's home or messages tab."""
        return self._people.open_home(self.workspace.find_user(user), tab, viewing)

    async def slash(self, user: str | User, channel: str | Channel, command: str, text: str = "") -> Deed:
        """Use a slash command and wait for its acknowledgement."""
        who, where = self.workspace.find_user(user), self.workspace.find_channel(channel)
        return await self._people.slash(who, where, command, text)

    async def press(
        self,
        user: str | User,
        target: Message | View | str,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        values: Json | None = None,
    ) -> Deed:
        """Press a button or choose in a menu, and wait for the acknowledgement.

        Args:
            user: Who.
            target: A message, an ephemeral or a view, or the time stamp or view id of one that this person sees.
            action_id: Which element.
            value: What is chosen: an option's value, feedback's value (or `positive`, `negative`), typed text.
            block_id: Which block, if the action id stands in several.
            values: What stands in the other fields there, in Slack's shape: block id -> action id -> value object.

        Raises:
            NoSuchElementError: Nothing like that is there.
        """
        who = self.workspace.find_user(user)
        return await self._interactions.press(who, self._target(who, target), action_id, value, block_id, values)

    async def message_shortcut(self, user: str | User, channel: str | Channel, ts: str, callback_id: str) -> Deed:
        """Use a message shortcut."""
        who = self.workspace.find_user(user)
        return await self._interactions.message_shortcut(who, self.message(channel, ts), callback_id)

    async def global_shortcut(self, user: str | User, callback_id: str) -> Deed:
        """Use a global shortcut."""
        return await self._interactions.global_shortcut(self.workspace.find_user(user), callback_id)

    async def submit_view(self, user: str | User, view: View | str, values: Json | None = None) -> Deed:
        """Fill in and submit a modal; see `Interactions.submit`."""
        who = self.workspace.find_user(user)
        return await self._interactions.submit(who, self._view(who, view), values or {})

    async def close_view(self, user: str | User, view: View | str) -> Deed:
        """Close a modal."""
        who = self.workspace.find_user(user)
        return await self._interactions.close(who, self._view(who, view))

    async def send_event(self, inner: Json) -> Delivery:
        """Send any inner event, such as app_uninstalled or one that is malformed on purpose."""
        return self.announcer.send(inner)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _url(self) -> str:
        return self.base_url

    def _bot_came_or_went(self) -> None:
        self.workspace.tell(Change("bot_status", online=self.bot_online))

    async def _serve_socket(self, request: web.BaseRequest, _rest: str) -> web.StreamResponse:
        return await self.sockets.serve(request)

    def _target(self, user: User, target: Message | View | str) -> Message | View:
        if not isinstance(target, str):
            return target
        view = self._views.find(target)
        if view is not None and view.user == user.id:
            return view
        message = self.workspace.find_ephemeral(user.id, target)
        if message is not None:
            return message
        for channel in self.workspace.channels.values():
            if target in channel.messages:
                return channel.messages[target]
        raise NoSuchElementError(f"{user.name} sees no message or view {target!r}")

    def _view(self, user: User, view: View | str) -> View:
        found = self._views.find(view) if isinstance(view, str) else view
        if found is None or found.user != user.id:
            raise NoSuchElementError(f"{user.name} has no such view open")
        return found

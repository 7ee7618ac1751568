"""What a workspace holds: people, channels, messages, and who is told when something changes.

Nothing here talks to a network. The Web API, the acting users and the page all read and write this one state, so a
message that the bot posts is the same object that a test reads and that the page shows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Clock = Callable[[], float]
ChannelKind = Literal["channel", "private", "im"]

# Slack's own words for the kinds of channel, as they stand in events.
CHANNEL_TYPES: dict[ChannelKind, str] = {"channel": "channel", "private": "group", "im": "im"}


@dataclass(slots=True)
class User:
    """One member of the workspace."""

    id: str
    name: str
    real_name: str
    locale: str = "en-US"
    is_admin: bool = False
    is_guest: bool = False
    is_bot: bool = False
    color: str = "4a7ebb"


@dataclass(slots=True)
class Message:
    """One message, ephemeral or not; *ts* is its identity inside its channel."""

    ts: str
    channel: str
    user: str
    text: str
    bot: bool = False
    thread_ts: str | None = None
    blocks: list[Json] | None = None
    metadata: Json | None = None
    attachments: list[Json] | None = None
    files: list[Json] | None = None
    subtype: str | None = None
    client_msg_id: str | None = None
    edited: Json | None = None
    reactions: dict[str, list[str]] | None = None
    broadcast: bool = False
    ephemeral_to: str | None = None
    replies: list[Message] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Say whether the message stands in a thread below another one."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class Channel:
    """A public or private channel, or the direct messages between one person and the bot."""

    id: str
    name: str
    kind: ChannelKind = "channel"
    topic: str = ""
    creator: str = ""
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    created: int = 1_700_000_000
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def person(self) -> str:
        """Return the human side of a direct message channel."""
        return self.name if self.kind == "im" else ""


@dataclass(slots=True, frozen=True)
class Change:
    """One thing that changed, for whoever watches (the page, a waiting test).

    *user* is set when only that person can see it.
    """

    kind: str
    channel: str | None = None
    message: Message | None = None
    view: Json | None = None
    user: str | None = None
    text: dict[str, str] | None = None
    online: bool | None = None
    """Whether the bot can be reached (only in a `bot_status`)."""


class UnknownNameError(LookupError):
    """No user, channel or message of that name exists in the workspace."""


class Workspace:
    """All state of one workspace.

    Args:
        clock: Seconds since the epoch; message time stamps come from it.
        team_id: Id of the workspace.
        domain: The name in its address.
    """

    def __init__(
        self, clock: Clock = time.time, *, team_id: str = "T0MAILPORT", domain: str = "mailports-local"
    ) -> None:
        self.clock = clock
        self.team_id = team_id
        self.domain = domain
        self.app_id = "A0MAILPORT"
        self.bot_id = "B0MAILPORT"
        self.bot = User("U0MAILPORT", "mailports", "mailports", is_bot=True, color="2b6777")
        self.users: dict[str, User] = {self.bot.id: self.bot}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: dict[str, list[Message]] = {}
        self._watchers: list[Callable[[Change], None]] = []
        self._last_micros = 0
        self._serial = 0

    # -- people and channels ---------------------------------------------------------------------------------------

    def add_user(self, user: User) -> User:
        """Add a person and open the direct messages between them and the bot."""
        self.users[user.id] = user
        if not user.is_bot:
            self.add_channel(Channel("D" + user.id[1:], user.id, "im", creator=user.id, members={user.id, self.bot.id}))
        return user

    def add_channel(self, channel: Channel) -> Channel:
        """Add a channel as it is."""
        self.channels[channel.id] = channel
        return channel

    def find_user(self, name: str | User) -> User:
        """Find a person by object, id or name.

        Raises:
            UnknownNameError: Nobody is called that.
        """
        if isinstance(name, User):
            return name
        user = self.users.get(name)
        if user is None:
            user = next((u for u in self.users.values() if u.name == name), None)
        if user is None:
            known = ", ".join(u.name for u in self.users.values())
            raise UnknownNameError(f"no user {name!r} in this workspace (there are: {known})")
        return user

    def find_channel(self, name: str | Channel) -> Channel:
        """Find a channel by object, id, name or #name.

        Raises:
            UnknownNameError: No channel is called that.
        """
        if isinstance(name, Channel):
            return name
        channel = self.channels.get(name)
        if channel is None:
            plain = name.lstrip("#")
            channel = next((c for c in self.channels.values() if c.kind != "im" and c.name == plain), None)
        if channel is None:
            known = ", ".join("#" + c.name for c in self.channels.values() if c.kind != "im")
            raise UnknownNameError(f"no channel {name!r} in this workspace (there are: {known}, and dm(user))")
        return channel

    def dm(self, user: str | User) -> Channel:
        """Return the direct messages between a person and the bot."""
        return self.channels["D" + self.find_user(user).id[1:]]

    def humans(self) -> Iterator[User]:
        """Iterate over everyone but bots."""
        return (user for user in self.users.values() if not user.is_bot)

    # -- messages --------------------------------------------------------------------------------------------------

    def new_ts(self) -> str:
        """Return a time stamp that no other message of this workspace has, later than every earlier one."""
        micros = max(int(self.clock() * 1_000_000), self._last_micros + 1)
        self._last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """Return a fresh id such as Ev0000000001, unique in this workspace."""
        self._serial += 1
        return f"{prefix}{self._serial:010d}"

    def post(self, message: Message) -> Message:
        """Store a message and tell the watchers; a reply is also listed under its parent.

        A reply to a reply goes to the parent's thread, as in Slack, where a thread has one level.
        """
        channel = self.channels[message.channel]
        if message.thread_ts is not None:
            parent = channel.messages.get(message.thread_ts)
            if parent is not None and parent.is_reply and parent.thread_ts is not None:
                message.thread_ts = parent.thread_ts
                parent = channel.messages.get(parent.thread_ts)
            if parent is not None and message.is_reply:
                parent.thread_ts = parent.ts
                parent.replies.append(message)
        channel.messages[message.ts] = message
        self.tell(Change("message", message.channel, message))
        return message

    def post_ephemeral(self, message: Message, user: str) -> Message:
        """Show a message to one person only."""
        message.ephemeral_to = user
        self.ephemerals.setdefault(user, []).append(message)
        self.tell(Change("ephemeral", message.channel, message, user=user))
        return message

    def find_ephemeral(self, user: str, ts: str) -> Message | None:
        """Find what one person alone was shown; None when it is gone."""
        return next((m for m in self.ephemerals.get(user, ()) if m.ts == ts), None)

    def remove(self, message: Message) -> None:
        """Delete a message, ephemeral or not, and tell the watchers."""
        if message.ephemeral_to is not None:
            self.ephemerals[message.ephemeral_to].remove(message)
        else:
            channel = self.channels[message.channel]
            channel.messages.pop(message.ts, None)
            parent = channel.messages.get(message.thread_ts or "")
            if parent is not None and message in parent.replies:
                parent.replies.remove(message)
        self.tell(Change("message_deleted", message.channel, message, user=message.ephemeral_to))

    def messages_in(self, channel: str | Channel, thread_ts: str | None = None) -> list[Message]:
        """List messages, oldest first: all of a channel, or one thread with its parent first."""
        stored = self.find_channel(channel).messages
        if thread_ts is None:
            return list(stored.values())
        parent = stored.get(thread_ts)
        if parent is None:
            return [m for m in stored.values() if m.thread_ts == thread_ts]
        return [parent, *parent.replies]

    # -- watchers --------------------------------------------------------------------------------------------------

    def watch(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Call *watcher* at every change until the returned function is called."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    def tell(self, change: Change) -> None:
        """Tell every watcher what changed."""
        for watcher in tuple(self._watchers):
            watcher(change)


def example_workspace(clock: Clock = time.time) -> Workspace:
    """Build the workspace that the demo and the tests start with.

    Four people (two Japanese, two English; one administrator, one guest), three public channels of which the bot is
    in two, a private one with the bot, and everyone's direct messages with it.
    """
    workspace = Workspace(clock)
    people: Iterable[User] = (
        User("U0TANAKA01", "tanaka", "田中 花子", "ja-JP", color="c05780"),
        User("U0SATO0001", "sato", "佐藤 健", "ja-JP", is_admin=True, color="2f8f5b"),
        User("U0ALICE001", "alice", "Alice Smith", "en-US", color="3b6fb6"),
        User("U0GUEST001", "guest", "Gus Guest", "en-US", is_guest=True, color="8a6d3b"),
    )
    for person in people:
        workspace.add_user(person)
    everyone = {user.id for user in workspace.users.values()}
    staff = {"U0TANAKA01", "U0SATO0001", "U0ALICE001"}
    bot = workspace.bot.id
    workspace.add_channel(
        Channel("C0GENERAL1", "general", topic="全体 / everyone", creator="U0SATO0001", members=set(everyone))
    )
    workspace.add_channel(
        Channel("C0HELPDESK", "helpdesk", topic="ITの質問 / IT questions", creator="U0TANAKA01", members=set(everyone))
    )
    workspace.add_channel(
        Channel("C0RANDOM01", "random", topic="雑談 / chat", creator="U0ALICE001", members=everyone - {bot})
    )
    workspace.add_channel(
        Channel("C0PRIVATE1", "it-staff", "private", "管理者 / staff", creator="U0SATO0001", members={*staff, bot})
    )
    return workspace

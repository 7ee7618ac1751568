"""Decide which events a change in a channel causes, and hand them to the outbox.

Slack sends an event only to an app that may see it: the scope for that kind of channel, the subscription, and for
messages the membership of the bot.
"""

from __future__ import annotations

from bot.local_slack.delivery import Delivery, Outbox
from bot.local_slack.events import Payloads
from bot.local_slack.state import CHANNEL_TYPES, Channel, Json, Message, User, Workspace

HISTORY_SCOPES = {"channel": "channels:history", "private": "groups:history", "im": "im:history"}


class Announcer:
    """Turns changes into events.

    Args:
        workspace: The state.
        payloads: Builds the events.
        outbox: Takes them.
        scopes: What the app was granted.
        subscriptions: Names such as `app_mention` and `message.channels`; None for all.
        echo_own_messages: Whether the bot hears its own messages, as it does in Slack.
    """

    def __init__(
        self,
        workspace: Workspace,
        payloads: Payloads,
        outbox: Outbox,
        *,
        scopes: frozenset[str],
        subscriptions: frozenset[str] | None = None,
        echo_own_messages: bool = True,
    ) -> None:
        self._workspace = workspace
        self._payloads = payloads
        self._outbox = outbox
        self._scopes = scopes
        self._subscriptions = subscriptions
        self._echo = echo_own_messages

    def posted(self, message: Message) -> list[Delivery]:
        """Announce a new message: to members as a message, and as a mention where the bot is named."""
        channel = self._workspace.channels[message.channel]
        out: list[Delivery] = []
        if self._hears_messages(channel, message):
            out.append(self._send(self._payloads.message(channel, message)))
        named = f"<@{self._workspace.bot.id}>" in message.text or f"<@{self._workspace.bot.id}|" in message.text
        if (
            named
            and channel.kind != "im"
            and message.user != self._workspace.bot.id
            and self._workspace.bot.id in channel.members
            and self._subscribed("app_mention", "app_mentions:read")
        ):
            out.append(self._send(self._payloads.mention(channel, message)))
        return out

    def changed(self, message: Message, previous: Json) -> list[Delivery]:
        """Announce an edit, an unfurl or whatever else Slack calls message_changed."""
        channel = self._workspace.channels[message.channel]
        if not self._hears_messages(channel, message):
            return []
        return [self._send(self._payloads.changed(channel, message, previous))]

    def deleted(self, message: Message, previous: Json) -> list[Delivery]:
        """Announce that a message is gone."""
        channel = self._workspace.channels[message.channel]
        if not self._hears_messages(channel, message):
            return []
        return [self._send(self._payloads.deleted(channel, previous))]

    def reacted(self, message: Message, user: User, name: str, *, added: bool) -> list[Delivery]:
        """Announce an emoji on a message."""
        channel = self._workspace.channels[message.channel]
        kind = "reaction_added" if added else "reaction_removed"
        if self._workspace.bot.id not in channel.members or not self._subscribed(kind, "reactions:read"):
            return []
        return [self._send(self._payloads.reaction(message, user, name, added=added))]

    def joined(self, channel: Channel, user: User, inviter: User | None) -> list[Delivery]:
        """Announce a new member."""
        scope = "groups:read" if channel.kind == "private" else "channels:read"
        if not self._subscribed("member_joined_channel", scope):
            return []
        return [self._send(self._payloads.member_joined(channel, user, inviter))]

    def home_opened(self, user: User, tab: str, view: Json | None, viewing: str | None) -> list[Delivery]:
        """Announce that somebody opened the app's own page."""
        if not self._subscribed("app_home_opened", None):
            return []
        return [self._send(self._payloads.home_opened(user, tab, view, viewing))]

    def send(self, inner: Json) -> Delivery:
        """Send any inner event as it is (for events that the workspace does not model)."""
        return self._send(inner)

    def _send(self, inner: Json) -> Delivery:
        return self._outbox.send_event(self._payloads.event(inner))

    def _subscribed(self, name: str, scope: str | None) -> bool:
        return (scope is None or scope in self._scopes) and (self._subscriptions is None or name in self._subscriptions)

    def _hears_messages(self, channel: Channel, message: Message) -> bool:
        if message.user == self._workspace.bot.id and not self._echo:
            return False
        kind = CHANNEL_TYPES[channel.kind]
        name = "message." + {"channel": "channels", "group": "groups", "im": "im"}[kind]
        return self._workspace.bot.id in channel.members and self._subscribed(name, HISTORY_SCOPES[channel.kind])

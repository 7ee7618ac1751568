"""Acting as a person: write, edit, delete, react, join, use a command."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.local_slack.announce import Announcer
from bot.local_slack.api_base import ApiError
from bot.local_slack.delivery import Delivery, Outbox
from bot.local_slack.events import Payloads, message_json, rich_text_of
from bot.local_slack.replies import Replies
from bot.local_slack.state import Change, Channel, Json, Message, User, Workspace
from bot.local_slack.tickets import ResponseUrls, Triggers
from bot.local_slack.views import View, Views

SILENT = {
    "ja": "アプリが3秒以内に応答しませんでした。アプリが動いているか、もう一度お試しください。",
    "en": "The app did not respond within 3 seconds. Check that it is running, then try again.",
}
REFUSED = {
    "ja": "アプリがエラー（{status}）を返しました。",
    "en": "The app answered with an error ({status}).",
}
INVALID = {
    "ja": "アプリの応答をSlackは受け付けません（{code}）。",
    "en": "Slack would refuse what the app answered ({code}).",
}

# What the composer turns into links. ASCII only: Japanese text stands right beside host names, without a space.
_LINKS = re.compile(
    r"(?P<url>https?://[^\s<>|、。「」（）]+)"
    r"|(?P<address>(?<![\w.@-])[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,})"
    r"|(?P<name>(?<![\w@:/.<|-])(?:[A-Za-z0-9-]+\.)+(?:com|net|org|jp|info|biz|io|dev|example)(?![\w-]|\.\w|@))",
    re.ASCII,
)


@dataclass(slots=True)
class Deed:
    """What happened when somebody did something."""

    message: Message | None = None
    """The message that was written or changed."""
    deliveries: list[Delivery] = field(default_factory=list)
    """What was sent to the bot; still on its way for events, answered for commands and interactions."""
    status: int | None = None
    """How the bot acknowledged a command or interaction (200), or None when it did not."""
    body: Any = None
    """What it said with the acknowledgement."""
    shown: Message | None = None
    """The message that the acknowledgement caused."""
    errors: dict[str, str] = field(default_factory=dict)
    """Why a modal was not taken: block id -> text."""
    view: View | None = None
    """The modal on top afterwards, if any."""
    trigger_id: str = ""
    response_url: str = ""

    @property
    def ts(self) -> str:
        """Return the time stamp of the message."""
        assert self.message is not None
        return self.message.ts

    async def finished(self) -> Deed:
        """Wait until everything was delivered or given up, and return itself."""
        for delivery in self.deliveries:
            await delivery.finished()
        return self


def as_typed(text: str, bot: User) -> str:
    """Turn what a person types into what Slack stores: escapes, the mention of the bot, links and addresses."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    mention = rf"(?<![\w.])@{re.escape(bot.name)}(?![\w-]|\.\w)"
    text = re.sub(mention, f"<@{bot.id}>", text, flags=re.IGNORECASE | re.ASCII)

    def link(found: re.Match[str]) -> str:
        whole = found[0]
        if found["url"]:
            return f"<{whole}>"
        return f"<mailto:{whole}|{whole}>" if found["address"] else f"<http://{whole}|{whole}>"

    return _LINKS.sub(link, text)


class People:
    """Acts as any person of the workspace.

    Args:
        workspace: The state.
        payloads: Builds what is sent.
        announcer: Sends the events.
        outbox: Sends commands.
        replies: Shows what the acknowledgement says.
        urls: Hands out response URLs.
        triggers: Hands out trigger ids.
        views: The open modals.
        base_url: Returns the address of this server.
    """

    def __init__(
        self,
        workspace: Workspace,
        payloads: Payloads,
        announcer: Announcer,
        outbox: Outbox,
        replies: Replies,
        urls: ResponseUrls,
        triggers: Triggers,
        views: Views,
        base_url: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._payloads = payloads
        self._announcer = announcer
        self._outbox = outbox
        self._replies = replies
        self._urls = urls
        self._triggers = triggers
        self._views = views
        self._base_url = base_url

    def say(
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: list[Json] | None = None,
        subtype: str | None = None,
    ) -> Deed:
        """Write a message and announce it."""
        if files and subtype is None:
            subtype = "file_share"
        message = Message(
            ts=self._workspace.new_ts(),
            channel=channel.id,
            user=user.id,
            text=text,
            bot=user.is_bot,
            thread_ts=thread_ts,
            blocks=rich_text_of(text) if text and not user.is_bot else None,
            files=files,
            subtype="bot_message" if user.is_bot and subtype is None else subtype,
            client_msg_id=None if user.is_bot else str(uuid.uuid4()),
            broadcast=broadcast,
        )
        self._workspace.post(message)
        return Deed(message, self._announcer.posted(message))

    def edit(self, user: User, message: Message, text: str) -> Deed:
        """Change one's own message.

        Raises:
            PermissionError: It is somebody else's.
        """
        if message.user != user.id:
            raise PermissionError(f"{user.name} did not write this message and cannot edit it")
        previous = message_json(self._workspace, message)
        message.text = text
        message.blocks = rich_text_of(text)
        message.edited = {"user": user.id, "ts": self._workspace.new_ts()}
        return self._changed(message, previous)

    def unfurl(self, message: Message) -> Deed:
        """Let Slack add a preview of a link: the same kind of event as an edit, with the same text."""
        previous = message_json(self._workspace, message)
        message.attachments = [{"id": 1, "from_url": "https://example.com/", "fallback": "preview", "title": "preview"}]
        return self._changed(message, previous)

    def _changed(self, message: Message, previous: Json) -> Deed:
        self._workspace.tell(Change("message_changed", message.channel, message))
        return Deed(message, self._announcer.changed(message, previous))

    def delete(self, user: User, message: Message) -> Deed:
        """Delete one's own message (an administrator may delete any).

        Raises:
            PermissionError: It is somebody else's.
        """
        if message.user != user.id and not user.is_admin:
            raise PermissionError(f"{user.name} did not write this message and cannot delete it")
        previous = message_json(self._workspace, message)
        self._workspace.remove(message)
        return Deed(message, self._announcer.deleted(message, previous))

    def react(self, user: User, message: Message, name: str) -> Deed:
        """Put an emoji on a message."""
        if message.reactions is None:
            message.reactions = {}
        users = message.reactions.setdefault(name, [])
        if user.id not in users:
            users.append(user.id)
        self._workspace.tell(Change("message_changed", message.channel, message))
        return Deed(message, self._announcer.reacted(message, user, name, added=True))

    def join(self, channel: Channel, user: User, inviter: User | None) -> Deed:
        """Bring somebody, perhaps the bot, into a channel."""
        channel.members.add(user.id)
        return Deed(deliveries=self._announcer.joined(channel, user, inviter))

    def open_home(self, user: User, tab: str, viewing: str | None) -> Deed:
        """Open the app's home or messages tab."""
        view = self._views.home(user.id)
        shown = self._views.as_json(view) if view is not None else None
        return Deed(deliveries=self._announcer.home_opened(user, tab, shown, viewing), view=view)

    async def slash(self, user: User, channel: Channel, command: str, text: str) -> Deed:
        """Use a slash command, wherever the person is; the answer in the acknowledgement is shown."""
        ticket = self._urls.issue(user.id, channel.id)
        url = f"{self._base_url()}/response/{ticket.token}"
        trigger_id = self._triggers.issue(user.id)
        payload = self._payloads.slash(user, channel, command, text, url, trigger_id)
        delivery = await self._outbox.send_now("slash_commands", command, payload)
        deed = Deed(deliveries=[delivery], body=delivery.body, trigger_id=trigger_id, response_url=url)
        self.judge(deed, user, channel.id)
        if delivery.acknowledged:
            try:
                deed.shown = self._replies.show_acknowledgement(ticket, delivery.body)
            except ApiError as error:
                self.notice(user, channel.id, INVALID, code=error.code)
        return deed

    def judge(self, deed: Deed, user: User, channel: str | None) -> None:
        """Set the status of a deed, and tell the person what Slack tells them when the bot failed."""
        last = deed.deliveries[-1].attempts[-1]
        deed.status = last.status
        if last.status is None:
            self.notice(user, channel, SILENT)
        elif not last.acknowledged:
            self.notice(user, channel, REFUSED, status=last.status)

    def notice(self, user: User, channel: str | None, text: dict[str, str], **values: object) -> None:
        """Show a person one of Slack's own short notices."""
        said = {language: sentence.format(**values) for language, sentence in text.items()}
        self._workspace.tell(Change("notice", channel, user=user.id, text=said))

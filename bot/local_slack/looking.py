"""Looking at what happened in the local Slack, and waiting for it, without a sleep anywhere."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.local_slack.delivery import Attempt, Outbox
from bot.local_slack.state import Change, Channel, Json, Message, User, Workspace
from bot.local_slack.views import View, Views
from bot.local_slack.web_api import Call, WebApi

T = TypeVar("T")


@dataclass(slots=True)
class ResponseUse:
    """One use of a response URL."""

    body: Json
    said: str
    status: int


class Looking:
    """The reading half of `LocalSlack`, which builds the parts named here."""

    workspace: Workspace
    outbox: Outbox
    web_api: WebApi
    _views: Views

    def __init__(self) -> None:
        self.notices: list[Change] = []
        self.response_uses: list[ResponseUse] = []
        self._waiters: set[asyncio.Event] = set()

    @property
    def bot(self) -> User:
        """Return the bot's user."""
        return self.workspace.bot

    def dm(self, user: str | User) -> str:
        """Return the id of the direct messages between a person and the bot."""
        return self.workspace.dm(user).id

    def messages(self, channel: str | Channel, thread_ts: str | None = None) -> list[Message]:
        """List the messages of a channel, or of one thread with its parent first."""
        return self.workspace.messages_in(channel, thread_ts)

    def message(self, channel: str | Channel, ts: str) -> Message:
        """Return one message.

        Raises:
            KeyError: It is not there.
        """
        return self.workspace.find_channel(channel).messages[ts]

    def replies(self, channel: str | Channel, thread_ts: str) -> list[Message]:
        """List what the bot wrote in a thread."""
        return [m for m in self.messages(channel, thread_ts) if m.user == self.bot.id]

    def ephemerals(self, user: str | User, channel: str | Channel | None = None) -> list[Message]:
        """List what one person alone was shown."""
        every = self.workspace.ephemerals.get(self.workspace.find_user(user).id, [])
        where = None if channel is None else self.workspace.find_channel(channel).id
        return [m for m in every if where in (None, m.channel)]

    def views(self, user: str | User) -> list[View]:
        """List the modals that a person has open, the visible one last."""
        return self._views.stack(self.workspace.find_user(user).id)

    def home(self, user: str | User) -> View | None:
        """Return the home tab that was published for a person."""
        return self._views.home(self.workspace.find_user(user).id)

    def view_json(self, view: View) -> Json:
        """Give a view the shape it has in the Web API."""
        return self._views.as_json(view)

    @property
    def calls(self) -> deque[Call]:
        """Return every API call of the bot, oldest first."""
        return self.web_api.calls

    def calls_to(self, method: str) -> list[Call]:
        """List the calls to one method."""
        return [call for call in self.calls if call.method == method]

    @property
    def deliveries(self) -> deque[Attempt]:
        """Return every try to deliver something, oldest first."""
        return self.outbox.attempts

    async def wait_for(self, predicate: Callable[[], T], timeout_s: float = 5.0) -> T:
        """Wait until *predicate* returns something true, asking again after each change, and return that.

        Raises:
            TimeoutError: It did not happen in time; says what was seen instead.
        """
        woken = asyncio.Event()
        self._waiters.add(woken)
        try:
            async with asyncio.timeout(timeout_s):
                while not (value := predicate()):
                    woken.clear()
                    await woken.wait()
                return value
        except TimeoutError:
            recent = ", ".join(f"{c.method}={c.error or 'ok'}" for c in list(self.calls)[-5:]) or "none"
            raise TimeoutError(
                f"not seen within {timeout_s} s; last calls: {recent}; deliveries: {len(self.deliveries)}"
            ) from None
        finally:
            self._waiters.discard(woken)

    async def wait_for_reply(
        self, channel: str | Channel, thread_ts: str, count: int = 1, timeout_s: float = 5.0
    ) -> Message:
        """Wait until the bot has written *count* messages in a thread, and return the last of them."""
        enough = await self.wait_for(
            lambda: (
                (found := self.replies(channel, thread_ts)) if len(self.replies(channel, thread_ts)) >= count else []
            ),
            timeout_s,
        )
        return enough[-1]

    async def all_delivered(self, timeout_s: float = 30.0) -> None:
        """Wait until nothing is on its way to the bot any more, retries included."""
        await self.wait_for(lambda: self.outbox.pending == 0, timeout_s)

    def _on_change(self, change: Change) -> None:
        if change.kind == "notice":
            self.notices.append(change)
        self._wake()

    def _on_response_use(self, body: Json, said: str, status: int) -> None:
        self.response_uses.append(ResponseUse(body, said, status))
        self._wake()

    def _wake(self) -> None:
        for event in self._waiters:
            event.set()

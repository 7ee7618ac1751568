"""What a conversation remembers, and who may go on with it without naming us.

In a thread that we answered, its asker need not mention us again for a day. As soon as somebody else speaks there, the
thread belongs to people and we wait to be asked.
"""

from __future__ import annotations

import msgspec

from bot.match.model import Context
from bot.slack.inbound import Question
from bot.work import Ledger, Memory


class Thread(msgspec.Struct, frozen=True, omit_defaults=True):
    """The memory of one conversation. Holds what was understood, never what was written."""

    asker: str
    context: Context
    left_to_people: bool = False
    """Somebody else has spoken since."""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Thread)


class Conversations:
    """Reads and writes the memory of conversations.

    Args:
        ledger: Keeps it: a day in threads, half an hour in direct messages outside threads.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def recall(self, question: Question) -> Thread | None:
        """Return what the conversation of a question remembers.

        The first message of a thread in a channel has none; in direct messages, each message is the first of a
        thread of its own, and the memory of the whole conversation counts.
        """
        if question.thread_ts is None and not question.direct:
            return None
        raw = await self._ledger.recall(question.team, question.channel, question.thread_ts or "")
        if raw is None:
            return None
        try:
            return _decoder.decode(raw)
        except msgspec.DecodeError:
            return None  # Written by another version: forgotten, which is what an update costs.

    def memory(self, question: Question, context: Context) -> Memory:
        """Return what the thread of a question should remember next; it is kept with the answer."""
        return Memory(question.root, _encoder.encode(Thread(question.user, context)).decode())

    async def remember_outside(self, question: Question, context: Context) -> None:
        """Remember a direct message also outside its thread, for those who simply write on."""
        if question.direct and question.thread_ts is None:
            memory = Memory("", _encoder.encode(Thread(question.user, context)).decode())
            await self._ledger.remember(question.team, question.channel, memory)

    async def leave_to_people(self, question: Question, thread: Thread) -> None:
        """Note that somebody else speaks in a thread that we answered."""
        if not thread.left_to_people:
            left = Thread(thread.asker, thread.context, left_to_people=True)
            memory = Memory(question.root, _encoder.encode(left).decode())
            await self._ledger.remember(question.team, question.channel, memory)

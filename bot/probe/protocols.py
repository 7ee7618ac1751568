"""Which dialogue belongs to which protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.kb.model import Protocol
from bot.probe.dialogue import Dialogue
from bot.probe.imap import Imap
from bot.probe.pop3 import Pop3
from bot.probe.sieve import Sieve
from bot.probe.smtp import Smtp
from bot.probe.wire import Wire

DIALOGUES: Final[dict[Protocol, Callable[[Wire], Dialogue]]] = {
    "smtp": Smtp,
    "imap": Imap,
    "pop3": Pop3,
    "sieve": Sieve,
}

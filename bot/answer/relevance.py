"""Tell which notes belong to a question: who asked about sending need not read about receiving."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answer.rows import ACCOUNT, RECEIVING
from bot.kb.model import Protocol, Text
from bot.kb.ports import PORT_PROTOCOL

# Words of both languages, because a note says the same in each. Looked up, not matched: compiling an expression
# would cost the first answer of a process more than all its notes.
_RECEIVING_WORDS = ("受信", "incoming", "receive", "receiving")
_SENDING_WORDS = ("送信", "smtp", "outgoing", "sending", "to send")
# 25 alone is a day of the month more often than a port.
_PORT_WORDS = {str(port): protocol for port, protocol in PORT_PROTOCOL.items() if port > 100} | {"25番": "smtp"}


def mentioned(text: Text) -> frozenset[Protocol]:
    """Return the protocols that a note is about; empty if it is about none in particular.

    What it names first is its subject: 「送信サーバーは受信とは別の一覧で…」 is about sending. Ports count wherever they stand.
    """
    words = f"{text.ja}\n{text.en}".lower().replace("pop before smtp", "smtp")
    found: set[Protocol] = {PORT_PROTOCOL[int(word.strip("番"))] for word in _PORT_WORDS if _stands_alone(word, words)}
    named: set[Protocol] = {"imap"} if "imap" in words else set()
    if "pop" in words:
        named.add("pop3")
    receiving, sending = _first((*_RECEIVING_WORDS, "imap", "pop"), words), _first(_SENDING_WORDS, words)
    if sending < receiving:
        found.add("smtp")
    elif receiving < len(words):
        found |= named or set(RECEIVING)
    return frozenset(found)


def fits(text: Text, protocols: Iterable[Protocol], *, only_named: bool = False) -> bool:
    """Say whether a note belongs to a question about *protocols*.

    Args:
        text: The note.
        protocols: What was asked; all those of an account let every note pass.
        only_named: A note that is about no protocol in particular does not count.
    """
    asked = frozenset(protocols)
    everything = not asked or asked >= frozenset(ACCOUNT)
    if everything and not only_named:
        return True
    about = mentioned(text)
    if not about:
        return not only_named
    return everything or bool(about & asked)


def _first(parts: Iterable[str], words: str) -> int:
    return min((place for part in parts if (place := words.find(part)) >= 0), default=len(words))


def _stands_alone(word: str, words: str) -> bool:
    place = words.find(word)
    if place < 0:
        return False
    around = words[max(0, place - 1) : place] + words[place + len(word) : place + len(word) + 1]
    return not any(character.isdigit() for character in around)

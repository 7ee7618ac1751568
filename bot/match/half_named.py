"""Understand who is named by half: 「メールボックスのほうです」 after さくら, "the program" after "which Outlook?"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from bot.kb.lookup import Lookup
from bot.match.model import Context, Slots
from bot.text.fold import fold
from bot.text.pattern import LazyPattern

_LONGEST: Final = 40
"""A half name is an answer of a few words; a longer message names things itself."""
_SHORTEST_HALF: Final = 4
_COMMON: Final = frozenset(
    {
        "mail",
        "メール",
        "server",
        "サーバー",
        "サーバ",
        "レンタルサーバー",
        "レンタルサーバ",
        "internet",
        "hosting",
        "account",
    }
)
"""Last pieces that tell nobody apart."""
_PIECES: Final = LazyPattern("[の・() ]+")
_PROGRAM: Final = LazyPattern(r"ソフト|アプリ|プログラム|\b(?:program|programme|app|client|software)\b")
_SERVICE: Final = LazyPattern(r"サービス|アドレス|アカウント|webメール|\b(?:service|address|account|webmail|mailbox)\b")


def complete_names(text: str, own: Slots, context: Context, lookup: Lookup) -> Slots:
    """Return *own*, with the provider or program that a short answer names by half.

    Args:
        text: The folded message.
        own: What the message names in full.
        context: The conversation; its ambiguous words are those that we asked back about.
        lookup: Knows the providers and their relatives.
    """
    if len(text) > _LONGEST or own.providers or own.clients or own.ambiguous:
        return own
    options = [option for _, readings in context.slots.ambiguous for option in readings]
    programs = [option[7:] for option in options if option.startswith("client:")]
    services = [option[9:] for option in options if option.startswith("provider:")]
    wants_program, wants_service = bool(_PROGRAM.search(text)), bool(_SERVICE.search(text))
    if programs and wants_program and not wants_service:
        return replace(own, clients=(programs[0],))
    if programs and services and wants_service and not wants_program:
        return replace(own, providers=(services[0],))
    known = context.slots.providers
    relatives = [other for id_ in known if (entry := lookup.provider(id_)) for other in entry.related]
    taken = {piece for id_ in known for piece in _pieces(id_, lookup)}
    for id_ in dict.fromkeys((*services, *relatives)):
        if any(piece in text and piece not in taken for piece in _pieces(id_, lookup)):
            return replace(
                own,
                providers=(id_,),
                clients=context.slots.clients,
                protocols=own.protocols or context.slots.protocols,
                directions=own.directions or context.slots.directions,
            )
    return own


def _pieces(id_: str, lookup: Lookup) -> Iterable[str]:
    """Return the last piece of each name of a provider, where it has several: さくらの|メールボックス."""
    provider = lookup.provider(id_)
    if provider is None:
        return []
    names = (provider.names.ja, provider.names.en, *provider.aliases.ja, *provider.aliases.en)
    pieces = [_PIECES.split(fold(name).strip()) for name in names]
    return [
        parts[-1]
        for parts in pieces
        if len(parts) > 1 and len(parts[-1]) >= _SHORTEST_HALF and parts[-1] not in _COMMON
    ]

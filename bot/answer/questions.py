"""Questions that buttons ask in the asker's stead, each complete in itself."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from bot.answer.kit import Kit
from bot.answer.model import Choice
from bot.answer.rows import asked_protocols
from bot.kb.model import Client, Provider
from bot.match.model import Slots

MAX_CHOICES = 5
_FOR_PROVIDER = {
    "username",
    "server_name",
    "cannot_send",
    "cannot_receive",
    "cannot_sign_in",
    "certificate_warning",
    "port25",
}


def ask_for(kit: Kit, intent: str, slots: Slots) -> str:
    """Return a question that reads as *intent* with *slots*."""
    provider = kit.lookup.provider(slots.providers[0]) if slots.providers else None
    client = kit.lookup.client(slots.clients[0]) if slots.clients else None
    if provider is not None:
        name = kit.text(provider.names)
        if intent in _FOR_PROVIDER:
            return kit.say(f"ask.provider.{intent}", provider=name)
        if client is not None:
            return kit.say("ask.provider_client", provider=name, client=kit.text(client.names))
        protocols = asked_protocols(slots)
        if len(protocols) == 1:
            return kit.say(f"ask.provider_protocol.{protocols[0]}", provider=name)
        if protocols == ("imap", "pop3"):
            return kit.say("ask.provider_receiving", provider=name)
        return kit.say("ask.provider", provider=name)
    if client is not None:
        return kit.say("ask.client", client=kit.text(client.names))
    return kit.say(f"ask.intent.{intent}")


def client_choices(kit: Kit, provider: Provider, named: Client | None, slots: Slots) -> list[Choice]:
    """Offer the provider's settings in the programs most asked for, without the one that was named."""
    choices = []
    ids = kit.say("choices.clients").split()
    if named is not None:
        # Who says "Outlook" may well mean the other one of that name.
        ids.sort(key=lambda id_: _family(id_) != _family(named.id))
    for id_ in ids:
        client = kit.lookup.client(id_)
        if client is not None and client is not named:
            asked = replace(slots, clients=(client.id,), providers=(provider.id,))
            choices.append(Choice(kit.text(client.names), ask_for(kit, "provider_settings", asked)))
    return choices


def family_choices(kit: Kit, named: Client) -> list[Choice]:
    """Offer the programs that share a name with the one that was named: Outlook (classic) and the new Outlook."""
    return [
        Choice(kit.text(client.names), kit.say("ask.client", client=kit.text(client.names)))
        for client in kit.lookup.knowledge.clients
        if client is not named and _family(client.id) == _family(named.id)
    ]


def _family(id_: str) -> str:
    return id_.partition("_")[0]


def other_half(kit: Kit, provider: Provider, slots: Slots) -> list[Choice]:
    """Offer what a question about one direction left out."""
    asked = asked_protocols(slots)
    name = kit.text(provider.names)
    if asked == ("smtp",):
        return [Choice(kit.say("choice.receiving"), kit.say("ask.provider_receiving", provider=name))]
    if asked and "smtp" not in asked:
        return [Choice(kit.say("choice.sending"), kit.say("ask.provider_protocol.smtp", provider=name))]
    return []


def provider_choices(kit: Kit, intent: str, slots: Slots, ids: Iterable[str] = ()) -> list[Choice]:
    """Offer the same question for each provider of *ids*, or for those most asked for."""
    choices = []
    for id_ in ids or kit.say("choices.providers").split():
        provider = kit.lookup.provider(id_)
        if provider is not None:
            asked = replace(slots, providers=(provider.id,))
            choices.append(Choice(kit.text(provider.names), ask_for(kit, intent, asked)))
    return choices


def article_choices(kit: Kit, ids: Iterable[str]) -> list[Choice]:
    """Offer other articles and errors by their titles; a word is asked for by its name."""
    choices = []
    for id_ in ids:
        article = kit.lookup.article(id_)
        if article is None:
            continue
        name = kit.text(article.names)
        asks = article.asks.ja if kit.language == "ja" else article.asks.en
        # An article's own example question is proven to reach it.
        choices.append(Choice(name, asks[0] if asks else kit.say("ask.term", term=name)))
    return choices


def without_doubles(choices: Iterable[Choice], limit: int = MAX_CHOICES) -> tuple[Choice, ...]:
    """Keep the first of equal labels, and no more than *limit*."""
    kept: dict[str, Choice] = {}
    for choice in choices:
        kept.setdefault(choice.label, choice)
    return tuple(kept.values())[:limit]

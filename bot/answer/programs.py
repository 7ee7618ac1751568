"""Compose what to do in a mail program: the steps to its settings, and its traps."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answer.kit import Kit
from bot.answer.model import BulletList, Choice, Heading, Paragraph, Section
from bot.answer.questions import ask_for
from bot.answer.relevance import fits
from bot.answer.rows import ACCOUNT
from bot.kb.model import Client, Protocol, Provider, Text
from bot.match.model import Slots

_MAX_REPLACEMENTS = 3


def asks_where(slots: Slots) -> bool:
    """Say whether a question looks for a setting of an account that is there already, or wants to change one."""
    return not slots.concepts.isdisjoint(("ask_where", "ask_change"))


def client_sections(kit: Kit, client: Client, *, with_heading: bool, existing: bool = False) -> list[Section]:
    """Return the steps in the program.

    Args:
        kit: Words and knowledge.
        client: The program.
        with_heading: False where the answer's title already says what the steps are for.
        existing: The way to the settings of an account that is there, instead of a new account.
    """
    steps = client.existing_account if existing and client.existing_account is not None else client.new_account
    key = "steps.existing" if steps is client.existing_account else "steps.new"
    sections: list[Section] = []
    if with_heading:
        sections.append(Heading(kit.say(key, client=kit.text(client.names))))
    sections.append(BulletList(kit.steps(steps), ordered=True))
    if client.evidence == "single_source":
        sections.append(Paragraph(kit.say("client.single_source"), "quiet"))
    return sections


def client_notes(client: Client, protocols: Iterable[Protocol], *, trouble: bool = False) -> list[Text]:
    """Return the program's traps that belong to *protocols*; for sending, its authentication stands first.

    Args:
        client: The program.
        protocols: What was asked.
        trouble: Something does not work, so that only what speaks of just these protocols helps.
    """
    asked = set(protocols)
    if trouble and (not asked or asked >= set(ACCOUNT)):
        return []
    extras = [client.outgoing_auth] if asked == {"smtp"} and client.outgoing_auth is not None else []
    return extras + [note for note in client.notes if fits(note, asked, only_named=trouble)]


def ended_sections(kit: Kit, client: Client) -> list[Section]:
    """Say that a program has ended, and which ones take its place."""
    day = kit.day(client.ended_on) if client.ended_on is not None else ""
    name = kit.text(client.names)
    others = kit.join(kit.text(other.names) for other in _replacements(kit, client))
    sections: list[Section] = [Paragraph(kit.say("client.ended", client=name, date=day), "warning")]
    if others:
        sections.append(Paragraph(kit.say("client.instead", others=others)))
    return sections


def replacement_choices(kit: Kit, client: Client, provider: Provider | None, slots: Slots) -> list[Choice]:
    """Offer the same question for the programs that take the place of one that has ended."""
    providers = (provider.id,) if provider is not None else ()
    choices = []
    for other in _replacements(kit, client):
        asked = Slots(providers=providers, clients=(other.id,), protocols=slots.protocols)
        intent = "provider_settings" if provider is not None else "client_setup"
        choices.append(Choice(kit.text(other.names), ask_for(kit, intent, asked)))
    return choices


def _replacements(kit: Kit, client: Client) -> list[Client]:
    """Return programs for the same platform that are still kept, the most asked for first."""
    found = []
    for id_ in kit.say("choices.clients").split():
        other = kit.lookup.client(id_)
        if other is not None and other.ended_on is None and set(other.platforms) & set(client.platforms):
            found.append(other)
    return found[:_MAX_REPLACEMENTS]

"""Compose what is said about the bot itself, and what is said when it has no answer."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from bot.answer.articles import related_choices
from bot.answer.general import ports_table
from bot.answer.kit import Draft, Kit, Part
from bot.answer.model import BulletList, Choice, Paragraph
from bot.answer.questions import article_choices, ask_for, provider_choices
from bot.answer.rows import wanted_protocols
from bot.answer.settings import compose_provider
from bot.match.model import Clarify, HandOff, Reading, Slots

_SERVER_NAME: Final = "server_name_where"


def compose_help(kit: Kit, part: Part) -> Draft:
    """Say what can be asked, with examples that can be pressed."""
    draft = Draft(kit.say("help.title"), feedback=False)
    draft.sections += [
        Paragraph(kit.say("help.intro")),
        BulletList(tuple(kit.say(f"help.example_{i}") for i in range(1, 7))),
        Paragraph(kit.say("help.password"), "quiet"),
    ]
    draft.choices = example_choices(kit)
    return draft


def example_choices(kit: Kit) -> list[Choice]:
    """Offer three questions to begin with."""
    return [Choice(kit.say(f"help.choice_{i}"), kit.say(f"help.choice_{i}")) for i in range(1, 4)]


def compose_small_talk(kit: Kit, part: Part) -> Draft:
    """Answer thanks, greetings, and questions about privacy, language and people, each in a few sentences."""
    draft = Draft(kit.say(f"{part.intent}.title"), feedback=False)
    draft.sections.append(Paragraph(kit.say(f"{part.intent}.text")))
    if part.intent in ("greeting", "change_language", "person"):
        draft.choices = example_choices(kit)
    return draft


def compose_probe(kit: Kit, part: Part) -> Draft:
    """Say how a server is checked, and give the settings that are known. An answer never connects anywhere by itself."""
    slots = part.slots
    owners = (kit.lookup.provider_of_host(host) for host in slots.hosts)
    provider = next((owner for owner in owners if owner is not None), None) if not slots.providers else None
    if provider is not None:
        part = replace(part, slots=replace(slots, providers=(provider.id,)))
    notice = probe_notice(kit, slots)
    if part.slots.providers:
        draft = compose_provider(kit, part)
        draft.sections.insert(0, notice)
        return draft
    draft = Draft(kit.say("probe.title"))
    table, uses = ports_table(kit, wanted_protocols(part.slots, whole_account=False), None, first_only=True)
    draft.sections += [notice, Paragraph(kit.say("probe.ports")), table]
    draft.sources = kit.sources(source for use in uses for source in use.sources)
    draft.choices = provider_choices(kit, "provider_settings", part.slots)
    return draft


def probe_notice(kit: Kit, slots: Slots, key: str = "probe.how") -> Paragraph:
    """Return what stands above the settings where a check was asked for: how it is made, or why it is not.

    Args:
        kit: Words and knowledge.
        slots: Of the question; name the host.
        key: Of the sentence; a surface has its own ways.
    """
    provider = kit.lookup.provider(slots.providers[0]) if slots.providers else None
    servers = provider.servers if provider is not None else ()
    known = [server.hostname for server in servers if server.recommended and server.hostname is not None]
    host = next(iter((*slots.hosts, *known)), kit.say("probe.example_host"))
    return Paragraph(kit.say(key, host=host))


def compose_clarify(kit: Kit, clarify: Clarify, reading: Reading, slots: Slots) -> Draft:
    """Ask which reading was meant, one button each; the text names the same readings."""
    kinds = {option.partition(":")[0] for option in clarify.options}
    # "Outlook" is a service and a program: neither of the two questions would fit.
    reason = "service_or_program" if {"provider", "client"} <= kinds else clarify.reason
    draft = Draft(kit.say(f"clarify.title.{reason}"), decision="clarify", feedback=False)
    intent = next((score.intent for score in reading.scores), "provider_settings")
    choices: list[Choice] = []
    for option in clarify.options:
        kind, _, id_ = option.partition(":")
        choices += _option(kit, kind, id_, intent, slots) if kind != "intent" else _reading_option(kit, id_, reading)
    if not choices:
        choices = provider_choices(kit, intent, slots)
    draft.sections.append(Paragraph(kit.say(f"clarify.{reason}")))
    where = kit.lookup.article(_SERVER_NAME) if intent == "server_name" else None
    if where is not None:
        # Who cannot say which service it is finds the name without us.
        draft.sections.append(Paragraph(kit.text(where.short)))
    draft.choices = choices
    return draft


def _option(kit: Kit, kind: str, id_: str, intent: str, slots: Slots) -> list[Choice]:
    if kind == "provider":
        return provider_choices(kit, intent, slots, (id_,))
    if kind == "client":
        client = kit.lookup.client(id_)
        provider = kit.lookup.provider(slots.providers[0]) if slots.providers else None
        if client is None:
            return []
        name = kit.text(client.names)
        if provider is not None:
            return [Choice(name, kit.say("ask.provider_client", provider=kit.text(provider.names), client=name))]
        return [Choice(name, kit.say("ask.client", client=name))]
    return []


def _reading_option(kit: Kit, intent: str, reading: Reading) -> list[Choice]:
    """Return one reading of the question as a button that asks for just that."""
    articles = [score.article for score in reading.scores if score.intent == intent and score.article is not None]
    if intent == "explain_term" and (articles or reading.slots.terms):
        return article_choices(kit, (articles or list(reading.slots.terms))[:1])
    if intent == "explain_error" and reading.slots.errors:
        return related_choices(kit, reading.slots.errors[:1])
    if intent == "explain_port" and reading.slots.ports:
        asks = [kit.say("ask.port", port=port) for port in reading.slots.ports[:1]]
        return [Choice(kit.say(f"intent.{intent}"), ask) for ask in asks]
    if not kit.wording.knows(f"intent.{intent}"):
        return []
    return [Choice(kit.say(f"intent.{intent}"), ask_for(kit, intent, reading.slots))]


def compose_hand_off(kit: Kit, hand_off: HandOff, reading: Reading) -> Draft:
    """Say what is not known, and what helps anyhow; never that somebody was told."""
    if hand_off.reason == "empty":
        draft = compose_help(kit, Part("help", reading.slots, reading))
        draft.decision = "hand_off"
        return draft
    draft = Draft(kit.say(f"hand_off.title.{hand_off.reason}"), decision="hand_off", feedback=False)
    draft.sections.append(Paragraph(kit.say(f"hand_off.{hand_off.reason}")))
    if hand_off.reason == "unknown_provider":
        table, uses = ports_table(kit, wanted_protocols(reading.slots, whole_account=False), None, first_only=True)
        draft.sections += [Paragraph(kit.say("hand_off.general_ports")), table]
        article = kit.lookup.article("server_name_where")
        if article is not None:
            draft.sections.append(Paragraph(kit.text(article.short)))
        draft.sources = kit.sources(source for use in uses for source in use.sources)
    elif hand_off.reason == "unknown_error":
        draft.sections.append(Paragraph(kit.say("hand_off.error_hint")))
        draft.choices = [
            Choice(kit.say(f"intent.{intent}"), ask_for(kit, intent, reading.slots))
            for intent in ("cannot_send", "cannot_receive", "cannot_sign_in")
        ]
    elif hand_off.reason in ("not_understood", "not_mail"):
        draft.sections.append(BulletList(tuple(kit.say(f"help.example_{i}") for i in range(1, 4))))
        draft.choices = example_choices(kit)
    return draft

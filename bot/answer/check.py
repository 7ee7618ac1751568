"""Answer "is this right?": put the faults of pasted settings into words, with the right values below."""

from __future__ import annotations

from msgspec.structs import replace

from bot.answer.kit import Draft, Kit, Part
from bot.answer.lint import Fault, Pasted, find_faults, read_settings
from bot.answer.model import BulletList, Heading, Paragraph
from bot.answer.questions import provider_choices
from bot.answer.rows import purpose, security_label
from bot.answer.settings import provider_sources, server_sections
from bot.kb.model import Client, Protocol, Provider


def compose_check(kit: Kit, part: Part) -> Draft:
    """Compose the verdict on pasted settings: which line is wrong, what belongs there, and the right values."""
    entries = tuple(entry for entry in read_settings(part.reading.redacted_text) if entry.protocol is not None)
    provider = _provider(kit, part, entries)
    client = kit.lookup.client(part.slots.clients[0]) if part.slots.clients else None
    if not entries:
        draft = Draft(kit.say("check.title"))
        draft.sections.append(Paragraph(kit.say("check.nothing_to_check")))
    else:
        faults = find_faults(entries, provider)
        title = "check.title_faults" if faults else "check.title_right" if provider else "check.title_plausible"
        draft = Draft(kit.say(title))
        if faults:
            draft.sections.append(BulletList(tuple(_sentence(kit, fault, client) for fault in faults)))
        else:
            key = "check.right" if provider is not None else "check.plausible"
            name = kit.text(provider.names) if provider is not None else ""
            draft.sections.append(Paragraph(kit.say(key, provider=name)))
            missing = _not_said(kit, entries)
            if missing:
                draft.sections.append(Paragraph(kit.say("check.not_said", what=missing)))
    if provider is None:
        if entries:
            draft.sections.append(Paragraph(kit.say("check.which_provider")))
        draft.choices = provider_choices(kit, "provider_settings", part.slots)
        return draft
    draft.sections.append(Heading(kit.say("check.right_values", provider=kit.text(provider.names))))
    slots = replace(part.slots, ports=(), securities=(), protocols=_protocols(entries) or part.slots.protocols)
    draft.sections += server_sections(kit, provider, client, replace(slots, directions=()), whole_account=False)
    draft.sources = provider_sources(kit, provider)
    return draft


def _provider(kit: Kit, part: Part, entries: tuple[Pasted, ...]) -> Provider | None:
    """Return the provider that was named, else the one whose servers were pasted."""
    for id_ in part.slots.providers:
        provider = kit.lookup.provider(id_)
        if provider is not None:
            return provider
    names = [name for entry in entries for name in (entry.hostname, _domain(entry.username)) if name]
    for name in names:
        for provider in kit.lookup.knowledge.providers:
            if any(server.hostname == name for server in provider.servers):
                return provider
        found = kit.lookup.providers_for_domain(name)
        if found:
            return found[0]
    return None


def _domain(username: str | None) -> str | None:
    return username.partition("@")[2] or None if username else None


def _protocols(entries: tuple[Pasted, ...]) -> tuple[Protocol, ...]:
    return tuple(dict.fromkeys(entry.protocol for entry in entries if entry.protocol is not None))


def _sentence(kit: Kit, fault: Fault, client: Client | None) -> str:
    label = security_label(kit, fault.security, client) if fault.security is not None else ""
    return kit.say(
        f"check.{fault.kind}",
        purpose=purpose(kit, fault.protocol),
        protocol=kit.say(f"protocol.{fault.protocol}"),
        port=fault.port if fault.port is not None else "",
        encryption=label,
        hostname=fault.hostname or "",
        better=fault.better_port if fault.better_port is not None else "",
    )


def _not_said(kit: Kit, entries: tuple[Pasted, ...]) -> str:
    """Return what a paste left out, so that nobody takes silence for consent."""
    missing = []
    if any(entry.hostname is None for entry in entries):
        missing.append(kit.say("column.server"))
    if any(entry.port is None for entry in entries):
        missing.append(kit.say("column.port"))
    if any(entry.security is None for entry in entries):
        missing.append(kit.say("column.encryption"))
    return kit.join(missing)

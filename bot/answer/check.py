"""Answer "is this right?": put the faults of pasted settings into words, with the right values below."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from bot.answer.kit import Draft, Kit, Part
from bot.answer.lint import Fault, find_authentication_faults, find_doubts, find_faults
from bot.answer.model import BulletList, Heading, Paragraph
from bot.answer.pasted import Pasted, read_settings
from bot.answer.questions import provider_choices
from bot.answer.rows import authentication_words, purpose, security_label
from bot.answer.settings import is_usable, not_usable, provider_sources, server_sections
from bot.answer.sign_in import read_authentication
from bot.kb.hosts import Hosts
from bot.kb.model import Authentication, Client, Protocol, Provider
from bot.kb.ports import PORT_PROTOCOL, PORT_SECURITY

# Two letters of a name this long are a slip; in a shorter one they are another name.
_MAX_TYPOS = 2
_MIN_LENGTH = 12
_SHORTEST_NAME = 6


def compose_check(kit: Kit, part: Part) -> Draft:
    """Compose the verdict on pasted settings: which line is wrong, what belongs there, and the right values."""
    entries = _pasted(kit, part)
    provider = _provider(kit, part, entries)
    meant = {} if provider is not None else _misspelt(kit, entries)
    provider = next((found for found, _ in meant.values()), provider)
    if provider is not None and not is_usable(kit, provider):
        return not_usable(kit, provider)
    client = kit.lookup.client(part.slots.clients[0]) if part.slots.clients else None
    said = read_authentication(part.reading.redacted_text)
    draft = _verdict(kit, entries, said, provider, client, {given: right for given, (_, right) in meant.items()})
    if provider is None:
        if entries:
            draft.sections.append(Paragraph(kit.say("check.which_provider")))
        draft.choices = provider_choices(kit, "provider_settings", part.slots)
        return draft
    draft.sections.append(Heading(kit.say("check.right_values", provider=kit.text(provider.names))))
    if provider.before_you_start is not None:
        draft.sections.append(Paragraph(kit.text(provider.before_you_start), "warning"))
    slots = replace(part.slots, ports=(), securities=(), protocols=_protocols(entries) or part.slots.protocols)
    draft.sections += server_sections(kit, provider, client, replace(slots, directions=()), whole_account=False)
    draft.sources = provider_sources(kit, provider)
    return draft


def _verdict(
    kit: Kit,
    entries: tuple[Pasted, ...],
    said: frozenset[Authentication],
    provider: Provider | None,
    client: Client | None,
    meant: dict[str, str],
) -> Draft:
    if not entries:
        draft = Draft(kit.say("check.title"))
        draft.sections.append(Paragraph(kit.say("check.nothing_to_check")))
        return draft
    one_switch = client is not None and client.labels.implicit_tls == client.labels.starttls
    faults = find_faults(entries, provider, one_switch=one_switch)
    missing = _not_said(kit, entries, faults)
    if provider is not None:
        faults += find_authentication_faults(said, provider)
        if not said and provider.authentication == ("oauth2",):
            # Everything else may be right and a password still be refused.
            left_out = kit.say("check.not_said_authentication")
            missing = kit.say("check.not_said_next").join(filter(None, (missing, left_out)))
    if faults:
        draft = Draft(kit.say("check.title_faults"))
        said_of = [_sentence(kit, fault, provider, client, meant) for fault in faults]
        wrong = {fault.protocol for fault in faults if not fault.kind.startswith(("username", "authentication"))}
        sound = (entry for entry in entries if entry.protocol not in wrong)
        draft.sections.append(BulletList((*said_of, *_right_ports(kit, sound, client))))
    elif provider is not None:
        draft = Draft(kit.say("check.title_so_far" if missing else "check.title_right"))
        draft.sections.append(Paragraph(kit.say("check.right", provider=kit.text(provider.names))))
    else:
        draft = _plausible(kit, entries, client)
    doubts = find_doubts(entries) if provider is None else []
    if doubts:
        lines = tuple(_sentence(kit, doubt, None, client, meant) for doubt in doubts)
        draft.sections += [Heading(kit.say("check.doubts")), BulletList(lines)]
    if missing:
        draft.sections.append(Paragraph(kit.say("check.not_said", what=missing)))
    return draft


def _plausible(kit: Kit, entries: tuple[Pasted, ...], client: Client | None) -> Draft:
    """Say which ports are right where no provider is known to compare with."""
    lines = _right_ports(kit, entries, client)
    pairs = len(lines) == len(entries) and all(entry.security is not None for entry in entries)
    title = "check.title_plausible" if pairs else "check.title_port_right" if lines else "check.title"
    draft = Draft(kit.say(title))
    draft.sections += [BulletList(tuple(lines))] if lines else []
    return draft


def _right_ports(kit: Kit, entries: Iterable[Pasted], client: Client | None) -> list[str]:
    """Return a sentence for each entry without a fault whose port has an encryption of its own."""
    lines = []
    for entry in entries:
        right = PORT_SECURITY.get(entry.port or 0)
        if right is not None and entry.protocol is not None:
            key = "check.port_right" if entry.security is None else "check.pair_right"
            label = security_label(kit, right, client)
            lines.append(kit.say(key, purpose=purpose(kit, entry.protocol), port=entry.port, encryption=label))
    return lines


def _pasted(kit: Kit, part: Part) -> tuple[Pasted, ...]:
    # "Outlook.com" and "mail.ru" name a service; only behind the word "server" are they a (wrong) server's name.
    services = kit.lookup.hosts.services
    entries = read_settings(part.reading.redacted_text, lambda name: name not in services)
    slots = part.slots
    if "mismatch" in part.reading.facts and not slots.hosts and len(slots.ports) == 1:
        # 「995ってIMAPで使える？」: one port, and what it was named with, in whatever order.
        protocol = slots.protocols[0] if len(slots.protocols) == 1 else PORT_PROTOCOL.get(slots.ports[0])
        security = slots.securities[0] if len(slots.securities) == 1 else None
        return (Pasted(protocol=protocol, port=slots.ports[0], security=security),)
    return tuple(entry for entry in entries if entry.protocol is not None)


def _provider(kit: Kit, part: Part, entries: tuple[Pasted, ...]) -> Provider | None:
    """Return the provider that was named, else the one whose servers or addresses were pasted."""
    for id_ in part.slots.providers:
        provider = kit.lookup.provider(id_)
        if provider is not None:
            return provider
    names = [name for entry in entries for name in (entry.hostname, _domain(entry.username)) if name]
    for name in names:
        found = kit.lookup.hosts.owner(name) or next(iter(kit.lookup.providers_for_domain(name)), None)
        if found is not None:
            return found
    return None


def _misspelt(kit: Kit, entries: tuple[Pasted, ...]) -> dict[str, tuple[Provider, str]]:
    """Return the pasted server names that are a slip away from a documented one, with the provider and that name."""
    found: dict[str, tuple[Provider, str]] = {}
    for entry in entries:
        right = _meant(kit.lookup.hosts, entry.protocol, entry.hostname or "") if entry.protocol is not None else None
        owner = kit.lookup.hosts.owner(right) if right is not None else None
        if right is not None and owner is not None:
            found[entry.hostname or ""] = (owner, right)
    return found


def _meant(hosts: Hosts, protocol: Protocol, name: str) -> str | None:
    if len(name) < _SHORTEST_NAME:
        return None
    from rapidfuzz import process  # only who pastes an unknown server waits for it
    from rapidfuzz.distance import OSA

    lengths = range(max(_MIN_LENGTH, len(name) - _MAX_TYPOS), len(name) + _MAX_TYPOS + 1)
    near = process.extract(
        name, hosts.of_length(protocol, lengths), scorer=OSA.distance, score_cutoff=_MAX_TYPOS, limit=None
    )
    best = min(near, key=lambda one: one[1], default=None)
    whole = hosts.whole(protocol, name)
    if whole is not None and len(whole) >= _MIN_LENGTH and (best is None or best[1] > 1):
        return whole
    return None if best is None else str(best[0])


def _domain(username: str | None) -> str | None:
    return username.partition("@")[2] or None if username else None


def _protocols(entries: tuple[Pasted, ...]) -> tuple[Protocol, ...]:
    return tuple(dict.fromkeys(entry.protocol for entry in entries if entry.protocol is not None))


def _sentence(kit: Kit, fault: Fault, provider: Provider | None, client: Client | None, meant: dict[str, str]) -> str:
    label = security_label(kit, fault.security, client) if fault.security is not None else ""
    is_slip = fault.kind == "host" and fault.given in meant
    return kit.say(
        "check.host_slip" if is_slip else f"check.{fault.kind}",
        purpose=purpose(kit, fault.protocol),
        protocol=kit.say(f"protocol.{fault.protocol}"),
        port=fault.port if fault.port is not None else "",
        encryption=label,
        hostname=(meant.get(fault.given or "") if is_slip else fault.hostname) or "",
        better=fault.better_port if fault.better_port is not None else "",
        given=fault.given or "",
        other=kit.say(f"protocol.{fault.other}") if fault.other is not None else "",
        provider=kit.text(provider.names) if provider is not None else "",
        ways=authentication_words(kit, provider, client) if provider is not None else "",
    )


def _not_said(kit: Kit, entries: tuple[Pasted, ...], faults: list[Fault]) -> str:
    """Return what a paste left out, so that nobody takes silence for consent; what a fault tells is not left open."""
    missing: dict[str, list[str]] = {}
    for entry in entries:
        told = [fault for fault in faults if fault.protocol == entry.protocol and fault.security is not None]
        values = (
            ("server", entry.hostname is not None),
            ("port", entry.port is not None or any(fault.better_port is not None for fault in told)),
            ("encryption", entry.security is not None or any(fault.port == entry.port for fault in told)),
        )
        what = [kit.say(f"column.{name}") for name, is_known in values if not is_known]
        if what and entry.protocol is not None:
            missing.setdefault(kit.pair(what), []).append(purpose(kit, entry.protocol))
    return kit.say("check.not_said_next").join(
        kit.say("check.not_said_of", purpose=kit.pair(dict.fromkeys(purposes)), what=what)
        for what, purposes in missing.items()
    )

"""Compose what holds for every provider: what a port is for, which port a protocol uses, how two compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.answer.articles import article_draft
from bot.answer.kit import Draft, Kit, Part, prose
from bot.answer.model import BulletList, FactList, Heading, Paragraph, PlainTable
from bot.answer.programs import client_sections
from bot.answer.questions import article_choices, provider_choices
from bot.answer.rows import ACCOUNT, asked_protocols, purpose, security_label, wanted_protocols
from bot.kb.model import Client, PortUse, Protocol
from bot.kb.ports import LAST_PORT, LAST_SYSTEM_PORT, LAST_USER_PORT, PARTNERS, TLS_PORTS

_COMPARISONS = {
    frozenset({465, 587}): "compare_465_587",
    frozenset({993, 143}): "compare_993_143",
    frozenset({995, 110}): "compare_995_110",
}
_SOURCES_OF_A_TABLE = 4
_ADVICE_ORDER = ("first_choice", "second_choice", "special", "servers_only", "avoid")


def ports_table(
    kit: Kit, protocols: Iterable[Protocol], client: Client | None, *, first_only: bool = False
) -> tuple[PlainTable, list[PortUse]]:
    """Return the general ports of *protocols*, best first, and the entries that they came from.

    Args:
        kit: Words and knowledge.
        protocols: In the order of the table.
        client: Gives its own labels to columns and encryption.
        first_only: Leave out what is neither first nor second choice.
    """
    uses = [use for protocol in protocols for use in _uses(kit, protocol, client)]
    if first_only:
        uses = [use for use in uses if use.advice in ("first_choice", "second_choice") and use.security is not None]
    rows = tuple(
        (
            _use_words(kit, use),
            f"`{use.port}`",
            security_label(kit, use.security, client, use.protocol)
            if use.security is not None
            else kit.say("table.none"),
            kit.say(f"advice.{use.advice}"),
        )
        for use in uses
    )
    port, encryption = kit.say("column.port"), kit.say("column.encryption")
    if client is not None:
        port, encryption = kit.text(client.labels.port), kit.text(client.labels.encryption)
    return PlainTable("", (kit.say("column.purpose"), port, encryption, kit.say("column.advice")), rows), uses


def compose_ports_of_protocol(kit: Kit, part: Part) -> Draft:
    """Compose which ports the asked protocols use: one sentence each, then the table."""
    protocols = wanted_protocols(part.slots, whole_account=False)
    client = kit.lookup.client(part.slots.clients[0]) if part.slots.clients else None
    names = kit.join(kit.say(f"protocol.{protocol}") for protocol in protocols)
    draft = Draft(kit.say("port.title_protocols", protocols=names))
    table, uses = ports_table(kit, protocols, client)
    if len(protocols) == 1 or part.slots.securities or not table.rows:
        # A sentence for each of several protocols would only repeat the table.
        for protocol in protocols:
            draft.sections += [Paragraph(lead) for lead in _leads(kit, protocol, part, client)]
    if table.rows:
        draft.sections.append(table)
    if client is not None:
        # Who asks for a port in a program is at its settings, or looking for them.
        draft.sections += client_sections(kit, client, with_heading=True, existing=True)
    draft.sections.append(Paragraph(kit.say("port.ask_provider")))
    draft.sources = kit.sources((use.sources[0] for use in uses), _SOURCES_OF_A_TABLE)
    if client is not None:
        draft.sources += kit.sources(client.sources, 1)
    draft.choices = provider_choices(kit, "provider_settings", part.slots)
    return draft


def compose_ports(kit: Kit, part: Part) -> Draft:
    """Compose what the asked port numbers are for."""
    numbers = part.slots.ports
    if not numbers:
        return compose_ports_of_protocol(kit, part)
    if len(numbers) == 1:
        return _one_port(kit, numbers[0])
    draft = Draft(kit.say("port.title_several", ports=kit.join(str(number) for number in numbers)))
    for number in numbers:
        one = _one_port(kit, number)
        draft.sections.append(Heading(one.title))
        # The short text says all that the list of facts would.
        draft.sections += one.sections[:1]
        draft.sources += [line for line in one.sources[:1] if line not in draft.sources]
        draft.choices += one.choices
    return draft


def compose_compare_ports(kit: Kit, part: Part) -> Draft:
    """Compose the difference between ports: a written comparison where there is one, else side by side."""
    numbers: Sequence[int] = part.slots.ports
    if len(numbers) < 2:
        protocols = asked_protocols(part.slots)
        best = TLS_PORTS.get(protocols[0] if protocols else "smtp", 465)
        first = numbers[0] if numbers and numbers[0] in PARTNERS else best
        numbers = (first, PARTNERS[first])
    article = kit.lookup.article(_COMPARISONS.get(frozenset(numbers), ""))
    if article is not None:
        return article_draft(kit, article)
    uses = [use for number in numbers if (use := kit.lookup.port(number)) is not None]
    draft = Draft(
        kit.say("port.title_compare", ports=kit.pair(kit.say("port.number", port=number) for number in numbers))
    )
    rows = tuple(
        (
            f"`{use.port}`",
            _use_words(kit, use),
            kit.say(f"security.{use.security}") if use.security is not None else kit.say("table.none"),
            kit.say(f"advice.{use.advice}"),
        )
        for use in uses
    )
    if rows:
        header = tuple(kit.say(f"column.{name}") for name in ("port", "purpose", "encryption", "advice"))
        draft.sections.append(PlainTable("", header, rows))
    draft.sections.append(BulletList(tuple(_port_line(kit, number) for number in numbers)))
    draft.sources = kit.sources(source for use in uses for source in use.sources)
    return draft


def compose_not_mail(kit: Kit, part: Part) -> Draft:
    """Say kindly that a port has nothing to do with mail, and which ports do."""
    numbers = part.slots.ports
    title = kit.say("port.title_other", port=numbers[0]) if len(numbers) == 1 else kit.say("port.title_others")
    draft = Draft(title)
    draft.sections += [Paragraph(_not_mail(kit, number)) for number in numbers]
    table, _ = ports_table(kit, ACCOUNT, None, first_only=True)
    draft.sections += [Paragraph(kit.say("port.mail_ports")), table]
    return draft


def port_explained(kit: Kit, number: int) -> str:
    """Return the short explanation of a port, known or not."""
    use = kit.lookup.port(number)
    return kit.text(use.short) if use is not None else _not_mail(kit, number)


def _one_port(kit: Kit, number: int) -> Draft:
    use = kit.lookup.port(number)
    if use is None:
        draft = Draft(kit.say("port.title_other", port=number))
        draft.sections.append(Paragraph(_not_mail(kit, number)))
        table, _ = ports_table(kit, ACCOUNT, None, first_only=True)
        draft.sections += [table, Paragraph(kit.say("port.mail_ports"))]
        return draft
    draft = Draft(kit.text(use.names))
    draft.sections.append(Paragraph(kit.text(use.short)))
    facts = []
    if use.protocol is not None:
        facts.append((kit.say("fact.protocol"), kit.say(f"protocol.{use.protocol}")))
    if use.security is not None:
        facts.append((kit.say("fact.encryption"), kit.say(f"encryption.{use.security}")))
    if use.protocol != "sieve":
        # "Start with this port" would send somebody who sets up mail to the port of the filters.
        facts.append((kit.say("fact.advice"), kit.say(f"advice_long.{use.advice}")))
    facts.append((kit.say("fact.iana"), f"`{use.service}`"))
    draft.sections.append(FactList(tuple(facts)))
    draft.sections += prose(kit.text(use.long))
    draft.sources = kit.sources(use.sources)
    ids = [id_ for ports, id_ in _COMPARISONS.items() if number in ports]
    draft.choices = article_choices(kit, [*ids, "which_ports_overview"])
    return draft


def _not_mail(kit: Kit, number: int) -> str:
    if number > LAST_PORT:
        return kit.say("port.beyond", port=number)
    kind = "system" if number <= LAST_SYSTEM_PORT else "user" if number <= LAST_USER_PORT else "dynamic"
    return kit.say("port.not_mail", port=number, range=kit.say(f"port.range_{kind}"))


def _port_line(kit: Kit, number: int) -> str:
    return kit.say("port.line", port=number, text=port_explained(kit, number))


def _use_words(kit: Kit, use: PortUse) -> str:
    """Return what a port is for, beside its number: 「送信（SMTP）」, or what its name says in brackets."""
    if use.protocol is not None:
        return purpose(kit, use.protocol)
    name = kit.text(use.names)
    _, _, inside = name.replace("（", "(").replace("）", ")").partition("(")
    return inside.rstrip(")") or name


def _uses(kit: Kit, protocol: Protocol, client: Client | None) -> list[PortUse]:
    own = client.labels_by_protocol.get(protocol) if client is not None else None
    lacks = own.lacks if own is not None else ()
    uses = [use for use in kit.lookup.knowledge.ports if use.protocol == protocol and use.security not in lacks]
    # Unofficial ports (2525) are explained when asked for; in a general answer they would only be tried in vain.
    if protocol != "sieve":
        uses = [use for use in uses if use.advice != "special"]
    return sorted(uses, key=lambda use: _ADVICE_ORDER.index(use.advice))


def _leads(kit: Kit, protocol: Protocol, part: Part, client: Client | None) -> list[str]:
    uses = _uses(kit, protocol, client)
    wanted = part.slots.securities
    if wanted:
        matching = [use for use in uses if use.security in wanted and use.advice != "servers_only"]
        matching.sort(key=lambda use: wanted.index(use.security) if use.security in wanted else 0)
        leads = [_lead(kit, protocol, use, client) for use in matching]
        if "plaintext" in wanted:
            leads.append(kit.say("port.plaintext"))
        if leads:
            return leads
    first = [use for use in uses if use.advice == "first_choice"]
    second = [use for use in uses if use.advice == "second_choice" and use.security == "starttls"]
    if first and second:
        return [
            kit.say(
                "port.lead_second",
                purpose=purpose(kit, protocol),
                port=first[0].port,
                encryption=security_label(kit, first[0].security or "implicit_tls", client),
                second=second[0].port,
                second_encryption=security_label(kit, second[0].security or "starttls", client),
            )
        ]
    return [_lead(kit, protocol, use, client) for use in (first or second)[:1]]


def _lead(kit: Kit, protocol: Protocol, use: PortUse, client: Client | None) -> str:
    label = security_label(kit, use.security, client) if use.security is not None else kit.say("table.none")
    return kit.say("port.lead", purpose=purpose(kit, protocol), port=use.port, encryption=label)

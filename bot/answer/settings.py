"""Compose what to type in: a provider's servers, in a mail program's words."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from bot.answer.general import ports_table
from bot.answer.kit import Draft, Kit, Part, is_code_search
from bot.answer.model import BulletList, FactList, Heading, Paragraph, Section, SourceLine
from bot.answer.programs import asks_where, client_notes, client_sections, ended_sections, replacement_choices
from bot.answer.questions import client_choices, family_choices, other_half, provider_choices
from bot.answer.relevance import fits
from bot.answer.rows import (
    ACCOUNT,
    RECEIVING,
    Selection,
    asked_protocols,
    authentication_words,
    opens_sign_in,
    plaintext_line,
    purpose,
    select,
    server_fields,
    settings_table,
    short_line,
    username_words,
    wanted_protocols,
)
from bot.kb.model import Client, DatedNote, Manual, Page, Protocol, Provider, Server, Text
from bot.match.model import Slots

_MAX_OTHERS = 3
_ONLY_SENDS = "送信専用"
_MAX_NOTES = 4
"""Notes under a table; more would hide it on a phone."""


def compose_provider(kit: Kit, part: Part) -> Draft:
    """Compose the settings of the provider that the part names, with the steps of the program it names."""
    provider = _provider(kit, part.slots)
    client = _client(kit, part.slots)
    if provider is None:
        return compose_client(kit, part)
    if not is_usable(kit, provider):
        return not_usable(kit, provider)
    selection = _selection(
        provider, part.slots, client, whole_account=client is not None and not _asks_to_send(part.slots)
    )
    ended = client if client is not None and client.ended_on is not None else None
    if ended is not None:
        # Its labels and steps would only help somebody to go on with it.
        client = None
    draft = Draft(_title(kit, provider, client, part.slots, selection))
    if ended is not None:
        draft.sections += ended_sections(kit, ended)
    if provider.before_you_start is not None:
        draft.sections.append(Paragraph(kit.text(provider.before_you_start), "warning"))
    if client is not None and _may_be_refused(provider, client):
        draft.sections.append(Paragraph(kit.say("settings.oauth2_only", client=kit.text(client.names)), "warning"))
    if part.intent == "username" and _knows_username(provider):
        draft.title = kit.say("settings.title_username", provider=kit.text(provider.names))
    elif part.intent == "username":
        draft.sections.append(Paragraph(kit.say("settings.username_unknown"), "warning"))
    draft.sections += _server_sections(kit, provider, client, part.slots, selection)
    if client is not None:
        draft.sections += client_sections(kit, client, with_heading=True, existing=asks_where(part.slots))
    draft.notes = _notes(kit, provider, selection, client)
    draft.sources = provider_sources(kit, provider, kit.sources(client.sources, 1) if client is not None else [])
    if ended is not None:
        draft.choices = replacement_choices(kit, ended, provider, part.slots)
    else:
        others = client_choices(kit, provider, client, part.slots)
        # Who named a program needs its neighbours at most.
        draft.choices = other_half(kit, provider, part.slots) + (others if client is None else others[:_MAX_OTHERS])
    return draft


def server_sections(
    kit: Kit, provider: Provider, client: Client | None, slots: Slots, *, whole_account: bool
) -> list[Section]:
    """Return the table of servers with what belongs under it: user name, authentication, other ports."""
    selection = _selection(provider, slots, client, whole_account=whole_account)
    return _server_sections(kit, provider, client, slots, selection)


def _selection(provider: Provider, slots: Slots, client: Client | None, *, whole_account: bool) -> Selection:
    protocols = wanted_protocols(slots, whole_account=whole_account)
    if client is not None:
        protocols = _possible(protocols, client)
    return select(provider, _offered(provider, protocols, slots), slots)


def _possible(protocols: tuple[Protocol, ...], client: Client) -> tuple[Protocol, ...]:
    """Return what the program can do of *protocols*; its own way of receiving stands in for one that it lacks."""
    receives = any(protocol in RECEIVING for protocol in protocols)
    can = set(protocols) & set(client.protocols)
    if receives and not can & set(RECEIVING):
        can |= set(RECEIVING) & set(client.protocols)
    return tuple(protocol for protocol in ACCOUNT if protocol in can) or client.protocols


def _server_sections(
    kit: Kit, provider: Provider, client: Client | None, slots: Slots, selection: Selection
) -> list[Section]:
    sections: list[Section] = [
        Paragraph(kit.say("settings.not_offered", protocol=kit.say(f"protocol.{protocol}")), "warning")
        for protocol in asked_protocols(slots)
        # 受信 stands for both ways of receiving: that one of them is missing is no answer to it.
        if protocol in slots.protocols
        # Without any server, one sentence below says so of all protocols.
        and provider.servers
        and not any(server.protocol == protocol for server in provider.servers)
    ]
    if client is not None:
        sections += [
            Paragraph(
                kit.say("client.no_protocol", client=kit.text(client.names), protocol=kit.say(f"protocol.{protocol}")),
                "warning",
            )
            for protocol in slots.protocols
            if protocol not in client.protocols
        ]
    if selection.chosen:
        sections.append(settings_table(kit, provider, selection.chosen, client, slots))
    elif selection.plaintext:
        servers = kit.join(plaintext_line(kit, server) for server in selection.plaintext)
        sections.append(Paragraph(kit.say("settings.plaintext_only", servers=servers), "warning"))
    elif not provider.servers or not _only_sends(provider):
        sections += _unconfirmed(kit, provider, client, slots)
    if _knows_username(provider):
        sections.append(FactList(tuple(_facts(kit, provider, client, selection, slots))))
    sections += _other_ports(kit, selection, slots)
    sections += _evidence(kit, provider)
    return sections


def _may_be_refused(provider: Provider, client: Client) -> bool:
    """Say whether a service takes OAuth2 alone and neither the program's labels nor its notes speak of that."""
    if provider.authentication != ("oauth2",) or opens_sign_in(client):
        return False
    return not any("OAuth2" in note.ja for note in client.notes)


def _knows_username(provider: Provider) -> bool:
    """Say whether the facts hold more than "the one your provider gave you"."""
    return bool(provider.servers) or provider.username != "other" or provider.username_note is not None


def _only_sends(provider: Provider) -> bool:
    """Say whether the service calls itself one for sending only, so that nothing can be received anywhere."""
    texts = (provider.names, *provider.notes, *(server.note for server in provider.servers if server.note is not None))
    return any(_ONLY_SENDS in text.ja for text in texts)


def _unconfirmed(kit: Kit, provider: Provider, client: Client | None, slots: Slots) -> list[Section]:
    """Lead to the manual where no server could be confirmed, and say what is the same at most services."""
    protocols = wanted_protocols(slots, whole_account=False)
    table, _ = ports_table(kit, protocols if client is None else _possible(protocols, client), client, first_only=True)
    general: list[Section] = [Paragraph(kit.say("hand_off.general_ports")), table]
    if provider.before_you_start is not None or (provider.servers and slots.protocols):
        # What must be done first says where to look, or it was said of each protocol that was named.
        return general
    # A page about spam or quotas names no server.
    pages = (_manual_page(kit, manual) for manual in provider.manuals if manual.topic == "settings")
    page = next((page for page in pages if page is not None), None)
    if provider.servers:
        lead = kit.say("settings.not_offered", protocol=kit.pair(kit.say(f"protocol.{one}") for one in protocols))
    elif page is None:
        lead = kit.say("settings.no_servers")
    else:
        lead = kit.say("settings.no_servers_manual", title=page.title.replace("`", ""))
    return [Paragraph(lead, "warning"), *general]


def compose_client(kit: Kit, part: Part) -> Draft:
    """Compose how an account is added in a program, for a provider that was not named."""
    client = _client(kit, part.slots)
    if client is None:
        return _which_provider(kit, part)
    if client.ended_on is not None:
        return _ended(kit, client, part)
    name = kit.text(client.names)
    existing = asks_where(part.slots) and client.existing_account is not None
    draft = Draft(kit.say("client.title_existing" if existing else "client.title", client=name))
    draft.sections += client_sections(kit, client, with_heading=False, existing=existing)
    protocols = _possible(wanted_protocols(part.slots, whole_account=not _asks_to_send(part.slots)), client)
    table, _ = ports_table(kit, protocols, client, first_only=True)
    draft.notes = _as_section(kit, client_notes(client, protocols))
    draft.sections += [Heading(kit.say("client.ports_heading", client=name)), table]
    draft.sections.append(Paragraph(kit.say("client.which_provider")))
    draft.sources = kit.sources(client.sources)
    draft.choices = family_choices(kit, client) + provider_choices(kit, "client_setup", part.slots)
    return draft


def _which_provider(kit: Kit, part: Part) -> Draft:
    draft = Draft(kit.say("clarify.title.missing_provider"), decision="clarify", feedback=False)
    draft.sections.append(Paragraph(kit.say("clarify.missing_provider")))
    draft.choices = provider_choices(kit, part.intent, part.slots)
    return draft


def _ended(kit: Kit, client: Client, part: Part) -> Draft:
    draft = Draft(kit.say("client.title_ended", client=kit.text(client.names)))
    draft.sections += ended_sections(kit, client)
    draft.notes = _as_section(kit, client.notes)
    draft.sources = kit.sources(client.sources)
    draft.choices = replacement_choices(kit, client, None, part.slots)
    return draft


def _asks_to_send(slots: Slots) -> bool:
    """Say whether sending alone was asked for; who says "receive" often means an account as a whole."""
    return slots.directions == ("send",) and asked_protocols(slots) == ("smtp",)


def provider_sources(kit: Kit, provider: Provider, more: Iterable[SourceLine] = ()) -> list[SourceLine]:
    """Return the page that was read first, the provider's own manual, then *more*, then the other pages.

    A card shows the first three: what it states, where to read on, and where the steps come from.
    """
    pages = kit.sources(provider.sources)
    known = {line.url for line in pages}
    own = [
        SourceLine(page.title, page.url, kit.say("source.manual"))
        for manual in provider.manuals
        if (page := _manual_page(kit, manual)) is not None and page.url not in known
    ]
    first = [*pages[:1], *own[:1]]
    if first and (is_code_search(first[0]) or not provider.servers):
        # What many people published is worth less to a reader than the manual; without a server it is the answer.
        first.reverse()
    return [*first, *more, *pages[1:], *own[1:]]


def _manual_page(kit: Kit, manual: Manual) -> Page | None:
    return manual.ja or manual.en if kit.language == "ja" else manual.en or manual.ja


def _provider(kit: Kit, slots: Slots) -> Provider | None:
    return kit.lookup.provider(slots.providers[0]) if slots.providers else None


def _client(kit: Kit, slots: Slots) -> Client | None:
    return kit.lookup.client(slots.clients[0]) if slots.clients else None


def _title(kit: Kit, provider: Provider, client: Client | None, slots: Slots, selection: Selection) -> str:
    name = kit.text(provider.names)
    if client is not None:
        return kit.say("settings.title_client", provider=name, client=kit.text(client.names))
    narrowed = len(wanted_protocols(slots, whole_account=False)) < len(ACCOUNT)
    shown = tuple(dict.fromkeys(server.protocol for server in selection.chosen))
    stands_in = bool(shown) and shown[0] not in wanted_protocols(slots, whole_account=False)
    if narrowed and len(shown) == 1 and not stands_in:
        return kit.say("settings.title_protocol", provider=name, purpose=purpose(kit, shown[0]))
    if narrowed and (shown == RECEIVING or (stands_in and set(shown) <= set(RECEIVING))):
        return kit.say("settings.title_receiving", provider=name)
    return _whole_title(kit, provider)


def _whole_title(kit: Kit, provider: Provider) -> str:
    """Return the title of all settings; after a name such as 「gooメール」 the word mail is not said again."""
    name = kit.text(provider.names)
    ends_with_mail = name.partition("（")[0].endswith("メール")
    return kit.say("settings.title_mail" if ends_with_mail else "settings.title", provider=name)


def is_usable(kit: Kit, provider: Provider) -> bool:
    """Say whether a mail program can connect to the service today."""
    return provider.status_on(kit.today) not in ("closed", "broken")


def not_usable(kit: Kit, provider: Provider) -> Draft:
    """Say that a service has closed, or that no mail program can use it; steps and servers would only mislead."""
    name = kit.text(provider.names)
    end = provider.end_on(kit.today)
    if provider.status == "broken" and end is None:
        draft = Draft(kit.say("settings.title_broken", provider=name))
        key, day = ("settings.broken" if provider.before_you_start is None else ""), ""
    else:
        draft = Draft(kit.say("settings.title_closed", provider=name))
        day = kit.day(end) if end is not None else ""
        key = "settings.closed_on" if day else "settings.closed"
    if key:
        draft.sections.append(Paragraph(kit.say(key, provider=name, date=day), "warning"))
    if provider.before_you_start is not None:
        draft.sections.append(Paragraph(kit.text(provider.before_you_start), "normal" if key else "warning"))
    draft.notes = _notes(kit, provider)
    draft.sources = provider_sources(kit, provider)
    related = [id_ for id_ in provider.related if kit.lookup.provider(id_) is not None]
    draft.choices = provider_choices(kit, "provider_settings", Slots(), related) if related else []
    return draft


def _offered(provider: Provider, protocols: tuple[Protocol, ...], slots: Slots) -> tuple[Protocol, ...]:
    """Return what can be shown of *protocols*: where POP was asked for and there is none, IMAP stands in for it."""
    offered = {server.protocol for server in provider.servers}
    stand_in: dict[Protocol, Protocol] = {"pop3": "imap", "imap": "pop3"}
    found: list[Protocol] = []
    for protocol in protocols:
        other = stand_in.get(protocol)
        if protocol in offered:
            found.append(protocol)
        elif protocol in slots.protocols and other in offered and other not in protocols and other is not None:
            found.append(other)
    return tuple(found)


def _facts(
    kit: Kit, provider: Provider, client: Client | None, selection: Selection, slots: Slots
) -> Iterable[tuple[str, str]]:
    if client is not None and selection.chosen:
        yield kit.say("fact.server_fields"), server_fields(kit, client, (s.protocol for s in selection.chosen))
    label = kit.say("fact.username") if client is None else kit.text(client.labels.username)
    forms = {server.username or provider.username: server for server in selection.chosen}
    note = provider.username_note
    if note is not None and not fits(note, {server.protocol for server in selection.all()}):
        note = None
    if len(forms) < 2:
        form = next(iter(forms), provider.username)
        words = username_words(kit, provider, form)
        if provider.username_note is not None and form == "other":
            words = kit.text(provider.username_note)
        elif note is not None:
            # The note gives its own example where one is needed.
            words = kit.say("fact.with_note", value=kit.say(f"username.short.{form}"), note=kit.text(note))
        yield label, words
    else:
        for server in selection.chosen:
            words = username_words(kit, provider, server.username or provider.username)
            yield kit.say("fact.for", fact=label, purpose=purpose(kit, server.protocol)), words
        if note is not None:
            yield kit.say("fact.username_note"), kit.text(note)
    choice = client.labels.authentication if client is not None and client.labels.password_authentication else None
    yield (
        kit.text(choice) if choice is not None else kit.say("fact.authentication"),
        authentication_words(kit, provider, client),
    )
    shown = selection.chosen or selection.plaintext
    patterns = [server for server in shown or provider.servers if server.hostname_pattern is not None]
    own_is_known = any(_matches(server, slots) for server in patterns)
    if patterns and (shown or not _only_sends(provider)) and provider.host_hint is not None and not own_is_known:
        yield kit.say("fact.host"), kit.text(provider.host_hint)


def _matches(server: Server, slots: Slots) -> bool:
    return any(fnmatchcase(host.lower(), server.hostname_pattern or "") for host in slots.hosts)


def _other_ports(kit: Kit, selection: Selection, slots: Slots) -> list[Section]:
    lines = []
    asked = [server for server in selection.chosen if server.port in slots.ports]
    better = [server for server in selection.chosen if server not in asked]
    if better and asked and not all(server.recommended for server in asked):
        lines.append(kit.say("settings.better", ports=kit.join(short_line(kit, server) for server in better)))
    if selection.alternatives:
        ports = kit.join(short_line(kit, server) for server in selection.alternatives)
        lines.append(kit.say("settings.alternatives", ports=ports))
    if selection.plaintext and selection.chosen:
        ports = kit.join(
            kit.say("settings.bare_port", purpose=purpose(kit, server.protocol), port=server.port)
            for server in selection.plaintext
        )
        lines.append(kit.say("settings.plaintext", ports=ports))
    lines += [kit.text(note) for note in selection.notes(chosen=True)]
    known = {server.port for server in selection.all()}
    if 25 in slots.ports:
        lines.append(kit.say("settings.port_25"))
    missing = [port for port in slots.ports if port not in known and port != 25]
    if missing and selection.chosen:
        lines.append(kit.say("settings.port_not_listed", ports=kit.join(f"`{port}`" for port in missing)))
    return [BulletList(tuple(lines))] if lines else []


def _notes(
    kit: Kit, provider: Provider, selection: Selection | None = None, client: Client | None = None
) -> list[Section]:
    """Return what is good to know about what was asked: news first, the program's traps last, four at most."""
    protocols = {server.protocol for server in selection.all()} if selection is not None else set(ACCOUNT)
    texts = [note.text for note in current_notes(kit, provider)]
    if selection is not None:
        texts += selection.notes(chosen=False)
    texts += provider.notes
    texts = [text for text in texts if fits(text, protocols)]
    if client is not None:
        texts += client_notes(client, protocols)
    return _as_section(kit, texts)


def _as_section(kit: Kit, texts: Iterable[Text]) -> list[Section]:
    shown = tuple(kit.text(text) for text in texts)[:_MAX_NOTES]
    return [Heading(kit.say("settings.notes")), BulletList(shown)] if shown else []


def current_notes(kit: Kit, provider: Provider) -> list[DatedNote]:
    """Return the provider's dated notes that hold today."""
    return [
        note
        for note in provider.dated_notes
        if (note.valid_from is None or note.valid_from <= kit.today)
        and (note.valid_to is None or note.valid_to >= kit.today)
    ]


def _evidence(kit: Kit, provider: Provider) -> list[Section]:
    """Say how well the facts are known, and whose they are where they are not ours."""
    if provider.evidence == "unreviewed":
        return [Paragraph(kit.say("settings.unreviewed"), "warning")]
    single = provider.evidence == "single_source" or any(s.evidence == "single_source" for s in provider.servers)
    said = ["settings.own"] if kit.lookup.is_own(provider) else []
    if single and provider.servers:
        said.append("settings.single_source" if provider.manuals else "settings.single_source_no_manual")
    return [Paragraph(kit.say(key), "quiet") for key in said]

"""Compose words, comparisons, symptoms and errors; with the provider's settings where a provider was named."""

from __future__ import annotations

from msgspec.structs import replace

from bot.answer.articles import article_draft, error_draft
from bot.answer.general import compose_ports, compose_ports_of_protocol
from bot.answer.kit import Draft, Kit, Part
from bot.answer.model import BulletList, Heading, Paragraph, Section
from bot.answer.programs import client_notes, client_sections, ended_sections
from bot.answer.questions import provider_choices
from bot.answer.relevance import fits
from bot.answer.rows import wanted_protocols
from bot.answer.settings import (
    compose_client,
    compose_provider,
    current_notes,
    is_usable,
    not_usable,
    provider_sources,
    server_sections,
)
from bot.kb.model import Provider
from bot.kb.ports import PORT_PROTOCOL
from bot.match.model import Direction, Slots

_DIRECTION: dict[str, Direction] = {"cannot_send": "send", "cannot_receive": "receive", "port25": "send"}
# What a provider asks for beforehand (an app password, a switch) is the first thing to look at here …
_OWN_STEP_FIRST = {"cannot_send", "cannot_receive", "cannot_sign_in"}
# … and has nothing to do with these, unless it says where to look for servers that nobody could confirm.
_NO_STEP = {"certificate_warning", "port25"}
# At a service that no program can reach any more, this is all there is to say of these.
_NOTHING_TO_MEND = _OWN_STEP_FIRST | {"certificate_warning"}
_SIGN_IN = {"app_password", "oauth2", "auth_method", "ms_password_end", "cannot_sign_in", "app_password_vs_oauth"}
_SIGN_IN_WORDS = ("パスワード", "認証", "ログイン", "OAuth")
_MAX_NEWS = 2
_MAX_CLIENT_NOTES = 2
_ARTICLES = {
    "port25": "op25b",
    "compare_protocols": "compare_pop_imap",
    "compare_encryption": "compare_ssl_starttls",
    "username": "username_forms",
    "server_name": "server_name_where",
}


def compose_terms(kit: Kit, part: Part) -> Draft | None:
    """Compose the article that explains a word, or several of them.

    Returns:
        None if there is no such article.
    """
    ids = dict.fromkeys(([part.article] if part.article else []) + list(part.slots.terms))
    articles = [article for id_ in ids if (article := kit.lookup.article(id_)) is not None]
    if not articles:
        return compose_ports(kit, part) if part.slots.ports else None
    if len(articles) == 1 or part.article is not None:
        return article_draft(kit, articles[0])
    draft = Draft(kit.join(kit.text(article.names) for article in articles))
    for article in articles:
        one = article_draft(kit, article)
        draft.sections += [Heading(one.title), *one.sections[:1]]
        draft.sources += [line for line in one.sources[:1] if line not in draft.sources]
        draft.choices += one.choices
    return draft


def compose_comparison(kit: Kit, part: Part) -> Draft | None:
    """Compose POP or IMAP, SSL/TLS or STARTTLS, or any two words side by side."""
    terms = [id_ for id_ in part.slots.terms if kit.lookup.article(id_) is not None]
    protocols = set(part.slots.protocols)
    written = kit.lookup.article(part.article or _ARTICLES[part.intent])
    if part.intent == "compare_protocols" and "smtp" in protocols:
        # SMTP against IMAP or POP is no choice between two: each is explained.
        ids = tuple(dict.fromkeys([*terms, *part.slots.protocols]))
        return compose_terms(kit, Part(part.intent, replace(part.slots, terms=ids), part.reading))
    if written is not None:
        return article_draft(kit, written)
    return compose_terms(kit, part) or compose_ports_of_protocol(kit, part)


def compose_symptom(kit: Kit, part: Part) -> Draft | None:
    """Compose what to look at when mail does not go out or come in; the provider's own values below it."""
    article = kit.lookup.article(part.article or part.intent) or kit.lookup.article(_ARTICLES.get(part.intent, ""))
    if part.slots.errors:
        return compose_error(kit, part)
    if article is None:
        return compose_provider(kit, part) if part.slots.providers else None
    draft = article_draft(kit, article)
    if part.intent == "port25" and not part.slots.providers:
        draft.choices += provider_choices(kit, "port25", part.slots)
    return with_settings(kit, draft, part)


def compose_error(kit: Kit, part: Part) -> Draft | None:
    """Compose the errors that were recognised, two at most.

    Returns:
        None if none of them is in the knowledge.
    """
    errors = [error for id_ in part.slots.errors if (error := kit.lookup.error(id_)) is not None][:2]
    if not errors:
        return None
    draft = error_draft(kit, errors[0])
    for error in errors[1:]:
        other = error_draft(kit, error)
        draft.sections = [Heading(draft.title), *draft.sections, Heading(other.title), *other.sections]
        draft.title = kit.say("trouble.several_errors")
        draft.sources += [line for line in other.sources if line not in draft.sources]
        draft.choices += other.choices
    direction: Direction | None = None
    sign_in = any(_SIGN_IN.intersection((error.id, *error.related)) for error in errors)
    if errors[0].direction == "send":
        direction = "send"
    elif errors[0].direction == "receive":
        direction = "receive"
    return with_settings(kit, draft, part, direction, sign_in=sign_in)


def compose_username(kit: Kit, part: Part) -> Draft | None:
    """Compose the form of the user name, of a provider or in general."""
    if part.slots.providers:
        return compose_provider(kit, part)
    article = kit.lookup.article(_ARTICLES[part.intent])
    if article is None:
        return compose_client(kit, part)
    draft = article_draft(kit, article)
    draft.choices = provider_choices(kit, part.intent, part.slots)
    return draft


def with_settings(
    kit: Kit, draft: Draft, part: Part, direction: Direction | None = None, *, sign_in: bool = False
) -> Draft:
    """Add the named provider's values, and where the named program shows them.

    Args:
        kit: Words and knowledge.
        draft: The general answer.
        part: The question.
        direction: Of the trouble; its values and traps alone are shown.
        sign_in: The trouble is about signing in, whose first cause is the step that a provider asks for beforehand.
    """
    direction = direction or _DIRECTION.get(part.intent)
    slots = _for_direction(part.slots, direction)
    protocols = wanted_protocols(slots, whole_account=False)
    provider = kit.lookup.provider(slots.providers[0]) if slots.providers else None
    if provider is not None and not is_usable(kit, provider):
        return _with_end(kit, draft, provider, part)
    client = kit.lookup.client(slots.clients[0]) if slots.clients else None
    ended = client if client is not None and client.ended_on is not None else None
    if ended is not None:
        draft.sections = [*ended_sections(kit, ended), *draft.sections]
        client = None
    if provider is not None:
        step = _first_step(kit, provider)
        dated = [note for note in current_notes(kit, provider) if fits(note.text, protocols)]
        if sign_in or part.intent == "cannot_sign_in":
            dated = [note for note in dated if any(word in note.text.ja for word in _SIGN_IN_WORDS)]
        dated = dated[:_MAX_NEWS] if part.intent in _OWN_STEP_FIRST or part.intent == "explain_error" else []
        news = [kit.text(note.text) for note in dated]
        if part.intent in _OWN_STEP_FIRST or sign_in:
            draft.sections = [*step, *([BulletList(tuple(news))] if news else []), *draft.sections]
            step, news = [], []
        draft.sections.append(Heading(kit.say("trouble.settings_of", provider=kit.text(provider.names))))
        if part.intent not in _NO_STEP or not provider.servers:
            draft.sections += step
        draft.sections += server_sections(kit, provider, client, slots, whole_account=False)
        if news:
            draft.sections.append(BulletList(tuple(news)))
        general = kit.sources(note.source for note in dated if note.source is not None) + draft.sources
        lines = provider_sources(kit, provider, general[:1])
        draft.sources = lines + [line for line in general if line not in lines]
    elif part.intent in ("cannot_send", "cannot_receive", "cannot_sign_in", "explain_error"):
        draft.choices = provider_choices(kit, part.intent, part.slots)[:3] + draft.choices
    if client is not None:
        draft.sections += client_sections(kit, client, with_heading=True, existing=True)
        notes = [kit.text(note) for note in client_notes(client, protocols, trouble=True)[:_MAX_CLIENT_NOTES]]
        draft.sections += [BulletList(tuple(notes))] if notes else []
    return draft


def _with_end(kit: Kit, draft: Draft, provider: Provider, part: Part) -> Draft:
    """Say that the service has closed or knows no mail program, instead of or beside the general answer."""
    end = not_usable(kit, provider)
    if part.intent in _NOTHING_TO_MEND:
        return end
    # The meaning of an error comes second to it; a word or a port is explained all the same.
    first = part.intent == "explain_error"
    draft.sections = [*end.sections, *draft.sections] if first else [*draft.sections, *end.sections]
    draft.sources = end.sources[:1] + [line for line in draft.sources if line not in end.sources[:1]]
    draft.choices = end.choices + draft.choices
    return draft


def _first_step(kit: Kit, provider: Provider) -> list[Section]:
    if provider.before_you_start is None:
        return []
    return [Paragraph(kit.text(provider.before_you_start), "warning")]


def _for_direction(slots: Slots, direction: Direction | None) -> Slots:
    if direction is None or slots.protocols or slots.directions or any(port in PORT_PROTOCOL for port in slots.ports):
        return slots
    return replace(slots, directions=(direction,))

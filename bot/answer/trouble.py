"""Compose words, comparisons, symptoms and errors; with the provider's settings where a provider was named."""

from __future__ import annotations

from msgspec.structs import replace

from bot.answer.articles import article_draft, error_draft
from bot.answer.general import compose_ports, compose_ports_of_protocol
from bot.answer.kit import Draft, Kit, Part
from bot.answer.model import Heading, Paragraph
from bot.answer.programs import client_sections
from bot.answer.questions import provider_choices
from bot.answer.settings import compose_client, compose_provider, provider_sources, server_sections
from bot.match.model import Direction, Slots

_DIRECTION: dict[str, Direction] = {"cannot_send": "send", "cannot_receive": "receive", "port25": "send"}
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
    if errors[0].direction == "send":
        direction = "send"
    elif errors[0].direction == "receive":
        direction = "receive"
    return with_settings(kit, draft, part, direction)


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


def with_settings(kit: Kit, draft: Draft, part: Part, direction: Direction | None = None) -> Draft:
    """Add the named provider's values, and where the named program shows them."""
    direction = direction or _DIRECTION.get(part.intent)
    slots = _for_direction(part.slots, direction)
    provider = kit.lookup.provider(slots.providers[0]) if slots.providers else None
    client = kit.lookup.client(slots.clients[0]) if slots.clients else None
    if provider is not None:
        draft.sections.append(Heading(kit.say("trouble.settings_of", provider=kit.text(provider.names))))
        if provider.before_you_start is not None:
            draft.sections.append(Paragraph(kit.text(provider.before_you_start), "warning"))
        if provider.status != "closed":
            draft.sections += server_sections(kit, provider, client, slots, whole_account=False)
        draft.sources += provider_sources(kit, provider, 2)
    elif part.intent in ("cannot_send", "cannot_receive", "cannot_sign_in", "explain_error"):
        draft.choices = provider_choices(kit, part.intent, part.slots)[:3] + draft.choices
    if client is not None:
        draft.sections += client_sections(kit, client, with_heading=True, existing=True)
    return draft


def _for_direction(slots: Slots, direction: Direction | None) -> Slots:
    if direction is None or slots.protocols or slots.directions:
        return slots
    return replace(slots, directions=(direction,))
